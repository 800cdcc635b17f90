# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # the tests end with $failed
#
# What the VM tests of the lessons share. Sourced by them, with the names of the
# kernels (as of vm/run) as the first argument or in $PTWALK_KERNEL.

set -u
top=$(cd -- "$(dirname -- "$0")/../.." && pwd)
kernels=${1:-${PTWALK_KERNEL:-6.1}}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
failed=0

skip() {
	echo "skipped: $*"
	exit 77
}

# Of what a VM needs, these two can be out of reach here. That the modules do
# not build is no reason to skip.
need_kernels() {
	"$top/vm/need" boot modules >/dev/null || skip 'no qemu or no compiler (vm/need)'
	for kernel in $kernels; do
		"$top/vm/kernel" "$kernel" >/dev/null || skip "no kernel $kernel to boot (vm/kernel)"
	done
}

# boot KERNEL SCRIPT [OPTION...]: runs tests/vm/guest/SCRIPT in a VM, and then
# reads what the VM's kernel thought of it.
boot() {
	kernel=$1 script=$2
	shift 2
	echo "# $script on $kernel${*:+ with $*}"
	"$top/vm/run" --kernel "$kernel" --console "$work/console" --timeout 1200 \
		--boot-timeout 180 --add "$top/vm/guest/lessons.sh" \
		--add "$top/tests/vm/guest/lessons_refused.sh" \
		--add "$top/tests/vm/guest/$script" "$@" -- sh "$script" || {
		echo "FAILED: $script on $kernel ended with status $?"
		failed=1
	}
	[ ! -s "$work/console" ] || "$top/vm/verdict" "$work/console" || failed=1
}

# KASAN's shadow takes an eighth of the memory, and page owners much more.
memory_of() {
	case $1 in
	debug) echo 1536 ;;
	*) echo 512 ;;
	esac
}

# Words for the command line by which the debug kernel checks still more. They
# cost it the huge leaves, so they are not for every boot.
checks_of() {
	case $1 in
	debug) echo ' debug_pagealloc=on page_poison=1 page_table_check=on slub_debug=FZPU' ;;
	esac
}
