// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lesson 2: memory from vmalloc().
 *
 * vmalloc() takes free pages wherever they are and maps them side by side in
 * an area of their own. Only the page tables know where each page lives:
 * virt_to_phys() still subtracts, and its number means nothing. That the two
 * addresses differ is the point of this lesson, not an error.
 *
 *   insmod vmalloc.ko [size=BYTES]; dmesg; rmmod vmalloc
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "report.h"

static unsigned long size = DEFAULT_SIZE;
module_param(size, ulong, 0444);
MODULE_PARM_DESC(size, "bytes to allocate (default 8192)");

static struct node *node;

static void free_node(void)
{
	mark_freed(node);
	vfree(node);
}

/*
 * vmalloc() takes whatever is left, and has other programs killed for it. A
 * lesson asks first.
 */
static bool is_affordable(void)
{
	return size >> PAGE_SHIFT <= si_mem_available();
}

static int __init lesson_init(void)
{
	int error = check_size(size, totalram_pages() << PAGE_SHIFT);

	if (error)
		return error;

	node = is_affordable() ? vmalloc(size) : NULL;
	if (!node) {
		pr_err("vmalloc: no memory for %lu bytes (ENOMEM)\n", size);
		return -ENOMEM;
	}

	strscpy(node->buffer, "Hey! this is vmalloc()", sizeof(node->buffer));
	error = report_object(node, size);
	if (error)
		free_node();
	return error;
}

static void __exit lesson_exit(void)
{
	free_node();
}

module_init(lesson_init);
module_exit(lesson_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("ptwalk lesson: where memory from vmalloc() lives");
