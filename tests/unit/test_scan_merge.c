// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_scan_merge.c - which neighbours are one range, and which are not.
 */
#include "stream.h"

#define VA (5 * 512 * GIB) /* pgd[5], and index 0 below it */

/* Which neighbours are one range: three ptes, and a shape of pages a range. */
static void neighbours_that_are_one(void **state)
{
	static const u64 page = 0x50000 | X_PAGE, kernel = 0xffffc90000000000;
	const struct {
		u64 va;
		u64 entries[3];
		const char *shape;
	} rows[] = {
		/* the next frame, and the next */
		{ VA, { page, page + 0x1000, page + 0x2000 }, "3" },
		/* the same frame, and the same */
		{ VA, { page, page, page }, "3r" },
		/* the second page decides whether it goes on or repeats */
		{ VA, { page, page + 0x1000, page + 0x1000 }, "2 1" },
		{ VA, { page, page, page + 0x1000 }, "2r 1" },
		{ VA, { page, page, page + 0x2000 }, "2r 1" },
		/* neither the one before nor the one after the next */
		{ VA, { page, page - 0x1000, page }, "1 2" },
		{ VA, { page, page + 0x2000, page + 0x4000 }, "1 1 1" },
		/* back to the first: not the one before */
		{ VA, { page, page + 0x1000, page }, "2 1" },
		/* accessed and dirty are no part of the meaning */
		{ VA, { page, (page + 0x1000) & ~X_A, (page + 0x2000) & ~X_D }, "3" },
		{ VA, { page & ~(X_A | X_D), page, page }, "3r" },
		/* each other bit is */
		{ VA, { page, (page + 0x1000) & ~X_RW, page + 0x2000 }, "1 1 1" },
		{ VA, { page, (page + 0x1000) & ~X_US, page + 0x2000 }, "1 1 1" },
		{ VA, { page, (page + 0x1000) | X_NX, page + 0x2000 }, "1 1 1" },
		{ VA, { page, (page + 0x1000) | X_PWT, (page + 0x2000) | X_PWT }, "1 2" },
		{ VA, { page, (page + 0x1000) | X_PAT, page + 0x2000 }, "1 1 1" },
		{ VA, { page, (page + 0x1000) | X_G, page + 0x2000 }, "1 1 1" },
		{ VA, { page, (page + 0x1000) | 1 << 9, page + 0x2000 }, "1 1 1" },
		{ VA, { page, (page + 0x1000) | 1ULL << 58, page + 0x2000 }, "1 1 1" },
		{ VA, { page, (page + 0x1000) | 1ULL << 59, page + 0x2000 }, "1 1 1" },
		/* holes: stray bits make no difference */
		{ VA, { 0, X_A, X_A | X_D }, "3" },
		{ VA, { 0, X_RW, 0 }, "1 1 1" },
		/* swap: the next slot, the same slot, another area, other flags */
		{ VA, { X_SWAP(1, 5), X_SWAP(1, 6), X_SWAP(1, 7) }, "3" },
		{ VA, { X_SWAP(1, 5), X_SWAP(1, 5), X_SWAP(1, 5) }, "3r" },
		{ VA, { X_SWAP(1, 5), X_SWAP(1, 4), X_SWAP(1, 3) }, "1 1 1" },
		{ VA, { X_SWAP(1, 5), X_SWAP(2, 6), X_SWAP(2, 7) }, "1 2" },
		{ VA, { X_SWAP(1, 5), X_SWAP(1, 6) | X_RW, X_SWAP(1, 7) }, "1 1 1" },
		/* migration: frames, and the flags above them */
		{ VA, { X_SWAP(28, 5), X_SWAP(28, 6), X_SWAP(28, 7) }, "3" },
		{ VA, { X_SWAP(28, 5), X_SWAP(28, 6 | 1ULL << 34), X_SWAP(28, 7) }, "1 1 1" },
		{ VA, { X_SWAP(28, 5), X_SWAP(29, 6), X_SWAP(30, 7) }, "1 1 1" },
		/* a frame number that runs over into the young flag does not go on */
		{ VA,
		  { X_SWAP(28, (1ULL << 34) - 1), X_SWAP(28, 1ULL << 34),
		    X_SWAP(28, (1ULL << 34) + 1) },
		  "1 2" },
		/* markers are no slots: only the same ones are one */
		{ VA, { X_SWAP(31, 1), X_SWAP(31, 2), X_SWAP(31, 2) }, "1 2r" },
		/* PROT_NONE: frames are flipped, and so count down */
		{ VA, { ~page & X_FLIP & ~0x1000ULL, 0, 0 }, "1 2" },
		{ VA,
		  { (~0x5000ULL & X_FLIP) | X_PROTNONE, (~0x6000ULL & X_FLIP) | X_PROTNONE,
		    (~0x7000ULL & X_FLIP) | X_PROTNONE },
		  "3" },
		{ VA,
		  { (~0x5000ULL & X_FLIP) | X_PROTNONE, (~0x4000ULL & X_FLIP) | X_PROTNONE,
		    (~0x4000ULL & X_FLIP) | X_PROTNONE },
		  "1 2r" },
		/* mapped, PROT_NONE of the next frame, mapped */
		{ VA, { page, (~0x51000ULL & X_FLIP) | X_PROTNONE, page + 0x2000 }, "1 1 1" },
		/* of no known kind: only the same ones are one */
		{ VA, { 0x5080, 0x5080, 0x6080 }, "2r 1" },
		/* the kernel's half: taken out, flipped or as they are */
		{ kernel, { 0x5000 | X_RW | X_G, 0x6000 | X_RW | X_G, 0x7000 | X_RW | X_G }, "3" },
		{ kernel,
		  { (~0x5000ULL & X_FLIP) | X_RW, (~0x6000ULL & X_FLIP) | X_RW,
		    (~0x7000ULL & X_FLIP) | X_RW },
		  "3" },
	};
	struct hand h;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		hand_init(&h, &ptw_x86_64_4level);
		for (unsigned int k = 0; k < 3; k++)
			hand_put(&h, rows[i].va + k * 4096, PTE, rows[i].entries[k]);
		expect_shape(&h, rows[i].va, rows[i].va + 3 * 4096, 4096, 0, rows[i].shape);
		hand_deinit(&h);
	}
}

/* The same among pmd entries: what counts on, counts on by 2 MiB. */
static void huge_neighbours_that_are_one(void **state)
{
	static const u64 page = 0x40000000 | X_HUGE, bad = X_HUGE | 1 << 13;
	static const struct {
		u64 entries[3];
		const char *shape;
	} rows[] = {
		{ { page, page + 2 * MIB, page + 4 * MIB }, "3" },
		{ { page, page, page }, "3r" },
		{ { page, page + 4096, page + 8192 }, "1 1 1" }, /* PAT; then reserved */
		{ { page, page | X_PAT_LARGE, page }, "1 1 1" },
		/* splitting: flipped frames */
		{ { (~0x400000ULL & 0xfffffffe00000) | X_PSE,
		    (~0x600000ULL & 0xfffffffe00000) | X_PSE,
		    (~0x600000ULL & 0xfffffffe00000) | X_PSE },
		  "2 1" },
		/* a huge page on the move: 512 frames on */
		{ { X_SWAP(28, 0x200), X_SWAP(28, 0x400), X_SWAP(28, 0x401) }, "2 1" },
		/* malformed: only the same ones are one, but for accessed and dirty */
		{ { bad, bad, bad & ~X_A }, "3r" },
		{ { bad, bad | 1 << 14, bad | 1 << 14 }, "1 2r" },
		{ { bad, bad + 2 * MIB, bad + 4 * MIB }, "1 1 1" },
		/* unreadable tables: the reason counts, not where they are not */
		{ { 0xdead000 | X_TABLE, 0xbeef000 | X_TABLE, 0 }, "2 1" },
	};
	struct hand h;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		hand_init(&h, &ptw_x86_64_4level);
		for (unsigned int k = 0; k < 3; k++)
			hand_put(&h, VA + k * 2 * MIB, PMD, rows[i].entries[k]);
		expect_shape(&h, VA, VA + 6 * MIB, 2 * MIB, 0, rows[i].shape);
		hand_deinit(&h);
	}
}

/* trap 8: a table takes a right: the leaves' entries are alike, the ranges are not */
static void trap08_rights_of_all_levels_in_ranges(void **state)
{
	struct ptw_range want[] = {
		leaf_range(VA, VA + 2 * MIB, PTE, 0x50000 | X_PAGE, 0x50000),
		leaf_range(VA + 2 * MIB, VA + 4 * MIB, PTE, (0x50000 + 2 * MIB) | X_PAGE,
			   0x50000 + 2 * MIB),
	};
	struct hand h;

	(void)state;
	want[1].rights = PTW_R | PTW_U;
	hand_init(&h, &ptw_x86_64_4level);
	for (u64 i = 0; i < 1024; i++)
		hand_put(&h, VA + i * 4096, PTE, (0x50000 + i * 4096) | X_PAGE);
	*hand_entry(&h, VA + 2 * MIB, PMD) ^= X_RW | X_NX;
	EXPECT(&h, VA, VA + 4 * MIB, want);
	hand_deinit(&h);
}

/* What a caller may leave out of the comparison, and add to it. */
static void compare_is_the_callers(void **state)
{
	static const u64 page = 0x50000 | X_PAGE;
	static const struct {
		u64 entries[3];
		u64 compare;
		const char *shape;
	} rows[] = {
		/* accessed and dirty count */
		{ { page, (page + 0x1000) & ~X_A, page + 0x2000 }, ~0ULL, "1 1 1" },
		{ { page, page, page & ~X_D }, ~0ULL, "2r 1" },
		/* a software bit, the key and the type do not */
		{ { page, (page + 0x1000) | 1 << 9, page + 0x2000 }, ~(X_A | X_D | 1 << 9), "3" },
		{ { page, (page + 0x1000) | 5ULL << 59, page + 0x2000 }, ~(15ULL << 59), "3" },
		{ { page, (page + 0x1000) | X_PAT | X_PWT, page + 0x2000 }, ~(X_PAT | X_PWT), "3" },
		/* no bit counts: but rights, frames and what entries are, do */
		{ { page, (page + 0x1000) | X_G | 1ULL << 60, page + 0x2000 }, X_P, "3" },
		{ { page, (page + 0x1000) & ~X_RW, page + 0x2000 }, X_P, "1 1 1" },
		{ { page, (page + 0x1000) | X_NX, page + 0x2000 }, X_P, "1 1 1" },
		{ { page, page + 0x2000, page + 0x4000 }, X_P, "1 1 1" },
		/* nor do they in notes; kind, type and slot do */
		{ { X_SWAP(1, 5), X_SWAP(1, 6) | X_RW, X_SWAP(2, 7) }, X_P, "2 1" },
		{ { X_SWAP(1, 5), X_SWAP(1, 7), X_SWAP(1, 8) | X_US }, X_P, "1 2" },
		{ { X_SWAP(31, 1), X_SWAP(31, 1) | X_RW, X_SWAP(31, 2) }, X_P, "2r 1" },
	};
	struct hand h;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		hand_init(&h, &ptw_x86_64_4level);
		for (unsigned int k = 0; k < 3; k++)
			hand_put(&h, VA + k * 4096, PTE, rows[i].entries[k]);
		expect_shape(&h, VA, VA + 3 * 4096, 4096, rows[i].compare, rows[i].shape);
		hand_deinit(&h);
	}
}

/*
 * Rights are those of all levels, whatever compare leaves out: the first table
 * takes W from its pages, the second does not.
 */
static void rights_count_whatever_is_compared(void **state)
{
	const u64 border = VA + 2 * MIB, page = 0x50000 | X_PAGE;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, border - 4096, PTE, page); /* W by itself, not by its table */
	*hand_entry(&h, border - 4096, PMD) &= ~X_RW;
	hand_put(&h, border, PTE, (page + 0x1000) & ~X_RW); /* not W by itself: alike */
	hand_put(&h, border + 4096, PTE, page + 0x2000); /* W: another range */
	expect_shape(&h, border - 4096, border + 2 * 4096, 4096, ~X_RW, "2 1");
	hand_put(&h, border, PTE, page & ~X_RW); /* the same, repeating */
	hand_put(&h, border + 4096, PTE, page);
	expect_shape(&h, border - 4096, border + 2 * 4096, 4096, ~X_RW, "2r 1");
	hand_deinit(&h);
}

/*
 * trap 5, trap 6: eight entries, each the one before plus one page as a plain
 * number. After the fourth the sum runs over into something that is no address.
 */
static void frames_do_not_carry_over(void **state)
{
	static const struct {
		unsigned int level;
		u64 first; /* that of the fifth entry */
		u64 encryption;
		unsigned int pa_bits;
		const char *shape;
	} rows[] = {
		{ PTE, 1ULL << 47, 1ULL << 47, 0, "4 4" }, /* into the encryption bit */
		{ PMD, 1ULL << 47, 1ULL << 47, 0, "4 4" },
		{ PTE, 1ULL << 30, 1ULL << 30, 0, "4 4" }, /* a low one */
		{ PTE, 3ULL << 47, 1ULL << 47, 0, "4 4" }, /* over it: 2^48 + ... */
		{ PTE, 1ULL << 36, 0, 36, "4 1 1 1 1" }, /* over the limit: malformed */
		{ PMD, 1ULL << 36, 0, 36, "4 1 1 1 1" },
		{ PUD, 1ULL << 36, 0, 36, "4 1 1 1 1" },
		{ PTE, 1ULL << 36, 0, 37, "8" }, /* within the limit it goes on */
		{ PTE, 1ULL << 52, 0, 0, "4 4" }, /* over the end of the field, into bit 52 */
		{ PMD, 1ULL << 52, 0, 0, "4 4" },
		{ PUD, 1ULL << 52, 0, 0, "4 4" },
	};
	struct hand h;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		u64 bytes, flags = rows[i].level == PTE ? X_PAGE : X_HUGE;

		hand_init(&h, &ptw_x86_64_4level);
		bytes = ptw_level_bytes(h.space.format, rows[i].level);
		for (u64 k = 0; k < 8; k++)
			hand_put(&h, VA + k * bytes, rows[i].level,
				 (rows[i].first + (k - 4) * bytes) | flags);
		assert_int_equal(ptw_space_init(&h.space, &ptw_x86_64_4level, &h.mem.ops, HAND_BASE,
						rows[i].encryption, rows[i].pa_bits),
				 0);
		expect_shape(&h, VA, VA + 8 * bytes, bytes, 0, rows[i].shape);
		hand_deinit(&h);
	}
}

/* The encryption bit is a page's own: a decrypted page among encrypted ones. */
static void trap05_decrypted_page_is_a_range(void **state)
{
	const u64 c_bit = 1ULL << 51, page = 0x50000 | X_PAGE;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, VA, PTE, page | c_bit);
	hand_put(&h, VA + 4096, PTE, page + 4096);
	hand_put(&h, VA + 8192, PTE, (page + 8192) | c_bit);
	h.space.encryption = c_bit;
	expect_shape(&h, VA, VA + 3 * 4096, 4096, 0, "1 1 1");
	expect_shape(&h, VA, VA + 3 * 4096, 4096, ~c_bit, "3");
	hand_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_that_are_one),
		cmocka_unit_test(huge_neighbours_that_are_one),
		cmocka_unit_test(trap08_rights_of_all_levels_in_ranges),
		cmocka_unit_test(compare_is_the_callers),
		cmocka_unit_test(rights_count_whatever_is_compared),
		cmocka_unit_test(frames_do_not_carry_over),
		cmocka_unit_test(trap05_decrypted_page_is_a_range),
	};

	return cmocka_run_group_tests_name("scan_merge", tests, NULL, NULL);
}
