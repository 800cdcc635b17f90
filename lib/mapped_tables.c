// SPDX-License-Identifier: GPL-2.0-only
/*
 * mapped_tables.c - mapped physical memory, for the walker to read by itself.
 */
#include <errno.h>
#include <stdlib.h>

#include "mapped_tables.h"

/* Parts of the index: so many for each window, and at least so many. */
#define PARTS_A_WINDOW 16
#define LEAST_PARTS 4096

struct mapped_tables {
	struct ptw_windows windows;
	struct ptw_window *list;
	uint32_t *first;
};

/* Mapped, and so that a page's entries are aligned: a file may have it at any offset. */
static bool is_readable(const struct phys_range *r)
{
	return r->data && ((uintptr_t)r->data - r->pa) % _Alignof(ptw_entry_t) == 0;
}

static void fill_list(struct mapped_tables *t, const struct phys *mem)
{
	uint64_t most = 0, all = 0;

	for (size_t i = 0; i < mem->nr_ranges; i++) {
		const struct phys_range *r = &mem->ranges[i];

		if (!is_readable(r))
			continue;
		t->list[t->windows.nr] = (struct ptw_window){ r->pa, r->bytes, r->data };
		if (r->bytes > most) {
			most = r->bytes;
			t->windows.likely = t->list[t->windows.nr];
		}
		all += r->bytes;
		t->windows.nr++;
	}
	/* Where it is seldom the right one, looking there first is time lost. */
	if (most < all - all / 8)
		t->windows.likely = (struct ptw_window){ 0 };
}

static void fill_index(struct mapped_tables *t)
{
	const struct ptw_windows *w = &t->windows;
	uint32_t at = 0;

	for (uint64_t part = 0; part < w->nr_parts; part++) {
		while (at < w->nr && t->list[at].pa + (t->list[at].bytes - 1) < part << w->shift)
			at++;
		t->first[part] = at;
	}
	t->first[w->nr_parts] = w->nr;
}

/* Parts as large as a page or larger, as many as it takes to the last byte. */
static int make_index(struct mapped_tables *t)
{
	const struct ptw_window *last = &t->list[t->windows.nr - 1];
	uint64_t end = last->pa + (last->bytes - 1);
	uint64_t most = LEAST_PARTS + (uint64_t)t->windows.nr * PARTS_A_WINDOW;

	t->windows.shift = 12;
	while (end >> t->windows.shift >= most)
		t->windows.shift++;
	t->windows.nr_parts = (end >> t->windows.shift) + 1;
	t->first = malloc((t->windows.nr_parts + 1) * sizeof(*t->first));
	if (!t->first)
		return -ENOMEM;
	fill_index(t);
	t->windows.first = t->first;
	return 0;
}

int mapped_tables_create(struct mapped_tables **tables, const struct ptw_windows **windows,
			 const struct phys *mem)
{
	struct mapped_tables *t;

	*tables = NULL;
	*windows = NULL;
	if (!mem->nr_ranges || mem->nr_ranges > UINT32_MAX)
		return 0;
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->list = malloc(mem->nr_ranges * sizeof(*t->list));
	if (!t->list)
		goto no_memory;
	t->windows.list = t->list;
	fill_list(t, mem);
	if (t->windows.nr) {
		if (make_index(t) < 0)
			goto no_memory;
		*windows = &t->windows;
	}
	*tables = t;
	return 0;
no_memory:
	mapped_tables_destroy(t);
	return -ENOMEM;
}

void mapped_tables_destroy(struct mapped_tables *t)
{
	if (!t)
		return;
	free(t->first);
	free(t->list);
	free(t);
}
