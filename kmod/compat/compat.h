/* SPDX-License-Identifier: GPL-2.0-only */
/* compat.h - what differs between the kernels that ptwalk.ko is built for. */
#ifndef PTWALK_COMPAT_H
#define PTWALK_COMPAT_H

#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/swap.h>
#include <linux/version.h>
#include <asm/cpufeature.h>

/* A swap type of its own up to 6.4, a marker since. */
#ifdef SWP_SWAPIN_ERROR_NUM
#define COMPAT_SWAPIN_ERROR_NUM SWP_SWAPIN_ERROR_NUM
#else
#define COMPAT_SWAPIN_ERROR_NUM 0
#endif

/*
 * Since 6.15 a kernel on a processor with INVLPGB may flush the TLBs of others
 * without interrupting them: then interrupts off hold nobody off.
 */
static inline bool compat_flushes_without_interrupts(void)
{
#ifdef X86_FEATURE_INVLPGB
	return boot_cpu_has(X86_FEATURE_INVLPGB);
#else
	return false;
#endif
}

/* ldt_usr_sem, where there are LDTs. Return: 0 or -EINTR. */
static inline int compat_ldt_lock_killable(struct mm_struct *mm)
{
#ifdef CONFIG_MODIFY_LDT_SYSCALL
	return down_read_killable(&mm->context.ldt_usr_sem);
#else
	return 0;
#endif
}

static inline void compat_ldt_unlock(struct mm_struct *mm)
{
#ifdef CONFIG_MODIFY_LDT_SYSCALL
	up_read(&mm->context.ldt_usr_sem);
#endif
}

/*
 * How often this very page is mapped. page_mapcount() went with 6.11; the two
 * counts that it added up (of the page, of the whole folio) are there still.
 */
static inline int compat_page_mapcount(struct page *page)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
	return page_mapcount(page);
#else
	struct folio *folio = page_folio(page);
	int mapcount = atomic_read(&page->_mapcount) + 1;

	if (page_mapcount_is_type(mapcount))
		mapcount = 0;
	if (folio_test_large(folio))
		mapcount += folio_entire_mapcount(folio);
	return mapcount;
#endif
}

#endif
