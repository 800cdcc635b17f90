// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_property.c - random page tables, walked and scanned by the core and by
 * the naive model: every field of every answer must be the same.
 *
 * PTW_SEED=number	the first tree's seed; the others' count up from it
 * PTW_ADDRESSES=number	how many addresses to walk at least (1,000,000)
 *
 * A difference is printed with the seed of its tree: PTW_SEED=that and
 * PTW_ADDRESSES=1 show it alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "../../core/scan.h"
#include "show.h"
#include "tree.h"

#define WALKS_A_TREE 1000
#define TRANSLATES_A_TREE 8
#define TRANSLATED 200
#define SCANS_A_TREE 12
#define MOST_PIECES 1500
#define MOST_RANGES 8

/* How often each answer was met. */
#define NR_WHAT (PTW_NONCANONICAL + 1)
static struct {
	unsigned long walks[NR_WHAT];
	unsigned long ranges[NR_WHAT];
	unsigned long repeating[NR_WHAT];
} met;

static void check_walk(struct tree *t, u64 seed, u64 va)
{
	struct ptw_walk w, mw;
	struct ptw_rights r, mr;
	int ret = ptw_walk(&t->space, ptw_va(va), &w);
	int mret = model_walk(&t->model, va, &mw);

	ptw_rights(&t->space, &w, &r);
	model_rights(&t->model, &mw, &mr);
	met.walks[mw.end]++;
	if (ret == mret && same_walk(&w, &mw) && same_rights(&r, &mr) &&
	    ptw_canonical(t->space.format, ptw_va(va)) == model_canonical(&t->model, va))
		return;
	fprintf(stderr, "PTW_SEED=0x%llx: walks differ, %d and %d\n", seed, ret, mret);
	show_model(&t->model);
	show_walk("core ", &w);
	show_rights("core ", &r);
	show_walk("model", &mw);
	show_rights("model", &mr);
	fail();
}

/* What the last entry of a walk is, by the functions for one entry. */
static void check_entry(struct tree *t, u64 seed, u64 va)
{
	struct ptw_soft soft, msoft;
	unsigned int level;
	struct ptw_walk w;
	bool same = true;
	u64 entry;

	model_walk(&t->model, va, &w);
	if (!w.nr_steps)
		return;
	level = w.nr_steps - 1;
	entry = w.steps[level].entry;
	if (ptw_classify(&t->space, level, entry) != model_classify(&t->model, level, entry))
		same = false;
	if (w.end == PTW_LEAF || w.end == PTW_UNREADABLE)
		same = same && ptw_entry_pa(&t->space, level, entry).v ==
				       model_entry_pa(&t->model, level, entry);
	soft = ptw_soft(&t->space, ptw_va(va), level, entry);
	msoft = model_soft(&t->model, va, level, entry);
	if (same && (w.end != PTW_SOFTWARE || same_soft(&soft, &msoft)))
		return;
	fprintf(stderr, "PTW_SEED=0x%llx: entries differ\n", seed);
	show_model(&t->model);
	show_walk("model", &w);
	show_soft("core ", &soft);
	show_soft("model", &msoft);
	fail();
}

/* One scan, and the model's beside it. */
struct pair {
	struct tree *t;
	u64 seed;
	u64 start;
	u64 end;
	struct ptw_scan scan;
	struct model_scan model;
	u64 granted; /* tables that the core was allowed to ask for */
	unsigned long ranges;
};

static u64 some_compare(struct rng *rng, u64 usual)
{
	if (rng_percent(rng, 60))
		return usual;
	if (rng_percent(rng, 25))
		return ~0ULL;
	if (rng_percent(rng, 10))
		return 0;
	return rng_percent(rng, 50) ? usual & ~(rng_next(rng) & rng_next(rng)) :
				      usual & ~(1ULL << rng_below(rng, 64));
}

/* With sections, fewer than PTW_MAX_LEVELS may lead to nothing. */
static u64 some_tables(struct rng *rng, const struct mem *mem)
{
	u64 least = mem->live ? PTW_MAX_LEVELS : 1;

	return least + (rng_percent(rng, 50) ? rng_below(rng, 8) : 100);
}

/* A span of addresses, cut to what the model covers within its bound. */
static void choose_span(struct pair *p)
{
	struct rng *rng = &p->t->rng;
	struct model_scan cut;
	struct ptw_range range;
	u64 length = rng_next(rng) >> rng_below(rng, 52);

	p->start = tree_address(p->t);
	if (rng_percent(rng, 60))
		p->start &= ~0ULL << (12 + 9 * rng_below(rng, 5));
	p->end = p->start + length;
	if (p->end < p->start || rng_percent(rng, 20))
		p->end = 0;
	model_scan_init(&cut, &p->t->model, p->start, p->end, ~0ULL,
			1 + rng_below(rng, MOST_PIECES));
	while (model_scan_next(&cut, &range))
		;
	p->end = cut.at;
}

static void begin_pair(struct pair *p)
{
	struct rng *rng = &p->t->rng;
	u64 compare;

	choose_span(p);
	mem_set_live(&p->t->mem, rng_percent(rng, 50));
	if (rng_percent(rng, 40))
		mem_set_windows(&p->t->mem, rng_next(rng));
	mem_count_anew(&p->t->mem);
	p->granted = some_tables(rng, &p->t->mem);
	assert_int_equal(ptw_scan_init(&p->scan, &p->t->space, ptw_va(p->start), ptw_va(p->end),
				       p->granted),
			 0);
	if (rng_percent(rng, 50))
		ptw_scan_use_vectors(&p->scan);
	compare = some_compare(rng, p->scan.compare);
	p->scan.compare = compare;
	p->scan.no_holes = rng_percent(rng, 30);
	model_scan_init(&p->model, &p->t->model, p->start, p->end, compare, ~0UL);
}

static void differ(const struct pair *p, const char *how)
{
	fprintf(stderr,
		"PTW_SEED=0x%llx: %s, range %lu of the scan of [%llx, %llx)"
		" compare %llx live %d\n",
		p->seed, how, p->ranges, p->start, p->end, p->scan.compare, p->t->mem.live);
	show_model(&p->t->model);
}

/* The model's next range that the core is to tell. */
static bool next_of_model(struct pair *p, struct ptw_range *range)
{
	do {
		if (!model_scan_next(&p->model, range))
			return false;
	} while (p->scan.no_holes && (range->what == PTW_NONE || range->what == PTW_NONCANONICAL));
	return true;
}

/* One range of the core's; the model's next one must be the same. */
static void check_range(struct pair *p, const struct ptw_range *range)
{
	struct ptw_range model;
	struct ptw_walk w;
	bool any = next_of_model(p, &model);

	if (any && same_range(range, &model)) {
		p->ranges++;
		met.ranges[range->what]++;
		met.repeating[range->what] += range->repeats;
		return;
	}
	differ(p, any ? "ranges differ" : "a range too many");
	show_range("core ", range);
	if (any) {
		show_range("model", &model);
		model_walk(&p->t->model, model.end.v - 1, &w);
		show_walk("its last page", &w);
		model_walk(&p->t->model, model.end.v, &w);
		show_walk("and the next ", &w);
	}
	fail();
}

static void check_work(const struct pair *p)
{
	const struct mem *mem = &p->t->mem;
	const char *wrong = mem->breach;

	if (mem->inside)
		wrong = "returned within a section";
	/* What lies in a window is counted, but not asked for. */
	if (mem->ops.windows ? mem->asks > p->granted - p->scan.tables_left :
			       mem->asks != p->granted - p->scan.tables_left)
		wrong = "tables_left does not count the asks";
	if (mem->live && mem->most_section_asks > p->t->model.levels)
		wrong = "one section asked for more than one way down";
	if (!wrong)
		return;
	differ(p, wrong);
	fail();
}

static void check_scan(struct tree *t, u64 seed)
{
	struct pair p = { .t = t, .seed = seed };
	struct ptw_range ranges[MOST_RANGES], model;
	int n;

	begin_pair(&p);
	for (;;) {
		n = ptw_scan_next(&p.scan, ranges, 1 + rng_below(&t->rng, MOST_RANGES));
		check_work(&p);
		if (n == -E2BIG) {
			u64 more = some_tables(&t->rng, &t->mem);

			p.granted += more;
			p.scan.tables_left += more;
			continue;
		}
		if (n <= 0)
			break;
		for (int i = 0; i < n; i++)
			check_range(&p, &ranges[i]);
	}
	if (n || next_of_model(&p, &model)) {
		differ(&p, "the scan ended too early");
		fail();
	}
	mem_set_live(&t->mem, false);
}

/* Many addresses at once: the model's answers, one by one. */
static void check_translate(struct tree *t, u64 seed)
{
	ptw_va_t va[TRANSLATED];
	ptw_pa_t pa[TRANSLATED];
	size_t n = 1 + rng_below(&t->rng, TRANSLATED), mapped = 0, told;
	struct ptw_walk w;

	for (size_t i = 0; i < n; i++)
		va[i] = ptw_va(tree_address(t));
	told = ptw_translate(&t->space, va, n, pa);
	for (size_t i = 0; i < n; i++) {
		bool leaf = model_walk(&t->model, va[i].v, &w) == 0;

		mapped += leaf;
		if (pa[i].v == (leaf ? w.pa.v : PTW_NOT_MAPPED))
			continue;
		fprintf(stderr, "PTW_SEED=0x%llx: address %zu of %zu is at %llx\n", seed, i, n,
			pa[i].v);
		show_model(&t->model);
		show_walk("model", &w);
		fail();
	}
	assert_int_equal(told, mapped);
}

static void property_core_answers_as_the_model(void **state)
{
	u64 seed = from_environment("PTW_SEED", (u64)time(NULL) * 1000003);
	u64 wanted = from_environment("PTW_ADDRESSES", 1000000);
	u64 walks = 0, scans = 0, trees = 0;
	unsigned int i;
	struct tree t;

	(void)state;
	printf("PTW_SEED=0x%llx\n", seed);
	fflush(stdout);
	for (; walks < wanted; trees++) {
		tree_init(&t, seed + trees);
		for (i = 0; i < WALKS_A_TREE; i++, walks++) {
			u64 va = tree_address(&t);

			mem_set_live(&t.mem, i % 2);
			if (i % 3 == 0)
				mem_set_windows(&t.mem, rng_next(&t.rng));
			check_walk(&t, seed + trees, va);
			check_entry(&t, seed + trees, va);
		}
		for (i = 0; i < TRANSLATES_A_TREE; i++) {
			mem_set_live(&t.mem, i % 4 == 3);
			if (i % 4 != 2)
				mem_set_windows(&t.mem, rng_next(&t.rng));
			check_translate(&t, seed + trees);
		}
		for (i = 0; i < SCANS_A_TREE; i++, scans++)
			check_scan(&t, seed + trees);
		assert_null(t.mem.breach);
		tree_deinit(&t);
	}
	printf("%llu addresses walked, %llu spans scanned, in %llu trees\n", walks, scans, trees);
	for (i = 0; i < NR_WHAT; i++)
		printf("%12s %9lu walks %9lu ranges %9lu repeating\n", show_what(i), met.walks[i],
		       met.ranges[i], met.repeating[i]);
	for (i = 0; walks >= 1000000 && i < NR_WHAT; i++)
		if (i != PTW_TABLE) /* or the trees are not random enough */
			assert_true(met.walks[i] && met.ranges[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_core_answers_as_the_model),
	};

	return cmocka_run_group_tests_name("property", tests, NULL, NULL);
}
