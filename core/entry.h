/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * entry.h - one entry, read by the format's data. Private to the core, and
 * inline: the walk and the scan do this for every entry that they meet.
 */
#ifndef PTW_ENTRY_H
#define PTW_ENTRY_H

#include "walk.h"

static inline bool entry_fits(u64 entry, const struct ptw_match *m)
{
	return (entry & m->mask) == m->val;
}

static inline u64 field_get(const struct ptw_field *f, u64 entry)
{
	return (entry & f->mask) | (entry & f->high_mask) << f->high_shift;
}

/* All bits of an entry that the field takes up, the encryption mask's too. */
static inline u64 field_bits(const struct ptw_field *f)
{
	return f->mask | f->high_mask;
}

static inline u64 level_bytes(const struct ptw_level *lv)
{
	return 1ULL << lv->shift;
}

static inline u64 table_bytes(const struct ptw_level *lv)
{
	return sizeof(u64) << lv->bits;
}

static inline unsigned int level_index(const struct ptw_level *lv, u64 va)
{
	return (va >> lv->shift) & ((1U << lv->bits) - 1);
}

static inline bool entry_may_be_leaf(const struct ptw_level *lv, u64 entry)
{
	return lv->may_be_leaf && !entry_fits(entry, &lv->bad[0]) &&
	       !entry_fits(entry, &lv->bad[1]);
}

static inline enum ptw_what entry_classify(const struct ptw_space *sp, const struct ptw_level *lv,
					   u64 entry)
{
	const struct ptw_field *field;
	enum ptw_what what;
	u64 zero;

	if (!entry_fits(entry, &sp->format->present))
		return entry & ~sp->format->stray_bits ? PTW_SOFTWARE : PTW_NONE;

	if (entry_fits(entry, &lv->table)) {
		what = PTW_TABLE;
		field = &lv->table_pa;
		zero = lv->table_zero;
	} else if (entry_may_be_leaf(lv, entry)) {
		what = PTW_LEAF;
		field = &lv->leaf_pa;
		zero = lv->leaf_zero;
	} else {
		return PTW_MALFORMED;
	}
	if (unlikely((entry & zero) || (field_get(field, entry) & ~sp->encryption & ~sp->pa_limit)))
		return PTW_MALFORMED;
	return what;
}

static inline u64 table_pa(const struct ptw_space *sp, const struct ptw_level *lv, u64 entry)
{
	return field_get(&lv->table_pa, entry) & ~sp->encryption;
}

static inline u64 leaf_pa(const struct ptw_space *sp, const struct ptw_level *lv, u64 entry)
{
	return field_get(&lv->leaf_pa, entry) & ~sp->encryption;
}

/* Rights that the rows take away for this entry. */
static inline u8 entry_denies(const struct ptw_denial *row, u64 entry)
{
	u8 takes = 0;

	for (; row->takes; row++)
		if (entry_fits(entry, &row->when))
			takes |= row->takes;
	return takes;
}

static inline u64 sign_extended(const struct ptw_format *format, u64 va)
{
	unsigned int unused = 64 - format->va_bits;

	return (u64)((long long)(va << unused) >> unused);
}

/* The table at @pa, where the window has all of it; else NULL. */
static inline const ptw_entry_t *window_at(const struct ptw_window *w, u64 pa, u64 bytes)
{
	u64 offset = pa - w->pa;

	if (offset >= w->bytes || w->bytes - offset < bytes)
		return NULL;
	return (const ptw_entry_t *)((const char *)w->data + offset);
}

/* The same, of the one window among many that may have it. */
static inline const ptw_entry_t *windows_find(const struct ptw_windows *w, u64 pa, u64 bytes)
{
	u32 low = 0, high = w->nr;

	if (w->first) {
		u64 part = pa >> w->shift;

		if (part >= w->nr_parts)
			return NULL;
		low = w->first[part];
		high = w->first[part + 1];
	}
	/* The first one that does not end before @pa. */
	while (low < high) {
		u32 middle = low + (high - low) / 2;
		const struct ptw_window *at = &w->list[middle];

		if (at->pa + (at->bytes - 1) < pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->nr ? window_at(&w->list[low], pa, bytes) : NULL;
}

/* The same with an index; of the first window of this part of memory alone. */
static inline const ptw_entry_t *windows_find_first(const struct ptw_windows *w, u64 pa, u64 bytes)
{
	u64 part = pa >> w->shift;
	u32 at;

	if (unlikely(part >= w->nr_parts))
		return NULL;
	at = w->first[part];
	return likely(at < w->nr) ? window_at(&w->list[at], pa, bytes) : NULL;
}

/* Where no search is needed; else NULL. */
static inline const ptw_entry_t *windows_near(const struct ptw_windows *w, u64 pa, u64 bytes)
{
	const ptw_entry_t *entries = window_at(&w->likely, pa, bytes);

	return entries || !w->first ? entries : windows_find_first(w, pa, bytes);
}

/* Lends the table of @lv at @pa, from a window where there is one. */
static inline int memory_lend(const struct ptw_memory *m, const struct ptw_level *lv, u64 pa,
			      const ptw_entry_t **entries)
{
	if (m->windows) {
		*entries = windows_near(m->windows, pa, table_bytes(lv));
		if (unlikely(!*entries))
			*entries = windows_find(m->windows, pa, table_bytes(lv));
		if (likely(*entries))
			return 0;
	}
	return m->lend(m->ctx, ptw_pa(pa), table_bytes(lv), entries);
}

/* Begin and end a critical section, where the memory has them. */
static inline void memory_enter(const struct ptw_memory *m)
{
	if (m->enter)
		m->enter(m->ctx);
}

static inline void memory_leave(const struct ptw_memory *m)
{
	if (m->leave)
		m->leave(m->ctx);
}

#endif
