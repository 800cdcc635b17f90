# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# usage: command.sh SOURCE
#
# Runs in the VM: what ptwalk says of this kernel, as JSON, and what the kernel's
# own files say of it, in parts: a tar archive on standard output, compressed, for the
# serial line is slow. tests/vm/command.sh judges.

source=$1
export NO_COLOR=1

# Else addresses in these files are hashed.
echo 1 >/proc/sys/kernel/kptr_restrict

exec 3>&1
mkdir parts

# part NAME: what is written from now on.
part() {
	exec >"parts/$1"
}

# The address of a symbol, of those that are asked for here: /proc/kallsyms is long.
grep -E ' (_text|_etext|_sdata|__bss_start|linux_banner)$' /proc/kallsyms >kallsyms
symbol() {
	sed -n "s/^\([0-9a-f]*\) . $1\$/\1/p" kallsyms | head -n 1
}

if [ "$source" = device ]; then
	insmod ptwalk.ko || exit 1
fi
# More vmalloc areas and module memory to look at; their work is done when they are loaded.
insmod vmalloc.ko bytes=2500000 >/dev/null 2>&1

part iomem
cat /proc/iomem
part vmallocinfo
# Stacks come and go with every process.
grep -v 'kernel_clone\|fork_idle\|copy_process\|thread_stack' /proc/vmallocinfo
part symbols
for name in _text _etext _sdata __bss_start linux_banner; do
	echo "$name $(symbol $name)"
done
part version
cat /proc/version
part info
ptwalk -j info
part banner
ptwalk -j read "$(symbol linux_banner)" 512
part map
ptwalk -j map || echo "status $?"
part starts
sed 's/.*"start":"\([0-9a-f]*\)".*/\1/' parts/map | ptwalk -j vtop -
part vtop
ptwalk -j vtop "$(symbol _text)" "$(symbol _sdata)" "$(symbol __bss_start)"
part ioremap
sed -n 's/^0x\([0-9a-f]*\)-0x[0-9a-f]* .* phys=0x\([0-9a-f]*\) ioremap.*/\1/p' parts/vmallocinfo |
	ptwalk vtop --brief -
part vmallocinfo-after
cat /proc/vmallocinfo
part nothing
ptwalk -j vtop 0
echo "status $?"
if [ "$source" = device ]; then
	sleep 1000 &
	pid=$!
	sleep 1
	part maps
	cat /proc/$pid/maps
	part process
	ptwalk -p $pid -j map
	sed 's/.*"start":"\([0-9a-f]*\)".*/\1/' parts/process >addresses
	part process-device
	ptwalk -p $pid vtop --brief - <addresses
	part process-pagemap
	ptwalk -p $pid --source pagemap vtop --brief - <addresses
	part process-text
	sed -n 's/^\([0-9a-f]*\)-.* r-xp .*/\1/p' /proc/$pid/maps | head -n 1 | ptwalk -p $pid -j vtop --page -
	part process-user
	sed -n 's/^\([0-9a-f]*\)-.* r-xp .*/\1/p' /proc/$pid/maps | head -n 1 | ptwalk -p $pid --user -j vtop - 2>&1
	part process-read
	address=$(sed -n 's/^\([0-9a-f]*\)-.* r-xp .*/\1/p' /proc/$pid/maps | head -n 1)
	ptwalk -p $pid read "$address" 4096 | md5sum
	ptwalk -p $pid --source pagemap read "$address" 4096 | md5sum
	kill $pid
	wait
	part gone
	ptwalk -p $pid vtop 0 2>&1
	echo "status $?"
	rmmod vmalloc 2>/dev/null
	rmmod ptwalk || exit 1
fi
exec >&3
tar -C parts -cz .
