// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_soft.c - what the kernel notes in entries that are not present.
 */
#include "hand.h"

#define C_BIT (1ULL << 47)
#define USER_VA 0x7f0000000000ULL
#define KERNEL_VA 0xffffc90000000000ULL

/* @frame flipped, as pfn_pte() and pfn_pmd() store it (pgtable-invert.h) */
#define FLIPPED(frame) (X_FLIP & ~(u64)(frame))
#define FLIPPED_2M(frame) (BITS(51, 21) & ~(u64)(frame))
#define FLIPPED_1G(frame) (BITS(51, 30) & ~(u64)(frame))

struct soft_row {
	u64 va;
	unsigned int level;
	u64 entry;
	struct ptw_soft want;
};

static void expect_soft(const struct ptw_space *sp, const struct soft_row *row)
{
	struct ptw_soft soft = ptw_soft(sp, ptw_va(row->va), row->level, row->entry);

	assert_int_equal(ptw_classify(sp, row->level, row->entry), PTW_SOFTWARE);
	assert_int_equal(soft.kind, row->want.kind);
	assert_int_equal(soft.has_pa, row->want.has_pa);
	assert_int_equal(soft.type, row->want.type);
	assert_int_equal(soft.offset, row->want.offset);
	assert_int_equal(soft.pa.v, row->want.pa.v);
}

#define FRAME(k, t, p)                                                \
	{                                                             \
		.kind = (k), .has_pa = true, .type = (t), .pa = { p } \
	}
#define SLOT(k, t, o)                                   \
	{                                               \
		.kind = (k), .type = (t), .offset = (o) \
	}

/* trap 7: the frame is stored flipped so that speculation meets no memory */
static void trap07_l1tf_frames_are_flipped(void **state)
{
	static const struct soft_row rows[] = {
		/* PROT_NONE of a page, of a 2 MiB and of a 1 GiB one */
		{ USER_VA, PTE, FLIPPED(0x12345000) | X_PROTNONE | X_A,
		  FRAME(PTW_SOFT_PROTNONE, 0, 0x12345000) },
		{ USER_VA, PMD, FLIPPED_2M(0x12200000) | X_PROTNONE | X_PSE | X_A,
		  FRAME(PTW_SOFT_PROTNONE, 0, 0x12200000) },
		{ USER_VA, PUD, FLIPPED_1G(0x140000000) | X_PROTNONE | X_PSE | X_A,
		  FRAME(PTW_SOFT_PROTNONE, 0, 0x140000000) },
		/* with all the flags that it may keep; NX is no address */
		{ USER_VA, PTE, FLIPPED(0x12345000) | 0xfff0000000000ffe,
		  FRAME(PTW_SOFT_PROTNONE, 0, 0x12345000) },
		/* the highest frame and the lowest: flipped they are all 0, all 1 */
		{ USER_VA, PTE, X_PROTNONE, FRAME(PTW_SOFT_PROTNONE, 0, 0xffffffffff000) },
		{ USER_VA, PTE, X_FLIP | X_PROTNONE, FRAME(PTW_SOFT_PROTNONE, 0, 0) },
		/* PAT of a large page stands at bit 12 and is not flipped */
		{ USER_VA, PMD, FLIPPED_2M(0x12200000) | X_PROTNONE | X_PSE | X_PAT_LARGE,
		  FRAME(PTW_SOFT_PROTNONE, 0, 0x12200000) },
		/* pmd_mkinvalid(): PRESENT is gone, PSE stays */
		{ USER_VA, PMD, FLIPPED_2M(0x12200000) | X_PSE | X_RW | X_US | X_A | X_D,
		  FRAME(PTW_SOFT_SPLITTING, 0, 0x12200000) },
		{ USER_VA, PUD, FLIPPED_1G(0x140000000) | X_PSE,
		  FRAME(PTW_SOFT_SPLITTING, 0, 0x140000000) },
		/* bit 7 in the last level is neither; swap entries have 0 there */
		{ USER_VA, PTE, FLIPPED(0x12345000) | X_PAT, { .kind = PTW_SOFT_UNKNOWN } },
		/* the kernel keeps no notes where no page can be */
		{ USER_VA, PGD, X_SWAP(1, 2), { .kind = PTW_SOFT_UNKNOWN } },
		{ USER_VA, PGD, FLIPPED(0x12345000) | X_PROTNONE, { .kind = PTW_SOFT_UNKNOWN } },
	};
	struct ptw_space sp = space_of(&ptw_x86_64_4level, 0, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_soft(&sp, &rows[i]);
}

/* trap 5 and trap 7: the encryption bit is no part of a flipped frame either */
static void trap07_flipped_frames_with_encryption(void **state)
{
	static const struct soft_row rows[] = {
		{ USER_VA, PTE, (FLIPPED(0x12345000) & ~C_BIT) | X_PROTNONE,
		  FRAME(PTW_SOFT_PROTNONE, 0, 0x12345000) },
		{ USER_VA, PTE, FLIPPED(0x12345000) | C_BIT | X_PROTNONE,
		  FRAME(PTW_SOFT_PROTNONE, 0, 0x12345000) },
		{ KERNEL_VA, PTE, 0x12345000 | C_BIT | X_RW | X_G,
		  FRAME(PTW_SOFT_UNMAPPED, 0, 0x12345000) },
	};
	struct ptw_space sp = space_of(&ptw_x86_64_4level, C_BIT, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_soft(&sp, &rows[i]);
}

/* Swap entries of every kind, as 6.12 numbers the types. */
static void trap07_swap_entries_of_6_12(void **state)
{
	static const struct soft_row rows[] = {
		{ USER_VA, PTE, X_SWAP(0, 1), SLOT(PTW_SOFT_SWAP, 0, 1) }, /* first area */
		{ USER_VA, PTE, X_SWAP(3, 0x12345), SLOT(PTW_SOFT_SWAP, 3, 0x12345) },
		{ USER_VA, PTE, X_SWAP(26, 7), SLOT(PTW_SOFT_SWAP, 26, 7) }, /* last area */
		/* the highest slot that fits */
		{ USER_VA, PTE, X_SWAP(1, BITS(49, 0)) | X_RW,
		  SLOT(PTW_SOFT_SWAP, 1, BITS(49, 0)) },
		/* soft dirty, uffd-wp and exclusive are no part of it; nor stray A and D */
		{ USER_VA, PTE, X_SWAP(3, 9) | X_RW | X_US | X_PWT | X_PCD | X_A | X_D,
		  SLOT(PTW_SOFT_SWAP, 3, 9) },
		{ USER_VA, PTE, X_SWAP(27, 0x12345), FRAME(PTW_SOFT_HWPOISON, 27, 0x12345000) },
		/* migration: read, read exclusive, write */
		{ USER_VA, PTE, X_SWAP(28, 0x12345), FRAME(PTW_SOFT_MIGRATION, 28, 0x12345000) },
		{ USER_VA, PTE, X_SWAP(29, 0x12345), FRAME(PTW_SOFT_MIGRATION, 29, 0x12345000) },
		{ USER_VA, PTE, X_SWAP(30, 0x12345), FRAME(PTW_SOFT_MIGRATION, 30, 0x12345000) },
		/* young and dirty stand above the 34 bits of a frame number */
		{ USER_VA, PTE, X_SWAP(30, 0x12345 | 1ULL << 34),
		  FRAME(PTW_SOFT_MIGRATION, 30, 0x12345000) },
		{ USER_VA, PTE, X_SWAP(30, 0x12345 | 3ULL << 34),
		  FRAME(PTW_SOFT_MIGRATION, 30, 0x12345000) },
		/* the highest frame of 46 bits */
		{ USER_VA, PTE, X_SWAP(28, BITS(33, 0)),
		  FRAME(PTW_SOFT_MIGRATION, 28, 0x3ffffffff000) },
		/* a huge page on the move */
		{ USER_VA, PMD, X_SWAP(30, 0x12200), FRAME(PTW_SOFT_MIGRATION, 30, 0x12200000) },
		/* markers: uffd-wp, poisoned, guard */
		{ USER_VA, PTE, X_SWAP(31, 1), SLOT(PTW_SOFT_MARKER, 31, 1) },
		{ USER_VA, PTE, X_SWAP(31, 2), SLOT(PTW_SOFT_MARKER, 31, 2) },
		{ USER_VA, PTE, X_SWAP(31, 4), SLOT(PTW_SOFT_MARKER, 31, 4) },
	};
	struct ptw_space sp = space_of(&ptw_x86_64_4level, 0, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_soft(&sp, &rows[i]);
}

/* The same types mean otherwise in 6.1, which has no hwpoison in Debian's cloud. */
static void trap07_swap_entries_of_6_1(void **state)
{
	static const struct soft_row rows[] = {
		{ USER_VA, PTE, X_SWAP(26, 5), SLOT(PTW_SOFT_SWAP, 26, 5) }, /* last area */
		{ USER_VA, PTE, X_SWAP(27, 0x12345), FRAME(PTW_SOFT_MIGRATION, 27, 0x12345000) },
		{ USER_VA, PTE, X_SWAP(28, 0x12345), FRAME(PTW_SOFT_MIGRATION, 28, 0x12345000) },
		{ USER_VA, PTE, X_SWAP(29, 0x12345), FRAME(PTW_SOFT_MIGRATION, 29, 0x12345000) },
		{ USER_VA, PTE, X_SWAP(30, 1), SLOT(PTW_SOFT_MARKER, 30, 1) },
		{ USER_VA, PTE, X_SWAP(31, 0x12345), FRAME(PTW_SOFT_SWAPIN_ERROR, 31, 0x12345000) },
	};
	struct ptw_space sp = space_of(&ptw_x86_64_4level, 0, 0);

	(void)state;
	sp.swap = &ptw_swap_types_6_1;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_soft(&sp, &rows[i]);
}

/* A kernel with every type: CONFIG_DEVICE_PRIVATE adds four. */
static void trap07_swap_types_of_another_kernel(void **state)
{
	static const struct ptw_swap_types all = {
		.from_top = {
			{ 1, PTW_SOFT_MARKER },
			{ 4, PTW_SOFT_DEVICE },
			{ 3, PTW_SOFT_MIGRATION },
			{ 1, PTW_SOFT_HWPOISON },
		},
	};
	static const struct ptw_swap_types none;
	static const struct soft_row rows[] = {
		{ USER_VA, PTE, X_SWAP(31, 1), SLOT(PTW_SOFT_MARKER, 31, 1) },
		{ USER_VA, PTE, X_SWAP(30, 0x12), FRAME(PTW_SOFT_DEVICE, 30, 0x12000) },
		{ USER_VA, PTE, X_SWAP(27, 0x12), FRAME(PTW_SOFT_DEVICE, 27, 0x12000) },
		{ USER_VA, PTE, X_SWAP(26, 0x12), FRAME(PTW_SOFT_MIGRATION, 26, 0x12000) },
		{ USER_VA, PTE, X_SWAP(23, 0x12), FRAME(PTW_SOFT_HWPOISON, 23, 0x12000) },
		{ USER_VA, PTE, X_SWAP(22, 0x12), SLOT(PTW_SOFT_SWAP, 22, 0x12) },
	};
	static const struct soft_row plain = { USER_VA, PTE, X_SWAP(31, 1),
					       SLOT(PTW_SOFT_SWAP, 31, 1) };
	struct ptw_space sp = space_of(&ptw_x86_64_4level, 0, 0);

	(void)state;
	sp.swap = &all;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_soft(&sp, &rows[i]);
	sp.swap = &none;
	expect_soft(&sp, &plain);
}

/* Five levels: MAX_PHYSMEM_BITS is 52, so a frame number has 40 bits. */
static void trap07_frame_bits_with_5_levels(void **state)
{
	static const struct soft_row rows[] = {
		{ USER_VA, PTE + 1, X_SWAP(28, BITS(39, 0)),
		  FRAME(PTW_SOFT_MIGRATION, 28, 0xffffffffff000) },
		{ USER_VA, PTE + 1, X_SWAP(28, 0x12345 | 3ULL << 40),
		  FRAME(PTW_SOFT_MIGRATION, 28, 0x12345000) },
		{ USER_VA, 1, X_SWAP(1, 2), { .kind = PTW_SOFT_UNKNOWN } }, /* a p4d entry */
	};
	struct ptw_space sp = space_of(&ptw_x86_64_5level, 0, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_soft(&sp, &rows[i]);
}

/* The kernel's half: no swap, but pages taken out in two ways. */
static void kernel_pages_taken_out(void **state)
{
	static const struct soft_row rows[] = {
		/* KFENCE clears the present bit alone: the address stands as it is */
		{ KERNEL_VA, PTE, 0x12345000 | X_RW | X_A | X_D | X_G | X_NX,
		  FRAME(PTW_SOFT_UNMAPPED, 0, 0x12345000) },
		/* set_memory_np() goes through pfn_pte(): flipped */
		{ KERNEL_VA, PTE, FLIPPED(0x12345000) | X_A | X_D | X_NX,
		  FRAME(PTW_SOFT_UNMAPPED, 0, 0x12345000) },
		{ KERNEL_VA, PMD, FLIPPED_2M(0x12200000) | X_PSE | X_A | X_D | X_NX,
		  FRAME(PTW_SOFT_UNMAPPED, 0, 0x12200000) },
		{ KERNEL_VA, PMD, 0x12200000 | X_PSE | X_A | X_D | X_G | X_NX,
		  FRAME(PTW_SOFT_UNMAPPED, 0, 0x12200000) },
		{ KERNEL_VA, PUD, FLIPPED_1G(0x140000000) | X_PSE | X_NX,
		  FRAME(PTW_SOFT_UNMAPPED, 0, 0x140000000) },
		/* the very same bits of a user's address are something else */
		{ USER_VA, PTE, FLIPPED(0x12345000) | X_G | X_A,
		  FRAME(PTW_SOFT_PROTNONE, 0, 0x12345000) },
	};
	struct ptw_space sp = space_of(&ptw_x86_64_4level, 0, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_soft(&sp, &rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trap07_l1tf_frames_are_flipped),
		cmocka_unit_test(trap07_flipped_frames_with_encryption),
		cmocka_unit_test(trap07_swap_entries_of_6_12),
		cmocka_unit_test(trap07_swap_entries_of_6_1),
		cmocka_unit_test(trap07_swap_types_of_another_kernel),
		cmocka_unit_test(trap07_frame_bits_with_5_levels),
		cmocka_unit_test(kernel_pages_taken_out),
	};

	return cmocka_run_group_tests_name("soft", tests, NULL, NULL);
}
