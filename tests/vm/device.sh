# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # what lessons.sh sets, and is for who sources this
#
# What the VM tests of /dev/ptwalk share. Sourced by them, with the names of the
# kernels as the first argument or in $PTWALK_KERNEL.

. "$(dirname -- "$0")/lessons.sh"

# build_guest NAME: tests/vm/guest/NAME.c as a program that needs no library.
build_guest() {
	gcc-12 -std=gnu11 -O2 -g -Wall -Wextra -Werror -static -o "$work/$1" \
		"$top/tests/vm/guest/$1.c" "$top/tests/vm/guest/device.c" || exit 1
}

# run_guest KERNEL NAME [OPTION...] [-- ARGUMENT...]: loads the module, runs the
# program, unloads the module, and reads what the VM's kernel thought of it.
run_guest() {
	kernel=$1 program=$2
	shift 2
	echo "# $program on $kernel${*:+ with $*}"
	rm -f "$work/arguments"
	guest_options "$@" >"$work/options"
	# shellcheck disable=SC2016 # the VM expands it
	xargs -d '\n' -a "$work/options" "$top/vm/run" --kernel "$kernel" \
		--mem "$(memory_of "$kernel")" --console "$work/console" --timeout 1200 \
		--boot-timeout 180 --add "$work/$program" >"$work/log" || {
		echo "FAILED: $program on $kernel ended with a status that is not 0"
		failed=1
	}
	cat "$work/log"
	[ ! -s "$work/console" ] || "$top/vm/verdict" "$work/console" || failed=1
}

# One a line: the options of vm/run, then the command that the VM runs.
guest_options() {
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		printf '%s\n' "$1"
		shift
	done
	[ $# -eq 0 ] || shift
	# shellcheck disable=SC2016 # the VM expands it
	printf '%s\n' -- sh -c \
		'dmesg -n 5; insmod ptwalk.ko && ./"$@" && rmmod ptwalk' sh "$program" "$@"
}
