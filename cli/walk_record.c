// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk_record.c - records of the library's answers.
 */
#include <stdio.h>
#include <string.h>

#include "walk_record.h"

void fill_rights(rights_text text, unsigned int rights)
{
	text[0] = rights & PTWALK_R ? 'r' : '-';
	text[1] = rights & PTWALK_W ? 'w' : '-';
	text[2] = rights & PTWALK_X ? 'x' : '-';
	text[3] = rights & PTWALK_U ? 'u' : 'k';
	text[4] = '\0';
}

const char *region_of(const struct ptwalk *p, uint64_t va)
{
	const struct ptwalk_region *r = ptwalk_region_at(p, va);

	return ptwalk_region_name(r ? r->kind : PTWALK_IN_NONE);
}

const char *level_name(const struct ptwalk *p, unsigned int level)
{
	const char *name = ptwalk_level_name(p, level);

	return *name ? name : NULL;
}

void fill_note(struct note_record *n, const struct ptwalk *p, uint64_t va, unsigned int level,
	       uint64_t entry)
{
	struct ptwalk_note note;

	ptwalk_read_note(p, va, level, entry, &note);
	*n = (struct note_record){
		.kind = ptwalk_note_name(note.kind),
		.has_pa = note.has_pa,
		.pa = note.pa,
		.is_swap = note.kind == PTWALK_NOTE_SWAP,
		.swap_type = note.type,
		.swap_offset = note.offset,
	};
}

static void fill_steps(struct walk_text *t, const struct ptwalk *p, const struct ptwalk_walk *w)
{
	for (unsigned int i = 0; i < w->nr_steps; i++) {
		struct step_record *s = &t->steps[i];

		s->level = ptwalk_level_name(p, i);
		s->entry_pa = w->steps[i].entry_pa;
		s->entry = w->steps[i].entry;
		s->malformed = w->steps[i].is == PTWALK_MALFORMED;
		s->is = ptwalk_what_name(s->malformed ? PTWALK_NONE : w->steps[i].is);
		s->nr_attributes = ptwalk_attributes(p, i, s->entry, s->attributes, MAX_ATTRIBUTES);
	}
	t->record.walk = t->steps;
	t->record.nr_walk = w->nr_steps;
}

const char *rights_of(uint32_t flags)
{
	return flags & PTWALK_WALK_RIGHTS_OF_MAPPING ? "mapping" : NULL;
}

void fill_decided(struct decided_record *d, const struct ptwalk *p, const uint8_t decided[4])
{
	d->r = level_name(p, decided[0]);
	d->w = level_name(p, decided[1]);
	d->x = level_name(p, decided[2]);
	d->u = level_name(p, decided[3]);
}

static void say_why_without_tables(char *why, size_t bytes, const struct ptwalk_walk *w)
{
	const char *text = "nothing is mapped there";

	if (w->end == PTWALK_UNKNOWN)
		text = "this source does not tell: it sees neither the kernel's half nor "
		       "PFN-mapped memory";
	else if (w->end == PTWALK_NONCANONICAL)
		text = "the address is not canonical";
	else if (w->flags & PTWALK_WALK_NO_ACCESS)
		text = "the page is there, but PROT_NONE lets nobody access it";
	else if (w->flags & PTWALK_WALK_SWAPPED)
		text = "the page is swapped out, or being moved";
	snprintf(why, bytes, "%s", text);
}

/* Why the walk ended without a page. */
static void say_why(char *why, size_t bytes, const struct ptwalk *p, const struct ptwalk_walk *w,
		    const struct note_record *note)
{
	const char *level = w->nr_steps ? ptwalk_level_name(p, w->nr_steps - 1) : "";

	if (!w->nr_steps && w->end == PTWALK_UNREADABLE)
		snprintf(why, bytes, "the root table cannot be read");
	else if (!w->nr_steps)
		say_why_without_tables(why, bytes, w);
	else if (w->end == PTWALK_NONE)
		snprintf(why, bytes, "the %s entry is empty", level);
	else if (w->end == PTWALK_SOFTWARE)
		snprintf(why, bytes, "the %s entry is the kernel's note: %s", level, note->kind);
	else if (w->end == PTWALK_MALFORMED)
		snprintf(why, bytes, "the %s entry has reserved bits set", level);
	else
		snprintf(why, bytes, "the table below the %s entry cannot be read", level);
}

static void fill_page(struct page_record *r, const struct ptwalk_page *page)
{
	*r = (struct page_record){
		.kind = ptwalk_page_kind_name(page->kind),
		.order = page->order,
		.refcount = page->refcount,
		.mapcount = page->mapcount,
		.node = page->node,
	};
	memcpy(r->zone, page->zone, sizeof(page->zone));
}

void fill_vtop(struct walk_text *t, const struct ptwalk *p, const struct ptwalk_walk *w,
	       const struct ptwalk_page *page)
{
	struct vtop_record *r = &t->record;

	*r = (struct vtop_record){
		.va = w->va,
		.mapped = w->end == PTWALK_LEAF,
		.pa = w->pa,
		.page_bytes = w->page_bytes,
		.region = region_of(p, w->va),
		.source = ptwalk_source_name(p),
		.unlocked = ptwalk_source_unlocked(p),
		.has_note = w->end == PTWALK_SOFTWARE && w->nr_steps,
		.has_page = page && page->kind != PTWALK_FRAME_NONE,
	};
	fill_steps(t, p, w);
	if (r->has_page)
		fill_page(&r->page, page);
	if (r->mapped) {
		r->level = level_name(p, w->level);
		fill_rights(r->rights, w->rights);
		fill_decided(&r->decided, p, w->decided);
		r->rights_of = rights_of(w->flags);
		r->size_inferred = w->flags & PTWALK_WALK_SIZE_INFERRED;
		return;
	}
	if (r->has_note)
		fill_note(&r->note, p, w->va, w->nr_steps - 1, w->steps[w->nr_steps - 1].entry);
	say_why(t->why, sizeof(t->why), p, w, &r->note);
	r->why = t->why;
}
