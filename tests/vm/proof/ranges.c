// SPDX-License-Identifier: GPL-2.0-only
/* ranges.c - ptw_scan() over the kernel's half, held against single lookups. */
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <asm/pgtable.h>

#include "../../../core/scan.h"
#include "proof.h"

#define BATCH 64

/*
 * Asked in three places of a range, one address must be what the range says.
 * Ranges of what the kernel changes meanwhile may be old by then, so a
 * difference is counted only where a second walk still sees the range's start.
 */
static void ask_range(struct live *live, struct tally *t, const struct ptw_range *r)
{
	u64 bytes = r->end.v - r->start.v;
	u64 at[] = { 0, bytes - 1, get_random_u64() % bytes };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		struct ptw_walk w;
		u64 offset = r->repeats ? at[i] & (r->page_bytes - 1) : at[i];

		ask(live, t, r->start.v + at[i]);
		ptw_walk(&live->space, ptw_va(r->start.v + at[i]), &w);
		if (w.end == r->what && (w.end != PTW_LEAF || (w.pa.v == r->pa.v + offset &&
							       w.page_bytes == r->page_bytes)))
			continue;
		t->differences++;
		pr_err("proof: ranges: %llx+%llx: range says %d %llx, walk %d %llx\n", r->start.v,
		       at[i], r->what, r->pa.v + offset, w.end, w.pa.v);
	}
}

int ask_ranges(struct live *live, struct tally *sum)
{
	u64 half = -1ULL << (live->space.format->va_bits - 1), at = half;
	struct tally t = { .place = "ranges" };
	unsigned long count = 0;
	struct ptw_range *ranges;
	struct ptw_scan scan;
	int n, i;

	ranges = kmalloc_array(BATCH, sizeof(*ranges), GFP_KERNEL);
	if (!ranges)
		return -ENOMEM;
	ptw_scan_init(&scan, &live->space, ptw_va(half), ptw_va(0), 0);
	for (;;) {
		scan.tables_left = 1000;
		n = ptw_scan_next(&scan, ranges, BATCH);
		if (n == 0)
			break;
		for (i = 0; i < n; i++) {
			if (ranges[i].start.v != at)
				t.differences++;
			at = ranges[i].end.v;
			ask_range(live, &t, &ranges[i]);
		}
		count += n > 0 ? n : 0;
		cond_resched();
	}
	if (at)
		t.differences++;
	kfree(ranges);
	pr_info("proof: %lu ranges in the kernel's half\n", count);
	tally_print(&t);
	sum->addresses += t.addresses;
	sum->differences += t.differences;
	return 0;
}
