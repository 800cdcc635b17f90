// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_sweep.c - scans with the processor's vectors and without: random tables of short
 * ranges, and what ends a sweep among them, must give the very same ranges. (What ranges
 * are right is test_property.c's to say.)
 *
 * PTW_SEED=number	the first round's seed; the others' count up from it
 * PTW_ROUNDS=number	how many rounds (1500)
 *
 * A difference is printed with the seed of its round.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../core/sweep.h"
#include "hand.h"
#include "show.h"
#include "tree.h"

#define TABLES 12
#define SCANS_A_ROUND 8
#define MOST_RANGES 4000
#define MOST_ROOM 600
#define NOT_OURS 0x123456789abcdefULL

/* Random tables. Page i is one of level @level[i]; page 0 is the root. */
struct place {
	struct rng rng;
	struct mem mem;
	struct ptw_space space;
	u8 level[TABLES];
};

/* What the sweeps of all rounds came to. */
static struct {
	unsigned long calls;
	unsigned long entries;
	unsigned long ranges;
	unsigned long nothing;
} swept;

static u64 bytes_at(const struct place *p, unsigned int level)
{
	return ptw_level_bytes(p->space.format, level);
}

/* Often where adding a few pages runs over something: the limit, the encryption bit. */
static u64 some_frame(struct place *p, unsigned int level)
{
	static const u8 borders[] = { 24, 30, 33, 36, 40, 46, 52 };
	unsigned int border = borders[rng_below(&p->rng, ARRAY_SIZE(borders))];
	u64 bytes = bytes_at(p, level), frame;

	if (rng_percent(&p->rng, 40))
		border = __builtin_popcountll(p->space.pa_limit);
	if (p->space.encryption && rng_percent(&p->rng, 40))
		border = __builtin_ctzll(p->space.encryption);
	frame = (1ULL << border) - rng_below(&p->rng, 40) * bytes;
	if (rng_percent(&p->rng, 50))
		frame = rng_below(&p->rng, 1 << 12) * bytes;
	return frame & BITS(51, 12) & ~(bytes - 1);
}

static u64 some_table(struct place *p, unsigned int level)
{
	for (unsigned int tries = 0; tries < 30; tries++) {
		size_t page = rng_below(&p->rng, TABLES);

		if (p->level[page] == level + 1)
			return mem_pa(&p->mem, page) | X_TABLE;
	}
	return 0;
}

/* A few neighbours of one sort. @entry is the last one before them. */
struct sort {
	u64 entry;
	u64 step;
	unsigned int n;
	bool scattered;
};

static struct sort some_leaves(struct place *p, unsigned int level, u64 before)
{
	bool last = level + 1 == p->space.format->nr_levels;
	struct sort sort = { .entry = before, .step = bytes_at(p, level) };

	if (!(before & X_P) || rng_percent(&p->rng, 60))
		sort.entry = some_frame(p, level) | X_P | (last ? 0 : X_PSE) | (before & X_NX);
	else
		sort.entry += sort.step;
	if (rng_percent(&p->rng, 30)) /* rights, attributes */
		sort.entry ^= rng_next(&p->rng) & (X_RW | X_US | X_NX | X_G);
	if (rng_percent(&p->rng, 5))
		sort.entry ^= BITS(62, 52) & rng_next(&p->rng);
	if (rng_percent(&p->rng, 20))
		sort.entry ^= p->space.encryption;
	if (rng_percent(&p->rng, 15))
		sort.step = 0;
	sort.scattered = rng_percent(&p->rng, 40);
	return sort;
}

static struct sort some_sort(struct place *p, unsigned int level, u64 before)
{
	unsigned int dice = rng_below(&p->rng, 100);
	struct sort sort = { .entry = 0 };

	if (dice < 60) {
		sort = some_leaves(p, level, before);
	} else if (dice < 85) {
		sort.entry = 0;
	} else if (dice < 90) { /* not present: swap, or as a leaf or the step between two */
		sort.entry = rng_next(&p->rng) & ~X_P;
		if (rng_percent(&p->rng, 50))
			sort.entry = rng_percent(&p->rng, 50) ? before & ~X_P : bytes_at(p, level);
	} else if (dice < 92) { /* malformed, mostly */
		sort.entry = rng_next(&p->rng) | X_P;
	} else if (level + 1 < p->space.format->nr_levels) {
		sort.entry = some_table(p, level);
	}
	sort.n = 1 + rng_below(&p->rng, rng_percent(&p->rng, 80) ? 6 : 150);
	return sort;
}

static void fill_table(struct place *p, size_t page)
{
	unsigned int level = p->level[page], i = 0;
	bool disturbed = rng_percent(&p->rng, 50);
	u64 entry = 0;

	while (i < MEM_WORDS) {
		struct sort sort = some_sort(p, level, entry);

		entry = sort.entry;
		for (; sort.n-- && i < MEM_WORDS; i++, entry += sort.step) {
			if (sort.scattered && rng_percent(&p->rng, 70))
				entry = (entry & ~BITS(51, 12)) | some_frame(p, level);
			*mem_at(&p->mem, page, i) = entry;
			if (disturbed && rng_percent(&p->rng, 20))
				*mem_at(&p->mem, page, i) ^= rng_next(&p->rng) & (X_A | X_D);
		}
		if (sort.step)
			entry -= sort.step;
	}
}

/* The first and the last addresses go all the way down. */
static void make_ways(struct place *p)
{
	for (size_t page = 0; page + 1 < p->space.format->nr_levels; page++) {
		u64 rights = rng_next(&p->rng) & (X_RW | X_US | X_NX);

		*mem_at(&p->mem, page, 0) = mem_pa(&p->mem, page + 1) | X_P | rights;
		*mem_at(&p->mem, page, 511) = mem_pa(&p->mem, page + 1) | X_P;
	}
}

static void make_place(struct place *p, u64 seed)
{
	static const u8 pa_bits[] = { 24, 30, 36, 40, 46, 52 };
	u64 encryption = 0;
	const struct ptw_format *f;

	*p = (struct place){ .rng = { seed } };
	f = rng_percent(&p->rng, 50) ? &ptw_x86_64_4level : &ptw_x86_64_5level;
	mem_init(&p->mem, HAND_BASE, TABLES, false);
	if (rng_percent(&p->rng, 40))
		encryption = 1ULL << (22 + rng_below(&p->rng, 30));
	assert_int_equal(ptw_space_init(&p->space, f, &p->mem.ops, HAND_BASE, encryption,
					pa_bits[rng_below(&p->rng, ARRAY_SIZE(pa_bits))]),
			 0);
	for (size_t page = 0; page < TABLES; page++) {
		p->level[page] = f->nr_levels - 1 - rng_below(&p->rng, 2);
		if (page < f->nr_levels)
			p->level[page] = page;
		fill_table(p, page);
	}
	make_ways(p);
}

/* Stands before ptw_sweep(), and holds it to what sweep.h says. */
static unsigned int counted(struct ptw_sweep *w)
{
	const struct ptw_range *first = w->range;
	unsigned int n, most = w->end - w->first;
	u64 va = w->va;

	assert_true(w->first < w->end && w->range <= w->last);
	n = ptw_sweep(w);
	assert_true(n <= most && w->range <= w->last);
	assert_int_equal(w->range->end.v, va + ((u64)n << w->shift));
	swept.calls++;
	swept.entries += n;
	swept.ranges += w->range - first;
	swept.nothing += n == 0;
	return n;
}

struct span {
	u64 start;
	u64 end;
	u64 compare;
	bool no_holes;
	unsigned int n;
	struct ptw_range ranges[MOST_RANGES + MOST_ROOM + 1];
};

static u64 some_compare(struct place *p)
{
	u64 usual = ~p->space.format->volatile_bits;

	if (rng_percent(&p->rng, 50))
		return usual;
	if (rng_percent(&p->rng, 40))
		return ~0ULL;
	if (rng_percent(&p->rng, 20))
		return 0;
	if (rng_percent(&p->rng, 30))
		return usual & ~BITS(51, 12);
	return usual &
	       ~(rng_percent(&p->rng, 50) ? p->space.encryption : 1ULL << rng_below(&p->rng, 64));
}

/* From somewhere in a table to somewhere in another one, or to the end of all. */
static void choose_span(struct place *p, struct span *span)
{
	u64 length = rng_below(&p->rng, 1ULL << (12 + rng_below(&p->rng, 30)));

	span->start = rng_below(&p->rng, 1024) * 4096;
	if (rng_percent(&p->rng, 30))
		span->start = rng_below(&p->rng, 512) << 21;
	if (rng_percent(&p->rng, 30))
		span->start = -(1 + span->start);
	if (rng_percent(&p->rng, 80))
		span->start &= ~0xfffULL;
	span->end = span->start + length;
	if (rng_percent(&p->rng, 80))
		span->end &= ~0xfffULL;
	if (span->end < span->start || rng_percent(&p->rng, 30))
		span->end = 0;
	span->compare = some_compare(p);
	span->no_holes = rng_percent(&p->rng, 30);
}

static void read_span(struct place *p, struct span *span, bool vectors)
{
	static const unsigned int rooms[] = { 1, 2, 3, 8, 64, MOST_ROOM };
	unsigned int room = rooms[rng_below(&p->rng, ARRAY_SIZE(rooms))];
	struct ptw_scan scan;
	int n;

	mem_set_live(&p->mem, rng_percent(&p->rng, 30));
	if (rng_percent(&p->rng, 50))
		mem_set_windows(&p->mem, rng_next(&p->rng));
	assert_int_equal(
		ptw_scan_init(&scan, &p->space, ptw_va(span->start), ptw_va(span->end), ~0ULL), 0);
	if (vectors) {
		ptw_scan_use_vectors(&scan);
		assert_ptr_equal(scan.sweep, ptw_sweep);
		scan.sweep = counted;
	}
	scan.compare = span->compare;
	scan.no_holes = span->no_holes;
	for (span->n = 0; span->n < MOST_RANGES; span->n += n) {
		struct ptw_range *behind = &span->ranges[span->n + room];

		behind->entry = NOT_OURS;
		n = ptw_scan_next(&scan, &span->ranges[span->n], room);
		assert_true(n >= 0 && n <= (int)room && behind->entry == NOT_OURS);
		if (!n)
			break;
	}
	if (span->n > MOST_RANGES)
		span->n = MOST_RANGES;
}

static void compare_spans(struct place *p, u64 seed, const struct span *a, const struct span *b)
{
	unsigned int i = 0;

	while (i < a->n && i < b->n && same_range(&a->ranges[i], &b->ranges[i]))
		i++;
	if (i == a->n && i == b->n)
		return;
	fprintf(stderr,
		"PTW_SEED=0x%llx: range %u of [%llx, %llx) compare %llx no_holes %d"
		" encryption %llx limit %llx\n",
		seed, i, a->start, a->end, a->compare, a->no_holes, p->space.encryption,
		p->space.pa_limit);
	if (i)
		show_range("before ", &a->ranges[i - 1]);
	if (i < a->n)
		show_range("scalar ", &a->ranges[i]);
	if (i < b->n)
		show_range("vectors", &b->ranges[i]);
	fail();
}

static void vectors_give_the_same_ranges(void **state)
{
	u64 seed = from_environment("PTW_SEED", (u64)time(NULL) * 1000003);
	u64 rounds = from_environment("PTW_ROUNDS", 1500);
	static struct span with, without;
	struct place p;

	(void)state;
	printf("PTW_SEED=0x%llx\n", seed);
	fflush(stdout);
	for (u64 round = 0; round < rounds; round++) {
		make_place(&p, seed + round);
		for (unsigned int i = 0; i < SCANS_A_ROUND; i++) {
			choose_span(&p, &without);
			with.start = without.start;
			with.end = without.end;
			with.compare = without.compare;
			with.no_holes = without.no_holes;
			read_span(&p, &without, false);
			read_span(&p, &with, true);
			compare_spans(&p, seed + round, &without, &with);
		}
		if (p.mem.breach)
			fail_msg("PTW_SEED=0x%llx: %s", seed + round, p.mem.breach);
		mem_deinit(&p.mem);
	}
	printf("%lu sweeps of %lu entries gave %lu ranges; %lu gave nothing\n", swept.calls,
	       swept.entries, swept.ranges, swept.nothing);
	/* or the tables are not what sweeps are for */
	assert_true(rounds < 1000 || swept.ranges > 100 * rounds);
}

static bool uses_vectors(const struct ptw_format *f)
{
	struct ptw_space sp = space_of(f, 0, 0);
	struct ptw_scan scan;

	assert_int_equal(ptw_scan_init(&scan, &sp, ptw_va(0), ptw_va(0), 0), 0);
	ptw_scan_use_vectors(&scan);
	return scan.sweep;
}

/* Formats that a sweep cannot read are left to the scan. */
static void other_formats_do_without(void **state)
{
	struct ptw_format f = ptw_x86_64_4level;

	(void)state;
	assert_true(uses_vectors(&f));
	f.levels[1].bits = 5;
	assert_false(uses_vectors(&f));
	f = ptw_x86_64_4level;
	f.levels[PTE].leaf_pa.high_mask = 0xf << 8;
	assert_false(uses_vectors(&f));
	f = ptw_x86_64_4level;
	f.levels[PMD].bad[0].mask = f.levels[PMD].bad[0].val = 3 << 9;
	assert_false(uses_vectors(&f));
	f = ptw_x86_64_4level;
	f.stray_bits |= X_P;
	assert_false(uses_vectors(&f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_give_the_same_ranges),
		cmocka_unit_test(other_formats_do_without),
	};

	if (!ptw_has_vectors()) {
		puts("skipped: this processor has no vectors that the core uses (AVX2)");
		return 77;
	}
	return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
