# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # lessons_refused.sh, lessons.sh set it
. ./lessons_refused.sh

dmesg -n 5
# Real addresses in /proc/vmallocinfo, for root.
echo 1 >/proc/sys/kernel/kptr_restrict

not_the_kernels() {
	user='[0-9a-f]+ is a user address, not a kernel one'
	odd='[0-9a-f]+ is not a canonical address'
	for va in 0 1 400000 00007fffffffffff; do
		refused "va=$va" "$invalid" "check: refused: $user \\(EINVAL\\)" check va=$va
	done
	for va in 0100000000000000 8000000000000000 feffffffffffffff; do
		refused "va=$va" "$invalid" "check: refused: $odd \\(EINVAL\\)" check va=$va
	done
	# The level count of this boot decides about these. The processor's own
	# word would be another one with no5lvl.
	if levels_are_5; then
		refused 'user, 5 levels' "$invalid" "check: refused: $user \\(EINVAL\\)" check va=0000800000000000
		refused 'kernel, 5 levels' "$bad_address" "$nowhere" check va=ff00000000000000
	else
		refused 'neither, 4 levels' "$invalid" "check: refused: $odd \\(EINVAL\\)" check va=0000800000000000
		refused 'neither, 4 levels' "$invalid" "check: refused: $odd \\(EINVAL\\)" check va=ff00000000000000
	fi
}
nowhere='check: refused: [0-9a-f]+ is not mapped, or was freed since \(EFAULT\)'

# By the vmalloc area: its addresses begin with ff and not with ffff.
levels_are_5() {
	grep -q '^0xff[0-9a-e]' /proc/vmallocinfo
}

not_mapped() {
	# The very first of the kernel's half, and the very last bytes of all.
	levels_are_5 || refused 'first' "$bad_address" "$nowhere" check va=ffff800000000000
	for va in ffffffffffffffff fffffffffffffff8 ffffffffffffff00 fffffffffffff000; do
		refused "va=$va" "$bad_address" "$nowhere" check va=$va
	done
}

# The page of vsyscalls is the user's, for all that its address says.
the_vsyscall_page() {
	unreadable='check: refused: ffffffffff60000[08] (is not mapped|cannot be read), or was freed since \(EFAULT\)'
	refused 'vsyscall' "$bad_address" "$unreadable" check va=ffffffffff600000
	refused 'vsyscall' "$bad_address" "$unreadable" check va=ffffffffff600008
}

memory_of_a_device() {
	device='check: refused: [0-9a-f]+ is device memory, not RAM \(EFAULT\)'
	awk '/ ioremap$| ioremap / { sub(/^0x/, ""); sub(/-.*/, ""); print }' /proc/vmallocinfo >devices
	[ -s devices ] || fail 'no mapped device is known'
	while read -r va; do
		refused "device at $va" "$bad_address" "$device" check va="$va"
	done <devices
	# The screen's memory, which the direct map covers on every PC.
	load kmalloc
	screen=$(plus "$(minus "$(field 'Virtual Address')" "$(field 'Physical Address (using Macro)')")" a0000)
	unload kmalloc
	refused "screen at $screen" "$bad_address" "$device" check va="$screen"
}

# Its page tables say so at once: nothing is there any more.
a_stale_address_from_vmalloc() {
	for bytes in 8192 4194304; do
		load vmalloc size=$bytes
		va=$(field 'Virtual Address')
		unload vmalloc
		refused "stale vmalloc, $bytes" "$bad_address" "$nowhere" check va="$va"
	done
}

# The direct map keeps every page of RAM, so the memory is still there; that it
# was freed is told by the page allocator, or by the mark in it. Somebody else may have
# it by now, and on the debug kernel often has: not ten times in a row.
a_stale_address_from_kmalloc() {
	for bytes in 256 8192 16384 65536 4194304; do
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			load kmalloc size=$bytes
			va=$(field 'Virtual Address')
			unload kmalloc
			load check va="$va"
			[ "$status" = 0 ] || break
			! grep -q '^Hey' log || fail "stale kmalloc, $bytes: a ghost: $log"
			unload check
		done
		[ "$error" = "$bad_address" ] || fail "stale kmalloc, $bytes: '$error': $log"
		expect_log "stale kmalloc, $bytes" \
			"check: refused: $va (is not mapped, or )?was freed since \\(EFAULT\\)"
	done
}

# The same memory of an object from vmalloc(), by its address in the direct map:
# the page is the first to be given to somebody else, whose bytes it then has.
the_stale_other_address() {
	load kmalloc
	direct_map=$(minus "$(field 'Virtual Address')" "$(field 'Physical Address (using Macro)')")
	unload kmalloc
	load vmalloc
	va=$(plus "$direct_map" "$(field 'Physical Address (using Pagewalk)')")
	unload vmalloc
	load check va="$va"
	! grep -q '^Hey' log || fail "stale, direct map: a ghost: $log"
	[ "$status" != 0 ] || unload check
}

# Pages full of letters, given back, come to vmalloc() as they are. An area ends
# with a page that is never mapped: no string ends there, and nothing is read
# beyond.
a_string_without_end() {
	dd if=/dev/zero bs=64k count=16 2>/dev/null | tr '\0' x >/tmp/block
	for _ in 1 2 3 4 5 6 7 8; do
		for _ in $(seq 160); do cat /tmp/block; done >/tmp/letters
		rm /tmp/letters
		load vmalloc size=33554432
		va=$(field 'Virtual Address')
		last=$(plus "$va" 1fffff6)
		load check va="$last"
		unload check
		# aa is the page allocator's poison, where it is poisoned.
		if head -n 1 log | grep -q '78 78 78\|aa aa aa'; then
			log=$(cat log)
			expect_log 'a string without end' \
				'\(not a printable string: (78|aa)( (78|aa)){9}\)' \
				"Virtual Address : $last" 'Physical Address \(using Macro\) : [0-9a-f]+' \
				'Physical Address \(using Pagewalk\) : [0-9a-f]+ff6' 'Failure!!.*' 'Page 0 : .*'
			a_node_without_end
			unload vmalloc
			return
		fi
		unload vmalloc
	done
	fail 'no string without end was met'
}

# Never more than a node's 256 bytes.
a_node_without_end() {
	load check va="$(plus "$va" 1fff800)"
	log=$(head -n 1 log)
	expect_log 'a node without end' '\(not a printable string: ((78|aa) ){16}\.\.\.\)'
	unload check
	refused 'the page after' "$bad_address" "$nowhere" check va="$(plus "$va" 2000000)"
}

not_the_kernels
not_mapped
the_vsyscall_page
memory_of_a_device
a_stale_address_from_vmalloc
a_stale_address_from_kmalloc
the_stale_other_address
a_string_without_end
finish 'bad addresses'
