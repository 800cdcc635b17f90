// SPDX-License-Identifier: GPL-2.0-only
/* info.c - PTWALK_INFO: how this kernel pages, and what lies where. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>
#include <asm/cpu_entry_area.h>
#include <asm/fixmap.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#ifdef CONFIG_KASAN
#include <asm/kasan.h>
#endif

#include "device.h"
#include "lab.h"

/* How far the image lies from where it was linked. */
static u64 image_offset;

/*
 * Nothing of the image's space is mapped below _text (cleanup_highmap(),
 * arch/x86/mm/init_64.c), which modules cannot see; it was linked to __START_KERNEL.
 */
int info_init(void)
{
	struct ptw_range range;
	struct space space;
	struct ptw_scan scan;
	int n;

	n = space_get_kernel(&space);
	if (n)
		return n;
	ptw_scan_init(&scan, &space.core, ptw_va(__START_KERNEL_map), ptw_va(MODULES_VADDR),
		      2 * CHUNK_TABLES);
	do {
		n = ptw_scan_next(&scan, &range, 1);
	} while (n == 1 && range.what != PTW_LEAF);
	space_put(&space);
	if (n != 1)
		return -ENXIO;
	image_offset = range.start.v - __START_KERNEL;
	return 0;
}

/* The regions of this kernel, as INFO gives them. */
struct regions {
	u32 nr;
	struct ptwalk_ioc_region at[PTWALK_MAX_REGIONS];
};

/* A region that is empty, or that begins before the last one ends, is none or less. */
static void add(struct regions *r, u32 kind, u64 start, u64 end)
{
	if (r->nr && start < r->at[r->nr - 1].end)
		start = r->at[r->nr - 1].end;
	if (start >= end)
		return;
	r->at[r->nr++] = (struct ptwalk_ioc_region){ .start = start, .end = end, .kind = kind };
}

/* struct page of all frames there are, in whole sections. */
static u64 vmemmap_end(void)
{
	u64 frames = ALIGN(PHYS_PFN(__pa(high_memory - 1)) + 1, PAGES_PER_SECTION);

	return VMEMMAP_START + frames * sizeof(struct page);
}

/* In order of address: Documentation/x86/x86_64/mm.rst of 6.1. */
static void fill_regions(struct regions *r)
{
	add(r, PTWALK_REGION_USER, 0, 1ULL << __VIRTUAL_MASK_SHIFT);
	if (IS_ENABLED(CONFIG_MODIFY_LDT_SYSCALL) && boot_cpu_has(X86_FEATURE_PTI))
		add(r, PTWALK_REGION_LDT, LDT_BASE_ADDR, LDT_END_ADDR);
	add(r, PTWALK_REGION_DIRECT_MAP, PAGE_OFFSET, (u64)high_memory);
	add(r, PTWALK_REGION_VMALLOC, VMALLOC_START, VMALLOC_END + 1);
	add(r, PTWALK_REGION_VMEMMAP, VMEMMAP_START, vmemmap_end());
#ifdef CONFIG_KASAN
	add(r, PTWALK_REGION_KASAN, KASAN_SHADOW_START, KASAN_SHADOW_END);
#endif
	add(r, PTWALK_REGION_CPU_ENTRY, CPU_ENTRY_AREA_BASE, CPU_ENTRY_AREA_BASE + P4D_SIZE);
	if (IS_ENABLED(CONFIG_X86_ESPFIX64))
		add(r, PTWALK_REGION_ESPFIX, ESPFIX_BASE_ADDR, ESPFIX_BASE_ADDR + P4D_SIZE);
	if (IS_ENABLED(CONFIG_EFI))
		add(r, PTWALK_REGION_EFI, EFI_VA_END, EFI_VA_START);
	add(r, PTWALK_REGION_IMAGE, __START_KERNEL_map, MODULES_VADDR);
	add(r, PTWALK_REGION_MODULES, MODULES_VADDR, MODULES_END);
	add(r, PTWALK_REGION_FIXMAP, FIXADDR_TOT_START, FIXADDR_TOP + PAGE_SIZE);
}

u32 region_of(u64 va)
{
	struct regions regions = { 0 };
	u32 i;

	fill_regions(&regions);
	for (i = 0; i < regions.nr; i++)
		if (va >= regions.at[i].start && va < regions.at[i].end)
			return regions.at[i].kind;
	return 0;
}

static void fill(struct ptwalk_ioc_info *info)
{
	struct regions regions = { 0 };

	info->abi = PTWALK_ABI_VERSION;
	info->format = PTWALK_FORMAT_X86_64;
	info->levels = pgtable_l5_enabled() ? 5 : 4;
	info->pa_bits = boot_cpu_data.x86_phys_bits;
	if (boot_cpu_has(X86_FEATURE_PTI))
		info->flags |= PTWALK_INFO_PTI;
	if (image_offset)
		info->flags |= PTWALK_INFO_KASLR;
	info->encryption = encryption_mask();
	info->kernel_root = __pa(current->mm->pgd);
	info->page_offset = PAGE_OFFSET;
	info->phys_base = phys_base;
	info->image_offset = image_offset;
	info->max_batch = MAX_BATCH;
	lab_usage(&info->lab_limit, &info->lab_used);
	strscpy(info->release, init_utsname()->release, sizeof(info->release));
	fill_regions(&regions);
	info->nr_regions = regions.nr;
	memcpy(info->regions, regions.at, sizeof(info->regions));
}

long info_ioctl(struct ptwalk_ioc_info __user *arg)
{
	struct ptwalk_ioc_info *info;
	long err = 0;

	if (!current->mm)
		return -ESRCH;
	info = kzalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		return -ENOMEM;
	fill(info);
	if (copy_to_user(arg, info, sizeof(*info)))
		err = -EFAULT;
	kfree(info);
	return err;
}
