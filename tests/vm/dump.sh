# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # what lessons.sh sets and its users read
#
# What the tests of dumps share: boots a kernel with a workload that knows where its
# pages lie, and takes dumps of it. Sourced by them, with the kernel's name as the first
# argument and the mode as the second. Dumps go with the test.

. "$(dirname -- "$0")/lessons.sh"

# Another build of the command may be tested.
build=${PTWALK_BUILD:-$top/build}
ptwalk=$build/ptwalk
# The program dumps takes them once, for several tests.
dumps=${PTWALK_DUMPED:-$work}/dumps
truth=${PTWALK_DUMPED:-$work}/truth
mode=${2:-4-level}
# A 1 GiB page needs a GiB in which nothing lies: with 4 GiB that is the one from 4 GiB
# on, where KASLR does not put the kernel there. Fewer than 512 MiB, and the kernel has no
# huge pages for processes.
mem_mib=768
levels=4
vm_options=()
case $mode in
4-level) ;;
5-level) vm_options=(--cpu 'qemu64,+la57') levels=5 ;;
pti) vm_options=(--append pti=on) ;;
nokaslr) vm_options=(--append nokaslr) ;;
all) vm_options=(--cpu 'qemu64,+la57' --append pti=on) levels=5 ;;
1gib)
	vm_options=(--cpu 'qemu64,+pdpe1gb' --append 'nokaslr hugepagesz=1G hugepages=1')
	mem_mib=4096
	;;
*) echo "there is no mode $mode"; exit 1 ;;
esac
vm_options+=(--mem "$mem_mib")

fail() {
	echo "FAILED: $1"
	[[ ! -f ${2:-} ]] || tail -n 20 "$2" | cut -c 1-400 | sed 's/^/  | /'
	failed=1
}

ok() {
	echo "ok: $*"
}

# same WHAT WANT GOT
same() {
	[[ $2 == "$3" ]] || fail "$1: '$2' is right, and ptwalk says '$3'"
	[[ $2 ]] || fail "$1: nothing was compared"
}

# same_file WHAT WANT GOT
same_file() {
	if ! cmp -s "$2" "$3"; then
		diff "$2" "$3" >"$work/difference"
		fail "$1: $(grep -c '^[<>]' "$work/difference") lines differ" "$work/difference"
	fi
	[[ -s $2 ]] || fail "$1: nothing was compared"
}

# Has the dumps carry VMCOREINFO: qemu's device, and the guest's module that fills it.
with_vmcoreinfo() {
	local folder module

	[[ ! ${PTWALK_DUMPED:-} ]] || return 0
	folder=$("$top/vm/kernel" "$kernels") || skip "no kernel $kernels"
	module=$(find "$folder/root/lib/modules" -name 'qemu_fw_cfg.ko*' 2>/dev/null | head -n 1)
	case $module in
	*.xz) xz -dc "$module" >"$work/qemu_fw_cfg.ko" ;;
	*.ko) cp "$module" "$work/qemu_fw_cfg.ko" ;;
	*) skip "the package of this kernel has no qemu_fw_cfg.ko" ;;
	esac
	vm_options+=(--qemu '-device vmcoreinfo' --add "$work/qemu_fw_cfg.ko")
}

# need_room MIB: dumps are as large as the memory.
need_room() {
	local free

	free=$(df -Pm "$work" | awk 'NR == 2 { print $4 }')
	((free > $1)) || skip "the dumps need $1 MiB in ${TMPDIR:-/tmp}, and $free are free"
}

need_command() {
	make -s -C "$top" B="$build" "$ptwalk" || exit 1
}

# boot_and_hold PROGRAM [WORD...]: boots, has guest/dump.sh WORD... run, and lends the VM
# to PROGRAM. What the guest knows is then in $truth.
boot_and_hold() {
	local host=$1

	shift
	command -v jq >/dev/null || skip 'no jq (vm/need check)'
	need_kernels
	need_command
	gcc-12 -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$work/dump_load" \
		"$top/tests/vm/guest/dump_load.c" || exit 1
	mkdir -p "$dumps" "$truth"
	DUMPS=$dumps MEM_MIB=$mem_mib "$top/vm/run" --kernel "$kernels" --timeout 300 \
		--boot-timeout 180 --console "$work/console" --add "$work/dump_load" \
		--add "$top/tests/vm/guest/dump.sh" --add "$top/tests/vm/guest/dump_change.sh" \
		--add "$ptwalk" --hold "$host" "${vm_options[@]}" -- \
		sh dump.sh "$@" >"$work/truth.tar.gz" || {
		fail "the VM's part, or that of the host, ended with status $?" "$work/console"
		exit 1
	}
	"$top/vm/verdict" "$work/console" || failed=1
	tar -C "$truth" -xzf "$work/truth.tar.gz" || exit 1
}

# take_dumps FORMAT...: of that machine, or of the one that the program dumps has had.
take_dumps() {
	local format

	if [[ ! ${PTWALK_DUMPED:-} ]]; then
		# $work is the test's; its dumps may be larger than all else.
		need_room $((mem_mib * $#))
		FORMATS="$*" boot_and_hold "$top/tests/vm/oracle/take"
	fi
	for format; do
		[[ -s $dumps/$format ]] || fail "there is no dump $format"
	done
	# Whoever runs the guest's part is gone when the dump is taken.
	grep -v ' sh$' "$truth/ps" | sort >"$work/ps"
	load=$(awk '$2 == "load" { print $3 }' "$truth/load")
	child=$(awk '$2 == "child" { print $3 }' "$truth/load")
}

# The value of a symbol, as /proc/kallsyms has it, without zeros in front.
symbol() {
	awk -v name="$1" '$2 == name { sub(/^0*/, "", $1); print $1; exit }' "$truth/kallsyms"
}

# lesson N LABEL: what the Nth lesson logged: 1 kmalloc, 2 vmalloc.
lesson() {
	sed -n "s/^$2 : //p" "$truth/lessons" | sed -n "$1p"
}

# base_options: how the raw image is put together, one word a line.
base_options() {
	local offset=0 pa bytes

	while read -r pa bytes; do
		printf -- '--base\n%x:%x:%x\n' "$offset" "$pa" "$bytes"
		((offset += bytes))
	done <"$dumps/ram"
}

# on FORMAT WORD...: the command, on one of the dumps. One that is split has three files.
on() {
	local format=$1 options=()

	shift
	case $format in
	raw)
		mapfile -t options < <(base_options)
		options=(--format raw "${options[@]}")
		;;
	*split) options=(-f "$dumps/$format-2" -f "$dumps/$format-3") ;;
	esac
	"$ptwalk" -f "$dumps/$format" "${options[@]}" "$@"
}
