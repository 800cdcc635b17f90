# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # $work is made by lib.sh
#
# One virtual machine: start it, hear from it, end it. Sourced after lib.sh by
# vm/run, which has made the work folder $work. guest/init is the other end.

# How the machine looks. vm/run sets these from its options.
cpu=qemu64
mem_mib=512
smp=2
append=
# More words for qemu, and whether it is asked questions by vm/monitor.
qemu_words=()
monitored=

# The console takes warnings until guest/init asks for all. An oops is a panic,
# and a panic ends the machine at once. The tests of the kernel's own ciphers
# take a quarter of an emulated boot; its test of the timer fails on a busy host.
kernel_words='console=ttyS0,115200 loglevel=5 oops=panic panic=-1 cryptomgr.notests no_timer_check'

machine=
# The programs that copy the command's output, and how one of them failed.
copiers=()
copier_status=0

# serial_options FOLDER: four serial lines, ttyS0 to ttyS3, that go to a file and
# FIFOs in the folder. One qemu option or value a line.
serial_options() {
	local name

	for name in console out err control; do
		printf '%s\n' -chardev "file,id=$name,path=$1/$name" -serial "chardev:$name"
	done
}

# The monitor's two FIFOs, where the machine has one. They stay open here, so that
# each program that asks may come and go.
make_monitor() {
	[[ $monitored ]] || return 0
	rm -f "$work"/monitor.{in,out}
	mkfifo "$work"/monitor.{in,out}
	exec 5<>"$work/monitor.in" 6<>"$work/monitor.out"
	printf '%s\n' -chardev "pipe,id=monitor,path=$work/monitor" -mon chardev=monitor
}

# machine_start ACCELERATOR KERNEL INITRD: the command's output and errors go
# where those of the caller go. Whatever becomes of this shell, nothing that is
# started here outlives it.
machine_start() {
	local options

	rm -f "$work"/{console,out,err,control,qemu.log}
	mkfifo "$work"/{out,err,control}
	# Open for writing too, so that neither the opening nor a read can hang.
	exec 7<>"$work/control"
	serial_options "$work" >"$work/options"
	make_monitor >>"$work/options"
	mapfile -t options <"$work/options"
	(deathsig=KILL child cat "$work/out") 7>&- &
	copiers=("$!")
	(deathsig=KILL child cat "$work/err") 7>&- >&2 &
	copiers+=("$!")
	(deathsig=KILL child qemu-system-x86_64 -machine q35 -accel "$1" -cpu "$cpu" \
		-m "$mem_mib" -smp "$smp" -no-user-config -nodefaults -display none \
		-no-reboot -kernel "$2" -initrd "$3" "${options[@]}" "${qemu_words[@]}" -append \
		"$kernel_words $append") \
		>"$work/qemu.log" 2>&1 7>&- 8>&- &
	machine=$!
}

running() {
	[[ $'\n'$(jobs -rp)$'\n' == *$'\n'"$1"$'\n'* ]]
}

# Whether a copier has failed, as when nobody reads our output any more. When the
# VM ends they end well, a moment before it does.
copier_failed() {
	local pid rest=()

	for pid in "${copiers[@]}"; do
		if running "$pid"; then
			rest+=("$pid")
		else
			wait "$pid" || copier_status=$?
		fi
	done
	copiers=("${rest[@]}")
	((copier_status != 0))
}

# machine_await SECONDS: the next line that the VM says, in $said.
# Returns 0; 1 when the VM has ended without; 2 when the time is over; 3 when the
# output cannot be written any more.
machine_await() {
	local end=$((SECONDS + $1)) part

	said=
	while ((SECONDS <= end)); do
		# A read that times out leaves what it has got of a line.
		IFS= read -r -t 0.5 part <&7 && said+=$part && return 0
		said+=$part
		if ! running "$machine"; then
			IFS= read -r -t 0.1 part <&7 && said+=$part && return 0
			return 1
		fi
		! copier_failed || return 3
	done
	return 2
}

# Waits SECONDS for the VM to switch itself off.
machine_await_end() {
	local said

	machine_await "$1" || :
	! running "$machine"
}

wait_for_copiers() {
	local pid

	for pid in "${copiers[@]}"; do
		wait "$pid" || copier_status=$?
	done
}

# Ends the VM if it still runs, and waits until all that it said has been
# copied. Without "copied" its output is dropped, for there may be no reader.
machine_end() {
	[[ $machine ]] || return 0
	! running "$machine" || kill -KILL "$machine" 2>/dev/null || :
	wait "$machine" 2>/dev/null || :
	machine=
	if [[ ${1:-} == copied ]]; then
		wait_for_copiers
	else
		kill -KILL "${copiers[@]}" 2>/dev/null || :
		wait "${copiers[@]}" 2>/dev/null || :
	fi
}
