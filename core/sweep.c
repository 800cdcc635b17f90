// SPDX-License-Identifier: GPL-2.0-only
/*
 * sweep.c - part of a table at once, 64 entries at a time; see sweep.h.
 *
 * Where ranges are short, the processor guesses wrong where each of them ends, and that
 * costs more than all else. So it is not asked: of 64 entries a word is made, with a bit
 * set for each that does not go on from the one before, and what is done for such a bit
 * is the same for a leaf and for a hole.
 */
#include "sieve.h"
#include "sweep.h"

#define BLOCK 64
#define LANES 4

typedef u64 lanes_t __attribute__((vector_size(8 * LANES)));
/* As they lie in a table, of which nothing more is known than that it is one of entries. */
typedef u64 loose_lanes_t __attribute__((vector_size(8 * LANES), aligned(4), may_alias));

/*
 * A copy of 64 entries, so that each is read once. The entry i is entries[LANES + i], and
 * the one before the first is there too.
 */
union block {
	lanes_t lanes[1 + BLOCK / LANES];
	u64 entries[LANES + BLOCK];
};

static inline PTW_VECTORS lanes_t all_lanes(u64 value)
{
	return (lanes_t){ value, value, value, value };
}

/*
 * Copies 64 entries. Return: a bit for each, set where it does not go on from the one
 * before: a leaf with the next page, an empty entry with another one. (Where @compare has
 * bits that may be set in an empty entry, a bit is set also where these differ.)
 */
static PTW_VECTORS u64 read_block(const struct ptw_sweep *w, const ptw_entry_t *from,
				  union block *b)
{
	const lanes_t step = all_lanes(1ULL << w->shift);
	const lanes_t compare = all_lanes(w->compare), stray = all_lanes(w->stray);
	lanes_t last = all_lanes(w->before), bit = { 1, 2, 4, 8 }, going_on = { 0 };

	for (unsigned int i = 0; i < BLOCK / LANES; i++, bit <<= LANES) {
		lanes_t now = *(const volatile loose_lanes_t *)(from + i * LANES);
		lanes_t before = __builtin_shufflevector(last, now, 3, 4, 5, 6);
		lanes_t empty = (lanes_t)((before & ~stray) == 0);
		lanes_t differ = (now ^ (before + (step & ~empty))) & compare;

		going_on |= (lanes_t)(differ == 0) & bit;
		b->lanes[1 + i] = now;
		last = now;
	}
	return ~(going_on[0] | going_on[1] | going_on[2] | going_on[3]);
}

static inline bool is_empty(const struct ptw_sweep *w, u64 entry)
{
	return !(entry & ~w->stray);
}

/* The same for one entry. */
static bool goes_on(const struct ptw_sweep *w, u64 before, u64 entry)
{
	u64 step = is_empty(w, before) ? 0 : 1ULL << w->shift;

	return !((entry ^ (before + step)) & w->compare);
}

/*
 * What leaves are that have the rights that this one has; neighbours mostly have. False
 * where it is none.
 */
static noinline_ bool learn_kind(struct ptw_sweep *w, u64 entry)
{
	const struct ptw_range r = {
		.what = PTW_LEAF,
		.level = w->level,
		.rights = w->allowed & ~entry_denies(w->denials, entry),
	};

	if (!entry_fits(entry, &w->leaf))
		return false;
	w->kind = r.kind;
	w->known.mask = w->leaf.mask | w->denying;
	w->known.val = entry & w->known.mask;
	return true;
}

/*
 * Ends the last range. False where the address of its last byte has run over: then what
 * was taken for the next page is another one, and of what was added only one page is left.
 * (A hole has no address, and no page.)
 */
static inline bool end_range(const struct ptw_sweep *w, struct ptw_range *r, u64 end)
{
	u64 last_byte = end - 1 - r->start.v;

	r->end.v = end;
	if (likely((r->pa.v & w->low) + last_byte <= w->low) || !r->page_bytes)
		return true;
	r->end.v = r->start.v < w->va ? w->va : r->start.v + r->page_bytes;
	return false;
}

/* Begins one with @entry. @all: all bits for a leaf, none for an empty entry. */
static inline void begin_range(const struct ptw_sweep *w, struct ptw_range *r, u64 start, u64 entry,
			       u64 all)
{
	*r = (struct ptw_range){
		.start = ptw_va(start),
		.end = ptw_va(start),
		.pa = ptw_pa(entry & w->pa & all),
		.entry = entry & all,
		.kind = w->kind & all,
		.page_bytes = (1ULL << w->shift) & all,
	};
}

/*
 * Ends a range and begins one at each entry of @b that does not go on; entry 0 is at @va.
 * False where the sweep ends; the last range has its end then. Which of the two an entry
 * is, leaf or empty, makes no branch.
 */
static bool tell_breaks(struct ptw_sweep *w, const union block *b, u64 va, u64 breaks)
{
	const u64 used = ~w->stray, compare = w->compare & used;
	struct ptw_range *r = w->range;
	u64 places = w->holes_told | (r->page_bytes != 0); /* that the last range takes */

	for (; breaks; breaks &= breaks - 1) {
		unsigned int i = __builtin_ctzll(breaks);
		u64 entry = b->entries[LANES + i], before = b->entries[LANES + i - 1];
		u64 all = -(u64)((entry & used) != 0);
		u64 start = va + ((u64)i << w->shift);
		struct ptw_range *next;

		if (unlikely(!end_range(w, r, start)))
			break;
		if (unlikely(!((entry ^ before) & compare))) /* again, or empty too */
			break;
		if (unlikely(((entry & w->known.mask) ^ w->known.val) & all) &&
		    !learn_kind(w, entry))
			break;
		next = r + places;
		if (unlikely(next > w->last))
			break;
		r = next;
		places = w->holes_told | (all & 1);
		begin_range(w, r, start, entry, all);
	}
	w->range = r;
	return !breaks;
}

/*
 * Goes through @n entries from @from on, of the block of 64 that begins with entry @at of
 * the table. False where the sweep ends.
 */
static bool sweep_block(struct ptw_sweep *w, unsigned int at, unsigned int from, unsigned int n)
{
	union block b;
	u64 breaks = read_block(w, w->table + at, &b);

	/* The one before may be older than what stands there now. */
	if (from) {
		breaks &= ~1ULL << from;
		breaks |= (u64)!goes_on(w, w->before, b.entries[LANES + from]) << from;
	}
	b.entries[LANES + from - 1] = w->before;
	w->before = b.entries[LANES + from + n - 1];
	breaks &= ~0ULL >> (BLOCK - from - n);
	return tell_breaks(w, &b, w->va + (((u64)at - w->first) << w->shift), breaks);
}

unsigned int ptw_sweep(struct ptw_sweep *w)
{
	unsigned int at = w->first, n;

	w->known = (struct ptw_match)PTW_NEVER;
	for (; at < w->end; at += n) {
		unsigned int from = at % BLOCK;

		n = w->end - at < BLOCK - from ? w->end - at : BLOCK - from;
		if (!sweep_block(w, at - from, from, n))
			break;
	}
	if (at >= w->end)
		end_range(w, w->range, w->va + ((u64)(w->end - w->first) << w->shift));
	return (w->range->end.v - w->va) >> w->shift;
}

void ptw_scan_use_vectors(struct ptw_scan *s)
{
	const struct ptw_format *f = s->space->format;

	/* A leaf that fits in an empty entry's bits could not be told from it. */
	if (!ptw_has_vectors() || !(f->present.val & ~f->stray_bits))
		return;
	for (unsigned int i = 0; i < f->nr_levels; i++) {
		struct sieve sieve;

		if (f->levels[i].bits < 6 || !sieve_init(&sieve, s->space, &f->levels[i]))
			return;
		s->leaf[i] = sieve.leaf;
	}
	s->sweep = ptw_sweep;
}
