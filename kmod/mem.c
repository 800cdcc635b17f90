// SPDX-License-Identifier: GPL-2.0-only
/* mem.c - physical memory: where it is, and how to look at it without a fault. */
#include <linux/ioport.h>
#include <linux/irqflags.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "device.h"

/* Looks whether the direct map has this page; a fault is no more than an answer. */
static bool is_present(const u64 *page)
{
	u64 unused;

	__get_kernel_nofault(&unused, page, u64, absent);
	return true;
absent:
	return false;
}

/*
 * An entry may say anything; what it points at is read only where the direct map
 * has a page, which is memory (init_mem_mapping(), arch/x86/mm/init.c). Neither MMIO
 * nor what the kernel took out of it (secretmem, KFENCE, DEBUG_PAGEALLOC) is there.
 * What is vmalloc's begins behind high_memory.
 */
static int lend(void *ctx, ptw_pa_t pa, u64 bytes, const ptw_entry_t **entries)
{
	const struct space *space = ctx;

	if (space->root_copy && pa.v == space->core.root.v) {
		*entries = space->root_copy;
		return 0;
	}
	if (pa.v >= (u64)high_memory - PAGE_OFFSET || !is_present(__va(pa.v)))
		return -EFAULT;
	*entries = __va(pa.v);
	return 0;
}

static void enter(void *ctx)
{
	struct space *space = ctx;

	local_irq_save(space->irq_flags);
}

static void leave(void *ctx)
{
	struct space *space = ctx;

	local_irq_restore(space->irq_flags);
}

void memory_init(struct ptw_memory *memory, struct space *space)
{
	*memory = (struct ptw_memory){
		.lend = lend,
		.enter = enter,
		.leave = leave,
		.ctx = space,
	};
}

/*
 * RAM in use, whole. The allocator's pages are RAM; reserved ones are the kernel's
 * image and boot memory, but also what the firmware keeps, and holes with devices
 * in them: there the resource tree knows.
 */
static bool is_ram(u64 pfn)
{
	struct page *page = pfn_to_online_page(pfn);

	if (!page || PageOffline(page) || PageHWPoison(page))
		return false;
	return !PageReserved(page) || page_is_ram(pfn);
}

int memory_read(const struct space *space, void *to, u64 pa, size_t bytes)
{
	if (pa & ~space->core.pa_limit)
		return -ENXIO;
	if (!is_ram(PHYS_PFN(pa)) || copy_from_kernel_nofault(to, __va(pa), bytes))
		return -EIO;
	return 0;
}
