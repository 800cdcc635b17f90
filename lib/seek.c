// SPDX-License-Identifier: GPL-2.0-only
/*
 * seek.c - the first or the last entry of a range that is there.
 */
#include "seek.h"

#define ENTRIES 512

/* One way down: where it stands, and the bounds that it must not leave. */
struct way {
	struct seek *s;
	uint64_t at;
	uint64_t first;
	uint64_t last;
	bool down; /* towards lower addresses */
};

static bool is_there(const struct way *w, unsigned int level, u64 entry)
{
	enum ptw_what what = ptw_classify(w->s->space, level, entry);

	return what == PTW_TABLE || what == PTW_LEAF;
}

/* The entry of this table that is there, from w->at on; ENTRIES where none is. */
static unsigned int find_in_table(const struct way *w, unsigned int level, unsigned int index,
				  const ptw_entry_t *entries)
{
	if (!w->down) {
		while (index < ENTRIES && !is_there(w, level, READ_ONCE(entries[index])))
			index++;
		return index;
	}
	for (;; index--) {
		if (is_there(w, level, READ_ONCE(entries[index])))
			return index;
		if (!index)
			return ENTRIES;
	}
}

/* Goes on behind (or before) the @bytes around w->at; false where nothing is left. */
static bool step_over(struct way *w, uint64_t bytes)
{
	if (w->down) {
		w->at &= ~(bytes - 1);
		return w->at-- > w->first;
	}
	w->at |= bytes - 1;
	return w->at++ < w->last;
}

enum outcome { FOUND, AGAIN, OVER };

static enum outcome look_below(struct way *w, unsigned int want, struct seek_found *found)
{
	const struct ptw_space *sp = w->s->space;
	u64 table = sp->root.v, bytes = 0;
	const ptw_entry_t *entries;

	for (unsigned int level = 0; level < sp->format->nr_levels; level++) {
		unsigned int index, at;
		u64 entry;

		if (!w->s->tables_left)
			return OVER;
		w->s->tables_left--;
		/* A table that cannot be read: behind all that it would cover. */
		if (sp->memory->lend(sp->memory->ctx, ptw_pa(table), 4096, &entries))
			return level && step_over(w, bytes) ? AGAIN : OVER;
		bytes = ptw_level_bytes(sp->format, level);
		index = (w->at / bytes) % ENTRIES;
		at = find_in_table(w, level, index, entries);
		if (at == ENTRIES)
			return level && step_over(w, bytes * ENTRIES) ? AGAIN : OVER;
		if (at != index) {
			w->at = (w->at & ~(bytes - 1)) + (at - (uint64_t)index) * bytes;
			w->at |= w->down ? bytes - 1 : 0;
		}
		if (w->at < w->first || w->at > w->last)
			return OVER;
		entry = READ_ONCE(entries[at]);
		table = ptw_entry_pa(sp, level, entry).v;
		*found = (struct seek_found){
			.va = w->at & ~(bytes - 1),
			.bytes = bytes,
			.pa = table,
			.entry = entry,
			.level = level,
			.leaf = ptw_classify(sp, level, entry) == PTW_LEAF,
		};
		if (found->leaf || level == want)
			return FOUND;
	}
	return OVER;
}

static bool look(struct way *w, unsigned int want, struct seek_found *found)
{
	const struct ptw_memory *memory = w->s->space->memory;
	enum outcome outcome = AGAIN;

	if (w->first > w->last)
		return false;
	while (outcome == AGAIN) {
		if (memory->enter)
			memory->enter(memory->ctx);
		outcome = look_below(w, want, found);
		if (memory->leave)
			memory->leave(memory->ctx);
	}
	return outcome == FOUND;
}

bool seek_first(struct seek *s, uint64_t start, uint64_t end, unsigned int level,
		struct seek_found *found)
{
	struct way w = { .s = s, .at = start, .first = start, .last = end - 1 };

	return look(&w, level, found);
}

bool seek_last(struct seek *s, uint64_t start, uint64_t end, unsigned int level,
	       struct seek_found *found)
{
	struct way w = { .s = s, .at = end - 1, .first = start, .last = end - 1, .down = true };

	return look(&w, level, found);
}
