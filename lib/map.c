// SPDX-License-Identifier: GPL-2.0-only
/*
 * map.c - the iterator over ranges: joins what a source told in two calls.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

/* Ranges that a source is asked for at once; a source may give fewer. */
#define BATCH 1024

/*
 * More table pages than this no machine has: 64 TiB of memory, all of it tables.
 * What goes on beyond is a table that points at itself, or garbage.
 */
#define MAX_TABLES (1ULL << 34)

/* The last range of a batch is held back until the next one shows whether it goes on. */
struct ptwalk_map {
	struct ptwalk *p;
	struct cursor cursor;
	unsigned int next; /* of @ranges, to be told */
	unsigned int nr;
	struct ptwalk_range ranges[BATCH + 1];
};

struct ptwalk_map *ptwalk_map_begin(struct ptwalk *p, uint64_t start, uint64_t end, uint32_t flags,
				    struct ptwalk_error *err)
{
	struct ptwalk_map *m;

	if (end && end < start) {
		fail(err, -EINVAL, "the range ends at %llx, before it begins at %llx",
		     (unsigned long long)end, (unsigned long long)start);
		return NULL;
	}
	if (flags & ~PTWALK_MAP_HOLES) {
		fail(err, -EINVAL, "there are no map flags %x", flags);
		return NULL;
	}
	m = calloc(1, sizeof(*m));
	if (!m) {
		fail(err, -ENOMEM, "no memory");
		return NULL;
	}
	m->p = p;
	m->cursor = (struct cursor){ .at = start,
				     .end = end,
				     .tables_left = MAX_TABLES,
				     .holes = flags & PTWALK_MAP_HOLES,
				     .over = end && start == end };
	return m;
}

void ptwalk_map_end(struct ptwalk_map *m)
{
	free(m);
}

static bool is_one_page(const struct ptwalk_range *r)
{
	return r->end - r->start == r->page_bytes;
}

static bool may_repeat(const struct ptwalk_range *r)
{
	return (r->flags & PTWALK_REPEATS) || is_one_page(r);
}

/* The bits of a leaf's entry that are part of its meaning: the scan's own choice. */
static uint64_t leaf_bits(const struct ptwalk *p, const struct ptwalk_range *r)
{
	const struct ptw_format *f = p->space.format;
	const struct ptw_field *pa;

	if (!f || r->level >= f->nr_levels)
		return ~0ULL;
	pa = &f->levels[r->level].leaf_pa;
	return ~(pa->mask | pa->high_mask | f->volatile_bits);
}

static bool leaf_goes_on(const struct ptwalk *p, struct ptwalk_range *a,
			 const struct ptwalk_range *b)
{
	if ((a->entry ^ b->entry) & leaf_bits(p, a))
		return false;
	if (a->pa == b->pa && may_repeat(a) && may_repeat(b)) {
		a->flags |= PTWALK_REPEATS;
		return true;
	}
	return !(a->flags & PTWALK_REPEATS) && !(b->flags & PTWALK_REPEATS) &&
	       b->pa == a->pa + (a->end - a->start);
}

/* Notes that stay as they are: markers, and what cannot be read. */
static bool note_goes_on(const struct ptwalk *p, struct ptwalk_range *a,
			 const struct ptwalk_range *b)
{
	struct ptw_soft x, y;
	uint64_t pages;

	if (a->entry == b->entry && may_repeat(a) && may_repeat(b)) {
		a->flags |= PTWALK_REPEATS;
		return true;
	}
	if (a->what != PTWALK_SOFTWARE || !p->has_tables ||
	    ((a->flags | b->flags) & PTWALK_REPEATS))
		return false;
	x = ptw_soft(&p->space, ptw_va(a->start), a->level, a->entry);
	y = ptw_soft(&p->space, ptw_va(b->start), b->level, b->entry);
	pages = (a->end - a->start) / ptwalk_level_bytes(p, p->space.format->nr_levels - 1);
	if (x.kind != y.kind || x.type != y.type)
		return false;
	if (x.has_pa)
		return y.pa.v == x.pa.v + (a->end - a->start);
	return x.kind == PTW_SOFT_SWAP && y.offset == x.offset + pages;
}

/* Whether @b is more of what @a is; @a may become a range that repeats. */
static bool goes_on(const struct ptwalk *p, struct ptwalk_range *a, const struct ptwalk_range *b)
{
	if (a->end != b->start || !a->end || a->what != b->what || a->level != b->level ||
	    a->rights != b->rights || a->page_bytes != b->page_bytes ||
	    ((a->flags ^ b->flags) & ~PTWALK_REPEATS))
		return false;
	switch (a->what) {
	case PTWALK_LEAF:
		return leaf_goes_on(p, a, b);
	case PTWALK_SOFTWARE:
	case PTWALK_MALFORMED:
		return note_goes_on(p, a, b);
	default:
		return true;
	}
}

/* Asks for one batch more, behind the range that was held back, if any. */
static int refill(struct ptwalk_map *m, struct ptwalk_error *err)
{
	bool held = m->next < m->nr;
	int n;

	if (held)
		m->ranges[0] = m->ranges[m->next];
	m->next = 0;
	m->nr = held;
	n = m->p->ops->scan(m->p, &m->cursor, m->ranges + held, BATCH, err);
	if (n <= 0)
		return n;
	if (held && goes_on(m->p, &m->ranges[0], &m->ranges[1])) {
		m->ranges[0].end = m->ranges[1].end;
		memmove(m->ranges + 1, m->ranges + 2, (n - 1) * sizeof(m->ranges[0]));
		n--;
	}
	m->nr = held + n;
	return 0;
}

int ptwalk_map_next(struct ptwalk_map *m, struct ptwalk_range *ranges, unsigned int max,
		    struct ptwalk_error *err)
{
	unsigned int ready, n;
	int ret;

	if (!max)
		return fail(err, -EINVAL, "no room for a range");
	while (!m->cursor.over && m->nr - m->next <= 1) {
		ret = refill(m, err);
		if (ret < 0)
			return ret;
	}
	ready = m->nr - m->next - (m->cursor.over ? 0 : 1);
	n = ready < max ? ready : max;
	memcpy(ranges, m->ranges + m->next, n * sizeof(*ranges));
	m->next += n;
	return (int)n;
}

uint64_t ptwalk_map_at(const struct ptwalk_map *m)
{
	return m->next < m->nr ? m->ranges[m->next].start : m->cursor.at;
}
