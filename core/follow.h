/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * follow.h - whether a range goes on in the one behind it, or ends there.
 * Private to the scan, and inline, as entry.h is.
 */
#ifndef PTW_FOLLOW_H
#define PTW_FOLLOW_H

#include "entry.h"
#include "scan.h"

static inline const struct ptw_level *level_of(const struct ptw_scan *s, unsigned int level)
{
	return &s->space->format->levels[level];
}

static inline bool is_hole(const struct ptw_range *r)
{
	return r->what == PTW_NONE || r->what == PTW_NONCANONICAL;
}

/* Bits of a leaf that hold its address as it stands, and may all be set. */
static inline u64 plain_address_bits(const struct ptw_space *sp, const struct ptw_level *lv)
{
	return lv->leaf_pa.mask & ~sp->encryption & sp->pa_limit;
}

/* The lowest of them, as long as they are consecutive: a carry goes no further. */
static inline u64 carry_bits(const struct ptw_space *sp, const struct ptw_level *lv)
{
	u64 ones = plain_address_bits(sp, lv) >> lv->shift;

	return (ones & ~(ones + 1)) << lv->shift;
}

/* How many times a page can be added to @pa with no carry out of plain address bits. */
static inline u64 room_for_carry(const struct ptw_space *sp, const struct ptw_level *lv, u64 pa)
{
	return (carry_bits(sp, lv) & ~pa) >> lv->shift;
}

/*
 * How many of the @most @entries are @entry, then @step more each, in the bits of
 * @compare. Eight at a time: one branch for a cache line keeps up with the memory.
 */
static inline u64 how_many_alike(const ptw_entry_t *entries, u64 most, u64 entry, u64 step,
				 u64 compare)
{
	u64 n = 0;

	for (; most - n >= 8; n += 8) {
		u64 expected = entry, differ = 0;

		for (unsigned int i = 0; i < 8; i++, expected += step)
			differ |= READ_ONCE(entries[n + i]) ^ expected;
		if (differ & compare)
			break;
		entry = expected;
	}
	while (n < most && !((READ_ONCE(entries[n]) ^ entry) & compare)) {
		entry += step;
		n++;
	}
	return n;
}

/* Bits of a software entry that say where, not what. */
static inline u64 soft_position_bits(const struct ptw_scan *s, const struct ptw_range *r,
				     const struct ptw_soft *soft)
{
	const struct ptw_soft_format *sf = &s->space->format->soft;
	u64 ones;

	switch (soft->kind) {
	case PTW_SOFT_PROTNONE:
	case PTW_SOFT_SPLITTING:
	case PTW_SOFT_UNMAPPED:
		return field_bits(&level_of(s, r->level)->leaf_pa) & ~s->space->encryption;
	case PTW_SOFT_SWAP:
		ones = (1ULL << sf->offset_bits) - 1;
		return ones << sf->offset_shift;
	default:
		ones = soft->has_pa ? (1ULL << sf->frame_bits) - 1 : 0;
		return ones << sf->offset_shift;
	}
}

/*
 * Where an entry points, in units of which the next page's is one page more.
 * False when the entry says no such thing.
 */
static inline bool soft_position(const struct ptw_scan *s, const struct ptw_range *r,
				 const struct ptw_soft *soft, u64 *position, u64 *page)
{
	const struct ptw_format *f = s->space->format;

	*position = soft->has_pa ? soft->pa.v : soft->offset;
	*page = soft->has_pa ? r->page_bytes : r->page_bytes >> f->levels[f->nr_levels - 1].shift;
	return soft->has_pa || soft->kind == PTW_SOFT_SWAP;
}

static inline u64 page_start(const struct ptw_range *r)
{
	return r->start.v & ~(r->page_bytes - 1);
}

static inline bool one_page(const struct ptw_range *r)
{
	return (r->end.v - 1 - page_start(r)) < r->page_bytes;
}

/* A second page decides whether the range goes on or repeats. */
static inline bool in_line(struct ptw_range *r, u64 first, u64 next, u64 page, u64 pages)
{
	if (!r->repeats && next == first + pages * page)
		return true;
	if (next != first || !(r->repeats || one_page(r)))
		return false;
	r->repeats = true;
	return true;
}

static inline bool soft_follows(const struct ptw_scan *s, struct ptw_range *r,
				const struct ptw_range *next)
{
	struct ptw_soft a = ptw_soft(s->space, r->start, r->level, r->entry);
	struct ptw_soft b = ptw_soft(s->space, next->start, next->level, next->entry);
	u64 pages = (next->start.v - page_start(r)) >> level_of(s, r->level)->shift;
	u64 changed = r->entry ^ next->entry;
	u64 first, second, page;

	if (a.kind != b.kind || a.type != b.type)
		return false;
	if (changed & s->compare & ~soft_position_bits(s, r, &a))
		return false;
	if (soft_position(s, r, &a, &first, &page)) {
		soft_position(s, next, &b, &second, &page);
		return in_line(r, first, second, page, pages);
	}
	if (a.offset != b.offset)
		return false;
	r->repeats = true;
	return true;
}

static inline bool leaf_follows(const struct ptw_scan *s, struct ptw_range *r,
				const struct ptw_range *next)
{
	const struct ptw_level *lv = level_of(s, r->level);
	u64 address = field_bits(&lv->leaf_pa) & ~s->space->encryption;
	u64 pages = (next->start.v - page_start(r)) >> lv->shift;
	u64 first = r->pa.v & ~(r->page_bytes - 1);

	if ((r->entry ^ next->entry) & s->compare & ~address)
		return false;
	return in_line(r, first, next->pa.v, r->page_bytes, pages);
}

/* True when @next, which begins where @r ends, means the same; may set repeats. */
static inline bool follows(const struct ptw_scan *s, struct ptw_range *r,
			   const struct ptw_range *next)
{
	if (r->what != next->what || r->level != next->level || r->rights != next->rights)
		return false;

	switch (r->what) {
	case PTW_LEAF:
		return leaf_follows(s, r, next);
	case PTW_SOFTWARE:
		return soft_follows(s, r, next);
	case PTW_MALFORMED:
		if ((r->entry ^ next->entry) & s->compare)
			return false;
		r->repeats = true;
		return true;
	case PTW_UNREADABLE:
		return r->error == next->error;
	default:
		return true;
	}
}

#endif
