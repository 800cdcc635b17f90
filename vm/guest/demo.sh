# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# usage: demo.sh plain|colour
#
# The demonstration, inside the VM: loads the lessons one after the other, shows
# what each logs, tries what check.ko must refuse, and sums it up in a table. Then
# demo_tool.sh shows what the tool says.
# Exit status: 0 when every line was there and every verdict held.

. ./lessons.sh

if [ "$1" = colour ]; then
	bold=$(printf '\033[1m') dim=$(printf '\033[2m') red=$(printf '\033[31m')
	plain=$(printf '\033[0m')
else
	bold='' dim='' red='' plain=''
fi

# lessons.sh counts what is missing; here it must be seen, too.
fail() {
	echo "${red}MISSING: $*$plain"
	failures=$((failures + 1))
}

title() {
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

command_line() {
	printf '%s# %s%s\n' "$dim" "$*" "$plain"
}

show_log() {
	printf '%s\n' "$log" | sed 's/^/  /'
}

# expect LINE-PATTERN...: each is a whole line of the log.
expect() {
	for expected; do
		printf '%s\n' "$log" | grep -qxE "$expected" || fail "a line '$expected'"
	done
}

# Loads a module that must load, and shows its log.
show_load() {
	command_line "insmod $1.ko${2:+ $2}"
	load "$@"
	show_log
	[ "$status" = 0 ] || fail "$1.ko was refused: $error"
}

# One row of the table, from the log of an allocator.
row() {
	printf '%-10s %-18s %-18s %-18s %-10s %s\n' "$1" "$(field 'Virtual Address')" \
		"$(field 'Physical Address (using Macro)')" \
		"$(field 'Physical Address (using Pagewalk)')" "$2" \
		"$(field 'Physically contiguous runs')" >>table
}

# allocator NAME same|different: the verdict must be this, and the figures too.
allocator() {
	show_load "$1"
	expect "Hey! this is $1\(\)" 'Virtual Address : [0-9a-f]{16}' \
		'Physical Address \(using Macro\) : [0-9a-f]+' \
		'Physical Address \(using Pagewalk\) : [0-9a-f]+' \
		'Page 0 : [0-9a-f]+ \(.*\)' 'Page 1 : [0-9a-f]+ \(.*\)' \
		'Physically contiguous runs : [12]'
	said=different
	[ "$(field 'Physical Address (using Macro)')" != \
		"$(field 'Physical Address (using Pagewalk)')" ] || said=same
	[ "$said" = "$2" ] || fail "$1: the figures should be $2"
	case $2 in
	same) expect 'Success!! Both the physical addresses are same\.' ;;
	different) expect 'Failure!! Both the physical addresses are different\.' ;;
	esac
	row "$1()" "$said"
}

# look NAME ADDRESS WALK: check.ko must find NAME's string, and the same answer.
look() {
	show_load check "va=$2"
	expect "Hey! this is $1\(\)" "Virtual Address : $2" \
		"Physical Address \(using Pagewalk\) : $3"
	command_line 'rmmod check'
	unload check
	show_log
	expect 'Checking done!!!'
}

# refuse WORDS PATTERN [PARAMETER]: insmod must fail with WORDS, and log PATTERN.
refuse() {
	command_line "insmod check.ko${3:+ $3}"
	load check ${3:+"$3"}
	show_log
	printf '  insmod: %s\n' "$error"
	if [ "$status" = 0 ]; then
		fail 'check.ko was not refused'
		unload check
	fi
	[ "$error" = "$1" ] || fail "the error '$1'"
	expect "check: refused: $2"
}

title '1. kmalloc(): memory from the direct map'
allocator kmalloc same
kmalloc_va=$(field 'Virtual Address') kmalloc_pa=$(field 'Physical Address (using Pagewalk)')

title '2. vmalloc(): memory that only the page tables know'
allocator vmalloc different
vmalloc_va=$(field 'Virtual Address') vmalloc_pa=$(field 'Physical Address (using Pagewalk)')

title '3. check: the same objects, seen by another module, given the address alone'
look kmalloc "$kmalloc_va" "$kmalloc_pa"
look vmalloc "$vmalloc_va" "$vmalloc_pa"

title '4. What check refuses, instead of stopping the kernel'
refuse 'Invalid argument' 'no va= was given .*'
refuse 'Numerical result out of range' '.* out of range.*' "va=${vmalloc_va}0"
refuse 'Invalid argument' '.* user address.*' va=400000
refuse 'Invalid argument' '.* not a canonical .*' va=8000000000000000
# Real addresses in /proc/vmallocinfo, for root. HPET's registers are there always.
echo 1 >/proc/sys/kernel/kptr_restrict
device=$(sed -n 's/^0x\([0-9a-f]*\)-.*phys=0x00000000fed00000 ioremap$/\1/p' /proc/vmallocinfo | head -n 1)
[ -z "$device" ] || refuse 'Bad address' '.* device memory.*' "va=$device"
command_line 'rmmod vmalloc'
unload vmalloc
refuse 'Bad address' '.* not mapped.*' "va=$vmalloc_va"
unload kmalloc

title 'What it comes to'
printf '%-10s %-18s %-18s %-18s %-10s %s\n' allocator 'virtual address' 'physical by macro' \
	'physical by walk' verdict 'contiguous runs'
cat table
cat <<'END'

vmalloc() differs because it takes single pages wherever they are free and maps
them, one behind the other, at addresses of their own: virt_to_phys() only
subtracts where the direct map begins, so it names a place where nothing is, and
only the page tables know where the memory lies.
END

. ./demo_tool.sh
[ "$failures" = 0 ]
