// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_scan_work.c - what a scan costs and when it stops: tables asked for,
 * tables_left, sections of live memory, tables that are used again and again.
 */
#include "stream.h"

#define VA (5 * 512 * GIB)
#define PAGE(pa) ((pa) | X_PAGE)

/* Three pte tables in a row, and one elsewhere: 7 tables with those above. */
static void make_seven_tables(struct hand *h)
{
	hand_init(h, &ptw_x86_64_4level);
	for (u64 i = 0; i < 3; i++)
		hand_put(h, VA + i * 2 * MIB, PTE, PAGE(0x10000 * (i + 1)));
	hand_put(h, VA + GIB, PTE, PAGE(0x90000));
}

/* Memory without sections: each table once, however few ranges a call takes. */
static void each_table_is_asked_for_once(void **state)
{
	static const unsigned int rooms[] = { 1, 2, 64 };
	static struct stream s;
	struct hand h;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		make_seven_tables(&h);
		s = (struct stream){ .max = rooms[i] };
		stream_read(&s, &h, 0, 0);
		assert_int_equal(h.mem.asks, 8);
		for (size_t page = 0; page < h.used; page++)
			assert_int_equal(h.mem.lends[page], 1);
		hand_deinit(&h);
	}
}

/* With sections: the way down and one table's entries in each, no more. */
static void a_section_is_one_table_page(void **state)
{
	static struct stream s;
	struct hand h;

	(void)state;
	make_seven_tables(&h);
	mem_set_live(&h.mem, true);
	s = (struct stream){ .max = 64 };
	stream_read(&s, &h, 0, 0);
	assert_int_equal(h.mem.most_section_asks, 4);
	assert_int_equal(h.mem.most_repeat, 1);
	/* at least one for each of the four pte tables, and not one for each range or page */
	assert_in_range(h.mem.sections, 4, 16);
	hand_deinit(&h);
}

/* Nor does it go on in the table above, behind the one that it has been through. */
static void a_section_ends_with_its_table(void **state)
{
	static struct stream s;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA, PTE, PAGE(0x10000));
	mem_set_live(&h.mem, true);
	s = (struct stream){ .max = 64 };
	stream_read(&s, &h, VA, VA + GIB); /* the pte table, the rest of the pmd table */
	assert_int_equal(h.mem.sections, 2);
	stream_read(&s, &h, VA, VA + 2 * MIB);
	assert_int_equal(h.mem.sections, 1);
	hand_deinit(&h);
}

/* As many ranges as entries: still one section a table page. */
static void a_full_table_is_one_section(void **state)
{
	static struct stream s;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	for (u64 i = 0; i < 512; i++) /* no two are neighbours in meaning */
		hand_put(&h, VA + i * 4096, PTE, PAGE(i * 0x2000));
	mem_set_live(&h.mem, true);
	s = (struct stream){ .max = 600 };
	stream_read(&s, &h, VA, VA + 2 * MIB);
	assert_int_equal(s.n, 512);
	assert_int_equal(h.mem.sections, 1);
	assert_int_equal(h.mem.asks, 4);
	hand_deinit(&h);
}

static void no_tables_left_is_said_before_asking(void **state)
{
	struct ptw_range ranges[8];
	struct ptw_scan scan;
	struct hand h;

	(void)state;
	make_seven_tables(&h);
	assert_int_equal(ptw_scan_init(&scan, &h.space, ptw_va(VA), ptw_va(VA + GIB), 0), 0);
	assert_int_equal(ptw_scan_next(&scan, ranges, 8), -E2BIG);
	assert_int_equal(ptw_scan_next(&scan, ranges, 8), -E2BIG);
	assert_int_equal(h.mem.asks, 0);
	/* the gap needs none */
	assert_int_equal(ptw_scan_init(&scan, &h.space, ptw_va(1ULL << 60), ptw_va(2ULL << 60), 0),
			 0);
	assert_int_equal(ptw_scan_next(&scan, ranges, 8), 1);
	hand_deinit(&h);
}

/* As many as there are is enough: the scan is over, not out of tables. */
static void exactly_enough_tables(void **state)
{
	struct ptw_range ranges[16];
	struct ptw_scan scan;
	struct hand h;

	(void)state;
	make_seven_tables(&h);
	assert_int_equal(ptw_scan_init(&scan, &h.space, ptw_va(VA), ptw_va(VA + 2 * GIB), 8), 0);
	assert_int_equal(ptw_scan_next(&scan, ranges, 16), 8);
	assert_int_equal(scan.tables_left, 0);
	assert_int_equal(ptw_scan_next(&scan, ranges, 16), 0);
	hand_deinit(&h);
}

/*
 * Ranges that are finished come before -E2BIG; the one that is not goes on when
 * there are tables again, and is neither lost nor cut.
 */
static void tables_used_up_lose_no_range(void **state)
{
	struct ptw_range ranges[16];
	struct ptw_scan scan;
	struct hand h;

	(void)state;
	make_seven_tables(&h);
	/* root, pud, pmd and the first pte table */
	assert_int_equal(ptw_scan_init(&scan, &h.space, ptw_va(VA - 4096), ptw_va(VA + GIB), 4), 0);
	assert_int_equal(ptw_scan_next(&scan, ranges, 16), 2);
	assert_int_equal(ranges[0].what, PTW_NONE);
	assert_int_equal(ranges[1].what, PTW_LEAF);
	assert_int_equal(ptw_scan_next(&scan, ranges, 16), -E2BIG);
	scan.tables_left = 1;
	assert_int_equal(ptw_scan_next(&scan, ranges, 16), 2);
	assert_int_equal(ranges[0].start.v, VA + 4096);
	assert_int_equal(ranges[0].end.v, VA + 2 * MIB);
	assert_int_equal(ranges[0].what, PTW_NONE);
	assert_int_equal(ranges[1].pa.v, 0x20000);
	assert_int_equal(ptw_scan_next(&scan, ranges, 16), -E2BIG);
	scan.tables_left = 100;
	assert_int_equal(ptw_scan_next(&scan, ranges, 16), 3);
	assert_int_equal(ranges[2].end.v, VA + GIB);
	assert_int_equal(ptw_scan_next(&scan, ranges, 16), 0);
	hand_deinit(&h);
}

/* A scan is a plain struct: a copy goes its own way, from where it was made. */
static void a_scan_may_be_copied(void **state)
{
	struct ptw_range a[16], b[16];
	struct ptw_scan scan, copy;
	struct hand h;

	(void)state;
	for (int live = 0; live < 2; live++) {
		make_seven_tables(&h);
		mem_set_live(&h.mem, live);
		assert_int_equal(
			ptw_scan_init(&scan, &h.space, ptw_va(VA), ptw_va(VA + 2 * GIB), 100), 0);
		assert_int_equal(ptw_scan_next(&scan, a, 3), 3);
		copy = scan;
		assert_int_equal(ptw_scan_next(&scan, a, 16), 5);
		assert_int_equal(ptw_scan_next(&copy, b, 16), 5);
		for (unsigned int i = 0; i < 5; i++) {
			assert_int_equal(a[i].start.v, b[i].start.v);
			assert_int_equal(a[i].end.v, b[i].end.v);
			assert_int_equal(a[i].pa.v, b[i].pa.v);
		}
		hand_deinit(&h);
	}
}

/*
 * trap 10: between two sections the tables may change. What is read after it is
 * what is there then, by the way down from the root.
 */
static void trap10_tables_change_between_sections(void **state)
{
	struct ptw_range range;
	struct ptw_scan scan;
	struct hand h;
	u64 other;

	(void)state;
	make_seven_tables(&h);
	mem_set_live(&h.mem, true);
	other = hand_page(&h);
	hand_fill(&h, other, PAGE(0x777000), 0);
	assert_int_equal(ptw_scan_init(&scan, &h.space, ptw_va(VA), ptw_va(VA + 4 * MIB), 100), 0);
	assert_int_equal(ptw_scan_next(&scan, &range, 1), 1);
	assert_int_equal(range.pa.v, 0x10000);
	/* the second pte table is freed and reused, another one takes its place */
	hand_fill(&h, *hand_entry(&h, VA + 2 * MIB, PMD) & X_FLIP, ~0ULL, 0);
	hand_put(&h, VA + 2 * MIB, PMD, other | X_TABLE);
	assert_int_equal(ptw_scan_next(&scan, &range, 1), 1);
	assert_int_equal(range.what, PTW_NONE);
	assert_int_equal(ptw_scan_next(&scan, &range, 1), 1);
	assert_int_equal(range.pa.v, 0x777000);
	assert_true(range.repeats);
	assert_int_equal(range.end.v, VA + 4 * MIB);
	/* nothing is left: not even a table is asked for */
	assert_int_equal(ptw_scan_next(&scan, &range, 1), 0);
	hand_deinit(&h);
}

/* KASAN's shadow of what is not there: one page, by one table of each level. */
static void make_shadow(struct hand *h, u64 entry)
{
	u64 pud, pmd, pte;

	hand_init(h, &ptw_x86_64_4level);
	pud = hand_page(h);
	pmd = hand_page(h);
	pte = hand_page(h);
	hand_fill(h, pte, entry, 0);
	hand_fill(h, pmd, pte | X_TABLE, 0);
	hand_fill(h, pud, pmd | X_TABLE, 0);
	for (unsigned int i = 256; i < 512; i++)
		*mem_at(&h->mem, 0, i) = pud | X_TABLE;
}

static void shared_tables_are_gone_through_once(void **state)
{
	static const u64 entries[] = {
		0x5000 | X_P | X_US | X_A | X_D, /* one page, everywhere */
		0, /* nothing, everywhere */
		X_SWAP(31, 2), /* the same marker */
	};
	const u64 start = -128 * TIB;
	static struct stream s;
	struct hand h;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		for (int live = 0; live < 2; live++) {
			make_shadow(&h, entries[i]);
			mem_set_live(&h.mem, live);
			s = (struct stream){ .max = 4 };
			stream_read(&s, &h, start, 0);
			assert_int_equal(s.n, 1);
			assert_int_equal(s.ranges[0].start.v, start);
			assert_int_equal(s.ranges[0].end.v, 0);
			assert_int_equal(s.ranges[0].repeats, entries[i] != 0);
			assert_in_range(h.mem.asks, 4, live ? 4 * 4 : 4);
			hand_deinit(&h);
		}
}

/* Its first and last tables are clipped by the span: those are gone through anew. */
static void shared_tables_in_a_clipped_span(void **state)
{
	const u64 start = -128 * TIB + 0x12345000, end = -0x12345000ULL;
	static struct stream s;
	struct hand h;

	(void)state;
	make_shadow(&h, 0x5000 | X_P);
	s = (struct stream){ .max = 4 };
	stream_read(&s, &h, start, end);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.ranges[0].start.v, start);
	assert_int_equal(s.ranges[0].end.v, end);
	assert_in_range(h.mem.asks, 4, 16);
	hand_deinit(&h);
}

/* It is the table that counts: the processor sets accessed in one entry or another. */
static void shared_tables_with_stray_accessed_bits(void **state)
{
	static struct stream s;
	struct hand h;

	(void)state;
	make_shadow(&h, 0x5000 | X_P);
	for (unsigned int i = 0; i < MEM_WORDS; i += 2) {
		*mem_at(&h.mem, 1, i) |= X_A; /* pud */
		*mem_at(&h.mem, 2, i) |= X_A; /* pmd */
	}
	s = (struct stream){ .max = 4 };
	stream_read(&s, &h, -TIB, 0);
	assert_int_equal(s.n, 1);
	assert_in_range(h.mem.asks, 4, 16);
	hand_deinit(&h);
}

/* The same table with other rights is no copy; nor is one that counts on. */
static void shared_tables_that_are_not_alike(void **state)
{
	struct hand h;

	(void)state;
	make_shadow(&h, 0x5000 | X_PAGE);
	for (unsigned int i = 1; i < MEM_WORDS; i += 2)
		*mem_at(&h.mem, 2, i) &= ~X_RW;
	expect_shape(&h, -8 * MIB, 0, 2 * MIB, 0, "1r 1r 1r 1r");
	hand_deinit(&h);

	/* a level up: there, the last entry of one table and the first of the next are alike */
	make_shadow(&h, 0x5000 | X_PAGE);
	for (unsigned int i = 1; i < MEM_WORDS; i += 2)
		*mem_at(&h.mem, 1, i) &= ~X_RW;
	expect_shape(&h, -4 * GIB, 0, GIB, 0, "1r 1r 1r 1r");
	hand_deinit(&h);

	make_shadow(&h, 0);
	hand_fill(&h, mem_pa(&h.mem, 3), 0x50000 | X_PAGE, 0x1000);
	expect_shape(&h, -8 * MIB, 0, 2 * MIB, 0, "1 1 1 1");
	hand_deinit(&h);
}

/* Copies of a table in two places that are not neighbours are not skipped. */
static void shared_tables_with_others_between(void **state)
{
	struct hand h;

	(void)state;
	make_shadow(&h, 0x5000 | X_PAGE);
	*mem_at(&h.mem, 2, 510) = 0x600000 | X_HUGE;
	expect_shape(&h, -8 * MIB, 0, 2 * MIB, 0, "2r 1 1r");
	/* and where what lies before is alike, but begins within the copy */
	*mem_at(&h.mem, 3, 0) = 0x9000 | X_PAGE;
	*mem_at(&h.mem, 2, 510) = *mem_at(&h.mem, 2, 511);
	expect_shape(&h, -4 * MIB, 0, 4096, 0, "1 511r 1 511r");
	hand_deinit(&h);
}

/* An unreadable table that many entries point at is asked for once. */
static void unreadable_tables_are_asked_for_once(void **state)
{
	static struct stream s;
	struct hand h;
	u64 pmd;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA, PTE, 0);
	pmd = *hand_entry(&h, VA, PUD) & X_FLIP;
	hand_fill(&h, pmd, 0xdead000 | X_TABLE, 0);
	s = (struct stream){ .max = 4 };
	stream_read(&s, &h, VA, VA + GIB);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.ranges[0].what, PTW_UNREADABLE);
	assert_int_equal(h.mem.asks, 4);
	hand_deinit(&h);
}

/* trap 15: a root full of itself pretends to 512^4 pages; the caller decides. */
static void trap15_self_map_scan_is_bounded(void **state)
{
	struct ptw_range ranges[64];
	struct ptw_scan scan;
	struct hand h;
	int n = 1;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	/* flags that differ, so that no two are the same table again */
	for (u64 i = 0; i < MEM_WORDS; i++)
		*mem_at(&h.mem, 0, i) = HAND_BASE | X_TABLE | (i & 7) << 9 | (i >> 3 & 3) << 57;
	assert_int_equal(ptw_scan_init(&scan, &h.space, ptw_va(0), ptw_va(0), 1000), 0);
	for (int calls = 0; n > 0 && calls < 100000; calls++)
		n = ptw_scan_next(&scan, ranges, 64);
	assert_int_equal(n, -E2BIG);
	assert_int_equal(h.mem.asks, 1000);
	hand_deinit(&h);
}

/* trap 15: one self-map entry in an honest table: its pages are the tables. */
static void trap15_one_self_map_entry(void **state)
{
	const u64 self = 510 * 512 * GIB | 0xffff000000000000;
	static struct stream s;
	struct hand h;

	(void)state;
	make_seven_tables(&h);
	*mem_at(&h.mem, 0, 510) = HAND_BASE | X_TABLE;
	s = (struct stream){ .max = 64 };
	stream_read(&s, &h, 0, 0);
	/* every table is seen twice more or less: as itself, and one level lower */
	assert_in_range(h.mem.asks, 8, 64);
	/* pages of the self-map are the tables: the last one is the root */
	for (unsigned int i = 0; i < s.n; i++)
		if (s.ranges[i].what == PTW_LEAF && s.ranges[i].start.v >= self)
			assert_in_range(s.ranges[i].pa.v, HAND_BASE,
					HAND_BASE + HAND_PAGES * MEM_PAGE);
	hand_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_table_is_asked_for_once),
		cmocka_unit_test(a_section_is_one_table_page),
		cmocka_unit_test(a_section_ends_with_its_table),
		cmocka_unit_test(a_full_table_is_one_section),
		cmocka_unit_test(no_tables_left_is_said_before_asking),
		cmocka_unit_test(exactly_enough_tables),
		cmocka_unit_test(tables_used_up_lose_no_range),
		cmocka_unit_test(a_scan_may_be_copied),
		cmocka_unit_test(trap10_tables_change_between_sections),
		cmocka_unit_test(shared_tables_are_gone_through_once),
		cmocka_unit_test(shared_tables_in_a_clipped_span),
		cmocka_unit_test(shared_tables_with_stray_accessed_bits),
		cmocka_unit_test(shared_tables_that_are_not_alike),
		cmocka_unit_test(shared_tables_with_others_between),
		cmocka_unit_test(unreadable_tables_are_asked_for_once),
		cmocka_unit_test(trap15_self_map_scan_is_bounded),
		cmocka_unit_test(trap15_one_self_map_entry),
	};

	return cmocka_run_group_tests_name("scan_work", tests, NULL, NULL);
}
