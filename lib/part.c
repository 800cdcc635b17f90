// SPDX-License-Identifier: GPL-2.0-only
/*
 * part.c - a part of a range. Entries of pages that follow each other differ in their
 * frame or swap slot alone; which bits hold it is the format's (core/format.h).
 */
#include "part.h"

/* Where a note stands: of pages that follow each other, one page apart, in bytes. */
static bool note_position(const struct ptwalk *p, const struct ptw_soft *soft, uint64_t *position)
{
	const struct ptw_format *f = p->space.format;

	if (soft->has_pa)
		*position = soft->pa.v;
	else
		*position = soft->offset << f->levels[f->nr_levels - 1].shift;
	return soft->has_pa || soft->kind == PTW_SOFT_SWAP;
}

static uint64_t add_within(uint64_t entry, uint64_t mask, uint64_t bytes)
{
	return (entry & ~mask) | (((entry & mask) + bytes) & mask);
}

/*
 * A note's entry, @bytes further on. Frames and slots are kept as they are or with every
 * bit flipped; the one that reads as it must is right.
 */
static uint64_t move_note(const struct ptwalk *p, const struct ptwalk_range *r, uint64_t va,
			  uint64_t bytes)
{
	const struct ptw_format *f = p->space.format;
	const struct ptw_soft_format *sf = &f->soft;
	const uint64_t slots = ((1ULL << sf->offset_bits) - 1) << sf->offset_shift;
	const uint64_t step = bytes >> f->levels[f->nr_levels - 1].shift << sf->offset_shift;
	const struct ptw_soft was = ptw_soft(&p->space, ptw_va(r->start), r->level, r->entry);
	const uint64_t frames = f->levels[r->level].leaf_pa.mask & ~p->space.encryption;
	const uint64_t tries[] = {
		add_within(r->entry, frames, bytes),
		add_within(r->entry, frames, -bytes),
		add_within(r->entry, slots, step),
		add_within(r->entry, slots, -step),
	};
	uint64_t from, to;

	if (!note_position(p, &was, &from))
		return r->entry;
	for (unsigned int i = 0; i < ARRAY_SIZE(tries); i++) {
		struct ptw_soft is = ptw_soft(&p->space, ptw_va(va), r->level, tries[i]);

		if (is.kind == was.kind && is.type == was.type && note_position(p, &is, &to) &&
		    to == from + bytes)
			return tries[i];
	}
	return r->entry;
}

static uint64_t move_entry(const struct ptwalk *p, const struct ptwalk_range *r, uint64_t va,
			   uint64_t bytes)
{
	const struct ptw_format *f = p->space.format;

	if (!bytes || !r->entry || !p->has_tables || !f || r->level >= f->nr_levels)
		return r->entry;
	if (r->what == PTWALK_LEAF)
		return add_within(r->entry, f->levels[r->level].leaf_pa.mask & ~p->space.encryption,
				  bytes);
	return r->what == PTWALK_SOFTWARE ? move_note(p, r, va, bytes) : r->entry;
}

struct ptwalk_range range_part(const struct ptwalk *p, const struct ptwalk_range *r, uint64_t start,
			       uint64_t end)
{
	struct ptwalk_range part = *r;
	uint64_t offset = r->page_bytes - 1; /* bits of an address within its page */
	uint64_t pages;

	part.start = start;
	part.end = end;
	if (!r->page_bytes)
		return part;
	pages = (start & ~offset) - (r->start & ~offset);
	if (r->flags & PTWALK_REPEATS) {
		if (r->what == PTWALK_LEAF)
			part.pa = (r->pa & ~offset) | (start & offset);
		/* One page alone is no repetition. */
		if (((end - 1) & ~offset) == (start & ~offset))
			part.flags &= ~PTWALK_REPEATS;
		return part;
	}
	if (r->what == PTWALK_LEAF)
		part.pa = r->pa + (start - r->start);
	part.entry = move_entry(p, r, start, pages);
	return part;
}
