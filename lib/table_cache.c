// SPDX-License-Identifier: GPL-2.0-only
/*
 * table_cache.c - table pages, each read once for as long as it is kept.
 */
#include <errno.h>
#include <stdlib.h>

#include "table_cache.h"

#define PAGE_BYTES 4096
/* Places where a page is looked for. */
#define PROBES 8

struct slot {
	uint64_t pa;
	uint64_t question; /* that it was read for */
	uint64_t section; /* that holds it */
};

struct table_cache {
	read_table_fn read;
	void *ctx;
	struct ptw_memory memory;
	uint64_t question;
	uint64_t section;
	unsigned int shift;
	unsigned int nr; /* of slots, and of pages */
	struct slot *slots;
	unsigned char (*pages)[PAGE_BYTES];
};

/* The first of @pa's places. */
static unsigned int first_slot(const struct table_cache *c, uint64_t pa)
{
	return (pa / PAGE_BYTES * 0x9e3779b97f4a7c15ULL) >> (64 - c->shift);
}

static bool slot_has(const struct table_cache *c, unsigned int at, uint64_t pa)
{
	return c->slots[at].pa == pa && c->slots[at].question == c->question;
}

/*
 * The slot that has @pa, or the first one from there on that this section does not hold.
 * A page that had to go beyond its places is found there no more, and read again.
 */
static unsigned int find_slot(const struct table_cache *c, uint64_t pa)
{
	unsigned int first = first_slot(c, pa);
	unsigned int empty = c->nr;

	for (unsigned int i = 0; i < c->nr && (i < PROBES || empty == c->nr); i++) {
		unsigned int at = (first + i) & (c->nr - 1);

		if (i < PROBES && slot_has(c, at, pa))
			return at;
		if (empty == c->nr && c->slots[at].section != c->section)
			empty = at;
	}
	return empty;
}

/* A slot that has it now; a negative errno where it cannot. */
static __attribute__((noinline)) int fill_slot(struct table_cache *c, uint64_t pa)
{
	unsigned int at = find_slot(c, pa);
	int ret;

	if (at == c->nr)
		return -ENOBUFS;
	if (slot_has(c, at, pa))
		return (int)at;
	c->slots[at].question = 0;
	ret = c->read(c->ctx, pa, c->pages[at]);
	if (ret < 0)
		return ret;
	c->slots[at].pa = pa;
	c->slots[at].question = c->question;
	return (int)at;
}

static int lend(void *ctx, ptw_pa_t pa, u64 bytes, const ptw_entry_t **entries)
{
	struct table_cache *c = ctx;
	int at = (int)first_slot(c, pa.v);

	if (bytes != PAGE_BYTES)
		return -EINVAL;
	/* As a rule it is where it is looked for first. */
	if (__builtin_expect(!slot_has(c, at, pa.v), 0)) {
		at = fill_slot(c, pa.v);
		if (at < 0)
			return at;
	}
	c->slots[at].section = c->section;
	*entries = (const u64 *)c->pages[at];
	return 0;
}

/* What a section was lent is held until it ends. */
static void enter(void *ctx)
{
	struct table_cache *c = ctx;

	c->section++;
}

static void leave(void *ctx)
{
	(void)ctx;
}

struct table_cache *table_cache_create(read_table_fn read, void *ctx, unsigned int slots_shift)
{
	struct table_cache *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->shift = slots_shift;
	c->nr = 1U << slots_shift;
	c->slots = calloc(c->nr, sizeof(*c->slots));
	c->pages = calloc(c->nr, sizeof(*c->pages));
	if (!c->slots || !c->pages) {
		table_cache_destroy(c);
		return NULL;
	}
	c->read = read;
	c->ctx = ctx;
	c->question = 1;
	c->memory = (struct ptw_memory){ .lend = lend, .enter = enter, .leave = leave, .ctx = c };
	return c;
}

void table_cache_destroy(struct table_cache *c)
{
	if (!c)
		return;
	free(c->pages);
	free(c->slots);
	free(c);
}

const struct ptw_memory *table_cache_memory(struct table_cache *c)
{
	return &c->memory;
}

void table_cache_forget(struct table_cache *c)
{
	c->question++;
}
