// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_scan.c - ranges of addresses as streams of ranges: where they begin and
 * end, and every field of them. test_scan_merge.c has which neighbours are one
 * range, test_scan_work.c what it costs.
 */
#include "stream.h"

#define VA (5 * 512 * GIB) /* pgd[5], and index 0 below it */
#define HALF_48 0x0000800000000000ULL
#define HALF_57 0x0100000000000000ULL

static void init_refuses_a_span_that_goes_back(void **state)
{
	static const struct {
		u64 start;
		u64 end;
		int ret;
	} rows[] = {
		{ 0x2000, 0x1000, -EINVAL },
		{ 0x1001, 0x1000, -EINVAL },
		{ -1ULL, 1, -EINVAL },
		{ 0x1000, 0x1000, 0 }, /* empty */
		{ 0x1000, 0, 0 }, /* to 2^64 */
		{ -1ULL, 0, 0 },
		{ 0, 0, 0 }, /* all */
	};
	struct ptw_scan scan;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(ptw_scan_init(&scan, &h.space, ptw_va(rows[i].start),
					       ptw_va(rows[i].end), 7),
				 rows[i].ret);
	assert_int_equal(scan.tables_left, 7);
	assert_int_equal(scan.compare, ~(X_A | X_D));
	hand_deinit(&h);
}

static void no_room_is_refused(void **state)
{
	struct ptw_range range;
	struct ptw_scan scan;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	assert_int_equal(ptw_scan_init(&scan, &h.space, ptw_va(0), ptw_va(0), 7), 0);
	assert_int_equal(ptw_scan_next(&scan, &range, 0), -EINVAL);
	hand_deinit(&h);
}

/* An empty root: two holes, and the gap between the halves of the addresses. */
static void empty_spaces(void **state)
{
	const struct ptw_range four[] = {
		hole_range(0, HALF_48),
		gap_range(HALF_48, -HALF_48),
		hole_range(-HALF_48, 0),
	};
	const struct ptw_range five[] = {
		hole_range(0, HALF_57),
		gap_range(HALF_57, -HALF_57),
		hole_range(-HALF_57, 0),
	};
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	EXPECT(&h, 0, 0, four);
	hand_deinit(&h);
	hand_init(&h, &ptw_x86_64_5level);
	EXPECT(&h, 0, 0, five);
	hand_deinit(&h);
}

static void spans_of_nothing_and_of_one_byte(void **state)
{
	const struct ptw_range first[] = { hole_range(0, 1) };
	const struct ptw_range last[] = { hole_range(-1ULL, 0) };
	const struct ptw_range within[] = { leaf_range(VA + 7, VA + 8, PTE, 0x5000 | X_PAGE,
						       0x5007) };
	const struct ptw_range gap[] = { gap_range(HALF_48 + 5, HALF_48 + 6) };
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA, PTE, 0x5000 | X_PAGE);
	expect_stream(&h, VA, VA, NULL, 0);
	expect_stream(&h, -1ULL, -1ULL, NULL, 0);
	EXPECT(&h, 0, 1, first);
	EXPECT(&h, -1ULL, 0, last);
	EXPECT(&h, VA + 7, VA + 8, within);
	EXPECT(&h, HALF_48 + 5, HALF_48 + 6, gap);
	hand_deinit(&h);
}

/* Spans that begin, end, or lie at the borders of the gap. */
static void spans_at_the_gap(void **state)
{
	const struct ptw_range below[] = { hole_range(HALF_48 - 1, HALF_48) };
	const struct ptw_range into[] = { hole_range(HALF_48 - 4096, HALF_48),
					  gap_range(HALF_48, HALF_48 + 1) };
	const struct ptw_range out_of[] = { gap_range(-HALF_48 - 1, -HALF_48),
					    hole_range(-HALF_48, -HALF_48 + 1) };
	const struct ptw_range all[] = { gap_range(HALF_48, -HALF_48) };
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	EXPECT(&h, HALF_48 - 1, HALF_48, below);
	EXPECT(&h, HALF_48 - 4096, HALF_48 + 1, into);
	EXPECT(&h, -HALF_48 - 1, -HALF_48 + 1, out_of);
	EXPECT(&h, HALF_48, -HALF_48, all);
	hand_deinit(&h);
}

/* The lower half's last root entry and the upper one's first are no neighbours. */
static void root_entries_around_the_gap_are_apart(void **state)
{
	const u64 note = X_SWAP(1, 1), slot_255 = 255 * 512 * GIB;
	const struct ptw_range holes[] = {
		soft_range(slot_255 - 512 * GIB, slot_255, PGD, note),
		hole_range(slot_255, HALF_48),
		gap_range(HALF_48, -HALF_48),
		hole_range(-HALF_48, 0),
	};
	const struct ptw_range notes[] = {
		soft_range(slot_255, HALF_48, PGD, note),
		gap_range(HALF_48, -HALF_48),
		soft_range(-HALF_48, -HALF_48 + 512 * GIB, PGD, note),
		hole_range(-HALF_48 + 512 * GIB, 0),
	};
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	*mem_at(&h.mem, 0, 254) = note;
	EXPECT(&h, slot_255 - 512 * GIB, 0, holes);
	*mem_at(&h.mem, 0, 254) = 0;
	*mem_at(&h.mem, 0, 255) = note;
	*mem_at(&h.mem, 0, 256) = note;
	EXPECT(&h, slot_255, 0, notes);
	hand_deinit(&h);
}

/* Spans that begin and end within pages: the frame's offset is in pa. */
static void clipped_pages(void **state)
{
	const struct ptw_range small[] = {
		leaf_range(VA + 0x123, VA + 0x2345, PTE, 0x50000 | X_PAGE, 0x50123),
	};
	const struct ptw_range huge[] = {
		leaf_range(VA + GIB + 0x12345, VA + GIB + 4 * MIB + 1, PMD, 0x40000000 | X_HUGE,
			   0x40012345),
	};
	const struct ptw_range repeats[] = {
		{ .start = { VA + 2 * GIB + 0xfff },
		  .end = { VA + 2 * GIB + 0x1001 },
		  .what = PTW_LEAF,
		  .level = PTE,
		  .rights = PTW_ALL_RIGHTS,
		  .repeats = true,
		  .page_bytes = 4096,
		  .entry = 0x70000 | X_PAGE,
		  .pa = { 0x70fff } },
	};
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	for (u64 i = 0; i < 5; i++) {
		hand_put(&h, VA + i * 4096, PTE, (0x50000 + i * 4096) | X_PAGE);
		hand_put(&h, VA + GIB + i * 2 * MIB, PMD, (0x40000000 + i * 2 * MIB) | X_HUGE);
		hand_put(&h, VA + 2 * GIB + i * 4096, PTE, 0x70000 | X_PAGE);
	}
	EXPECT(&h, VA + 0x123, VA + 0x2345, small);
	EXPECT(&h, VA + GIB + 0x12345, VA + GIB + 4 * MIB + 1, huge);
	EXPECT(&h, VA + 2 * GIB + 0xfff, VA + 2 * GIB + 0x1001, repeats);
	hand_deinit(&h);
}

/* Every field of a stream with all sorts of ranges in it. */
static void every_field_of_a_mixed_stream(void **state)
{
	const u64 ro = 0x8000 | X_P | X_US | X_NX, bad = X_HUGE | 1 << 13;
	struct ptw_range want[] = {
		hole_range(VA - 1, VA),
		leaf_range(VA, VA + 0x2000, PTE, 0x5000 | X_PAGE, 0x5000),
		leaf_range(VA + 0x2000, VA + 0x3000, PTE, ro, 0x8000),
		soft_range(VA + 0x3000, VA + 0x5000, PTE, X_SWAP(1, 7)),
		hole_range(VA + 0x5000, VA + 2 * MIB),
		leaf_range(VA + 2 * MIB, VA + 4 * MIB, PMD, 0x600000 | X_HUGE, 0x600000),
		unreadable_range(VA + 4 * MIB, VA + 6 * MIB, PMD, -EFAULT),
		soft_range(VA + 6 * MIB, VA + 8 * MIB, PMD, bad),
		hole_range(VA + 8 * MIB, VA + GIB),
		leaf_range(VA + GIB, VA + 2 * GIB, PUD, 5 * GIB | X_HUGE, 5 * GIB),
		hole_range(VA + 2 * GIB, VA + 3 * GIB),
	};
	struct hand h;

	(void)state;
	want[2].rights = PTW_R | PTW_U;
	want[7].what = PTW_MALFORMED;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA, PTE, 0x5000 | X_PAGE);
	hand_put(&h, VA + 0x1000, PTE, 0x6000 | X_PAGE);
	hand_put(&h, VA + 0x2000, PTE, ro);
	hand_put(&h, VA + 0x3000, PTE, X_SWAP(1, 7));
	hand_put(&h, VA + 0x4000, PTE, X_SWAP(1, 8));
	hand_put(&h, VA + 2 * MIB, PMD, 0x600000 | X_HUGE);
	hand_put(&h, VA + 4 * MIB, PMD, 0xdead000 | X_TABLE);
	hand_put(&h, VA + 6 * MIB, PMD, bad);
	hand_put(&h, VA + GIB, PUD, 5 * GIB | X_HUGE);
	EXPECT(&h, VA - 1, VA + 3 * GIB, want);
	hand_deinit(&h);
}

/* A page of another size is another range, be its frame the next one. */
static void page_sizes_are_kept_apart(void **state)
{
	const struct ptw_range want[] = {
		leaf_range(VA, VA + 2 * MIB, PMD, 0x40000000 | X_HUGE, 0x40000000),
		leaf_range(VA + 2 * MIB, VA + 2 * MIB + 4096, PTE, 0x40200000 | X_PAGE, 0x40200000),
	};
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA, PMD, 0x40000000 | X_HUGE);
	hand_put(&h, VA + 2 * MIB, PTE, 0x40200000 | X_PAGE);
	EXPECT(&h, VA, VA + 2 * MIB + 4096, want);
	hand_deinit(&h);
}

static void holes_of_all_levels_are_one(void **state)
{
	const u64 page = VA + 511 * GIB + 511 * 2 * MIB + 511 * 4096;
	const struct ptw_range want[] = {
		hole_range(0, page), /* root, pud, pmd and pte entries */
		leaf_range(page, page + 4096, PTE, 0x5000 | X_PAGE, 0x5000),
		hole_range(page + 4096, HALF_48),
		gap_range(HALF_48, -HALF_48),
		hole_range(-HALF_48, 0),
	};
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, page, PTE, 0x5000 | X_PAGE);
	EXPECT(&h, 0, 0, want);
	hand_deinit(&h);
}

/* Ranges go on over the borders of tables, of all of them. */
static void ranges_go_on_over_tables(void **state)
{
	const u64 border = VA + 512 * GIB;
	const struct ptw_range want[] = {
		leaf_range(border - 0x3000, border + 0x3000, PTE, 0x50000 | X_PAGE, 0x50000),
	};
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	for (u64 i = 0; i < 6; i++)
		hand_put(&h, border - 0x3000 + i * 4096, PTE, (0x50000 + i * 4096) | X_PAGE);
	EXPECT(&h, border - 0x3000, border + 0x3000, want);
	hand_deinit(&h);
}

static void unreadable_root(void **state)
{
	struct ptw_range want[] = {
		unreadable_range(0, HALF_48, PGD, -EIO),
		gap_range(HALF_48, -HALF_48),
		unreadable_range(-HALF_48, 0, PGD, -EIO),
	};
	struct hand h;

	(void)state;
	want[0].level = want[2].level = 4; /* no entry: the root itself */
	want[0].page_bytes = want[2].page_bytes = 0;
	hand_init(&h, &ptw_x86_64_4level);
	h.mem.error[0] = -EIO;
	EXPECT(&h, 0, 0, want);
	want[0].start.v = 0x1234;
	want[2].end.v = -0x1234ULL;
	EXPECT(&h, 0x1234, -0x1234ULL, want);
	hand_deinit(&h);
}

/* Unreadable tables of each level, and neighbours with one and with two reasons. */
static void unreadable_tables(void **state)
{
	const struct ptw_range want[] = {
		unreadable_range(VA, VA + 4 * MIB, PMD, -EFAULT),
		unreadable_range(VA + 4 * MIB, VA + 6 * MIB, PMD, -EIO),
		hole_range(VA + 6 * MIB, VA + GIB),
		unreadable_range(VA + GIB, VA + 2 * GIB, PUD, -EFAULT),
		hole_range(VA + 2 * GIB, VA + 512 * GIB),
		unreadable_range(VA + 512 * GIB, VA + 1024 * GIB, PGD, -EFAULT),
	};
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA, PMD, 0xdead000 | X_TABLE);
	hand_put(&h, VA + 2 * MIB, PMD, (0xbeef000 | X_TABLE) & ~X_RW);
	hand_put(&h, VA + 4 * MIB, PMD, mem_pa(&h.mem, HAND_PAGES - 1) | X_TABLE);
	h.mem.error[HAND_PAGES - 1] = -EIO;
	hand_put(&h, VA + GIB, PUD, 0xdead000 | X_TABLE);
	hand_put(&h, VA + 512 * GIB, PGD, 0xdead000 | X_TABLE);
	EXPECT(&h, VA, VA + 1024 * GIB, want);
	hand_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init_refuses_a_span_that_goes_back),
		cmocka_unit_test(no_room_is_refused),
		cmocka_unit_test(empty_spaces),
		cmocka_unit_test(spans_of_nothing_and_of_one_byte),
		cmocka_unit_test(spans_at_the_gap),
		cmocka_unit_test(root_entries_around_the_gap_are_apart),
		cmocka_unit_test(clipped_pages),
		cmocka_unit_test(every_field_of_a_mixed_stream),
		cmocka_unit_test(page_sizes_are_kept_apart),
		cmocka_unit_test(holes_of_all_levels_are_one),
		cmocka_unit_test(ranges_go_on_over_tables),
		cmocka_unit_test(unreadable_root),
		cmocka_unit_test(unreadable_tables),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
