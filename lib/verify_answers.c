// SPDX-License-Identifier: GPL-2.0-only
/*
 * verify_answers.c - when two answers to one question differ.
 */
#include "verify.h"

const char *ptwalk_difference_name(uint32_t in)
{
	static const char * const names[] = {
		[PTWALK_DIFFERS_MAPPED] = "mapped",   [PTWALK_DIFFERS_PA] = "pa",
		[PTWALK_DIFFERS_SIZE] = "page_bytes", [PTWALK_DIFFERS_RIGHTS] = "rights",
		[PTWALK_DIFFERS_ENTRY] = "entry",     [PTWALK_DIFFERS_END] = "why",
	};

	return in < ARRAY_SIZE(names) && names[in] ? names[in] : "";
}

/* Not both are leaves. */
static uint32_t ends_differ(const struct ptwalk_walk *a, const struct ptwalk_walk *b)
{
	if (a->end == b->end)
		return 0;
	return a->end == PTWALK_LEAF || b->end == PTWALK_LEAF ? PTWALK_DIFFERS_MAPPED :
								PTWALK_DIFFERS_END;
}

/* The way down. Where the root lies is the source's own affair: each has its
 * own. */
static bool steps_differ(const struct ptwalk *p, const struct ptwalk_walk *a,
			 const struct ptwalk_walk *b)
{
	uint64_t compare = ~p->space.format->volatile_bits;

	if (a->nr_steps != b->nr_steps)
		return true;
	for (unsigned int i = 0; i < a->nr_steps; i++) {
		if (i && a->steps[i].entry_pa != b->steps[i].entry_pa)
			return true;
		if ((a->steps[i].entry ^ b->steps[i].entry) & compare)
			return true;
	}
	return false;
}

static uint32_t walks_differ(const struct ptwalk *p, const struct ptwalk_walk *a,
			     const struct ptwalk_walk *b)
{
	if (a->end != b->end)
		return ends_differ(a, b);
	if (a->pa != b->pa)
		return PTWALK_DIFFERS_PA;
	if (a->end == PTWALK_LEAF && (a->page_bytes != b->page_bytes || a->level != b->level))
		return PTWALK_DIFFERS_SIZE;
	if (a->rights != b->rights)
		return PTWALK_DIFFERS_RIGHTS;
	return steps_differ(p, a, b) ? PTWALK_DIFFERS_ENTRY : 0;
}

/* The frame that a note keeps for a page which is there, but not to be
 * accessed. */
static bool keeps_frame(const struct ptwalk *p, const struct ptwalk_walk *w, uint64_t *pa)
{
	struct ptwalk_note note;
	unsigned int level;
	uint64_t bytes;

	if (w->end != PTWALK_SOFTWARE || !w->nr_steps)
		return false;
	level = w->nr_steps - 1;
	ptwalk_read_note(p, w->va, level, w->steps[level].entry, &note);
	if (!note.has_pa ||
	    (note.kind != PTWALK_NOTE_PROTNONE && note.kind != PTWALK_NOTE_SPLITTING))
		return false;
	bytes = ptwalk_level_bytes(p, level);
	*pa = note.pa + (w->va & (bytes - 1));
	return true;
}

/*
 * Tables against frames without tables. The kernel's pagemap counts a page with
 * PROT_NONE as present. Sizes are inferred there, so they are no answer. Rights
 * are the mapping's, and x86 can read what it can write or execute.
 */
static uint32_t frames_differ(const struct ptwalk *p, const struct ptwalk_walk *tables,
			      const struct ptwalk_walk *frames)
{
	uint8_t more = tables->rights & ~frames->rights & (PTWALK_W | PTWALK_X);
	uint64_t kept;

	if (frames->end == PTWALK_LEAF && keeps_frame(p, tables, &kept))
		return kept == frames->pa ? 0 : PTWALK_DIFFERS_PA;
	if (tables->end == PTWALK_LEAF && frames->end == PTWALK_LEAF) {
		if (tables->pa != frames->pa)
			return PTWALK_DIFFERS_PA;
		return more ? PTWALK_DIFFERS_RIGHTS : 0;
	}
	return ends_differ(tables, frames);
}

uint32_t answers_differ(const struct ptwalk *p, const struct ptwalk_walk *a, const struct ptwalk *q,
			const struct ptwalk_walk *b)
{
	if (a->end == PTWALK_UNKNOWN || b->end == PTWALK_UNKNOWN)
		return 0;
	if (p->has_tables && q->has_tables)
		return walks_differ(p, a, b);
	if (p->has_tables)
		return frames_differ(p, a, b);
	if (q->has_tables)
		return frames_differ(q, b, a);
	if (a->end != b->end)
		return ends_differ(a, b);
	return a->pa != b->pa ? PTWALK_DIFFERS_PA : 0;
}
