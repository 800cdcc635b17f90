# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the command refuses: the exit status, and one sentence on standard error that
# says what is wrong. Ends with the lockdown of the VM, which nothing undoes.

. ./lessons.sh

# refused STATUS PATTERN COMMAND...: PATTERN is the whole of standard error.
refused() {
	want=$1 pattern=$2
	shift 2
	"$@" >out 2>err
	status=$?
	[ "$status" = "$want" ] || fail "$*: status $status, not $want"
	grep -qxE "ptwalk: $pattern" err || fail "$*: said '$(cat err)', not '$pattern'"
	[ "$(wc -l <err)" = 1 ] || fail "$*: more than one sentence: $(cat err)"
	[ ! -s out ] || fail "$*: printed '$(head -n 1 out)'"
}

as_nobody() {
	su -s /bin/sh -c "exec ptwalk $*" nobody
}

kernel_address=ffffffff81000000

refused 2 'no source: /dev/ptwalk is not there \(the module is not loaded\), and .*' \
	as_nobody vtop "$kernel_address"
insmod ptwalk.ko || exit 1

# Who asks.
chmod 755 .
refused 2 'no source: /dev/ptwalk: Permission denied, and .*; be root, and insmod ptwalk\.ko' \
	as_nobody vtop "$kernel_address"
refused 2 '/dev/ptwalk: Permission denied' as_nobody --source device vtop "$kernel_address"
chmod 666 /dev/ptwalk
refused 2 '/dev/ptwalk is refused: no CAP_SYS_ADMIN, or the kernel is locked down' \
	as_nobody --source device vtop "$kernel_address"
if [ -e /proc/self/ns/user ]; then
	refused 2 '/dev/ptwalk is refused: no CAP_SYS_ADMIN, or the kernel is locked down' \
		unshare -Ur ptwalk --source device vtop "$kernel_address"
fi
chmod 600 /dev/ptwalk

# What is asked.
refused 2 'process 4194303 is gone, or has no address space' ptwalk -p 4194303 vtop 400000
refused 2 'process 2 is gone, or has no address space' ptwalk -p 2 map
refused 2 '0 is no process id' ptwalk -p 0 map
refused 2 'there is no verb vtopp .*' ptwalk vtopp
refused 2 '12345678901234567 has more than 16 digits' ptwalk vtop 12345678901234567
refused 2 'ffffg is no hexadecimal number; there is no symbol ffffg' ptwalk vtop ffffg
refused 2 'vtop: which address\? .*' ptwalk vtop
refused 2 '5000-4000 ends before it begins' ptwalk map 5000-4000
refused 2 'fffffffffffff000\+2000 goes beyond 2\^64' ptwalk map fffffffffffff000+2000
refused 2 'there is no option --nosuch .*' ptwalk vtop --nosuch 1
refused 2 'ffffffffffffff00 and 4096 bytes go beyond 2\^64' ptwalk read ffffffffffffff00 4096
refused 1 'physical address fed00000 is no memory that can be read' ptwalk read --phys fed00000
refused 1 'nothing is mapped at 10' ptwalk read 10
# Real addresses in /proc/vmallocinfo, for root. HPET's registers are there always.
echo 1 >/proc/sys/kernel/kptr_restrict
device=$(sed -n 's/^0x\([0-9a-f]*\)-.* phys=0x0*fed00000 ioremap.*/\1/p' /proc/vmallocinfo |
	head -n 1)
[ -z "$device" ] || refused 1 "$device is no memory that can be read" ptwalk read "$device"

locked=
# Where the kernel is locked down.
if echo confidentiality >/sys/kernel/security/lockdown 2>/dev/null; then
	refused 2 'no source: /dev/ptwalk is refused: no CAP_SYS_ADMIN, or the kernel is locked down, and .*' \
		ptwalk vtop "$kernel_address"
	locked=', locked down too'
fi
finish "what the command refuses$locked"
