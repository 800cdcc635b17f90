// SPDX-License-Identifier: GPL-2.0-only
/*
 * mem.c - a fake physical memory; see mem.h.
 */
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#include "mem.h"

/* A test that fails jumps out of its function, and leaves its memory behind. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static void breach(struct mem *m, const char *what)
{
	if (!m->breach)
		m->breach = what;
}

static void take_all_back(struct mem *m)
{
	ASAN_POISON_MEMORY_REGION(m->lent, m->nr_pages * MEM_PAGE);
}

static void count(struct mem *m, size_t page)
{
	m->lends[page]++;
	if (m->live && ++m->section_lends[page] > m->most_repeat)
		m->most_repeat = m->section_lends[page];
}

static int find_page(struct mem *m, u64 pa, u64 bytes, size_t *page)
{
	if (bytes != MEM_PAGE)
		breach(m, "asked for other than a table page");
	if (pa % MEM_PAGE)
		breach(m, "asked for an address that is not a page's");
	if (pa < m->base || (pa - m->base) / MEM_PAGE >= m->nr_pages)
		return -EFAULT;
	*page = (pa - m->base) / MEM_PAGE;
	return m->error[*page];
}

static int lend(void *ctx, ptw_pa_t pa, u64 bytes, const ptw_entry_t **entries)
{
	struct mem *m = ctx;
	size_t page;
	ptw_entry_t *copy;
	int error;

	m->asks++;
	if (m->live && !m->inside)
		breach(m, "lend outside a section");
	if (++m->section_asks > m->most_section_asks)
		m->most_section_asks = m->section_asks;
	error = find_page(m, pa.v, bytes, &page);
	if (error)
		return error;
	copy = &m->lent[page * MEM_WORDS];
	ASAN_UNPOISON_MEMORY_REGION(copy, MEM_PAGE);
	memcpy(copy, mem_at(m, page, 0), MEM_PAGE);
	count(m, page);
	*entries = copy;
	return 0;
}

static void enter(void *ctx)
{
	struct mem *m = ctx;

	if (m->inside)
		breach(m, "a section within a section");
	m->inside = true;
	m->section_asks = 0;
	memset(m->section_lends, 0, m->nr_pages * sizeof(*m->section_lends));
}

static void leave(void *ctx)
{
	struct mem *m = ctx;

	if (!m->inside)
		breach(m, "leave without enter");
	m->inside = false;
	m->sections++;
	take_all_back(m);
}

void mem_set_live(struct mem *m, bool live)
{
	m->live = live;
	m->inside = false;
	m->ops = (struct ptw_memory){ .lend = lend, .ctx = m };
	if (live) {
		m->ops.enter = enter;
		m->ops.leave = leave;
	}
	take_all_back(m);
}

/* A page goes into the window before it, or begins one, or lies in none. */
static void add_page(struct mem *m, size_t page, u64 choice)
{
	struct ptw_window *w = &m->window_list[m->windows.nr];
	bool ragged = choice >> (page + 7) % 61 & 1;

	if (m->error[page] || !(choice >> page % 61 & 1))
		return;
	if (m->windows.nr && !ragged && w[-1].pa + w[-1].bytes == mem_pa(m, page)) {
		w[-1].bytes += MEM_PAGE;
		return;
	}
	/* A window that begins behind a page's first entry has nothing of that table. */
	*w = (struct ptw_window){ mem_pa(m, page), MEM_PAGE, mem_at(m, page, 0) };
	if (ragged && choice >> 61 & 1)
		*w = (struct ptw_window){ w->pa + 8, MEM_PAGE - 8, mem_at(m, page, 1) };
	m->windows.nr++;
}

static void index_windows(struct mem *m, unsigned int shift)
{
	struct ptw_windows *w = &m->windows;
	const struct ptw_window *list = m->window_list;
	u64 end = mem_pa(m, m->nr_pages);
	u32 at = 0;

	while (end >> shift > 4 * m->nr_pages)
		shift++;
	w->shift = shift;
	w->nr_parts = end >> shift;
	for (u64 part = 0; part <= w->nr_parts; part++) {
		while (at < w->nr && list[at].pa + list[at].bytes - 1 < part << shift)
			at++;
		m->window_index[part] = at;
	}
	m->window_index[w->nr_parts] = w->nr;
	w->first = m->window_index;
}

void mem_set_windows(struct mem *m, u64 choice)
{
	m->windows = (struct ptw_windows){ .list = m->window_list };
	for (size_t page = 0; page < m->nr_pages; page++)
		add_page(m, page, choice);
	if (m->windows.nr && choice >> 62 & 1)
		m->windows.likely = m->window_list[choice % m->windows.nr];
	if (choice >> 63)
		index_windows(m, 12 + choice % 4);
	m->ops.windows = &m->windows;
}

void mem_count_anew(struct mem *m)
{
	memset(m->lends, 0, m->nr_pages * sizeof(*m->lends));
	m->asks = 0;
	m->sections = 0;
	m->section_asks = 0;
	m->most_section_asks = 0;
	m->most_repeat = 0;
}

/* Zeroed memory that is there, or the end of the test. */
static void *must_calloc(size_t nr, size_t bytes)
{
	void *p = calloc(nr, bytes);

	if (!p)
		abort();
	return p;
}

void mem_init(struct mem *m, u64 base, size_t nr_pages, bool live)
{
	*m = (struct mem){ .base = base, .nr_pages = nr_pages };
	m->words = must_calloc(nr_pages, MEM_PAGE);
	m->lent_room = must_calloc(nr_pages + 1, MEM_PAGE);
	m->lent = (ptw_entry_t *)(m->lent_room + 4);
	m->error = must_calloc(nr_pages, sizeof(*m->error));
	m->lends = must_calloc(nr_pages, sizeof(*m->lends));
	m->section_lends = must_calloc(nr_pages, sizeof(*m->section_lends));
	m->window_list = must_calloc(nr_pages, sizeof(*m->window_list));
	m->window_index = must_calloc(4 * nr_pages + 2, sizeof(*m->window_index));
	mem_set_live(m, live);
}

void mem_deinit(struct mem *m)
{
	ASAN_UNPOISON_MEMORY_REGION(m->lent, m->nr_pages * MEM_PAGE);
	free(m->words);
	free(m->lent_room);
	free(m->error);
	free(m->lends);
	free(m->section_lends);
	free(m->window_list);
	free(m->window_index);
}

void mem_fill(struct mem *m, size_t page, u64 value)
{
	for (unsigned int i = 0; i < MEM_WORDS; i++)
		*mem_at(m, page, i) = value;
}

int mem_read(const struct mem *m, u64 pa, u64 *value)
{
	size_t page;

	if (pa < m->base || (pa - m->base) / MEM_PAGE >= m->nr_pages)
		return -EFAULT;
	page = (pa - m->base) / MEM_PAGE;
	if (m->error[page])
		return m->error[page];
	*value = m->words[(pa - m->base) / sizeof(u64)];
	return 0;
}
