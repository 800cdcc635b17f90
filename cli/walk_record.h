/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * walk_record.h - records of the library's answers, for every verb that has walks.
 */
#ifndef CLI_WALK_RECORD_H
#define CLI_WALK_RECORD_H

#include "cli.h"

/* A vtop record and what it points at. */
struct walk_text {
	struct vtop_record record;
	struct step_record steps[MAX_LEVELS];
	char why[96];
};

/* @page: NULL where there are no page details. @t lives as long as its record. */
void fill_vtop(struct walk_text *t, const struct ptwalk *p, const struct ptwalk_walk *w,
	       const struct ptwalk_page *page);

void fill_note(struct note_record *n, const struct ptwalk *p, uint64_t va, unsigned int level,
	       uint64_t entry);

/* The names of the levels that take each right away; @decided as in struct ptwalk_walk. */
void fill_decided(struct decided_record *d, const struct ptwalk *p, const uint8_t decided[4]);

/* "mapping" where @flags (PTWALK_WALK_*) say so, else NULL. */
const char *rights_of(uint32_t flags);

/* The name of the region that @va lies in; "none" where there is none. */
const char *region_of(const struct ptwalk *p, uint64_t va);

/* NULL where there is no such level. */
const char *level_name(const struct ptwalk *p, unsigned int level);

#endif
