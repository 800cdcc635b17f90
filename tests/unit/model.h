/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model.h - a naive reference of what the core should answer.
 *
 * Written from the Intel SDM (volume 3A, chapter 4.5, tables 4-14 to 4-20), the
 * software entries of Linux (arch/x86/include/asm/pgtable_64.h,
 * pgtable-invert.h, include/linux/swapops.h) and the comments of the core's
 * headers, apart from the core: it shares the types of the answers with it and
 * no code, no format tables. Slow, and meant to be read beside the manual.
 */
#ifndef TEST_MODEL_H
#define TEST_MODEL_H

#include "../../core/scan.h"
#include "mem.h"

/* The two releases whose swap types the core knows. */
enum model_release { MODEL_6_1, MODEL_6_12 };

/**
 * struct model - an x86-64 address space
 * @levels: 4, or 5 with CR4.LA57
 * @cr3: as the register holds it
 * @encryption: bits of the address field that are none
 * @pa_bits: MAXPHYADDR, at most 52
 */
struct model {
	const struct mem *mem;
	unsigned int levels;
	u64 cr3;
	u64 encryption;
	unsigned int pa_bits;
	enum model_release release;
};

/* The answers that the core's functions of the same names should give. */
bool model_canonical(const struct model *m, u64 va);
enum ptw_what model_classify(const struct model *m, unsigned int level, u64 entry);
u64 model_entry_pa(const struct model *m, unsigned int level, u64 entry);
int model_walk(const struct model *m, u64 va, struct ptw_walk *w);
void model_rights(const struct model *m, const struct ptw_walk *w, struct ptw_rights *r);
struct ptw_soft model_soft(const struct model *m, u64 va, unsigned int level, u64 entry);

/**
 * struct model_scan - a scan of [at, end), looked at page by page
 * @pieces_left: how many more pages and holes it may look at. When there is
 *	none left the scan ends early, at @at; the span that it has covered is
 *	then what the core should be asked for.
 */
struct model_scan {
	const struct model *m;
	u64 compare;
	u64 at;
	u64 end;
	bool over;
	unsigned long pieces_left;
	bool held; /* @next is read and not part of a range yet */
	struct ptw_range next;
};

void model_scan_init(struct model_scan *s, const struct model *m, u64 start, u64 end, u64 compare,
		     unsigned long pieces);

/* The next range, each as long as it can be. False when the scan is over. */
bool model_scan_next(struct model_scan *s, struct ptw_range *range);

#endif
