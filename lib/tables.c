// SPDX-License-Identifier: GPL-2.0-only
/*
 * tables.c - the core's walk, scan and read, for sources that have bytes.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "tables.h"

static uint8_t level_or_none(const struct ptwalk *p, unsigned int level)
{
	return level < p->space.format->nr_levels ? level : PTWALK_NO_LEVEL;
}

static void walk_one(struct ptwalk *p, uint64_t va, struct ptwalk_walk *out)
{
	struct ptw_rights rights;
	struct ptw_walk w;

	ptw_walk(&p->space, ptw_va(va), &w);
	ptw_rights(&p->space, &w, &rights);
	memset(out, 0, sizeof(*out));
	out->va = va;
	out->pa = w.pa.v;
	out->page_bytes = w.page_bytes;
	out->end = w.end;
	out->nr_steps = w.nr_steps;
	out->level = w.end == PTW_LEAF ? w.nr_steps - 1 : PTWALK_NO_LEVEL;
	out->rights = rights.allowed;
	for (unsigned int i = 0; i < PTW_NR_RIGHTS; i++)
		out->decided[i] = w.nr_steps ? level_or_none(p, rights.decided[i]) :
					       PTWALK_NO_LEVEL;
	for (unsigned int i = 0; i < w.nr_steps; i++) {
		out->steps[i].entry_pa = w.steps[i].entry_pa.v;
		out->steps[i].entry = w.steps[i].entry;
		out->steps[i].is = w.steps[i].is;
	}
}

int tables_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		struct ptwalk_page *pages, struct ptwalk_error *err)
{
	if (pages)
		return fail(err, -EOPNOTSUPP, "%s has no page details; the module has",
			    p->ops->name);
	for (size_t i = 0; i < n; i++)
		walk_one(p, va[i], &out[i]);
	return 0;
}

/*
 * The core's range and the library's are the same words but for the last one, and
 * that too for a leaf that does not repeat: the core writes where the caller reads,
 * and what is something else is made over in its place.
 */
union both {
	struct ptw_range core;
	struct ptwalk_range told;
};

#define SAME_PLACE(a, b) \
	_Static_assert(offsetof(struct ptw_range, a) == offsetof(struct ptwalk_range, b), #b)

SAME_PLACE(start, start);
SAME_PLACE(end, end);
SAME_PLACE(pa, pa);
SAME_PLACE(entry, entry);
SAME_PLACE(page_bytes, page_bytes);
SAME_PLACE(kind, what);
SAME_PLACE(level, level);
SAME_PLACE(rights, rights);
SAME_PLACE(repeats, reserved);
SAME_PLACE(error, flags);
_Static_assert(sizeof(struct ptw_range) == sizeof(struct ptwalk_range), "ranges");

static void make_over(const struct ptwalk *p, union both *b)
{
	const struct ptw_range r = b->core;

	if (r.what == PTW_LEAF && !r.repeats)
		return;
	b->told = (struct ptwalk_range){
		.start = r.start.v,
		.end = r.end.v,
		.pa = r.pa.v,
		.entry = r.entry,
		.page_bytes = r.what == PTW_UNREADABLE ? 0 : r.page_bytes,
		.what = r.what,
		.level = level_or_none(p, r.level),
		.rights = r.rights,
		.flags = r.repeats ? PTWALK_REPEATS : 0,
	};
}

/* The cursor is all the state: a scan that begins anew where one stopped goes on alike. */
int tables_scan(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges, unsigned int max,
		struct ptwalk_error *err)
{
	union both *both = (union both *)ranges;
	struct ptw_scan scan;
	unsigned int filled = 0;
	int n = 1;

	ptw_scan_init(&scan, &p->space, ptw_va(c->at), ptw_va(c->end), c->tables_left);
	ptw_scan_use_vectors(&scan);
	scan.no_holes = !c->holes;
	while (n > 0 && filled < max) {
		n = ptw_scan_next(&scan, &both[filled].core, max - filled);
		for (int i = 0; i < n; i++)
			make_over(p, &both[filled + i]);
		if (n > 0)
			filled += n;
	}
	if (filled)
		c->at = ranges[filled - 1].end;
	c->tables_left = scan.tables_left;
	if (n < 0)
		return fail(err, n, "the tables below %llx never end: they point at themselves",
			    (unsigned long long)c->at);
	c->over = n == 0 || c->at == c->end;
	return (int)filled;
}

/* The physical address behind @address, or why there is none. */
static int find_page(struct ptwalk *p, uint64_t address, bool physical, uint64_t *pa,
		     struct ptwalk_error *err)
{
	struct ptw_walk w;

	if (physical) {
		*pa = address;
		return 0;
	}
	if (ptw_walk(&p->space, ptw_va(address), &w) < 0)
		return fail(err, -ENXIO, "nothing is mapped at %llx", address + 0ULL);
	*pa = w.pa.v;
	return 0;
}

int64_t tables_read(struct ptwalk *p, uint64_t address, bool physical, void *buffer, size_t bytes,
		    read_page_fn read_page, void *ctx, struct ptwalk_error *err)
{
	size_t done = 0;

	while (done < bytes) {
		uint64_t at = address + done, pa = at;
		size_t part = 4096 - (at & 4095);
		int ret;

		if (part > bytes - done)
			part = bytes - done;
		ret = find_page(p, at, physical, &pa, err);
		if (ret == 0) {
			ret = read_page(ctx, pa, (char *)buffer + done, part);
			if (ret < 0)
				fail(err, ret, "there is no memory at physical address %llx",
				     (unsigned long long)pa);
		}
		if (ret < 0)
			return done ? (int64_t)done : ret;
		done += part;
	}
	return (int64_t)done;
}
