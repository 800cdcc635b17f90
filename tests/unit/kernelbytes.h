/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernelbytes.h - a stretch of made-up kernel memory, with kallsyms in it as a kernel of
 * either order has it.
 */
#ifndef TEST_KERNELBYTES_H
#define TEST_KERNELBYTES_H

#include "../../lib/kallsyms.h"

#define KERNEL_VA 0xffffffff81000000ULL

/**
 * struct kernelbytes - [@va, @va + @bytes)
 * @at: where the tables lie in it
 * @markers, @seqs: likewise; @seqs 0 where there are none
 * @hole: the page at this address cannot be read; 0 for none
 * @memory: reads it
 */
struct kernelbytes {
	uint64_t va;
	size_t bytes;
	size_t room;
	unsigned char *data;
	struct kallsyms_tables at;
	uint64_t markers;
	uint64_t seqs;
	uint64_t hole;
	struct kernel_memory memory;
};

/* A symbol, in order of address; its first character is the type. */
struct name {
	const char *typed;
	uint64_t va;
};

enum kallsyms_order {
	ORDER_OLD, /* to 6.1 */
	ORDER_OLD_SEQS, /* 6.2, 6.3, and 6.1 of distributions */
	ORDER_NEW, /* 6.4 and later */
	ORDERS,
};

void kernelbytes_init(struct kernelbytes *k);
void kernelbytes_deinit(struct kernelbytes *k);

/* Puts bytes behind all that is there, at a multiple of 8; returns their address. */
uint64_t kernelbytes_add(struct kernelbytes *k, const void *data, size_t bytes);

/* Where @va lies in @data. */
unsigned char *kernelbytes_at(const struct kernelbytes *k, uint64_t va);

/* Puts the banner there, and returns its address: for the symbol linux_banner. */
uint64_t kernelbytes_add_banner(struct kernelbytes *k);

/*
 * Puts all tables there; addresses below 2^31 are those of per-CPU symbols, which only
 * @percpu has.
 */
void kernelbytes_add_names(struct kernelbytes *k, const struct name *names, uint32_t n,
			   enum kallsyms_order order, bool percpu);

#endif
