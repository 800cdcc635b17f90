/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scan.h - a range of addresses as a stream of consecutive ranges.
 */
#ifndef PTW_SCAN_H
#define PTW_SCAN_H

#include "walk.h"

/**
 * struct ptw_range - consecutive addresses that mean one thing
 * @start: first address
 * @end: first address behind it; 0 is 2^64, the end of the address space
 * @what: PTW_LEAF, PTW_NONE, PTW_SOFTWARE, PTW_MALFORMED, PTW_UNREADABLE or
 *	PTW_NONCANONICAL
 * @level: PTW_LEAF, PTW_SOFTWARE, PTW_MALFORMED: level of the entries;
 *	PTW_UNREADABLE: level of the entry whose table cannot be read
 *	(nr_levels of the format where it is the root); else 0
 * @rights: PTW_LEAF: effective rights, all levels together; else 0
 * @repeats: there are two or more entries, and every page has the same frame,
 *	or every entry the same software note or malformed bits; else each
 *	follows on from the one before, or there is nothing to follow (holes,
 *	the gap, unreadable tables)
 * @error: PTW_UNREADABLE: the memory's errno; else 0
 * @page_bytes: what one entry of @level covers, where that is given; 0 for
 *	holes, the non-canonical gap and an unreadable root
 * @entry: PTW_LEAF, PTW_SOFTWARE, PTW_MALFORMED: the first page's entry, as
 *	it was read; else 0
 * @pa: PTW_LEAF: physical address of @start, offset included; else 0
 * @kind: @what, @level, @rights, @repeats and @error in one word, to copy them
 *
 * Two neighbours mean one thing when they are alike in @what, @level, @rights
 * and @error, in the bits of their entries that ptw_scan.compare names (but for
 * those that hold the address, frame or swap slot), and when one follows on
 * from the other: a leaf's frame is the next one or the same one, a software
 * entry's frame or swap slot likewise, and its kind, swap type and marker bits
 * are the same; what has neither frame nor slot only repeats. (An entry above
 * the last level holds as many frames or slots as it covers pages.) Holes of
 * all levels are one hole. Ranges are made from the lowest address up, each as
 * long as it can be; its second page decides whether it goes on or repeats.
 */
struct ptw_range {
	ptw_va_t start;
	ptw_va_t end;
	ptw_pa_t pa;
	u64 entry;
	u64 page_bytes;
	union {
		struct {
			enum ptw_what what : 8;
			u8 level;
			u8 rights;
			bool repeats;
			int error;
		};
		u64 kind;
	};
};

struct ptw_sweep; /* sweep.h: private */

/**
 * struct ptw_scan - a scan under way
 * @compare: entry bits that are part of a page's meaning. ptw_scan_init() sets
 *	all but the format's volatile bits; a caller may change it before the
 *	first ptw_scan_next().
 * @tables_left: how many more table pages the scan may ask the memory for; it
 *	is counted down, whether the memory has them or not. The caller may set
 *	it anew at any time, to go on.
 * @no_holes: PTW_NONE and PTW_NONCANONICAL are left out, and the ranges not
 *	consecutive. ptw_scan_init() sets false; it may be changed as @compare may.
 *
 * The rest is private. It may be copied, and thrown away at any time.
 */
struct ptw_scan {
	u64 compare;
	u64 tables_left;
	bool no_holes;

	const struct ptw_space *space;
	u64 at; /* next address to look at */
	u64 end; /* 0 is 2^64 */
	bool over;
	bool pending; /* @range is begun, and may still grow */
	struct ptw_range range;
	unsigned int depth; /* tables of @path that are held */
	struct {
		const ptw_entry_t *entries;
		u8 rights;
		u32 sweep_from; /* no sweep before this entry: it would come to little */
	} path[PTW_MAX_LEVELS];
	struct {
		u64 entry; /* of the table that was last gone through */
		u64 start; /* address that it begins at */
		u8 rights;
		bool known;
	} last[PTW_MAX_LEVELS];
	u64 structure[PTW_MAX_LEVELS]; /* entry bits that are always compared */
	unsigned int (*sweep)(struct ptw_sweep *w); /* ptw_sweep(), or NULL: without vectors */
	struct ptw_match leaf[PTW_MAX_LEVELS]; /* where @sweep is set: fits a well-formed leaf */
};

/**
 * ptw_scan_init() - begins a scan of [@start, @end)
 * @end: 0 is 2^64. Equal addresses are an empty range, but 0 to 0 is all.
 * @max_tables: sets ptw_scan.tables_left. An honest space has no more tables
 *	than its memory has pages, though it may use one more than once; a
 *	table that points at itself, or garbage, can pretend to any number.
 *
 * Return: 0, or -EINVAL where @end is below @start.
 */
int ptw_scan_init(struct ptw_scan *s, const struct ptw_space *sp, ptw_va_t start, ptw_va_t end,
		  u64 max_tables);

/**
 * ptw_scan_use_vectors() - has a scan use the processor's vectors, where it has them
 * @s: begun by ptw_scan_init(), and no ptw_scan_next() yet
 *
 * The ranges are the same; tables of many short ones are gone through in less time.
 * Nothing changes where the processor has no such vectors, or where an entry of the
 * format cannot be told by the few comparisons that they need. For user space: it is in
 * sweep.c, which no module has.
 */
void ptw_scan_use_vectors(struct ptw_scan *s);

/**
 * ptw_scan_next() - the next ranges
 * @ranges: filled from the front
 * @max: room in it, at least 1
 *
 * The ranges are consecutive: the first begins where the scan does, each where
 * the one before it ends, the last ends where the scan does.
 *
 * Locking: critical sections of the memory, where it has them, of one table
 * page each; between two of them the tables may change, and the scan goes down
 * from the root again. It never holds one when it returns.
 * Work: each table page is asked for once (memory with sections: once for each
 * section). Neighbouring entries that point at one and the same table, and are
 * alike but for volatile bits, are gone through once, if it means one thing
 * throughout (KASAN's shadow of
 * what is not there).
 *
 * Return: how many ranges, 0 when the scan is over, or -E2BIG when tables_left
 * is used up, or -EINVAL when @max is 0. No range is lost by -E2BIG: set
 * tables_left and call again; with sections, each of which goes down from the
 * root, to PTW_MAX_LEVELS at least, or nothing may come of it.
 */
int ptw_scan_next(struct ptw_scan *s, struct ptw_range *ranges, unsigned int max);

#endif
