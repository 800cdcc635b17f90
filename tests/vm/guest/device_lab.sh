# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The laboratory of ptwalk.ko, inside the VM. Run by busybox's shell.

failed=0
debug=/sys/kernel/debug

fail() {
	echo "FAILED: $*"
	failed=1
}

# Addresses in /proc/vmallocinfo and /proc/kallsyms as they are.
echo 1 >/proc/sys/kernel/kptr_restrict

insmod ptwalk.ko || exit 1
./device_lab answers || fail answers
./device_lab rules || fail rules
./device_lab hold || fail hold
rmmod ptwalk || fail 'rmmod with held objects'
./device_lab gone || fail 'rmmod frees'

insmod ptwalk.ko lab_limit=1048576 || fail 'insmod with lab_limit'
./device_lab small-limit || fail 'small limit'
rmmod ptwalk || fail rmmod

# Leaks of the kernel's own are left out: when sysfs cannot take a new slab cache,
# sysfs_slab_add() of 6.1 loses the copy of the cache's name.
leaks() {
	awk '
		function tell() { if (record !~ /sysfs_slab_add/) printf "%s", record }
		/^unreferenced object/ { tell(); record = "" }
		{ record = record $0 "\n" }
		END { tell() }' "$debug/kmemleak"
}

# Each allocation is made to fail where the kernel can do that. One that fails is
# reported by those of the kernel that made it, with a trace: on purpose, here. So
# the console is silent, and the judgement on the messages is this file's.
failing() {
	reports='BUG:|WARNING:|KASAN:|UBSAN:|Oops|general protection|possible circular|possible recursive|inconsistent lock|suspicious RCU|bad unlock|sleeping function|Invalid wait|refcount_t|corruption'
	dmesg -n 1
	for kind in failslab fail_page_alloc; do
		echo 0 >"$debug/$kind/verbose"
		echo N >"$debug/$kind/ignore-gfp-wait"
	done
	echo N >"$debug/fail_page_alloc/ignore-gfp-highmem"
	echo 0 >"$debug/fail_page_alloc/min-order"
	dmesg -c >/dev/null
	insmod ptwalk.ko || fail insmod
	./device_lab failing || fail 'failing allocations'
	rmmod ptwalk || fail rmmod
	dmesg -c | grep -E "$reports" && fail 'the kernel reports that'
	# An object counts as lost when it is some seconds old.
	sleep 7
	echo scan >"$debug/kmemleak"
	sleep 1
	echo scan >"$debug/kmemleak"
	lost=$(leaks)
	[ -z "$lost" ] || fail "leaks: $lost"
}
[ ! -d "$debug/failslab" ] || failing
[ "$failed" = 0 ] || exit 1
echo 'ok: the laboratory'
