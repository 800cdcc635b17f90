/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * root_look.h - what a page is, taken for the kernel's top table. Private to roots.c
 * and root_search.c.
 *
 * The facts are of Linux on x86-64: arch/x86/kernel/head_64.S and head64.c (the image's
 * mapping, init_top_pgt), arch/x86/mm/init.c (the direct map), arch/x86/mm/pti.c (the
 * user's half of a pair of tables), arch/x86/realmode/init.c (the trampoline's table)
 * and arch/x86/platform/efi/efi_64.c, 6.1 and 6.12.
 */
#ifndef LIB_ROOT_LOOK_H
#define LIB_ROOT_LOOK_H

#include "image.h"

/* Facts, as bits of a set. */
#define ROOT_IMAGE (1u << 0) /* something executable is where the image may lie */
#define ROOT_DIRECT (1u << 1) /* pages are where the direct map may lie */
#define ROOT_SELF_DIRECT (1u << 2) /* the direct map maps this table where it must */
#define ROOT_SELF_IMAGE (1u << 3) /* the image's mapping has this table in the image */
#define ROOT_ALIAS (1u << 4) /* the direct map has the image's frame too */
#define ROOT_NO_USER (1u << 5) /* the lower half is empty, as init_top_pgt's is */
#define ROOT_USER_ONLY (1u << 6) /* what is in it is for user mode, as a process's is */
#define ROOT_CPU_ENTRY (1u << 7) /* the CPUs' entry areas are there */
#define ROOT_UPPER (1u << 8) /* direct map, vmalloc and vmemmap may be there */
#define ROOT_BESIDE (1u << 9) /* it lies where init_top_pgt does: before the image's tables */

/*
 * With 4 levels, entries from here on are for what lies at fixed addresses; with 5, the
 * image's own table of the second level has these alone, and is no root. The user's half
 * of a pair has at most two below: the LDT, and CPUs' data in the direct map.
 */
#define ROOT_FIXED_ENTRY 508
#define ROOT_LEAST_UPPER 3

/* Of the address of a pair's second table, the user's. */
#define ROOT_USER_HALF 4096ULL

/* What init_top_pgt has, and no other. */
#define ROOT_OWN (ROOT_IMAGE | ROOT_UPPER | ROOT_SELF_IMAGE | ROOT_BESIDE | ROOT_NO_USER)

/**
 * struct root_look - what was seen of a page
 * @space: below it
 * @facts: ROOT_*
 * @score: of 100
 * @text: the image's first page: virtual address, and @text_pa
 * @page_offset: with ROOT_DIRECT
 */
struct root_look {
	struct ptw_space space;
	unsigned int facts;
	unsigned int score;
	uint64_t text;
	uint64_t text_pa;
	uint64_t page_offset;
};

/**
 * root_look() - looks at a page
 * @levels: 4 or 5
 * @root: its physical address, or a CR3's value
 * @encryption: bits that are no address
 *
 * Some hundred table pages at most. Return: 0, -ENXIO (no memory), -EINVAL (no such
 * encryption mask).
 */
int root_look(struct ptwalk_image *im, unsigned int levels, uint64_t root, uint64_t encryption,
	      struct root_look *l);

/* Whether it can be the kernel's root: it maps the image, and itself where it must. */
bool root_is_believed(const struct root_look *l);

/*
 * The kernel's own table (init_top_pgt), in place of a process's that shares its upper
 * half: it lies a few pages before the table that their last entry points at.
 */
void root_prefer_own(struct ptwalk_image *im, struct root_look *l);

/*
 * Whether the page behind @kernel is the user's half of a pair of tables. Where @kernel
 * cannot have one beside it, it has none.
 */
bool root_has_user_half(struct ptwalk_image *im, const struct root_look *kernel);

/* One table page's 512 entries, copied. 0, or a negative errno. */
int root_read_table(const struct ptwalk_image *im, uint64_t pa, uint64_t *entries);

/**
 * struct root_found - what one pass over the memory found
 * @look: the best table; its score is 0 where there is none
 * @levels: of it
 * @sure: in percent
 * @pages: looked at
 */
struct root_found {
	struct root_look look;
	unsigned int levels;
	unsigned int sure;
	uint64_t pages;
};

/**
 * root_search() - looks at every page of the memory, once
 * @levels: 4, 5, or 0 for either
 * @note: asked about each page that begins as VMCOREINFO does, with its text; true ends
 *	the pass. NULL where nobody asks
 *
 * Return: 1 where @note ended it, 0, or -ENOMEM.
 */
int root_search(struct ptwalk_image *im, unsigned int levels,
		bool (*note)(void *ctx, const struct vmcoreinfo *v), void *ctx,
		struct root_found *found);

#endif
