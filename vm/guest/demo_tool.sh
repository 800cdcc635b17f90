# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # what demo.sh sets
#
# The demonstration goes on, with the tool that grew from the lessons: the module
# ptwalk.ko and the command ptwalk. Sourced by demo.sh, which defines what this uses.

# tool ARGUMENT...: shows a command of ptwalk's and what it prints, which stays in
# the file "said"; it must exit with 0.
tool() {
	command_line "ptwalk $*"
	ptwalk "$@" >said 2>&1 || fail "ptwalk $* ended with status $?"
	sed 's/^./  &/' said
}

# said PATTERN: a whole line of what ptwalk printed, without what surrounds it.
said() {
	grep -qxE " *$1 *" said || fail "a line '$1'"
}

# same_address MODULE: vtop says of the object what the lesson has said.
same_address() {
	load "$1"
	command_line "insmod $1.ko"
	va=$(field 'Virtual Address') pa=$(field 'Physical Address (using Pagewalk)')
	printf '%s\n' "$log" | grep -E '^(Virtual Address|Physical Address \(using P)' | sed 's/^/  /'
	tool vtop "$va"
	said "$va +$pa"
	said 'RIGHTS: rw-k .*'
	unload "$1"
}

title 'And now the tool: ptwalk.ko, and the command ptwalk that asks it'
command_line 'insmod ptwalk.ko'
insmod ptwalk.ko || fail 'ptwalk.ko was refused'

title '5. The laboratory: 16 KiB from each of the allocators'
tool lab all 16k
for allocator in kmalloc kmem_cache alloc_pages alloc_pages_exact dma_coherent; do
	said "$allocator +16K .* yes .* same .*"
done
for allocator in vmalloc vmap stack; do
	said "$allocator +16K .* no .* no .*"
done

title '6. The same addresses as the lessons have, level by level'
same_address kmalloc
same_address vmalloc

title '7. What the kernel has mapped, in figures'
tool stat
said 'vmalloc .*'
said 'direct map: .*'
rmmod ptwalk || fail 'ptwalk.ko does not go'

# What the last part, outside, will look for in this machine's memory.
load vmalloc
