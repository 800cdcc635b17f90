/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kallsyms.h - the tables in which a kernel keeps the names of its symbols. They need
 * bytes of kernel memory, from wherever. Source: scripts/kallsyms.c, which writes the
 * tables, and kernel/kallsyms.c, which reads them (6.1, 6.12). Private.
 *
 * All numbers are little-endian. Every table begins at a multiple of 8:
 *
 *	num_syms	u32
 *	names		for each symbol a length (one byte, or two where bit 7 of the first
 *			is set: 6.1 and later) and as many codes. A code stands for a token;
 *			the first character of all is the symbol's type. By address.
 *	markers		u32: where in names every 256th symbol begins
 *	seqs_of_names	3 bytes, big-endian: the symbols by name (6.2 and later)
 *	token_table	256 strings, each with its NUL
 *	token_index	u16: where in token_table each begins
 *	offsets		s32 each: see kallsyms_address()
 *	relative_base	u64
 *
 * The order is: offsets relative_base num_syms names markers [seqs_of_names] token_table
 * token_index; and since 6.4: num_syms names markers token_table token_index offsets
 * relative_base seqs_of_names.
 */
#ifndef LIB_KALLSYMS_H
#define LIB_KALLSYMS_H

#include <stdbool.h>

#include "error.h"
#include "kernel_bytes.h"

#define KALLSYMS_TOKENS 256
#define KALLSYMS_ALIGN(x) (((x) + 7) & ~7ULL)

/* Where they lie: virtual addresses. */
struct kallsyms_tables {
	uint64_t num_syms;
	uint64_t names;
	uint64_t token_table;
	uint64_t token_index;
	uint64_t offsets;
	uint64_t relative_base;
};

struct kallsyms;

/**
 * kallsyms_open() - checks the tables, and keeps what a lookup needs
 * @memory: must outlive it
 *
 * They must agree with each other, and have a linux_banner where "Linux version" stands.
 * Return: 0, -EBADMSG (they do not) or -ENOMEM.
 */
int kallsyms_open(struct kallsyms **k, const struct kallsyms_tables *where,
		  const struct kernel_memory *memory);
void kallsyms_close(struct kallsyms *k);

/* The first symbol of that name: 0, or -ENOENT. */
int kallsyms_find(struct kallsyms *k, const char *name, uint64_t *va);

/* [start, end) of kernel memory, mapped without a gap */
struct kallsyms_span {
	uint64_t start;
	uint64_t end;
};

/**
 * kallsyms_search() - looks for the tables by what they look like, and opens them
 * @spans: @n, where to look
 *
 * Return: 0, -ENOENT (they are not there) or -ENOMEM.
 */
int kallsyms_search(struct kallsyms **k, const struct kallsyms_span *spans, size_t n,
		    const struct kernel_memory *memory);

#endif
