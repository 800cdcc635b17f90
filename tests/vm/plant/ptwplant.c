// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptwplant.ko - plants what `ptwalk audit` has to find, and `ptwalk ptov` too: a page
 * of its own, mapped once more in the vmalloc area. It is a test, and nothing to load
 * on a machine that one cares for.
 *
 *	kind=plain  the second mapping is as harmless as the first
 *	kind=wx     the second mapping is writable and executable
 *	kind=alias  it is executable, and only the first mapping is writable
 *
 * vmap() gives no executable page (pgprot_nx() in mm/vmalloc.c), and the kernel's own
 * way to one warns of it; so the entry is changed by hand. No processor executes it.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

static char *kind = "plain";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "plain, wx or alias");

static unsigned long alias_va;
module_param(alias_va, ulong, 0444);
MODULE_PARM_DESC(alias_va, "set: where the page is mapped once more");

static unsigned long direct_va;
module_param(direct_va, ulong, 0444);
MODULE_PARM_DESC(direct_va, "set: where the direct map has it");

static unsigned long pa;
module_param(pa, ulong, 0444);
MODULE_PARM_DESC(pa, "set: its physical address");

static struct page *page;
static void *mapped;

static int make_executable(void)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)mapped, &level);

	if (!pte || level != PG_LEVEL_4K)
		return -ENXIO;
	WRITE_ONCE(pte->pte, pte->pte & ~_PAGE_NX);
	return 0;
}

static int map_again(void)
{
	bool writable = strcmp(kind, "alias") != 0;

	mapped = vmap(&page, 1, VM_MAP, writable ? PAGE_KERNEL : PAGE_KERNEL_RO);
	if (!mapped)
		return -ENOMEM;
	return strcmp(kind, "plain") == 0 ? 0 : make_executable();
}

static int __init plant_init(void)
{
	int err;

	if (strcmp(kind, "plain") && strcmp(kind, "wx") && strcmp(kind, "alias"))
		return -EINVAL;
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page)
		return -ENOMEM;
	err = map_again();
	if (err) {
		vunmap(mapped);
		__free_page(page);
		return err;
	}
	alias_va = (unsigned long)mapped;
	direct_va = (unsigned long)page_address(page);
	pa = PFN_PHYS(page_to_pfn(page));
	return 0;
}

static void __exit plant_exit(void)
{
	vunmap(mapped);
	__free_page(page);
}

module_init(plant_init);
module_exit(plant_exit);
MODULE_DESCRIPTION("Plants a page that is mapped twice, in one of several ways");
MODULE_LICENSE("GPL");
