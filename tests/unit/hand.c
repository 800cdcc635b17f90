// SPDX-License-Identifier: GPL-2.0-only
/*
 * hand.c - hand-made page tables; see hand.h.
 */
#include "hand.h"

void hand_init(struct hand *h, const struct ptw_format *format)
{
	mem_init(&h->mem, HAND_BASE, HAND_PAGES, false);
	h->used = 1;
	assert_int_equal(ptw_space_init(&h->space, format, &h->mem.ops, HAND_BASE, 0, 0), 0);
}

struct ptw_space space_of(const struct ptw_format *format, u64 encryption, unsigned int pa_bits)
{
	static const struct ptw_memory none;
	struct ptw_space sp;

	assert_int_equal(ptw_space_init(&sp, format, &none, 0, encryption, pa_bits), 0);
	return sp;
}

void hand_deinit(struct hand *h)
{
	const char *breach = h->mem.breach;

	mem_deinit(&h->mem);
	if (breach)
		fail_msg("%s", breach);
}

u64 hand_page(struct hand *h)
{
	assert_true(h->used < HAND_PAGES);
	return mem_pa(&h->mem, h->used++);
}

static u64 *word_at(struct hand *h, u64 pa)
{
	assert_in_range(pa, HAND_BASE, HAND_BASE + HAND_PAGES * MEM_PAGE - 1);
	return &h->mem.words[(pa - HAND_BASE) / sizeof(u64)];
}

u64 *hand_entry(struct hand *h, u64 va, unsigned int level)
{
	unsigned int shift = 12 + 9 * (h->space.format->nr_levels - 1);
	u64 table = HAND_BASE;

	for (unsigned int i = 0;; i++, shift -= 9) {
		u64 *entry = word_at(h, table + 8 * ((va >> shift) & 511));

		if (i == level)
			return entry;
		if (!*entry)
			*entry = hand_page(h) | X_TABLE;
		table = *entry & X_FLIP;
	}
}

void hand_put(struct hand *h, u64 va, unsigned int level, u64 entry)
{
	*hand_entry(h, va, level) = entry;
}

void hand_fill(struct hand *h, u64 pa, u64 entry, u64 step)
{
	for (unsigned int i = 0; i < MEM_WORDS; i++)
		*word_at(h, pa + 8 * i) = entry + i * step;
}
