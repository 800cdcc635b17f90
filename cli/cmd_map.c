// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_map.c - ptwalk map: what is mapped, as ranges.
 */
#include <string.h>

#include "walk_record.h"

#define BATCH 512

/* What is asked for: all of it, but for what an option leaves out. */
struct filter {
	const char *rights; /* letters of r w x u k that must all fit; NULL for any */
	uint64_t page_bytes; /* 0 for any */
	bool physical; /* only frames of @frames */
	struct span frames;
	bool all; /* what is not mapped, too */
};

struct map {
	struct ptwalk *p;
	struct out *out;
	struct filter filter;
	uint32_t last_region; /* of the last record */
	bool any;
	struct progress progress;
};

static bool is_wanted(const struct filter *f, const struct ptwalk_range *r)
{
	rights_text rights;

	if (r->what != PTWALK_LEAF)
		return f->all || ((r->what == PTWALK_MALFORMED || r->what == PTWALK_UNREADABLE) &&
				  !f->rights && !f->page_bytes && !f->physical);
	if (f->page_bytes && r->page_bytes != f->page_bytes)
		return false;
	fill_rights(rights, r->rights);
	for (const char *c = f->rights; c && *c; c++)
		if (!strchr(rights, *c))
			return false;
	return true;
}

/* Cuts a mapped range down to the pages whose frames are asked for; false for none. */
static bool cut_to_frames(const struct span *frames, struct ptwalk_range *r)
{
	bool repeats = r->flags & PTWALK_REPEATS;
	uint64_t last = r->pa + (repeats ? r->page_bytes : r->end - r->start) - 1;
	uint64_t wanted_last = frames->end - 1; /* an end of 0 is 2^64 */
	uint64_t page = r->page_bytes - 1, skip;

	if (last < frames->start || r->pa > wanted_last)
		return false;
	if (repeats)
		return true;
	if (wanted_last < last)
		r->end -= (last - wanted_last) & ~page;
	if (frames->start > r->pa) {
		skip = (frames->start - r->pa) & ~page;
		r->start += skip;
		r->pa += skip;
	}
	return true;
}

/* The title, where this range is the first of its region. */
static const char *new_title(struct map *m, const struct ptwalk_region *region)
{
	uint32_t kind = region ? region->kind : PTWALK_IN_NONE;

	if (m->any && kind == m->last_region)
		return NULL;
	m->last_region = kind;
	m->any = true;
	return ptwalk_region_title(kind);
}

static void tell_mapped(struct map *m, const struct ptwalk_range *r,
			const struct ptwalk_region *region)
{
	struct map_record record = {
		.start = r->start,
		.end = r->end,
		.bytes = r->end - r->start,
		.pa = r->pa,
		.page_bytes = r->page_bytes,
		.level = level_name(m->p, r->level),
		.rights_of = rights_of(r->flags),
		.repeats = r->flags & PTWALK_REPEATS,
		.region = region_of(m->p, r->start),
		.title = new_title(m, region),
		.source = ptwalk_source_name(m->p),
	};

	fill_rights(record.rights, r->rights);
	record.nr_attributes =
		ptwalk_attributes(m->p, r->level, r->entry, record.attributes, MAX_ATTRIBUTES);
	emit(m->out, &map_type, &record);
}

static void tell_gap(struct map *m, const struct ptwalk_range *r,
		     const struct ptwalk_region *region)
{
	struct gap_record record = {
		.start = r->start,
		.end = r->end,
		.bytes = r->end - r->start,
		.is = ptwalk_what_name(r->what),
		.level = r->page_bytes || r->what == PTWALK_UNREADABLE ?
				 level_name(m->p, r->level) :
				 NULL,
		.has_entry = r->entry != 0,
		.entry = r->entry,
		.has_note = r->what == PTWALK_SOFTWARE && r->entry,
		.region = region_of(m->p, r->start),
		.title = new_title(m, region),
		.source = ptwalk_source_name(m->p),
	};

	if (record.has_note)
		fill_note(&record.note, m->p, r->start, r->level, r->entry);
	emit(m->out, &gap_type, &record);
}

/* One range; where it goes through several regions, a part for each. */
static void tell(struct map *m, struct ptwalk_range r)
{
	uint64_t end;

	if (!is_wanted(&m->filter, &r))
		return;
	if (r.what == PTWALK_LEAF && m->filter.physical && !cut_to_frames(&m->filter.frames, &r))
		return;
	end = r.end;
	do {
		const struct ptwalk_region *region = ptwalk_region_at(m->p, r.start);

		r.end = end;
		if (region && region->end - 1 < end - 1 && r.what == PTWALK_LEAF)
			r.end = region->end;
		if (r.what == PTWALK_LEAF)
			tell_mapped(m, &r, region);
		else
			tell_gap(m, &r, region);
		if (!(r.flags & PTWALK_REPEATS))
			r.pa += r.end - r.start;
		r.start = r.end;
	} while (r.end != end);
}

static int tell_all(struct map *m, struct span span)
{
	struct ptwalk_range ranges[BATCH];
	struct ptwalk_error err;
	struct ptwalk_map *it;
	int n;

	it = ptwalk_map_begin(m->p, span.start, span.end, m->filter.all ? PTWALK_MAP_HOLES : 0,
			      &err);
	if (!it)
		return complain_err(&err);
	while ((n = ptwalk_map_next(it, ranges, BATCH, &err)) > 0 && !m->out->error) {
		for (int i = 0; i < n; i++)
			tell(m, ranges[i]);
		progress_show(&m->progress, "at %llx", (unsigned long long)ptwalk_map_at(it));
	}
	progress_end(&m->progress);
	ptwalk_map_end(it);
	if (n < 0)
		return complain_err(&err);
	return m->any ? DONE : FINDING;
}

/* A process is asked for its own half. */
static struct span default_span(const struct ptwalk *p)
{
	const struct ptwalk_info *info = ptwalk_get_info(p);
	struct span all = { 0, 0 };

	for (uint32_t i = 0; ptwalk_pid(p) && i < info->nr_regions; i++)
		if (info->regions[i].kind == PTWALK_IN_USER)
			return (struct span){ info->regions[i].start, info->regions[i].end };
	return all;
}

static int check_rights(const char *letters)
{
	if (letters && (!*letters || letters[strspn(letters, "rwxuk")]))
		return complain("--filter takes letters of r w x u k, not %.40s", letters);
	return 0;
}

static int run(struct cli *c, int argc, char **argv)
{
	struct map m = { .out = c->out };
	const struct option options[] = {
		{ "filter", 0, OPTION_WORD, &m.filter.rights, NULL },
		{ "size", 0, OPTION_SIZE, &m.filter.page_bytes, NULL },
		{ "phys", 0, OPTION_RANGE, &m.filter.frames, &m.filter.physical },
		{ "all", 0, OPTION_FLAG, &m.filter.all, NULL },
		{ 0 },
	};
	int operands = parse_words(c, options, argc, argv);
	const char *wrong;
	struct span span;
	int status;

	if (operands < 0 || check_rights(m.filter.rights))
		return TROUBLE;
	if (operands > 1)
		return complain("map takes one range, not %d", operands);
	wrong = operands ? parse_span(argv[0], &span) : NULL;
	if (wrong)
		return complain("%.80s %s", argv[0], wrong);
	m.p = open_space(c);
	if (!m.p)
		return TROUBLE;
	if (!operands)
		span = default_span(m.p);
	status = tell_all(&m, span);
	ptwalk_close(m.p);
	return status;
}

const struct verb verb_map = {
	.name = "map",
	.words = "[--filter RIGHTS] [--size SIZE] [--phys RANGE] [--all] [RANGE]",
	.summary = "the ranges that are mapped: frames, page size, rights, region",
	.help = "RANGE is START-END or START+LENGTH, hexadecimal; END is not part of it.\n"
		"Without one: all of the kernel's space, or the process's own half.\n"
		"  --filter RIGHTS  only what has all of these rights: letters of r w x u k\n"
		"                   (wx: writable and executable at once)\n"
		"  --size SIZE      only pages of this size: 4K, 2M, 1G\n"
		"  --phys RANGE     only frames in this range of physical addresses\n"
		"  --all            what is not mapped too: holes, swap and other notes\n"
		"Exit status: 0, or 1 where there is no such range.\n",
	.run = run,
};
