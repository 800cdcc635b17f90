/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * root_input.h - what an input of fuzz_root begins with; the memory's pages follow.
 */
#ifndef TESTS_ROOT_INPUT_H
#define TESTS_ROOT_INPUT_H

#include <stdint.h>

#define INPUT_ROOT 1 /* the root is given */
#define INPUT_CR3 2 /* a CPU's is asked for */
#define INPUT_NOTE 4
#define INPUT_READ 8 /* the memory is read, not mapped */
#define INPUT_LIVE 16 /* tables are lent for a lookup */
#define INPUT_SPLIT 32 /* two ranges */

#define INPUT_CPUS 2
#define INPUT_MOST_PAGES 15
/* Where the memory begins: so many times this. */
#define INPUT_BASE (2ULL << 20)

struct root_input {
	uint8_t flags;
	uint8_t levels; /* ordered: 4 and 5, else none */
	uint8_t nr_cpus;
	uint8_t bad_page; /* cannot be read */
	uint8_t base;
	uint8_t cpu;
	uint8_t unused[2];
	uint64_t root;
	struct {
		uint64_t cr0;
		uint64_t cr3;
		uint64_t cr4;
	} cpus[INPUT_CPUS];
	char note[448]; /* up to its NUL */
};

#endif
