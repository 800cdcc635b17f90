# SPDX-License-Identifier: GPL-2.0-only
"""The same by drgn: python3 bench/peer_drgn.py DUMP VA [SECONDS]

Prints the physical address of VA; with SECONDS, how many nanoseconds each of as many
questions took as that time allows. drgn has no physical address to tell without the
kernel's debug symbols: there, eight bytes at VA are read, which walks the tables too.
"""
import sys
import time

import drgn

prog = drgn.Program()
prog.set_core_dump(sys.argv[1])
va = int(sys.argv[2], 16)


def ask():
    return prog.read(va & ~7, 8)


try:
    ask()
except Exception as why:
    sys.exit(f"peer_drgn: {why}")
if len(sys.argv) > 3:
    start = time.perf_counter_ns()
    n = 0
    while time.perf_counter_ns() - start < float(sys.argv[3]) * 1e9:
        for _ in range(1000):
            ask()
        n += 1000
    print(round((time.perf_counter_ns() - start) / n))
