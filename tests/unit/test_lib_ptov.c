// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_ptov.c - every virtual address that maps a frame, and no other.
 */
#include <string.h>

#include "space.h"

struct hits {
	struct ptwalk_hit hit[4096];
	size_t n;
	size_t stop_at; /* 0: never */
};

static int keep(void *ctx, const struct ptwalk_hit *hit)
{
	struct hits *h = ctx;

	assert_true(h->n < 4096);
	h->hit[h->n++] = *hit;
	return h->n == h->stop_at ? 7 : 0;
}

static void expect(const struct hits *h, size_t i, uint64_t pa, uint64_t va, uint64_t count)
{
	assert_true(i < h->n);
	assert_int_equal(h->hit[i].pa, pa);
	assert_int_equal(h->hit[i].va, va);
	assert_int_equal(h->hit[i].count, count);
}

static void all_places_of_several_frames(void **state)
{
	static struct hits h;
	struct ptwalk_range ranges[] = {
		small(KERNEL, 0x10000, 4, R | W),
		large(KERNEL + HUGE_PAGE, 0, 2, R),
		repeated(KERNEL + 8 * HUGE_PAGE, 0x12000, 9, R),
		small(KERNEL + 9 * HUGE_PAGE, 0x14000, 1, R | X),
	};
	/* Not in order, one twice, one that nothing maps, one in the middle of a page. */
	const uint64_t pa[] = { 0x14000, 0x12345, 0x12345, 0x9000000, 0xf };
	struct space s;

	(void)state;
	h.n = 0;
	space_init(&s, ranges, 4, 0);
	assert_int_equal(ptwalk_ptov(&s.p, pa, 5, keep, &h, NULL), 0);
	assert_int_equal(h.n, 6);
	expect(&h, 0, 0x12345, KERNEL + 0x2345, 1);
	expect(&h, 1, 0xf, KERNEL + HUGE_PAGE + 0xf, 1);
	expect(&h, 2, 0x12345, KERNEL + HUGE_PAGE + 0x12345, 1);
	expect(&h, 3, 0x14000, KERNEL + HUGE_PAGE + 0x14000, 1);
	expect(&h, 4, 0x12345, KERNEL + 8 * HUGE_PAGE + 0x345, 9);
	expect(&h, 5, 0x14000, KERNEL + 9 * HUGE_PAGE, 1);
	assert_int_equal(h.hit[5].rights, R | X);
	assert_int_equal(h.hit[1].page_bytes, HUGE_PAGE);
	assert_int_equal(h.hit[1].level, 2);
}

/* The first byte behind a range is not in it, the last one is. */
static void the_edges(void **state)
{
	static struct hits h;
	struct ptwalk_range ranges[] = { small(KERNEL, 0x10000, 2, R) };
	const uint64_t pa[] = { 0xffff, 0x10000, 0x11fff, 0x12000 };
	struct space s;

	(void)state;
	h.n = 0;
	space_init(&s, ranges, 1, 0);
	assert_int_equal(ptwalk_ptov(&s.p, pa, 4, keep, &h, NULL), 0);
	assert_int_equal(h.n, 2);
	expect(&h, 0, 0x10000, KERNEL, 1);
	expect(&h, 1, 0x11fff, KERNEL + 0x1fff, 1);
}

/* A process is asked for its own half, the kernel for its own; notes map nothing. */
static void halves_and_notes(void **state)
{
	static struct hits h;
	struct ptwalk_range ranges[] = {
		small(0x1000, 0x10000, 1, R | U),
		small(KERNEL, 0x10000, 1, R),
		{ .start = KERNEL + PAGE,
		  .end = KERNEL + 2 * PAGE,
		  .what = PTWALK_SOFTWARE,
		  .page_bytes = PAGE,
		  .pa = 0x10000 },
	};
	const uint64_t pa = 0x10000;
	struct space s;

	(void)state;
	h.n = 0;
	space_init(&s, ranges, 3, 0);
	assert_int_equal(ptwalk_ptov(&s.p, &pa, 1, keep, &h, NULL), 0);
	assert_int_equal(h.n, 1);
	expect(&h, 0, pa, KERNEL, 1);
	h.n = 0;
	space_init(&s, ranges, 3, 17);
	assert_int_equal(ptwalk_ptov(&s.p, &pa, 1, keep, &h, NULL), 0);
	assert_int_equal(h.n, 1);
	expect(&h, 0, pa, 0x1000, 1);
}

static void a_callback_stops_it(void **state)
{
	static struct hits h;
	struct ptwalk_range ranges[] = { small(KERNEL, 0, 1, R), small(KERNEL + PAGE, 0, 1, R) };
	const uint64_t pa = 0;
	struct space s;

	(void)state;
	h = (struct hits){ .stop_at = 1 };
	space_init(&s, ranges, 2, 0);
	assert_int_equal(ptwalk_ptov(&s.p, &pa, 1, keep, &h, NULL), 7);
	assert_int_equal(h.n, 1);
}

static size_t naive_hits(const struct space *s, uint64_t pa)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct ptwalk_range *r = &s->ranges[i];

		for (uint64_t va = r->start; va < r->end; va += PAGE) {
			bool again = r->flags & PTWALK_REPEATS;

			n += (again ? r->pa : r->pa + (va - r->start)) == (pa & ~(PAGE - 1));
		}
	}
	return n;
}

static void random_spaces_against_a_naive_search(void **state)
{
	static struct ptwalk_range ranges[300];
	static struct hits h;
	uint64_t seed = 1;

	(void)state;
	for (unsigned int round = 0; round < 50; round++) {
		uint64_t pa[40];
		size_t want = 0, got = 0;
		struct space s;

		random_ranges(ranges, 300, false, &seed);
		space_init(&s, ranges, 300, 0);
		for (size_t i = 0; i < 40; i++) {
			pa[i] = i * PAGE + i;
			want += naive_hits(&s, pa[i]);
		}
		h = (struct hits){ 0 };
		assert_int_equal(ptwalk_ptov(&s.p, pa, 40, keep, &h, NULL), 0);
		for (size_t i = 0; i < h.n; i++)
			got += h.hit[i].count;
		assert_int_equal(got, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_places_of_several_frames),
		cmocka_unit_test(the_edges),
		cmocka_unit_test(halves_and_notes),
		cmocka_unit_test(a_callback_stops_it),
		cmocka_unit_test(random_spaces_against_a_naive_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
