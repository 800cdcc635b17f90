// SPDX-License-Identifier: GPL-2.0-only
/*
 * map.c - the iterator over ranges: joins what a source told in two calls.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pass.h"

/* Ranges that a source is asked for at least, where the caller has room for fewer. */
#define BATCH 256

/*
 * More table pages than this no machine has: 64 TiB of memory, all of it tables.
 * What goes on beyond is a table that points at itself, or garbage.
 */
#define MAX_TABLES (1ULL << 34)

/*
 * The last range of a batch is held back until the next one shows whether it goes on.
 * A caller with room for a batch has it filled by the source; another one's is taken
 * out of @ranges.
 */
struct ptwalk_map {
	struct ptwalk *p;
	struct cursor cursor;
	bool holding;
	struct ptwalk_range held;
	unsigned int next; /* of @ranges, to be told */
	unsigned int nr;
	struct ptwalk_range ranges[BATCH];
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

bool range_goes_on(const struct ptwalk *p, struct ptwalk_range *a, const struct ptwalk_range *b)
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
static int fill(struct ptwalk_map *m, struct ptwalk_range *ranges, unsigned int max,
		struct ptwalk_error *err)
{
	unsigned int filled = 0;

	if (m->holding)
		ranges[filled++] = m->held;
	m->holding = false;
	while (!m->cursor.over && filled < 2) {
		int n = m->p->ops->scan(m->p, &m->cursor, ranges + filled, max - filled, err);

		if (n < 0)
			return n;
		if (n && filled && range_goes_on(m->p, &ranges[0], &ranges[1])) {
			ranges[0].end = ranges[1].end;
			memmove(ranges + 1, ranges + 2, (n - 1) * sizeof(*ranges));
			n--;
		}
		filled += n;
	}
	if (!m->cursor.over && filled) {
		m->held = ranges[--filled];
		m->holding = true;
	}
	return (int)filled;
}

int ptwalk_map_next(struct ptwalk_map *m, struct ptwalk_range *ranges, unsigned int max,
		    struct ptwalk_error *err)
{
	unsigned int n;
	int ret;

	if (!max)
		return fail(err, -EINVAL, "no room for a range");
	if (m->next == m->nr) {
		if (max >= BATCH)
			return fill(m, ranges, max, err);
		ret = fill(m, m->ranges, BATCH, err);
		if (ret < 0)
			return ret;
		m->next = 0;
		m->nr = ret;
	}
	n = m->nr - m->next < max ? m->nr - m->next : max;
	memcpy(ranges, m->ranges + m->next, n * sizeof(*ranges));
	m->next += n;
	return (int)n;
}

uint64_t ptwalk_map_at(const struct ptwalk_map *m)
{
	if (m->next < m->nr)
		return m->ranges[m->next].start;
	return m->holding ? m->held.start : m->cursor.at;
}
