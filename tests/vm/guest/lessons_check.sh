# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # what lessons.sh sets
. ./lessons.sh

dmesg -n 5
# Real addresses in /proc/kallsyms.
echo 0 >/proc/sys/kernel/kptr_restrict

success='Success!! Both the physical addresses are same.'
failure='Failure!! Both the physical addresses are different.'
no_string='\(not a printable string: [0-9a-f ]+( \.\.\.)?\)'
any_page='Page 0 : [0-9a-f]+ \((pte, 4 KiB|pmd, 2 MiB|pud, 1 GiB)\)'

# sees WHAT VA STRING MACRO WALK VERDICT PAGE: all that check.ko says, exactly;
# and then it goes.
sees() {
	load check va="$2"
	[ "$status" = 0 ] || fail "$1: $error $log"
	digits=${2#0[xX]}
	expect_log "$1" "$3" "Virtual Address : $(echo "$digits" | tr A-F a-f)" \
		"Physical Address \(using Macro\) : $4" \
		"Physical Address \(using Pagewalk\) : $5" "$6" "$7"
	unload check
	expect_log "$1, rmmod" 'Checking done!!!'
}

# object MODULE: loads it, and sets $va $by_macro $walked $page0 to what it says.
# The direct map's leaves are split whenever the kernel needs to, so their level
# may be another one a moment later.
object() {
	load "$1"
	[ "$status" = 0 ] || fail "$1: $error"
	va=$(field 'Virtual Address')
	by_macro=$(field 'Physical Address (using Macro)')
	walked=$(field 'Physical Address (using Pagewalk)')
	page0="Page 0 : $walked \\((pte, 4 KiB|pmd, 2 MiB|pud, 1 GiB)\\)"
}

an_object_from_kmalloc() {
	object kmalloc
	direct_map=$(minus "$va" "$walked")
	text='Hey! this is kmalloc\(\)'
	sees 'kmalloc' "$va" "$text" "$by_macro" "$walked" "$success" "$page0"
	sees '0x' "0x$va" "$text" "$by_macro" "$walked" "$success" "$page0"
	sees 'capitals' "0X$(echo "$va" | tr a-f A-F)" "$text" "$by_macro" "$walked" "$success" "$page0"
	pa=$(plus "$walked" 5)
	sees 'inside the string' "$(plus "$va" 5)" 'this is kmalloc\(\)' "$pa" "$pa" "$success" "$page0"
	unload kmalloc
}

an_object_from_vmalloc() {
	object vmalloc
	text='Hey! this is vmalloc\(\)'
	sees 'vmalloc' "$va" "$text" "$by_macro" "$walked" "$failure" "$page0"
	# The pagewalk's answer, put to the test: the same memory by its other name.
	sees 'vmalloc, direct map' "$(plus "$direct_map" "$walked")" "$text" \
		"$walked" "$walked" "$success" "$any_page"
	unload vmalloc
}

# address SYMBOL [MODULE]
address() {
	sed -n "s/^\([0-9a-f]*\) . $1${2:+	\[$2\]}\$/\1/p" /proc/kallsyms | head -n 1
}

# The macro's second formula. Where the kernel lies in memory is another one's
# word: the line of /proc/iomem begins where its text begins.
the_kernel_image() {
	text=$(address _text)
	text_pa=$(sed -n 's/^ *0*\([0-9a-f]*\)-.* : Kernel code/\1/p' /proc/iomem)
	sees 'kernel text' "$text" "$no_string" "$text_pa" "$text_pa" "$success" "$any_page"
}

# A string of the kernel's, as the kernel itself shows it. It ends with a
# newline, which must not come twice.
the_banner() {
	at=$(address linux_banner)
	load check va="$at"
	log=$(sed '/^Page 1 /d' log)
	pa=$(plus "$text_pa" "$(minus "$at" "$text")")
	expect_log 'the banner' 'Linux version [0-9]\.[0-9]+.*' "Virtual Address : $at" \
		"Physical Address \\(using Macro\\) : $pa" \
		"Physical Address \\(using Pagewalk\\) : $pa" "$success" "$any_page"
	[ "$(head -n 1 log)" = "$(cat /proc/version)" ] || fail 'the banner is not /proc/version'
	rmmod check
}

a_module() {
	object kmalloc
	for symbol in cleanup_module node; do
		at=$(address "$symbol" kmalloc)
		[ "$at" ] || at=$(address lesson_exit kmalloc)
		sees "kmalloc's $symbol" "$at" "$no_string" '[0-9a-f]+' '[0-9a-f]+' "$failure" "$any_page"
	done
	unload kmalloc
}

# A string over the end of a page: the names of what the kernel exports lie one after the
# other, behind their checksums, so at one of its page ends there is one.
a_string_over_two_pages() {
	at=$(address __stop___kcrctab_gpl)
	at=$(minus "${at%???}000" 6)
	for _ in $(seq 1 200); do
		at=$(plus "$at" 1000)
		load check va="$at"
		[ "$status" = 0 ] || break
		rmmod check
		# At least four letters of it are in the second page.
		if grep -q '^Page 1' log && head -n 1 log | grep -qv '^(not a\|^.\{1,9\}$'; then
			two_pages_agree
			return
		fi
	done
	fail "no string over two pages up to $at: $log"
}

# What was seen from the first page on ends as what is seen in the second.
two_pages_agree() {
	dmesg -c >/dev/null
	insmod check.ko va="$at" && rmmod check
	whole=$(messages | head -n 1)
	insmod check.ko va="$(plus "$at" 6)" && rmmod check
	part=$(messages | head -n 1)
	case $whole in
	??????"$part") ;;
	*) fail "'$part' is not the rest of '$whole'" ;;
	esac
}

# Where the direct map has leaves of 1 GiB: memory that is in use all over, so that
# a look at most of it is not refused. It is taken before the first module is
# loaded, because each module splits the leaf that its pages happen to lie in.
fill_memory() {
	grep -q 'DirectMap1G: *[1-9]' /proc/meminfo || return 0
	dd if=/dev/zero of=/tmp/full bs=1M count=3500 2>/dev/null
}

the_largest_leaf() {
	[ -e /tmp/full ] || return 0
	for pa in $(seq 0 31); do
		pa=$(printf '%x' $((0x100012345 + pa * 0x8000000)))
		load check va="$(plus "$direct_map" "$pa")"
		[ "$status" = 0 ] || continue
		rmmod check
		grep -q "^Page 0 : ${pa%???}000 (pud, 1 GiB)" log || continue
		log=$(cat log)
		expect_log 'a 1 GiB leaf' "$no_string" 'Virtual Address : f[0-9a-f]{15}' \
			"Physical Address \(using Macro\) : $pa" \
			"Physical Address \(using Pagewalk\) : $pa" "$success" \
			"Page 0 : ${pa%???}000 \(pud, 1 GiB\)"
		leaves=', also in a leaf of 1 GiB'
		break
	done
	[ "$leaves" ] || fail "no leaf of 1 GiB was met; $(grep DirectMap1G /proc/meminfo)"
	rm /tmp/full
}
leaves=

fill_memory
an_object_from_kmalloc
the_largest_leaf
an_object_from_vmalloc
the_kernel_image
the_banner
a_module
a_string_over_two_pages
finish "what check.ko sees$leaves"
