// SPDX-License-Identifier: GPL-2.0-only
/*
 * scan.c - a range of addresses as a stream of consecutive ranges.
 *
 * The scan holds the tables on the way down to the address it is at (path),
 * and one range that may still grow (range). Every entry either makes that
 * range longer or ends it. Nothing here recurses; each turn of the loops
 * consumes addresses or goes one level down.
 */
#include "entry.h"
#include "follow.h"
#include "sweep.h"

/* Cache lines of the next table to fetch in advance; the processor finds the rest. */
#define LINES_AHEAD 16

/* Behind so many frames in no order there will be more: scatter() is the faster way. */
#define MANY_SCATTERED 16

/* A sweep that is put off is tried again so many entries later. */
#define SWEEP_LATER 64

static u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* Where finished ranges go. */
struct sink {
	struct ptw_range *ranges;
	unsigned int max;
	unsigned int n;
};

/* Bits of a leaf that its rights depend on. */
static u64 denying_bits(const struct ptw_level *lv)
{
	const struct ptw_denial *row;
	u64 bits = 0;

	for (row = lv->leaf_denials; row->takes; row++)
		bits |= row->when.mask;
	return bits;
}

/* Bits of a leaf that make it what it is: never left out of a comparison. */
static u64 structure_bits(const struct ptw_format *f, const struct ptw_level *lv)
{
	u64 bits = f->present.mask | lv->table.mask | lv->leaf_zero | field_bits(&lv->leaf_pa);

	return bits | lv->bad[0].mask | lv->bad[1].mask | denying_bits(lv);
}

int ptw_scan_init(struct ptw_scan *s, const struct ptw_space *sp, ptw_va_t start, ptw_va_t end,
		  u64 max_tables)
{
	const struct ptw_format *f = sp->format;
	unsigned int i;

	if (end.v && end.v < start.v)
		return -EINVAL;

	*s = (struct ptw_scan){
		.compare = ~f->volatile_bits,
		.tables_left = max_tables,
		.space = sp,
		.at = start.v,
		.end = end.v,
		.over = start.v == end.v && start.v,
	};
	for (i = 0; i < f->nr_levels; i++)
		s->structure[i] = structure_bits(f, &f->levels[i]);
	return 0;
}

static inline bool canonical(const struct ptw_scan *s)
{
	return sign_extended(s->space->format, s->at) == s->at;
}

/* Bytes from here to the end of the scan, less one: 2^64 has no other number. */
static u64 left_less_one(const struct ptw_scan *s)
{
	return s->end - s->at - 1;
}

/*
 * Moves on by @bytes less one plus one, or to the end of the scan, and lets go
 * of the tables that do not cover the new address. The root covers them all.
 */
static inline void advance(struct ptw_scan *s, u64 bytes_less_one)
{
	u64 before = s->at;

	if (bytes_less_one >= left_less_one(s)) {
		s->at = s->end;
		s->over = true;
		return;
	}
	s->at += bytes_less_one + 1;
	while (s->depth > 1) {
		const struct ptw_level *lv = level_of(s, s->depth - 1);

		if ((before ^ s->at) >> lv->shift >> lv->bits == 0)
			break;
		s->depth--;
	}
}

/* From here to the end of the entry that covers this address, less one. */
static u64 rest_less_one(const struct ptw_scan *s, const struct ptw_level *lv)
{
	return ~s->at & (level_bytes(lv) - 1);
}

static void finish(struct ptw_scan *s, struct sink *sink)
{
	if (!s->no_holes || !is_hole(&s->range))
		sink->ranges[sink->n++] = s->range;
	s->pending = false;
}

/*
 * The addresses up to @bytes_less_one from here mean @next. What was pending is
 * finished unless it goes on; the sink has room for that.
 */
static void add(struct ptw_scan *s, struct sink *sink, struct ptw_range *next, u64 bytes_less_one)
{
	next->start = ptw_va(s->at);
	advance(s, bytes_less_one);
	next->end = ptw_va(s->at);

	if (s->pending && follows(s, &s->range, next)) {
		s->range.end = next->end;
		return;
	}
	if (s->pending)
		finish(s, sink);
	s->range = *next;
	s->pending = true;
}

/*
 * An entry that ends the way down. Every field is named: the kernel's compiler
 * would clear the struct with a string instruction, which costs more than all else.
 */
static void add_entry(struct ptw_scan *s, struct sink *sink, enum ptw_what what, u64 entry)
{
	unsigned int level = s->depth - 1;
	const struct ptw_level *lv = level_of(s, level);
	bool hole = what == PTW_NONE;
	struct ptw_range next = {
		.start = ptw_va(s->at),
		.end = ptw_va(s->at),
		.pa = ptw_pa(0),
		.entry = hole ? 0 : entry,
		.what = what,
		.level = hole ? 0 : level,
		.rights = 0,
		.repeats = false,
		.error = 0,
		.page_bytes = hole ? 0 : level_bytes(lv),
	};

	if (what == PTW_LEAF) {
		next.rights = s->path[level].rights & ~entry_denies(lv->leaf_denials, entry);
		next.pa = ptw_pa(leaf_pa(s->space, lv, entry) | (s->at & (next.page_bytes - 1)));
	}
	add(s, sink, &next, rest_less_one(s, lv));
}

/*
 * What the next entries must be to make the pending range longer, of which
 * @entry is the last one; false: ask follows() instead. It is made from the last
 * entry, not from the range's first: that one may stand in another table, where
 * the same bits meant other rights.
 */
static bool expectation(const struct ptw_scan *s, const struct ptw_level *lv, u64 *entry, u64 *step,
			u64 *compare, u64 *most)
{
	const struct ptw_range *r = &s->range;

	*step = 0;
	*compare = ~0ULL;
	*most = ~0ULL;
	if (r->what != PTW_LEAF)
		return r->repeats;
	*compare = s->compare | s->structure[r->level];
	if (r->repeats)
		return true;
	*most = room_for_carry(s->space, lv, leaf_pa(s->space, lv, *entry));
	*step = level_bytes(lv);
	*entry += *step;
	return true;
}

/* From here to the table's end; in the root, to the end of this half. */
static unsigned int entries_left(const struct ptw_scan *s, const struct ptw_level *lv)
{
	unsigned int end = 1U << lv->bits;
	unsigned int i = level_index(lv, s->at);

	if (!canonical(s))
		return 0;
	if (s->depth == 1 && i < end / 2)
		end /= 2;
	return end - i;
}

/*
 * The fast way through a table: entries that go on from *@last, one comparison each;
 * *@last is the last of them then, in the bits that are compared. It begins on an
 * entry's first address; advance() clips what lies behind the scan's end.
 */
static void run(struct ptw_scan *s, u64 *last)
{
	unsigned int level = s->depth - 1;
	const struct ptw_level *lv = level_of(s, level);
	const ptw_entry_t *entries = s->path[level].entries + level_index(lv, s->at);
	u64 entry = *last, step = 0, compare, most, n;

	if (s->range.what == PTW_NONE) {
		compare = ~s->space->format->stray_bits;
		n = how_many_alike(entries, entries_left(s, lv), 0, 0, compare);
	} else {
		if (!expectation(s, lv, &entry, &step, &compare, &most))
			return;
		most = min_u64(most, entries_left(s, lv));
		n = step ? how_many_alike(entries, most, entry, step, compare) :
			   how_many_alike(entries, most, entry, 0, compare);
	}
	if (!n)
		return;
	*last += n * step;
	advance(s, (n << lv->shift) - 1);
	s->range.end = ptw_va(s->at);
}

/* Whole entries from here to the scan's end. An entry lies behind, so 2^64 does not. */
static u64 whole_entries_left(const struct ptw_scan *s, const struct ptw_level *lv)
{
	return (left_less_one(s) + 1) >> lv->shift;
}

/*
 * The fast way through a table of leaves that have nothing to do with each other,
 * as a process's pages have not: each makes the pending page, of which @entry is
 * the entry, a range of its own, and is pending itself. It takes entries that
 * differ from @entry in no bit but plain address bits and those that have no
 * meaning to the walker, so they are well-formed leaves with the same rights. It
 * ends before one that may go on or repeat; and with one place left in the sink,
 * as what is pending is made in the sink too.
 */
static void scatter(struct ptw_scan *s, struct sink *sink, u64 entry)
{
	const u64 page = s->range.page_bytes, kind = s->range.kind;
	const struct ptw_level *lv = level_of(s, s->range.level);
	const ptw_entry_t *entries = s->path[s->range.level].entries + level_index(lv, s->at);
	const u64 plain = plain_address_bits(s->space, lv);
	const u64 alike = s->structure[s->range.level] & ~plain;
	const u64 same = leaf_pa(s->space, lv, entry) & ~plain;
	u64 most = min_u64(entries_left(s, lv), whole_entries_left(s, lv));
	struct ptw_range *range = &sink->ranges[sink->n];
	u64 before = leaf_pa(s->space, lv, entry);
	u64 n, at = s->at;

	most = min_u64(most, sink->max - sink->n - 1);
	*range = s->range;
	for (n = 0; n < most; n++, at += page) {
		u64 next = READ_ONCE(entries[n]);
		u64 pa = same | (next & plain);

		/* The same page again, or the next one: they are 0 or one page apart. */
		if (((next ^ entry) & alike) || !((pa - before) & ~page))
			break;
		before = pa;
		*++range = (struct ptw_range){
			.start = ptw_va(at),
			.end = ptw_va(at + page),
			.pa = ptw_pa(pa),
			.entry = next,
			.kind = kind,
			.page_bytes = page,
		};
	}
	if (!n)
		return;
	sink->n += n;
	s->range = *range;
	advance(s, (n << lv->shift) - 1);
}

/*
 * Whether a sweep may be tried: it takes ranges to differ where follows() does if all
 * bits count that make an entry what it is, or that an empty one has not.
 */
static bool can_sweep(const struct ptw_scan *s)
{
	const struct ptw_range *r = &s->range;
	unsigned int level = s->depth - 1;
	const struct ptw_level *lv = level_of(s, level);
	u64 address = field_bits(&lv->leaf_pa) & ~s->space->encryption;
	u64 needed = (s->structure[level] | ~s->space->format->stray_bits) & ~address;

	if (level_index(lv, s->at) < s->path[level].sweep_from || needed & ~s->compare)
		return false;
	return r->what == PTW_NONE || (r->what == PTW_LEAF && !r->repeats);
}

/* Where a sweep does not pay, it mostly would not among the next entries either. */
static void put_off_sweep(struct ptw_scan *s)
{
	unsigned int level = s->depth - 1;

	s->path[level].sweep_from = level_index(level_of(s, level), s->at) + SWEEP_LATER;
}

/*
 * The fast way through a table of short ranges, holes and leaves, of which @last is the
 * last entry. What is pending is made in the sink.
 */
static noinline_ void sweep(struct ptw_scan *s, struct sink *sink, u64 last)
{
	unsigned int level = s->depth - 1;
	const struct ptw_level *lv = level_of(s, level);
	unsigned int n, first = level_index(lv, s->at);
	struct ptw_sweep w = {
		.table = s->path[level].entries,
		.first = first,
		.end = first + min_u64(entries_left(s, lv), whole_entries_left(s, lv)),
		.before = last,
		.va = s->at,
		.shift = lv->shift,
		.range = &sink->ranges[sink->n],
		.last = &sink->ranges[sink->max - 1],
		.holes_told = !s->no_holes,
		.leaf = s->leaf[level],
		.stray = s->space->format->stray_bits,
		.compare = s->compare | s->structure[level],
		.pa = lv->leaf_pa.mask & ~s->space->encryption,
		.low = carry_bits(s->space, lv) | (level_bytes(lv) - 1),
		.denials = lv->leaf_denials,
		.denying = denying_bits(lv),
		.allowed = s->path[level].rights,
		.level = level,
		.known = { 0, 0 },
		.kind = 0,
	};

	*w.range = s->range;
	n = w.first < w.end ? s->sweep(&w) : 0;
	if (w.range - &sink->ranges[sink->n] < 2) /* what one sweep costs */
		put_off_sweep(s);
	if (!n)
		return;
	sink->n = w.range - sink->ranges;
	s->range = *w.range;
	advance(s, ((u64)n << lv->shift) - 1);
}

/* The fast ways on from @entry, the last one of the pending range. */
static void hurry(struct ptw_scan *s, struct sink *sink, u64 entry)
{
	unsigned int depth = s->depth, n = sink->n;

	if (s->range.what == PTW_LEAF && one_page(&s->range)) {
		scatter(s, sink, entry);
		entry = s->range.entry;
	} else {
		run(s, &entry);
	}
	if (!s->sweep || s->over || s->depth != depth)
		return;
	if (sink->n - n >= MANY_SCATTERED)
		put_off_sweep(s);
	else if (can_sweep(s))
		sweep(s, sink, entry);
}

/* True for a range that another copy of the same table makes only longer. */
static bool means_one_thing(const struct ptw_range *r)
{
	return r->what == PTW_NONE || r->what == PTW_UNREADABLE || r->repeats;
}

/*
 * True when the table of the entry at hand is the one that was gone through
 * just before, from its first address to its last, and was all one range.
 */
static bool same_again(const struct ptw_scan *s, unsigned int level, u64 entry, u8 rights)
{
	u64 bytes = level_bytes(level_of(s, level));
	const struct ptw_range *r = &s->range;

	if (!s->last[level].known ||
	    (s->last[level].entry ^ entry) & ~s->space->format->volatile_bits)
		return false;
	if (!s->pending || !means_one_thing(r) || r->end.v != s->at)
		return false;
	if (s->last[level].start + bytes != s->at || r->start.v > s->last[level].start)
		return false;
	return s->last[level].rights == rights;
}

/*
 * Has the processor fetch the table that comes after the one of the entry at hand,
 * while that one is gone through. Only what is mapped can be looked up ahead.
 */
static void look_ahead(const struct ptw_scan *s, unsigned int level)
{
	const struct ptw_windows *windows = s->space->memory->windows;
	const struct ptw_level *lv = level_of(s, level);
	unsigned int i = level_index(lv, s->at) + 1;
	const ptw_entry_t *next;
	u64 entry;

	if (!windows || i >> lv->bits)
		return;
	entry = READ_ONCE(s->path[level].entries[i]);
	if (entry_classify(s->space, lv, entry) != PTW_TABLE)
		return;
	next = windows_near(windows, table_pa(s->space, lv, entry), table_bytes(lv + 1));
	for (unsigned int line = 0; next && line < LINES_AHEAD; line++)
		__builtin_prefetch(next + line * 8);
}

/* Asks the memory for the table at @pa. An error of the memory is an answer. */
static int hold(struct ptw_scan *s, u64 pa, u8 rights, int *unreadable)
{
	const struct ptw_memory *memory = s->space->memory;
	const struct ptw_level *lv = level_of(s, s->depth);
	const ptw_entry_t *entries;

	if (!s->tables_left)
		return -E2BIG;
	s->tables_left--;
	*unreadable = memory_lend(memory, lv, pa, &entries);
	if (*unreadable)
		return 0;
	s->path[s->depth].entries = entries;
	s->path[s->depth].rights = rights;
	s->path[s->depth].sweep_from = 0;
	s->depth++;
	return 0;
}

/* Holds the root, or says that all of this half, up to its end, is unreadable. */
static int begin(struct ptw_scan *s, struct sink *sink)
{
	const struct ptw_format *f = s->space->format;
	int unreadable, err;

	err = hold(s, s->space->root.v, PTW_ALL_RIGHTS, &unreadable);
	if (!err && unreadable) {
		struct ptw_range next = {
			.what = PTW_UNREADABLE,
			.level = f->nr_levels,
			.error = unreadable,
		};

		add(s, sink, &next, ~s->at & ((1ULL << (f->va_bits - 1)) - 1));
	}
	return err;
}

/*
 * One level down, or over the entry where its table is the last one again.
 * Where that would take a section (@worked) to a second table page, nothing is
 * done: 1.
 */
static int descend(struct ptw_scan *s, struct sink *sink, u64 entry, bool worked)
{
	unsigned int level = s->depth - 1;
	const struct ptw_level *lv = level_of(s, level);
	u8 rights = s->path[level].rights & ~entry_denies(lv->table_denials, entry);
	int unreadable, err;

	if (same_again(s, level, entry, rights)) {
		s->last[level].start = s->at;
		advance(s, rest_less_one(s, lv));
		s->range.end = ptw_va(s->at);
		return 0;
	}
	if (worked && s->space->memory->leave)
		return 1;

	look_ahead(s, level);
	err = hold(s, table_pa(s->space, lv, entry), rights, &unreadable);
	if (err)
		return err;
	s->last[level].entry = entry;
	s->last[level].start = s->at & ~(level_bytes(lv) - 1);
	s->last[level].rights = rights;
	s->last[level].known = true;
	if (unreadable) {
		struct ptw_range next = {
			.what = PTW_UNREADABLE,
			.level = level,
			.error = unreadable,
			.page_bytes = level_bytes(lv),
		};

		add(s, sink, &next, rest_less_one(s, lv));
	}
	return 0;
}

/* From the end of the lower half to the beginning of the upper one. */
static void add_gap(struct ptw_scan *s, struct sink *sink)
{
	struct ptw_range next = { .what = PTW_NONCANONICAL };
	u64 upper = ~0ULL << (s->space->format->va_bits - 1);

	add(s, sink, &next, upper - s->at - 1);
}

/*
 * One critical section's worth: the way down, then the entries of the table
 * that it ends in. Memory without sections is gone through to the end.
 */
static int section(struct ptw_scan *s, struct sink *sink)
{
	const struct ptw_memory *memory = s->space->memory;
	bool worked = false;

	while (!s->over && sink->n < sink->max) {
		unsigned int depth = s->depth;
		enum ptw_what what;
		int err = 0;
		u64 entry;

		if (!canonical(s)) {
			add_gap(s, sink);
			continue;
		}
		if (!depth) {
			err = begin(s, sink);
			if (err)
				return err;
			continue;
		}
		entry = READ_ONCE(
			s->path[depth - 1].entries[level_index(level_of(s, depth - 1), s->at)]);
		what = entry_classify(s->space, level_of(s, depth - 1), entry);
		if (what == PTW_TABLE) {
			err = descend(s, sink, entry, worked);
			if (err)
				return err < 0 ? err : 0;
		} else {
			add_entry(s, sink, what, entry);
			if (!s->over && s->depth == depth && sink->n < sink->max)
				hurry(s, sink, entry);
		}
		worked = worked || s->depth <= depth;
		if (s->depth < depth && memory->leave)
			return 0;
	}
	return 0;
}

int ptw_scan_next(struct ptw_scan *s, struct ptw_range *ranges, unsigned int max)
{
	const struct ptw_memory *memory = s->space->memory;
	struct sink sink = { .ranges = ranges, .max = max };
	int err = 0;

	if (!max)
		return -EINVAL;
	while (!s->over && sink.n < max && !err) {
		memory_enter(memory);
		err = section(s, &sink);
		memory_leave(memory);
		if (memory->leave)
			s->depth = 0;
	}
	if (s->over && s->pending && sink.n < max)
		finish(s, &sink);
	return sink.n ? (int)sink.n : err;
}
