// SPDX-License-Identifier: GPL-2.0-only
/*
 * pass.c - one pass over the ranges of a space's own half of the address space.
 */
#include <errno.h>
#include <stdlib.h>

#include "pass.h"

#define BATCH 1024

struct half own_half(const struct ptwalk *p)
{
	if (p->pid)
		return (struct half){ 0, UPPER_HALF };
	return (struct half){ UPPER_HALF, 0 };
}

void ptwalk_set_progress(struct ptwalk *p, int (*tell)(void *ctx, uint64_t at), void *ctx)
{
	p->progress = tell;
	p->progress_ctx = ctx;
}

int tell_progress(const struct ptwalk *p, uint64_t at)
{
	return p->progress ? p->progress(p->progress_ctx, at) : 0;
}

static int hand_over(const struct ptwalk_range *ranges, int n, range_fn fn, void *ctx)
{
	int ret = 0;

	for (int i = 0; i < n && !ret; i++)
		ret = fn(ctx, &ranges[i]);
	return ret;
}

int pass_over(struct ptwalk *p, struct half half, range_fn fn, void *ctx, struct ptwalk_error *err)
{
	struct ptwalk_range *ranges;
	struct ptwalk_map *m;
	int ret;

	m = ptwalk_map_begin(p, half.start, half.end, 0, err);
	if (!m)
		return err ? err->code : -ENOMEM;
	ranges = malloc(BATCH * sizeof(*ranges));
	ret = ranges ? 1 : fail(err, -ENOMEM, "no memory for %d ranges", BATCH);
	while (ret > 0) {
		int n = ptwalk_map_next(m, ranges, BATCH, err);

		if (n <= 0) {
			ret = n;
			break;
		}
		ret = hand_over(ranges, n, fn, ctx);
		if (!ret)
			ret = tell_progress(p, ranges[n - 1].end);
		if (ret)
			break;
		ret = 1;
	}
	free(ranges);
	ptwalk_map_end(m);
	return ret;
}
