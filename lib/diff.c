// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff.c - what changed from one space to another.
 *
 * The ranges of both are gone through side by side, and cut where either begins or ends:
 * a piece is one thing before and one thing after. What is kept is a batch of ranges of
 * each and the change that may still grow, however much is mapped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "part.h"
#include "pass.h"

#define BATCH 256

/* The ranges of one of the two; the one at @next is told up to @at. */
struct side {
	struct ptwalk *p;
	struct ptwalk_map *map;
	int next;
	int nr;
	uint64_t at;
	struct ptwalk_range ranges[BATCH];
};

struct diff {
	struct side before;
	struct side after;
	int (*found)(void *ctx, const struct ptwalk_change *change);
	void *ctx;
	struct ptwalk_diff_sum *sum;
	struct ptwalk_error *err;
	bool pending; /* @change is begun, and may still grow */
	struct ptwalk_change change;
};

const char *ptwalk_change_name(uint32_t kind)
{
	static const char * const names[] = {
		[PTWALK_CHANGE_APPEARED] = "appeared", [PTWALK_CHANGE_VANISHED] = "vanished",
		[PTWALK_CHANGE_FRAME] = "frame",       [PTWALK_CHANGE_RIGHTS] = "rights",
		[PTWALK_CHANGE_SIZE] = "size",	       [PTWALK_CHANGE_NOTE] = "note",
	};

	return kind < ARRAY_SIZE(names) && names[kind] ? names[kind] : "";
}

/* ---- the two sides ---- */

/* The range that is not told in full, or NULL behind the last. */
static const struct ptwalk_range *current(const struct side *s)
{
	return s->next < s->nr ? &s->ranges[s->next] : NULL;
}

static int refill(struct side *s, struct ptwalk_error *err)
{
	int n = ptwalk_map_next(s->map, s->ranges, BATCH, err);

	if (n < 0)
		return n;
	s->next = 0;
	s->nr = n;
	if (!n)
		return 0;
	s->at = s->ranges[0].start;
	return tell_progress(s->p, s->at);
}

/* All up to @end is told. */
static int move_to(struct side *s, uint64_t end, struct ptwalk_error *err)
{
	const struct ptwalk_range *r = current(s);

	if (!r || end - 1 < s->at)
		return 0;
	s->at = end;
	if (end != r->end)
		return 0;
	s->next++;
	if (s->next == s->nr)
		return refill(s, err);
	s->at = s->ranges[s->next].start;
	return 0;
}

/* What is at @at, up to @end; NONE where this side has nothing. */
static struct ptwalk_range part_of(const struct side *s, uint64_t at, uint64_t end)
{
	const struct ptwalk_range *r = current(s);

	if (r && s->at == at)
		return range_part(s->p, r, at, end);
	return (struct ptwalk_range){ .start = at, .end = end, .what = PTWALK_NONE };
}

/* ---- one piece ---- */

/*
 * What a range means. @place: of its first address, which counts on with the addresses
 * where @moves, within a page if it @repeats.
 */
struct meaning {
	uint32_t what;
	uint32_t kind; /* of a note */
	uint32_t type;
	bool moves;
	bool repeats;
	uint64_t place;
};

static struct meaning meaning_of(const struct ptwalk *p, const struct ptwalk_range *r)
{
	struct meaning m = { .what = r->what, .repeats = r->flags & PTWALK_REPEATS };
	struct ptwalk_note note;

	if (r->what == PTWALK_LEAF) {
		m.moves = true;
		m.place = r->pa;
	} else if (r->what == PTWALK_SOFTWARE && p->has_tables) {
		ptwalk_read_note(p, r->start, r->level, r->entry, &note);
		m.kind = note.kind;
		m.type = note.type;
		m.moves = note.has_pa || note.kind == PTWALK_NOTE_SWAP;
		m.place = note.has_pa ? note.pa : note.offset;
		if (note.kind == PTWALK_NOTE_SWAP)
			m.place <<= 12;
		/* The note is of the page's first address. */
		if (m.moves)
			m.place += r->start & (r->page_bytes - 1);
	} else if (r->what == PTWALK_MALFORMED) {
		m.place = r->entry;
	}
	return m;
}

static bool same_kind(const struct meaning *a, const struct meaning *b)
{
	return a->what == b->what && a->kind == b->kind && a->type == b->type;
}

/*
 * The end of the piece, where one side repeats a frame and the other does not: there is
 * one page at most that is the same in both, and it is a piece of its own.
 */
static uint64_t cut_at_equal(const struct ptwalk_range *repeating, const struct meaning *m,
			     const struct meaning *line, uint64_t at, uint64_t end)
{
	uint64_t offset = repeating->page_bytes - 1;
	uint64_t page_end = (at | offset) + 1, equal;

	if (line->place == m->place)
		return lower_end(page_end, end);
	/* Where the line comes to the frame's first byte. */
	equal = at + ((m->place & ~offset) - line->place);
	if (equal > at && !(equal & offset) && !is_behind(equal, end))
		return equal;
	return end;
}

/* Up to where the two are to each other as they are at @at. */
static uint64_t cut(const struct diff *d, uint64_t at, uint64_t end)
{
	const struct ptwalk_range a = part_of(&d->before, at, end);
	const struct ptwalk_range b = part_of(&d->after, at, end);
	const struct meaning x = meaning_of(d->before.p, &a), y = meaning_of(d->after.p, &b);

	if (!same_kind(&x, &y) || !x.moves || !y.moves || x.repeats == y.repeats)
		return end;
	return x.repeats ? cut_at_equal(&a, &x, &y, at, end) : cut_at_equal(&b, &y, &x, at, end);
}

/*
 * Rights of a mapping are the most that its tables may grant: against rights of tables,
 * less is no difference.
 */
static bool rights_differ(const struct ptwalk_range *a, const struct ptwalk_range *b)
{
	bool a_most = a->flags & PTWALK_WALK_RIGHTS_OF_MAPPING;
	bool b_most = b->flags & PTWALK_WALK_RIGHTS_OF_MAPPING;

	if (a_most == b_most)
		return a->rights != b->rights;
	return (a_most ? b->rights & ~a->rights : a->rights & ~b->rights) & (PTWALK_W | PTWALK_X);
}

static uint32_t leaves_differ(const struct ptwalk_range *a, const struct ptwalk_range *b)
{
	if (a->pa != b->pa || ((a->flags ^ b->flags) & PTWALK_REPEATS))
		return PTWALK_CHANGE_FRAME;
	/* Of pages that are not of one size, some repeat another frame than the first. */
	if ((a->flags & PTWALK_REPEATS) && a->page_bytes != b->page_bytes)
		return PTWALK_CHANGE_FRAME;
	if (rights_differ(a, b))
		return PTWALK_CHANGE_RIGHTS;
	if ((a->flags | b->flags) & PTWALK_WALK_SIZE_INFERRED)
		return 0;
	return a->page_bytes != b->page_bytes ? PTWALK_CHANGE_SIZE : 0;
}

static uint32_t notes_differ(const struct diff *d, const struct ptwalk_range *a,
			     const struct ptwalk_range *b)
{
	struct meaning x, y;

	if (a->what != b->what)
		return PTWALK_CHANGE_NOTE;
	/* Without entries, all that is known of a note is that it is there. */
	if (a->what == PTWALK_SOFTWARE && !(d->before.p->has_tables && d->after.p->has_tables))
		return 0;
	x = meaning_of(d->before.p, a);
	y = meaning_of(d->after.p, b);
	if (!same_kind(&x, &y) || x.place != y.place || (x.moves && x.repeats != y.repeats))
		return PTWALK_CHANGE_NOTE;
	return 0;
}

/* enum ptwalk_change_kind, or 0 where nothing changed. */
static uint32_t kind_of(const struct diff *d, const struct ptwalk_range *a,
			const struct ptwalk_range *b)
{
	if (a->what == PTWALK_UNKNOWN || b->what == PTWALK_UNKNOWN)
		return 0;
	if (a->what == PTWALK_LEAF && b->what == PTWALK_LEAF)
		return leaves_differ(a, b);
	if (a->what == PTWALK_LEAF)
		return PTWALK_CHANGE_VANISHED;
	if (b->what == PTWALK_LEAF)
		return PTWALK_CHANGE_APPEARED;
	return notes_differ(d, a, b);
}

/* ---- changes ---- */

static int tell(struct diff *d)
{
	if (!d->pending)
		return 0;
	d->pending = false;
	d->sum->changes[0]++;
	d->sum->changes[d->change.kind]++;
	return d->found(d->ctx, &d->change);
}

/* Whether the pending change goes on; it is made longer. */
static bool join(struct diff *d, const struct ptwalk_change *next)
{
	struct ptwalk_range before = d->change.before, after = d->change.after;

	if (!d->pending || d->change.end != next->start || d->change.kind != next->kind ||
	    !range_goes_on(d->before.p, &before, &next->before) ||
	    !range_goes_on(d->after.p, &after, &next->after))
		return false;
	before.end = after.end = d->change.end = next->end;
	d->change.before = before;
	d->change.after = after;
	return true;
}

static int compare(struct diff *d, uint64_t at, uint64_t end)
{
	struct ptwalk_change next = { .start = at, .end = end };
	int ret;

	next.before = part_of(&d->before, at, end);
	next.after = part_of(&d->after, at, end);
	next.kind = kind_of(d, &next.before, &next.after);
	if (next.before.what == PTWALK_LEAF)
		d->sum->before_bytes += end - at;
	if (next.after.what == PTWALK_LEAF)
		d->sum->after_bytes += end - at;
	if (!next.kind) {
		if (next.before.what == PTWALK_LEAF && next.after.what == PTWALK_LEAF)
			d->sum->same_bytes += end - at;
		return 0;
	}
	if (join(d, &next))
		return 0;
	ret = tell(d);
	d->change = next;
	d->pending = true;
	return ret;
}

/* Brings @end down to where @s has something else than at @at. */
static uint64_t lower(const struct side *s, uint64_t at, uint64_t end)
{
	const struct ptwalk_range *r = current(s);

	if (!r)
		return end;
	return lower_end(end, s->at > at ? s->at : r->end);
}

/* The next address of which either has something; false behind the last. */
static bool next_piece(const struct diff *d, uint64_t *at, uint64_t *end)
{
	const struct ptwalk_range *a = current(&d->before), *b = current(&d->after);

	if (!a && !b)
		return false;
	*at = !b || (a && d->before.at < d->after.at) ? d->before.at : d->after.at;
	*end = lower(&d->after, *at, lower(&d->before, *at, 0));
	return true;
}

static int compare_all(struct diff *d)
{
	uint64_t at, end;
	int ret = refill(&d->before, d->err);

	if (!ret)
		ret = refill(&d->after, d->err);
	while (!ret && next_piece(d, &at, &end)) {
		end = cut(d, at, end);
		ret = compare(d, at, end);
		if (!ret)
			ret = move_to(&d->before, end, d->err);
		if (!ret)
			ret = move_to(&d->after, end, d->err);
	}
	return ret ? ret : tell(d);
}

static int open_side(struct side *s, struct ptwalk *p, struct ptwalk_error *err)
{
	struct half half = own_half(p);

	s->p = p;
	s->map = ptwalk_map_begin(p, half.start, half.end, 0, err);
	return s->map ? 0 : -ENOMEM;
}

int ptwalk_diff(struct ptwalk *before, struct ptwalk *after,
		int (*found)(void *ctx, const struct ptwalk_change *change), void *ctx,
		struct ptwalk_diff_sum *sum, struct ptwalk_error *err)
{
	struct ptwalk_diff_sum own_sum;
	struct diff *d;
	int ret;

	if (!before->pid != !after->pid)
		return fail(err, -EINVAL, "a process has nothing in common with the kernel");
	d = calloc(1, sizeof(*d));
	if (!d)
		return fail(err, -ENOMEM, "no memory");
	d->found = found;
	d->ctx = ctx;
	d->sum = sum ? sum : &own_sum;
	d->err = err;
	memset(d->sum, 0, sizeof(*d->sum));
	ret = open_side(&d->before, before, err);
	if (!ret)
		ret = open_side(&d->after, after, err);
	if (!ret)
		ret = compare_all(d);
	ptwalk_map_end(d->before.map);
	ptwalk_map_end(d->after.map);
	free(d);
	return ret;
}
