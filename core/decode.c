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

/* @denied lost their rights at @level; what was lost above stays decided there. */
static void deny(struct ptw_rights *r, u8 denied, unsigned int level)
{
	denied &= r->allowed;
	r->allowed &= ~denied;
	for (; denied; denied &= denied - 1)
		r->decided[__builtin_ctz(denied)] = level;
}

/* The rows for one entry of a walk, and the bits of it that they may look at. */
struct entry_flags {
	const struct ptw_denial *rows;
	u64 bits;
};

static struct entry_flags step_flags(const struct ptw_level *lv, const struct ptw_step *step)
{
	bool leaf = step->is == PTW_LEAF;
	const struct ptw_field *address = leaf ? &lv->leaf_pa : &lv->table_pa;

	return (struct entry_flags){
		.rows = leaf ? lv->leaf_denials : lv->table_denials,
		.bits = step->entry & ~field_bits(address),
	};
}

/*
 * The entries of one walk are mostly alike but for their addresses, and such a
 * one takes nothing that the one above it has not taken: its rows are left out.
 */
void ptw_rights(const struct ptw_space *sp, const struct ptw_walk *w, struct ptw_rights *r)
{
	const struct ptw_level *lv = sp->format->levels;
	struct entry_flags above = { 0 };
	unsigned int i;

	r->allowed = PTW_ALL_RIGHTS;
	for (i = 0; i < PTW_NR_RIGHTS; i++)
		r->decided[i] = sp->format->nr_levels;

	if (w->end != PTW_LEAF) {
		deny(r, PTW_ALL_RIGHTS, w->nr_steps ? w->nr_steps - 1 : 0);
		return;
	}
	for (i = 0; i < w->nr_steps; i++) {
		struct entry_flags own = step_flags(&lv[i], &w->steps[i]);

		if (own.rows == above.rows && own.bits == above.bits)
			continue;
		deny(r, entry_denies(own.rows, own.bits), i);
		above = own;
	}
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
