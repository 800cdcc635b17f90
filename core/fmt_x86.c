// SPDX-License-Identifier: GPL-2.0-only
/*
 * fmt_x86.c - x86-64 with 4 and 5 levels, as data. Sources: see format.h.
 */
#include "format.h"

#define BIT_(n) (1ULL << (n))
#define BITS_(high, low) ((~0ULL >> (63 - (high))) & (~0ULL << (low)))

#define P BIT_(0)
#define RW BIT_(1)
#define US BIT_(2)
#define PWT BIT_(3)
#define PCD BIT_(4)
#define A BIT_(5)
#define D BIT_(6)
#define PSE BIT_(7) /* above the last level: maps a page */
#define PAT BIT_(7) /* in the last level */
#define G BIT_(8)
#define PROTNONE BIT_(8) /* software's use of G in an entry that is not present */
#define PAT_LARGE BIT_(12) /* in a leaf above the last level */
#define PKEY(n) ((u64)(n) << 59)
#define NX BIT_(63)

/* clang-format off */
#define ROW(bit, string) \
	{ .mask = (bit), .val = (bit), .name = (string) }

/* A protection key is shown when it is not 0. */
#define PKEY_ROW(n) \
	{ .mask = PKEY(15), .val = PKEY(n), .name = "PKEY" #n }

/*
 * The memory type is the row of the PAT that the three bits choose. Linux
 * programs it so (arch/x86/mm/pat/memtype.c, pat_init()).
 */
#define TYPE_ROW(pat, bits, string) \
	{ .mask = (pat) | PCD | PWT, .val = (bits), .name = (string) }

/*
 * Bits 57 and 58 are Linux's, and change their meaning between releases
 * (6.1: 58 is DEVMAP; 6.12: 57 is DEVMAP, 58 SAVED_DIRTY or, in a pgd entry,
 * NOPTISHADOW), so they are named by number.
 */
static const struct ptw_attr table_attrs[] = {
	ROW(P, "PRESENT"),
	ROW(RW, "RW"),
	ROW(US, "USER"),
	ROW(PWT, "PWT"),
	ROW(PCD, "PCD"),
	ROW(A, "ACCESSED"),
	ROW(BIT_(57), "SW57"),
	ROW(BIT_(58), "SW58"),
	ROW(NX, "NX"),
	{ 0 },
};

/* A leaf's rows are the same at all levels, but for where its PAT bit is. */
#define LEAF_ROWS(pat) \
	ROW(P, "PRESENT"), \
	ROW(RW, "RW"), \
	ROW(US, "USER"), \
	ROW(PWT, "PWT"), \
	ROW(PCD, "PCD"), \
	ROW(A, "ACCESSED"), \
	ROW(D, "DIRTY"), \
	ROW(pat, "PAT"), \
	ROW(G, "GLOBAL"), \
	ROW(BIT_(9), "SPECIAL"), \
	ROW(BIT_(10), "UFFD_WP"), \
	ROW(BIT_(11), "SOFT_DIRTY"), \
	ROW(BIT_(57), "SW57"), \
	ROW(BIT_(58), "SW58"), \
	PKEY_ROW(1), PKEY_ROW(2), PKEY_ROW(3), PKEY_ROW(4), PKEY_ROW(5), \
	PKEY_ROW(6), PKEY_ROW(7), PKEY_ROW(8), PKEY_ROW(9), PKEY_ROW(10), \
	PKEY_ROW(11), PKEY_ROW(12), PKEY_ROW(13), PKEY_ROW(14), PKEY_ROW(15), \
	ROW(NX, "NX"), \
	TYPE_ROW(pat, 0, "WB"), \
	TYPE_ROW(pat, PWT, "WC"), \
	TYPE_ROW(pat, PCD, "UC-"), \
	TYPE_ROW(pat, PCD | PWT, "UC"), \
	TYPE_ROW(pat, (pat), "WB"), \
	TYPE_ROW(pat, (pat) | PWT, "WP"), \
	TYPE_ROW(pat, (pat) | PCD, "UC-"), \
	TYPE_ROW(pat, (pat) | PCD | PWT, "WT")

static const struct ptw_attr large_attrs[] = { ROW(PSE, "PSE"), LEAF_ROWS(PAT_LARGE), { 0 } };
static const struct ptw_attr page_attrs[] = { LEAF_ROWS(PAT), { 0 } };

/*
 * Intel SDM 3A, "Access rights" (4.6; 5.6 in newer editions): every level must
 * allow it.
 */
static const struct ptw_denial denials[] = {
	{ .when = { .mask = RW, .val = 0 }, .takes = PTW_W },
	{ .when = { .mask = US, .val = 0 }, .takes = PTW_U },
	{ .when = { .mask = NX, .val = NX }, .takes = PTW_X },
	{ .takes = 0 },
};

#define COMMON_LEVEL \
	.bits = 9, \
	.bad = { PTW_NEVER, PTW_NEVER }, \
	.table_pa = { .mask = BITS_(51, 12) }, \
	.table_attrs = table_attrs, \
	.table_denials = denials, \
	.leaf_denials = denials

/* Bit 7 is reserved in the two top levels. */
#define TOP_LEVEL(string, at) { \
	COMMON_LEVEL, \
	.name = (string), \
	.shift = (at), \
	.table = { .mask = PSE, .val = 0 }, \
	.leaf_attrs = table_attrs, \
}

/* A large page: PAT is bit 12, and between it and the address all is zero. */
#define LARGE_LEVEL(string, at) { \
	COMMON_LEVEL, \
	.name = (string), \
	.shift = (at), \
	.may_be_leaf = true, \
	.table = { .mask = PSE, .val = 0 }, \
	.leaf_zero = BITS_((at) - 1, 13), \
	.leaf_pa = { .mask = BITS_(51, (at)) }, \
	.leaf_attrs = large_attrs, \
}

#define PAGE_LEVEL(string) { \
	COMMON_LEVEL, \
	.name = (string), \
	.shift = 12, \
	.may_be_leaf = true, \
	.table = PTW_NEVER, \
	.leaf_pa = { .mask = BITS_(51, 12) }, \
	.leaf_attrs = page_attrs, \
}

/*
 * What an entry that is not present notes (pgtable_64.h, "Encode and de-code a
 * swap entry"): type in bits 59-63, flipped offset in bits 9-58, bits 7 and 8
 * zero. Frame numbers have MAX_PHYSMEM_BITS - 12 bits (swapops.h,
 * SWP_PFN_BITS), which differ with the levels.
 */
#define SOFT_FORMAT(max_physmem_bits) { \
	.protnone = { .mask = P | PROTNONE, .val = PROTNONE }, \
	.splitting = { .mask = P | PROTNONE | PSE, .val = PSE }, \
	.swap_zero = BIT_(7) | BIT_(8), \
	.inverted = true, \
	.type_shift = 59, \
	.type_bits = 5, \
	.offset_shift = 9, \
	.offset_bits = 50, \
	.frame_bits = (max_physmem_bits) - 12, \
}

/* Knights Landing may set A and D in an empty entry (_PAGE_KNL_ERRATUM_MASK). */
#define COMMON_FORMAT \
	.pa_bits = 52, \
	.present = { .mask = P, .val = P }, \
	.stray_bits = A | D, \
	.volatile_bits = A | D
/* clang-format on */

const struct ptw_format ptw_x86_64_4level = {
	COMMON_FORMAT,
	.name = "x86-64 4-level",
	.nr_levels = 4,
	.va_bits = 48,
	.soft = SOFT_FORMAT(46),
	.levels = {
		TOP_LEVEL("pgd", 39),
		LARGE_LEVEL("pud", 30),
		LARGE_LEVEL("pmd", 21),
		PAGE_LEVEL("pte"),
	},
};

const struct ptw_format ptw_x86_64_5level = {
	COMMON_FORMAT,
	.name = "x86-64 5-level",
	.nr_levels = 5,
	.va_bits = 57,
	.soft = SOFT_FORMAT(52),
	.levels = {
		TOP_LEVEL("pgd", 48),
		TOP_LEVEL("p4d", 39),
		LARGE_LEVEL("pud", 30),
		LARGE_LEVEL("pmd", 21),
		PAGE_LEVEL("pte"),
	},
};

const struct ptw_swap_types ptw_swap_types_6_1 = {
	.from_top = {
		{ 1, PTW_SOFT_SWAPIN_ERROR },
		{ 1, PTW_SOFT_MARKER },
		{ 3, PTW_SOFT_MIGRATION },
	},
};

const struct ptw_swap_types ptw_swap_types_6_12 = {
	.from_top = {
		{ 1, PTW_SOFT_MARKER },
		{ 3, PTW_SOFT_MIGRATION },
		{ 1, PTW_SOFT_HWPOISON },
	},
};

#define START_KERNEL_MAP 0xffffffff80000000ULL

u64 ptw_x86_virt_to_phys(ptw_va_t va, u64 page_offset, u64 phys_base)
{
	if (va.v >= START_KERNEL_MAP)
		return va.v - START_KERNEL_MAP + phys_base;
	return va.v - page_offset;
}
