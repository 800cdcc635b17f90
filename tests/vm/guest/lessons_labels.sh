# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # what lessons.sh sets
. ./lessons.sh

# What the console shows is for vm/verdict; thousands of lines of pages are not.
dmesg -n 5

page_line='Page [0-9]+ : [0-9a-f]+ \((pte, 4 KiB|pmd, 2 MiB|pud, 1 GiB)\)'

# The lines of the pages and of the runs agree with each other, with the size
# and with the addresses above them: counted again from the page lines alone.
pages_are_right() {
	offset=$((0x$(field 'Virtual Address') & 4095))
	expected_pages=$(((offset + $1 + 4095) / 4096))
	index=0 runs=0 next=
	sed -n 's/^Page \([0-9]*\) : \([0-9a-f]*\) (.*/\1 \2/p' log >pages
	while read -r number pa; do
		[ "$number" = "$index" ] || fail "size $1: page $number in place of $index"
		[ "$((0x$pa))" = "$next" ] || runs=$((runs + 1))
		next=$((0x$pa + 4096))
		index=$((index + 1))
	done <pages
	[ "$index" = "$expected_pages" ] || fail "size $1: $index pages, not $expected_pages"
	[ "$(field 'Physically contiguous runs')" = "$runs" ] ||
		fail "size $1: the runs are $runs, not $(field 'Physically contiguous runs')"
	read -r _ pa <pages
	[ "$(plus "$pa" "$(printf %x $offset)")" = "$(field 'Physical Address (using Pagewalk)')" ] ||
		fail "size $1: page 0 is not where the pagewalk says"
	grep '^Page' log | grep -vxE "$page_line" && fail "size $1: such a page line"
}

# labels ALLOCATOR VERDICT: the five lines of lessons.md.
labels_are_right() {
	sed '/^Page\|^Physically/d' log >labels
	log=$(cat labels)
	expect_log "$1" "Hey! this is $1\(\)" \
		'Virtual Address : f[0-9a-f]{15}' \
		'Physical Address \(using Macro\) : [0-9a-f]+' \
		'Physical Address \(using Pagewalk\) : [0-9a-f]+' "$2"
}

success='Success!! Both the physical addresses are same.'
failure='Failure!! Both the physical addresses are different.'

kmalloc_is_right() {
	load kmalloc ${1:+size=$1}
	[ "$status" = 0 ] || fail "kmalloc ${1:-}: $error $log"
	labels_are_right kmalloc "$success"
	[ "$(field 'Physical Address (using Macro)')" = \
		"$(field 'Physical Address (using Pagewalk)')" ] || fail 'kmalloc: not the same'
	pages_are_right "${1:-8192}"
	[ "$runs" = 1 ] || fail "kmalloc ${1:-}: $runs runs"
	direct_map=$(minus "$(field 'Virtual Address')" "$(field 'Physical Address (using Macro)')")
	unload kmalloc
	expect_log 'rmmod kmalloc'
}

vmalloc_is_right() {
	load vmalloc ${1:+size=$1}
	[ "$status" = 0 ] || fail "vmalloc ${1:-}: $error $log"
	labels_are_right vmalloc "$failure"
	[ "$(field 'Physical Address (using Macro)')" != \
		"$(field 'Physical Address (using Pagewalk)')" ] || fail 'vmalloc: the same'
	[ "$(field 'Physical Address (using Macro)')" = \
		"$(minus "$(field 'Virtual Address')" "$direct_map")" ] ||
		fail 'vmalloc: the macro is not the subtraction'
	pages_are_right "${1:-8192}"
	unload vmalloc
	expect_log 'rmmod vmalloc'
}

# The order of all lines, once.
whole_log_is_right() {
	load "$1"
	log=$(cat log)
	expect_log "$1" "Hey! this is $1\(\)" 'Virtual Address : .*' \
		'Physical Address \(using Macro\) : .*' \
		'Physical Address \(using Pagewalk\) : .*' "$2" \
		'Page 0 : .*' 'Page 1 : .*' 'Physically contiguous runs : [12]'
	unload "$1"
}

free_kib() {
	sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

twenty_times() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		load "$1" size=2097152
		[ "$status" = 0 ] || fail "$1, again: $error $log"
		unload "$1"
	done
}

# Twenty times 2 MiB that are not given back are 40 MiB, each time. The kernel takes
# and gives memory meanwhile for its own ends.
memory_comes_back() {
	load "$1" size=2097152
	unload "$1"
	for _ in 1 2 3; do
		before=$(free_kib)
		twenty_times "$1"
		lost=$((before - $(free_kib)))
		[ "$lost" -ge 16384 ] || return 0
	done
	fail "$1 lost $lost KiB"
}

whole_log_is_right kmalloc "$success"
whole_log_is_right vmalloc "$failure"
of_kmalloc='256 257 300 4095 4096 4097 8193 12288 100000 4194304'
of_vmalloc='256 4096 4097 8191 8193 1000000 4194305'
again='kmalloc vmalloc'
# Nothing in the others is new to the debug kernel, which is slow, and is told what is lost
# by kmemleak (lessons_failing_allocations).
if [ -e /sys/kernel/debug/kmemleak ]; then
	of_kmalloc='300 4097 4194304'
	of_vmalloc='256 8193 4194305'
	again=
fi
kmalloc_is_right
for bytes in $of_kmalloc; do
	kmalloc_is_right "$bytes"
done
vmalloc_is_right
for bytes in $of_vmalloc; do
	vmalloc_is_right "$bytes"
done
load vmalloc size=33554432
[ "$(grep -c '^Page' log) $(tail -n 1 log | cut -d : -f 1)" = '8192 Physically contiguous runs ' ] ||
	fail "32 MiB: $status $error $(tail -n 1 log)"
unload vmalloc
for lesson in $again; do
	memory_comes_back "$lesson"
done
is_loaded kmalloc || is_loaded vmalloc || is_loaded check && fail 'a lesson is loaded still'

finish "labels, figures, sizes; the direct map's leaf here: $(load kmalloc; sed -n 's/^Page 0.*(\(.*\))/\1/p' log)"
