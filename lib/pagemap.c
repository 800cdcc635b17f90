// SPDX-License-Identifier: GPL-2.0-only
/*
 * pagemap.c - one page of a process, without tables.
 *
 * Source: Documentation/admin-guide/mm/pagemap.rst and fs/proc/task_mmu.c (6.1,
 * 6.12). A frame number of 0 is no answer but a refusal: it is shown to those
 * without CAP_SYS_ADMIN. PFN-mapped memory is shown as if nothing were mapped, so
 * the mappings' flags are looked at before anything is called empty. A page under
 * PROT_NONE is shown as present.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pagemap.h"

#define KPF_THP (1ULL << 22)

int pagemap_gone(const struct ptwalk *p, struct ptwalk_error *err)
{
	return fail(err, -ESRCH, "process %u is gone, or has no address space", p->pid);
}

int pagemap_begin(struct ptwalk *p, struct ptwalk_error *err)
{
	struct pagemap *g = p->state;
	char maps[80], smaps[80];
	int ret;

	g->nr = 0;
	snprintf(maps, sizeof(maps), "%s/maps", g->path);
	snprintf(smaps, sizeof(smaps), "%s/smaps", g->path);
	ret = vmas_refresh(&g->vmas, maps, smaps);
	if (ret == -ENOENT || ret == -ESRCH)
		return pagemap_gone(p, err);
	return ret < 0 ? fail(err, ret, "%s: %s", maps, strerror(-ret)) : 0;
}

/* Has the entries of @n pages from @va on in g->entries. */
static int read_entries(struct ptwalk *p, uint64_t va, size_t n, struct ptwalk_error *err)
{
	struct pagemap *g = p->state;
	ssize_t got;

	do
		got = pread(g->fd, g->entries, n * 8, (off_t)(va / PAGE_BYTES * 8));
	while (got < 0 && errno == EINTR);
	g->nr = 0;
	if (got < 0)
		return fail(err, -errno, "%s/pagemap: %s", g->path, strerror(errno));
	/* Nothing is read of an address space that has ended. */
	if (got < 8)
		return pagemap_gone(p, err);
	g->first = va & ~(PAGE_BYTES - 1);
	g->nr = (size_t)got / 8;
	return 0;
}

bool pagemap_has(const struct pagemap *g, uint64_t va)
{
	return va >= g->first && (va - g->first) / PAGE_BYTES < g->nr;
}

int pagemap_read_block(struct ptwalk *p, uint64_t va, struct ptwalk_error *err)
{
	struct pagemap *g = p->state;
	int ret = read_entries(p, va & ~(BLOCK_BYTES - 1), BLOCK, err);

	if (ret == 0 && !pagemap_has(g, va))
		ret = read_entries(p, va, 1, err);
	return ret;
}

static uint64_t entry_at(const struct pagemap *g, uint64_t va)
{
	return g->entries[(va - g->first) / PAGE_BYTES];
}

static bool is_thp(const struct pagemap *g, uint64_t frame)
{
	uint64_t flags;

	return g->flags_fd >= 0 && pread(g->flags_fd, &flags, 8, (off_t)(frame * 8)) == 8 &&
	       (flags & KPF_THP);
}

/*
 * Whether the block around @va looks like one 2 MiB leaf: frames that follow each
 * other from a multiple of 2 MiB on, of a huge page, in a mapping that has such
 * leaves. Its entries are in g->entries.
 */
static bool is_huge_block(const struct pagemap *g, const struct vma *vma, uint64_t va)
{
	uint64_t block = va & ~(BLOCK_BYTES - 1), frame;

	if (!vma->has_huge || block < vma->start || vma->end - block < BLOCK_BYTES ||
	    g->first != block || g->nr != BLOCK)
		return false;
	frame = g->entries[0] & PM_FRAME;
	for (size_t i = 0; i < BLOCK; i++)
		if (!(g->entries[i] & PM_PRESENT) || (g->entries[i] & PM_FRAME) != frame + i)
			return false;
	return frame % BLOCK == 0 && is_thp(g, frame);
}

static uint8_t what_of(const struct vma *vma, uint64_t entry)
{
	if (entry & PM_PRESENT)
		return vma && !vma->rights ? PTWALK_SOFTWARE : PTWALK_LEAF;
	if (entry & PM_SWAPPED)
		return PTWALK_SOFTWARE;
	return vma && vma->pfnmap ? PTWALK_UNKNOWN : PTWALK_NONE;
}

int pagemap_look_at(struct ptwalk *p, const struct vma *vma, uint64_t va, struct page *page,
		    struct ptwalk_error *err)
{
	const struct pagemap *g = p->state;
	uint64_t entry = entry_at(g, va);

	if ((entry & PM_PRESENT) && !(entry & PM_FRAME))
		return fail(err, -EPERM,
			    "%s/pagemap hides its frame numbers from who lacks CAP_SYS_ADMIN",
			    g->path);
	*page = (struct page){ .what = what_of(vma, entry), .page_bytes = PAGE_BYTES };
	if (page->what == PTWALK_SOFTWARE)
		page->flags = entry & PM_SWAPPED ? PTWALK_WALK_SWAPPED : PTWALK_WALK_NO_ACCESS;
	if (page->what != PTWALK_LEAF)
		return 0;
	page->rights = vma ? vma->rights : PTWALK_R | PTWALK_U;
	page->flags = PTWALK_WALK_RIGHTS_OF_MAPPING;
	page->pa = (entry & PM_FRAME) * PAGE_BYTES + va % PAGE_BYTES;
	if (vma && vma->page_bytes > PAGE_BYTES) {
		page->page_bytes = vma->page_bytes;
	} else if (vma && is_huge_block(g, vma, va)) {
		page->page_bytes = BLOCK_BYTES;
		page->flags |= PTWALK_WALK_SIZE_INFERRED;
	}
	return 0;
}

/* Reads a whole block where that is asked for, or pays; else one entry. */
int pagemap_need(struct ptwalk *p, const struct vma *vma, const uint64_t *va, size_t n,
		 struct ptwalk_error *err)
{
	struct pagemap *g = p->state;
	uint64_t block = *va & ~(BLOCK_BYTES - 1);
	bool next_is_near = n > 1 && va[1] - block < BLOCK_BYTES;

	if (pagemap_has(g, *va) && !(vma && vma->has_huge && g->first != block))
		return 0;
	if (next_is_near || (vma && vma->has_huge))
		return pagemap_read_block(p, *va, err);
	return read_entries(p, *va, 1, err);
}
