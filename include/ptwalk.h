/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ptwalk.h - libptwalk: where does a virtual address live in physical memory,
 * by which page-table entries, with which rights?
 *
 * A struct ptwalk is one address space as one source shows it: the kernel's or a
 * process's, of the machine that runs or of an image. Open it, ask, close it:
 *
 *	struct ptwalk_error err;
 *	struct ptwalk *p = ptwalk_open(NULL, &err);
 *	struct ptwalk_walk w;
 *
 *	if (!p || ptwalk_walk(p, &va, 1, &w, &err) < 0)
 *		fprintf(stderr, "%s\n", err.text);
 *	ptwalk_close(p);
 *
 * Errors. What fails returns a negative errno (ptwalk_open(): NULL), and fills
 * the struct ptwalk_error with the same code and one sentence for a person, which
 * names the address or the file at fault and has neither a full stop nor a line
 * end. An error argument may be NULL. An address that is not mapped is an answer,
 * never an error. Nothing here prints, exits or changes a signal.
 *
 * Units. Addresses and sizes are in bytes. Ranges are [start, end), and an end of
 * 0 is 2^64. Levels are counted from the root, which is 0.
 *
 * Threads. A struct ptwalk, and the iterators made of it, are used by one thread
 * at a time; different ones are independent. An image keeps tables and names that
 * were read, so it and all spaces on it are one. Strings that are returned without a
 * word on their life are constant.
 */
#ifndef PTWALK_H
#define PTWALK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PTWALK_API __attribute__((visibility("default")))
#else
#define PTWALK_API
#endif

/* ---- errors --------------------------------------------------------------- */

/**
 * struct ptwalk_error - why something failed
 * @code: a negative errno, 0 where nothing failed
 * @text: one sentence, ends with NUL
 */
struct ptwalk_error {
	int code;
	char text[252];
};

/* ---- a space on a source --------------------------------------------------- */

struct ptwalk;

/*
 * Where the answers come from.
 * AUTO: DEVICE, else for the kernel KCORE, for a process PAGEMAP.
 * DEVICE: /dev/ptwalk, the module's; each lookup holds the tables still.
 * KCORE: /proc/kcore, whose bytes the library walks itself. Nothing is locked
 *	meanwhile, so a table that is freed under the walk gives a wrong answer.
 *	It has the kernel's space alone.
 * PAGEMAP: /proc/PID/pagemap: frames without tables (no steps), of a process's
 *	own half. Rights are then those of the mapping (/proc/PID/maps), which are
 *	the most that the tables may grant. Page sizes above 4 KiB are inferred from
 *	/proc/kpageflags and smaps.
 */
enum ptwalk_source {
	PTWALK_SOURCE_AUTO,
	PTWALK_SOURCE_DEVICE,
	PTWALK_SOURCE_KCORE,
	PTWALK_SOURCE_PAGEMAP,
};

struct ptwalk_image;

/* With page-table isolation: the tables that the process itself runs on. */
#define PTWALK_OPEN_USER_HALF (1u << 0)

/* The space below @root, whatever it is; of images alone. */
#define PTWALK_OPEN_ROOT (1u << 1)

/**
 * struct ptwalk_open_options - which space, on which source; all 0 is the kernel
 * @source: enum ptwalk_source; AUTO where there is an @image
 * @pid: of a process, as the caller's pid namespace numbers it (in an image, as the
 *	first one does); 0 for the kernel
 * @flags: PTWALK_OPEN_*
 * @image: a dump or a virtual machine, which must outlive the space; NULL for the
 *	machine that runs
 * @root: with PTWALK_OPEN_ROOT: of the top table, or a CR3's value
 * @reserved: 0
 */
struct ptwalk_open_options {
	uint32_t source;
	uint32_t pid;
	uint32_t flags;
	uint32_t reserved0;
	struct ptwalk_image *image;
	uint64_t root;
	uint32_t reserved[8];
};

/**
 * ptwalk_open() - opens a space
 * @options: NULL for the kernel, on the source that is there
 *
 * Return: the space, for ptwalk_close(), or NULL with @err: -EPERM or -EACCES (not
 * root, lockdown), -ENOENT or -ENODEV (the source is not there; with AUTO, none
 * is, and the sentence says how to get one), -ESRCH (no such process, or one
 * without an address space), -EOPNOTSUPP (the source has no such space; no
 * page-table isolation), -EPROTO (the module has another ABI), -EINVAL (unknown
 * source or flags), -ENOMEM.
 */
PTWALK_API struct ptwalk *ptwalk_open(const struct ptwalk_open_options *options,
				      struct ptwalk_error *err);

/* ptwalk_close() - gives all of it back. @p may be NULL. */
PTWALK_API void ptwalk_close(struct ptwalk *p);

/* ptwalk_source_name() - "device", "kcore", "pagemap", or an image's format: "elf" ... */
PTWALK_API const char *ptwalk_source_name(const struct ptwalk *p);

/* ptwalk_source_unlocked() - 1 when tables may be freed under a walk, else 0 */
PTWALK_API int ptwalk_source_unlocked(const struct ptwalk *p);

/* ptwalk_pid() - of the process that is looked at, 0 for the kernel */
PTWALK_API uint32_t ptwalk_pid(const struct ptwalk *p);

/* ---- images: dumps, virtual machines, snapshots ------------------------------ */

/*
 * An image is memory (or, a snapshot, what was read of its tables) of some machine,
 * perhaps another one. It is opened once; any number of spaces are opened on it by
 * ptwalk_open(). Nothing of it is believed: a file that contradicts itself or ends
 * too early is refused with a sentence, or answers for what is left of it.
 */

/* The numbers never change. */
enum ptwalk_image_format {
	PTWALK_FORMAT_AUTO = 0, /* recognised by its content */
	PTWALK_FORMAT_ELF = 1, /* kdump's, qemu's, libvirt's */
	PTWALK_FORMAT_LIME = 2,
	PTWALK_FORMAT_RAW = 3,
	PTWALK_FORMAT_KDUMP = 4, /* kdump-compressed, also split; by libkdumpfile */
	PTWALK_FORMAT_FLATTENED = 5, /* kdump-compressed or ELF as a stream */
	PTWALK_FORMAT_GDB = 6, /* a virtual machine's gdbstub */
	PTWALK_FORMAT_SNAPSHOT = 7, /* ptwalk_snapshot_write() */
};

/**
 * struct ptwalk_base - where a part of a raw image lies in physical memory
 * @offset: in the file
 * @pa: of its first byte
 * @bytes: how many; 0: to the end of the file
 */
struct ptwalk_base {
	uint64_t offset;
	uint64_t pa;
	uint64_t bytes;
};

#define PTWALK_IMAGE_ROOT (1u << 0) /* @root is given, and looked for no more */
#define PTWALK_IMAGE_CR3 (1u << 1) /* the root is what CR3 of @cpu says */

/**
 * struct ptwalk_image_options - what to open; all 0 but a path is the rule
 * @paths: @nr_paths files: one, or the parts of a split dump. With @socket, none or
 *	the file that is the machine's memory (qemu's memory-backend-file)
 * @socket: of a gdbstub: HOST:PORT, :PORT, or the path of a Unix socket; else NULL
 * @format: enum ptwalk_image_format
 * @flags: PTWALK_IMAGE_*
 * @levels: of page tables, 4 or 5; 0 finds out
 * @cpu: with PTWALK_IMAGE_CR3
 * @root: with PTWALK_IMAGE_ROOT: of the kernel's top table
 * @bases: @nr_bases parts of a raw image; none: all of it lies at 0
 */
struct ptwalk_image_options {
	const char * const *paths;
	const char *socket;
	uint32_t nr_paths;
	uint32_t format;
	uint32_t flags;
	uint32_t levels;
	uint32_t cpu;
	uint32_t nr_bases;
	uint64_t root;
	const struct ptwalk_base *bases;
	uint32_t reserved[8];
};

/**
 * ptwalk_image_open() - opens a dump or a virtual machine, and finds its kernel
 *
 * Where the kernel's tables cannot be found the image is opened all the same, for
 * ptwalk_open() with PTWALK_OPEN_ROOT and for physical reads. A virtual machine
 * stands still until ptwalk_image_close(). Return: the image, or NULL with @err: the
 * errno of open, mmap, connect; -ENOEXEC (not of this format), -EBADMSG (broken),
 * -EOPNOTSUPP (a library is not there, or a compression), -ETIMEDOUT, -EINVAL, -ENOMEM.
 */
PTWALK_API struct ptwalk_image *ptwalk_image_open(const struct ptwalk_image_options *options,
						  struct ptwalk_error *err);

/* ptwalk_image_close() - gives it back, after the spaces on it. @image may be NULL. */
PTWALK_API void ptwalk_image_close(struct ptwalk_image *image);

/* By what the kernel's root was found. The numbers never change. */
enum ptwalk_root_from {
	PTWALK_ROOT_UNKNOWN = 0, /* it was not */
	PTWALK_ROOT_GIVEN = 1,
	PTWALK_ROOT_VMCOREINFO = 2, /* the note of the dump */
	PTWALK_ROOT_CPU = 3, /* CR3 of a CPU */
	PTWALK_ROOT_VMCOREINFO_IN_MEMORY = 4,
	PTWALK_ROOT_SEARCH = 5, /* the page that looks most like it */
	PTWALK_ROOT_SNAPSHOT = 6,
};

/**
 * struct ptwalk_image_info - what an image is
 * @format: enum ptwalk_image_format, as recognised
 * @guessed: 1 where nothing in the file says so (RAW)
 * @mapped: 1 where all of its memory is mapped, none read
 * @root_from: enum ptwalk_root_from
 * @sure: SEARCH: how sure, in percent; else 100, or 0 for UNKNOWN
 * @nr_cpus: whose registers are known
 * @nr_ranges: of physical memory
 * @memory_bytes: in all of them
 * @mapped_bytes: of these, in ranges that are mapped. A virtual machine's memory may be,
 *	and its firmware not
 * @missing_bytes: that the file's headers promise, and the file lacks
 * @end_pa: behind the highest
 * @taken_for: a sentence: what it was taken for
 */
struct ptwalk_image_info {
	uint32_t format;
	uint32_t guessed;
	uint32_t mapped;
	uint32_t root_from;
	uint32_t sure;
	uint32_t nr_cpus;
	uint64_t nr_ranges;
	uint64_t memory_bytes;
	uint64_t mapped_bytes;
	uint64_t missing_bytes;
	uint64_t end_pa;
	char taken_for[160];
};

/* ptwalk_image_get_info() - lent until ptwalk_image_close() */
PTWALK_API const struct ptwalk_image_info *ptwalk_image_get_info(const struct ptwalk_image *image);

/* ptwalk_image_format_name() - of enum ptwalk_image_format: one word, as "elf" */
PTWALK_API const char *ptwalk_image_format_name(uint32_t format);

/* ptwalk_root_from_name() - of enum ptwalk_root_from: one word, as "vmcoreinfo" */
PTWALK_API const char *ptwalk_root_from_name(uint32_t from);

/* ---- what is known of the machine ------------------------------------------ */

/* What a region of the address space is for. The numbers never change. */
enum ptwalk_region_kind {
	PTWALK_IN_NONE = 0,
	PTWALK_IN_USER = 1, /* the lower half */
	PTWALK_IN_DIRECT_MAP = 2, /* all memory, by arithmetic */
	PTWALK_IN_VMALLOC = 3,
	PTWALK_IN_VMEMMAP = 4, /* struct page of every frame */
	PTWALK_IN_KASAN = 5, /* shadow */
	PTWALK_IN_CPU_ENTRY = 6, /* per-CPU entry areas */
	PTWALK_IN_LDT = 7, /* page-table isolation's LDT */
	PTWALK_IN_ESPFIX = 8,
	PTWALK_IN_EFI = 9, /* run-time services */
	PTWALK_IN_IMAGE = 10, /* the kernel's text and data */
	PTWALK_IN_MODULES = 11,
	PTWALK_IN_FIXMAP = 12,
};

struct ptwalk_region {
	uint64_t start;
	uint64_t end; /* exclusive; 0 is 2^64 */
	uint32_t kind; /* enum ptwalk_region_kind */
	uint32_t reserved;
};

#define PTWALK_INFO_MAX_REGIONS 32

/* Which fields of struct ptwalk_info mean something; the others are 0. */
#define PTWALK_KNOWN_TABLES (1u << 0) /* format, levels, encryption, kernel_root */
#define PTWALK_KNOWN_PA_BITS (1u << 1)
#define PTWALK_KNOWN_PTI (1u << 2)
#define PTWALK_KNOWN_KASLR (1u << 3) /* kaslr, image_offset */
#define PTWALK_KNOWN_PHYS_BASE (1u << 4)
#define PTWALK_KNOWN_PAGE_OFFSET (1u << 5)
#define PTWALK_KNOWN_RELEASE (1u << 6)

/**
 * struct ptwalk_info - paging mode, layout, what moved
 * @known: PTWALK_KNOWN_*
 * @levels: page-table levels in use
 * @pa_bits: physical address bits of the processor
 * @pti: 1 where page-table isolation is on
 * @kaslr: 1 where the kernel does not lie where it was linked
 * @nr_regions: of @regions, in order of address, which do not overlap
 * @encryption: bits of an entry that say "encrypted" and are no address
 * @kernel_root: physical address of the table whose upper half is the kernel's
 * @page_offset: where the direct map begins
 * @phys_base: where the kernel image lies, less where it was linked to lie; may
 *	truly be 0
 * @image_offset: how far KASLR moved the image's virtual address
 * @format: "x86-64", or "" where not known
 * @release: the kernel's, as of uname
 */
struct ptwalk_info {
	uint32_t known;
	uint32_t levels;
	uint32_t pa_bits;
	uint32_t pti;
	uint32_t kaslr;
	uint32_t nr_regions;
	uint64_t encryption;
	uint64_t kernel_root;
	uint64_t page_offset;
	uint64_t phys_base;
	uint64_t image_offset;
	char format[16];
	char release[72];
	struct ptwalk_region regions[PTWALK_INFO_MAX_REGIONS];
};

/*
 * ptwalk_get_info() - lent until ptwalk_close(); it was asked for once, at opening. The
 * release alone may become known later: see ptwalk_kernel_release()
 */
PTWALK_API const struct ptwalk_info *ptwalk_get_info(const struct ptwalk *p);

/*
 * ptwalk_kernel_release() - as of uname; NULL where it is not known. Lent likewise. In
 * an image without notes it is looked for when it is first needed: here, or where
 * software entries are met.
 */
PTWALK_API const char *ptwalk_kernel_release(struct ptwalk *p);

/* ptwalk_region_at() - the region that @va lies in; NULL for none. Lent likewise. */
PTWALK_API const struct ptwalk_region *ptwalk_region_at(const struct ptwalk *p, uint64_t va);

/* ptwalk_region_name() - of enum ptwalk_region_kind: one word, as "direct-map" */
PTWALK_API const char *ptwalk_region_name(uint32_t kind);

/* ptwalk_region_title() - as the kernel's own dump calls it: "vmalloc() Area" */
PTWALK_API const char *ptwalk_region_title(uint32_t kind);

/* ---- one address, every level ----------------------------------------------- */

/* What an entry, an address or a range is. The numbers never change. */
enum ptwalk_what {
	PTWALK_NONE = 0, /* the entry is empty */
	PTWALK_TABLE = 1, /* points at the next level's table */
	PTWALK_LEAF = 2, /* maps a page */
	PTWALK_SOFTWARE = 3, /* not present, not empty: the kernel's own note */
	PTWALK_MALFORMED = 4, /* present, but the processor would refuse it */
	PTWALK_UNREADABLE = 5, /* the table is not in memory that can be read */
	PTWALK_NONCANONICAL = 6, /* no address of this format */
	PTWALK_UNKNOWN = 7, /* this source cannot say (pagemap: PFN-mapped, kernel's half) */
};

/* Rights; as bits of a set, and by number in struct ptwalk_walk's decided. */
#define PTWALK_R 1u
#define PTWALK_W 2u
#define PTWALK_X 4u
#define PTWALK_U 8u /* the processor's user mode may access */

#define PTWALK_LEVELS 5 /* the most that there are */
#define PTWALK_NO_LEVEL 255

struct ptwalk_step {
	uint64_t entry_pa; /* where the entry lies */
	uint64_t entry; /* as it was read, once */
	uint8_t is; /* enum ptwalk_what: NONE, TABLE, LEAF, SOFTWARE or MALFORMED */
	uint8_t reserved[7];
};

/* The rights are of the mapping (PAGEMAP): the tables may grant less. */
#define PTWALK_WALK_RIGHTS_OF_MAPPING (1u << 0)
/* The page's size was inferred, and may be 4096 in truth (PAGEMAP). */
#define PTWALK_WALK_SIZE_INFERRED (1u << 1)
/* A software note was seen, but not its entry: swap or migration (PAGEMAP). */
#define PTWALK_WALK_SWAPPED (1u << 2)
/* The frame is there, under PROT_NONE (PAGEMAP, which does not see the entry). */
#define PTWALK_WALK_NO_ACCESS (1u << 3)

/**
 * struct ptwalk_walk - one address
 * @va: as asked
 * @pa: of @va itself, where @end is PTWALK_LEAF; else 0
 * @page_bytes: size of the page; where not mapped, the bytes around @va for which
 *	the answer is the same, 0 where that is not known
 * @end: why the walk ended: enum ptwalk_what, but for TABLE
 * @nr_steps: of @steps, from the root down; step i is of level i. 0 where the
 *	source has no tables, the address is not canonical or the root is unreadable
 * @level: of the leaf; PTWALK_NO_LEVEL where there is none or it is not known
 * @rights: effective, PTWALK_R ...; 0 where not mapped
 * @decided: for each right (R W X U), the level that takes it away;
 *	PTWALK_NO_LEVEL where it is allowed or no level decided
 * @flags: PTWALK_WALK_*
 * @steps: those behind @nr_steps are 0
 */
struct ptwalk_walk {
	uint64_t va;
	uint64_t pa;
	uint64_t page_bytes;
	uint8_t end;
	uint8_t nr_steps;
	uint8_t level;
	uint8_t rights;
	uint8_t decided[4];
	uint32_t flags;
	uint32_t reserved;
	struct ptwalk_step steps[PTWALK_LEVELS];
};

/**
 * ptwalk_walk() - looks @n addresses up
 * @va: @n of them, in any order
 * @out: @n, filled from the front
 *
 * Any @n will do; many at once are faster by far than one by one. Return: 0, or
 * a negative errno where the source itself failed (-ESRCH: the process is gone).
 */
PTWALK_API int ptwalk_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
			   struct ptwalk_error *err);

/**
 * ptwalk_translate() - as ptwalk_walk(), but tells physical addresses alone
 * @pa: @n, filled from the front: of each @va, or PTWALK_NOT_MAPPED
 *
 * It is the fast one where no levels are wanted. Return: how many are mapped, or a
 * negative errno as ptwalk_walk().
 */
#define PTWALK_NOT_MAPPED (~0ULL)
PTWALK_API int64_t ptwalk_translate(struct ptwalk *p, const uint64_t *va, size_t n, uint64_t *pa,
				    struct ptwalk_error *err);

/* What a frame is used for. The numbers never change. */
enum ptwalk_page_kind {
	PTWALK_FRAME_NONE = 0, /* no struct page: not memory, or not mapped */
	PTWALK_FRAME_FREE = 1,
	PTWALK_FRAME_SLAB = 2,
	PTWALK_FRAME_TABLE = 3, /* a page table */
	PTWALK_FRAME_ANON = 4,
	PTWALK_FRAME_FILE = 5, /* page cache, shmem */
	PTWALK_FRAME_HUGETLB = 6,
	PTWALK_FRAME_RESERVED = 7,
	PTWALK_FRAME_KERNEL = 8, /* in use, and none of these */
	PTWALK_FRAME_ZERO = 9, /* the zero page */
};

/**
 * struct ptwalk_page - struct page of a frame, read without a lock
 * @kind: enum ptwalk_page_kind
 * @order: of the compound page that it is part of
 * @refcount: of the compound page
 * @mapcount: how often processes map this page; 0 where that means nothing
 * @node: NUMA node
 * @zone: its name, ends with NUL
 */
struct ptwalk_page {
	uint32_t kind;
	uint32_t order;
	int32_t refcount;
	int32_t mapcount;
	int32_t node;
	char zone[12];
};

/**
 * ptwalk_walk_pages() - as ptwalk_walk(), with the page details of each frame
 * @pages: @n, filled likewise
 *
 * Return: as ptwalk_walk(), and -EOPNOTSUPP where the source has none (only
 * DEVICE has them).
 */
PTWALK_API int ptwalk_walk_pages(struct ptwalk *p, const uint64_t *va, size_t n,
				 struct ptwalk_walk *out, struct ptwalk_page *pages,
				 struct ptwalk_error *err);

/* ptwalk_page_kind_name() - of enum ptwalk_page_kind: one word, as "page-table" */
PTWALK_API const char *ptwalk_page_kind_name(uint32_t kind);

/* ---- a range, as consecutive ranges ------------------------------------------ */

#define PTWALK_REPEATS (1u << 16) /* every page has the frame, or note, of the first */

/**
 * struct ptwalk_range - consecutive addresses that mean one thing
 * @start, @end: [start, end), end 0 is 2^64
 * @pa: where @what is PTWALK_LEAF: of @start; else 0
 * @entry: LEAF, SOFTWARE, MALFORMED: the first page's, as it was read; else 0, and
 *	0 where the source has no tables
 * @page_bytes: LEAF, SOFTWARE, MALFORMED: what one entry covers; else 0
 * @what: enum ptwalk_what, but for TABLE
 * @level: of the entries, where @page_bytes is given; UNREADABLE: of the entry
 *	whose table cannot be read, PTWALK_NO_LEVEL where that is the root
 * @rights: LEAF: effective; else 0
 * @reserved: 0
 * @flags: PTWALK_REPEATS, PTWALK_WALK_*
 *
 * LEAF without PTWALK_REPEATS is contiguous: page i has the frame behind that of
 * page i - 1.
 */
struct ptwalk_range {
	uint64_t start;
	uint64_t end;
	uint64_t pa;
	uint64_t entry;
	uint64_t page_bytes;
	uint8_t what;
	uint8_t level;
	uint8_t rights;
	uint8_t reserved;
	uint32_t flags;
};

struct ptwalk_map;

#define PTWALK_MAP_HOLES (1u << 0) /* NONE and NONCANONICAL too */

/**
 * ptwalk_map_begin() - an iterator over [@start, @end)
 * @end: 0 is 2^64; 0 to 0 is all
 * @flags: PTWALK_MAP_*; without HOLES, what is empty is left out
 *
 * Return: the iterator, for ptwalk_map_end(), which must come before
 * ptwalk_close(); or NULL with @err: -EINVAL (ends before it begins), -ENOMEM.
 */
PTWALK_API struct ptwalk_map *ptwalk_map_begin(struct ptwalk *p, uint64_t start, uint64_t end,
					       uint32_t flags, struct ptwalk_error *err);

/**
 * ptwalk_map_next() - the next ranges
 * @ranges: filled from the front
 * @max: room in it, at least 1
 *
 * The ranges come in order of address; no page is lost or doubled, and two
 * neighbours that mean one thing are one range. On a live machine the tables may
 * change between two table pages.
 *
 * Return: how many, 0 when all is told, or a negative errno; then the iterator is
 * only good for ptwalk_map_end(). -E2BIG: more tables than memory can hold.
 */
PTWALK_API int ptwalk_map_next(struct ptwalk_map *m, struct ptwalk_range *ranges, unsigned int max,
			       struct ptwalk_error *err);

/* ptwalk_map_at() - the address up to which the iterator has told all; 0 at the end */
PTWALK_API uint64_t ptwalk_map_at(const struct ptwalk_map *m);

/* ptwalk_map_end() - gives the iterator back. @m may be NULL. */
PTWALK_API void ptwalk_map_end(struct ptwalk_map *m);

/* ---- symbols ---------------------------------------------------------------- */

/**
 * ptwalk_symbol() - the address of a kernel symbol, by its exact name
 * @va: set to it; the first one where several have the name
 *
 * From /proc/kallsyms, or from the kallsyms that lie in the image. Return: 0, or
 * -ENOENT (there is none of that name), -EOPNOTSUPP (no symbols here: the sentence
 * says why), -EPERM (the kernel hides them), -ENOMEM.
 */
PTWALK_API int ptwalk_symbol(struct ptwalk *p, const char *name, uint64_t *va,
			     struct ptwalk_error *err);

/* ---- bytes ------------------------------------------------------------------- */

/**
 * ptwalk_read() - reads memory at a virtual address of the space
 * ptwalk_read_phys() - reads memory at a physical address
 * @buffer: of @bytes, filled from the front
 *
 * Memory alone is read, never a device's. Return: how many bytes, fewer than
 * @bytes at the first page that is not there; or a negative errno where not one
 * can be read: -ENXIO (nothing is mapped there, or no such physical address),
 * -EIO (it is no memory, or cannot be read), -EOVERFLOW (goes beyond 2^64),
 * -EOPNOTSUPP (the source has no such bytes: pagemap has no physical memory).
 */
PTWALK_API int64_t ptwalk_read(struct ptwalk *p, uint64_t va, void *buffer, size_t bytes,
			       struct ptwalk_error *err);
PTWALK_API int64_t ptwalk_read_phys(struct ptwalk *p, uint64_t pa, void *buffer, size_t bytes,
				    struct ptwalk_error *err);

/* ---- what entries mean --------------------------------------------------------- */

/* ptwalk_level_name() - "pgd" "p4d" "pud" "pmd" "pte"; "" where there is no such level */
PTWALK_API const char *ptwalk_level_name(const struct ptwalk *p, unsigned int level);

/* ptwalk_level_bytes() - what one entry of @level covers; 0 where there is no such level */
PTWALK_API uint64_t ptwalk_level_bytes(const struct ptwalk *p, unsigned int level);

/* ptwalk_what_name() - of enum ptwalk_what: one word, as "leaf" */
PTWALK_API const char *ptwalk_what_name(uint32_t what);

/**
 * ptwalk_attributes() - names of a table's or leaf's attributes: PRESENT, RW ...
 * @names: filled with constant strings
 * @max: room in it; PTWALK_ATTRIBUTES is always enough
 *
 * Return: how many; 0 for other entries, and where the source has no tables.
 */
#define PTWALK_ATTRIBUTES 32
PTWALK_API unsigned int ptwalk_attributes(const struct ptwalk *p, unsigned int level,
					  uint64_t entry, const char **names, unsigned int max);

/* ptwalk_entry_pa() - the address in a table or leaf entry, encryption bits taken off */
PTWALK_API uint64_t ptwalk_entry_pa(const struct ptwalk *p, unsigned int level, uint64_t entry);

/* What a software entry notes. The numbers never change. */
enum ptwalk_note_kind {
	PTWALK_NOTE_UNKNOWN = 0,
	PTWALK_NOTE_PROTNONE = 1, /* PROT_NONE or a NUMA hint */
	PTWALK_NOTE_SPLITTING = 2, /* a huge leaf, invalid for a moment */
	PTWALK_NOTE_UNMAPPED = 3, /* a kernel page taken out for now */
	PTWALK_NOTE_SWAP = 4,
	PTWALK_NOTE_MIGRATION = 5,
	PTWALK_NOTE_DEVICE = 6, /* device private or exclusive */
	PTWALK_NOTE_HWPOISON = 7,
	PTWALK_NOTE_SWAPIN_ERROR = 8,
	PTWALK_NOTE_MARKER = 9,
};

/**
 * struct ptwalk_note - a software entry, read
 * @kind: enum ptwalk_note_kind
 * @has_pa: 1 where @pa is the frame that the entry keeps
 * @type: swap type; else 0
 * @offset: SWAP: the slot; MARKER: its bits; else 0
 */
struct ptwalk_note {
	uint32_t kind;
	uint32_t has_pa;
	uint32_t type;
	uint32_t reserved;
	uint64_t offset;
	uint64_t pa;
};

/**
 * ptwalk_read_note() - reads an entry that is PTWALK_SOFTWARE
 * @va: an address that it would map
 */
PTWALK_API void ptwalk_read_note(const struct ptwalk *p, uint64_t va, unsigned int level,
				 uint64_t entry, struct ptwalk_note *note);

/* ptwalk_note_name() - of enum ptwalk_note_kind: one word, as "swap" */
PTWALK_API const char *ptwalk_note_name(uint32_t kind);

/* ---- questions to a whole space ------------------------------------------------- */

/*
 * Each of these looks at every mapped range of a space's own half of the address
 * space: the upper one for the kernel, the lower one for a process. They take one
 * pass over the tables where nothing else is said, and memory that does not grow
 * with what is mapped. A callback that returns anything but 0 stops the work, and
 * what it returned is returned; it is best positive, as errors are negative.
 */

/**
 * ptwalk_set_progress() - has a function called while long work goes on
 * @tell: called every few thousand ranges or so with the address that was reached;
 *	NULL for none. What it returns stops the work as a callback's does.
 */
PTWALK_API void ptwalk_set_progress(struct ptwalk *p, int (*tell)(void *ctx, uint64_t at),
				    void *ctx);

/**
 * struct ptwalk_hit - where a physical address is mapped
 * @pa: as asked
 * @va: that maps it, offset included; the first of @count
 * @page_bytes: size of the page
 * @count: where one frame is mapped again and again: how often, each @page_bytes
 *	behind the one before; else 1
 * @level: of the leaf, PTWALK_NO_LEVEL where not known
 * @rights: PTWALK_R ...
 * @flags: PTWALK_WALK_*
 */
struct ptwalk_hit {
	uint64_t pa;
	uint64_t va;
	uint64_t page_bytes;
	uint64_t count;
	uint8_t level;
	uint8_t rights;
	uint8_t reserved[2];
	uint32_t flags;
};

/**
 * ptwalk_ptov() - every virtual address of the space that maps these
 * @pa: @n physical addresses in any order; one that is there twice counts once
 * @found: called for each hit, in order of virtual address
 *
 * One pass for all of them, and 8 bytes of memory each. A frame that a software entry
 * keeps (PROT_NONE, migration) is not mapped there. Return: 0, what @found returned,
 * or a negative errno (-ENOMEM, -ESRCH: the process ended).
 */
PTWALK_API int ptwalk_ptov(struct ptwalk *p, const uint64_t *pa, size_t n,
			   int (*found)(void *ctx, const struct ptwalk_hit *hit), void *ctx,
			   struct ptwalk_error *err);

/**
 * struct ptwalk_process - a process that has an address space
 * @pid: of its first thread
 * @name: as /proc/PID/comm has it
 * @root: of its top table; 0 where that is not known
 * @resident_pages: as /proc/PID/statm has it; 0 where that is not known (images:
 *	the tables tell, see ptwalk_resident())
 */
struct ptwalk_process {
	uint32_t pid;
	char name[68];
	uint64_t root;
	uint64_t resident_pages;
};

struct ptwalk_processes;

/**
 * ptwalk_processes_begin() - an iterator over the processes of /proc
 *
 * Kernel threads and zombies, which have no address space, are left out; with them a
 * process whose first thread has ended, as /proc shows it as a zombie. Return: the
 * iterator, for ptwalk_processes_end(), or NULL with @err (-ENOENT, -EACCES: no /proc
 * to read; -ENOMEM).
 */
PTWALK_API struct ptwalk_processes *ptwalk_processes_begin(struct ptwalk_error *err);

/**
 * ptwalk_image_processes_begin() - an iterator over the processes of an image
 *
 * They are found by the kernel's own symbols and types. Return: the iterator, or NULL
 * with @err: -EOPNOTSUPP (no symbols or types are in the image: the sentence says
 * what is missing), -EBADMSG (the types are broken), -ENOMEM. The image must
 * outlive it.
 */
PTWALK_API struct ptwalk_processes *ptwalk_image_processes_begin(struct ptwalk_image *image,
								 struct ptwalk_error *err);

/**
 * ptwalk_resident() - pages of 4096 that the space's own half maps, by its tables
 *
 * Return: 0 with *@pages set, or a negative errno as ptwalk_ptov().
 */
PTWALK_API int ptwalk_resident(struct ptwalk *p, uint64_t *pages, struct ptwalk_error *err);

/* ptwalk_processes_next() - 1 with @process filled, 0 when all are told */
PTWALK_API int ptwalk_processes_next(struct ptwalk_processes *it, struct ptwalk_process *process);

/**
 * ptwalk_processes_status() - whether what ptwalk_processes_next() told was all
 *
 * Return: 0, or -EBADMSG with @err where an image's list of tasks is broken: those behind
 * the place that the sentence names are missing.
 */
PTWALK_API int ptwalk_processes_status(const struct ptwalk_processes *it, struct ptwalk_error *err);

/* ptwalk_processes_end() - gives the iterator back. @it may be NULL. */
PTWALK_API void ptwalk_processes_end(struct ptwalk_processes *it);

/* What an audit finds. The numbers never change. */
enum ptwalk_finding_kind {
	PTWALK_FINDING_WX = 1, /* writable and executable at one address */
	PTWALK_FINDING_ALIAS = 2, /* one frame, writable here and executable there */
	PTWALK_FINDING_USER = 3, /* in the kernel's half, and user mode may access it */
};

/**
 * struct ptwalk_place - one end of a finding
 * @va: where it begins
 * @page_bytes: size of its pages
 * @level: of the leaf; PTWALK_NO_LEVEL where not known
 * @rights: effective
 * @decided: for each right (R W X U), the level that takes it away;
 *	PTWALK_NO_LEVEL where it is allowed or not known
 */
struct ptwalk_place {
	uint64_t va;
	uint64_t page_bytes;
	uint8_t level;
	uint8_t rights;
	uint8_t decided[4];
	uint8_t reserved[2];
};

/**
 * struct ptwalk_finding - consecutive pages with the same fault
 * @kind: enum ptwalk_finding_kind
 * @flags: PTWALK_REPEATS: one frame is mapped there again and again; PTWALK_WALK_*
 * @pa: physical address of the first
 * @bytes: how far it goes
 * @at: the pages; ALIAS: where they are writable
 * @alias: ALIAS: where the same frames are executable; else 0
 */
struct ptwalk_finding {
	uint32_t kind;
	uint32_t flags;
	uint64_t pa;
	uint64_t bytes;
	struct ptwalk_place at;
	struct ptwalk_place alias;
};

/**
 * struct ptwalk_audit_sum - what was looked at
 * @ranges: mapped ranges
 * @writable_bytes, @executable_bytes: that they may be written, executed
 * @findings: by enum ptwalk_finding_kind; [0] is their sum
 */
struct ptwalk_audit_sum {
	uint64_t ranges;
	uint64_t writable_bytes;
	uint64_t executable_bytes;
	uint64_t findings[4];
};

/**
 * ptwalk_audit() - looks for pages that are writable and executable
 * @found: called for each finding
 * @sum: filled; may be NULL
 *
 * Frames are followed through all their aliases in the space's half: first the
 * executable ranges are noted, up to a million of them, then the writable ones held
 * against them (two passes; two more for each further million). What is found is
 * looked up once more before it is told, lest it was only on its way. A process's
 * rights with page-table isolation are those of PTWALK_OPEN_USER_HALF: the kernel's
 * copy of the tables lets nothing be executed. Return: as ptwalk_ptov().
 */
PTWALK_API int ptwalk_audit(struct ptwalk *p,
			    int (*found)(void *ctx, const struct ptwalk_finding *finding),
			    void *ctx, struct ptwalk_audit_sum *sum, struct ptwalk_error *err);

/* ptwalk_finding_name() - of enum ptwalk_finding_kind: one word, as "alias" */
PTWALK_API const char *ptwalk_finding_name(uint32_t kind);

/* Runs are counted by the power of two that they reach: 4096 to 8191 bytes is 12. */
#define PTWALK_STAT_SHIFTS 64

/**
 * struct ptwalk_stat_part - a region in figures, or all of them together
 * @region: which; kind PTWALK_IN_NONE for what lies in none, and for the whole
 * @nr_sizes: of @sizes, from the smallest page up
 * @sizes: how many pages of a size are mapped
 * @mapped_bytes: of all of them
 * @software_bytes: of software entries: swap, PROT_NONE ...
 * @runs: physically contiguous runs: consecutive addresses with consecutive frames,
 *	whatever their rights or page sizes. One that goes on into the next region is
 *	that of the region in which it began.
 * @longest_run_bytes: the longest
 * @run_count, @run_bytes: how many there are, and their bytes, by power of two
 */
struct ptwalk_stat_part {
	struct ptwalk_region region;
	uint32_t nr_sizes;
	uint32_t reserved;
	struct {
		uint64_t page_bytes;
		uint64_t pages;
	} sizes[PTWALK_LEVELS];
	uint64_t mapped_bytes;
	uint64_t software_bytes;
	uint64_t runs;
	uint64_t longest_run_bytes;
	uint64_t run_count[PTWALK_STAT_SHIFTS];
	uint64_t run_bytes[PTWALK_STAT_SHIFTS];
};

#define PTWALK_STAT_TABLES (1u << 0) /* count the table pages too */

/**
 * struct ptwalk_stat - a space in figures
 * @whole: of the whole half
 * @nr_parts: of @parts, one a region of struct ptwalk_info, empty ones too, and
 *	one last for what lies in none
 * @has_tables: @tables was counted: it was asked for, and the source has tables
 * @unreadable_tables: entries whose table could not be read
 * @tables: table pages by level, [0] the root. Each page counts once, however many
 *	entries point at it, and also where all of its entries are empty. Below the
 *	kernel's root, those of the upper half; below a process's, of the lower.
 * @table_bytes: what all of them take up
 */
struct ptwalk_stat {
	struct ptwalk_stat_part whole;
	uint32_t nr_parts;
	uint32_t has_tables;
	struct ptwalk_stat_part parts[PTWALK_INFO_MAX_REGIONS + 1];
	uint64_t unreadable_tables;
	uint64_t tables[PTWALK_LEVELS];
	uint64_t table_bytes;
};

/**
 * ptwalk_stat() - counts pages, runs and tables
 * @flags: PTWALK_STAT_*
 * @stat: filled (it is large: some 40 KiB)
 *
 * Counting tables looks every entry up that is not of the last level, and takes
 * some 64 bytes for each table page that is there. Return: 0, what the progress
 * function returned, or a negative errno as ptwalk_ptov().
 */
PTWALK_API int ptwalk_stat(struct ptwalk *p, uint32_t flags, struct ptwalk_stat *stat,
			   struct ptwalk_error *err);

/* In what two answers can differ. The numbers never change. */
enum ptwalk_difference_in {
	PTWALK_DIFFERS_MAPPED = 1, /* one says mapped, the other not */
	PTWALK_DIFFERS_PA = 2,
	PTWALK_DIFFERS_SIZE = 3,
	PTWALK_DIFFERS_RIGHTS = 4,
	PTWALK_DIFFERS_ENTRY = 5, /* an entry, or where it lies */
	PTWALK_DIFFERS_END = 6, /* not mapped, each for another reason */
};

/**
 * struct ptwalk_difference - two sources, one address, two answers
 * @va: that was asked
 * @in: enum ptwalk_difference_in, the first of them
 * @source: which of the sources said what
 * @answer: likewise
 */
struct ptwalk_difference {
	uint64_t va;
	uint32_t in;
	uint32_t source[2];
	uint32_t reserved;
	struct ptwalk_walk answer[2];
};

/**
 * struct ptwalk_verify_options - how much to ask
 * @seed: of the random addresses
 * @random: how many addresses to take anywhere in the half
 */
struct ptwalk_verify_options {
	uint64_t seed;
	uint64_t random;
};

/**
 * struct ptwalk_verify_sum - what was asked
 * @ranges: mapped ranges that addresses were taken from
 * @addresses: that were asked of every source
 * @mapped: of these, how many the first source says are mapped
 * @asked_again: because two answers differed
 * @changing: that never stood still long enough to be compared
 * @differences: found
 */
struct ptwalk_verify_sum {
	uint64_t ranges;
	uint64_t addresses;
	uint64_t mapped;
	uint64_t asked_again;
	uint64_t changing;
	uint64_t differences;
};

/**
 * ptwalk_verify() - asks several sources of one space the same, and compares
 * @sources: @n of them, 2 or more; the first says what is mapped
 * @found: called for each difference
 * @sum: filled; may be NULL
 *
 * Asked are the first and the last page of every range that the first source maps,
 * the page behind it, a random page in it, and random addresses of the half. The
 * first source is held against each of the others in all that both know: frames;
 * of two with tables also size, rights and entries (but for accessed and dirty, and
 * where the root lies); of pagemap, that the tables grant no more than the mapping
 * does. Where two differ, both are asked again: only an answer that each gives twice
 * while the other stays as it was is a difference.
 *
 * Return: as ptwalk_ptov(), and -EINVAL where @n is less than 2 or the spaces are not
 * the same.
 */
PTWALK_API int ptwalk_verify(struct ptwalk * const *sources, unsigned int n,
			     const struct ptwalk_verify_options *options,
			     int (*found)(void *ctx, const struct ptwalk_difference *difference),
			     void *ctx, struct ptwalk_verify_sum *sum, struct ptwalk_error *err);

/* ptwalk_difference_name() - of enum ptwalk_difference_in: one word, as "rights" */
PTWALK_API const char *ptwalk_difference_name(uint32_t in);

/* ---- what the processor would do ------------------------------------------------ */

/* An access; without WRITE and EXECUTE it is a read. */
#define PTWALK_ACCESS_WRITE (1u << 0)
#define PTWALK_ACCESS_EXECUTE (1u << 1)
#define PTWALK_ACCESS_USER (1u << 2)

/* Why it ends as it does. The numbers never change. */
enum ptwalk_verdict {
	PTWALK_ALLOWED = 0,
	PTWALK_FAULT_NOT_PRESENT = 1,
	PTWALK_FAULT_RESERVED = 2, /* reserved bits are set */
	PTWALK_FAULT_WRITE = 3, /* a level has no RW */
	PTWALK_FAULT_USER = 4, /* a level has no USER */
	PTWALK_FAULT_EXECUTE = 5, /* a level has NX */
	PTWALK_FAULT_SMEP = 6, /* the kernel would execute a user page */
	PTWALK_FAULT_SMAP = 7, /* the kernel would touch a user page, EFLAGS.AC clear */
	PTWALK_FAULT_NONCANONICAL = 8, /* no page fault but #GP (#SS by the stack) */
	PTWALK_FAULT_UNKNOWN = 9, /* a table could not be read */
};

/* Bits of the error code that #PF pushes: Intel SDM volume 3A, 4.7. */
#define PTWALK_PF_P (1u << 0)
#define PTWALK_PF_W (1u << 1)
#define PTWALK_PF_U (1u << 2)
#define PTWALK_PF_RSVD (1u << 3)
#define PTWALK_PF_I (1u << 4)

/* What of the control registers was known; the rest was assumed to be set. */
#define PTWALK_EXPLAIN_KNOWS_CR0 (1u << 0) /* WP */
#define PTWALK_EXPLAIN_KNOWS_CR4 (1u << 1) /* SMEP, SMAP */

/**
 * struct ptwalk_explanation - an access, and what comes of it
 * @walk: the way down
 * @access: PTWALK_ACCESS_*, as asked
 * @verdict: enum ptwalk_verdict
 * @level: that decides; PTWALK_NO_LEVEL where none does
 * @error_code: of the #PF; 0 where there is none
 * @known: PTWALK_EXPLAIN_*
 * @wp, @smep, @smap: as known or assumed
 * @allows: for each step of @walk the rights that are left below it, PTWALK_R ...
 */
struct ptwalk_explanation {
	struct ptwalk_walk walk;
	uint32_t access;
	uint32_t verdict;
	uint32_t level;
	uint32_t error_code;
	uint32_t known;
	uint8_t wp;
	uint8_t smep;
	uint8_t smap;
	uint8_t reserved;
	uint8_t allows[PTWALK_LEVELS + 3];
};

/**
 * ptwalk_explain() - what the processor would do with an access
 *
 * Return: 0, or a negative errno: -EINVAL (WRITE and EXECUTE at once), -EOPNOTSUPP
 * (the source has no tables), and as ptwalk_walk().
 */
PTWALK_API int ptwalk_explain(struct ptwalk *p, uint64_t va, uint32_t access,
			      struct ptwalk_explanation *out, struct ptwalk_error *err);

/* ptwalk_verdict_name() - of enum ptwalk_verdict: one word, as "not-present" */
PTWALK_API const char *ptwalk_verdict_name(uint32_t verdict);

/* ---- snapshots, and what has changed --------------------------------------------- */

/**
 * ptwalk_snapshot_write() - saves what spaces map
 * @path: of the file, which is put there when it is complete
 * @spaces: @n of them
 * @names: @n, a name each (a process's command); may be NULL
 *
 * A file of the mapped ranges and software entries of each space's own half, with
 * frames, sizes, rights and attributes; see docs/snapshot.md. It is opened again as an
 * image. Return: 0, what the progress function returned, or a negative errno.
 */
PTWALK_API int ptwalk_snapshot_write(const char *path, struct ptwalk * const *spaces,
				     const char * const *names, unsigned int n,
				     struct ptwalk_error *err);

/* How a range differs. The numbers never change. */
enum ptwalk_change_kind {
	PTWALK_CHANGE_APPEARED = 1,
	PTWALK_CHANGE_VANISHED = 2,
	PTWALK_CHANGE_FRAME = 3, /* another frame; rights may differ too */
	PTWALK_CHANGE_RIGHTS = 4, /* the frame is the same */
	PTWALK_CHANGE_SIZE = 5, /* the same frames and rights, in pages of another size */
	PTWALK_CHANGE_NOTE = 6, /* a software entry says something else */
};

/**
 * struct ptwalk_change - consecutive addresses that changed alike
 * @start, @end: [start, end), end 0 is 2^64
 * @kind: enum ptwalk_change_kind
 * @reserved: 0
 * @before, @after: what is there: its @what is PTWALK_NONE where nothing is; @start,
 *	@end as above
 */
struct ptwalk_change {
	uint64_t start;
	uint64_t end;
	uint32_t kind;
	uint32_t reserved;
	struct ptwalk_range before;
	struct ptwalk_range after;
};

/**
 * struct ptwalk_diff_sum - what was compared
 * @before_bytes, @after_bytes: mapped
 * @same_bytes: that did not change
 * @changes: by enum ptwalk_change_kind; [0] is their sum
 */
struct ptwalk_diff_sum {
	uint64_t before_bytes;
	uint64_t after_bytes;
	uint64_t same_bytes;
	uint64_t changes[7];
};

/**
 * ptwalk_diff() - tells what changed from one space to another
 * @found: called for each change, in order of address
 * @sum: filled; may be NULL
 *
 * The two may be of any sources; their own halves are compared. Return: as
 * ptwalk_ptov(), and -EINVAL (one is the kernel's, the other a process's).
 */
PTWALK_API int ptwalk_diff(struct ptwalk *before, struct ptwalk *after,
			   int (*found)(void *ctx, const struct ptwalk_change *change), void *ctx,
			   struct ptwalk_diff_sum *sum, struct ptwalk_error *err);

/* ptwalk_change_name() - of enum ptwalk_change_kind: one word, as "appeared" */
PTWALK_API const char *ptwalk_change_name(uint32_t kind);

/* ---- the laboratory --------------------------------------------------------------- */

/* Where memory comes from. The last three are not allocated. The numbers never change. */
enum ptwalk_allocator {
	PTWALK_BY_KMALLOC = 0,
	PTWALK_BY_KMEM_CACHE = 1,
	PTWALK_BY_ALLOC_PAGES = 2,
	PTWALK_BY_ALLOC_PAGES_EXACT = 3,
	PTWALK_BY_KVMALLOC = 4,
	PTWALK_BY_VMALLOC = 5,
	PTWALK_BY_VMALLOC_HUGE = 6,
	PTWALK_BY_VMAP = 7, /* scattered pages */
	PTWALK_BY_PERCPU = 8, /* the copy of the CPU that asks */
	PTWALK_BY_DMA_COHERENT = 9,
	PTWALK_BY_STATIC_DATA = 10, /* the module's */
	PTWALK_BY_TEXT = 11, /* the module's */
	PTWALK_BY_STACK = 12, /* the kernel stack of who asks */
	PTWALK_ALLOCATORS = 13,
};

#define PTWALK_OBJECT_HELD (1u << 0) /* stays after the laboratory is closed */
#define PTWALK_OBJECT_MACRO_VALID (1u << 1) /* virt_to_phys() may be asked for it */
#define PTWALK_OBJECT_SAME (1u << 2) /* its arithmetic gives what the walk gives */
#define PTWALK_OBJECT_HAS_TIMES (1u << 3) /* the nanoseconds mean something */

/**
 * struct ptwalk_object - memory that the module took, and where it lies
 * @id: for ptwalk_lab_free(); 0 where nothing was kept
 * @allocator: enum ptwalk_allocator
 * @flags: PTWALK_OBJECT_*
 * @bytes: its size, as asked; for what is not allocated, what there is
 * @va: its address
 * @macro_pa: what the arithmetic of virt_to_phys() gives, valid or not
 * @walk_pa: what the tables say
 * @pages: how many pages of each size map it: 4 KiB, 2 MiB, 1 GiB
 * @runs: physically contiguous runs
 * @longest_run_bytes: the longest of them
 * @region: enum ptwalk_region_kind
 * @node: NUMA node of its first page, -1 where there is none
 * @alloc_ns, @touch_ns, @free_ns: medians of @repeat rounds: to allocate, to write
 *	one byte to each page for the first time, to free
 * @repeat: rounds made
 */
struct ptwalk_object {
	uint64_t id;
	uint32_t allocator;
	uint32_t flags;
	uint64_t bytes;
	uint64_t va;
	uint64_t macro_pa;
	uint64_t walk_pa;
	uint64_t pages[3];
	uint64_t runs;
	uint64_t longest_run_bytes;
	uint32_t region;
	int32_t node;
	uint64_t alloc_ns;
	uint64_t touch_ns;
	uint64_t free_ns;
	uint32_t repeat;
	uint32_t reserved;
};

struct ptwalk_lab;

/**
 * ptwalk_lab_open() - opens the module's laboratory
 *
 * Objects that are not held live until ptwalk_lab_close(). Return: the laboratory, or
 * NULL with @err: -ENOENT, -ENODEV (no module), -EPERM, -EACCES, -EPROTO (another
 * ABI), -ENOMEM.
 */
PTWALK_API struct ptwalk_lab *ptwalk_lab_open(struct ptwalk_error *err);

/* ptwalk_lab_close() - frees the objects that are not held. @lab may be NULL. */
PTWALK_API void ptwalk_lab_close(struct ptwalk_lab *lab);

#define PTWALK_LAB_MAX_ROUNDS 1000

/**
 * ptwalk_lab_alloc() - takes memory, and looks at it
 * @allocator: enum ptwalk_allocator
 * @bytes: 8 or more; not looked at for what is not allocated
 * @repeat: rounds to take times of, 1 to PTWALK_LAB_MAX_ROUNDS
 * @flags: PTWALK_OBJECT_HELD or 0
 * @object: filled
 *
 * Return: 0, or -ENOSPC (the laboratory's limit), -ENOMEM, -E2BIG (more than this
 * allocator can ever give), -EINVAL (less than 8 bytes, no such allocator or flag, too
 * many rounds), -EINTR (a signal).
 */
PTWALK_API int ptwalk_lab_alloc(struct ptwalk_lab *lab, uint32_t allocator, uint64_t bytes,
				uint32_t repeat, uint32_t flags, struct ptwalk_object *object,
				struct ptwalk_error *err);

/**
 * ptwalk_lab_list() - the objects of this laboratory and those that are held, by id
 * @after: list ids above this one
 * @objects: room for @max, at least 1
 *
 * Return: how many, 0 at the end, or a negative errno.
 */
PTWALK_API int ptwalk_lab_list(struct ptwalk_lab *lab, uint64_t after,
			       struct ptwalk_object *objects, unsigned int max,
			       struct ptwalk_error *err);

/* ptwalk_lab_free() - 0, or -ENOENT where this laboratory or the held ones have no such id */
PTWALK_API int ptwalk_lab_free(struct ptwalk_lab *lab, uint64_t id, struct ptwalk_error *err);

/* ptwalk_allocator_name() - of enum ptwalk_allocator: one word, as "vmalloc"; "" for none */
PTWALK_API const char *ptwalk_allocator_name(uint32_t allocator);

/* ---- the library ---------------------------------------------------------------- */

#define PTWALK_VERSION "0.4"

/* ptwalk_version() - PTWALK_VERSION as the library was built, not the header */
PTWALK_API const char *ptwalk_version(void);

/* ptwalk_features() - what is built in: words with a space between ("device kcore ...") */
PTWALK_API const char *ptwalk_features(void);

#ifdef __cplusplus
}
#endif

#endif
