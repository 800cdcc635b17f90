// SPDX-License-Identifier: GPL-2.0-only
/* walk.c - one address through every level. */
#include "entry.h"

int ptw_space_init(struct ptw_space *sp, const struct ptw_format *format,
		   const struct ptw_memory *memory, u64 root, u64 encryption, unsigned int pa_bits)
{
	const struct ptw_level *top = &format->levels[0];

	if (pa_bits > format->pa_bits)
		return -EINVAL;
	if (encryption & ~field_bits(&format->levels[format->nr_levels - 1].leaf_pa))
		return -EINVAL;
	if (!pa_bits)
		pa_bits = format->pa_bits;

	*sp = (struct ptw_space){
		.format = format,
		.memory = memory,
		.root = ptw_pa(field_get(&top->table_pa, root) & ~encryption),
		.encryption = encryption,
		.pa_limit = (1ULL << pa_bits) - 1,
		.swap = &ptw_swap_types_6_12,
	};
	return 0;
}

bool ptw_canonical(const struct ptw_format *format, ptw_va_t va)
{
	return sign_extended(format, va.v) == va.v;
}

/* Goes down from the root until an entry is no table. Fills steps, end, error. */
static void go_down(const struct ptw_space *sp, struct ptw_walk *w)
{
	const struct ptw_level *lv = sp->format->levels;
	const struct ptw_memory *memory = sp->memory;
	u64 table = sp->root.v;
	const ptw_entry_t *entries;
	unsigned int i;

	for (i = 0; i < sp->format->nr_levels; i++, lv++) {
		unsigned int index = level_index(lv, w->va.v);
		struct ptw_step *step = &w->steps[i];

		w->error = memory_lend(memory, lv, table, &entries);
		if (unlikely(w->error)) {
			w->end = PTW_UNREADABLE;
			return;
		}
		step->entry_pa = ptw_pa(table + index * sizeof(u64));
		step->entry = READ_ONCE(entries[index]);
		step->is = entry_classify(sp, lv, step->entry);
		w->nr_steps = i + 1;
		w->end = step->is;
		if (step->is != PTW_TABLE)
			return;
		table = table_pa(sp, lv, step->entry);
	}
	/* Only a format whose last level may be a table comes here. */
	w->end = PTW_MALFORMED;
}

static int end_errno(const struct ptw_walk *w)
{
	switch (w->end) {
	case PTW_LEAF:
		return 0;
	case PTW_NONE:
	case PTW_SOFTWARE:
		return -ENOENT;
	case PTW_UNREADABLE:
		return w->error;
	case PTW_NONCANONICAL:
		return -EINVAL;
	default:
		return -EBADMSG;
	}
}

int ptw_walk(const struct ptw_space *sp, ptw_va_t va, struct ptw_walk *w)
{
	const struct ptw_format *format = sp->format;
	const struct ptw_level *lv;

	w->va = va;
	w->nr_steps = 0;
	w->error = 0;
	w->pa = ptw_pa(0);
	w->page_bytes = 0;
	if (!ptw_canonical(format, va)) {
		w->end = PTW_NONCANONICAL;
		return -EINVAL;
	}

	memory_enter(sp->memory);
	go_down(sp, w);
	memory_leave(sp->memory);

	if (!w->nr_steps) {
		/* The root cannot be read: all of this half is as unreadable. */
		w->page_bytes = 1ULL << (format->va_bits - 1);
		return end_errno(w);
	}
	lv = &format->levels[w->nr_steps - 1];
	w->page_bytes = level_bytes(lv);
	if (w->end == PTW_LEAF)
		w->pa = ptw_pa(leaf_pa(sp, lv, w->steps[w->nr_steps - 1].entry) |
			       (va.v & (w->page_bytes - 1)));
	return end_errno(w);
}
