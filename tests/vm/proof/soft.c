// SPDX-License-Identifier: GPL-2.0-only
/* soft.c - software entries made by the kernel's own macros, read by the core. */
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <asm/pgtable.h>

#include "proof.h"

static void expect(struct tally *t, const char *what, bool ok, u64 entry)
{
	t->addresses++;
	if (ok)
		return;
	t->differences++;
	pr_err("proof: software: %s: entry %llx\n", what, entry);
}

static void swap_entry_of_type(struct live *live, struct tally *t, unsigned int type)
{
	unsigned int last = live->space.format->nr_levels - 1;
	u64 offset = get_random_u64() >> (64 - SWP_PFN_BITS);
	swp_entry_t swap = swp_entry(type, offset);
	u64 entry = pte_val(swp_entry_to_pte(swap));
	struct ptw_soft soft = ptw_soft(&live->space, ptw_va(0), last, entry);

	expect(t, "what it is", ptw_classify(&live->space, last, entry) == PTW_SOFTWARE, entry);
	expect(t, "type", soft.type == type, entry);
	expect(t, "migration", is_migration_entry(swap) == (soft.kind == PTW_SOFT_MIGRATION),
	       entry);
	expect(t, "device",
	       is_device_private_entry(swap) ==
		       (soft.kind == PTW_SOFT_DEVICE && type < MAX_SWAPFILES + SWP_HWPOISON_NUM +
									SWP_MIGRATION_NUM +
									SWP_DEVICE_NUM / 2),
	       entry);
	expect(t, "hwpoison", is_hwpoison_entry(swap) == (soft.kind == PTW_SOFT_HWPOISON), entry);
	expect(t, "marker", is_pte_marker_entry(swap) == (soft.kind == PTW_SOFT_MARKER), entry);
	expect(t, "swap area", !non_swap_entry(swap) == (soft.kind == PTW_SOFT_SWAP), entry);
	if (soft.has_pa)
		expect(t, "frame", soft.pa.v == offset << PAGE_SHIFT, entry);
	else
		expect(t, "offset", soft.offset == offset, entry);
}

static void one_page(struct live *live, struct tally *t)
{
	unsigned int last = live->space.format->nr_levels - 1;
	u64 pfn = get_random_u64() >> (64 - SWP_PFN_BITS);
	pte_t pte = pfn_pte(pfn, PAGE_NONE);
	struct ptw_soft soft = ptw_soft(&live->space, ptw_va(0), last, pte_val(pte));

	expect(t, "PROT_NONE", soft.kind == PTW_SOFT_PROTNONE, pte_val(pte));
	expect(t, "PROT_NONE's frame", PHYS_PFN(soft.pa.v) == pte_pfn(pte), pte_val(pte));

	/* Of a stored address and its inverse the core takes the lower. */
	pfn >>= 1;
	pte = pfn_pte(pfn, __pgprot(__PAGE_KERNEL & ~(_PAGE_PRESENT | _PAGE_GLOBAL)));
	soft = ptw_soft(&live->space, ptw_va(PAGE_OFFSET), last, pte_val(pte));
	expect(t, "unmapped", soft.kind == PTW_SOFT_UNMAPPED, pte_val(pte));
	expect(t, "unmapped frame", PHYS_PFN(soft.pa.v) == pte_pfn(pte), pte_val(pte));
}

static void huge_page(struct live *live, struct tally *t)
{
	unsigned int level = live->space.format->nr_levels - 2;
	u64 pfn = (get_random_u64() >> (64 - SWP_PFN_BITS)) & ~(u64)(PTRS_PER_PMD - 1);
	pmd_t pmd = pmd_mkhuge(pfn_pmd(pfn, PAGE_NONE));
	struct ptw_soft soft = ptw_soft(&live->space, ptw_va(0), level, pmd_val(pmd));

	expect(t, "huge PROT_NONE", soft.kind == PTW_SOFT_PROTNONE, pmd_val(pmd));
	expect(t, "huge PROT_NONE's frame", PHYS_PFN(soft.pa.v) == pmd_pfn(pmd), pmd_val(pmd));

	pmd = pmd_mkinvalid(pmd_mkhuge(pfn_pmd(pfn, PAGE_SHARED)));
	soft = ptw_soft(&live->space, ptw_va(0), level, pmd_val(pmd));
	expect(t, "splitting", soft.kind == PTW_SOFT_SPLITTING, pmd_val(pmd));
	expect(t, "splitting frame", PHYS_PFN(soft.pa.v) == pmd_pfn(pmd), pmd_val(pmd));
}

int ask_software(struct live *live, struct tally *sum)
{
	struct tally t = { .place = "software" };
	unsigned int type, i;

	for (i = 0; i < 100; i++) {
		for (type = 0; type < 1 << MAX_SWAPFILES_SHIFT; type++)
			swap_entry_of_type(live, &t, type);
		one_page(live, &t);
		huge_page(live, &t);
	}
	tally_print(&t);
	/* Entries are no addresses: only what went wrong is summed. */
	sum->differences += t.differences;
	return 0;
}
