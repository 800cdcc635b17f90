/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seek.h - the first or the last entry of a range that is there, without a look at
 * all the others: empty tables of the upper levels are stepped over whole.
 */
#ifndef LIB_SEEK_H
#define LIB_SEEK_H

#include "../core/walk.h"

/**
 * struct seek - where to look, and how much
 * @space: of whose upper half (bit 63 of addresses is set)
 * @tables_left: table pages that may be asked for; counted down
 */
struct seek {
	const struct ptw_space *space;
	unsigned int tables_left;
};

/**
 * struct seek_found - an entry that is there
 * @va: the first address that it covers
 * @bytes: that it covers
 * @pa: of the page that it maps, or of its table
 * @entry: as read
 * @level: it stands at
 * @leaf: it maps a page; else it is of the level asked for, and points at a table
 */
struct seek_found {
	uint64_t va;
	uint64_t bytes;
	uint64_t pa;
	uint64_t entry;
	unsigned int level;
	bool leaf;
};

/* Pages: below all levels. */
#define SEEK_LEAF PTW_MAX_LEVELS

/*
 * The lowest, or the highest, entry of [@start, @end) that is a leaf, or a table of
 * @level. An end of 0 is 2^64. Where @start, or @end, lies within what an entry
 * covers, that entry counts. Malformed entries and tables that cannot be read count
 * as empty. False where there is none, or no table is left.
 */
bool seek_first(struct seek *s, uint64_t start, uint64_t end, unsigned int level,
		struct seek_found *found);
bool seek_last(struct seek *s, uint64_t start, uint64_t end, unsigned int level,
	       struct seek_found *found);

#endif
