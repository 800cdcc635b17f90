// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_walk.c - arbitrary bytes as page tables, walked and scanned.
 *
 * The input begins with a struct header; what follows it is the memory, whole
 * pages of it, the last one filled up with zeros. Whatever the bytes are: the
 * ranges of a scan are consecutive and cover the span; the memory is asked no
 * more often than allowed and nothing is read that was not lent; the first and
 * the last page of a mapped range are where ptw_walk() finds them, with the
 * rights that ptw_rights() gives; walks are those of the naive model, and so are
 * the ranges, as far as the model looks.
 *
 * A short run is part of ./check. A long one, with the inputs found so far:
 *
 *	make build/tests/fuzz/fuzz_walk && tests/fuzz/run 3600 fuzz_walk
 *
 * A crasher is played again by: build/tests/fuzz/fuzz_walk FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/model.h"
#include "../unit/show.h"

#define MOST_PAGES 16
#define MOST_TABLES 4096
#define MOST_RANGES 64
#define MOST_ROUNDS 512
#define MOST_PIECES 600
#define NR_ADDRESSES 4

#define LEVELS_5 1
#define LIVE 2
#define RELEASE_6_1 4
#define COMPARE_ALL 8
#define BASE_HIGH 16
#define TO_THE_END 32
#define WINDOWS 64
#define VECTORS 128

/* All of it is the fuzzer's choice; what makes no sense is made to. */
struct header {
	u8 flags;
	u8 pa_bits;
	u8 encryption_bit; /* 12-51, else none */
	u8 max; /* ranges a call */
	u16 tables; /* granted at the beginning, and each time they are used up */
	u8 bad_page; /* cannot be lent */
	u8 windows; /* what the walker reads by itself: a choice for mem_set_windows() */
	u64 cr3; /* its page is taken modulo the memory's */
	u64 start;
	u64 length;
	u64 addresses[NR_ADDRESSES];
};

struct run {
	struct header header;
	struct mem mem;
	struct model model;
	struct ptw_space space;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static void broken(const struct run *run, const char *what)
{
	fprintf(stderr, "broken: %s\n", what);
	show_model(&run->model);
	abort();
}

static void require(const struct run *run, bool holds, const char *what)
{
	if (!holds)
		broken(run, what);
}

/* Both walks, and that they are one; the rights of it. */
static struct ptw_walk walk(const struct run *run, u64 va, u8 *rights)
{
	struct ptw_walk w, mw;
	struct ptw_rights r, mr;
	int ret = ptw_walk(&run->space, ptw_va(va), &w);
	int mret = model_walk(&run->model, va, &mw);

	ptw_rights(&run->space, &w, &r);
	model_rights(&run->model, &mw, &mr);
	if (ret != mret || !same_walk(&w, &mw) || !same_rights(&r, &mr)) {
		show_walk("core ", &w);
		show_rights("core ", &r);
		show_walk("model", &mw);
		show_rights("model", &mr);
		broken(run, "the walk is not the model's");
	}
	*rights = r.allowed;
	return w;
}

/* What can be said of the last step of any walk. */
static void decode(const struct run *run, const struct ptw_walk *w)
{
	const char *names[PTW_MAX_ATTRIBUTES];
	unsigned int level = w->nr_steps - 1;
	struct ptw_soft soft, msoft;
	u64 entry;

	if (!w->nr_steps)
		return;
	entry = w->steps[level].entry;
	require(run,
		ptw_attributes(&run->space, level, entry, names, PTW_MAX_ATTRIBUTES) <
			PTW_MAX_ATTRIBUTES,
		"there is not enough room for all attributes");
	if (w->end != PTW_SOFTWARE)
		return;
	soft = ptw_soft(&run->space, w->va, level, entry);
	msoft = model_soft(&run->model, w->va.v, level, entry);
	if (!same_soft(&soft, &msoft)) {
		show_walk("walk ", w);
		show_soft("core ", &soft);
		show_soft("model", &msoft);
		broken(run, "the software entry is not the model's");
	}
}

/* One address of a range, by a walk. */
static void check_page(const struct run *run, const struct ptw_range *r, u64 va)
{
	u64 pa = r->pa.v;
	u8 rights;
	struct ptw_walk w = walk(run, va, &rights);

	if (r->what == PTW_LEAF && r->repeats)
		pa = (pa & ~(r->page_bytes - 1)) | (va & (r->page_bytes - 1));
	else if (r->what == PTW_LEAF)
		pa += va - r->start.v;
	if (w.end == r->what && w.pa.v == pa && rights == r->rights && w.error == r->error &&
	    (r->what != PTW_LEAF || w.page_bytes == r->page_bytes))
		return;
	show_range("range", r);
	show_walk("walk ", &w);
	broken(run, "a page of a range is not where the walk finds it");
}

static void check_range(const struct run *run, struct model_scan *model, const struct ptw_range *r)
{
	struct ptw_range want;
	bool whole;

	check_page(run, r, r->start.v);
	check_page(run, r, r->end.v - 1);
	/* The model's last range is cut where it stopped looking. */
	if (!model_scan_next(model, &want))
		return;
	whole = model->pieces_left || model->held;
	if (same_range(r, &want) || (!whole && want.end.v != r->end.v))
		return;
	show_range("core ", r);
	show_range("model", &want);
	broken(run, "the range is not the model's");
}

static void check_work(const struct run *run, const struct ptw_scan *scan, u64 granted)
{
	if (run->mem.breach)
		broken(run, run->mem.breach);
	require(run, !run->mem.inside, "a call returned within a section");
	require(run,
		run->mem.ops.windows ? run->mem.asks <= granted - scan->tables_left :
				       run->mem.asks == granted - scan->tables_left,
		"tables_left does not count the asks");
	require(run, !run->mem.live || run->mem.most_section_asks <= run->model.levels,
		"a section asked for more than one way down");
}

/* The walks that check a range ask the memory too, and are not counted. */
static void check_ranges(struct run *run, struct model_scan *model, const struct ptw_range *ranges,
			 int n, u64 *at)
{
	unsigned long asks = run->mem.asks;
	unsigned int most = run->mem.most_section_asks;

	for (int i = 0; i < n; i++) {
		require(run, ranges[i].start.v == *at, "a range does not begin where one ended");
		require(run, ranges[i].end.v - 1 >= ranges[i].start.v, "a range is empty");
		*at = ranges[i].end.v;
		check_range(run, model, &ranges[i]);
	}
	run->mem.asks = asks;
	run->mem.most_section_asks = most;
}

static void scan(struct run *run, u64 start, u64 end)
{
	u64 granted, grant = 1 + run->header.tables % 64, at = start;
	unsigned int max = 1 + run->header.max % MOST_RANGES;
	struct ptw_range ranges[MOST_RANGES];
	struct model_scan model;
	struct ptw_scan scan;
	int n = 0;

	if (run->mem.live)
		grant += PTW_MAX_LEVELS;
	granted = grant;
	mem_count_anew(&run->mem);
	require(run, !ptw_scan_init(&scan, &run->space, ptw_va(start), ptw_va(end), grant),
		"a good span is refused");
	if (run->header.flags & VECTORS)
		ptw_scan_use_vectors(&scan);
	if (run->header.flags & COMPARE_ALL)
		scan.compare = ~0ULL;
	model_scan_init(&model, &run->model, start, end, scan.compare, MOST_PIECES);
	for (unsigned int round = 0; round < MOST_ROUNDS; round++) {
		n = ptw_scan_next(&scan, ranges, max);
		check_work(run, &scan, granted);
		if (n == -E2BIG && granted < MOST_TABLES) {
			scan.tables_left += grant;
			granted += grant;
			continue;
		}
		if (n <= 0)
			break;
		require(run, (unsigned int)n <= max, "more ranges than there is room for");
		check_ranges(run, &model, ranges, n, &at);
	}
	require(run, n >= 0 || n == -E2BIG, "an error that is not documented");
	require(run, n || at == end, "the scan does not end at its end");
}

static void set_up(struct run *run, const uint8_t *data, size_t size)
{
	const struct header *h = &run->header;
	size_t bytes = size < MOST_PAGES * MEM_PAGE ? size : MOST_PAGES * MEM_PAGE;
	size_t nr_pages = bytes / MEM_PAGE + 1;
	unsigned int pa_bits = h->pa_bits % 53;
	u64 base = h->flags & BASE_HIGH ? 1ULL << 31 : 0;
	int err;

	if (nr_pages > MOST_PAGES)
		nr_pages = MOST_PAGES;
	mem_init(&run->mem, base, nr_pages, h->flags & LIVE);
	memcpy(run->mem.words, data, bytes);
	if (h->bad_page < nr_pages)
		run->mem.error[h->bad_page] = -EIO;
	if (h->flags & WINDOWS)
		mem_set_windows(&run->mem, h->windows * 0x9e3779b97f4a7c15ULL);
	run->model = (struct model){
		.mem = &run->mem,
		.levels = h->flags & LEVELS_5 ? 5 : 4,
		.cr3 = (base + (h->cr3 >> 12) % nr_pages * MEM_PAGE) | (h->cr3 & 0xfff),
		.pa_bits = pa_bits ? pa_bits : 52,
		.release = h->flags & RELEASE_6_1 ? MODEL_6_1 : MODEL_6_12,
	};
	if (h->encryption_bit >= 12 && h->encryption_bit <= 51)
		run->model.encryption = 1ULL << h->encryption_bit;
	err = ptw_space_init(&run->space,
			     run->model.levels == 5 ? &ptw_x86_64_5level : &ptw_x86_64_4level,
			     &run->mem.ops, run->model.cr3, run->model.encryption, pa_bits);
	require(run, !err, "a good space is refused");
	if (run->model.release == MODEL_6_1)
		run->space.swap = &ptw_swap_types_6_1;
}

/* All addresses at once, and their neighbours: as the model has them. */
static void translate(const struct run *run)
{
	ptw_va_t va[NR_ADDRESSES * 16];
	ptw_pa_t pa[ARRAY_SIZE(va)];
	struct ptw_walk w;

	for (size_t i = 0; i < ARRAY_SIZE(va); i++)
		va[i] = ptw_va(run->header.addresses[i / 16] + (i % 16 << (12 + i / 16 * 9)));
	ptw_translate(&run->space, va, ARRAY_SIZE(va), pa);
	for (size_t i = 0; i < ARRAY_SIZE(va); i++) {
		int ret = model_walk(&run->model, va[i].v, &w);

		if (pa[i].v == (ret ? PTW_NOT_MAPPED : w.pa.v))
			continue;
		show_walk("model", &w);
		broken(run, "the translation is not the model's");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run;
	u64 end;

	if (size < sizeof(run.header))
		return 0;
	memcpy(&run.header, data, sizeof(run.header));
	set_up(&run, data + sizeof(run.header), size - sizeof(run.header));
	for (unsigned int i = 0; i < NR_ADDRESSES; i++) {
		u8 rights;
		struct ptw_walk w = walk(&run, run.header.addresses[i], &rights);

		decode(&run, &w);
	}
	translate(&run);
	end = run.header.start + run.header.length;
	if (end < run.header.start || run.header.flags & TO_THE_END)
		end = 0;
	scan(&run, run.header.start, end);
	mem_deinit(&run.mem);
	return 0;
}

/* splitmix64, for the mutator alone: a number from a number. */
static u64 mixed(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* An entry as a kernel might write it: chance alone seldom finds a table. */
static u64 likely_entry(u64 *state, size_t nr_pages, u64 base)
{
	u64 r = mixed(state), flags = mixed(state) & 0x8000000000000f66ULL;

	switch (r % 8) {
	case 0:
	case 1:
	case 2:
		return (base + (r >> 8) % nr_pages * MEM_PAGE) | 7 | flags;
	case 3:
		return (mixed(state) & 0xfffff000) | 1 | flags;
	case 4:
		return (mixed(state) & 0xfffc0000000) | 0x81 | flags;
	case 5:
		return (~mixed(state) & 0x000ffffffffff000ULL) | 0x100 | flags;
	case 6:
		return mixed(state) & ~1ULL;
	default:
		return r % 3 ? 0 : mixed(state);
	}
}

/* Writes a run of entries: the same one, or each a page further. */
static void put_entries(uint8_t *memory, size_t words, u64 *state, u64 base)
{
	u64 entry = likely_entry(state, words / MEM_WORDS + 1, base);
	u64 step = mixed(state) % 3 ? 0 : 1ULL << (12 + 9 * (mixed(state) % 3));
	size_t first = mixed(state) % words, n = 1 + (mixed(state) % 512 >> mixed(state) % 10);

	for (size_t i = first; i < first + n && i < words; i++, entry += step)
		memcpy(memory + i * sizeof(entry), &entry, sizeof(entry));
}

/* Grows the memory, and mutates the bytes as usual or puts entries into it. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size_t head = sizeof(struct header), least = head + 5 * MEM_PAGE;
	u64 state = seed;

	if (size < least && least <= max_size) {
		memset(data + size, 0, least - size);
		size = least;
	}
	if (size < head + sizeof(u64) || mixed(&state) % 2)
		return LLVMFuzzerMutate(data, size, max_size);
	put_entries(data + head, (size - head) / sizeof(u64), &state,
		    data[0] & BASE_HIGH ? 1ULL << 31 : 0);
	return size;
}
