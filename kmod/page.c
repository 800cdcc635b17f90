// SPDX-License-Identifier: GPL-2.0-only
/*
 * page.c - page details. struct page is read as it stands, while others change it:
 * what the kernel's checkers (CONFIG_DEBUG_VM) would call inconsistent is not asked.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "device.h"

static bool is_file(const struct page *head)
{
	unsigned long mapping = (unsigned long)READ_ONCE(head->mapping);

	return mapping && !(mapping & PAGE_MAPPING_FLAGS);
}

/*
 * The order is that of the questions: what one field of struct page means depends
 * on the answers before. Pages on a processor's free list are free, though the
 * buddy allocator does not show them.
 */
static u32 kind_of(struct page *page, struct page *head)
{
	if (page == ZERO_PAGE(0))
		return PTWALK_PAGE_ZERO;
	if (PageReserved(page))
		return PTWALK_PAGE_RESERVED;
	if (PageSlab(head))
		return PTWALK_PAGE_SLAB;
	if (PageTable(page))
		return PTWALK_PAGE_TABLE;
	if (PageHuge(head))
		return PTWALK_PAGE_HUGETLB;
	if (!page_ref_count(head))
		return PTWALK_PAGE_FREE;
	if (PageAnon(head))
		return PTWALK_PAGE_ANON;
	return is_file(head) ? PTWALK_PAGE_FILE : PTWALK_PAGE_KERNEL;
}

static bool has_mapcount(u32 kind)
{
	return kind == PTWALK_PAGE_ANON || kind == PTWALK_PAGE_FILE || kind == PTWALK_PAGE_HUGETLB;
}

/*
 * Frames that the firmware keeps behind the end of memory have a struct page as
 * well, in which nobody may have set the zone or the node.
 */
static bool is_set_up(const struct page *page)
{
	int nid = page_to_nid(page);

	return page_zonenum(page) < MAX_NR_ZONES && nid >= 0 && nid < MAX_NUMNODES &&
	       node_online(nid);
}

/* Held meanwhile: a huge page that is split under it would not be what it was. */
static int mapcount_of(struct page *page, struct page *head)
{
	int mapcount = 0;

	if (!get_page_unless_zero(head))
		return 0;
	if (compound_head(page) == head)
		mapcount = compat_page_mapcount(page);
	put_page(head);
	return mapcount;
}

void page_describe(u64 pa, struct ptwalk_ioc_page *out)
{
	struct page *page = pfn_to_online_page(PHYS_PFN(pa));
	struct page *head;

	*out = (struct ptwalk_ioc_page){ .kind = PTWALK_PAGE_NONE, .node = NUMA_NO_NODE };
	if (!page || !is_set_up(page))
		return;
	head = compound_head(page);
	out->kind = kind_of(page, head);
	out->order = compound_order(head);
	out->refcount = page_ref_count(head);
	out->mapcount = has_mapcount(out->kind) ? mapcount_of(page, head) : 0;
	out->node = page_to_nid(page);
	strscpy(out->zone, page_zone(page)->name, sizeof(out->zone));
}
