// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_regions.c - what lies where, from the tables; and how the first and the last
 * entry of a range are found, held against the core's scan.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../core/scan.h"
#include "../../lib/layout_x86.h"
#include "../../lib/seek.h"
#include "machine.h"
#include "tree.h"

static const struct ptwalk_region *region(const struct machine *m, unsigned int kind)
{
	const struct ptwalk_info *i = &m->im.kernel;

	for (uint32_t n = 0; n < i->nr_regions; n++)
		if (i->regions[n].kind == kind)
			return &i->regions[n];
	return NULL;
}

static void expect(const struct machine *m, unsigned int kind, uint64_t start, uint64_t end)
{
	const struct ptwalk_region *r = region(m, kind);

	assert_non_null(r);
	assert_int_equal(r->start, start);
	assert_int_equal(r->end, end);
}

static void find(struct machine *m)
{
	const struct ptwalk_info *i = &m->im.kernel;

	machine_found(m);
	mem_count_anew(&m->mem);
	regions_find(&m->im);
	/* In order, none overlaps, few tables. */
	for (uint32_t n = 0; n < i->nr_regions; n++) {
		assert_true(i->regions[n].end - 1 >= i->regions[n].start);
		assert_true(!n || i->regions[n - 1].end - 1 < i->regions[n].start);
	}
	assert_true(m->mem.asks <= 700);
}

static void every_kernel(void **state)
{
	struct machine m;

	(void)state;
	for (unsigned int flags = 0; flags < 8; flags++) {
		for (unsigned int levels = 4; levels <= 5; levels++) {
			const struct ptwalk_info *i = &m.im.kernel;

			machine_init(&m, levels, flags);
			find(&m);
			assert_int_equal(i->page_offset, m.page_offset);
			assert_true(i->known & PTWALK_KNOWN_PAGE_OFFSET);
			expect(&m, PTWALK_IN_DIRECT_MAP, m.page_offset,
			       m.page_offset + MACHINE_BYTES);
			expect(&m, PTWALK_IN_VMALLOC, m.vmalloc, m.vmalloc + vmalloc_bytes(levels));
			expect(&m, PTWALK_IN_VMEMMAP, m.vmemmap, m.vmemmap + (2 << 20));
			expect(&m, PTWALK_IN_IMAGE, START_KERNEL_MAP, 0xffffffffc0000000);
			expect(&m, PTWALK_IN_MODULES, 0xffffffffc0000000, MODULES_END);
			expect(&m, PTWALK_IN_FIXMAP, MODULES_END, FIXMAP_END);
			expect(&m, PTWALK_IN_USER, 0, levels == 5 ? 1ULL << 56 : 1ULL << 47);
			assert_int_equal(!!region(&m, PTWALK_IN_LDT), flags & MACHINE_PTI);
			assert_null(region(&m, PTWALK_IN_KASAN));
			machine_deinit(&m);
		}
	}
}

static void offsets(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	find(&m);
	assert_true(m.im.kernel.known & PTWALK_KNOWN_PHYS_BASE);
	assert_true(m.im.kernel.known & PTWALK_KNOWN_KASLR);
	assert_int_equal(m.im.kernel.phys_base, MACHINE_TEXT_PA - 0x17000000);
	assert_int_equal(m.im.kernel.image_offset, 0x16000000);
	assert_int_equal(m.im.kernel.kaslr, 1);
	/* What the notes said stays. */
	m.im.kernel.image_offset = 0x1000;
	m.im.kernel.phys_base = 0;
	regions_find(&m.im);
	assert_int_equal(m.im.kernel.image_offset, 0x1000);
	assert_int_equal(m.im.kernel.phys_base, 0);
	machine_deinit(&m);
	machine_init(&m, 4, MACHINE_NO_KASLR);
	find(&m);
	assert_true(m.im.kernel.known & PTWALK_KNOWN_PHYS_BASE);
	assert_int_equal(m.im.kernel.phys_base, 0);
	/* Linked to begin below 16 MiB: not moved downwards. */
	assert_false(m.im.kernel.known & PTWALK_KNOWN_KASLR);
	machine_deinit(&m);
}

/* Memory with a hole, in pages of 1 GiB, and more of it than the file has. */
static void large_direct_map(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	machine_map(&m, m.root, m.page_offset + 4 * GIB, (4 * GIB) | M_DATA | M_PSE, GIB);
	machine_map(&m, m.root, m.page_offset + 5 * GIB, (5 * GIB) | M_DATA | M_PSE, 2 << 20);
	machine_map(&m, m.root, m.page_offset + 5 * GIB + (2 << 20), (5 * GIB + (2 << 20)) | M_DATA,
		    4096);
	/* The firmware's, which is in no direct map. */
	m.ranges[1] = (struct phys_range){ .pa = 0xfffc0000, .bytes = 0x40000 };
	m.im.mem.nr_ranges = 2;
	find(&m);
	expect(&m, PTWALK_IN_DIRECT_MAP, m.page_offset, m.page_offset + 5 * GIB + (2 << 20) + 4096);
	expect(&m, PTWALK_IN_VMALLOC, m.vmalloc, m.vmalloc + vmalloc_bytes(4));
	/* Where vmalloc follows at once, as near as it can. */
	machine_deinit(&m);
	machine_init(&m, 4, 0);
	*machine_entry(&m, m.root, m.vmalloc, 1) = 0;
	m.vmalloc = m.page_offset + 2 * GIB;
	machine_map(&m, m.root, m.vmalloc, 0x5000 | M_DATA, 4096);
	find(&m);
	expect(&m, PTWALK_IN_VMALLOC, m.vmalloc, m.vmalloc + vmalloc_bytes(4));
	machine_deinit(&m);
}

/* Terabytes in pages of 2 MiB: the end is found by where the memory ends. */
static void many_gigabytes(void **state)
{
	const uint64_t end = 400 * GIB;
	struct machine m;
	u64 *pud;

	(void)state;
	machine_init(&m, 4, 0);
	for (uint64_t pa = GIB; pa < end; pa += GIB) {
		pud = machine_entry(&m, m.root, m.page_offset + pa, 1);
		/* One table for all, but for the last: the others are not looked at. */
		*pud = *machine_entry(&m, m.root, m.page_offset, 1);
	}
	*pud = machine_page(&m) | M_TABLE;
	machine_map(&m, m.root, m.page_offset + end - (2 << 20), (end - (2 << 20)) | M_DATA | M_PSE,
		    2 << 20);
	m.ranges[1] = (struct phys_range){ .pa = end - GIB, .bytes = GIB };
	m.im.mem.nr_ranges = 2;
	find(&m);
	expect(&m, PTWALK_IN_DIRECT_MAP, m.page_offset, m.page_offset + end);
	expect(&m, PTWALK_IN_VMALLOC, m.vmalloc, m.vmalloc + vmalloc_bytes(4));
	machine_deinit(&m);
}

/* Memory that no range tells of, more than can be looked at: vmalloc is not guessed. */
static void too_many_gigabytes(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	for (uint64_t pa = GIB; pa < 400 * GIB; pa += GIB)
		machine_map(&m, m.root, m.page_offset + pa, pa | M_DATA | M_PSE, GIB);
	find(&m);
	assert_int_equal(m.im.kernel.page_offset, m.page_offset);
	assert_true(region(&m, PTWALK_IN_DIRECT_MAP)->end > m.page_offset + 200 * GIB);
	assert_null(region(&m, PTWALK_IN_VMALLOC));
	machine_deinit(&m);
}

/* vmalloc keeps its tables when all of it is freed. */
static void empty_vmalloc(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	*machine_entry(&m, m.root, m.vmalloc + 0x3000, 3) = 0;
	find(&m);
	expect(&m, PTWALK_IN_VMALLOC, m.vmalloc, m.vmalloc + vmalloc_bytes(4));
	machine_deinit(&m);
}

static void kasan(void **state)
{
	const uint64_t start[] = { KASAN_START_4, KASAN_START_5 };
	struct machine m;

	(void)state;
	for (unsigned int levels = 4; levels <= 5; levels++) {
		machine_init(&m, levels, MACHINE_NO_KASLR);
		machine_map(&m, m.root, start[levels - 4], 0x5000 | M_DATA, 4096);
		find(&m);
		assert_null(region(&m, PTWALK_IN_KASAN));
		machine_map(&m, m.root, KASAN_END - 4096, 0x5000 | M_DATA, 4096);
		find(&m);
		expect(&m, PTWALK_IN_KASAN, start[levels - 4], KASAN_END);
		expect(&m, PTWALK_IN_VMEMMAP, m.vmemmap, m.vmemmap + (2 << 20));
		machine_deinit(&m);
	}
	/* KASLR moves vmemmap to where the shadow could be. */
	machine_init(&m, 4, 0);
	machine_map(&m, m.root, KASAN_START_4, 0x5000 | M_DATA, 4096);
	machine_map(&m, m.root, KASAN_END - 4096, 0x5000 | M_DATA, 4096);
	find(&m);
	assert_null(region(&m, PTWALK_IN_KASAN));
	machine_deinit(&m);
	/* A direct map that runs into the shadow. */
	machine_init(&m, 4, MACHINE_NO_KASLR);
	machine_map(&m, m.root, KASAN_START_4, (KASAN_START_4 - m.page_offset) | M_DATA | M_PSE,
		    GIB);
	machine_map(&m, m.root, KASAN_END - GIB, (KASAN_END - GIB - m.page_offset) | M_DATA | M_PSE,
		    GIB);
	for (uint64_t va = m.vmalloc; va < KASAN_START_4; va += 1ULL << 39)
		*machine_entry(&m, m.root, va, 0) = 0;
	find(&m);
	expect(&m, PTWALK_IN_DIRECT_MAP, m.page_offset, KASAN_START_4);
	expect(&m, PTWALK_IN_KASAN, KASAN_START_4, KASAN_END);
	machine_deinit(&m);
}

/* A kernel that cannot be moved leaves 512 MiB more to modules. */
static void image_of_512_mib(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	machine_map(&m, m.root, 0xffffffffa0000000, 0x5000 | M_DATA, 4096);
	find(&m);
	expect(&m, PTWALK_IN_IMAGE, START_KERNEL_MAP, 0xffffffffa0000000);
	expect(&m, PTWALK_IN_MODULES, 0xffffffffa0000000, MODULES_END);
	/* The notes know better. */
	m.im.vmcoreinfo.text = "NUMBER(KERNEL_IMAGE_SIZE)=1073741824\n";
	m.im.vmcoreinfo.bytes = strlen(m.im.vmcoreinfo.text);
	find(&m);
	expect(&m, PTWALK_IN_MODULES, 0xffffffffc0000000, MODULES_END);
	machine_deinit(&m);
}

/* Tables that lie: a direct map of no constant, vmalloc where it has no room ... */
static void tables_that_lie(void **state)
{
	struct rng rng = { 7 };
	struct machine m;

	(void)state;
	machine_init(&m, 4, MACHINE_EMPTY);
	find(&m);
	assert_null(region(&m, PTWALK_IN_DIRECT_MAP));
	assert_null(region(&m, PTWALK_IN_IMAGE));
	assert_non_null(region(&m, PTWALK_IN_CPU_ENTRY));
	machine_deinit(&m);
	machine_init(&m, 4, 0);
	*machine_entry(&m, m.root, m.page_offset, 3) = 0x1000 | M_DATA;
	find(&m);
	assert_false(m.im.kernel.known & PTWALK_KNOWN_PAGE_OFFSET);
	assert_null(region(&m, PTWALK_IN_VMALLOC));
	machine_deinit(&m);
	machine_init(&m, 4, 0);
	*machine_entry(&m, m.root, m.vmalloc, 1) = 0;
	find(&m);
	assert_null(region(&m, PTWALK_IN_VMALLOC));
	/* Too near to what lies behind it. */
	machine_map(&m, m.root, 0xffffdf0000000000, 0x5000 | M_DATA, 4096);
	find(&m);
	assert_null(region(&m, PTWALK_IN_VMALLOC));
	machine_deinit(&m);
	for (unsigned int round = 0; round < 200; round++) {
		machine_init(&m, 4 + round % 2, MACHINE_EMPTY);
		for (u64 i = 0; i < 64 * MEM_WORDS; i++)
			m.mem.words[i] = rng_percent(&rng, 70) ? rng_below(&rng, 64) << 12 | 0x67 :
								 rng_next(&rng);
		m.root = rng_below(&rng, 64) << 12;
		find(&m);
		machine_deinit(&m);
	}
}

/* ---- seek ---- */

/* The first or last leaf of [start, end), by the core's scan; false where there is none. */
static bool leaf_by_scan(const struct ptw_space *sp, u64 start, u64 end, bool last, u64 *va)
{
	struct ptw_range r;
	struct ptw_scan scan;
	bool found = false;

	assert_int_equal(ptw_scan_init(&scan, sp, ptw_va(start), ptw_va(end), 100000), 0);
	while (ptw_scan_next(&scan, &r, 1) > 0) {
		if (r.what != PTW_LEAF)
			continue;
		found = true;
		*va = last ? (r.end.v - 1) & ~(r.page_bytes - 1) : r.start.v & ~(r.page_bytes - 1);
		if (!last)
			break;
	}
	return found;
}

static void expect_like_scan(struct tree *t, u64 start, u64 end)
{
	struct seek_found found;
	struct seek s = { &t->space, 1000000 };
	u64 va;

	if (!leaf_by_scan(&t->space, start, end, false, &va)) {
		assert_false(seek_first(&s, start, end, SEEK_LEAF, &found));
		assert_false(seek_last(&s, start, end, SEEK_LEAF, &found));
		return;
	}
	assert_true(seek_first(&s, start, end, SEEK_LEAF, &found));
	assert_int_equal(found.va, va);
	assert_true(found.leaf);
	leaf_by_scan(&t->space, start, end, true, &va);
	assert_true(seek_last(&s, start, end, SEEK_LEAF, &found));
	assert_int_equal(found.va, va);
}

/* A span of some 2 MiB: random tables are full, and a scan of more has no end. */
static void seek_is_scan(void **state)
{
	(void)state;
	for (u64 seed = 0; seed < 400; seed++) {
		struct tree t;
		u64 upper;

		tree_init(&t, seed);
		upper = t.model.levels == 5 ? ~0ULL << 56 : ~0ULL << 47;
		for (unsigned int i = 0; i < 20; i++) {
			u64 start = tree_address(&t) | upper;
			u64 end = start + 1 + rng_below(&t.rng, 3 << 20);

			expect_like_scan(&t, start, end < start ? 0 : end);
		}
		tree_deinit(&t);
	}
}

/* The bound is kept, and what an entry covers counts where only a part is asked for. */
static void seek_has_bounds(void **state)
{
	struct seek_found found;
	struct machine m;
	struct seek s;

	(void)state;
	machine_init(&m, 4, MACHINE_EMPTY);
	machine_found(&m);
	for (unsigned int i = 0; i < 512; i++)
		*machine_word(&m, m.root + 8 * i) = m.root | M_TABLE;
	s = (struct seek){ &m.im.space, 4 };
	assert_true(seek_first(&s, ~0ULL << 47, 0, SEEK_LEAF, &found));
	s.tables_left = 3;
	assert_false(seek_first(&s, ~0ULL << 47, 0, SEEK_LEAF, &found));
	assert_int_equal(s.tables_left, 0);
	/* All but the last table are empty: each is asked for. */
	memset(machine_word(&m, m.root), 0, MEM_PAGE);
	for (unsigned int i = 0; i < 511; i++)
		*machine_word(&m, m.root + 8 * i) = 0x5000 | M_TABLE;
	machine_map(&m, m.root, 0xffffffffc0000000, (1 * GIB) | M_DATA | M_PSE, GIB);
	s.tables_left = 100;
	assert_false(seek_first(&s, ~0ULL << 47, 0, SEEK_LEAF, &found));
	s.tables_left = 1000;
	assert_true(seek_first(&s, ~0ULL << 47, 0, SEEK_LEAF, &found));
	assert_int_equal(found.va, 0xffffffffc0000000);
	assert_int_equal(found.pa, GIB);
	assert_int_equal(found.bytes, GIB);
	assert_true(seek_first(&s, 0xffffffffc1234000, 0xffffffffc1235000, SEEK_LEAF, &found));
	assert_int_equal(found.va, 0xffffffffc0000000);
	assert_true(seek_last(&s, 0xffffffffc1234000, 0, 1, &found));
	assert_false(seek_last(&s, ~0ULL << 47, 0xffffffffc0000000, SEEK_LEAF, &found));
	assert_false(seek_first(&s, 0xffffffffc1234000, 0xffffffffc1234000, SEEK_LEAF, &found));
	/* A table of the level asked for is found, empty or not. */
	s.tables_left = 1000;
	assert_true(seek_last(&s, ~0ULL << 47, 0xffffff8000000000, 0, &found));
	assert_int_equal(found.va, 0xffffff0000000000);
	assert_int_equal(found.pa, 0x5000);
	assert_false(found.leaf);
	machine_deinit(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kernel),
		cmocka_unit_test(offsets),
		cmocka_unit_test(large_direct_map),
		cmocka_unit_test(many_gigabytes),
		cmocka_unit_test(too_many_gigabytes),
		cmocka_unit_test(empty_vmalloc),
		cmocka_unit_test(kasan),
		cmocka_unit_test(image_of_512_mib),
		cmocka_unit_test(tables_that_lie),
		cmocka_unit_test(seek_is_scan),
		cmocka_unit_test(seek_has_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
