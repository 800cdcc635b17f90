// SPDX-License-Identifier: GPL-2.0-only
/*
 * translate.c - many addresses, physical addresses alone.
 */
#include <stdlib.h>

#include "source.h"
#include "tables.h"

_Static_assert(sizeof(ptw_va_t) == sizeof(uint64_t) && sizeof(ptw_pa_t) == sizeof(uint64_t),
	       "an address is a 64-bit word");
_Static_assert(PTWALK_NOT_MAPPED == PTW_NOT_MAPPED, "the core's mark is the library's");

/* Walks at a time, where whole walks are all that the source has. */
#define BATCH 256

static int64_t by_walks(struct ptwalk *p, const uint64_t *va, size_t n, uint64_t *pa,
			struct ptwalk_error *err)
{
	struct ptwalk_walk *walks = malloc(BATCH * sizeof(*walks));
	int64_t mapped = 0;

	if (!walks)
		return fail(err, -ENOMEM, "no memory for %d answers", BATCH);
	for (size_t i = 0; i < n; i += BATCH) {
		size_t some = n - i < BATCH ? n - i : BATCH;
		int ret = p->ops->walk(p, va + i, some, walks, NULL, err);

		if (ret < 0) {
			free(walks);
			return ret;
		}
		for (size_t j = 0; j < some; j++) {
			bool leaf = walks[j].end == PTWALK_LEAF;

			pa[i + j] = leaf ? walks[j].pa : PTWALK_NOT_MAPPED;
			mapped += leaf;
		}
	}
	free(walks);
	return mapped;
}

int64_t tables_translate(struct ptwalk *p, const uint64_t *va, size_t n, uint64_t *pa)
{
	/* The core's addresses are words of the same size, and it is compiled apart. */
	return (int64_t)ptw_translate(&p->space, (const ptw_va_t *)va, n, (ptw_pa_t *)pa);
}

int64_t ptwalk_translate(struct ptwalk *p, const uint64_t *va, size_t n, uint64_t *pa,
			 struct ptwalk_error *err)
{
	return p->ops->translate ? p->ops->translate(p, va, n, pa) : by_walks(p, va, n, pa, err);
}
