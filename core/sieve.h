/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sieve.h - what entry_classify() asks of an entry, boiled down to one comparison that
 * says "a table" and one that says "a leaf" for each level. Private to the core, and
 * inline, as entry.h is.
 */
#ifndef PTW_SIEVE_H
#define PTW_SIEVE_H

#include "entry.h"

/*
 * struct sieve - one level: an entry is a table, or a leaf, when it fits
 * @table_pa, @leaf_pa: bits that are the address
 * @low: bits of an address below the page's
 * @last: index of a table's last entry
 */
struct sieve {
	struct ptw_match table;
	struct ptw_match leaf;
	u64 table_pa;
	u64 leaf_pa;
	u64 low;
	u64 last;
	u8 shift;
};

static inline bool is_never(const struct ptw_match *m)
{
	return m->val & ~m->mask;
}

/* @m, and @val in the bits of @mask. */
static inline void and_match(struct ptw_match *m, u64 mask, u64 val)
{
	bool contradict = (m->mask & mask & (m->val ^ val)) || (val & ~mask);
	const struct ptw_match never = PTW_NEVER;

	if (contradict || is_never(m)) {
		*m = never;
		return;
	}
	m->mask |= mask;
	m->val |= val;
}

/* @m, and not @other. False where one match cannot say that. */
static inline bool and_not(struct ptw_match *m, const struct ptw_match *other)
{
	if (is_never(other))
		return true;
	if (!other->mask || (other->mask & (other->mask - 1)))
		return false;
	and_match(m, other->mask, other->val ^ other->mask);
	return true;
}

/* What entry_classify() asks of an entry of this level. False: it cannot be said so. */
static inline bool sieve_init(struct sieve *s, const struct ptw_space *sp,
			      const struct ptw_level *lv)
{
	const struct ptw_match never = PTW_NEVER;
	u64 no_address = ~sp->encryption & ~sp->pa_limit;

	if (lv->table_pa.high_mask || lv->leaf_pa.high_mask)
		return false;
	*s = (struct sieve){
		.table = sp->format->present,
		.leaf = lv->may_be_leaf ? sp->format->present : never,
		.table_pa = lv->table_pa.mask & ~sp->encryption,
		.leaf_pa = lv->leaf_pa.mask & ~sp->encryption,
		.low = level_bytes(lv) - 1,
		.last = (1ULL << lv->bits) - 1,
		.shift = lv->shift,
	};
	and_match(&s->table, lv->table.mask, lv->table.val);
	and_match(&s->table, lv->table_zero | (lv->table_pa.mask & no_address), 0);
	and_match(&s->leaf, lv->leaf_zero | (lv->leaf_pa.mask & no_address), 0);
	if (lv == &sp->format->levels[sp->format->nr_levels - 1] && !is_never(&s->table))
		return false;
	return and_not(&s->leaf, &lv->table) && and_not(&s->leaf, &lv->bad[0]) &&
	       and_not(&s->leaf, &lv->bad[1]);
}

#endif
