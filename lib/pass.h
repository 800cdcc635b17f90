/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pass.h - one pass over the ranges of a space's own half of the address space.
 */
#ifndef LIB_PASS_H
#define LIB_PASS_H

#include "source.h"

#define UPPER_HALF (1ULL << 63)

/* [start, end), end 0 is 2^64 */
struct half {
	uint64_t start;
	uint64_t end;
};

/* Where the space's own pages lie: the kernel's above, a process's below. */
struct half own_half(const struct ptwalk *p);

/* What is done with a range; anything but 0 ends the pass, and is what it
 * returns. */
typedef int (*range_fn)(void *ctx, const struct ptwalk_range *r);

/**
 * pass_over() - hands each range of @half that is not empty to @fn
 *
 * The progress function of @p is called now and then. Return: 0, what @fn or
 * that function returned, or a negative errno.
 */
int pass_over(struct ptwalk *p, struct half half, range_fn fn, void *ctx, struct ptwalk_error *err);

/* Whether @b is more of what @a is; @a may then become a range that repeats. */
bool range_goes_on(const struct ptwalk *p, struct ptwalk_range *a, const struct ptwalk_range *b);

/* Tells the progress function of @p, where there is one, and returns what it
 * does. */
int tell_progress(const struct ptwalk *p, uint64_t at);

static inline uint64_t range_bytes(const struct ptwalk_range *r)
{
	return r->end - r->start;
}

static inline bool is_repeated(const struct ptwalk_range *r)
{
	return (r->flags & PTWALK_REPEATS) && range_bytes(r) > r->page_bytes;
}

/* Bytes of physical memory that a LEAF range maps: of one page where it
 * repeats. */
static inline uint64_t frame_bytes(const struct ptwalk_range *r)
{
	return is_repeated(r) ? r->page_bytes : range_bytes(r);
}

#endif
