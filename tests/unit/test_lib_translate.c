// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_translate.c - windows on mapped memory (mapped_tables.c), and physical
 * addresses alone (translate.c).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/entry.h" /* before cmocka.h, which has a fail() too */
#include "../../lib/mapped_tables.h"
#include "../../lib/tables.h"
#include <cmocka.h>

#define PAGE 4096ULL

static _Alignas(8) unsigned char bytes[64 * PAGE + 8];

static const struct ptw_windows *make(struct mapped_tables **t, const struct phys_range *ranges,
				      size_t n)
{
	const struct phys mem = { .nr_ranges = n, .ranges = ranges };
	const struct ptw_windows *windows;

	assert_int_equal(mapped_tables_create(t, &windows, &mem), 0);
	return windows;
}

static void every_page_is_found_where_it_lies(void **state)
{
	/* One range lies far above, so that a part of the index is larger than a page. */
	const struct phys_range ranges[] = {
		{ 0, 2 * PAGE, bytes },
		{ 5 * PAGE, PAGE, bytes + 2 * PAGE },
		{ 6 * PAGE + 8, 2 * PAGE, bytes + 3 * PAGE + 8 },
		{ 1ULL << 40, 3 * PAGE, bytes + 8 * PAGE },
	};
	struct mapped_tables *t;
	const struct ptw_windows *w = make(&t, ranges, ARRAY_SIZE(ranges));

	(void)state;
	assert_ptr_equal(windows_find(w, 0, PAGE), bytes);
	assert_ptr_equal(windows_find(w, PAGE, PAGE), bytes + PAGE);
	assert_null(windows_find(w, 2 * PAGE, PAGE));
	assert_ptr_equal(windows_find(w, 5 * PAGE, PAGE), bytes + 2 * PAGE);
	assert_null(windows_find(w, 6 * PAGE, PAGE)); /* its first bytes are not there */
	assert_ptr_equal(windows_find(w, 7 * PAGE, PAGE), bytes + 4 * PAGE);
	assert_null(windows_find(w, 8 * PAGE, PAGE)); /* nor its last ones */
	assert_ptr_equal(windows_find(w, (1ULL << 40) + 2 * PAGE, PAGE), bytes + 10 * PAGE);
	assert_null(windows_find(w, (1ULL << 40) + 3 * PAGE, PAGE));
	assert_null(windows_find(w, ~0ULL << 12, PAGE));
	mapped_tables_destroy(t);
}

static void unmapped_and_misaligned_ranges_are_no_windows(void **state)
{
	const struct phys_range ranges[] = {
		{ 0, PAGE, NULL },
		{ PAGE, PAGE, bytes + 2 },
		{ 2 * PAGE, PAGE, bytes + PAGE + 4 },
	};
	struct mapped_tables *t;
	const struct ptw_windows *w = make(&t, ranges, ARRAY_SIZE(ranges));

	(void)state;
	assert_int_equal(w->nr, 1);
	assert_null(windows_find(w, 0, PAGE));
	assert_null(windows_find(w, PAGE, PAGE));
	assert_ptr_equal(windows_find(w, 2 * PAGE, PAGE), bytes + PAGE + 4);
	mapped_tables_destroy(t);
	assert_null(make(&t, ranges, 2));
	mapped_tables_destroy(t);
	assert_null(make(&t, ranges, 0));
	mapped_tables_destroy(t);
}

/* The one that is looked in first is the largest, where it has nearly all. */
static void the_likely_window(void **state)
{
	struct phys_range ranges[] = {
		{ 0, PAGE, bytes },
		{ 2 * PAGE, 40 * PAGE, bytes + PAGE },
	};
	struct mapped_tables *t;
	const struct ptw_windows *w = make(&t, ranges, 2);

	(void)state;
	assert_int_equal(w->likely.pa, 2 * PAGE);
	mapped_tables_destroy(t);
	ranges[1].bytes = PAGE;
	w = make(&t, ranges, 2);
	assert_int_equal(w->likely.bytes, 0);
	assert_ptr_equal(windows_find(w, 2 * PAGE, PAGE), bytes + PAGE);
	mapped_tables_destroy(t);
}

/* Many small ones, with gaps: each address has one answer, by whatever way. */
static void thousands_of_windows(void **state)
{
	static struct phys_range ranges[65535];
	struct mapped_tables *t;
	const struct ptw_windows *w;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		ranges[i] = (struct phys_range){ i * 3 * PAGE, PAGE + i % 2 * PAGE,
						 bytes + i % 32 * PAGE };
	w = make(&t, ranges, ARRAY_SIZE(ranges));
	for (uint64_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		assert_ptr_equal(windows_find(w, i * 3 * PAGE, PAGE), ranges[i].data);
		if (i % 2)
			assert_ptr_equal(windows_find(w, (i * 3 + 1) * PAGE, PAGE),
					 ranges[i].data + PAGE);
		else
			assert_null(windows_find(w, (i * 3 + 1) * PAGE, PAGE));
		assert_null(windows_find(w, (i * 3 + 2) * PAGE, PAGE));
	}
	mapped_tables_destroy(t);
}

/* A source without tables: even addresses are mapped, at their double. */
static int walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		struct ptwalk_page *pages, struct ptwalk_error *err)
{
	unsigned int *fails_at = p->state;

	(void)pages;
	(void)err;
	if (*fails_at && --*fails_at == 0)
		return -ESRCH;
	for (size_t i = 0; i < n; i++)
		out[i] = (struct ptwalk_walk){ .end = va[i] % 2 ? PTWALK_NONE : PTWALK_LEAF,
					       .pa = va[i] % 2 ? 0 : 2 * va[i] };
	return 0;
}

static void a_source_of_whole_walks(void **state)
{
	static const struct source_ops ops = { .name = "script", .walk = walk };
	static uint64_t va[1000], pa[1000];
	unsigned int fails_at = 0;
	struct ptwalk p = { .ops = &ops, .state = &fails_at };
	struct ptwalk_error err;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++)
		va[i] = i;
	assert_int_equal(ptwalk_translate(&p, va, 1000, pa, &err), 500);
	for (unsigned int i = 0; i < 1000; i++)
		assert_true(pa[i] == (i % 2 ? PTWALK_NOT_MAPPED : 2ULL * i));
	fails_at = 3;
	assert_int_equal(ptwalk_translate(&p, va, 1000, pa, &err), -ESRCH);
	assert_int_equal(ptwalk_translate(&p, va, 0, pa, &err), 0);
}

static int no_memory(void *ctx, ptw_pa_t pa, u64 length, const ptw_entry_t **entries)
{
	(void)ctx;
	(void)pa;
	(void)length;
	(void)entries;
	return -ENXIO;
}

/* Walk and translate agree on tables in windows, and lend() is not needed for them. */
static void a_source_of_tables(void **state)
{
	static const struct source_ops ops = { .name = "tables", .translate = tables_translate };
	const struct phys_range range = { 0, 8 * PAGE, bytes };
	struct ptw_memory memory = { .lend = no_memory };
	const uint64_t va[] = { 0x1234, 0x2000, 1ULL << 30, 1ULL << 62 };
	uint64_t *entries = (uint64_t *)bytes, pa[4];
	struct ptwalk p = { .ops = &ops };
	struct ptwalk_walk walks[4];
	struct mapped_tables *t;
	struct ptwalk_error err;

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	entries[0] = 1 * PAGE | 7;
	entries[512] = 2 * PAGE | 7;
	entries[513] = 1ULL << 40 | 7; /* a table that is not there */
	entries[1024] = 3 * PAGE | 7;
	entries[1536 + 1] = 0x77000 | 7;
	memory.windows = make(&t, &range, 1);
	assert_int_equal(ptw_space_init(&p.space, &ptw_x86_64_4level, &memory, 0, 0, 0), 0);
	assert_int_equal(ptwalk_translate(&p, va, 4, pa, &err), 1);
	assert_int_equal(tables_walk(&p, va, 4, walks, NULL, &err), 0);
	assert_true(pa[0] == 0x77234 && walks[0].pa == 0x77234);
	for (unsigned int i = 1; i < 4; i++)
		assert_true(pa[i] == PTWALK_NOT_MAPPED);
	assert_int_equal(walks[1].end, PTWALK_NONE);
	assert_int_equal(walks[2].end, PTWALK_UNREADABLE);
	assert_int_equal(walks[3].end, PTWALK_NONCANONICAL);
	mapped_tables_destroy(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_is_found_where_it_lies),
		cmocka_unit_test(unmapped_and_misaligned_ranges_are_no_windows),
		cmocka_unit_test(the_likely_window),
		cmocka_unit_test(thousands_of_windows),
		cmocka_unit_test(a_source_of_whole_walks),
		cmocka_unit_test(a_source_of_tables),
	};

	return cmocka_run_group_tests_name("translate", tests, NULL, NULL);
}
