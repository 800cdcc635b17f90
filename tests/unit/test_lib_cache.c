// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_cache.c - what the cache lent within one section stays what it was.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "../../lib/table_cache.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#define NO_MEMORY 0xdead000ULL

struct source {
	unsigned int reads;
	uint64_t salt;
};

/* Each entry of a page says where the page is. */
static int read_page(void *ctx, uint64_t pa, void *page)
{
	struct source *s = ctx;
	uint64_t *entries = page;

	s->reads++;
	if (pa == NO_MEMORY)
		return -ENXIO;
	for (unsigned int i = 0; i < 512; i++)
		entries[i] = pa + s->salt;
	return 0;
}

static int lend(struct table_cache *c, uint64_t pa, const ptw_entry_t **entries)
{
	const struct ptw_memory *m = table_cache_memory(c);

	return m->lend(m->ctx, ptw_pa(pa), 4096, entries);
}

/* A section of many addresses holds their tables, wherever they lie: up to all slots. */
#define HELD (1U << TABLE_CACHE_QUESTION)
static void held_tables_stay(void **state)
{
	static const u64 *held[HELD];
	static uint64_t pa[HELD];
	struct source s = { 0 };
	struct table_cache *c = table_cache_create(read_page, &s, TABLE_CACHE_QUESTION);
	const struct ptw_memory *m = table_cache_memory(c);
	const u64 *more;
	uint64_t seed = 1;

	(void)state;
	for (unsigned int round = 0; round < 200; round++) {
		unsigned int nr = round % 2 ? PTW_MAX_LEVELS : HELD;

		m->enter(m->ctx);
		for (unsigned int i = 0; i < nr; i++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			pa[i] = seed >> 30 << 12;
			assert_int_equal(lend(c, pa[i], &held[i]), 0);
		}
		if (nr == HELD)
			assert_int_equal(lend(c, 0x5000, &more), -ENOBUFS);
		for (unsigned int i = 0; i < nr; i++) {
			assert_int_equal(held[i][0], pa[i]);
			assert_int_equal(held[i][511], pa[i]);
		}
		m->leave(m->ctx);
	}
	table_cache_destroy(c);
}

static void read_once_a_question(void **state)
{
	struct source s = { 0 };
	struct table_cache *c = table_cache_create(read_page, &s, TABLE_CACHE_QUESTION);
	const struct ptw_memory *m = table_cache_memory(c);
	const u64 *entries;

	(void)state;
	for (unsigned int i = 0; i < 10; i++) {
		m->enter(m->ctx);
		assert_int_equal(lend(c, 0x5000, &entries), 0);
		assert_int_equal(entries[7], 0x5000);
		m->leave(m->ctx);
	}
	assert_int_equal(s.reads, 1);
	s.salt = 1;
	table_cache_forget(c);
	m->enter(m->ctx);
	assert_int_equal(lend(c, 0x5000, &entries), 0);
	assert_int_equal(entries[7], 0x5001);
	/* What failed is not there the next time either, and is asked for again. */
	assert_int_equal(lend(c, NO_MEMORY, &entries), -ENXIO);
	assert_int_equal(lend(c, NO_MEMORY, &entries), -ENXIO);
	assert_int_equal(s.reads, 4);
	m->leave(m->ctx);
	table_cache_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(held_tables_stay),
		cmocka_unit_test(read_once_a_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
