# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # what lessons.sh sets and its users read
#
# What the tests with a swap area share: a disk in memory, with the kernel package's
# own module; the debug kernel has none. Sourced by them, with the kernel's name as
# the first argument.

. "$(dirname -- "$0")/lessons.sh"

need_kernels
folder=$("$top/vm/kernel" "$kernels") || skip "no kernel $kernels"
brd=$(find "$folder/root/lib/modules" -name 'brd.ko*' | head -n 1)
case $brd in
*.xz) xz -dc "$brd" >"$work/brd.ko" ;;
*.ko) cp "$brd" "$work/brd.ko" ;;
*) skip "the package of this kernel has no brd.ko" ;;
esac

# run_with_swap PROGRAM [OPTION...] [-- ARGUMENT...]: runs $work/PROGRAM in a VM.
run_with_swap() {
	local program=$1 options=()

	shift
	while (($# > 0)) && [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	(($# == 0)) || shift
	echo "# $program on $kernels${options[*]:+ with ${options[*]}}"
	"$top/vm/run" --kernel "$kernels" "${options[@]}" --console "$work/console" \
		--timeout 300 --add "$work/$program" --add "$work/brd.ko" \
		--add "$top/tests/vm/guest/swap.sh" -- sh swap.sh "./$program" "$@" || failed=1
	[[ ! -s $work/console ]] || "$top/vm/verdict" "$work/console" || failed=1
}
