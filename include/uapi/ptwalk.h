/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * ptwalk.h - the ioctls of /dev/ptwalk.
 *
 * The device has mode 0600 (EACCES). It is opened with CAP_SYS_ADMIN in the initial
 * user namespace only (EPERM), and not while the kernel is locked down for
 * confidentiality, as /proc/kcore is not (EPERM).
 *
 * Every struct is the same for a 32-bit caller: fixed-size types, no padding,
 * pointers as __u64. Fields named "reserved" must be zero, and flags that are
 * not named here are refused, both with EINVAL. Addresses are in bytes; ranges
 * are [start, end), and an end of 0 is 2^64.
 *
 * Errors of every call: EFAULT (a pointer into the caller's memory is bad),
 * EINVAL (see above; an unknown kind of space; a range that ends before it
 * begins), ENOTTY (no such call), ESRCH (no process of that pid in the caller's
 * pid namespace, or one without an address space), EINTR (a signal, before
 * anything was done). A call that was stopped later by a signal or by a bad
 * pointer says how far it came, and returns 0; what lies behind that in the caller's
 * memory may have been written to.
 */
#ifndef _UAPI_PTWALK_H
#define _UAPI_PTWALK_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Raised by one when a call or a struct changes in a way that breaks callers. */
#define PTWALK_ABI_VERSION 1

#define PTWALK_DEVICE "/dev/ptwalk"

/*
 * struct ptwalk_ioc_space - whose tables
 * @kind: PTWALK_SPACE_*
 * @pid: of a process, as the caller's pid namespace numbers it; 0 for the kernel
 *
 * PTWALK_SPACE_KERNEL: the kernel's half is the same in every space (x86); the
 * lower half is empty. PTWALK_SPACE_PROCESS: the tables that the kernel runs on
 * for this process. PTWALK_SPACE_USER: with page-table isolation, those that the
 * process itself runs on (x86: the page behind the other root); without, EOPNOTSUPP.
 */
#define PTWALK_SPACE_KERNEL 0
#define PTWALK_SPACE_PROCESS 1
#define PTWALK_SPACE_USER 2

struct ptwalk_ioc_space {
	__u32 kind;
	__u32 pid;
};

/* What an address, a range or an entry is. */
#define PTWALK_IS_NONE 0 /* the entry is empty */
#define PTWALK_IS_TABLE 1 /* points at the next level's table */
#define PTWALK_IS_LEAF 2 /* maps a page */
#define PTWALK_IS_SOFTWARE 3 /* not present, not empty: the kernel's own note */
#define PTWALK_IS_MALFORMED 4 /* present, but the processor would refuse it */
#define PTWALK_IS_UNREADABLE 5 /* the table that it points at is not in memory */
#define PTWALK_IS_NONCANONICAL 6 /* no address of this format */

/* Rights, effective: of all levels together. */
#define PTWALK_RIGHT_R 1
#define PTWALK_RIGHT_W 2
#define PTWALK_RIGHT_X 4
#define PTWALK_RIGHT_U 8 /* the processor's user mode may access */

/* ---- INFO ---------------------------------------------------------------- */

#define PTWALK_FORMAT_X86_64 1

#define PTWALK_INFO_PTI (1 << 0) /* page-table isolation is on */
#define PTWALK_INFO_KASLR (1 << 1) /* the kernel does not lie where it was linked */

#define PTWALK_REGION_USER 1 /* the lower half */
#define PTWALK_REGION_DIRECT_MAP 2 /* all memory, by arithmetic */
#define PTWALK_REGION_VMALLOC 3
#define PTWALK_REGION_VMEMMAP 4 /* struct page of every frame */
#define PTWALK_REGION_KASAN 5 /* shadow */
#define PTWALK_REGION_CPU_ENTRY 6 /* per-CPU entry areas */
#define PTWALK_REGION_LDT 7 /* page-table isolation's LDT */
#define PTWALK_REGION_ESPFIX 8
#define PTWALK_REGION_EFI 9 /* run-time services */
#define PTWALK_REGION_IMAGE 10 /* the kernel's text and data */
#define PTWALK_REGION_MODULES 11
#define PTWALK_REGION_FIXMAP 12
#define PTWALK_MAX_REGIONS 24

/* Regions are in order of address and do not overlap. */
struct ptwalk_ioc_region {
	__u64 start;
	__u64 end;
	__u32 kind; /* PTWALK_REGION_* */
	__u32 reserved; /* 0 */
};

/**
 * struct ptwalk_ioc_info - PTWALK_INFO; all of it is filled
 * @abi: PTWALK_ABI_VERSION of the module
 * @format: PTWALK_FORMAT_*
 * @levels: page-table levels in use, 4 or 5
 * @pa_bits: physical address bits of the processor
 * @flags: PTWALK_INFO_*
 * @nr_regions: of @regions
 * @encryption: bits of an entry that say "encrypted" and are no address
 *	(sme_me_mask); 0 where there is none
 * @kernel_root: physical address of the table that the caller runs on, whose
 *	upper half is the kernel's
 * @page_offset: where the direct map begins
 * @phys_base: where the kernel image lies, less where it was linked to lie
 * @image_offset: how far KASLR moved the image's virtual address
 * @max_batch: most addresses, ranges or objects that one call takes
 * @lab_limit: bytes that the laboratory may hold; module parameter lab_limit
 * @lab_used: bytes that it holds, what it needs for itself included
 * @release: the kernel's, as of uname, ends with NUL
 */
struct ptwalk_ioc_info {
	__u32 abi;
	__u32 format;
	__u32 levels;
	__u32 pa_bits;
	__u32 flags;
	__u32 nr_regions;
	__u64 encryption;
	__u64 kernel_root;
	__u64 page_offset;
	__u64 phys_base;
	__u64 image_offset;
	__u64 max_batch;
	__u64 lab_limit;
	__u64 lab_used;
	char release[64];
	struct ptwalk_ioc_region regions[PTWALK_MAX_REGIONS];
};

/* ---- WALK ---------------------------------------------------------------- */

#define PTWALK_MAX_LEVELS 5

struct ptwalk_ioc_step {
	__u64 entry_pa; /* where the entry lies */
	__u64 entry; /* as it was read, once */
};

/**
 * struct ptwalk_ioc_walk - one address, every level
 * @va: as asked
 * @pa: of @va itself, where @end is PTWALK_IS_LEAF; else 0
 * @page_bytes: size of the page; where not mapped, the bytes around @va for which
 *	the answer is the same; 0 where @va is not canonical
 * @end: why the walk ended: PTWALK_IS_*, but for TABLE. Every step but the last is a
 *	table; the last is a table too where @end is PTWALK_IS_UNREADABLE
 * @nr_steps: of @steps, from the root down
 * @rights: effective, PTWALK_RIGHT_*; 0 where not mapped
 * @decided: for each right (R W X U), the step that takes it away; @levels of INFO
 *	where it is allowed
 * @reserved: 0
 * @steps: those behind @nr_steps are 0
 */
struct ptwalk_ioc_walk {
	__u64 va;
	__u64 pa;
	__u64 page_bytes;
	__u8 end;
	__u8 nr_steps;
	__u8 rights;
	__u8 decided[4];
	__u8 reserved;
	struct ptwalk_ioc_step steps[PTWALK_MAX_LEVELS];
};

/* Page details: struct page of the frame, read without a lock: a look, no promise. */
#define PTWALK_PAGE_NONE 0 /* no struct page: not memory, or not mapped */
#define PTWALK_PAGE_FREE 1 /* in the buddy allocator */
#define PTWALK_PAGE_SLAB 2
#define PTWALK_PAGE_TABLE 3 /* a page table */
#define PTWALK_PAGE_ANON 4
#define PTWALK_PAGE_FILE 5 /* page cache, shmem */
#define PTWALK_PAGE_HUGETLB 6
#define PTWALK_PAGE_RESERVED 7
#define PTWALK_PAGE_KERNEL 8 /* in use, and none of these */
#define PTWALK_PAGE_ZERO 9 /* the zero page */

/**
 * struct ptwalk_ioc_page - page details of one frame
 * @kind: PTWALK_PAGE_*
 * @order: of the compound page that it is part of; 0 for a single one
 * @refcount: of the compound page
 * @mapcount: how often this page is mapped by processes; 0 where that means nothing
 * @zone: its name, ends with NUL
 * @node: NUMA node; -1 where @kind is PTWALK_PAGE_NONE
 */
struct ptwalk_ioc_page {
	__u32 kind;
	__u32 order;
	__s32 refcount;
	__s32 mapcount;
	__s32 node;
	char zone[12];
};

#define PTWALK_WALK_PAGES (1 << 0) /* fill @pages too */

/**
 * struct ptwalk_ioc_walk_batch - PTWALK_WALK
 * @space: whose tables
 * @addresses: __u64[count]
 * @walks: struct ptwalk_ioc_walk[count], filled from the front
 * @pages: struct ptwalk_ioc_page[count] with PTWALK_WALK_PAGES; else 0
 * @count: at most INFO's max_batch, else E2BIG
 * @flags: PTWALK_WALK_*
 * @done: how many were answered
 *
 * An address that is not mapped is an answer, no error. Each address is looked up
 * in one section with interrupts off.
 */
struct ptwalk_ioc_walk_batch {
	struct ptwalk_ioc_space space;
	__u64 addresses;
	__u64 walks;
	__u64 pages;
	__u32 count;
	__u32 flags;
	__u32 done;
	__u32 reserved;
};

/* ---- MAP ----------------------------------------------------------------- */

#define PTWALK_RANGE_REPEATS (1 << 0) /* every page has the frame, or note, of the first */

/**
 * struct ptwalk_ioc_range - consecutive addresses that mean one thing
 * @start, @end: [start, end), end 0 is 2^64
 * @pa: where @is is PTWALK_IS_LEAF: of @start; else 0
 * @entry: LEAF, SOFTWARE, MALFORMED: the first page's, as it was read; else 0
 * @is: PTWALK_IS_*, but for TABLE
 * @level: LEAF, SOFTWARE, MALFORMED: of the entries, counted from the root;
 *	UNREADABLE: of the entry whose table is not in memory, INFO's levels where
 *	that is the root; else 0
 * @rights: LEAF: effective; else 0
 * @flags: PTWALK_RANGE_*
 * @page_shift: log2 of what one entry of @level covers; 0 where there is none
 * @reserved: 0
 */
struct ptwalk_ioc_range {
	__u64 start;
	__u64 end;
	__u64 pa;
	__u64 entry;
	__u8 is;
	__u8 level;
	__u8 rights;
	__u8 flags;
	__u8 page_shift;
	__u8 reserved[3];
};

#define PTWALK_MAP_NO_HOLES (1 << 0) /* leave out NONE and NONCANONICAL */

/**
 * struct ptwalk_ioc_map - PTWALK_MAP
 * @space: whose tables
 * @cursor: first address to look at; on return the one to go on from
 * @end: of the range; 0 is 2^64
 * @ranges: struct ptwalk_ioc_range[count], filled from the front
 * @count: at least 1, at most INFO's max_batch (else E2BIG)
 * @flags: PTWALK_MAP_*
 * @done: how many were filled; can be 0 before the end, with a cursor that moved
 * @over: 1 when all up to @end was looked at
 *
 * The ranges are consecutive (but for what NO_HOLES leaves out), and a call with
 * the returned cursor begins where this one ended: no page is lost or doubled. A
 * range that goes on across two calls is two ranges. The tables may change between
 * two table pages; each table page is looked at in one section with interrupts off.
 */
struct ptwalk_ioc_map {
	struct ptwalk_ioc_space space;
	__u64 cursor;
	__u64 end;
	__u64 ranges;
	__u32 count;
	__u32 flags;
	__u32 done;
	__u32 over;
	__u64 reserved;
};

/* ---- READ ---------------------------------------------------------------- */

#define PTWALK_READ_PHYSICAL (1 << 0) /* @address is physical; @space is the kernel */

/**
 * struct ptwalk_ioc_read - PTWALK_READ
 * @space: in which @address is looked up, page by page
 * @address: virtual, or physical
 * @buffer: of the caller
 * @length: bytes
 * @flags: PTWALK_READ_*
 * @done: bytes read; short at the first page that is not there
 *
 * Memory alone is read, never a device's: a page that is mapped but no RAM ends the
 * read as well. Where not one byte can be read: ENXIO (nothing is mapped there, or
 * no such physical address), EIO (it is not RAM, or cannot be read). EOVERFLOW:
 * address + length is beyond 2^64.
 */
struct ptwalk_ioc_read {
	struct ptwalk_ioc_space space;
	__u64 address;
	__u64 buffer;
	__u64 length;
	__u64 done;
	__u32 flags;
	__u32 reserved;
};

/* ---- LAB ----------------------------------------------------------------- */

/* Where memory comes from. The last three are not allocated, and cost no time. */
#define PTWALK_LAB_KMALLOC 0
#define PTWALK_LAB_KMEM_CACHE 1
#define PTWALK_LAB_ALLOC_PAGES 2
#define PTWALK_LAB_ALLOC_PAGES_EXACT 3
#define PTWALK_LAB_KVMALLOC 4
#define PTWALK_LAB_VMALLOC 5
#define PTWALK_LAB_VMALLOC_HUGE 6
#define PTWALK_LAB_VMAP 7 /* scattered pages */
#define PTWALK_LAB_PERCPU 8 /* the copy of the CPU that asks */
#define PTWALK_LAB_DMA_COHERENT 9 /* on a device of the module's own */
#define PTWALK_LAB_STATIC_DATA 10
#define PTWALK_LAB_TEXT 11
#define PTWALK_LAB_STACK 12
#define PTWALK_LAB_NR 13

#define PTWALK_LAB_HOLD (1 << 0) /* keep it after this file is closed */

#define PTWALK_LAB_MACRO_VALID (1 << 1) /* virt_to_phys() may be asked for this address */
#define PTWALK_LAB_SAME (1 << 2) /* its arithmetic gives what the walk gives */
#define PTWALK_LAB_HAS_TIMES (1 << 3) /* the nanoseconds mean something */

/**
 * struct ptwalk_ioc_lab_object - one object, and where it lies
 * @id: for PTWALK_LAB_FREE; 0 where nothing was kept (STATIC_DATA, TEXT, STACK)
 * @allocator: PTWALK_LAB_*
 * @flags: PTWALK_LAB_HOLD and the three behind it
 * @bytes: its size, as asked; for what is not allocated, what there is
 * @va: its address
 * @macro_pa: what the arithmetic of virt_to_phys() gives, valid or not
 * @walk_pa: what the tables say
 * @pages: how many pages of each size map it: 4 KiB, 2 MiB, 1 GiB
 * @runs: physically contiguous runs
 * @longest_run_bytes: the longest of them
 * @region: PTWALK_REGION_*, 0 for none
 * @node: NUMA node of its first page, -1 where there is none
 * @alloc_ns, @touch_ns, @free_ns: medians of @repeat rounds: to allocate, to write
 *	one byte to each page for the first time, to free
 * @repeat: rounds made
 * @reserved: 0
 */
struct ptwalk_ioc_lab_object {
	__u64 id;
	__u32 allocator;
	__u32 flags;
	__u64 bytes;
	__u64 va;
	__u64 macro_pa;
	__u64 walk_pa;
	__u64 pages[3];
	__u64 runs;
	__u64 longest_run_bytes;
	__u32 region;
	__s32 node;
	__u64 alloc_ns;
	__u64 touch_ns;
	__u64 free_ns;
	__u32 repeat;
	__u32 reserved;
};

#define PTWALK_LAB_MAX_REPEAT 1000

/**
 * struct ptwalk_ioc_lab_alloc - PTWALK_LAB_ALLOC: takes memory and looks at it
 * @allocator: PTWALK_LAB_*
 * @flags: PTWALK_LAB_HOLD or 0
 * @bytes: 8 or more; ignored for what is not allocated
 * @repeat: rounds to take times of, 1 to PTWALK_LAB_MAX_REPEAT, each of which
 *	allocates, touches and frees; what is kept is allocated once more after them,
 *	and cleared
 * @reserved: 0
 * @object: filled
 *
 * Errors: ENOSPC (the laboratory's limit, INFO's lab_limit), ENOMEM, E2BIG (more
 * than this allocator can ever give), EINVAL (less than 8 bytes, no such allocator).
 */
struct ptwalk_ioc_lab_alloc {
	__u32 allocator;
	__u32 flags;
	__u64 bytes;
	__u32 repeat;
	__u32 reserved;
	struct ptwalk_ioc_lab_object object;
};

/**
 * struct ptwalk_ioc_lab_list - PTWALK_LAB_LIST: the objects of this file and those
 * that are held, by id
 * @after: list ids above this one
 * @objects: struct ptwalk_ioc_lab_object[count]
 * @count: at most INFO's max_batch, else E2BIG
 * @done: how many were filled; fewer than @count at the end
 */
struct ptwalk_ioc_lab_list {
	__u64 after;
	__u64 objects;
	__u32 count;
	__u32 done;
	__u64 reserved;
};

/**
 * struct ptwalk_ioc_lab_free - PTWALK_LAB_FREE: frees an object of this file's, or
 * one that is held
 * @id: ENOENT where there is none such
 */
struct ptwalk_ioc_lab_free {
	__u64 id;
	__u64 reserved;
};

#define PTWALK_IOC_MAGIC 0xb9

#define PTWALK_INFO _IOR(PTWALK_IOC_MAGIC, 0, struct ptwalk_ioc_info)
#define PTWALK_WALK _IOWR(PTWALK_IOC_MAGIC, 1, struct ptwalk_ioc_walk_batch)
#define PTWALK_MAP _IOWR(PTWALK_IOC_MAGIC, 2, struct ptwalk_ioc_map)
#define PTWALK_READ _IOWR(PTWALK_IOC_MAGIC, 3, struct ptwalk_ioc_read)
#define PTWALK_LAB_ALLOC _IOWR(PTWALK_IOC_MAGIC, 4, struct ptwalk_ioc_lab_alloc)
#define PTWALK_LAB_LIST _IOWR(PTWALK_IOC_MAGIC, 5, struct ptwalk_ioc_lab_list)
#define PTWALK_LAB_FREE _IOW(PTWALK_IOC_MAGIC, 6, struct ptwalk_ioc_lab_free)

#endif
