# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # what lessons.sh sets
. ./lessons.sh

# An allocation that fails is reported, with a trace, by those of the kernel
# that made it: on purpose, here. So the console is silent, and the judgement on
# the messages is this file's.
dmesg -n 1
debug=/sys/kernel/debug
reports='BUG:|WARNING:|KASAN:|UBSAN:|Oops|general protection|possible circular|possible recursive|inconsistent lock|suspicious RCU|bad unlock|sleeping function|Invalid wait|refcount_t|corruption'

let_all_allocations_fail() {
	for kind in failslab fail_page_alloc; do
		[ -d "$debug/$kind" ] || fail "no $kind in this kernel"
		echo 0 >"$debug/$kind/verbose"
		echo N >"$debug/$kind/ignore-gfp-wait"
	done
	echo N >"$debug/fail_page_alloc/ignore-gfp-highmem"
	echo 0 >"$debug/fail_page_alloc/min-order"
}

# leaks WHEN: an object counts as lost when it is some seconds old.
leaks() {
	sleep 7
	echo scan >"$debug/kmemleak"
	sleep 1
	echo scan >"$debug/kmemleak"
	lost=$(cat "$debug/kmemleak")
	[ -z "$lost" ] || fail "$1: $lost"
}

# fail_each PATTERN MODULE [PARAMETERS]: until the log has the pattern. What the
# kernel allocates on the way differs a little from one loading to the next, so
# one round can miss the one allocation that is the lesson's own.
fail_each() {
	for _ in 1 2 3 4 5 6 7 8; do
		./failnth "$2.ko" "${3:-}" || fail "$2"
		! is_loaded "$2" || fail "$2 is loaded"
		dmesg -c >messages
		grep -E "$reports" messages && fail "$2: the kernel reports that"
		! grep -q "$1" messages || return 0
	done
	fail "$2: never '$1'"
}

let_all_allocations_fail
load kmalloc
unload kmalloc
load vmalloc
va=$(field 'Virtual Address')
echo clear >"$debug/kmemleak"

fail_each 'kmalloc: no memory for 8192 bytes (ENOMEM)' kmalloc
fail_each 'Hey! this is vmalloc()' check "va=$va"
unload vmalloc
fail_each 'vmalloc: no memory for 8192 bytes (ENOMEM)' vmalloc
leaks 'after all that'

# It all still works.
load kmalloc
[ "$status" = 0 ] || fail "kmalloc: $error"
unload kmalloc
finish 'every allocation failed once; no report, no leak'
