# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of the VM kit share; they source it first. It goes to the top
# folder, makes a folder $tmp that goes away at the end, and sees to it that a
# VM can be had. A test then ends with `exit "$failed"`.

set -uo pipefail

cd "$(dirname -- "$0")/../.." || exit 1
# shellcheck disable=SC2034 # the tests' own
failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# fail WORD... [FILE]: a failure; the file says more about it.
fail() {
	echo "FAILED: $1"
	[[ ! -f ${2:-} ]] || sed 's/^/  | /' "$2"
	# shellcheck disable=SC2034
	failed=1
}

skip() {
	echo "skipped: $*"
	exit 77
}

vm/need boot modules || skip 'no qemu or no compiler (vm/need)'
vm/kernel 6.1 >/dev/null || skip 'no kernel 6.1 to boot (vm/kernel)'
