# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # what lessons.sh sets and its users read
#
# What command_kcore and command_device share: boots a VM in which the command
# speaks of the kernel, and holds its JSON against the kernel's own files.

. "$(dirname -- "$0")/lessons.sh"

# run_command SOURCE MODE [OPTION...]: what the VM says, in parts, in $work/parts/.
run_command() {
	local source=$1 mode=$2
	shift 2
	case $mode in
	4-level) ;;
	5-level) set -- "$@" --cpu qemu64,+la57 ;;
	pti) set -- "$@" --append pti=on ;;
	esac
	command -v jq >/dev/null || skip 'no jq (vm/need check)'
	need_kernels
	make -s -C "$top" build/ptwalk || exit 1
	"$top/vm/run" --kernel "$kernels" --mem "$(memory_of "$kernels")" --timeout 1200 \
		--boot-timeout 180 --console "$work/console" --add "$top/build/ptwalk" \
		--add "$top/tests/vm/guest/command.sh" "$@" -- sh command.sh "$source" >"$work/parts.tar.gz" ||
		fail "the VM's part ended with status $?"
	"$top/vm/verdict" "$work/console" || failed=1
	mkdir -p "$work/parts"
	tar -C "$work/parts" -xzf "$work/parts.tar.gz" || fail 'the VM did not come to the end'
}

fail() {
	echo "FAILED: $1"
	[ ! -f "${2:-}" ] || tail -n 20 "$2" | sed 's/^/  | /'
	failed=1
}

# same WHAT WANT GOT
same() {
	[ "$2" = "$3" ] || fail "$1: the kernel says '$2', ptwalk '$3'"
	[ "$2" ] || fail "$1: nothing was compared"
}

part() {
	cat "$work/parts/$1"
}

# holds WHAT FILTER: the jq filter is true for the records of part $1, and there are some.
holds() {
	local count

	count=$(part "$1" | jq -s length)
	[ "${count:-0}" -gt 0 ] || fail "$1: there are no records"
	part "$1" | jq -es "$2" >/dev/null || fail "$1: not so: $2" "$work/parts/$1"
}

# The start of a resource of /proc/iomem, without zeros in front.
resource() {
	sed -n "s/^ *0*\([0-9a-f][0-9a-f]*\)-.* : $1\$/\1/p" "$work/parts/iomem" | head -n 1
}

vtop_field() {
	part vtop | jq -rs ".[$1].$2"
}

# The image lies where /proc/iomem says.
check_image() {
	same 'Kernel code' "$(resource 'Kernel code')" "$(vtop_field 0 pa)"
	same 'Kernel data' "$(resource 'Kernel data')" "$(vtop_field 1 pa)"
	same 'Kernel bss' "$(resource 'Kernel bss')" "$(vtop_field 2 pa)"
	same 'text rights' r-xk "$(vtop_field 0 rights)"
	same 'data rights' rw-k "$(vtop_field 1 rights)"
	same 'text region' image "$(vtop_field 0 region)"
}

# linux_banner's bytes are /proc/version.
check_banner() {
	local hex

	hex=$(part banner | jq -rs 'map(.data) | join("")' | sed 's/../\\x&/g')
	same linux_banner "$(part version)" "$(printf '%b' "$hex" | head -n 1 | tr -d '\0')"
}

# START END PAGES of each area that has pages, of a part that is /proc/vmallocinfo.
areas_of() {
	part "$1" | sed -n 's/^0x\([0-9a-f]*\)-0x\([0-9a-f]*\) .* pages=\([0-9]*\) .*/\1 \2 \3/p' |
		sort
}

# For each area: as it is given, then how many pages of it map has. Both are in order.
count_pages() {
	local start end pages at=0 sum from to
	local starts=() ends=()

	while read -r start end; do
		starts+=("$start") ends+=("$end")
	done < <(part map | jq -r '"\(.start) \(.end)"')
	while read -r start end pages; do
		sum=0
		while ((at < ${#starts[@]} && 0x${ends[at]} <= 0x$start && 0x${ends[at]} != 0)); do
			((++at))
		done
		for ((i = at; i < ${#starts[@]} && 0x${starts[i]} < 0x$end; i++)); do
			from=$((0x${starts[i]} > 0x$start ? 0x${starts[i]} : 0x$start))
			to=$((0x${ends[i]} < 0x$end ? 0x${ends[i]} : 0x$end))
			((sum += (to - from) / 4096))
		done
		echo "$start-$end $pages $sum"
	done
}

# Each area of vmalloc() has the pages that the kernel counts. Those that are there before
# and after the look: memory of modules and BPF programs comes and goes by itself.
check_areas() {
	local number

	comm -12 <(areas_of vmallocinfo) <(areas_of vmallocinfo-after) | count_pages >"$work/areas"
	number=$(wc -l <"$work/areas")
	echo "# $number areas of vmalloc()"
	[ "$number" -ge 5 ] || fail "only $number areas of vmalloc() were seen"
	awk '$2 != $3' "$work/areas" >"$work/wrong"
	[ ! -s "$work/wrong" ] || fail 'areas of vmalloc() are not as the kernel counts them' "$work/wrong"
}

# What is ioremap()ed has the physical address of /proc/vmallocinfo.
check_ioremap() {
	sed -n 's/^0x\([0-9a-f]*\)-0x[0-9a-f]* .* phys=0x0*\([0-9a-f]*\) ioremap.*/\1 \2/p' \
		"$work/parts/vmallocinfo" >"$work/ioremap"
	[ -s "$work/ioremap" ] || fail 'nothing is ioremap()ed'
	cmp -s "$work/ioremap" "$work/parts/ioremap" || {
		fail 'ioremap()ed addresses'
		diff "$work/ioremap" "$work/parts/ioremap"
	}
}

# What map tells of each range, vtop tells of its first address; ranges are in order.
check_map() {
	local wrong

	holds map 'map(select(.type == "map" and .ptwalk == 1)) | length > 100'
	holds map '[.[] | (("0000000000000000" + .start)[-16:])] | . == (unique | sort)'
	holds map 'map(select(.region == "direct-map")) | length > 0'
	holds map 'map(select(.region == "vmemmap")) | length > 0'
	part map | jq -r '[.start, .pa, .page_bytes, .rights, .region] | @tsv' >"$work/from-map"
	part starts | jq -r '[.va, .pa, .page_bytes, .rights, .region] | @tsv' >"$work/from-vtop"
	# The vmalloc area changes with every process that comes or goes.
	diff "$work/from-map" "$work/from-vtop" >"$work/differ" || :
	wrong=$(grep '^<' "$work/differ" | grep -cv 'vmalloc$')
	[ "$wrong" -eq 0 ] || fail "map and vtop differ in $wrong ranges" "$work/differ"
}

# check_info SOURCE LEVELS PTI
check_info() {
	same source "$1" "$(part info | jq -r .source)"
	same levels "$2" "$(part info | jq -r .levels)"
	same pti "$3" "$(part info | jq -r .pti)"
	# The direct map gives the text's frame by arithmetic.
	same phys_base "$(vtop_field 0 pa)" "$(text_pa)"
}

# _text less the image's link address, plus phys_base, in 64-bit arithmetic of the shell.
text_pa() {
	local text base

	text=$(sed -n 's/^_text //p' "$work/parts/symbols")
	base=$(part info | jq -r .phys_base)
	printf '%x\n' $((0x$text - 0xffffffff80000000 + 0x$base))
}

check_nothing() {
	part nothing | grep -q '"va":"0","mapped":false' || fail 'vtop 0' "$work/parts/nothing"
	part nothing | grep -q '"why":"' || fail 'vtop 0 says no why' "$work/parts/nothing"
	part nothing | grep -qx 'status 1' || fail 'vtop 0 does not end with 1' "$work/parts/nothing"
}

check_kernel() {
	check_info "$1" "$2" "$3"
	check_image
	check_banner
	check_areas
	check_ioremap
	check_map
	check_nothing
}
