// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_map.c - the map iterator joins what a source tells in several calls:
 * however the ranges are cut, they come out as if they had been told at once.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "../../lib/source.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#define KIB4 4096ULL

/* Pages of the made-up space, from address 0 on. */
struct script {
	const struct ptwalk_range *pages;
	unsigned int nr;
	unsigned int cut; /* pages that a call looks at */
	unsigned int calls;
	int fails_at; /* the call that fails; 0 for none */
};

/* Tells each page of the next few by itself; and nothing but a moved cursor at times. */
static int scan(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges, unsigned int max,
		struct ptwalk_error *err)
{
	struct script *s = p->state;
	unsigned int at = c->at / KIB4, n = 0;

	(void)err;
	s->calls++;
	if (s->fails_at && s->calls == (unsigned int)s->fails_at)
		return -EIO;
	/* The pages of one call come joined where they follow on: as a source does. */
	for (unsigned int i = 0; i < s->cut && at < s->nr && n < max; i++, at++)
		if (c->holes || s->pages[at].what != PTWALK_NONE)
			ranges[n++] = s->pages[at];
	c->at = at * KIB4;
	c->over = at == s->nr;
	return (int)n;
}

static const struct source_ops ops = { .name = "script", .scan = scan };

static struct ptwalk_range page(unsigned int i, uint8_t what, uint64_t pa, uint64_t entry)
{
	return (struct ptwalk_range){ .start = i * KIB4,
				      .end = (i + 1) * KIB4,
				      .pa = what == PTWALK_LEAF ? pa : 0,
				      .entry = entry,
				      .page_bytes = what == PTWALK_NONE ? 0 : KIB4,
				      .what = what,
				      .level = what == PTWALK_NONE ? 0 : 3,
				      .rights = what == PTWALK_LEAF ? PTWALK_R : 0 };
}

static struct ptwalk_range leaf(unsigned int i, uint64_t frame, uint64_t bits)
{
	return page(i, PTWALK_LEAF, frame * KIB4, frame * KIB4 | bits | 1);
}

static struct ptwalk space_of(struct script *s)
{
	return (struct ptwalk){ .ops = &ops,
				.state = s,
				.has_tables = true,
				.space = { .format = &ptw_x86_64_4level,
					   .swap = &ptw_swap_types_6_12 } };
}

/* One page a call: every seam is a seam between two calls. */
static void seams(void **state)
{
	const struct ptwalk_range pages[] = {
		leaf(0, 10, 0),
		leaf(1, 11, 0x60), /* accessed and dirty are no reason to begin anew */
		leaf(2, 12, 0),
		leaf(3, 20, 0), /* another frame */
		leaf(4, 20, 0), /* the same one, again */
		leaf(5, 20, 0),
		leaf(6, 21, 0), /* follows, but what repeats does not go on */
		leaf(7, 22, 1ULL << 63), /* follows, but has another attribute */
		page(8, PTWALK_NONE, 0, 0),
		page(9, PTWALK_NONE, 0, 0),
		page(10, PTWALK_SOFTWARE, 0, 0x123400),
		page(11, PTWALK_SOFTWARE, 0, 0x123400),
		page(12, PTWALK_MALFORMED, 0, 0x17),
		leaf(13, 30, 0),
	};
	const struct {
		uint64_t start, end;
		uint32_t flags;
	} want[] = {
		{ 0, 3, 0 },  { 3, 6, PTWALK_REPEATS },	  { 6, 7, 0 },	 { 7, 8, 0 },
		{ 8, 10, 0 }, { 10, 12, PTWALK_REPEATS }, { 12, 13, 0 }, { 13, 14, 0 },
	};
	struct ptwalk_range got[16];
	unsigned int max;

	(void)state;
	for (max = 1; max <= 16; max++) {
		struct script s = { .pages = pages, .nr = 14, .cut = 1 };
		struct ptwalk p = space_of(&s);
		struct ptwalk_map *m = ptwalk_map_begin(&p, 0, 14 * KIB4, PTWALK_MAP_HOLES, NULL);
		unsigned int n = 0;
		int ret;

		while ((ret = ptwalk_map_next(m, got + n, max < 16 - n ? max : 16 - n, NULL)) > 0)
			n += ret;
		assert_int_equal(ret, 0);
		assert_int_equal(n, sizeof(want) / sizeof(want[0]));
		for (unsigned int i = 0; i < n; i++) {
			assert_int_equal(got[i].start, want[i].start * KIB4);
			assert_int_equal(got[i].end, want[i].end * KIB4);
			assert_int_equal(got[i].flags, want[i].flags);
		}
		assert_int_equal(ptwalk_map_next(m, got, 1, NULL), 0);
		ptwalk_map_end(m);
	}
}

/* A call that tells nothing, but moves the cursor, is not the end. */
static void empty_calls(void **state)
{
	const struct ptwalk_range pages[] = { page(0, PTWALK_NONE, 0, 0),
					      page(1, PTWALK_NONE, 0, 0), leaf(2, 5, 0),
					      page(3, PTWALK_NONE, 0, 0) };
	struct script s = { .pages = pages, .nr = 4, .cut = 1 };
	struct ptwalk p = space_of(&s);
	struct ptwalk_map *m = ptwalk_map_begin(&p, 0, 4 * KIB4, 0, NULL);
	struct ptwalk_range got;

	(void)state;
	assert_int_equal(ptwalk_map_next(m, &got, 1, NULL), 1);
	assert_int_equal(got.start, 2 * KIB4);
	assert_int_equal(ptwalk_map_next(m, &got, 1, NULL), 0);
	assert_int_equal(ptwalk_map_next(m, &got, 0, NULL), -EINVAL);
	ptwalk_map_end(m);
}

static void an_error_is_told(void **state)
{
	const struct ptwalk_range pages[] = { leaf(0, 5, 0), leaf(1, 9, 0), leaf(2, 7, 0) };
	struct script s = { .pages = pages, .nr = 3, .cut = 1, .fails_at = 3 };
	struct ptwalk p = space_of(&s);
	struct ptwalk_map *m = ptwalk_map_begin(&p, 0, 3 * KIB4, 0, NULL);
	struct ptwalk_range got;

	(void)state;
	assert_int_equal(ptwalk_map_next(m, &got, 1, NULL), 1);
	assert_int_equal(ptwalk_map_next(m, &got, 1, NULL), -EIO);
	ptwalk_map_end(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seams),
		cmocka_unit_test(empty_calls),
		cmocka_unit_test(an_error_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
