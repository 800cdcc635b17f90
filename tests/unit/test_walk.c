// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_walk.c - one address through hand-made tables; the traps of a walk.
 */
#include "hand.h"

/* va with a different index at each level: pgd 1, pud 2, pmd 3, pte 4 */
#define VA_1234 (1 * 512 * GIB + 2 * GIB + 3 * 2 * MIB + 4 * 4 * KIB)

struct want {
	int ret;
	enum ptw_what end;
	unsigned int nr_steps;
	int error;
	u64 pa;
	u64 page_bytes;
};

static void expect_walk(const struct ptw_space *sp, u64 va, struct want want, struct ptw_walk *w)
{
	assert_int_equal(ptw_walk(sp, ptw_va(va), w), want.ret);
	assert_int_equal(w->va.v, va);
	assert_int_equal(w->end, want.end);
	assert_int_equal(w->nr_steps, want.nr_steps);
	assert_int_equal(w->error, want.error);
	assert_int_equal(w->pa.v, want.pa);
	assert_int_equal(w->page_bytes, want.page_bytes);
}

static void every_field_of_a_4_level_walk(void **state)
{
	const struct want want = { 0, PTW_LEAF, 4, 0, 0x7654abc, 4096 };
	struct ptw_walk w;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA_1234, PTE, 0x7654000 | X_PAGE);
	expect_walk(&h.space, VA_1234 + 0xabc, want, &w);
	for (unsigned int i = PGD; i <= PTE; i++) {
		/* hand_put() took the pages in this order */
		u64 table = HAND_BASE + i * MEM_PAGE;

		assert_int_equal(w.steps[i].entry_pa.v, table + 8 * (i + 1));
		assert_int_equal(w.steps[i].entry,
				 i == PTE ? 0x7654000 | X_PAGE : (table + MEM_PAGE) | X_TABLE);
		assert_int_equal(w.steps[i].is, i == PTE ? PTW_LEAF : PTW_TABLE);
	}
	/* at most one lend a level */
	assert_int_equal(h.mem.asks, 4);
	hand_deinit(&h);
}

static void upper_half_and_5_levels(void **state)
{
	const u64 va = 0xff11223344556677; /* p4d index 0x22, in the 57-bit half alone */
	const struct want want = { 0, PTW_LEAF, 5, 0, 0x9000677, 4096 };
	struct ptw_walk w;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_5level);
	hand_put(&h, va, PTE + 1, 0x9000000 | X_PAGE);
	expect_walk(&h.space, va, want, &w);
	assert_int_equal(w.steps[0].entry_pa.v, HAND_BASE + 8 * 0x111);
	hand_deinit(&h);
}

/* Each way a walk may end, at each level where it may. */
static void ends_and_errors(void **state)
{
	static const struct {
		unsigned int level;
		u64 entry;
		struct want want;
	} rows[] = {
		/* empty */
		{ PGD, 0, { -ENOENT, PTW_NONE, 1, 0, 0, 512 * GIB } },
		{ PUD, 0, { -ENOENT, PTW_NONE, 2, 0, 0, GIB } },
		{ PMD, 0, { -ENOENT, PTW_NONE, 3, 0, 0, 2 * MIB } },
		{ PTE, 0, { -ENOENT, PTW_NONE, 4, 0, 0, 4 * KIB } },
		/* stray accessed and dirty bits do not make it an entry */
		{ PTE, X_A | X_D, { -ENOENT, PTW_NONE, 4, 0, 0, 4 * KIB } },
		{ PMD, X_D, { -ENOENT, PTW_NONE, 3, 0, 0, 2 * MIB } },
		/* any other bit does */
		{ PTE, X_RW, { -ENOENT, PTW_SOFTWARE, 4, 0, 0, 4 * KIB } },
		{ PMD, X_PSE, { -ENOENT, PTW_SOFTWARE, 3, 0, 0, 2 * MIB } },
		{ PUD, X_NX, { -ENOENT, PTW_SOFTWARE, 2, 0, 0, GIB } },
		{ PGD, 1ULL << 62, { -ENOENT, PTW_SOFTWARE, 1, 0, 0, 512 * GIB } },
		/* PSE is reserved in a pgd entry */
		{ PGD, X_HUGE, { -EBADMSG, PTW_MALFORMED, 1, 0, 0, 512 * GIB } },
		/* address bits below the size of the page */
		{ PUD, X_HUGE | 1 << 29, { -EBADMSG, PTW_MALFORMED, 2, 0, 0, GIB } },
		{ PMD, X_HUGE | 1 << 13, { -EBADMSG, PTW_MALFORMED, 3, 0, 0, 2 * MIB } },
		/* a table that is no memory: the answer is that of its entry */
		{ PGD, 0xdead000 | X_TABLE, { -EFAULT, PTW_UNREADABLE, 1, -EFAULT, 0, 512 * GIB } },
		{ PUD, 0xdead000 | X_TABLE, { -EFAULT, PTW_UNREADABLE, 2, -EFAULT, 0, GIB } },
		{ PMD, 0xdead000 | X_TABLE, { -EFAULT, PTW_UNREADABLE, 3, -EFAULT, 0, 2 * MIB } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ptw_walk w;
		struct hand h;

		hand_init(&h, &ptw_x86_64_4level);
		hand_put(&h, VA_1234, rows[i].level, rows[i].entry);
		expect_walk(&h.space, VA_1234 + 0x123, rows[i].want, &w);
		assert_int_equal(w.steps[rows[i].level].entry, rows[i].entry);
		hand_deinit(&h);
	}
}

/* The memory's errno comes through as it is, whichever table it is for. */
static void memory_errors_come_through(void **state)
{
	static const u64 bytes[] = { 128 * TIB, 512 * GIB, GIB, 2 * MIB };

	(void)state;
	for (unsigned int page = 0; page < 4; page++) {
		const struct want want = { -EIO, PTW_UNREADABLE, page, -EIO, 0, bytes[page] };
		struct ptw_walk w;
		struct hand h;

		hand_init(&h, &ptw_x86_64_4level);
		hand_put(&h, VA_1234, PTE, 0x7654000 | X_PAGE);
		h.mem.error[page] = -EIO;
		expect_walk(&h.space, VA_1234, want, &w);
		hand_deinit(&h);
	}
}

/* trap 2: below each leaf lies a table that would give another answer */
static void trap02_huge_leaf_ends_the_walk(void **state)
{
	struct ptw_walk w;
	struct hand h;
	u64 below;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	below = hand_page(&h);
	hand_fill(&h, below, 0x6666000 | X_PAGE, 0);

	/* 2 MiB, as huge vmalloc has them. A memory that lies at 2 MiB is needed. */
	h.mem.base = 2 * MIB;
	h.space.root.v = 2 * MIB;
	*mem_at(&h.mem, 0, 1) = (2 * MIB + 1 * MEM_PAGE) | X_TABLE;
	*mem_at(&h.mem, 1, 2) = (2 * MIB + 2 * MEM_PAGE) | X_TABLE;
	*mem_at(&h.mem, 2, 3) = 2 * MIB | X_HUGE; /* its frame is the root */
	expect_walk(&h.space, VA_1234 + 0x5678,
		    (struct want){ 0, PTW_LEAF, 3, 0, 2 * MIB + 0x4000 + 0x5678, 2 * MIB }, &w);

	/* 1 GiB, as the direct map has them */
	*mem_at(&h.mem, 1, 2) = 5 * GIB | X_HUGE;
	expect_walk(&h.space, VA_1234 + 0x5678,
		    (struct want){ 0, PTW_LEAF, 2, 0, 5 * GIB + 0x600000 + 0x4000 + 0x5678, GIB },
		    &w);
	hand_deinit(&h);
}

/* trap 3: the same memory has another meaning with another number of levels */
static void trap03_level_count_is_a_run_time_fact(void **state)
{
	const u64 va = 0x1234567000;
	struct ptw_space five;
	struct ptw_walk w;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, va, PTE, 0x7654000 | X_PAGE);
	assert_int_equal(ptw_space_init(&five, &ptw_x86_64_5level, &h.mem.ops, HAND_BASE, 0, 0), 0);
	expect_walk(&h.space, va, (struct want){ 0, PTW_LEAF, 4, 0, 0x7654000, 4096 }, &w);
	/* pgd[0] leads on, where the fifth level finds the pud table as p4d: empty at [0] */
	expect_walk(&five, va, (struct want){ -ENOENT, PTW_NONE, 2, 0, 0, 512 * GIB }, &w);
	hand_deinit(&h);
}

static void trap03_noncanonical_is_refused(void **state)
{
	const struct want refused = { -EINVAL, PTW_NONCANONICAL, 0, 0, 0, 0 };
	static const u64 four[] = { 0x0000800000000000, 0xffff7fffffffffff, 1ULL << 63 };
	static const u64 five[] = { 0x0100000000000000, 0xfeffffffffffffff, 1ULL << 63 };
	struct ptw_walk w;
	struct hand h4, h5;

	(void)state;
	hand_init(&h4, &ptw_x86_64_4level);
	hand_init(&h5, &ptw_x86_64_5level);
	for (size_t i = 0; i < ARRAY_SIZE(four); i++) {
		expect_walk(&h4.space, four[i], refused, &w);
		expect_walk(&h5.space, five[i], refused, &w);
	}
	assert_int_equal(h4.mem.asks + h5.mem.asks, 0);
	hand_deinit(&h4);
	hand_deinit(&h5);
}

/*
 * trap 4: with page-table isolation the user's pgd is the kernel's neighbour,
 * at bit 12 of CR3; the kernel's copy of the user entries has NX.
 */
static void trap04_pti_pgd_is_the_neighbour(void **state)
{
	struct ptw_space kernel, user;
	struct ptw_rights r;
	struct ptw_walk w;
	struct hand h;
	u64 pud;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_page(&h); /* page 1: the user's pgd */
	hand_put(&h, VA_1234, PTE, 0x7654000 | X_PAGE);
	hand_put(&h, -4096ULL, PTE, 0x3333000 | X_PAGE);
	pud = *mem_at(&h.mem, 0, 1);
	*mem_at(&h.mem, 0, 1) = pud | X_NX;
	*mem_at(&h.mem, 1, 1) = pud;
	assert_int_equal(ptw_space_init(&kernel, &ptw_x86_64_4level, &h.mem.ops,
					HAND_BASE | 6 | 1ULL << 63, 0, 0),
			 0);
	assert_int_equal(ptw_space_init(&user, &ptw_x86_64_4level, &h.mem.ops,
					(HAND_BASE + MEM_PAGE) | 0x806, 0, 0),
			 0);

	assert_int_equal(ptw_walk(&kernel, ptw_va(VA_1234), &w), 0);
	ptw_rights(&kernel, &w, &r);
	assert_int_equal(r.allowed, PTW_R | PTW_W | PTW_U);
	assert_int_equal(ptw_walk(&user, ptw_va(VA_1234), &w), 0);
	ptw_rights(&user, &w, &r);
	assert_int_equal(r.allowed, PTW_ALL_RIGHTS);
	/* the other half: the kernel's is all but absent in the user's pgd */
	assert_int_equal(ptw_walk(&kernel, ptw_va(-4096ULL), &w), 0);
	assert_int_equal(ptw_walk(&user, ptw_va(-4096ULL), &w), -ENOENT);
	hand_deinit(&h);
}

/* trap 5: the bit is in every entry, tables and leaves, inside the address */
static void trap05_encryption_is_stripped(void **state)
{
	static const unsigned int c_bits[] = { 47, 51, 43 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(c_bits); i++) {
		const u64 c_bit = 1ULL << c_bits[i];
		struct ptw_space sp;
		struct ptw_walk w;
		struct hand h;

		hand_init(&h, &ptw_x86_64_4level);
		hand_put(&h, VA_1234, PTE, 0x7654000 | X_PAGE | c_bit);
		for (unsigned int level = PTE; level-- > PGD;) /* hand_entry() goes by them */
			*hand_entry(&h, VA_1234, level) |= c_bit;
		/* 43 address bits: the encryption bit is above them, and yet no error */
		assert_int_equal(ptw_space_init(&sp, &ptw_x86_64_4level, &h.mem.ops,
						HAND_BASE | c_bit, c_bit, 43),
				 0);
		expect_walk(&sp, VA_1234 + 1, (struct want){ 0, PTW_LEAF, 4, 0, 0x7654001, 4096 },
			    &w);
		assert_int_equal(w.steps[PTE].entry, 0x7654000 | X_PAGE | c_bit);
		/* not told of it, the walk believes in a table up there: no memory */
		assert_int_equal(ptw_walk(&h.space, ptw_va(VA_1234), &w), -EFAULT);
		assert_int_equal(w.nr_steps, 1);
		hand_deinit(&h);
	}
}

/* trap 6: the same bits have other meanings at other levels */
static void trap06_bit7_and_bit12(void **state)
{
	static const struct {
		unsigned int level;
		u64 entry;
		struct want want;
	} rows[] = {
		/* bit 7 of a pte is PAT: still a 4 KiB page */
		{ PTE, 0x7654000 | X_PAGE | X_PAT, { 0, PTW_LEAF, 4, 0, 0x7654000, 4096 } },
		/* bit 12 of a pte is address */
		{ PTE, 0x7655000 | X_PAGE, { 0, PTW_LEAF, 4, 0, 0x7655000, 4096 } },
		/* bit 12 of a large page is PAT, not address */
		{ PMD, 0x7600000 | X_HUGE | X_PAT_LARGE, { 0, PTW_LEAF, 3, 0, 0x7604000, 2 * MIB } },
		{ PUD, 1 * GIB | X_HUGE | X_PAT_LARGE, { 0, PTW_LEAF, 2, 0, GIB + 0x604000, GIB } },
		/* bits 52-62 are no address, 63 is NX */
		{ PTE,
		  0x7654000 | X_PAGE | 0xfff0000000000000,
		  { 0, PTW_LEAF, 4, 0, 0x7654000, 4096 } },
		{ PMD,
		  0x7600000 | X_HUGE | 0xfff0000000000000,
		  { 0, PTW_LEAF, 3, 0, 0x7604000, 2 * MIB } },
		/* bits 9-11 are software's; the highest frame there is */
		{ PTE,
		  0xffffffffff000 | X_PAGE | 0xe00,
		  { 0, PTW_LEAF, 4, 0, 0xffffffffff000, 4096 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ptw_walk w;
		struct hand h;

		hand_init(&h, &ptw_x86_64_4level);
		hand_put(&h, VA_1234, rows[i].level, rows[i].entry);
		expect_walk(&h.space, VA_1234, rows[i].want, &w);
		hand_deinit(&h);
	}
}

/* Bits 52-62 of a table's entry are no address either. */
static void trap06_high_bits_of_a_table(void **state)
{
	struct ptw_walk w;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA_1234, PTE, 0x7654000 | X_PAGE);
	for (unsigned int level = PTE; level-- > PGD;)
		*hand_entry(&h, VA_1234, level) |= 0xfff0000000000f78;
	expect_walk(&h.space, VA_1234, (struct want){ 0, PTW_LEAF, 4, 0, 0x7654000, 4096 }, &w);
	hand_deinit(&h);
}

/* trap 10: one lookup is one section, and nothing is read after it */
static void trap10_one_lookup_is_one_section(void **state)
{
	struct ptw_walk w;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA_1234, PTE, 0x7654000 | X_PAGE);
	mem_set_live(&h.mem, true);
	assert_int_equal(ptw_walk(&h.space, ptw_va(VA_1234), &w), 0);
	assert_int_equal(h.mem.sections, 1);
	assert_false(h.mem.inside);
	/* also when it ends in an error */
	h.mem.error[2] = -EIO;
	assert_int_equal(ptw_walk(&h.space, ptw_va(VA_1234), &w), -EIO);
	assert_int_equal(h.mem.sections, 2);
	assert_false(h.mem.inside);
	hand_deinit(&h);
}

/* trap 15: a root that maps itself is walked once a level, and no more */
static void trap15_self_map_is_bounded(void **state)
{
	const u64 self = HAND_BASE | X_TABLE;
	struct ptw_walk w;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	*mem_at(&h.mem, 0, 511) = self;
	/* 511 four times: the root as its own pte table, mapping itself */
	expect_walk(&h.space, -1ULL, (struct want){ 0, PTW_LEAF, 4, 0, HAND_BASE + 0xfff, 4096 },
		    &w);
	assert_int_equal(h.mem.asks, 4);
	for (unsigned int i = PGD; i <= PTE; i++)
		assert_int_equal(w.steps[i].entry_pa.v, HAND_BASE + 8 * 511);
	hand_deinit(&h);

	hand_init(&h, &ptw_x86_64_5level);
	*mem_at(&h.mem, 0, 511) = self;
	expect_walk(&h.space, -1ULL, (struct want){ 0, PTW_LEAF, 5, 0, HAND_BASE + 0xfff, 4096 },
		    &w);
	assert_int_equal(h.mem.asks, 5);
	hand_deinit(&h);
}

/* trap 15: the memory's edges, and addresses that the machine does not have */
static void trap15_edges_are_not_overrun(void **state)
{
	static const struct {
		u64 table; /* in the pgd entry */
		int ret;
		enum ptw_what end;
	} rows[] = {
		{ HAND_BASE + (HAND_PAGES - 1) * MEM_PAGE, -ENOENT, PTW_NONE }, /* last page */
		{ HAND_BASE + HAND_PAGES * MEM_PAGE, -EFAULT, PTW_UNREADABLE }, /* one behind */
		{ HAND_BASE - MEM_PAGE, -EFAULT, PTW_UNREADABLE }, /* one before */
		{ 0, -EFAULT, PTW_UNREADABLE }, /* frame 0 */
		{ 0x0000003ffffff000, -EFAULT, PTW_UNREADABLE }, /* highest of 38 bits */
		{ 0x0000004000000000, -EBADMSG, PTW_MALFORMED }, /* first above */
		{ 0x000ffffffffff000, -EBADMSG, PTW_MALFORMED }, /* all there are */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ptw_space sp;
		struct ptw_walk w;
		struct hand h;

		hand_init(&h, &ptw_x86_64_4level);
		assert_int_equal(
			ptw_space_init(&sp, &ptw_x86_64_4level, &h.mem.ops, HAND_BASE, 0, 38), 0);
		*mem_at(&h.mem, 0, 1) = rows[i].table | X_TABLE;
		assert_int_equal(ptw_walk(&sp, ptw_va(VA_1234), &w), rows[i].ret);
		assert_int_equal(w.end, rows[i].end);
		hand_deinit(&h);
	}
}

/* lessons.md: what the walk says of the two addresses of 2016 */
static void lessons_figures_by_walk(void **state)
{
	const u64 kmalloc = 0xffff88008d96a000, vmalloc = 0xffffc900106be000;
	struct ptw_walk w;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	/* the direct map: 2 MiB and 1 GiB leaves */
	hand_put(&h, kmalloc, PMD, 0x8d800000 | X_HUGE | X_G | X_NX);
	hand_put(&h, vmalloc, PTE, 0x61eef000 | X_PAGE | X_G | X_NX);
	assert_int_equal(ptw_walk(&h.space, ptw_va(kmalloc), &w), 0);
	assert_int_equal(w.pa.v, 0x8d96a000);
	assert_int_equal(w.pa.v, ptw_x86_virt_to_phys(w.va, 0xffff880000000000, 0));
	hand_put(&h, kmalloc, PUD, 0x80000000 | X_HUGE | X_G | X_NX);
	assert_int_equal(ptw_walk(&h.space, ptw_va(kmalloc), &w), 0);
	assert_int_equal(w.pa.v, 0x8d96a000);
	assert_int_equal(ptw_walk(&h.space, ptw_va(vmalloc), &w), 0);
	assert_int_equal(w.pa.v, 0x61eef000);
	hand_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_4_level_walk),
		cmocka_unit_test(upper_half_and_5_levels),
		cmocka_unit_test(ends_and_errors),
		cmocka_unit_test(memory_errors_come_through),
		cmocka_unit_test(trap02_huge_leaf_ends_the_walk),
		cmocka_unit_test(trap03_level_count_is_a_run_time_fact),
		cmocka_unit_test(trap03_noncanonical_is_refused),
		cmocka_unit_test(trap04_pti_pgd_is_the_neighbour),
		cmocka_unit_test(trap05_encryption_is_stripped),
		cmocka_unit_test(trap06_bit7_and_bit12),
		cmocka_unit_test(trap06_high_bits_of_a_table),
		cmocka_unit_test(trap10_one_lookup_is_one_section),
		cmocka_unit_test(trap15_self_map_is_bounded),
		cmocka_unit_test(trap15_edges_are_not_overrun),
		cmocka_unit_test(lessons_figures_by_walk),
	};

	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
