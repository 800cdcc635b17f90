/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device.h - what the files of ptwalk.ko share; and why its walk is safe.
 *
 * What a call needs of memory is bounded, whatever it asks for: it goes on in
 * chunks. The caller's memory is touched between two of them only, with nothing
 * held. After a chunk the scheduler may have the processor, and a signal ends the
 * call with what there is.
 *
 * A table page must not be freed while it is looked at. Who frees one, and what
 * holds him off (x86-64; mm/ and arch/x86/ of 6.1.192 and 6.12.117):
 *
 * - munmap, exit and the like gather table pages, flush the TLBs, then free
 *   (free_pgtables(), mm/mmu_gather.c). The flush interrupts the processors that
 *   run the mm (native_flush_tlb_multi(), by mm_cpumask()) and waits for them: with
 *   interrupts off, the caller's own tables stay. This is fast GUP's way.
 * - The same, seen from another process: this processor is not in that mm's mask,
 *   nobody waits for it. Freeing after a grace period (tlb_remove_table()) is used
 *   under some hypervisors only, up to 6.14 (pv_ops.mmu.tlb_remove_table, which is
 *   tlb_remove_page() on bare metal: arch/x86/kernel/paravirt.c). So the mm is
 *   locked. For writing: munmap frees tables with the lock downgraded to reading
 *   (mmap_write_downgrade() in mm/mmap.c of 6.1, mm/vma.c of 6.12), as those who
 *   look by VMA cannot meet them any more; a walk without VMAs can. This is why
 *   walk_page_range_novma() wants the write lock too.
 * - exit_mmap() cannot come, as the reference is one on mm_users.
 * - khugepaged retracts the tables of file mappings: with the write lock, and an
 *   interrupt to all processors before it frees (6.1, collapse_and_free_pmd());
 *   without that lock, but after a grace period (6.12, pte_free_defer()), and a
 *   grace period waits for who has interrupts off. Collapsing anonymous memory takes
 *   the write lock and interrupts all (tlb_remove_table_sync_one()). So does a
 *   shared table of hugetlb pages that is let go (huge_pmd_unshare(); 6.1.142, 6.12.34).
 * - Page-table isolation's LDT tables lie in the upper half and belong to a process.
 *   They are freed at its end, and, under ldt_usr_sem, when the first LDT cannot be
 *   made (write_ldt()). That lock is taken too, before mmap_lock, as read_ldt() does;
 *   and the kernel's space leaves their slot out.
 * - In the kernel's half a table of pages gives way to a huge leaf of vmalloc's
 *   (pmd_free_pte_page(), pud_free_pmd_page()): after flush_tlb_kernel_range(), which
 *   interrupts all processors. vfree() itself frees no tables.
 * - Where flushes need no interrupts (INVLPGB, since 6.15), none of this holds; there
 *   the module does not load.
 * - Memory hot-remove frees the tables of the direct map and of vmemmap before it
 *   unlinks them (free_pte_table(), arch/x86/mm/init_64.c), with a lock that modules
 *   cannot have (get_online_mems()). Who asks for addresses of memory that is being
 *   removed may get a wrong answer. He gets no fault: whatever an entry says, a table
 *   is read only where there is memory that the direct map has (memory_lend()).
 */
#ifndef PTWALK_DEVICE_H
#define PTWALK_DEVICE_H

#include <linux/mm_types.h>
#include <linux/types.h>

#include "../include/uapi/ptwalk.h"
#include "../core/scan.h"
#include "../core/walk.h"

/* Most addresses, ranges or objects that one call takes. */
#define MAX_BATCH 4096

/* How much is done between two looks at the scheduler: entries, and table pages. */
#define CHUNK 64
#define CHUNK_TABLES 512

/**
 * struct space - whose tables, taken for one call
 * @core: what ptw_walk() and ptw_scan_*() want
 * @memory: @core's: lends table pages, interrupts off from enter to leave
 * @mm: the address space, with a reference (mm_users)
 * @root_copy: of the kernel's space: its root, with an empty lower half
 * @irq_flags: while in a section
 * @foreign: @mm is another process's: see space_lock()
 *
 * It must stay where it was made (core points into it), and belongs to one task.
 */
struct space {
	struct ptw_space core;
	struct ptw_memory memory;
	struct mm_struct *mm;
	u64 *root_copy;
	unsigned long irq_flags;
	bool foreign;
};

/**
 * space_get() - takes the space that a caller names
 *
 * Return: 0; -EINVAL (no such kind, a pid for the kernel), -ESRCH (no such process,
 * or one without an address space), -EOPNOTSUPP (there is no user half), -ENOMEM.
 * May sleep. space_put() gives it back; a space that was not got needs none.
 */
int space_get(struct space *space, const struct ptwalk_ioc_space *who);
void space_put(struct space *space);

/* The kernel's. Return: 0, -ESRCH (a task without an address space) or -ENOMEM. */
int space_get_kernel(struct space *space);

/**
 * space_lock() - holds off whoever frees the space's tables
 *
 * Around each piece of work with ptw_walk() or ptw_scan_next(), which is to be
 * short (a chunk): another process may wait for it. It does nothing for the kernel's
 * space and the caller's own. No user memory may be touched until space_unlock().
 * May sleep. Return: 0, or -EINTR where a fatal signal came first.
 */
int space_lock(struct space *space);
void space_unlock(struct space *space);

/* Finds out which swap types are none; before the first space_get(). */
void space_init(void);

/**
 * memory_init() - the memory that spaces walk in
 * @space: the section's flags and the kernel's root are kept there
 */
void memory_init(struct ptw_memory *memory, struct space *space);

/**
 * memory_read() - reads RAM by physical address
 * @to: not the caller's memory, but the kernel's
 * @bytes: all in one page
 *
 * Return: 0; -ENXIO (no processor of this kind has such an address); -EIO (device
 * memory, offline, poisoned, or the kernel itself may not read it).
 */
int memory_read(const struct space *space, void *to, u64 pa, size_t bytes);

/* Page details of the frame at @pa, or PTWALK_PAGE_NONE. Takes no lock. */
void page_describe(u64 pa, struct ptwalk_ioc_page *page);

/* Bits of an entry that say "encrypted" (SME, SEV) or "shared" (TDX). */
u64 encryption_mask(void);

/* Where the image lies is looked up once. Return: 0 or a negative errno. */
int info_init(void);

/* Which region of the kernel's, or the lower half, @va is in: PTWALK_REGION_* or 0. */
u32 region_of(u64 va);

/* The calls; @arg is the caller's struct of include/uapi/ptwalk.h. */
long info_ioctl(struct ptwalk_ioc_info __user *arg);
long walk_ioctl(struct ptwalk_ioc_walk_batch __user *arg);
long map_ioctl(struct ptwalk_ioc_map __user *arg);
long read_ioctl(struct ptwalk_ioc_read __user *arg);

/* The device itself. */
int dev_init(void);
void dev_deinit(void);

#endif
