// SPDX-License-Identifier: GPL-2.0-only
/*
 * resident.c - how much a space maps, by its tables.
 */
#include "pass.h"

/* A frame that is mapped again and again counts each time, as in a process's RSS. */
static int count(void *ctx, const struct ptwalk_range *r)
{
	uint64_t *pages = ctx;

	if (r->what == PTWALK_LEAF)
		*pages += range_bytes(r) / 4096;
	return 0;
}

int ptwalk_resident(struct ptwalk *p, uint64_t *pages, struct ptwalk_error *err)
{
	uint64_t counted = 0;
	int ret = pass_over(p, own_half(p), count, &counted, err);

	if (ret == 0)
		*pages = counted;
	return ret;
}
