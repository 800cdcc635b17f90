// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_stat.c - pages, contiguous runs and table pages, counted.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/tables.h"
#include "space.h"
#include "hand.h"

static struct ptwalk_stat stat;

static void count(struct space *s)
{
	assert_int_equal(ptwalk_stat(&s->p, 0, &stat, NULL), 0);
}

static uint64_t pages_of(const struct ptwalk_stat_part *part, uint64_t page_bytes)
{
	for (uint32_t i = 0; i < part->nr_sizes; i++)
		if (part->sizes[i].page_bytes == page_bytes)
			return part->sizes[i].pages;
	return 0;
}

static void sizes_and_regions(void **state)
{
	struct ptwalk_range ranges[] = {
		large(KERNEL, 0, 3, R | W),
		small(KERNEL + 3 * HUGE_PAGE, 3 * HUGE_PAGE, 512, R),
		/* 8 pages, of which the region has the first 3 */
		small(KERNEL + 16 * HUGE_PAGE - 3 * PAGE, 0x77000, 8, R),
		{ .start = KERNEL + 20 * HUGE_PAGE,
		  .end = KERNEL + 20 * HUGE_PAGE + PAGE,
		  .what = PTWALK_SOFTWARE,
		  .page_bytes = PAGE,
		  .level = 3 },
	};
	struct space s;

	(void)state;
	space_init(&s, ranges, 4, 0);
	s.p.info.nr_regions = 1;
	s.p.info.regions[0] = (struct ptwalk_region){ .start = KERNEL,
						      .end = KERNEL + 16 * HUGE_PAGE,
						      .kind = PTWALK_IN_DIRECT_MAP };
	count(&s);
	assert_int_equal(stat.nr_parts, 2);
	assert_int_equal(pages_of(&stat.whole, HUGE_PAGE), 3);
	assert_int_equal(pages_of(&stat.whole, PAGE), 520);
	assert_int_equal(pages_of(&stat.parts[0], PAGE), 515);
	assert_int_equal(pages_of(&stat.parts[1], PAGE), 5);
	assert_int_equal(stat.parts[1].software_bytes, PAGE);
	assert_int_equal(stat.whole.mapped_bytes, 3 * HUGE_PAGE + 520 * PAGE);
	assert_int_equal(stat.has_tables, 0);
	/* One run goes on from huge pages to small ones with other rights. */
	assert_int_equal(stat.whole.runs, 2);
	assert_int_equal(stat.whole.longest_run_bytes, 4 * HUGE_PAGE);
	assert_int_equal(stat.whole.run_count[23], 1);
	assert_int_equal(stat.whole.run_count[15], 1);
	assert_int_equal(stat.whole.run_bytes[15], 8 * PAGE);
	assert_int_equal(stat.parts[0].runs, 2);
	assert_int_equal(stat.parts[1].runs, 0);
}

static void a_hole_and_a_jump_end_a_run(void **state)
{
	struct ptwalk_range ranges[] = {
		small(KERNEL, 0x10000, 2, R),
		small(KERNEL + 3 * PAGE, 0x12000, 1, R), /* the next frame, behind a hole */
		small(KERNEL + 4 * PAGE, 0x20000, 1, R), /* the next page, another frame */
	};
	struct space s;

	(void)state;
	space_init(&s, ranges, 3, 0);
	count(&s);
	assert_int_equal(stat.whole.runs, 3);
	assert_int_equal(stat.whole.run_count[13], 1);
	assert_int_equal(stat.whole.run_count[12], 2);
}

/* The first of the repeated pages goes on with the run before, the last with the next. */
static void repeated_frames(void **state)
{
	struct ptwalk_range ranges[] = {
		small(KERNEL, 0x10000, 2, R),
		repeated(KERNEL + 2 * PAGE, 0x12000, 10, R | W),
		small(KERNEL + 12 * PAGE, 0x13000, 3, R),
	};
	struct space s;

	(void)state;
	space_init(&s, ranges, 3, 0);
	count(&s);
	assert_int_equal(stat.whole.runs, 10);
	assert_int_equal(stat.whole.run_bytes[13], 3 * PAGE);
	assert_int_equal(stat.whole.run_count[12], 8);
	assert_int_equal(stat.whole.run_bytes[14], 4 * PAGE);
}

/* The frame of a page, or ~0. */
static uint64_t frame_at(const struct space *s, uint64_t va)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct ptwalk_range *r = &s->ranges[i];

		if (va >= r->start && va < r->end)
			return r->pa + (r->flags & PTWALK_REPEATS ? 0 : va - r->start);
	}
	return ~0ULL;
}

static uint64_t naive_runs(const struct space *s)
{
	uint64_t end = s->ranges[s->n - 1].end, runs = 0, before = ~0ULL;

	for (uint64_t va = s->ranges[0].start; va < end; va += PAGE) {
		uint64_t pa = frame_at(s, va);

		if (pa != ~0ULL && (before == ~0ULL || pa != before + PAGE))
			runs++;
		before = pa;
	}
	return runs;
}

static void random_spaces_page_by_page(void **state)
{
	static struct ptwalk_range ranges[100];
	uint64_t seed = 3;

	(void)state;
	for (unsigned int round = 0; round < 100; round++) {
		uint64_t bytes = 0;
		struct space s;

		random_ranges(ranges, 100, false, &seed);
		space_init(&s, ranges, 100, 0);
		count(&s);
		assert_int_equal(stat.whole.runs, naive_runs(&s));
		for (unsigned int i = 0; i < PTWALK_STAT_SHIFTS; i++)
			bytes += stat.whole.run_bytes[i];
		assert_int_equal(bytes, stat.whole.mapped_bytes);
	}
}

static const struct source_ops table_ops = {
	.name = "hand-made",
	.walk = tables_walk,
	.scan = tables_scan,
};

static void count_tables(struct hand *h, uint32_t pid)
{
	struct ptwalk p = { .ops = &table_ops, .pid = pid, .space = h->space, .has_tables = true };

	p.info.levels = 4;
	assert_int_equal(ptwalk_stat(&p, PTWALK_STAT_TABLES, &stat, NULL), 0);
	assert_int_equal(stat.has_tables, 1);
}

static void expect_tables(uint64_t pud, uint64_t pmd, uint64_t pte)
{
	assert_int_equal(stat.tables[0], 1);
	assert_int_equal(stat.tables[1], pud);
	assert_int_equal(stat.tables[2], pmd);
	assert_int_equal(stat.tables[3], pte);
	assert_int_equal(stat.table_bytes, (1 + pud + pmd + pte) * PAGE);
}

static void tables_of_a_half(void **state)
{
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, KERNEL, PTE, 0x5000 | X_PAGE);
	hand_put(&h, KERNEL + HUGE_PAGE, PMD, X_HUGE);
	hand_put(&h, KERNEL + 2 * HUGE_PAGE, PTE, 0x6000 | X_PAGE);
	/* a table of which every entry is empty */
	hand_put(&h, KERNEL + 5 * GIB, PTE, 0);
	/* the other half's */
	hand_put(&h, 0x400000, PTE, 0x7000 | X_PAGE);
	count_tables(&h, 0);
	expect_tables(1, 2, 3);
	count_tables(&h, 9);
	expect_tables(1, 1, 1);
	hand_deinit(&h);
}

/* KASAN's shadow: a thousand entries, one page. And a table that is not in memory. */
static void shared_and_unreadable_tables(void **state)
{
	struct hand h;
	u64 pte;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	pte = hand_page(&h);
	hand_fill(&h, pte, 0x9000 | X_PAGE, 0);
	for (unsigned int i = 0; i < 1024; i++)
		hand_put(&h, KERNEL + i * HUGE_PAGE, PMD, pte | X_TABLE);
	hand_put(&h, KERNEL + 3 * GIB, PUD, 0x7fff0000 | X_TABLE);
	count_tables(&h, 0);
	expect_tables(1, 2, 1);
	assert_int_equal(stat.unreadable_tables, 1);
	assert_int_equal(stat.whole.run_count[12], 1024 * 512);
	hand_deinit(&h);
}

/* A root that points at itself ends, and is one page at each level. */
static void a_table_that_points_at_itself(void **state)
{
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	*hand_entry(&h, KERNEL, PGD) = HAND_BASE | X_TABLE;
	count_tables(&h, 0);
	expect_tables(1, 1, 1);
	hand_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_regions),
		cmocka_unit_test(a_hole_and_a_jump_end_a_run),
		cmocka_unit_test(repeated_frames),
		cmocka_unit_test(random_spaces_page_by_page),
		cmocka_unit_test(tables_of_a_half),
		cmocka_unit_test(shared_and_unreadable_tables),
		cmocka_unit_test(a_table_that_points_at_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
