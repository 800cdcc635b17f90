# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # what lessons.sh sets
#
# What the tests of the lessons' refusals share inside the VM. Sourced.

. ./lessons.sh

# What insmod says.
# shellcheck disable=SC2034 # for the tests that source this file
{
	invalid='Invalid argument'
	bad_address='Bad address'
	too_large='Numerical result out of range'
	no_memory='Cannot allocate memory'
}

# refused WHAT ERROR LOG MODULE [PARAMETER...]: with that error of insmod and
# that one line, and the module is not there afterwards.
refused() {
	what=$1 expected_error=$2 expected_log=$3
	shift 3
	load "$@"
	[ "$status" != 0 ] || fail "$what: not refused: $log"
	[ "$error" = "$expected_error" ] || fail "$what: '$error', not '$expected_error'"
	expect_log "$what" "$expected_log"
	! is_loaded "$1" || fail "$what: $1 is loaded"
}
