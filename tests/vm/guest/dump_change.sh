# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Runs in the VM, started by dump.sh: saves what the kernel and the load map now, and
# waits in the background until the host calls by an NMI. Then it loads a module whose
# page is writable and executable, and tells the console where that lies.

insmod ptwalk.ko || exit 1
load=$(sed -n 's/^process load \([0-9]*\) .*/\1/p' /tmp/truth/load)
ptwalk snapshot /tmp/truth/live-kernel || exit 1
ptwalk -p "$load" snapshot /tmp/truth/live-load || exit 1

calls() {
	awk '/^ *NMI:/ { print $2 + $3 }' /proc/interrupts
}

before=$(calls)
(
	while [ "$(calls)" = "$before" ]; do
		sleep 0.2
	done
	insmod ptwplant.ko kind=wx
	for name in alias_va direct_va pa; do
		printf '<1>planted %s %x\n' $name "$(cat /sys/module/ptwplant/parameters/$name)"
	done >/dev/kmsg
	sed -n 's/^ptwplant \([0-9]*\) .* 0x\([0-9a-f]*\).*/<1>planted module \2 \1/p' \
		/proc/modules >/dev/kmsg
	echo '<1>planted all' >/dev/kmsg
	sleep 1000
) >/dev/null 2>&1 </dev/null &
