// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_snapshot.c - a space of a snapshot: its ranges, without tables and without bytes.
 * Of the half that is not the space's own it knows nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "part.h"
#include "pass.h"
#include "snapshot_file.h"

/* Ranges in order of address; none overlaps another. */
struct saved {
	size_t n;
	struct ptwalk_range ranges[];
};

static void saved_close(struct ptwalk *p)
{
	free(p->state);
}

/* The first range that does not end before @va, or the number of them. */
static size_t first_from(const struct saved *s, uint64_t va)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_behind(va, s->ranges[middle].end))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_own(const struct ptwalk *p, uint64_t va)
{
	return va >> 63 == (p->pid == 0);
}

static bool is_canonical(const struct ptwalk *p, uint64_t va)
{
	return !p->space.format || ptw_canonical(p->space.format, ptw_va(va));
}

/* Where the next half, or the gap between the two, begins. */
static uint64_t next_border(const struct ptwalk *p, uint64_t va)
{
	uint64_t half = p->space.format ? 1ULL << (p->space.format->va_bits - 1) : UPPER_HALF;

	if (va < half)
		return half;
	return va < -half ? -half : 0;
}

/* What is at @at, up to @end at most: a saved range's part, or what lies between. */
static struct ptwalk_range piece_at(const struct ptwalk *p, uint64_t at, uint64_t end)
{
	const struct saved *s = p->state;
	struct ptwalk_range gap = { .start = at, .what = PTWALK_NONE };
	size_t i;

	gap.end = lower_end(next_border(p, at), end);
	if (!is_canonical(p, at)) {
		gap.what = PTWALK_NONCANONICAL;
		return gap;
	}
	if (!is_own(p, at)) {
		gap.what = PTWALK_UNKNOWN;
		return gap;
	}
	i = first_from(s, at);
	if (i < s->n && s->ranges[i].start <= at)
		return range_part(p, &s->ranges[i], at, lower_end(s->ranges[i].end, end));
	if (i < s->n)
		gap.end = lower_end(gap.end, s->ranges[i].start);
	return gap;
}

/* What a note says, for who sees no entry of a walk. */
static uint32_t note_flags(const struct ptwalk *p, const struct ptwalk_range *r)
{
	struct ptwalk_note note;

	if (r->what != PTWALK_SOFTWARE || !p->has_tables)
		return 0;
	ptwalk_read_note(p, r->start, r->level, r->entry, &note);
	switch (note.kind) {
	case PTWALK_NOTE_SWAP:
	case PTWALK_NOTE_MIGRATION:
		return PTWALK_WALK_SWAPPED;
	case PTWALK_NOTE_PROTNONE:
		return PTWALK_WALK_NO_ACCESS;
	default:
		return 0;
	}
}

static void walk_one(const struct ptwalk *p, uint64_t va, struct ptwalk_walk *out)
{
	const struct ptwalk_range r = piece_at(p, va, va + 1);

	memset(out, 0, sizeof(*out));
	memset(out->decided, PTWALK_NO_LEVEL, sizeof(out->decided));
	out->va = va;
	out->end = r.what;
	out->level = PTWALK_NO_LEVEL;
	out->flags = (r.flags & ~PTWALK_REPEATS) | note_flags(p, &r);
	out->page_bytes = r.page_bytes;
	if (r.what != PTWALK_LEAF)
		return;
	out->pa = r.pa;
	out->level = r.level;
	out->rights = r.rights;
}

static int saved_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		      struct ptwalk_page *pages, struct ptwalk_error *err)
{
	if (pages)
		return fail(err, -EOPNOTSUPP, "a snapshot has no page details; the module has");
	for (size_t i = 0; i < n; i++)
		walk_one(p, va[i], &out[i]);
	return 0;
}

static bool is_hole(const struct ptwalk_range *r)
{
	return r->what == PTWALK_NONE || r->what == PTWALK_NONCANONICAL;
}

static int saved_scan(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges,
		      unsigned int max, struct ptwalk_error *err)
{
	unsigned int nr = 0;

	(void)err;
	while (!c->over && nr < max) {
		ranges[nr] = piece_at(p, c->at, c->end);
		c->at = ranges[nr].end;
		c->over = c->at == c->end || !c->at;
		if (c->holes || !is_hole(&ranges[nr]))
			nr++;
	}
	return (int)nr;
}

static int64_t saved_read(struct ptwalk *p, uint64_t address, bool physical, void *buffer,
			  size_t bytes, struct ptwalk_error *err)
{
	(void)p;
	(void)buffer;
	(void)bytes;
	return fail(err, -EOPNOTSUPP, "a snapshot has no bytes (asked for %s%llx)",
		    physical ? "physical address " : "", (unsigned long long)address);
}

const struct source_ops snapshot_ops = {
	.name = "snapshot",
	.ranges_only = true,
	.close = saved_close,
	.walk = saved_walk,
	.scan = saved_scan,
	.read = saved_read,
};

static const struct snapshot_space *find_space(const struct snapshot *s, uint32_t pid)
{
	size_t low = 0, high = s->nr_spaces;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->spaces[middle].pid == pid)
			return &s->spaces[middle];
		if (s->spaces[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* They were counted when the file was opened; it may have been written to since. */
static struct saved *load(const struct snapshot *snapshot, const struct snapshot_space *space,
			  struct ptwalk_error *err)
{
	struct saved *s = malloc(sizeof(*s) + space->nr_ranges * sizeof(s->ranges[0]));
	struct snapshot_reader rd;
	struct ptwalk_range r;
	const char *what;
	int ret;

	if (!s) {
		fail(err, -ENOMEM, "no memory for %zu ranges", space->nr_ranges);
		return NULL;
	}
	s->n = 0;
	snapshot_begin(&rd, space, snapshot->end);
	while ((ret = snapshot_next(&rd, &r, &what)) > 0 && s->n < space->nr_ranges)
		s->ranges[s->n++] = r;
	if (ret == 0 && s->n == space->nr_ranges)
		return s;
	fail(err, -EBADMSG, "the snapshot is not what it was when it was opened");
	free(s);
	return NULL;
}

static int set_format(struct ptwalk *p, const struct snapshot_space *space,
		      struct ptwalk_error *err)
{
	uint32_t levels = p->info.levels;
	int ret;

	if (!space->format)
		return 0;
	/* pagemap knows the format by the processor, and has seen no tables. */
	p->info.levels = space->format->nr_levels;
	ret = space_setup(p, NULL, err);
	p->info.levels = levels;
	p->space.root = ptw_pa(space->root);
	return ret;
}

int snapshot_space_open(struct ptwalk *p, struct ptwalk_image *im, struct ptwalk_error *err)
{
	const struct snapshot_space *space = find_space(im->snapshot, p->pid);
	int ret;

	if (!space && p->pid)
		return fail(err, -ESRCH, "the snapshot has no process %u", p->pid);
	if (!space)
		return fail(err, -ESRCH, "the snapshot is not of the kernel; name a pid");
	if ((p->flags & PTWALK_OPEN_USER_HALF) && !space->user_half)
		return fail(err, -EOPNOTSUPP,
			    "the snapshot does not have the tables that the process runs on");
	p->ops = &snapshot_ops;
	p->image = im;
	p->info = im->kernel;
	p->has_tables = space->has_entries;
	ret = set_format(p, space, err);
	if (ret < 0)
		return ret;
	p->state = load(im->snapshot, space, err);
	return p->state ? 0 : err ? err->code : -ENOMEM;
}
