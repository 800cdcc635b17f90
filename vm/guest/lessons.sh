# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # what is set here is for those who source it
#
# What the tests of the lessons share inside the VM: load a module, see what it
# logged. Sourced, by busybox's shell.

failures=0

# One thing that is wrong shows in many places: ten are enough to see it.
fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
	[ "$failures" -lt 10 ] || exit 1
}

# The last command of every test.
finish() {
	[ "$failures" = 0 ] || exit 1
	echo "ok: $*"
}

# The messages since the last look, without the times and without what the
# kernel says of any module from elsewhere.
messages() {
	dmesg -c | sed -e 's/^\[[^]]*\] //' \
		-e '/: loading out-of-tree module taints kernel/d' \
		-e '/: module verification failed: /d'
}

# Of these, the ones that a lesson has written: by their beginning, and what is
# before "Virtual Address", the string. Whatever else the kernel has to say at
# such a moment is for vm/verdict.
lesson_messages() {
	messages | awk '
		/^(Hey! |Physical|Success|Failure|Page [0-9]|\(not a |Checking|[kv]malloc: |check: )/ {
			print; before = ""; next
		}
		/^Virtual Address/ { if (before) print before; print; before = ""; next }
		{ before = $0 }'
}

# load MODULE [PARAMETER...]: sets $status, $error (insmod's words after the
# module's name) and $log. When it is refused, busybox tries once more by
# another system call; so each refusal is there twice, and shown once.
load() {
	module=$1.ko
	shift
	dmesg -c >/dev/null
	insmod "$module" "$@" 2>error
	status=$?
	error=$(sed "s/^insmod: can't insert '[a-z]*.ko': //" error)
	if [ "$status" = 0 ]; then
		lesson_messages >log
	else
		lesson_messages | uniq >log
	fi
	log=$(cat log)
}

# unload MODULE: sets $log.
unload() {
	dmesg -c >/dev/null
	rmmod "$1" || fail "rmmod $1"
	log=$(lesson_messages)
}

is_loaded() {
	grep -q "^$1 " /proc/modules
}

# expect_log WHAT REGEXP...: the log is these lines, whole, and no others. One awk: a
# program more takes a while on the debug kernel.
expect_log() {
	what=$1
	shift
	printf '%s\n' "$@" >expected
	difference=$(printf '%s\n' "$log" | awk '
		NR == FNR { want[++wanted] = $0; next }
		wrong { next }
		FNR > wanted { wrong = "there is more: " $0 }
		FNR <= wanted && $0 !~ "^(" want[FNR] ")$" { wrong = $0 " is not " want[FNR] }
		{ seen = FNR }
		END {
			if (!wrong && seen < wanted)
				wrong = "there is no line " want[seen + 1]
			print wrong
		}' expected -)
	[ -z "$difference" ] || fail "$what: $difference"
}

# field LABEL: what stands behind a label, in the file log.
field() {
	sed -n "s/^$1 : //p" log
}

# The sum of two hexadecimal numbers, as one.
plus() {
	printf '%x\n' $((0x$1 + 0x$2))
}

minus() {
	printf '%x\n' $((0x$1 - 0x$2))
}
