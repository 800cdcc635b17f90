// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_audit.c - what is writable and executable, at once or by an alias.
 */
#include <string.h>

#include "../../lib/audit.h"
#include "space.h"

struct findings {
	struct ptwalk_finding f[8192];
	size_t n;
};

static int keep(void *ctx, const struct ptwalk_finding *finding)
{
	struct findings *k = ctx;

	assert_true(k->n < 8192);
	k->f[k->n++] = *finding;
	return 0;
}

static struct findings found;

static struct ptwalk_audit_sum audit(struct space *s, size_t room)
{
	struct ptwalk_audit_sum sum;

	found.n = 0;
	assert_int_equal(audit_with(&s->p, room, keep, &found, &sum, NULL), 0);
	assert_int_equal(sum.findings[0], found.n);
	return sum;
}

static void expect(size_t i, uint32_t kind, uint64_t pa, uint64_t bytes, uint64_t va,
		   uint64_t alias)
{
	assert_true(i < found.n);
	assert_int_equal(found.f[i].kind, kind);
	assert_int_equal(found.f[i].pa, pa);
	assert_int_equal(found.f[i].bytes, bytes);
	assert_int_equal(found.f[i].at.va, va);
	assert_int_equal(found.f[i].alias.va, alias);
}

static void a_clean_kernel(void **state)
{
	struct ptwalk_range ranges[] = {
		small(KERNEL, 0, 16, R | W),
		small(KERNEL + 16 * PAGE, 16 * PAGE, 16, R),
		small(KERNEL + 32 * PAGE, 32 * PAGE, 16, R | W),
		/* text, whose alias above is not writable */
		small(KERNEL + HUGE_PAGE, 16 * PAGE, 16, R | X),
	};
	struct ptwalk_audit_sum sum;
	struct space s;

	(void)state;
	space_init(&s, ranges, 4, 0);
	sum = audit(&s, 100);
	assert_int_equal(sum.findings[0], 0);
	assert_int_equal(sum.ranges, 4);
	assert_int_equal(sum.writable_bytes, 32 * PAGE);
	assert_int_equal(sum.executable_bytes, 16 * PAGE);
}

static void writable_and_executable(void **state)
{
	struct ptwalk_range ranges[] = { small(KERNEL, 0x5000, 3, R | W | X) };
	struct space s;

	(void)state;
	space_init(&s, ranges, 1, 0);
	/* One finding: a page is no alias of itself. */
	assert_int_equal(audit(&s, 100).findings[0], 1);
	expect(0, PTWALK_FINDING_WX, 0x5000, 3 * PAGE, KERNEL, 0);
	assert_int_equal(found.f[0].at.rights, R | W | X);
	assert_int_equal(found.f[0].at.level, 3);
}

/* A part of a huge writable page is executable elsewhere: only that part is told. */
static void part_of_a_huge_page(void **state)
{
	struct ptwalk_range ranges[] = {
		large(KERNEL, 0, 4, R | W),
		small(KERNEL + 64 * HUGE_PAGE, HUGE_PAGE + 0x5000, 2, R | X),
	};
	struct space s;

	(void)state;
	space_init(&s, ranges, 2, 0);
	assert_int_equal(audit(&s, 100).findings[PTWALK_FINDING_ALIAS], 1);
	expect(0, PTWALK_FINDING_ALIAS, HUGE_PAGE + 0x5000, 2 * PAGE, KERNEL + HUGE_PAGE + 0x5000,
	       KERNEL + 64 * HUGE_PAGE);
	assert_int_equal(found.f[0].at.page_bytes, HUGE_PAGE);
	assert_int_equal(found.f[0].alias.page_bytes, PAGE);
}

/* A long executable range begins far before the frame, short ones lie between. */
static void behind_a_long_range(void **state)
{
	struct ptwalk_range ranges[] = {
		small(KERNEL, 0, 100, R | X),
		small(KERNEL + HUGE_PAGE, 2 * PAGE, 1, R | X),
		small(KERNEL + 2 * HUGE_PAGE, 4 * PAGE, 1, R | X),
		small(KERNEL + 3 * HUGE_PAGE, 99 * PAGE, 2, R | W),
	};
	struct space s;

	(void)state;
	space_init(&s, ranges, 4, 0);
	assert_int_equal(audit(&s, 100).findings[0], 1);
	expect(0, PTWALK_FINDING_ALIAS, 99 * PAGE, PAGE, KERNEL + 3 * HUGE_PAGE,
	       KERNEL + 99 * PAGE);
}

static void a_frame_that_repeats(void **state)
{
	struct ptwalk_range ranges[] = {
		repeated(KERNEL, 0x7000, 1000, R | X),
		small(KERNEL + 16 * HUGE_PAGE, 0x6000, 4, R | W),
	};
	struct space s;

	(void)state;
	space_init(&s, ranges, 2, 0);
	assert_int_equal(audit(&s, 100).findings[0], 1);
	expect(0, PTWALK_FINDING_ALIAS, 0x7000, PAGE, KERNEL + 16 * HUGE_PAGE + PAGE, KERNEL);
	assert_true(found.f[0].flags & PTWALK_REPEATS);
}

static void user_pages_of_the_kernel(void **state)
{
	struct ptwalk_range kernel[] = {
		small(0x400000, 0x1000, 1, R | W | U),
		small(KERNEL, 0x9000, 1, R | U),
	};
	struct space s;

	(void)state;
	space_init(&s, kernel, 2, 0);
	assert_int_equal(audit(&s, 100).findings[PTWALK_FINDING_USER], 1);
	expect(0, PTWALK_FINDING_USER, 0x9000, PAGE, KERNEL, 0);
	/* A process's own pages are the user's by right. */
	space_init(&s, kernel, 2, 5);
	assert_int_equal(audit(&s, 100).findings[0], 0);
}

static void turn_read_only(struct space *s, uint64_t va)
{
	(void)va;
	s->ranges[0].rights = R | X;
}

/* What is gone when it is looked up again was only on its way: a module being loaded. */
static void only_on_its_way(void **state)
{
	struct ptwalk_range ranges[] = { small(KERNEL, 0x5000, 3, R | W | X) };
	struct space s;

	(void)state;
	space_init(&s, ranges, 1, 0);
	s.before_walk = turn_read_only;
	assert_int_equal(audit(&s, 100).findings[0], 0);
	assert_int_equal(s.walks, 1);
}

/* Pages of pairs, one by one: writable here, executable there. */
static size_t naive_alias_pages(const struct space *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->n; k++) {
			const struct ptwalk_range *w = &s->ranges[i], *x = &s->ranges[k];
			uint64_t w_end = w->pa + (w->flags ? PAGE : w->end - w->start);
			uint64_t x_end = x->pa + (x->flags ? PAGE : x->end - x->start);
			uint64_t from = w->pa > x->pa ? w->pa : x->pa;
			uint64_t to = w_end < x_end ? w_end : x_end;

			if (i != k && (w->rights & W) && (x->rights & X) && to > from)
				n += (to - from) / PAGE;
		}
	return n;
}

static size_t alias_pages(void)
{
	size_t n = 0;

	for (size_t i = 0; i < found.n; i++)
		if (found.f[i].kind == PTWALK_FINDING_ALIAS)
			n += found.f[i].bytes / PAGE;
	return n;
}

/* The same findings, whether there is room for all executable ranges or for three. */
static void random_spaces_with_much_room_and_little(void **state)
{
	static struct ptwalk_range ranges[60];
	uint64_t seed = 2;

	(void)state;
	for (unsigned int round = 0; round < 100; round++) {
		struct ptwalk_audit_sum much, little;
		struct space s;

		random_ranges(ranges, 60, true, &seed);
		space_init(&s, ranges, 60, 0);
		much = audit(&s, 1000);
		assert_int_equal(alias_pages(), naive_alias_pages(&s));
		little = audit(&s, 3);
		assert_int_equal(alias_pages(), naive_alias_pages(&s));
		assert_memory_equal(&much, &little, sizeof(much));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clean_kernel),
		cmocka_unit_test(writable_and_executable),
		cmocka_unit_test(part_of_a_huge_page),
		cmocka_unit_test(behind_a_long_range),
		cmocka_unit_test(a_frame_that_repeats),
		cmocka_unit_test(user_pages_of_the_kernel),
		cmocka_unit_test(only_on_its_way),
		cmocka_unit_test(random_spaces_with_much_room_and_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
