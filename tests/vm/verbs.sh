# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # what lessons.sh sets and its users read
#
# What command_verbs, command_audit and command_lab share: boots a VM in which
# guest/command_verbs.sh lets every verb speak, and has the parts of what it said.

. "$(dirname -- "$0")/lessons.sh"

fail() {
	echo "FAILED: $1"
	[ ! -f "${2:-}" ] || tail -n 20 "$2" | cut -c 1-400 | sed 's/^/  | /'
	failed=1
}

# Fewer than 512 MiB, and the kernel has no huge pages for processes.
memory() {
	case $kernels in
	debug) echo 1536 ;;
	*) echo 1024 ;;
	esac
}

# run_verbs MODE
run_verbs() {
	case $1 in
	5-level) set -- --cpu qemu64,+la57 ;;
	pti) set -- --append pti=on ;;
	emulate) set -- --append vsyscall=emulate ;;
	*) set -- ;;
	esac
	command -v jq >/dev/null || skip 'no jq (vm/need check)'
	need_kernels
	make -s -C "$top" build/ptwalk || exit 1
	gcc-12 -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/command_hold" \
		"$top/tests/vm/guest/command_hold.c" || exit 1
	"$top/vm/run" --kernel "$kernels" --mem "$(memory)" --timeout 600 --boot-timeout 180 \
		--console "$work/console" --add "$top/build/ptwalk" --add "$work/command_hold" \
		--add "$top/tests/vm/guest/command_verbs.sh" "$@" -- sh command_verbs.sh \
		>"$work/log" || fail "the VM's part ended with status $?" "$work/log"
	"$top/vm/verdict" "$work/console" || failed=1
	mkdir -p "$work/parts"
	awk -v dir="$work/parts/" '/^@ / { file = dir $2; next } file { print >file }' "$work/log"
	grep -q '^@ end$' "$work/log" || fail 'the VM did not come to the end' "$work/log"
}

# The records of a part: all but the exit status.
part() {
	grep -v '^status ' "$work/parts/$1"
}

# holds PART STATUS FILTER [ARGUMENT...]: it ended so, and the jq filter is true for the
# list of its records.
holds() {
	local name=$1 status=$2 filter=$3
	shift 3
	[ "$(tail -n 1 "$work/parts/$name")" = "status $status" ] ||
		fail "$name: the exit status is not $status" "$work/parts/$name"
	part "$name" | jq -es "$@" "$filter" >/dev/null ||
		fail "$name: not so: $filter" "$work/parts/$name"
}

# A value that the VM's part NAME has behind KEY.
value() {
	sed -n "s/^$2 //p" "$work/parts/$1"
}
