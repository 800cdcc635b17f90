// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lesson 1: memory from kmalloc().
 *
 * kmalloc() gives a piece of the direct map, the one place where the kernel
 * sees all of RAM, in order, from PAGE_OFFSET on. There, virtual minus physical
 * is a constant, so virt_to_phys() is right, and neighbouring pages really are
 * neighbours in memory.
 *
 *   insmod kmalloc.ko [size=BYTES]; dmesg; rmmod kmalloc
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "report.h"

static unsigned long size = DEFAULT_SIZE;
module_param(size, ulong, 0444);
MODULE_PARM_DESC(size, "bytes to allocate (default 8192)");

static struct node *node;

static void free_node(void)
{
	mark_freed(node);
	kfree(node);
}

static int __init lesson_init(void)
{
	int error = check_size(size, KMALLOC_MAX_SIZE);

	if (error)
		return error;

	node = kmalloc(size, GFP_KERNEL);
	if (!node) {
		pr_err("kmalloc: no memory for %lu bytes (ENOMEM)\n", size);
		return -ENOMEM;
	}

	strscpy(node->buffer, "Hey! this is kmalloc()", sizeof(node->buffer));
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
MODULE_DESCRIPTION("ptwalk lesson: where memory from kmalloc() lives");
