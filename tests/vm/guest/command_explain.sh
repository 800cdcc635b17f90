# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# usage: command_explain.sh
#
# Runs in the VM: what explain says of accesses, and what the processor did with them;
# snapshots of a process and of the kernel, and what diff finds. The parts are as those
# of command_verbs.sh; tests/vm/command_explain judges.

export NO_COLOR=1

says() {
	echo "@ $1"
	shift
	./ptwalk -j "$@"
	echo "status $?"
}

wait_for() {
	while ! grep -q "^$1\$" faults; do
		kill -0 "$faulter" || exit 1
		sleep 1
	done
}

insmod ptwalk.ko || exit 1
: >faults
./command_explain "$(sed -n 's/ [A-Za-z] linux_banner$//p' /proc/kallsyms)" >faults &
faulter=$!
wait_for ready
pid=$(sed -n 's/^pid //p' faults)
grep '^case ' faults | while read -r _ name how va; do
	says "$name" -p "$pid" explain --user --access "$how" "$va"
done
says kernel-of-itself explain --access r linux_banner
says kernel-write-code explain --access w _text
says user-of-pagemap --source pagemap -p "$pid" explain 0

says snapshot -p "$pid" snapshot before
says snapshot-frames --source pagemap -p "$pid" snapshot frames
says snapshot-kernel snapshot kernel
says snapshot-all snapshot --all all
says diff-none -p "$pid" diff before live
says diff-saved -p "$pid" diff before all
says diff-frames -p "$pid" diff frames before
says diff-kernel diff kernel all
# What is saved are the rights that the process has.
isolated=$(grep pti=on /proc/cmdline)
says map-live -p "$pid" ${isolated:+--user} map
says map-saved -p "$pid" -f before map
says ps-saved -f all ps

kill -USR1 "$faulter"
wait_for 'done'
says diff -p "$pid" diff before live
says diff-frames-after --source pagemap -p "$pid" diff frames live
echo '@ faults'
cat faults
kill "$faulter"
ls before.* all.* 2>/dev/null
rmmod ptwalk || exit 1
echo '@ end'
