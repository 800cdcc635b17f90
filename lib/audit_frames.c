// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit_frames.c - ranges that can be asked for by the frames that they map.
 *
 * They may overlap: a frame can be executable at several addresses. With the
 * furthest end of all up to each one noted beside it, a search finds the first
 * that may reach a frame, and what follows is looked through up to the frame's
 * end.
 */
#include <errno.h>
#include <stdlib.h>

#include "audit.h"

void frames_init(struct frames *f, size_t max)
{
	*f = (struct frames){ .max = max };
}

void frames_deinit(struct frames *f)
{
	free(f->at);
	free(f->reach);
}

void frames_clear(struct frames *f)
{
	f->n = 0;
}

/* Room is doubled; a count that is a power of two has just used it up. */
static int grow(struct frames *f)
{
	size_t room = f->n ? 2 * f->n : 64;
	struct ptwalk_range *at;
	uint64_t *reach;

	at = reallocarray(f->at, room, sizeof(*at));
	if (!at)
		return -ENOMEM;
	f->at = at;
	reach = reallocarray(f->reach, room, sizeof(*reach));
	if (!reach)
		return -ENOMEM;
	f->reach = reach;
	return 0;
}

int frames_add(struct frames *f, const struct ptwalk_range *r)
{
	if (f->n == f->max)
		return -ENOSPC;
	if ((f->n == 0 || f->n >= 64) && (f->n & (f->n - 1)) == 0 && grow(f) < 0)
		return -ENOMEM;
	f->at[f->n++] = *r;
	return 0;
}

static int by_pa(const void *a, const void *b)
{
	const struct ptwalk_range *x = a, *y = b;

	if (x->pa != y->pa)
		return x->pa < y->pa ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

void frames_sort(struct frames *f)
{
	uint64_t reach = 0;

	if (!f->n)
		return;
	qsort(f->at, f->n, sizeof(*f->at), by_pa);
	for (size_t i = 0; i < f->n; i++) {
		uint64_t last = f->at[i].pa + (frame_bytes(&f->at[i]) - 1);

		if (last > reach)
			reach = last;
		f->reach[i] = reach;
	}
}

size_t frames_first(const struct frames *f, uint64_t pa)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->reach[middle] < pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
