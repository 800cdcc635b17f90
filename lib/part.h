/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * part.h - a part of a range, and what a software entry of it says. Private.
 */
#ifndef LIB_PART_H
#define LIB_PART_H

#include "source.h"

/**
 * range_part() - [@start, @end) of @r, which has all of it
 *
 * The frame and the entry are those of @start: a swap entry's slot and a note's frame
 * count on as they do from page to page.
 */
struct ptwalk_range range_part(const struct ptwalk *p, const struct ptwalk_range *r, uint64_t start,
			       uint64_t end);

/* Whether @at lies behind [.., @end), whose end of 0 is 2^64. */
static inline bool is_behind(uint64_t at, uint64_t end)
{
	return at > end - 1;
}

/* The lower of two ends, of which 0 is 2^64. */
static inline uint64_t lower_end(uint64_t a, uint64_t b)
{
	return a - 1 < b - 1 ? a : b;
}

#endif
