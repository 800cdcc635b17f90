// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_diff.c - what changed: case by case, and random spaces page by page.
 */
#include "space.h"
#include <errno.h>
#include <string.h>

#define MOST 8192

struct changes {
	struct ptwalk_change at[MOST];
	size_t n;
	size_t stop_at; /* 0: never */
};

static struct changes found;

static int keep(void *ctx, const struct ptwalk_change *change)
{
	struct changes *c = ctx;

	assert_true(c->n < MOST);
	assert_int_equal(change->before.start, change->start);
	assert_int_equal(change->before.end, change->end);
	assert_int_equal(change->after.start, change->start);
	assert_int_equal(change->after.end, change->end);
	c->at[c->n++] = *change;
	return c->n == c->stop_at ? 9 : 0;
}

static void made_space(struct space *s, struct ptwalk_range *r, size_t n, uint32_t pid)
{
	space_init(s, r, n, pid);
	s->p.has_tables = true;
	s->p.space.pa_limit = (1ULL << 52) - 1;
	s->p.space.swap = &ptw_swap_types_6_1;
}

static struct ptwalk_diff_sum diff(struct ptwalk_range *before, size_t n,
				   struct ptwalk_range *after, size_t k, uint32_t pid)
{
	struct ptwalk_diff_sum sum;
	struct space a, b;

	memset(&found, 0, sizeof(found));
	made_space(&a, before, n, pid);
	made_space(&b, after, k, pid);
	assert_int_equal(ptwalk_diff(&a.p, &b.p, keep, &found, &sum, NULL), 0);
	assert_int_equal(sum.changes[0], found.n);
	return sum;
}

#define DIFF(a, b) diff(a, ARRAY_SIZE(a), b, ARRAY_SIZE(b), 0)

static void expect(size_t i, uint32_t kind, uint64_t start, uint64_t end)
{
	assert_true(i < found.n);
	assert_int_equal(found.at[i].kind, kind);
	assert_int_equal(found.at[i].start, start);
	assert_int_equal(found.at[i].end, end);
}

static struct ptwalk_range note(uint64_t va, uint64_t pages, uint64_t entry)
{
	return (struct ptwalk_range){
		.start = va,
		.end = va + pages * PAGE,
		.entry = entry,
		.page_bytes = PAGE,
		.what = PTWALK_SOFTWARE,
		.level = 3,
	};
}

static uint64_t swap(uint64_t type, uint64_t slot)
{
	return type << 59 | (~slot & ((1ULL << 50) - 1)) << 9;
}

static void nothing_changed(void **state)
{
	struct ptwalk_range before[] = { small(KERNEL, 0x10000, 4, R | W),
					 large(KERNEL + HUGE_PAGE, 0, 2, R),
					 repeated(KERNEL + 4 * HUGE_PAGE, 0x5000, 9, R),
					 small(-4 * PAGE, 0, 4, R | X) };
	/* Accessed and dirty are the processor's; and it is told in other pieces. */
	struct ptwalk_range after[] = { small(KERNEL, 0x10000, 1, R | W),
					small(KERNEL + PAGE, 0x11000, 3, R | W),
					large(KERNEL + HUGE_PAGE, 0, 1, R),
					large(KERNEL + 2 * HUGE_PAGE, HUGE_PAGE, 1, R),
					repeated(KERNEL + 4 * HUGE_PAGE, 0x5000, 9, R),
					small(-4 * PAGE, 0, 4, R | X) };
	struct ptwalk_diff_sum sum;

	(void)state;
	before[0].entry = 0x10000 | 1;
	after[0].entry = 0x10000 | 0x61;
	after[1].entry = 0x11000 | 0x21;
	sum = DIFF(before, after);
	assert_int_equal(found.n, 0);
	assert_int_equal(sum.before_bytes, 17 * PAGE + 2 * HUGE_PAGE);
	assert_int_equal(sum.after_bytes, sum.before_bytes);
	assert_int_equal(sum.same_bytes, sum.before_bytes);
}

static void each_kind(void **state)
{
	struct ptwalk_range before[] = { small(KERNEL, 0x10000, 4, R),
					 small(KERNEL + 8 * PAGE, 0x20000, 8, R | W),
					 large(KERNEL + HUGE_PAGE, 4 * HUGE_PAGE, 1, R),
					 small(-4 * PAGE, 0x30000, 4, R) };
	struct ptwalk_range after[] = {
		small(KERNEL + 2 * PAGE, 0x12000, 4, R),
		small(KERNEL + 8 * PAGE, 0x50000, 4, R | W),
		small(KERNEL + 12 * PAGE, 0x24000, 4, R),
		small(KERNEL + HUGE_PAGE, 4 * HUGE_PAGE, 512, R),
	};
	struct ptwalk_diff_sum sum = DIFF(before, after);

	(void)state;
	assert_int_equal(found.n, 6);
	expect(0, PTWALK_CHANGE_VANISHED, KERNEL, KERNEL + 2 * PAGE);
	assert_int_equal(found.at[0].before.pa, 0x10000);
	assert_int_equal(found.at[0].after.what, PTWALK_NONE);
	expect(1, PTWALK_CHANGE_APPEARED, KERNEL + 4 * PAGE, KERNEL + 6 * PAGE);
	assert_int_equal(found.at[1].after.pa, 0x14000);
	assert_int_equal(found.at[1].before.what, PTWALK_NONE);
	expect(2, PTWALK_CHANGE_FRAME, KERNEL + 8 * PAGE, KERNEL + 12 * PAGE);
	assert_int_equal(found.at[2].before.pa, 0x20000);
	assert_int_equal(found.at[2].after.pa, 0x50000);
	expect(3, PTWALK_CHANGE_RIGHTS, KERNEL + 12 * PAGE, KERNEL + 16 * PAGE);
	assert_int_equal(found.at[3].before.pa, 0x24000);
	expect(4, PTWALK_CHANGE_SIZE, KERNEL + HUGE_PAGE, KERNEL + 2 * HUGE_PAGE);
	expect(5, PTWALK_CHANGE_VANISHED, -4 * PAGE, 0);
	assert_int_equal(sum.same_bytes, 2 * PAGE);
	assert_int_equal(sum.changes[PTWALK_CHANGE_VANISHED], 2);
	assert_int_equal(sum.changes[PTWALK_CHANGE_SIZE], 1);
}

/* The edges of one side cut the other; what goes on is told as one. */
static void pieces_are_joined(void **state)
{
	struct ptwalk_range before[] = { large(KERNEL, 0, 4, R | W) };
	struct ptwalk_range after[] = {
		small(KERNEL, 0, 512, R | W), small(KERNEL + HUGE_PAGE, HUGE_PAGE, 300, R | W),
		small(KERNEL + HUGE_PAGE + 300 * PAGE, HUGE_PAGE + 300 * PAGE, 212, R | W),
		small(KERNEL + 2 * HUGE_PAGE, 0, 512, R | W),
		small(KERNEL + 3 * HUGE_PAGE, HUGE_PAGE, 512, R | W)
	};

	(void)state;
	DIFF(before, after);
	assert_int_equal(found.n, 2);
	expect(0, PTWALK_CHANGE_SIZE, KERNEL, KERNEL + 2 * HUGE_PAGE);
	expect(1, PTWALK_CHANGE_FRAME, KERNEL + 2 * HUGE_PAGE, KERNEL + 4 * HUGE_PAGE);
	assert_int_equal(found.at[1].before.pa, 2 * HUGE_PAGE);
	assert_int_equal(found.at[1].after.pa, 0);
}

/* A piece of a huge page has the frame of its own first address. */
static void within_a_huge_page(void **state)
{
	struct ptwalk_range before[] = { large(KERNEL, 0, 1, R | W) };
	struct ptwalk_range after[] = { small(KERNEL, 0, 100, R | W),
					small(KERNEL + 200 * PAGE, 0x1000000, 312, R | W) };

	(void)state;
	DIFF(before, after);
	assert_int_equal(found.n, 3);
	expect(0, PTWALK_CHANGE_SIZE, KERNEL, KERNEL + 100 * PAGE);
	expect(1, PTWALK_CHANGE_VANISHED, KERNEL + 100 * PAGE, KERNEL + 200 * PAGE);
	assert_int_equal(found.at[1].before.pa, 100 * PAGE);
	expect(2, PTWALK_CHANGE_FRAME, KERNEL + 200 * PAGE, KERNEL + HUGE_PAGE);
	assert_int_equal(found.at[2].before.pa, 200 * PAGE);
}

/* One frame again and again against one after the other: one page is the same. */
static void a_repeated_frame_against_a_run(void **state)
{
	struct ptwalk_range before[] = { repeated(KERNEL, 0x14000, 9, R) };
	struct ptwalk_range after[] = { small(KERNEL, 0x10000, 9, R) };
	struct ptwalk_diff_sum sum = DIFF(before, after);

	(void)state;
	assert_int_equal(found.n, 2);
	expect(0, PTWALK_CHANGE_FRAME, KERNEL, KERNEL + 4 * PAGE);
	assert_true(found.at[0].before.flags & PTWALK_REPEATS);
	expect(1, PTWALK_CHANGE_FRAME, KERNEL + 5 * PAGE, KERNEL + 9 * PAGE);
	assert_int_equal(found.at[1].before.pa, 0x14000);
	assert_int_equal(found.at[1].after.pa, 0x15000);
	assert_int_equal(sum.same_bytes, PAGE);
	/* The same, the other way round. */
	sum = DIFF(after, before);
	assert_int_equal(found.n, 2);
	assert_int_equal(sum.same_bytes, PAGE);
}

/* A zero page over terabytes is one piece of work. */
static void repeated_frames_take_no_time(void **state)
{
	struct ptwalk_range before[] = { repeated(KERNEL, 0x14000, 1ULL << 32, R) };
	struct ptwalk_range after[] = { repeated(KERNEL, 0x15000, 1ULL << 32, R) };

	(void)state;
	DIFF(before, after);
	assert_int_equal(found.n, 1);
	expect(0, PTWALK_CHANGE_FRAME, KERNEL, KERNEL + (PAGE << 32));
}

static void notes(void **state)
{
	struct ptwalk_range before[] = {
		note(0x10000, 4, swap(1, 10)),
		note(0x20000, 4, swap(1, 10)),
		note(0x30000, 2, swap(1, 10)),
		small(0x40000, 0x7000, 4, R | U),
		note(0x50000, 1, (~0x7000ULL & 0xffffffffff000ULL) | 0x100),
	};
	struct ptwalk_range after[] = {
		note(0x10000, 4, swap(1, 10)),	note(0x20000, 2, swap(1, 10)),
		note(0x22000, 2, swap(1, 99)),	note(0x30000, 2, swap(2, 10)),
		note(0x40000, 4, swap(1, 200)), small(0x50000, 0x7000, 1, R | U),
		note(0x60000, 3, swap(1, 300)),
	};
	struct ptwalk_note n;
	struct space s;

	(void)state;
	diff(before, ARRAY_SIZE(before), after, ARRAY_SIZE(after), 3);
	assert_int_equal(found.n, 5);
	expect(0, PTWALK_CHANGE_NOTE, 0x22000, 0x24000);
	/* The slot of the third page before is that of the third page. */
	made_space(&s, NULL, 0, 3);
	ptwalk_read_note(&s.p, 0x22000, 3, found.at[0].before.entry, &n);
	assert_int_equal(n.offset, 12);
	expect(1, PTWALK_CHANGE_NOTE, 0x30000, 0x32000);
	expect(2, PTWALK_CHANGE_VANISHED, 0x40000, 0x44000);
	assert_int_equal(found.at[2].after.what, PTWALK_SOFTWARE);
	expect(3, PTWALK_CHANGE_APPEARED, 0x50000, 0x51000);
	assert_int_equal(found.at[3].before.what, PTWALK_SOFTWARE);
	expect(4, PTWALK_CHANGE_NOTE, 0x60000, 0x63000);
	assert_int_equal(found.at[4].before.what, PTWALK_NONE);
}

/* A note of 2 MiB, and 512 that say the same; a slot again and again, and a run of them. */
static void notes_of_several_sizes(void **state)
{
	const uint64_t frames = 0xffffffffff000ULL;
	struct ptwalk_range before[] = { note(HUGE_PAGE, 512, (~0x40000000ULL & frames) | 0x180),
					 note(0x40000000, 8, swap(1, 14)) };
	struct ptwalk_range after[] = { note(HUGE_PAGE, 512, (~0x40000000ULL & frames) | 0x100),
					note(0x40000000, 8, swap(1, 10)) };

	(void)state;
	before[0].page_bytes = HUGE_PAGE;
	before[0].level = 2;
	after[0].start += 100 * PAGE;
	after[0].entry -= 100 * PAGE;
	before[1].flags = PTWALK_REPEATS;
	diff(before, 2, after, 2, 3);
	assert_int_equal(found.n, 3);
	expect(0, PTWALK_CHANGE_NOTE, HUGE_PAGE, HUGE_PAGE + 100 * PAGE);
	expect(1, PTWALK_CHANGE_NOTE, 0x40000000, 0x40000000 + 4 * PAGE);
	expect(2, PTWALK_CHANGE_NOTE, 0x40000000 + 5 * PAGE, 0x40000000 + 8 * PAGE);
}

static void repeated_frames_of_two_sizes(void **state)
{
	struct ptwalk_range before[] = { repeated(KERNEL, 0, 1024, R) };
	struct ptwalk_range after[] = { large(KERNEL, 0, 2, R) };

	(void)state;
	after[0].flags = PTWALK_REPEATS;
	DIFF(before, after);
	assert_int_equal(found.n, 1);
	expect(0, PTWALK_CHANGE_FRAME, KERNEL, KERNEL + 2 * HUGE_PAGE);
}

/* Tables may grant less than the mapping; a guessed size is no size. */
static void what_a_source_only_guesses(void **state)
{
	struct ptwalk_range before[] = { small(0x1000, 0x5000, 1, R | W | U),
					 small(0x2000, 0x6000, 1, R | U),
					 small(HUGE_PAGE, HUGE_PAGE, 512, R | W | U),
					 small(9 * HUGE_PAGE, 0, 1, R | U) };
	struct ptwalk_range after[] = {
		small(0x1000, 0x5000, 1, R | U),
		small(0x2000, 0x6000, 1, R | X | U),
		large(HUGE_PAGE, HUGE_PAGE, 1, R | W | U),
		{ .start = 9 * HUGE_PAGE, .end = 9 * HUGE_PAGE + PAGE, .what = PTWALK_UNKNOWN }
	};

	(void)state;
	before[0].flags = before[1].flags = PTWALK_WALK_RIGHTS_OF_MAPPING;
	before[2].flags = PTWALK_WALK_SIZE_INFERRED;
	diff(before, ARRAY_SIZE(before), after, ARRAY_SIZE(after), 3);
	assert_int_equal(found.n, 1);
	expect(0, PTWALK_CHANGE_RIGHTS, 0x2000, 0x3000);
}

static void one_side_is_empty(void **state)
{
	struct ptwalk_range all[] = { small(KERNEL, 0, 4, R) };
	struct ptwalk_diff_sum sum;

	(void)state;
	sum = diff(all, 0, all, 1, 0);
	assert_int_equal(sum.changes[PTWALK_CHANGE_APPEARED], 1);
	sum = diff(all, 1, all, 0, 0);
	assert_int_equal(sum.changes[PTWALK_CHANGE_VANISHED], 1);
	sum = diff(all, 0, all, 0, 0);
	assert_int_equal(sum.changes[0], 0);
}

static int stop(void *ctx, uint64_t at)
{
	(void)ctx;
	(void)at;
	return 4;
}

static void stops_and_refusals(void **state)
{
	struct ptwalk_range all[] = { small(KERNEL, 0, 4, R), small(KERNEL + 8 * PAGE, 0, 4, R) };
	struct ptwalk_error err;
	struct space a, b;

	(void)state;
	memset(&found, 0, sizeof(found));
	found.stop_at = 1;
	made_space(&a, all, 2, 0);
	made_space(&b, all, 0, 0);
	assert_int_equal(ptwalk_diff(&a.p, &b.p, keep, &found, NULL, &err), 9);
	assert_int_equal(found.n, 1);
	made_space(&b, all, 0, 5);
	assert_int_equal(ptwalk_diff(&a.p, &b.p, keep, &found, NULL, &err), -EINVAL);
	made_space(&b, all, 2, 0);
	ptwalk_set_progress(&b.p, stop, NULL);
	assert_int_equal(ptwalk_diff(&a.p, &b.p, keep, &found, NULL, &err), 4);
}

/* ---- random spaces, page by page ---- */

#define PAGES 4096ULL

/* What a page is; rights 0 is a hole. */
struct page {
	uint64_t pa;
	uint64_t page_bytes;
	uint8_t rights;
};

/* Fills @pages and the ranges that say the same. @big: it is the huge pages that repeat. */
static size_t make(struct page *pages, struct ptwalk_range *ranges, bool big, uint64_t *seed)
{
	size_t n = 0;

	memset(pages, 0, PAGES * sizeof(*pages));
	for (uint64_t at = 0; at < PAGES;) {
		uint64_t kind = next_random(seed) % 8, len = 1 + next_random(seed) % 40;
		bool huge = kind >= 6 && at % 512 == 0 && at + 1024 <= PAGES;
		bool again = (huge ? big : !big) && next_random(seed) % 3 == 0;
		uint64_t page = huge ? 512 : 1, pa = at;
		uint8_t rights = R | (next_random(seed) % 4 ? 0 : W);

		if (kind == 5)
			len += 512 - (at + len) % 512; /* so that huge pages have a place */
		if (huge)
			len = 512 * (1 + next_random(seed) % 2);
		if (at + len > PAGES)
			len = PAGES - at;
		if (next_random(seed) % 3 == 0)
			pa += (next_random(seed) % 4) * page;
		if (kind) {
			struct ptwalk_range *r = &ranges[n++];

			*r = huge ? large(KERNEL + at * PAGE, pa * PAGE, len / 512, rights) :
				    small(KERNEL + at * PAGE, pa * PAGE, len, rights);
			if (again && len > page)
				r->flags = PTWALK_REPEATS;
			for (uint64_t i = 0; i < len; i++)
				pages[at + i] = (struct page){
					.pa = pa + (again ? i % page : i),
					.page_bytes = page * PAGE,
					.rights = rights,
				};
		}
		at += len;
	}
	return n;
}

static uint32_t expected(const struct page *a, const struct page *b)
{
	if (!a->rights || !b->rights)
		return a->rights ? PTWALK_CHANGE_VANISHED : b->rights ? PTWALK_CHANGE_APPEARED : 0;
	if (a->pa != b->pa)
		return PTWALK_CHANGE_FRAME;
	if (a->rights != b->rights)
		return PTWALK_CHANGE_RIGHTS;
	return a->page_bytes != b->page_bytes ? PTWALK_CHANGE_SIZE : 0;
}

/* A range of a change says of page @i what the page is. */
static void says(const struct ptwalk_range *r, uint64_t i, const struct page *page)
{
	uint64_t va = KERNEL + i * PAGE, offset = r->page_bytes - 1;
	uint64_t pa = r->pa + (va - r->start);

	assert_int_equal(r->what, page->rights ? PTWALK_LEAF : PTWALK_NONE);
	if (!page->rights)
		return;
	if (r->flags & PTWALK_REPEATS)
		pa = (r->pa & ~offset) + (va & offset);
	assert_int_equal(pa, page->pa * PAGE);
	assert_int_equal(r->rights, page->rights);
	assert_int_equal(r->page_bytes, page->page_bytes);
}

static void check_all(const struct page *before, const struct page *after)
{
	uint64_t at = 0;

	for (size_t c = 0; c <= found.n; c++) {
		const struct ptwalk_change *change = &found.at[c];
		uint64_t next = c < found.n ? (change->start - KERNEL) / PAGE : PAGES;
		uint64_t end = c < found.n ? (change->end - KERNEL) / PAGE : PAGES;

		assert_true(next >= at);
		for (; at < next; at++)
			assert_int_equal(expected(&before[at], &after[at]), 0);
		for (; at < end; at++) {
			assert_int_equal(expected(&before[at], &after[at]), change->kind);
			says(&change->before, at, &before[at]);
			says(&change->after, at, &after[at]);
		}
	}
}

static void random_spaces_page_by_page(void **state)
{
	static struct page before[PAGES], after[PAGES];
	static struct ptwalk_range x[PAGES], y[PAGES];
	uint64_t seed = 11, same, kinds[7] = { 0 };

	(void)state;
	for (unsigned int round = 0; round < 400; round++) {
		size_t n = make(before, x, round & 1, &seed);
		size_t k = make(after, y, round & 1, &seed);
		struct ptwalk_diff_sum sum = diff(x, n, y, k, 0);

		check_all(before, after);
		same = 0;
		for (uint64_t i = 0; i < PAGES; i++)
			same += before[i].rights && after[i].rights &&
				!expected(&before[i], &after[i]);
		assert_int_equal(sum.same_bytes, same * PAGE);
		for (unsigned int i = 0; i < 7; i++)
			kinds[i] += sum.changes[i];
	}
	/* All kinds that there can be did come about. */
	for (unsigned int i = PTWALK_CHANGE_APPEARED; i <= PTWALK_CHANGE_SIZE; i++)
		assert_true(kinds[i] > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(each_kind),
		cmocka_unit_test(pieces_are_joined),
		cmocka_unit_test(within_a_huge_page),
		cmocka_unit_test(a_repeated_frame_against_a_run),
		cmocka_unit_test(repeated_frames_take_no_time),
		cmocka_unit_test(notes),
		cmocka_unit_test(notes_of_several_sizes),
		cmocka_unit_test(repeated_frames_of_two_sizes),
		cmocka_unit_test(what_a_source_only_guesses),
		cmocka_unit_test(one_side_is_empty),
		cmocka_unit_test(stops_and_refusals),
		cmocka_unit_test(random_spaces_page_by_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
