# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # lessons_refused.sh, lessons.sh set it
. ./lessons_refused.sh

dmesg -n 5

no_address() {
	refused 'no va' "$invalid" 'check: refused: no va= was given \(EINVAL\)' check
	refused 'an empty va' "$invalid" 'check: refused: no va= was given \(EINVAL\)' check va=
	for text in xyz 0x 0xg ffff88008d96a00g -1 0x0x1 'ffff88008d96a000,'; do
		refused "va=$text" "$invalid" \
			"check: refused: va=$text is not hexadecimal \\(EINVAL\\)" check "va=$text"
	done
	refused 'va=+1' "$invalid" \
		'check: refused: va=\+1 is not hexadecimal \(EINVAL\)' check va=+1
	refused 'va=ESC[31m' "$invalid" \
		'check: refused: va=\\e\[31m is not hexadecimal \(EINVAL\)' check "va=$(printf '\033[31m')"
	# Of a text without end only the beginning is shown.
	refused 'a long va' "$invalid" \
		'check: refused: va=z{40} is not hexadecimal \(EINVAL\)' check "va=$(printf '%0300d' 0 | tr 0 z)"
}

too_many_digits() {
	range='check: refused: va=[0-9a-fx]+ is out of range: [0-9]+ digits, and 64 bits are 16 \(ERANGE\)'
	for text in ffff88008d96a0000 0xffff88008d96a0000 0ffff88008d96a000 \
		00000000000000000 ffffffffffffffffffffffffffffffffffffffffffffffff; do
		refused "va=$text" "$too_large" "$range" check "va=$text"
	done
}

bad_sizes() {
	for lesson in kmalloc vmalloc; do
		for bytes in 0 1 255 18446744073709551615 9223372036854775808 1099511627776; do
			refused "$lesson $bytes" "$invalid" \
				"$lesson: refused: size=$bytes is not from 256 to [0-9]+ \\(EINVAL\\)" $lesson size=$bytes
		done
		# These never reach the lesson: the kernel's own words.
		for bytes in -1 abc 8192x '' 1.5; do
			refused "$lesson '$bytes'" "$invalid" \
				"$lesson: .$bytes' invalid for parameter .size'" $lesson "size=$bytes"
		done
		refused "$lesson 65 bits" "$too_large" \
			"$lesson: .18446744073709551616' invalid for parameter .size'" \
			$lesson size=18446744073709551616
	done
	refused 'kmalloc, a byte too many' "$invalid" \
		'kmalloc: refused: size=4194305 is not from 256 to 4194304 \(EINVAL\)' kmalloc size=4194305
	total=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	refused 'vmalloc, a byte too many' "$invalid" 'vmalloc: refused: .*\(EINVAL\)' \
		vmalloc size=$((total * 1024 + 1))
	refused 'vmalloc, all there is' "$no_memory" \
		"vmalloc: no memory for [0-9]+ bytes \\(ENOMEM\\)" vmalloc size=$((total * 1024))
}

free_kib() {
	sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

# Killed in the middle of its thousands of lines, it gives the memory back. When these
# begin, and how long they take, is another matter on each machine.
killed() {
	before=$(free_kib)
	delay=10000
	for _ in $(seq 1 32); do
		dmesg -c >/dev/null
		insmod vmalloc.ko size=100000000 &
		usleep $delay
		kill -KILL $!
		delay=$((delay * 5 / 4))
		wait $! 2>/dev/null
		if is_loaded vmalloc; then
			rmmod vmalloc
			continue
		fi
		lesson_messages >log
		[ -s log ] || continue
		[ "$(tail -n 1 log)" = 'vmalloc: killed before the last page (EINTR)' ] ||
			fail "killed: $(tail -n 1 log)"
		lost=$((before - $(free_kib)))
		[ "$lost" -lt 48000 ] || fail "killed: lost $lost KiB"
		return
	done
	fail 'no insmod was hit while its lesson ran'
}

no_address
too_many_digits
bad_sizes
killed
finish 'bad parameters, and a kill'
