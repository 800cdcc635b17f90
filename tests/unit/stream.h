/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stream.h - whole scans of a hand-made space, and what they should give.
 */
#ifndef TEST_STREAM_H
#define TEST_STREAM_H

#include "hand.h"

#define STREAM_MOST 1200

/**
 * struct stream - all ranges of one scan
 * @compare: ptw_scan.compare to set, 0 for the usual
 * @max: room that each ptw_scan_next() is given
 * @grant: tables that it is granted at the beginning and each time they are
 *	used up; 0 for more than there may be
 */
struct stream {
	u64 compare;
	unsigned int max;
	u64 grant;
	unsigned int n;
	struct ptw_range ranges[STREAM_MOST];
};

/* Scans [@start, @end) to its end; fails the test on a broken contract. */
void stream_read(struct stream *s, struct hand *h, u64 start, u64 end);

/*
 * Scans in many ways (one range a call and many, sections and none, few tables
 * at a time and all) and fails the test where any gives other ranges than @want.
 */
void expect_stream(struct hand *h, u64 start, u64 end, const struct ptw_range *want,
		   unsigned int n);

/* The same for an array of them. */
#define EXPECT(h, start, end, want) expect_stream(h, start, end, want, ARRAY_SIZE(want))

/*
 * The same for scans of which only the shape matters: how many pages or holes
 * each range has, as "2 1r 1": an r marks those that repeat.
 */
void expect_shape(struct hand *h, u64 start, u64 end, u64 unit, u64 compare, const char *shape);

/* Ranges for a list of them. All rights, unless a test says otherwise. */
struct ptw_range leaf_range(u64 start, u64 end, unsigned int level, u64 entry, u64 pa);
struct ptw_range soft_range(u64 start, u64 end, unsigned int level, u64 entry);
struct ptw_range hole_range(u64 start, u64 end);
struct ptw_range gap_range(u64 start, u64 end);
struct ptw_range unreadable_range(u64 start, u64 end, unsigned int level, int error);

#endif
