/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * proof.h - the test module ptwproof.ko: about every address it asks three
 * ways, and counts where they differ.
 *
 *   the core    ptw_walk(), table-driven (core/)
 *   the lesson  do_page_walk(), the kernel's macros (lessons/pagewalk.h)
 *   the kernel  lookup_address(), slow_virt_to_phys(), vmalloc_to_page()
 */
#ifndef PROOF_H
#define PROOF_H

#include <linux/types.h>
#include "../../../core/walk.h"

/* What the answers about one kind of place came to. */
struct tally {
	const char *place;
	unsigned long addresses;
	unsigned long mapped[PTW_MAX_LEVELS]; /* by page size: 4 KiB, 2 MiB, 1 GiB */
	unsigned long differences;
};

/* main.c: the kernel's tables as the core sees them, and symbols by name. */
struct live {
	struct ptw_memory memory;
	struct ptw_space space;
	unsigned long irq_flags;
};

void live_init(struct live *live);
unsigned long symbol_address(const char *name);
void tally_print(const struct tally *t);

/* ask.c: asks about one address; counts it, and says so where they differ. */
void ask(struct live *live, struct tally *t, unsigned long va);
void ask_user(struct live *live, struct tally *t, unsigned long va);

/* places.c: every kind of place. Adds to @sum. Return: 0 or a negative errno. */
int ask_everywhere(struct live *live, struct tally *sum);

/* ranges.c: ptw_scan() over the kernel's half, its ranges held against ask(). */
int ask_ranges(struct live *live, struct tally *sum);

/* soft.c: software entries made by the kernel's macros, read by the core. */
int ask_software(struct live *live, struct tally *sum);

#endif
