# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# usage: command_verbs.sh
#
# Runs in the VM: what ptov, audit, stat, verify and lab say, as JSON, and what the
# kernel's own files say of it. A line "@ NAME" begins a part; the exit status of a
# verb is the last line of its part. tests/vm/verbs.sh judges.

export NO_COLOR=1

# says NAME WORD...: a part of what ptwalk says, and its exit status
says() {
	echo "@ $1"
	shift
	./ptwalk -j "$@"
	echo "status $?"
}

field() {
	sed -n "s/^$1 //p" hold
}

insmod ptwalk.ko || exit 1
says audit-clean audit

# A page that is mapped twice, in three ways.
for kind in plain wx alias; do
	insmod ptwplant.ko kind=$kind || exit 1
	echo "@ plant-$kind"
	for name in alias_va direct_va pa; do
		printf '%s %x\n' $name "$(cat /sys/module/ptwplant/parameters/$name)"
	done
	says ptov-$kind ptov "$(printf %x "$(cat /sys/module/ptwplant/parameters/pa)")"
	says audit-$kind audit
	says audit-kcore-$kind --source kcore audit
	rmmod ptwplant
done
says audit-again audit

echo always >/sys/kernel/mm/transparent_hugepage/enabled
./command_hold >hold &
holder=$!
while ! grep -q ready hold; do
	kill -0 $holder || exit 1
	sleep 1
done
echo '@ hold'
cat hold
pid=$(field wx | cut -d ' ' -f 1)
says ptov-shared ptov --all "$(field shared)"
says ptov-one -p "$pid" ptov "$(field shared)"
says ptov-none -p "$pid" ptov fffffffff000
says ps ps
says ps-pagemap --source pagemap ps
echo '@ symbol'
./ptwalk vtop --brief linux_banner linux_banner+10 | sed 's/^/vtop /'
grep ' linux_banner$' /proc/kallsyms | sed 's/^/kallsyms /'
says symbol-read read linux_banner 14
says symbol-none vtop no_such_symbol
says audit-process -p "$pid" audit
says stat-process -p "$pid" stat
echo '@ smaps'
awk '/^AnonHugePages/ { kb += $2 } END { print kb }' "/proc/$pid/smaps"
echo '@ status'
grep VmPTE "/proc/$pid/status"

# What changes between the two looks is looked at again.
for try in 1 2 3; do
	says "stat-$try" stat
	echo "@ meminfo-$try"
	grep DirectMap /proc/meminfo
done
says stat-kcore --source kcore stat
says verify verify --seed 1234
says verify-process -p "$pid" verify
says verify-init -p 1 verify

says lab lab all
says lab-sweep lab --sweep 8:8M --repeat 3 vmalloc
says lab-hold lab --hold kmalloc 8K
says lab-list lab list
echo '@ lab-vtop'
va=$(./ptwalk -j lab list | sed -n 's/.*"va":"\([0-9a-f]*\)".*/\1/p')
id=$(./ptwalk -j lab list | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
./ptwalk vtop --brief "$va"
says lab-free lab free "$id"
says lab-empty lab list
says lab-gone lab free "$id"
says lab-too-much lab alloc_pages 64G
kill $holder
# Nothing of it is left open.
rmmod ptwalk || exit 1
echo '@ end'
