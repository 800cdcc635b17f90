// SPDX-License-Identifier: GPL-2.0-only
/* decode.c - what entries mean: kind, address, rights, attributes, software's notes. */
#include "entry.h"

enum ptw_what ptw_classify(const struct ptw_space *sp, unsigned int level, u64 entry)
{
	return entry_classify(sp, &sp->format->levels[level], entry);
}

ptw_pa_t ptw_entry_pa(const struct ptw_space *sp, unsigned int level, u64 entry)
{
	const struct ptw_level *lv = &sp->format->levels[level];

	if (entry_fits(entry, &lv->table))
		return ptw_pa(table_pa(sp, lv, entry));
	return ptw_pa(leaf_pa(sp, lv, entry));
}

static u8 step_denies(const struct ptw_level *lv, const struct ptw_step *step)
{
	switch (step->is) {
	case PTW_TABLE:
		return entry_denies(lv->table_denials, step->entry);
	case PTW_LEAF:
		return entry_denies(lv->leaf_denials, step->entry);
	default:
		return PTW_ALL_RIGHTS;
	}
}

/* @denied lost their rights at @level; what was lost above stays decided there. */
static void deny(struct ptw_rights *r, u8 denied, unsigned int level)
{
	unsigned int i;

	for (i = 0; i < PTW_NR_RIGHTS; i++)
		if (r->allowed & denied & (1U << i))
			r->decided[i] = level;
	r->allowed &= ~denied;
}

void ptw_rights(const struct ptw_space *sp, const struct ptw_walk *w, struct ptw_rights *r)
{
	const struct ptw_level *lv = sp->format->levels;
	unsigned int i;

	r->allowed = PTW_ALL_RIGHTS;
	for (i = 0; i < PTW_NR_RIGHTS; i++)
		r->decided[i] = sp->format->nr_levels;

	if (w->end != PTW_LEAF) {
		deny(r, PTW_ALL_RIGHTS, w->nr_steps ? w->nr_steps - 1 : 0);
		return;
	}
	for (i = 0; i < w->nr_steps; i++)
		deny(r, step_denies(&lv[i], &w->steps[i]), i);
}

unsigned int ptw_attributes(const struct ptw_space *sp, unsigned int level, u64 entry,
			    const char **names, unsigned int max)
{
	const struct ptw_level *lv = &sp->format->levels[level];
	const struct ptw_attr *row;
	unsigned int n = 0;

	switch (entry_classify(sp, lv, entry)) {
	case PTW_TABLE:
		row = lv->table_attrs;
		break;
	case PTW_LEAF:
		row = lv->leaf_attrs;
		break;
	default:
		return 0;
	}
	for (; row->name && n < max; row++)
		if ((entry & row->mask) == row->val)
			names[n++] = row->name;
	if ((entry & sp->encryption) && n < max)
		names[n++] = "ENC";
	return n;
}

/* What @type is, @below types below the highest. */
static enum ptw_soft_kind swap_kind(const struct ptw_swap_types *swap, unsigned int below)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(swap->from_top) && swap->from_top[i].nr; i++) {
		if (below < swap->from_top[i].nr)
			return swap->from_top[i].kind;
		below -= swap->from_top[i].nr;
	}
	return PTW_SOFT_SWAP;
}

static struct ptw_soft soft_swap(const struct ptw_space *sp, u64 entry)
{
	const struct ptw_format *f = sp->format;
	const struct ptw_soft_format *sf = &f->soft;
	unsigned int nr_types = 1U << sf->type_bits;
	u64 flip = sf->inverted ? ~0ULL : 0;
	struct ptw_soft soft = { 0 };

	soft.type = (entry >> sf->type_shift) & (nr_types - 1);
	soft.offset = ((entry ^ flip) >> sf->offset_shift) & ((1ULL << sf->offset_bits) - 1);
	soft.kind = swap_kind(sp->swap, nr_types - 1 - soft.type);
	if (soft.kind == PTW_SOFT_SWAP || soft.kind == PTW_SOFT_MARKER)
		return soft;

	soft.has_pa = true;
	soft.pa = ptw_pa((soft.offset & ((1ULL << sf->frame_bits) - 1))
			 << f->levels[f->nr_levels - 1].shift);
	soft.offset = 0;
	return soft;
}

static struct ptw_soft soft_frame(enum ptw_soft_kind kind, u64 pa)
{
	return (struct ptw_soft){ .kind = kind, .has_pa = true, .pa = ptw_pa(pa) };
}

struct ptw_soft ptw_soft(const struct ptw_space *sp, ptw_va_t va, unsigned int level, u64 entry)
{
	const struct ptw_soft_format *sf = &sp->format->soft;
	const struct ptw_level *lv = &sp->format->levels[level];
	bool last = level + 1 == sp->format->nr_levels;
	u64 plain = leaf_pa(sp, lv, entry);
	u64 stored = sf->inverted ? leaf_pa(sp, lv, ~entry) : plain;

	/* No kernel keeps notes above the levels that may map a page. */
	if (!lv->may_be_leaf)
		return (struct ptw_soft){ .kind = PTW_SOFT_UNKNOWN };
	/*
	 * KFENCE clears the present bit and leaves the address as it was,
	 * set_memory_np() inverts it. Memory lies low, so the lower is meant.
	 */
	if (va.v >> 63)
		return soft_frame(PTW_SOFT_UNMAPPED, plain < stored ? plain : stored);
	if (entry_fits(entry, &sf->protnone))
		return soft_frame(PTW_SOFT_PROTNONE, stored);
	if (!last && entry_fits(entry, &sf->splitting))
		return soft_frame(PTW_SOFT_SPLITTING, stored);
	if (entry & sf->swap_zero)
		return (struct ptw_soft){ .kind = PTW_SOFT_UNKNOWN };
	return soft_swap(sp, entry);
}
