# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # what dump.sh sets
#
# What dump_verbs and dump_kdump share: every verb is asked on each dump of one machine,
# and what it says is compared to the byte. Sourced by them, with dump.sh's arguments.

. "$(dirname -- "$0")/dump.sh"

# What a format says of itself is left out.
plain() {
	sed 's/,"source":"[a-z]*"//; s/,"unlocked":true//; /"type":"image"/d'
}

# says NAME FORMAT WORD...: what it says, in $work/says/FORMAT-NAME, and its status.
says() {
	local name=$1 format=$2 status=0

	shift 2
	on "$format" -j "$@" 2>"$work/errors" >"$work/says/raw" || status=$?
	{
		plain <"$work/says/raw"
		echo "status $status"
	} >"$work/says/$format-$name"
	((status < 2)) || fail "$format: $* ended with status $status" "$work/errors"
	[[ $(wc -l <"$work/says/$format-$name") -gt 1 ]] || fail "$format: $* says nothing"
}

# Addresses of everything: pages of the load, areas of vmalloc(), symbols, and nonsense.
write_addresses() {
	sed -n 's/^0x\([0-9a-f]*\)-.*/\1/p' "$truth/vmallocinfo"
	awk 'NR % 500 == 0 { print $1 }' "$truth/kallsyms"
	printf '%s\n' 0 7fffffffffffffff fffffffffffff000 ffffffffffffffff 8000000000000000
}

run_verbs() {
	local format=$1 physical

	physical=$(awk '$2 != "-" { print $2; exit }' "$truth/pages-thp")
	says info "$format" info
	says map "$format" map
	says map-process "$format" -p "$load" map
	says map-user "$format" -p "$load" map --all 0-800000000000
	says stat "$format" stat
	says stat-process "$format" -p "$load" stat
	says audit "$format" audit
	says audit-process "$format" -p "$load" audit
	says vtop "$format" vtop - <"$work/addresses"
	says vtop-process "$format" -p "$child" vtop - <"$work/addresses-process"
	says read "$format" read "$(lesson 2 'Virtual Address')" 8192
	says read-physical "$format" read --phys "$(lesson 1 'Physical Address (using Pagewalk)')" 8192
	says read-process "$format" -p "$load" read "$(awk 'NR == 7 { print $1 }' "$truth/pages-small")" 4096
	says ptov "$format" ptov "$physical"
	says ptov-all "$format" ptov --all "$physical"
	says ps "$format" ps
	says explain "$format" explain "$(symbol linux_banner)" --access w --user
}

# all_formats_agree FORMAT...: what the first one says, the others say.
all_formats_agree() {
	local first=$1 format name

	mkdir -p "$work/says"
	write_addresses >"$work/addresses"
	cat "$truth/pages-child-cow" "$truth/pages-scattered" | cut -d ' ' -f 1 \
		>"$work/addresses-process"
	for format; do
		run_verbs "$format"
		for name in "$work/says/$first"-*; do
			name=${name##*/"$first"-}
			same_file "$format and $first differ: $name" \
				"$work/says/$first-$name" "$work/says/$format-$name"
		done
		ok "$format: $(cat "$work/says/$format"-* | wc -l) lines"
	done
}
