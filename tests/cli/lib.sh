# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of the command share; they source it first. It builds the command,
# goes to the top folder and makes a folder $tmp. A test ends with `exit "$failed"`.

set -uo pipefail

cd "$(dirname -- "$0")/../.." || exit 1
# shellcheck disable=SC2034 # the tests' own
failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
make -s build/ptwalk || exit 1
ptwalk=$PWD/build/ptwalk
unset NO_COLOR

fail() {
	echo "FAILED: $*"
	# shellcheck disable=SC2034
	failed=1
}

skip() {
	echo "skipped: $*"
	exit 77
}

# run STATUS WORD...: the command must end with STATUS; its output is in $tmp/out and $tmp/err.
run() {
	local want=$1 got=0

	shift
	"$ptwalk" "$@" >"$tmp/out" 2>"$tmp/err" || got=$?
	[ "$got" -eq "$want" ] || fail "ptwalk $* ended with $got, not with $want: $(cat "$tmp/err")"
}

# refused PATTERN WORD...: status 2, nothing on standard output, one sentence that fits.
refused() {
	local pattern=$1

	shift
	run 2 "$@"
	[ ! -s "$tmp/out" ] || fail "ptwalk $* was refused and printed something"
	[ "$(wc -l <"$tmp/err")" -eq 1 ] || fail "ptwalk $* says not one sentence: $(cat "$tmp/err")"
	grep -q "^ptwalk: .*$pattern" "$tmp/err" || fail "ptwalk $* says: $(cat "$tmp/err")"
}

# prints PATTERN: the last run's output has it.
prints() {
	grep -q -e "$1" "$tmp/out" || fail "'$1' is not in the output: $(head -n 5 "$tmp/out")"
}
