/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The object of the lessons, and what they log about one. The labels are the
 * interface: scripts match them word for word, so no prefix stands before them.
 */
#ifndef LESSONS_REPORT_H
#define LESSONS_REPORT_H

#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "pagewalk.h"

struct node {
	char buffer[256];
};

/* Two pages: few enough to read, enough to see whether they are neighbours. */
#define DEFAULT_SIZE 8192

/*
 * Call before the object is freed. Freeing leaves its bytes as they are, so who
 * comes too late would find the old string and believe it. They are filled with
 * what the kernel's own debugging puts there (slub_debug=P, linux/poison.h).
 */
static inline void mark_freed(struct node *node)
{
	memset(node, POISON_FREE, sizeof(*node));
}

/*
 * Refuses a size= that cannot hold the object, or that the allocator could
 * never give. 0 or -EINVAL.
 */
static inline int check_size(unsigned long size, unsigned long most)
{
	if (size >= sizeof(struct node) && size <= most)
		return 0;

	pr_err(KBUILD_MODNAME ": refused: size=%lu is not from %zu to %lu (EINVAL)\n", size,
	       sizeof(struct node), most);
	return -EINVAL;
}

/* Not %p, which would hash the address: the lesson is about the real one. */
static inline void report_addresses(unsigned long va, phys_addr_t walked)
{
	phys_addr_t by_macro = macro_address(va);

	pr_info("Virtual Address : %lx\n", va);
	pr_info("Physical Address (using Macro) : %llx\n", (u64)by_macro);
	pr_info("Physical Address (using Pagewalk) : %llx\n", (u64)walked);
	if (by_macro == walked)
		pr_info("Success!! Both the physical addresses are same.\n");
	else
		pr_info("Failure!! Both the physical addresses are different.\n");
}

/* @walk may be of any byte of the page; the line names the page's first one. */
static inline void report_page(unsigned long index, const struct walk_result *walk)
{
	static const char * const name[] = {
		[LEAF_NONE] = "not mapped",
		[LEAF_PTE] = "pte, 4 KiB",
		[LEAF_PMD] = "pmd, 2 MiB",
		[LEAF_PUD] = "pud, 1 GiB",
	};

	pr_info("Page %lu : %llx (%s)\n", index, (u64)walk->pa & PAGE_MASK, name[walk->level]);
}

/*
 * Walks every page that the object touches, and counts the physically
 * contiguous runs they make. 0, or -EFAULT if a page is not mapped, or -EINTR
 * if the caller is being killed meanwhile.
 */
static inline int report_pages(unsigned long va, size_t size)
{
	unsigned long first = va & PAGE_MASK;
	unsigned long last = (va + size - 1) & PAGE_MASK;
	unsigned long pages = ((last - first) >> PAGE_SHIFT) + 1;
	unsigned long index, runs = 0;
	phys_addr_t expected = 0;
	struct walk_result walk;

	for (index = 0; index < pages; index++) {
		if (fatal_signal_pending(current)) {
			pr_err(KBUILD_MODNAME ": killed before the last page (EINTR)\n");
			return -EINTR;
		}
		if (!walk_kernel_address(first + index * PAGE_SIZE, &walk)) {
			pr_err("Page %lu : not mapped (EFAULT)\n", index);
			return -EFAULT;
		}
		report_page(index, &walk);
		if (index == 0 || walk.pa != expected)
			runs++;
		expected = walk.pa + PAGE_SIZE;
		cond_resched();
	}
	pr_info("Physically contiguous runs : %lu\n", runs);
	return 0;
}

/*
 * Everything about an object that the caller owns: the string, the addresses,
 * the verdict, the pages. Errors as of report_pages().
 */
static inline int report_object(const struct node *node, size_t size)
{
	unsigned long va = (unsigned long)node;
	struct walk_result walk;

	if (!walk_kernel_address(va, &walk)) {
		pr_err(KBUILD_MODNAME ": %lx is not mapped (EFAULT)\n", va);
		return -EFAULT;
	}
	pr_info("%s\n", node->buffer);
	report_addresses(va, walk.pa);
	return report_pages(va, size);
}

#endif /* LESSONS_REPORT_H */
