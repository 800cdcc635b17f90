// SPDX-License-Identifier: GPL-2.0-only
/* lab_look.c - where an object lies: by the macro's arithmetic, and by the tables. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <asm/pgtable.h>

#include "device.h"
#include "lab_object.h"

#define RANGES_AT_A_TIME 8
#define TABLES_AT_A_TIME 512

/* One look; too big for the stack. */
struct look {
	struct space space;
	struct ptw_scan scan;
	struct ptw_range ranges[RANGES_AT_A_TIME];
	struct ptw_walk walk;
	u64 next_pa; /* what the run under way would go on with */
	u64 run_bytes; /* its length so far; 0: there is none */
};

static void end_run(struct look *look, struct ptwalk_ioc_lab_object *seen)
{
	seen->longest_run_bytes = max(seen->longest_run_bytes, look->run_bytes);
	look->run_bytes = 0;
}

static void add_run(struct look *look, struct ptwalk_ioc_lab_object *seen, u64 pa, u64 bytes)
{
	if (look->run_bytes && pa != look->next_pa)
		end_run(look, seen);
	if (!look->run_bytes)
		seen->runs++;
	look->run_bytes += bytes;
	look->next_pa = pa + bytes;
}

/* The first and the last page may be shared with others. */
static u64 pages_of(const struct ptw_range *r)
{
	u64 first = r->start.v & ~(r->page_bytes - 1);
	u64 last = (r->end.v - 1) & ~(r->page_bytes - 1);

	return (last - first) / r->page_bytes + 1;
}

static void look_at_range(struct look *look, struct ptwalk_ioc_lab_object *seen,
			  const struct ptw_range *r)
{
	u64 pages, piece, at;

	if (r->what != PTW_LEAF) {
		end_run(look, seen);
		return;
	}
	pages = pages_of(r);
	seen->pages[r->page_bytes >= PUD_SIZE ? 2 : r->page_bytes >= PMD_SIZE] += pages;
	if (!r->repeats) {
		add_run(look, seen, r->pa.v, r->end.v - r->start.v);
		return;
	}
	/* Every page of it is the same frame, which does not follow on from itself. */
	for (at = r->start.v; pages; pages--, at += piece) {
		piece = min(r->page_bytes - (at & (r->page_bytes - 1)), r->end.v - at);
		end_run(look, seen);
		add_run(look, seen, r->pa.v & ~(r->page_bytes - 1), piece);
	}
}

static int look_at_pages(struct look *look, struct ptwalk_ioc_lab_object *seen)
{
	int n, i;

	n = ptw_scan_init(&look->scan, &look->space.core, ptw_va(seen->va),
			  ptw_va(seen->va + seen->bytes), 0);
	if (n)
		return n;
	/* It is of no interest here how a page may be used. */
	look->scan.compare = 0;
	do {
		look->scan.tables_left = TABLES_AT_A_TIME;
		n = ptw_scan_next(&look->scan, look->ranges, RANGES_AT_A_TIME);
		for (i = 0; i < n; i++)
			look_at_range(look, seen, &look->ranges[i]);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (n > 0 || n == -E2BIG);
	end_run(look, seen);
	return n;
}

/* virt_to_phys() itself would stop a kernel with DEBUG_VIRTUAL where it is not valid. */
static void look_at_macro(struct ptwalk_ioc_lab_object *seen)
{
	seen->macro_pa = ptw_x86_virt_to_phys(ptw_va(seen->va), PAGE_OFFSET, phys_base);
	seen->region = region_of(seen->va);
	if (seen->region == PTWALK_REGION_DIRECT_MAP || seen->region == PTWALK_REGION_IMAGE)
		seen->flags |= PTWALK_LAB_MACRO_VALID;
}

static void look_at_address(struct look *look, struct ptwalk_ioc_lab_object *seen)
{
	unsigned long pfn;

	seen->node = NUMA_NO_NODE;
	if (ptw_walk(&look->space.core, ptw_va(seen->va), &look->walk))
		return;
	seen->walk_pa = look->walk.pa.v;
	if (seen->walk_pa == seen->macro_pa)
		seen->flags |= PTWALK_LAB_SAME;
	pfn = PHYS_PFN(seen->walk_pa);
	if (pfn_valid(pfn))
		seen->node = page_to_nid(pfn_to_page(pfn));
}

int lab_look(struct lab_object *object)
{
	struct look *look = kzalloc(sizeof(*look), GFP_KERNEL);
	int err;

	if (!look)
		return -ENOMEM;
	err = space_get_kernel(&look->space);
	if (err)
		goto out;
	object->seen.va = (unsigned long)object->memory;
	look_at_macro(&object->seen);
	look_at_address(look, &object->seen);
	err = look_at_pages(look, &object->seen);
	space_put(&look->space);
out:
	kfree(look);
	return err;
}
