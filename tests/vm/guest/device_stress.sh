# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # what lessons.sh and settings set
#
# settings has seconds=.
. ./lessons.sh
. ./settings

huge=/sys/kernel/mm/transparent_hugepage

# set_if_there FILE VALUE: not every kernel has all of it.
set_if_there() {
	[ ! -e "$1" ] || echo "$2" >"$1"
}

dmesg -n 5
# Locked memory is not to be moved: it is what must be answered right.
set_if_there /proc/sys/vm/compact_unevictable_allowed 0
set_if_there $huge/enabled always
set_if_there $huge/shmem_enabled advise
set_if_there $huge/khugepaged/scan_sleep_millisecs 10
set_if_there $huge/khugepaged/alloc_sleep_millisecs 10
set_if_there $huge/khugepaged/pages_to_scan 8192

insmod ptwalk.ko || fail 'insmod'
./device_stress_walks "$seconds" >log 2>&1 || fail "device_stress ended with $?"
cat log
! grep -q '^FAILED' log || fail 'see above'
grep -E 'thp_(fault_alloc|collapse_alloc|split_pmd|file_mapped|file_alloc) ' /proc/vmstat
[ "$(sed -n 's/^thp_split_pmd //p' /proc/vmstat)" != 0 ] || fail 'no huge page was split'
rmmod ptwalk || fail 'rmmod'
finish "$seconds s of walks under load"
