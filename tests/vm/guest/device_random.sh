# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # what lessons.sh and settings set
#
# settings has calls= and seed=.
. ./lessons.sh
. ./settings

debug=/sys/kernel/debug
faults=
reports='BUG:|BUG at |WARNING:|KASAN:|UBSAN:|Oops|general protection|unable to handle|possible circular|possible recursive|inconsistent lock|suspicious RCU|bad unlock|lock held when|sleeping function|Invalid wait|refcount_t|corruption|Bad page|soft lockup|blocked for more|detected (expedited )?stalls|self-detected stall'

# Percent of the allocations of the tasks that ask for it.
let_allocations_fail() {
	for kind in failslab fail_page_alloc; do
		echo 0 >"$debug/$kind/verbose"
		echo N >"$debug/$kind/ignore-gfp-wait"
		echo Y >"$debug/$kind/task-filter"
		echo 1 >"$debug/$kind/interval"
		echo -1 >"$debug/$kind/times"
		echo "$1" >"$debug/$kind/probability"
	done
	echo N >"$debug/fail_page_alloc/ignore-gfp-highmem"
	echo 0 >"$debug/fail_page_alloc/min-order"
}

# So many that the kernel's buffer would not hold them all.
collect_messages() {
	while :; do
		dmesg -c >>messages
		sleep 1
	done
}

# The kernel itself loses the name of a cache that sysfs has no memory for: what
# kobject_init_and_add() took is not put (sysfs_slab_add(), mm/slub.c of 6.1).
but_for_the_kernels_own() {
	awk '/^unreferenced object/ { if (!own) printf "%s", text; text = ""; own = 0 }
		{ text = text $0 "\n" }
		/ sysfs_slab_add\+/ { own = 1 }
		END { if (!own) printf "%s", text }'
}

# An object counts as lost when it is some seconds old.
leaks() {
	sleep 7
	echo scan >"$debug/kmemleak"
	sleep 1
	echo scan >"$debug/kmemleak"
	lost=$(but_for_the_kernels_own <"$debug/kmemleak")
	[ -z "$lost" ] || fail "a leak: $lost"
}

if [ -d "$debug/failslab" ]; then
	# A cache that cannot be made is reported, with a trace, by the kernel: on purpose,
	# here. So the console is silent, and the judgement is this file's.
	dmesg -n 1
	let_allocations_fail 4
	faults=faults
	echo clear >"$debug/kmemleak"
else
	dmesg -n 5
fi
insmod ptwalk.ko || fail 'insmod'
collect_messages &
collector=$!
./device_random_calls "$calls" "$seed" $faults >log 2>&1 || fail "device_random ended with $?"
cat log
# Its children have no other way to tell.
! grep -q '^FAILED' log || fail 'see above'
rmmod ptwalk || fail 'rmmod'
kill "$collector"
[ ! -e "$debug/kmemleak" ] || leaks
dmesg -c >>messages
! grep -Em 20 -A 30 "$reports" messages || fail 'the kernel reports that'
insmod ptwalk.ko || fail 'it does not load once more'
rmmod ptwalk || fail 'rmmod'
finish "$calls random calls${faults:+, allocations failing}"
