// SPDX-License-Identifier: GPL-2.0-only
/*
 * stream.c - whole scans of a hand-made space; see stream.h.
 */
#include <stdio.h>
#include <string.h>

#include "show.h"
#include "stream.h"

#define MOST_TABLES 100000 /* for any hand-made space */

static void check_contract(const struct hand *h, const struct ptw_scan *scan, u64 granted)
{
	const struct mem *mem = &h->mem;

	if (mem->breach)
		fail_msg("%s", mem->breach);
	assert_false(mem->inside);
	assert_int_equal(mem->asks, granted - scan->tables_left);
	/* one section: one way down, one table page */
	if (mem->live)
		assert_in_range(mem->most_section_asks, 0, h->space.format->nr_levels);
	assert_in_range(mem->most_repeat, 0, 1);
}

void stream_read(struct stream *s, struct hand *h, u64 start, u64 end)
{
	u64 granted = s->grant ? s->grant : MOST_TABLES;
	struct ptw_scan scan;
	int n;

	s->n = 0;
	mem_count_anew(&h->mem);
	assert_int_equal(ptw_scan_init(&scan, &h->space, ptw_va(start), ptw_va(end), granted), 0);
	if (s->compare)
		scan.compare = s->compare;
	for (;;) {
		assert_in_range(s->n + s->max, 0, STREAM_MOST);
		n = ptw_scan_next(&scan, &s->ranges[s->n], s->max);
		check_contract(h, &scan, granted);
		if (n == -E2BIG) {
			assert_int_not_equal(s->grant, 0);
			scan.tables_left += s->grant;
			granted += s->grant;
			continue;
		}
		if (n <= 0)
			break;
		assert_in_range(n, 1, s->max);
		s->n += n;
	}
	assert_int_equal(n, 0);
	/* and over it stays */
	assert_int_equal(ptw_scan_next(&scan, &s->ranges[s->n], 1), 0);
}

/* The ways to scan: every one must give the same ranges. */
static const struct {
	bool live;
	unsigned int max;
	u64 grant;
} ways[] = {
	{ false, 64, 0 }, /* all at once */
	{ false, 1, 0 }, /* one range a call */
	{ false, 2, 0 }, /* neither */
	{ false, 64, 1 }, /* one table a call */
	{ false, 1, 1 }, /* one of both */
	{ true, 64, 0 }, /* sections */
	{ true, 1, 0 }, /* a section has its sink full */
	{ true, 3, PTW_MAX_LEVELS }, /* one way down a call */
};

static bool same_stream(const struct stream *s, const struct ptw_range *want, unsigned int n)
{
	for (unsigned int i = 0; i < n && i < s->n; i++)
		if (!same_range(&s->ranges[i], &want[i]))
			return false;
	return s->n == n;
}

void expect_stream(struct hand *h, u64 start, u64 end, const struct ptw_range *want, unsigned int n)
{
	static struct stream s;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		s.compare = 0;
		s.max = ways[i].max;
		s.grant = ways[i].grant;
		mem_set_live(&h->mem, ways[i].live);
		stream_read(&s, h, start, end);
		if (same_stream(&s, want, n))
			continue;
		fprintf(stderr, "scan of [%llx, %llx), way %zu:\n", start, end, i);
		for (unsigned int k = 0; k < s.n; k++)
			show_range("core", &s.ranges[k]);
		for (unsigned int k = 0; k < n; k++)
			show_range("want", &want[k]);
		fail();
	}
	mem_set_live(&h->mem, false);
}

static void shape_of(const struct stream *s, u64 unit, char *text, size_t room)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < s->n && used < room; i++)
		used += snprintf(text + used, room - used, "%s%llu%s", i ? " " : "",
				 (s->ranges[i].end.v - s->ranges[i].start.v) / unit,
				 s->ranges[i].repeats ? "r" : "");
}

void expect_shape(struct hand *h, u64 start, u64 end, u64 unit, u64 compare, const char *shape)
{
	static struct stream s;
	char text[512];

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		s.compare = compare;
		s.max = ways[i].max;
		s.grant = ways[i].grant;
		mem_set_live(&h->mem, ways[i].live);
		stream_read(&s, h, start, end);
		shape_of(&s, unit, text, sizeof(text));
		if (!strcmp(text, shape))
			continue;
		for (unsigned int k = 0; k < s.n; k++)
			show_range("core", &s.ranges[k]);
		fail_msg("scan of [%llx, %llx), way %zu: %s, not %s", start, end, i, text, shape);
	}
	mem_set_live(&h->mem, false);
}

static u64 level_size(unsigned int level)
{
	return 1ULL << (39 - 9 * level); /* of four */
}

struct ptw_range leaf_range(u64 start, u64 end, unsigned int level, u64 entry, u64 pa)
{
	return (struct ptw_range){
		.start = { start },
		.end = { end },
		.what = PTW_LEAF,
		.level = level,
		.rights = PTW_ALL_RIGHTS,
		.page_bytes = level_size(level),
		.entry = entry,
		.pa = { pa },
	};
}

struct ptw_range soft_range(u64 start, u64 end, unsigned int level, u64 entry)
{
	return (struct ptw_range){
		.start = { start },
		.end = { end },
		.what = PTW_SOFTWARE,
		.level = level,
		.page_bytes = level_size(level),
		.entry = entry,
	};
}

struct ptw_range hole_range(u64 start, u64 end)
{
	return (struct ptw_range){ .start = { start }, .end = { end }, .what = PTW_NONE };
}

struct ptw_range gap_range(u64 start, u64 end)
{
	return (struct ptw_range){ .start = { start }, .end = { end }, .what = PTW_NONCANONICAL };
}

struct ptw_range unreadable_range(u64 start, u64 end, unsigned int level, int error)
{
	return (struct ptw_range){
		.start = { start },
		.end = { end },
		.what = PTW_UNREADABLE,
		.level = level,
		.error = error,
		.page_bytes = level_size(level),
	};
}
