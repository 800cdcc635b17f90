/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mem.h - a fake physical memory that knows its edges and holds its borrower
 * to the contract of struct ptw_memory.
 *
 * The tests write mem.words. What is lent is a copy of one page in another
 * arena, which AddressSanitizer keeps poisoned but for what the contract grants
 * at that moment: a read of anything else is reported where it happens.
 */
#ifndef TEST_MEM_H
#define TEST_MEM_H

#include "../../core/walk.h"

#define MEM_PAGE 4096ULL
#define MEM_WORDS 512

/**
 * struct mem - @nr_pages pages of physical memory from @base on
 * @ops: what the core is given
 * @words: the memory, as the test writes it
 * @error: for each page the errno that lending it gives, 0 to lend it
 * @lends: for each page how often it was lent since mem_count_anew()
 * @asks: how often @ops.lend was called, refused or not
 * @sections: how many sections were left
 * @section_asks: asks in this section; @most_section_asks: in the largest one
 * @most_repeat: how often one page was lent in one section, at most
 * @breach: the first breach of the contract, NULL when there was none
 */
struct mem {
	struct ptw_memory ops;
	u64 base;
	size_t nr_pages;
	u64 *words;
	int *error;
	unsigned int *lends;
	unsigned long asks;
	unsigned long sections;
	unsigned int section_asks;
	unsigned int most_section_asks;
	unsigned int most_repeat;
	const char *breach;

	bool live;
	bool inside;
	char *lent_room;
	ptw_entry_t *lent;
	unsigned int *section_lends;
	struct ptw_windows windows;
	struct ptw_window *window_list;
	u32 *window_index;
};

/* @live: with sections, the end of which takes back what was lent in it. */
void mem_init(struct mem *m, u64 base, size_t nr_pages, bool live);
void mem_deinit(struct mem *m);

/* Changes between live and not; takes back all that is lent. */
void mem_set_live(struct mem *m, bool live);

/*
 * Has the walker read by itself, in windows, some of the pages that can be lent:
 * which ones, where a window ends and how they are looked up is in @choice. Until
 * mem_set_live(); what is read in this way is no ask.
 */
void mem_set_windows(struct mem *m, u64 choice);

/* Sets the counters, not the memory, to 0. */
void mem_count_anew(struct mem *m);

/* Physical address of a page of this memory. */
static inline u64 mem_pa(const struct mem *m, size_t page)
{
	return m->base + page * MEM_PAGE;
}

/* One entry of one page. */
static inline u64 *mem_at(const struct mem *m, size_t page, unsigned int index)
{
	return &m->words[page * MEM_WORDS + index];
}

/* Fills a page with one value. */
void mem_fill(struct mem *m, size_t page, u64 value);

/* What reading a word gives: 0 and *@value, or the errno of its page. */
int mem_read(const struct mem *m, u64 pa, u64 *value);

#endif
