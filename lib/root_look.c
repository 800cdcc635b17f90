// SPDX-License-Identifier: GPL-2.0-only
/*
 * root_look.c - what a page is, taken for the kernel's top table; see root_look.h.
 */
#include <errno.h>
#include <string.h>

#include "layout_x86.h"
#include "root_look.h"
#include "seek.h"

#define MOST_TABLES 200
#define ENTRIES 512
#define MOST_BESIDE (16 * 4096ULL)

/* What a fact is worth: all of init_top_pgt's make 100. */
static const struct {
	unsigned int fact;
	unsigned int worth;
} worths[] = {
	{ ROOT_IMAGE, 20 },	 { ROOT_DIRECT, 5 },	{ ROOT_SELF_DIRECT, 25 },
	{ ROOT_SELF_IMAGE, 10 }, { ROOT_BESIDE, 10 },	{ ROOT_ALIAS, 10 },
	{ ROOT_NO_USER, 10 },	 { ROOT_USER_ONLY, 5 }, { ROOT_CPU_ENTRY, 5 },
	{ ROOT_UPPER, 5 },
};

int root_read_table(const struct ptwalk_image *im, uint64_t pa, uint64_t *entries)
{
	const struct ptw_memory *m = im->tables;
	const ptw_entry_t *lent;
	int ret;

	if (m->enter)
		m->enter(m->ctx);
	ret = m->lend(m->ctx, ptw_pa(pa), 4096, &lent);
	if (ret == 0)
		memcpy(entries, lent, 4096);
	if (m->leave)
		m->leave(m->ctx);
	return ret;
}

/* Where @va is mapped, for the kernel alone; false where it is not. */
static bool kernel_maps(const struct ptw_space *sp, uint64_t va, uint64_t pa, unsigned int rights)
{
	struct ptw_rights r;
	struct ptw_walk w;

	if (va < 1ULL << 63 || ptw_walk(sp, ptw_va(va), &w) < 0 || w.pa.v != pa)
		return false;
	ptw_rights(sp, &w, &r);
	return (r.allowed & (rights | PTW_U)) == rights;
}

/* The lower half: 256 entries. */
static unsigned int look_at_user(const uint64_t *entries)
{
	bool empty = true, user = true;

	for (unsigned int i = 0; i < ENTRIES / 2; i++) {
		empty &= !entries[i];
		/* A process's entries let user mode pass; others' are 1:1 maps. */
		user &= !(entries[i] & 1) || (entries[i] & 4);
	}
	if (empty)
		return ROOT_NO_USER;
	return user ? ROOT_USER_ONLY : 0;
}

/* Below the CPUs' entry areas: direct map, vmalloc and vmemmap at least. */
static unsigned int look_at_upper(const struct ptw_space *sp, const uint64_t *entries)
{
	unsigned int there = 0;

	for (unsigned int i = ENTRIES / 2; i < ENTRIES; i++) {
		enum ptw_what what = ptw_classify(sp, 0, entries[i]);

		if (what != PTW_NONE && what != PTW_TABLE)
			return 0;
		there += what == PTW_TABLE && i < ROOT_FIXED_ENTRY;
	}
	return there >= ROOT_LEAST_UPPER ? ROOT_UPPER : 0;
}

/* head_64.S has init_top_pgt and the tables of the image in a row, a few pages long. */
static unsigned int look_at_place(const struct ptw_space *sp, const uint64_t *entries)
{
	uint64_t next = ptw_entry_pa(sp, 0, entries[ENTRIES - 1]).v;

	return next > sp->root.v && next - sp->root.v <= MOST_BESIDE ? ROOT_BESIDE : 0;
}

static void look_at_image(struct ptwalk_image *im, struct root_look *l)
{
	struct seek s = { &l->space, MOST_TABLES };
	struct seek_found leaf;

	if (!seek_first(&s, START_KERNEL_MAP, MOVABLE_IMAGE_END, SEEK_LEAF, &leaf) ||
	    !phys_find(&im->mem, leaf.pa) ||
	    !kernel_maps(&l->space, leaf.va, leaf.pa, PTW_R | PTW_X))
		return;
	l->facts |= ROOT_IMAGE;
	l->text = leaf.va;
	l->text_pa = leaf.pa;
	/* In its data: what was freed of the image may hold a process's table by now. */
	if (l->space.root.v > leaf.pa && l->space.root.v - leaf.pa < MOVABLE_IMAGE_END - leaf.va &&
	    kernel_maps(&l->space, leaf.va + (l->space.root.v - leaf.pa), l->space.root.v,
			PTW_R | PTW_W))
		l->facts |= ROOT_SELF_IMAGE;
}

static void look_at_direct_map(struct root_look *l)
{
	struct seek s = { &l->space, MOST_TABLES };
	uint64_t start = lowest_page_offset(l->space.format->nr_levels);
	struct seek_found leaf;

	if (!seek_first(&s, start, CPU_ENTRY_START, SEEK_LEAF, &leaf) || leaf.pa > leaf.va ||
	    (leaf.va - leaf.pa) % GIB || leaf.va - leaf.pa < start)
		return;
	l->facts |= ROOT_DIRECT;
	l->page_offset = leaf.va - leaf.pa;
	if (kernel_maps(&l->space, l->page_offset + l->space.root.v, l->space.root.v, PTW_R))
		l->facts |= ROOT_SELF_DIRECT;
	if ((l->facts & ROOT_IMAGE) &&
	    kernel_maps(&l->space, l->page_offset + l->text_pa, l->text_pa, PTW_R))
		l->facts |= ROOT_ALIAS;
}

int root_look(struct ptwalk_image *im, unsigned int levels, uint64_t root, uint64_t encryption,
	      struct root_look *l)
{
	const struct ptw_format *f = levels == 5 ? &ptw_x86_64_5level : &ptw_x86_64_4level;
	struct seek s = { &l->space, MOST_TABLES };
	struct seek_found entry_area;
	uint64_t entries[ENTRIES];

	memset(l, 0, sizeof(*l));
	if (ptw_space_init(&l->space, f, im->tables, root, encryption, 0) < 0)
		return -EINVAL;
	if (root_read_table(im, l->space.root.v, entries) < 0)
		return -ENXIO;
	l->facts = look_at_user(entries) | look_at_upper(&l->space, entries);
	look_at_image(im, l);
	if (l->facts & ROOT_SELF_IMAGE)
		l->facts |= look_at_place(&l->space, entries);
	if (l->facts & ROOT_IMAGE) {
		look_at_direct_map(l);
		if (seek_first(&s, CPU_ENTRY_START, CPU_ENTRY_END, SEEK_LEAF, &entry_area))
			l->facts |= ROOT_CPU_ENTRY;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(worths); i++)
		l->score += l->facts & worths[i].fact ? worths[i].worth : 0;
	return 0;
}

bool root_is_believed(const struct root_look *l)
{
	const unsigned int self_direct = ROOT_IMAGE | ROOT_UPPER | ROOT_SELF_DIRECT;
	/* The direct map's tables may be missing from the file. */
	return (l->facts & self_direct) == self_direct || (l->facts & ROOT_OWN) == ROOT_OWN;
}

void root_prefer_own(struct ptwalk_image *im, struct root_look *l)
{
	const struct ptw_space *sp = &l->space;
	struct root_look own;
	struct ptw_walk w;
	uint64_t below;

	/* The image's address leads through the last entry: its second table. */
	if ((l->facts & ROOT_OWN) == ROOT_OWN || ptw_walk(sp, ptw_va(l->text), &w) < 0)
		return;
	below = ptw_entry_pa(sp, 0, w.steps[0].entry).v;
	for (uint64_t back = 4096; back <= MOST_BESIDE && back <= below; back += 4096) {
		if (root_look(im, sp->format->nr_levels, below - back, sp->encryption, &own) < 0 ||
		    (own.facts & ROOT_OWN) != ROOT_OWN || own.text_pa != l->text_pa ||
		    own.page_offset != l->page_offset)
			continue;
		*l = own;
		return;
	}
}

/* The user's half maps the entry code where the kernel does, and no direct map. */
bool root_has_user_half(struct ptwalk_image *im, const struct root_look *kernel)
{
	const struct ptw_space *k = &kernel->space;
	struct root_look user;

	if (k->root.v & ROOT_USER_HALF)
		return false;
	if (root_look(im, k->format->nr_levels, k->root.v | ROOT_USER_HALF, k->encryption, &user) <
	    0)
		return false;
	return (user.facts & ROOT_IMAGE) && !(user.facts & ROOT_SELF_DIRECT) &&
	       kernel_maps(k, user.text, user.text_pa, PTW_R | PTW_X);
}
