# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# usage: swap.sh PROGRAM [ARGUMENT...]
#
# Makes a swap area of a disk in memory, loads ptwalk.ko and runs PROGRAM.

dmesg -n 5
insmod brd.ko rd_nr=1 rd_size=131072 || exit 1
insmod ptwalk.ko || exit 1
mkswap /dev/ram0 >/dev/null
swapon /dev/ram0 || exit 1
"$@"
status=$?
swapoff /dev/ram0
rmmod ptwalk || exit 1
exit "$status"
