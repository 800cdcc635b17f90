// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptov.c - physical to virtual: which addresses of a space map these frames.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pass.h"

/* What is looked for: @pa is in order, and none is there twice. */
struct wanted {
	uint64_t *pa;
	size_t n;
	int (*found)(void *ctx, const struct ptwalk_hit *hit);
	void *ctx;
};

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int wanted_init(struct wanted *w, const uint64_t *pa, size_t n, struct ptwalk_error *err)
{
	w->pa = calloc(n, sizeof(*pa));
	if (!w->pa)
		return fail(err, -ENOMEM, "no memory for %zu addresses", n);
	memcpy(w->pa, pa, n * sizeof(*pa));
	qsort(w->pa, n, sizeof(*pa), by_value);
	w->n = 0;
	for (size_t i = 0; i < n; i++)
		if (!i || w->pa[i] != w->pa[w->n - 1])
			w->pa[w->n++] = w->pa[i];
	return 0;
}

/* The first of them that is not below @pa. */
static size_t first_from(const struct wanted *w, uint64_t pa)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->pa[middle] < pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int look_at(void *ctx, const struct ptwalk_range *r)
{
	const struct wanted *w = ctx;
	int ret = 0;

	if (r->what != PTWALK_LEAF)
		return 0;
	for (size_t i = first_from(w, r->pa); i < w->n && !ret; i++) {
		struct ptwalk_hit hit = {
			.pa = w->pa[i],
			.va = r->start + (w->pa[i] - r->pa),
			.page_bytes = r->page_bytes,
			.count = is_repeated(r) ? range_bytes(r) / r->page_bytes : 1,
			.level = r->level,
			.rights = r->rights,
			.flags = r->flags & ~PTWALK_REPEATS,
		};

		if (hit.pa - r->pa >= frame_bytes(r))
			break;
		ret = w->found(w->ctx, &hit);
	}
	return ret;
}

int ptwalk_ptov(struct ptwalk *p, const uint64_t *pa, size_t n,
		int (*found)(void *ctx, const struct ptwalk_hit *hit), void *ctx,
		struct ptwalk_error *err)
{
	struct wanted w = { .found = found, .ctx = ctx };
	int ret;

	if (!n)
		return 0;
	ret = wanted_init(&w, pa, n, err);
	if (ret < 0)
		return ret;
	ret = pass_over(p, own_half(p), look_at, &w, err);
	free(w.pa);
	return ret;
}
