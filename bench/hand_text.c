// SPDX-License-Identifier: GPL-2.0-only
/*
 * hand_text.c - what a program made for one dump takes for addresses in and physical
 * addresses out, as text: parse, the bare pointer loop, format. It checks nothing.
 *
 * usage: hand_text DUMP OFFSET ROOT < ADDRESSES; memory begins at OFFSET of the file
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dump.h"

static char in[1 << 16], out[1 << 16];

static unsigned int put_hex(char *to, uint64_t value)
{
	unsigned int digits = value ? (67 - (unsigned int)__builtin_clzll(value)) / 4 : 1;

	for (unsigned int i = digits; i-- > 0; value >>= 4)
		to[i] = "0123456789abcdef"[value & 15];
	return digits;
}

static unsigned int answer(char *to, const char *memory, u64 root, uint64_t va)
{
	uint64_t pa = bare_walk(memory, root, va);
	unsigned int n = put_hex(to, va);

	to[n++] = ' ';
	if (pa == PTWALK_NOT_MAPPED)
		to[n++] = '-';
	else
		n += put_hex(to + n, pa);
	to[n++] = '\n';
	return n;
}

int main(int argc, char **argv)
{
	int fd = argc == 4 ? open(argv[1], O_RDONLY) : -1;
	u64 offset, root, used = 0;
	const char *memory;
	struct stat st;
	uint64_t va = 0;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		return 2;
	offset = strtoull(argv[2], NULL, 16);
	root = strtoull(argv[3], NULL, 16);
	memory = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return 1;
	while ((n = read(0, in, sizeof(in))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (in[i] != '\n') {
				va = va << 4 | ((in[i] & 15) + (in[i] > '9' ? 9 : 0));
				continue;
			}
			used += answer(out + used, memory + offset, root, va);
			va = 0;
			if (used > sizeof(out) - 64) {
				if (write(1, out, used) < 0)
					return 1;
				used = 0;
			}
		}
	}
	return write(1, out, used) < 0;
}
