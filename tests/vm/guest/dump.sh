# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# usage: dump.sh [AFTER]
#
# Runs in the VM before a dump is taken: the lessons' objects, a process with pages of
# every kind, and what the kernel's own files say of all that, a tar archive on standard
# output. AFTER is run in the background, when it is given: it waits for an NMI, by which
# the host calls, and may change the machine then.

# Else addresses in these files are hashed.
echo 1 >/proc/sys/kernel/kptr_restrict
mkdir /tmp/truth

die() {
	echo "$*" >&2
	exit 1
}

# Has the kernel tell qemu where VMCOREINFO is, where both can.
[ ! -e qemu_fw_cfg.ko ] || insmod qemu_fw_cfg.ko || die 'no qemu_fw_cfg'
insmod kmalloc.ko || die 'no kmalloc'
insmod vmalloc.ko || die 'no vmalloc'
dmesg | sed -n 's/^\[[^]]*\] //; /^Hey! /,/^Physically/p' >/tmp/truth/lessons

echo always >/sys/kernel/mm/transparent_hugepage/enabled
echo 0 >/sys/kernel/mm/transparent_hugepage/khugepaged/defrag
echo 8 >/proc/sys/vm/nr_hugepages
./dump_load /tmp/truth >/dev/null </dev/null &
while ! grep -q ready /tmp/truth/load 2>/dev/null; do
	kill -0 $! || die 'the load has ended'
	sleep 1
done
cat /tmp/truth/child >>/tmp/truth/load
[ ! "${1:-}" ] || sh "./$1" >/tmp/truth/after 2>&1 </dev/null || die "$1"

for file in iomem vmallocinfo meminfo cmdline version modules; do
	cat /proc/$file >/tmp/truth/$file
done
cat "/proc/$!/maps" >/tmp/truth/maps
for folder in /proc/[0-9]*; do
	# A kernel thread has no memory to tell of. A first thread that has ended has none
	# either, but the others may.
	if cat "$folder"/task/*/status 2>/dev/null | grep -q VmRSS; then
		echo "${folder#/proc/} $(cat "$folder/comm")"
	fi
done >/tmp/truth/ps
awk '!$4 { print $1, $3 }' /proc/kallsyms >/tmp/truth/kallsyms
tar -C /tmp/truth -cz .
