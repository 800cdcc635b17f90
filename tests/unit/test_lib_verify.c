// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_verify.c - two sources, and when they differ.
 */
#include <string.h>

#include "../../lib/tables.h"
#include "space.h"
#include "hand.h"

struct told {
	struct ptwalk_difference d[64];
	size_t n;
};

static struct told told;

static int keep(void *ctx, const struct ptwalk_difference *d)
{
	struct told *t = ctx;

	if (t->n < 64)
		t->d[t->n++] = *d;
	return 0;
}

static struct ptwalk_verify_sum verify(struct ptwalk *a, struct ptwalk *b)
{
	static const struct ptwalk_verify_options options = { .seed = 4, .random = 500 };
	struct ptwalk *sources[] = { a, b };
	struct ptwalk_verify_sum sum;

	told.n = 0;
	assert_int_equal(ptwalk_verify(sources, 2, &options, keep, &told, &sum, NULL), 0);
	return sum;
}

static void two_that_agree(void **state)
{
	struct ptwalk_range ranges[] = { small(KERNEL, 0x1000, 9, R),
					 large(KERNEL + HUGE_PAGE, 0, 2, R) };
	struct ptwalk_verify_sum sum;
	struct space a, b;

	(void)state;
	space_init(&a, ranges, 2, 0);
	space_init(&b, ranges, 2, 0);
	sum = verify(&a.p, &b.p);
	assert_int_equal(sum.differences, 0);
	assert_int_equal(sum.asked_again, 0);
	assert_int_equal(sum.ranges, 2);
	assert_int_equal(sum.addresses, 500 + 7);
	assert_true(sum.mapped >= 5);
}

static void another_frame(void **state)
{
	struct ptwalk_range here[] = { small(KERNEL, 0x1000, 1, R), small(KERNEL + PAGE, 0, 1, R) };
	struct ptwalk_range there[] = { small(KERNEL, 0x2000, 1, R) };
	struct space a, b;

	(void)state;
	space_init(&a, here, 2, 0);
	space_init(&b, there, 1, 0);
	assert_true(verify(&a.p, &b.p).differences >= 2);
	assert_int_equal(told.d[0].in, PTWALK_DIFFERS_PA);
	assert_int_equal(told.d[0].answer[1].pa & ~(PAGE - 1), 0x2000);
	/* The page behind the first range, which is the first of the second. */
	assert_int_equal(told.d[1].in, PTWALK_DIFFERS_MAPPED);
	assert_int_equal(told.d[1].va & ~(PAGE - 1), KERNEL + PAGE);
}

/* What only one source maps, behind the last page of a range. */
static void a_page_too_much(void **state)
{
	struct ptwalk_range here[] = { small(KERNEL, 0x1000, 4, R) };
	struct ptwalk_range there[] = { small(KERNEL, 0x1000, 5, R) };
	struct space a, b;

	(void)state;
	space_init(&a, here, 1, 0);
	space_init(&b, there, 1, 0);
	assert_int_equal(verify(&a.p, &b.p).differences, 1);
	assert_int_equal(told.d[0].in, PTWALK_DIFFERS_MAPPED);
}

/* The frame moves once, between the two asks. */
static void move_once(struct space *s, uint64_t va)
{
	(void)va;
	if (s->walks == 1)
		s->ranges[0].pa = 0x8000;
}

static void memory_that_changed_meanwhile(void **state)
{
	struct ptwalk_range ranges[] = { small(KERNEL, 0x1000, 1, R) };
	struct ptwalk_verify_sum sum;
	struct space a, b;

	(void)state;
	space_init(&a, ranges, 1, 0);
	space_init(&b, ranges, 1, 0);
	b.before_walk = move_once;
	sum = verify(&a.p, &b.p);
	assert_int_equal(sum.differences, 0);
	assert_int_equal(sum.asked_again, 1);
	assert_int_equal(sum.changing, 0);
}

static void move_always(struct space *s, uint64_t va)
{
	if (va < KERNEL + PAGE)
		s->ranges[0].pa += PAGE;
}

static void memory_that_never_stands_still(void **state)
{
	struct ptwalk_range ranges[] = { small(KERNEL, 0x1000, 1, R) };
	struct ptwalk_verify_sum sum;
	struct space a, b;

	(void)state;
	space_init(&a, ranges, 1, 0);
	space_init(&b, ranges, 1, 0);
	b.before_walk = move_always;
	sum = verify(&a.p, &b.p);
	assert_int_equal(sum.differences, 0);
	assert_int_equal(sum.changing, 1);
}

static const struct source_ops table_ops = {
	.name = "hand-made",
	.walk = tables_walk,
	.scan = tables_scan,
};

static struct ptwalk of_tables(struct hand *h, uint32_t pid)
{
	struct ptwalk p = { .ops = &table_ops, .pid = pid, .space = h->space, .has_tables = true };

	p.info.levels = 4;
	return p;
}

/* Two sets of tables: the same, then one bit of one entry, then of accessed and dirty. */
static void entries(void **state)
{
	const struct {
		u64 flip;
		uint32_t in;
	} rows[] = {
		{ X_A | X_D, 0 },
		{ X_RW, PTWALK_DIFFERS_RIGHTS },
		{ X_PCD, PTWALK_DIFFERS_ENTRY },
		{ 0x1000, PTWALK_DIFFERS_PA },
		{ X_P, PTWALK_DIFFERS_MAPPED },
	};
	struct hand h[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ptwalk p, q;

		for (unsigned int k = 0; k < 2; k++) {
			hand_init(&h[k], &ptw_x86_64_4level);
			hand_put(&h[k], KERNEL, PTE, 0x300000 | X_PAGE);
		}
		*hand_entry(&h[1], KERNEL, PTE) ^= rows[i].flip;
		p = of_tables(&h[0], 0);
		q = of_tables(&h[1], 0);
		assert_int_equal(verify(&p, &q).differences, rows[i].in ? 1 : 0);
		assert_int_equal(told.n ? told.d[0].in : 0, rows[i].in);
		hand_deinit(&h[0]);
		hand_deinit(&h[1]);
	}
}

/* pagemap: no entries, the mapping's rights, PROT_NONE seen as a note or as present. */
static void frames_without_tables(void **state)
{
	const struct {
		u64 entry;
		struct ptwalk_range there;
		uint64_t differences;
	} rows[] = {
		{ 0x300000 | X_PAGE | X_NX, small(0, 0x300000, 1, R | W | U), 0 },
		/* copy on write: the tables grant less */
		{ (0x300000 | X_PAGE | X_NX) & ~X_RW, small(0, 0x300000, 1, R | W | U), 0 },
		/* they grant more */
		{ 0x300000 | X_PAGE | X_NX, small(0, 0x300000, 1, R | U), 1 },
		{ 0x300000 | X_PAGE, small(0, 0x300000, 1, R | W | U), 1 },
		{ 0x300000 | X_PAGE | X_NX, small(0, 0x301000, 1, R | W | U), 1 },
		/* a NUMA hint: its frame is there, inverted */
		{ (X_FLIP ^ 0x300000) | X_PROTNONE, small(0, 0x300000, 1, R | W | U), 0 },
		{ (X_FLIP ^ 0x300000) | X_PROTNONE, small(0, 0x301000, 1, R | W | U), 1 },
		/* swapped out, and so said */
		{ X_SWAP(1, 5), { .end = PAGE, .what = PTWALK_SOFTWARE, .page_bytes = PAGE }, 0 },
		{ X_SWAP(1, 5), { .end = PAGE, .what = PTWALK_NONE }, 1 },
		{ X_SWAP(1, 5), { .end = PAGE, .what = PTWALK_UNKNOWN }, 0 },
		{ 0x300000 | X_PAGE, { .end = PAGE, .what = PTWALK_UNKNOWN }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ptwalk_range there = rows[i].there;
		struct space b;
		struct hand h;
		struct ptwalk p;

		hand_init(&h, &ptw_x86_64_4level);
		hand_put(&h, 0x400000, PTE, rows[i].entry);
		p = of_tables(&h, 3);
		there.start += 0x400000;
		there.end += 0x400000;
		space_init(&b, &there, 1, 3);
		assert_int_equal(verify(&p, &b.p).differences, rows[i].differences);
		hand_deinit(&h);
	}
}

static void not_the_same_space(void **state)
{
	static const struct ptwalk_verify_options options;
	struct ptwalk_error err;
	struct space a, b;
	struct ptwalk *sources[] = { &a.p, &b.p };

	(void)state;
	space_init(&a, NULL, 0, 1);
	space_init(&b, NULL, 0, 2);
	assert_int_equal(ptwalk_verify(sources, 2, &options, keep, &told, NULL, &err), -EINVAL);
	assert_int_equal(ptwalk_verify(sources, 1, &options, keep, &told, NULL, &err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_that_agree),
		cmocka_unit_test(another_frame),
		cmocka_unit_test(a_page_too_much),
		cmocka_unit_test(memory_that_changed_meanwhile),
		cmocka_unit_test(memory_that_never_stands_still),
		cmocka_unit_test(entries),
		cmocka_unit_test(frames_without_tables),
		cmocka_unit_test(not_the_same_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
