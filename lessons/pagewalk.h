/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page-table walk with the kernel's own accessors: from a virtual address
 * down to the entry that says where the memory really is. It prints nothing.
 *
 *   pgd -> p4d -> pud -> pmd -> pte
 *                  |      |      '-- leaf: a page of 4 KiB
 *                  |      '--------- or a leaf already: 2 MiB
 *                  '---------------- or a leaf already: 1 GiB
 */
#ifndef LESSONS_PAGEWALK_H
#define LESSONS_PAGEWALK_H

#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/types.h>
#include <linux/uaccess.h>

#include "arch.h"

/* The level of the entry that ended a walk: which size of page it maps. */
enum leaf_level {
	LEAF_NONE, /* a level is not present: nothing is mapped here */
	LEAF_PTE, /* 4 KiB */
	LEAF_PMD, /* 2 MiB */
	LEAF_PUD, /* 1 GiB */
};

struct walk_result {
	u64 entry; /* raw, as it stood in the table */
	enum leaf_level level;
	phys_addr_t pa; /* of the very byte that was asked for */
};

/*
 * Copies one table entry, once and whole, and says whether that worked. This
 * is READ_ONCE() that also survives a table page which is gone: it then fails,
 * where a plain read would stop the kernel.
 */
#define read_entry(copy, entry) (copy_from_kernel_nofault((copy), (entry), sizeof(*(copy))) == 0)

/*
 * do_page_walk - find the entry that maps an address
 * @table:   the top-level table
 * @address: any canonical virtual address
 * @level:   out: the level of the entry, LEAF_NONE if nothing is mapped
 *
 * Returns the raw entry that ends the walk, or 0 with LEAF_NONE when a level
 * is not present, or when a table is not in RAM or cannot be read.
 *
 * Each level: read the entry once, into a copy (the table can change at any
 * moment); stop if it is not present; stop if it is a leaf; check that the next
 * table lies in RAM before it is followed. The *_offset_lockless() accessors
 * take the copy, as in mm/gup.c. With 4 levels the p4d is folded into the pgd,
 * and p4d_offset gives the pgd's copy again.
 *
 * Call with interrupts off; see walk_kernel_address() for why.
 */
static inline u64 do_page_walk(pgd_t *table, unsigned long address, enum leaf_level *level)
{
	pgd_t *pgdp = pgd_offset_pgd(table, address), pgd;
	p4d_t *p4dp, p4d;
	pud_t *pudp, pud;
	pmd_t *pmdp, pmd;
	pte_t *ptep, pte;

	*level = LEAF_NONE;

	if (!read_entry(&pgd, pgdp) || !pgd_present(pgd))
		return 0;
	if (!pfn_valid(pgd_pfn(pgd)))
		return 0;

	p4dp = p4d_offset_lockless(pgdp, pgd, address);
	if (!read_entry(&p4d, p4dp) || !p4d_present(p4d))
		return 0;
	if (p4d_leaf(p4d) || !pfn_valid(p4d_pfn(p4d)))
		return 0; /* no processor has a leaf here yet */

	pudp = pud_offset_lockless(p4dp, p4d, address);
	if (!read_entry(&pud, pudp) || !pud_present(pud))
		return 0;
	if (pud_leaf(pud)) {
		*level = LEAF_PUD;
		return pud_val(pud);
	}
	if (!pfn_valid(pud_pfn(pud)))
		return 0;

	pmdp = pmd_offset_lockless(pudp, pud, address);
	if (!read_entry(&pmd, pmdp) || !is_live_entry(pmd_val(pmd)))
		return 0;
	if (pmd_leaf(pmd)) {
		*level = LEAF_PMD;
		return pmd_val(pmd);
	}
	if (!pfn_valid(pmd_pfn(pmd)))
		return 0;

	ptep = pte_offset_kernel(&pmd, address);
	if (!read_entry(&pte, ptep) || !is_live_entry(pte_val(pte)))
		return 0;
	*level = LEAF_PTE;
	return pte_val(pte);
}

/*
 * The physical address of the byte at @address: the entry's frame, plus the
 * offset within a page of *that level's* size. pXX_pfn() leave out what is not
 * address in an entry: the flags, also those of the high bits, PAT (bit 12 of
 * a huge leaf), and the encryption bit.
 */
static inline phys_addr_t leaf_pa(u64 entry, enum leaf_level level, unsigned long address)
{
	switch (level) {
	case LEAF_PUD:
		return PFN_PHYS(pud_pfn(__pud(entry))) + (address & ~PUD_MASK);
	case LEAF_PMD:
		return PFN_PHYS(pmd_pfn(__pmd(entry))) + (address & ~PMD_MASK);
	case LEAF_PTE:
		return PFN_PHYS(pte_pfn(__pte(entry))) + (address & ~PAGE_MASK);
	case LEAF_NONE:
		break;
	}
	return 0;
}

/*
 * walk_kernel_address - where a kernel address really lives, now
 * @address: a kernel address
 * @result:  out: valid only when the answer is true
 *
 * Returns false if nothing is mapped there. Takes no lock and may be called
 * anywhere; the answer can be old as soon as it is given, unless the caller
 * holds the memory (as kmalloc.ko and vmalloc.ko hold theirs).
 *
 * The whole walk is one critical section with interrupts off, as in
 * lockless_pages_from_mm() (mm/gup.c, 6.1). Whoever frees a kernel page-table
 * page first unlinks it and then flushes the TLB of every processor, by an
 * interrupt that this one cannot take before the walk is over:
 * pmd_free_pte_page() and pud_free_pmd_page() (arch/x86/mm/pgtable.c, 6.1) by
 * flush_tlb_kernel_range() (arch/x86/mm/tlb.c, 6.1).
 * Two are not held off by that: memory hot-remove, which frees before it
 * flushes (remove_pagetable(), arch/x86/mm/init_64.c, 6.1), and processors
 * that flush without an interrupt (AMD's INVLPGB, used since 6.15). There the
 * walk could read a page that is a table no longer: it may then answer wrongly
 * for a range that is vanishing, but by pfn_valid() and read_entry() it still
 * never faults.
 */
static inline bool walk_kernel_address(unsigned long address, struct walk_result *result)
{
	unsigned long flags;

	local_irq_save(flags);
	result->entry = do_page_walk(kernel_root(), address, &result->level);
	local_irq_restore(flags);

	result->pa = leaf_pa(result->entry, result->level, address);
	return result->level != LEAF_NONE;
}

#endif /* LESSONS_PAGEWALK_H */
