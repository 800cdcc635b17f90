/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * audit.h - executable frames, and who else maps them. Private to audit*.c.
 */
#ifndef LIB_AUDIT_H
#define LIB_AUDIT_H

#include "pass.h"

/**
 * struct frames - ranges by the physical memory that they map
 * @at: in order of their first frame, once frames_sort() was called
 * @reach: [i]: where the furthest of at[0 ... i] ends, less 1
 * @n, @max: of both
 */
struct frames {
	struct ptwalk_range *at;
	uint64_t *reach;
	size_t n;
	size_t max;
};

/* @max: how many ranges it may hold. Memory is taken as it grows. */
void frames_init(struct frames *f, size_t max);
void frames_deinit(struct frames *f);

/* Adds a LEAF range. Return: 0, -ENOSPC when it is full, or -ENOMEM. */
int frames_add(struct frames *f, const struct ptwalk_range *r);

/* Empties it. */
void frames_clear(struct frames *f);

/* Must come between the last frames_add() and the first frames_first(). */
void frames_sort(struct frames *f);

/* The first that may map a frame from @pa on; n where there is none. */
size_t frames_first(const struct frames *f, uint64_t pa);

/* ptwalk_audit() with room for @max executable ranges at once. */
int audit_with(struct ptwalk *p, size_t max,
	       int (*found)(void *ctx, const struct ptwalk_finding *finding), void *ctx,
	       struct ptwalk_audit_sum *sum, struct ptwalk_error *err);

#endif
