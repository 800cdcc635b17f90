/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sweep.h - part of a table at once, 64 entries at a time. Private to the scan, which
 * calls it through a pointer: user space has it, and the kernel has not.
 */
#ifndef PTW_SWEEP_H
#define PTW_SWEEP_H

#include "scan.h"

/**
 * struct ptw_sweep - entries to go through, and what they are held against
 * @table: its first entry; it has a multiple of 64
 * @first: index of the first entry to look at
 * @end: index of the first one that is none of ours; more than @first
 * @before: the entry before the first one: a leaf or empty. Only bits of @compare count.
 * @va: address of the first one
 * @shift: an entry covers 1 << @shift bytes
 * @range: the range that ends at @va, and may go on: leaves of this table or holes, and
 *	does not repeat. Those that come of it are behind it.
 * @last: the last place that there is for a range; not before @range
 * @holes_told: 1, or 0 where holes are left out
 * @leaf: what a leaf fits
 * @stray: the only bits that may be set in an empty entry
 * @compare: entry bits that are part of the meaning: at least the address, all that makes
 *	a leaf a leaf and gives it its rights, and all bits but @stray
 * @pa: bits of a leaf that are its address
 * @low: the lowest of them, as long as they are consecutive, and all bits below
 * @denials: what takes rights from a leaf
 * @denying: bits that @denials look at
 * @allowed: rights that the tables above leave
 * @level: of the table
 * @known, @kind: the sweep's own: leaves that are @known in the bits of @leaf and
 *	@denying have this ptw_range.kind
 */
struct ptw_sweep {
	const ptw_entry_t *table;
	unsigned int first;
	unsigned int end;
	u64 before;
	u64 va;
	u8 shift;
	struct ptw_range *range;
	struct ptw_range *last;
	u64 holes_told;
	struct ptw_match leaf;
	u64 stray;
	u64 compare;
	u64 pa;
	u64 low;
	const struct ptw_denial *denials;
	u64 denying;
	u8 allowed;
	u8 level;
	struct ptw_match known;
	u64 kind;
};

/**
 * ptw_sweep() - makes ranges of entries
 * @w: @range is moved on to the range that is the last one then, and may go on
 *
 * It stops before an entry that is neither empty nor a leaf; that is the one before it
 * again, as then the range may repeat; or for which there is no place. A range in which
 * an address has run over its bits is left with one page, or as it was given.
 *
 * Return: how many entries are in ranges now; @range ends behind them.
 */
unsigned int ptw_sweep(struct ptw_sweep *w);

#endif
