/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * format.h - a paging format is data.
 *
 * Everything that the walker knows of an architecture stands in one const
 * struct ptw_format: how an address is cut into table indices, where an entry
 * keeps its address, which bits make it present, a table or a leaf, which bits
 * take rights away, and what every attribute is called. A new format is a new
 * table of this kind and its tests; walk.c and scan.c do not change.
 */
#ifndef PTW_FORMAT_H
#define PTW_FORMAT_H

#include "env.h"

#define PTW_MAX_LEVELS 5

/* The addresses of different spaces are different types: none is the other. */
typedef struct {
	u64 v;
} ptw_va_t; /* virtual */
typedef struct {
	u64 v;
} ptw_pa_t; /* physical; a nested walk's guest physical gets its own */

static inline ptw_va_t ptw_va(u64 v)
{
	return (ptw_va_t){ v };
}

static inline ptw_pa_t ptw_pa(u64 v)
{
	return (ptw_pa_t){ v };
}

/* What an entry is, and why a walk or a range ends where it does. */
enum ptw_what {
	PTW_NONE, /* the entry is empty */
	PTW_TABLE, /* points at the next level's table */
	PTW_LEAF, /* maps a page, of this level's size */
	PTW_SOFTWARE, /* not present, not zero: the kernel's own note (ptw_soft) */
	PTW_MALFORMED, /* present, but the processor would refuse it (reserved bits) */
	PTW_UNREADABLE, /* the memory could not lend the table */
	PTW_NONCANONICAL, /* the address is in no table: its high bits are wrong */
};

/* An entry fits when (entry & mask) == val. PTW_NEVER fits no entry. */
struct ptw_match {
	u64 mask;
	u64 val;
};

#define PTW_NEVER        \
	{                \
		.val = 1 \
	}

/*
 * Where an entry keeps a physical address: the bits of @mask as they stand,
 * and the bits of @high_mask moved left by @high_shift (arm64 with 52-bit
 * addresses keeps bits 48-51 at 12-15, or with LPA2 50-51 at 8-9; x86 has no
 * high part).
 */
struct ptw_field {
	u64 mask;
	u64 high_mask;
	u8 high_shift;
};

/* One attribute: its name is shown when (entry & mask) == val. */
struct ptw_attr {
	u64 mask;
	u64 val;
	const char *name;
};

/* Rights, as bits of a set. PTW_U: the processor's user mode may access. */
#define PTW_R 1u
#define PTW_W 2u
#define PTW_X 4u
#define PTW_U 8u
#define PTW_ALL_RIGHTS (PTW_R | PTW_W | PTW_X | PTW_U)
#define PTW_NR_RIGHTS 4

/* An entry that fits takes @takes (PTW_*) from all that lies below it. */
struct ptw_denial {
	struct ptw_match when;
	u8 takes;
};

/*
 * One level of tables. @name is the kernel's (pgd p4d pud pmd pte). A table
 * has 1 << @bits entries, each of which covers 1 << @shift bytes of address.
 *
 * A present entry is a table when it fits @table; else it is a leaf when
 * @may_be_leaf and it fits none of @bad; else it is malformed. @leaf_zero and
 * @table_zero are bits that must be zero in the one and in the other.
 */
struct ptw_level {
	const char *name;
	u8 shift;
	u8 bits;
	bool may_be_leaf;
	struct ptw_match table;
	struct ptw_match bad[2];
	u64 leaf_zero;
	u64 table_zero;
	struct ptw_field leaf_pa;
	struct ptw_field table_pa;
	const struct ptw_attr *leaf_attrs; /* ends with a NULL name */
	const struct ptw_attr *table_attrs; /* likewise */
	const struct ptw_denial *leaf_denials; /* ends with takes == 0 */
	const struct ptw_denial *table_denials; /* likewise */
};

/* What a software entry notes. */
enum ptw_soft_kind {
	PTW_SOFT_UNKNOWN, /* no rule of the format fits */
	PTW_SOFT_PROTNONE, /* PROT_NONE or a NUMA hint: the frame is there, no access */
	PTW_SOFT_SPLITTING, /* a huge leaf made invalid for a moment; has a frame */
	PTW_SOFT_UNMAPPED, /* a kernel page taken out for now (KFENCE,
			      DEBUG_PAGEALLOC, set_memory_np); has a frame */
	PTW_SOFT_SWAP, /* type: swap area; offset: slot in it */
	PTW_SOFT_MIGRATION, /* being moved; has a frame */
	PTW_SOFT_DEVICE, /* device private or exclusive; has a frame */
	PTW_SOFT_HWPOISON, /* the frame is broken; has a frame */
	PTW_SOFT_SWAPIN_ERROR, /* swapping in failed for good; has a frame */
	PTW_SOFT_MARKER, /* offset: the marker's bits (uffd-wp, poisoned, guard) */
};

/*
 * Which swap types are not swap areas. The kernel takes them from the top of
 * the type field downwards; which there are depends on release and config
 * (SWP_*_NUM in include/linux/swap.h). Rows from the top; ends with nr == 0.
 */
struct ptw_swap_types {
	struct {
		u8 nr;
		u8 kind; /* enum ptw_soft_kind */
	} from_top[6];
};

/*
 * Software entries of a format. @protnone and @splitting are tested in this
 * order, at levels that may be a leaf (@splitting: above the last level only);
 * what fits neither, and has none of @swap_zero, is a swap entry, with its type
 * and offset in the fields named here.
 * At other levels an entry that is not present is PTW_SOFT_UNKNOWN; and in the
 * kernel's half (bit 63 of the address set) it is PTW_SOFT_UNMAPPED, whose frame
 * is the lower of the address as it stands and its inverse: set_memory_np()
 * inverts it, KFENCE does not, and memory lies low.
 * @inverted: address and offset are stored with every bit flipped, so that a
 * processor that speculates past the present bit meets no memory (L1TF).
 * @frame_bits: that many low bits of the offset are the frame number, in
 * entries that have a frame; the bits above are flags (young, dirty).
 */
struct ptw_soft_format {
	struct ptw_match protnone;
	struct ptw_match splitting;
	u64 swap_zero;
	bool inverted;
	u8 type_shift;
	u8 type_bits;
	u8 offset_shift;
	u8 offset_bits;
	u8 frame_bits;
};

/*
 * A paging format. @levels go from the root down. @present: an entry that does
 * not fit is none or software's; none when no bit but @stray_bits is set (an
 * erratum lets some processors set accessed and dirty in an empty entry).
 * Addresses are @va_bits wide, and bit
 * va_bits - 1 is repeated in all bits above, or the address is not canonical.
 * @volatile_bits change behind software's back (accessed, dirty): a scan does
 * not begin a new range for them unless told to.
 */
struct ptw_format {
	const char *name;
	u8 nr_levels;
	u8 va_bits;
	u8 pa_bits; /* the most that an entry can hold */
	struct ptw_match present;
	u64 stray_bits;
	u64 volatile_bits;
	struct ptw_soft_format soft;
	struct ptw_level levels[PTW_MAX_LEVELS];
};

/*
 * x86-64, 4-level and 5-level (LA57) paging, as Linux uses it.
 * Source: Intel SDM volume 3A, "4-level paging and 5-level paging" (4.5; 5.5 in
 * newer editions); AMD APM volume 2, 5.3; software entries and bit names:
 * arch/x86/include/asm/pgtable_types.h, pgtable_64.h and pgtable-invert.h of
 * Linux 6.1 and 6.12.
 */
extern const struct ptw_format ptw_x86_64_4level;
extern const struct ptw_format ptw_x86_64_5level;

/*
 * The swap types of Debian's 6.1 and 6.12 cloud kernels (include/linux/swap.h;
 * 6.1 has a type for swap-in errors and no CONFIG_MEMORY_FAILURE).
 */
extern const struct ptw_swap_types ptw_swap_types_6_1;
extern const struct ptw_swap_types ptw_swap_types_6_12;

/**
 * ptw_x86_virt_to_phys() - the arithmetic of the kernel's virt_to_phys()
 * @va: any address
 * @page_offset: where the direct map begins (page_offset_base)
 * @phys_base: where the kernel image was loaded, less its link address
 *
 * Two formulas, as in __phys_addr_nodebug() (arch/x86/include/asm/page_64.h,
 * 6.1): from __START_KERNEL_map (ffffffff80000000) on the address is the kernel
 * image's, below it the direct map's. It is arithmetic: the number means
 * something only where @va is in one of the two.
 */
u64 ptw_x86_virt_to_phys(ptw_va_t va, u64 page_offset, u64 phys_base);

#endif
