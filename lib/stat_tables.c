// SPDX-License-Identifier: GPL-2.0-only
/*
 * stat_tables.c - how many table pages a space has, level by level.
 *
 * Every entry of a table that is not of the last level is looked up by an
 * address that it covers; the walk passes that entry, and where it is a table,
 * the next step lies in the table's first entry, which tells its page. Tables
 * of the last level need not be opened. A page that was met before is not
 * opened again, however many entries point at it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stat.h"

/* Pages that were met. Open addressing; 0 is a free slot, so a page is kept
 * plus 1. */
struct met {
	uint64_t *slots;
	size_t nr_slots; /* a power of two */
	size_t n;
};

/* Tables of one level, each by the first address that it covers. */
struct tables {
	uint64_t *va;
	size_t n;
	size_t room;
};

struct count {
	struct ptwalk *p;
	struct ptwalk_stat *stat;
	struct met met;
	struct tables next; /* of the level below */
	uint64_t *va; /* one for each entry of a table */
	struct ptwalk_walk *walks;
	unsigned int entries;
	uint64_t table_bytes;
};

static size_t slot_of(const struct met *m, uint64_t key)
{
	size_t i = (key * 0x9e3779b97f4a7c15ULL) >> 20 & (m->nr_slots - 1);

	while (m->slots[i] && m->slots[i] != key)
		i = (i + 1) & (m->nr_slots - 1);
	return i;
}

static int met_grow(struct met *m)
{
	struct met larger = { .nr_slots = m->nr_slots ? 2 * m->nr_slots : 1024 };

	larger.slots = calloc(larger.nr_slots, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < m->nr_slots; i++)
		if (m->slots[i])
			larger.slots[slot_of(&larger, m->slots[i])] = m->slots[i];
	larger.n = m->n;
	free(m->slots);
	*m = larger;
	return 0;
}

/* 1 where the page was not met as a table of this level before, 0 where it was.
 */
static int meet(struct met *m, uint64_t pa, unsigned int level)
{
	/* Pages are aligned, and levels few: one key for both. */
	uint64_t key = pa + level + 1;
	size_t i;

	if (2 * m->n >= m->nr_slots && met_grow(m) < 0)
		return -ENOMEM;
	i = slot_of(m, key);
	if (m->slots[i])
		return 0;
	m->slots[i] = key;
	m->n++;
	return 1;
}

static int tables_add(struct tables *t, uint64_t va)
{
	if (t->n == t->room) {
		size_t room = t->room ? 2 * t->room : 64;
		uint64_t *larger = reallocarray(t->va, room, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		t->va = larger;
		t->room = room;
	}
	t->va[t->n++] = va;
	return 0;
}

/* A walk that passed entry @w->steps[level]: what table is below it, if any? */
static int look_below(struct count *c, const struct ptwalk_walk *w, unsigned int level)
{
	int ret;

	if (w->nr_steps <= level || w->steps[level].is != PTWALK_TABLE)
		return 0;
	if (w->nr_steps == level + 1) {
		c->stat->unreadable_tables++;
		return 0;
	}
	ret = meet(&c->met, w->steps[level + 1].entry_pa & ~(c->table_bytes - 1), level + 1);
	if (ret <= 0)
		return ret;
	c->stat->tables[level + 1]++;
	/* Tables of the last level have no tables below. */
	return level + 2 < c->p->info.levels ? tables_add(&c->next, w->va) : 0;
}

/* The @n entries of a table of @level from the address @va on. */
static int look_through(struct count *c, uint64_t va, unsigned int n, unsigned int level,
			struct ptwalk_error *err)
{
	uint64_t step = ptwalk_level_bytes(c->p, level);
	int ret;

	for (unsigned int i = 0; i < n; i++)
		c->va[i] = va + i * step;
	ret = ptwalk_walk(c->p, c->va, n, c->walks, err);
	for (unsigned int i = 0; i < n && !ret; i++) {
		ret = look_below(c, &c->walks[i], level);
		if (ret < 0)
			return fail(err, ret, "no memory for %zu tables", c->met.n);
	}
	return ret ? ret : tell_progress(c->p, va);
}

/* The root: the half of its entries that is the space's own. */
static int look_through_root(struct count *c, struct ptwalk_error *err)
{
	uint64_t half = ptwalk_level_bytes(c->p, 0) * (c->entries / 2);

	c->stat->tables[0] = 1;
	return look_through(c, c->p->pid ? 0 : -half, c->entries / 2, 0, err);
}

static int look_level_by_level(struct count *c, struct ptwalk_error *err)
{
	int ret = look_through_root(c, err);

	for (unsigned int level = 1; level + 1 < c->p->info.levels && !ret; level++) {
		struct tables now = c->next;

		memset(&c->next, 0, sizeof(c->next));
		for (size_t i = 0; i < now.n && !ret; i++)
			ret = look_through(c, now.va[i], c->entries, level, err);
		free(now.va);
	}
	return ret;
}

int stat_count_tables(struct ptwalk *p, struct ptwalk_stat *stat, struct ptwalk_error *err)
{
	struct count c = { .p = p, .stat = stat };
	int ret;

	/* A table is as large as the smallest page. */
	c.table_bytes = ptwalk_level_bytes(p, p->info.levels - 1);
	c.entries = c.table_bytes / sizeof(uint64_t);
	c.va = calloc(c.entries, sizeof(*c.va));
	c.walks = calloc(c.entries, sizeof(*c.walks));
	if (c.va && c.walks)
		ret = look_level_by_level(&c, err);
	else
		ret = fail(err, -ENOMEM, "no memory for the entries of a table");
	free(c.met.slots);
	free(c.next.va);
	free(c.va);
	free(c.walks);
	if (ret)
		return ret;
	stat->has_tables = 1;
	for (unsigned int i = 0; i < PTWALK_LEVELS; i++)
		stat->table_bytes += stat->tables[i] * c.table_bytes;
	return 0;
}
