#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""drgn as an oracle, without debuginfo: it cannot tell a physical address then, but it
can read at a virtual one.

usage: read_by_drgn.py DUMP RAW RAM [ROOT_VA]

Reads lines "VA PA" as `ptwalk vtop --brief` prints them, has drgn read 8 bytes at VA,
and takes the 8 bytes at PA from the raw image RAW, whose pieces RAM lists (a line "PA
BYTES" each). With ROOT_VA, where the direct map has the top table of a process, VA is
that process's. Prints each difference, and at the end "same N telling N": those where
drgn read the same (or both found nothing), and of these the ones that were not zeros.
"""
import mmap
import sys

import drgn
from _drgn import _linux_helper_read_vm


class Raw:
    """Physical memory in pieces, one after the other in a file."""

    def __init__(self, path, ram):
        with open(path, "rb") as f:
            self.bytes = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)
        with open(ram, encoding="ascii") as f:
            self.pieces = [tuple(map(int, line.split())) for line in f]

    def read(self, pa, n):
        offset = 0
        for start, size in self.pieces:
            if start <= pa < start + size:
                at = offset + pa - start
                return self.bytes[at : at + n]
            offset += size
        return None


def main():
    program = drgn.Program()
    program.set_core_dump(sys.argv[1])
    raw = Raw(sys.argv[2], sys.argv[3])
    root = int(sys.argv[4], 16) if len(sys.argv) > 4 else None
    same = telling = 0

    for line in sys.stdin:
        va, pa = line.split()
        address = int(va, 16)
        try:
            if root is None:
                got = program.read(address, 8)
            else:
                got = _linux_helper_read_vm(program, root, address, 8)
        except drgn.FaultError:
            got = None
        want = None if pa == "-" else raw.read(int(pa, 16), 8)
        if got != want:
            show = [b.hex() if b is not None else "nothing" for b in (got, want)]
            print(f"{va} {pa}: drgn read {show[0]}, the image has {show[1]}")
            continue
        same += 1
        telling += want is not None and any(want)
    print(f"same {same} telling {telling}")


main()
