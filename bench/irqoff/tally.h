/* SPDX-License-Identifier: GPL-2.0-only */
/* tally.h - how long sections with interrupts off were, as a distribution. */
#ifndef IRQOFF_TALLY_H
#define IRQOFF_TALLY_H

#include <linux/types.h>

#define TALLY_MOST 500000 /* sections; what comes later is counted, its time is not kept */

/*
 * @cycles: of each section, in order of time
 * @kept: of @cycles
 * @sections: all
 * @most_tables: table pages that were asked for in one section, the way down
 *	included
 */
struct tally {
	const char *name;
	u32 *cycles;
	unsigned int kept;
	u64 sections;
	unsigned int most_tables;
};

/* Return: 0 or -ENOMEM. */
int tally_init(struct tally *t, const char *name);
void tally_deinit(struct tally *t);
void tally_clear(struct tally *t);
/* With interrupts off. */
void tally_add(struct tally *t, u64 cycles, unsigned int tables);
/* Prints it, and sorts @cycles for that. */
void tally_print(struct tally *t);

#endif
