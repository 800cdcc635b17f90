// SPDX-License-Identifier: GPL-2.0-only
/*
 * space.c - a space for the library that is made of ranges, as a test writes them.
 */
#include <stdlib.h>
#include <string.h>

#include "space.h"

static const struct ptwalk_range *range_at(const struct space *s, uint64_t va)
{
	for (size_t i = 0; i < s->n; i++)
		if (va >= s->ranges[i].start && va <= s->ranges[i].end - 1)
			return &s->ranges[i];
	return NULL;
}

static void walk_one(struct space *s, uint64_t va, struct ptwalk_walk *out)
{
	const struct ptwalk_range *r;
	uint64_t offset;

	s->walks++;
	if (s->before_walk)
		s->before_walk(s, va);
	r = range_at(s, va);
	memset(out, 0, sizeof(*out));
	memset(out->decided, PTWALK_NO_LEVEL, sizeof(out->decided));
	out->va = va;
	out->level = PTWALK_NO_LEVEL;
	if (!r)
		return;
	out->end = r->what;
	out->flags = r->flags & ~PTWALK_REPEATS;
	if (r->what != PTWALK_LEAF)
		return;
	offset = r->flags & PTWALK_REPEATS ? (va - r->start) % r->page_bytes : va - r->start;
	out->pa = r->pa + offset;
	out->page_bytes = r->page_bytes;
	out->level = r->level;
	out->rights = r->rights;
}

static int space_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		      struct ptwalk_page *pages, struct ptwalk_error *err)
{
	(void)pages;
	(void)err;
	for (size_t i = 0; i < n; i++)
		walk_one(p->state, va[i], &out[i]);
	return 0;
}

/* A few at a time, so that more than one call is needed. */
static int space_scan(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges,
		      unsigned int max, struct ptwalk_error *err)
{
	const struct space *s = p->state;
	unsigned int n = 0;

	(void)err;
	for (size_t i = 0; i < s->n; i++) {
		const struct ptwalk_range *r = &s->ranges[i];

		if (r->start < c->at || (c->end && r->start >= c->end))
			continue;
		if (n == max || n == 5)
			return (int)n;
		ranges[n++] = *r;
		c->at = r->end;
	}
	c->at = c->end;
	c->over = true;
	return (int)n;
}

static void space_close(struct ptwalk *p)
{
	(void)p;
}

static const struct source_ops ops = {
	.name = "made-up",
	.close = space_close,
	.walk = space_walk,
	.scan = space_scan,
};

void space_init(struct space *s, struct ptwalk_range *ranges, size_t n, uint32_t pid)
{
	*s = (struct space){ .ranges = ranges, .n = n };
	s->p.ops = &ops;
	s->p.state = s;
	s->p.pid = pid;
	s->p.space.format = &ptw_x86_64_4level;
	s->p.info.levels = 4;
}

static struct ptwalk_range range(uint64_t va, uint64_t pa, uint64_t bytes, uint64_t page_bytes,
				 uint8_t rights)
{
	return (struct ptwalk_range){
		.start = va,
		.end = va + bytes,
		.pa = pa,
		.page_bytes = page_bytes,
		.what = PTWALK_LEAF,
		.level = page_bytes == PAGE ? 3 : 2,
		.rights = rights,
	};
}

struct ptwalk_range small(uint64_t va, uint64_t pa, uint64_t pages, uint8_t rights)
{
	return range(va, pa, pages * PAGE, PAGE, rights);
}

struct ptwalk_range large(uint64_t va, uint64_t pa, uint64_t pages, uint8_t rights)
{
	return range(va, pa, pages * HUGE_PAGE, HUGE_PAGE, rights);
}

struct ptwalk_range repeated(uint64_t va, uint64_t pa, uint64_t pages, uint8_t rights)
{
	struct ptwalk_range r = range(va, pa, pages * PAGE, PAGE, rights);

	r.flags = PTWALK_REPEATS;
	return r;
}

uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return *seed >> 33;
}

void random_ranges(struct ptwalk_range *ranges, size_t n, bool apart, uint64_t *seed)
{
	uint64_t va = KERNEL;

	for (size_t i = 0; i < n; i++) {
		uint64_t pages = 1 + next_random(seed) % 6, pa = next_random(seed) % 48 * PAGE;
		uint8_t rights = R | (next_random(seed) % 4) << 1;

		if (apart || next_random(seed) % 3 == 0)
			va += PAGE;
		if (pages > 1 && next_random(seed) % 4 == 0)
			ranges[i] = repeated(va, pa, pages, rights);
		else
			ranges[i] = small(va, pa, pages, rights);
		va = ranges[i].end;
	}
}
