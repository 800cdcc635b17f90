// SPDX-License-Identifier: GPL-2.0-only
/*
 * show.c - answers as text, and whether two are the same; see show.h.
 */
#include <stdio.h>

#include "show.h"

const char *show_what(enum ptw_what what)
{
	static const char * const names[] = {
		[PTW_NONE] = "none",
		[PTW_TABLE] = "table",
		[PTW_LEAF] = "leaf",
		[PTW_SOFTWARE] = "software",
		[PTW_MALFORMED] = "malformed",
		[PTW_UNREADABLE] = "unreadable",
		[PTW_NONCANONICAL] = "noncanonical",
	};

	return what < ARRAY_SIZE(names) ? names[what] : "?";
}

void show_walk(const char *whose, const struct ptw_walk *w)
{
	fprintf(stderr, "%s: va %016llx ends %s, error %d, pa %llx, page_bytes %llx\n", whose,
		w->va.v, show_what(w->end), w->error, w->pa.v, w->page_bytes);
	for (unsigned int i = 0; i < w->nr_steps && i < PTW_MAX_LEVELS; i++)
		fprintf(stderr, "    level %u: at %llx entry %016llx %s\n", i,
			w->steps[i].entry_pa.v, w->steps[i].entry, show_what(w->steps[i].is));
}

void show_rights(const char *whose, const struct ptw_rights *r)
{
	fprintf(stderr, "%s: rights %x, decided %u %u %u %u\n", whose, r->allowed, r->decided[0],
		r->decided[1], r->decided[2], r->decided[3]);
}

void show_soft(const char *whose, const struct ptw_soft *soft)
{
	fprintf(stderr, "%s: soft kind %d, has_pa %d, type %u, offset %llx, pa %llx\n", whose,
		soft->kind, soft->has_pa, soft->type, soft->offset, soft->pa.v);
}

void show_range(const char *whose, const struct ptw_range *r)
{
	fprintf(stderr,
		"%s: [%016llx, %016llx) %s level %u rights %x repeats %d error %d"
		" page_bytes %llx entry %016llx pa %llx\n",
		whose, r->start.v, r->end.v, show_what(r->what), r->level, r->rights, r->repeats,
		r->error, r->page_bytes, r->entry, r->pa.v);
}

void show_model(const struct model *m)
{
	fprintf(stderr,
		"levels %u cr3 %llx encryption %llx pa_bits %u release %d"
		" memory [%llx, +%zu pages)\n",
		m->levels, m->cr3, m->encryption, m->pa_bits, m->release, m->mem->base,
		m->mem->nr_pages);
}

bool same_walk(const struct ptw_walk *a, const struct ptw_walk *b)
{
	if (a->va.v != b->va.v || a->end != b->end || a->nr_steps != b->nr_steps ||
	    a->error != b->error || a->pa.v != b->pa.v || a->page_bytes != b->page_bytes)
		return false;
	for (unsigned int i = 0; i < a->nr_steps; i++)
		if (a->steps[i].entry_pa.v != b->steps[i].entry_pa.v ||
		    a->steps[i].entry != b->steps[i].entry || a->steps[i].is != b->steps[i].is)
			return false;
	return true;
}

bool same_rights(const struct ptw_rights *a, const struct ptw_rights *b)
{
	for (unsigned int i = 0; i < PTW_NR_RIGHTS; i++)
		if (a->decided[i] != b->decided[i])
			return false;
	return a->allowed == b->allowed;
}

bool same_soft(const struct ptw_soft *a, const struct ptw_soft *b)
{
	return a->kind == b->kind && a->has_pa == b->has_pa && a->type == b->type &&
	       a->offset == b->offset && a->pa.v == b->pa.v;
}

bool same_range(const struct ptw_range *a, const struct ptw_range *b)
{
	return a->start.v == b->start.v && a->end.v == b->end.v && a->what == b->what &&
	       a->level == b->level && a->rights == b->rights && a->repeats == b->repeats &&
	       a->error == b->error && a->page_bytes == b->page_bytes && a->entry == b->entry &&
	       a->pa.v == b->pa.v;
}
