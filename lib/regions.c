// SPDX-License-Identifier: GPL-2.0-only
/*
 * regions.c - what lies where, from the tables of the upper levels. KASLR moves the
 * direct map, vmalloc and vmemmap by multiples of what an entry of the pud covers, in
 * this order (arch/x86/mm/kaslr.c, 6.1 and 6.12), and the first page of each is in use:
 * frame 0, what was vmalloc'ed first, and the struct page of frame 0. So the first entry
 * of a pud that is there tells the very address. vmalloc keeps its tables when it frees.
 */
#include "layout_x86.h"
#include "roots.h"
#include "seek.h"

/* Table pages that may be looked at. */
#define MOST_TABLES 600
/* Ranges of memory, from the last, of which one must be in the direct map. */
#define MOST_RANGES 16

struct finder {
	struct ptwalk_image *im;
	struct ptwalk_info *info;
	struct seek seek;
	unsigned int pud;
};

static bool maps(struct finder *f, uint64_t va, struct ptw_walk *w)
{
	return ptw_walk(f->seek.space, ptw_va(va), w) == 0;
}

static bool in_direct_map(const struct finder *f, const struct seek_found *leaf)
{
	return leaf->leaf && leaf->va - leaf->pa == f->info->page_offset;
}

/* An address in the direct map that is far behind its beginning, as memory tells. */
static uint64_t far_direct_map(struct finder *f)
{
	const struct phys *m = &f->im->mem;
	struct ptw_walk w;

	for (size_t i = 0; i < m->nr_ranges && i < MOST_RANGES; i++) {
		const struct phys_range *r = &m->ranges[m->nr_ranges - 1 - i];
		uint64_t pa = r->pa + r->bytes - 1;

		if (pa < CPU_ENTRY_START - f->info->page_offset &&
		    maps(f, f->info->page_offset + pa, &w) && w.pa.v == pa)
			return f->info->page_offset + pa;
	}
	return f->info->page_offset;
}

/* Behind the last page of the direct map, as far as tables may be looked at. */
static uint64_t direct_map_end(struct finder *f)
{
	uint64_t at = far_direct_map(f) & ~(GIB - 1), end = at;
	struct seek_found pud, leaf;

	while (seek_first(&f->seek, at, CPU_ENTRY_START, f->pud, &pud)) {
		leaf = pud;
		if (!pud.leaf && !seek_last(&f->seek, pud.va, pud.va + GIB, SEEK_LEAF, &leaf))
			break;
		if (!in_direct_map(f, &leaf))
			break;
		end = leaf.va + leaf.bytes;
		at = pud.va + GIB;
	}
	return end;
}

static uint64_t add_direct_map(struct finder *f)
{
	uint64_t start = lowest_page_offset(f->info->levels), end;
	struct seek_found leaf;

	if (!seek_first(&f->seek, start, CPU_ENTRY_START, SEEK_LEAF, &leaf) || leaf.pa > leaf.va ||
	    (leaf.va - leaf.pa) % GIB || leaf.va - leaf.pa < start)
		return 0;
	f->info->page_offset = leaf.va - leaf.pa;
	f->info->known |= PTWALK_KNOWN_PAGE_OFFSET;
	end = direct_map_end(f);
	region_add(f->info, PTWALK_IN_DIRECT_MAP, f->info->page_offset, end);
	return end;
}

/* KASAN's shadow is there as a whole, or not at all. */
static uint64_t add_kasan(struct finder *f)
{
	uint64_t start = f->info->levels == 5 ? KASAN_START_5 : KASAN_START_4;
	struct ptw_walk w;

	if (f->info->page_offset != lowest_page_offset(f->info->levels) || !maps(f, start, &w) ||
	    !maps(f, KASAN_END - 1, &w))
		return CPU_ENTRY_START;
	region_add(f->info, PTWALK_IN_KASAN, start, KASAN_END);
	return start;
}

/* vmalloc and vmemmap, between the direct map and @limit. */
static void add_moved(struct finder *f, uint64_t direct_end, uint64_t limit)
{
	uint64_t bytes = vmalloc_bytes(f->info->levels);
	struct seek_found first, last;
	uint64_t end;

	direct_end = (direct_end + GIB - 1) & ~(GIB - 1);
	if (!seek_first(&f->seek, direct_end, limit, f->pud, &first) || limit - first.va < bytes)
		return;
	end = first.va + bytes;
	region_add(f->info, PTWALK_IN_VMALLOC, first.va, end);
	if (seek_first(&f->seek, end, limit, f->pud, &first) &&
	    seek_last(&f->seek, first.va, limit, SEEK_LEAF, &last))
		region_add(f->info, PTWALK_IN_VMEMMAP, first.va, last.va + last.bytes);
}

/* Where modules begin: with the image's 512 MiB they lie where a longer one would. */
static uint64_t modules_start(struct finder *f, uint64_t text, uint64_t text_pa)
{
	struct seek_found leaf;
	int64_t bytes;

	if (f->im->vmcoreinfo.text &&
	    vmcoreinfo_number(&f->im->vmcoreinfo, "NUMBER(KERNEL_IMAGE_SIZE)", &bytes) &&
	    (bytes == 1 << 29 || bytes == 1 << 30))
		return START_KERNEL_MAP + (uint64_t)bytes;
	if (text < FIXED_IMAGE_END &&
	    seek_first(&f->seek, FIXED_IMAGE_END, MOVABLE_IMAGE_END, SEEK_LEAF, &leaf) &&
	    leaf.va - leaf.pa != text - text_pa)
		return FIXED_IMAGE_END;
	return MOVABLE_IMAGE_END;
}

static void add_image(struct finder *f)
{
	struct ptwalk_info *info = f->info;
	struct seek_found text;

	if (!seek_first(&f->seek, START_KERNEL_MAP, MOVABLE_IMAGE_END, SEEK_LEAF, &text))
		return;
	if (!(info->known & PTWALK_KNOWN_PHYS_BASE)) {
		info->phys_base = text.pa - (text.va - START_KERNEL_MAP);
		info->known |= PTWALK_KNOWN_PHYS_BASE;
	}
	if (!(info->known & PTWALK_KNOWN_KASLR) && text.va >= LINKED_TEXT) {
		info->image_offset = text.va - LINKED_TEXT;
		info->kaslr = info->image_offset != 0;
		info->known |= PTWALK_KNOWN_KASLR;
	}
	layout_add_image(info, modules_start(f, text.va, text.pa), MODULES_END);
}

/* Made-up tables may say anything, but regions do not overlap, and none is empty. */
static void cut_overlaps(struct ptwalk_info *info)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < info->nr_regions; i++) {
		struct ptwalk_region r = info->regions[i];

		if (i + 1 < info->nr_regions && r.end - 1 >= info->regions[i + 1].start)
			r.end = info->regions[i + 1].start;
		if (r.start != r.end)
			info->regions[n++] = r;
	}
	info->nr_regions = n;
}

void regions_find(struct ptwalk_image *im)
{
	struct finder f = { .im = im, .info = &im->kernel };
	uint64_t direct_end;

	if (!im->space.format)
		return;
	f.seek = (struct seek){ &im->space, MOST_TABLES };
	f.pud = im->space.format->nr_levels - 3;
	f.info->nr_regions = 0;
	layout_add_fixed(f.info);
	add_image(&f);
	direct_end = add_direct_map(&f);
	if (direct_end)
		add_moved(&f, direct_end, add_kasan(&f));
	region_sort(f.info);
	cut_overlaps(f.info);
}
