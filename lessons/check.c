// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lesson 3: look at an object that another module made.
 *
 * Given only a virtual address, check.ko walks the page tables to see whether
 * there is memory at all, reads the string in it, and shows both physical
 * addresses. It trusts nothing: an address that leads nowhere, or to memory
 * that must not be read, is refused in one line, and the kernel runs on.
 *
 *   insmod check.ko va=ffff88008d96a000; dmesg; rmmod check
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poison.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "report.h"

static char *va;
module_param(va, charp, 0400);
MODULE_PARM_DESC(va, "kernel virtual address to look at, up to 16 hexadecimal digits");

/* So many bytes tell what there is, if it is not a string. */
#define FEW 16

/* What was seen: up to a node's worth of bytes lies in two pages at most. */
struct view {
	unsigned long address;
	char bytes[sizeof(struct node)];
	size_t length;
	struct walk_result page[2];
	unsigned int pages;
};

/*
 * The parameter's text as an address. Sentences of our own, in place of
 * module_param(ulong): 17 digits are an easy slip, and are no address.
 * Escaped (%pE) and cut, since any text may come here.
 */
static int __init parse_address(const char *text, unsigned long *address)
{
	const char *digits = text;
	size_t count;

	if (!text || !*text) {
		pr_err("check: refused: no va= was given (EINVAL)\n");
		return -EINVAL;
	}
	if (digits[0] == '0' && tolower(digits[1]) == 'x')
		digits += 2;
	count = strspn(digits, "0123456789abcdefABCDEF");
	if (count == 0 || digits[count]) {
		pr_err("check: refused: va=%*pE is not hexadecimal (EINVAL)\n",
		       (int)strnlen(text, 40), text);
		return -EINVAL;
	}
	if (count > 16 || kstrtoul(digits, 16, address)) {
		pr_err("check: refused: va=%.40s is out of range: %zu digits, and 64 bits are 16 (ERANGE)\n",
		       text, count);
		return -ERANGE;
	}
	return 0;
}

/* Only the kernel's half of the address space is looked at. */
static int __init check_half(unsigned long address)
{
	if (is_kernel_half(address))
		return 0;

	pr_err("check: refused: %lx is %s (EINVAL)\n", address,
	       is_user_half(address) ? "a user address, not a kernel one" :
				       "not a canonical address");
	return -EINVAL;
}

/*
 * Why the memory at @pa must not be read, or NULL. Reading a device's registers
 * can make it act. Pages that are offline (in a balloon) or poisoned (failing
 * memory) look like RAM still, see read_kcore_iter() in fs/proc/kcore.c, 6.1.
 * What lies in the page allocator's free lists is nobody's now.
 */
static const char * __init why_not_ram(phys_addr_t pa)
{
	unsigned long pfn = PHYS_PFN(pa);
	struct page *page;

	if (!page_is_ram(pfn))
		return "is device memory, not RAM";
	page = pfn_to_online_page(pfn);
	if (!page || PageOffline(page) || is_page_hwpoison(page))
		return "is in memory that is offline or broken";
	if (is_free_buddy_page(page))
		return "was freed since";
	return NULL;
}

/*
 * Adds to the view the rest of one page. NULL, or why that must not be, and
 * then the view is as before. copy_from_kernel_nofault() fails, and does not
 * fault, if the page goes away between the walk and the read.
 */
static const char * __init view_page(struct view *view)
{
	unsigned long address = view->address + view->length;
	size_t length = min_t(size_t, sizeof(view->bytes) - view->length,
			      PAGE_SIZE - offset_in_page(address));
	struct walk_result *walk = &view->page[view->pages];
	const char *why;

	if (!walk_kernel_address(address, walk))
		return "is not mapped, or was freed since";
	why = why_not_ram(walk->pa);
	if (why)
		return why;
	if (copy_from_kernel_nofault(view->bytes + view->length, (void *)address, length))
		return "cannot be read, or was freed since";

	view->length += length;
	view->pages++;
	return NULL;
}

static bool __init has_end(const struct view *view)
{
	return strnlen(view->bytes, view->length) < view->length;
}

/*
 * The length of the string: printable ASCII with an end, where one newline
 * before the end is left out. 0 if there is none.
 */
static size_t __init string_length(const struct view *view)
{
	size_t length = strnlen(view->bytes, view->length), i;

	if (length && view->bytes[length - 1] == '\n')
		length--;
	for (i = 0; i < length; i++)
		if (!isascii(view->bytes[i]) || !isprint(view->bytes[i]))
			return 0;
	return has_end(view) ? length : 0;
}

/*
 * kmalloc.ko and vmalloc.ko leave this mark in what they free, as slub_debug=P
 * does in all. The beginning is not looked at: the allocator may keep notes of
 * its own there (KASAN's quarantine does).
 */
static bool __init is_marked_freed(const struct view *view)
{
	return view->length >= 3 * FEW && !memchr_inv(view->bytes + FEW, POISON_FREE, 2 * FEW);
}

/*
 * Reads until the string ends, or the bytes of a node, or the memory that can
 * be read, or the address space. 0, or -EFAULT if not even the first page is
 * to be read. Under slub_debug=P new memory has the mark as well, hence the
 * mark counts only where there is no string.
 */
static int __init look(struct view *view)
{
	const char *why = view_page(view);

	if (!why && !has_end(view) && view->length < sizeof(view->bytes) &&
	    view->address + view->length != 0)
		view_page(view);
	if (!why && !string_length(view) && is_marked_freed(view))
		why = "was freed since";
	if (!why)
		return 0;

	pr_err("check: refused: %lx %s (EFAULT)\n", view->address, why);
	return -EFAULT;
}

static void __init report_view(const struct view *view)
{
	int few = min_t(size_t, view->length, FEW);
	int length = string_length(view);
	unsigned int index;

	if (length)
		pr_info("%.*s\n", length, view->bytes);
	else
		pr_info("(not a printable string: %*ph%s)\n", few, view->bytes,
			view->length > few ? " ..." : "");

	report_addresses(view->address, view->page[0].pa);
	for (index = 0; index < view->pages; index++)
		report_page(index, &view->page[index]);
}

static int __init lesson_init(void)
{
	struct view view = {};
	int error = parse_address(va, &view.address);

	if (!error)
		error = check_half(view.address);
	if (!error)
		error = look(&view);
	if (!error)
		report_view(&view);
	return error;
}

static void __exit lesson_exit(void)
{
	pr_info("Checking done!!!\n");
}

module_init(lesson_init);
module_exit(lesson_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("ptwalk lesson: look at an object by its virtual address");
