// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_resident.c - how many pages a space maps: each place counts, in its own half.
 */
#include <errno.h>

#include "space.h"

static uint64_t resident(struct ptwalk_range *ranges, size_t n, uint32_t pid)
{
	uint64_t pages = 1234;
	struct space s;

	space_init(&s, ranges, n, pid);
	assert_int_equal(ptwalk_resident(&s.p, &pages, NULL), 0);
	return pages;
}

static void pages_of_every_size(void **state)
{
	struct ptwalk_range ranges[] = {
		small(0x1000, 0x10000, 3, R | U),
		large(HUGE_PAGE, 0, 2, R | U),
		/* One frame, nine times: it counts nine times. */
		repeated(8 * HUGE_PAGE, 0x12000, 9, R | U),
		{ .start = 9 * HUGE_PAGE,
		  .end = 9 * HUGE_PAGE + 5 * PAGE,
		  .what = PTWALK_SOFTWARE,
		  .page_bytes = PAGE },
		small(KERNEL, 0x10000, 70, R | W),
	};

	(void)state;
	assert_int_equal(resident(ranges, 5, 17), 3 + 2 * 512 + 9);
	assert_int_equal(resident(ranges, 5, 0), 70);
	assert_int_equal(resident(ranges, 0, 17), 0);
	assert_int_equal(resident(ranges + 3, 1, 17), 0);
}

static int stop(void *ctx, uint64_t at)
{
	(void)ctx;
	(void)at;
	return 7;
}

static void one_that_is_stopped(void **state)
{
	struct ptwalk_range ranges[] = { small(0x1000, 0x10000, 3, R | U) };
	uint64_t pages = 1234;
	struct space s;

	(void)state;
	space_init(&s, ranges, 1, 17);
	ptwalk_set_progress(&s.p, stop, NULL);
	assert_int_equal(ptwalk_resident(&s.p, &pages, NULL), 7);
	assert_int_equal(pages, 1234);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_every_size),
		cmocka_unit_test(one_that_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
