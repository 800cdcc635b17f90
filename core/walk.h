/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * walk.h - the walker: one address through every level; a range of addresses
 * as a stream of ranges; and what the entries that it met mean.
 *
 * Layering: the core sees a format (format.h), a root and a memory that lends
 * table pages. It does not allocate, print, recurse or keep state outside the
 * structs given to it, so all of it may run with interrupts off. Functions may
 * be called from several threads at once, each with its own walk or scan; a
 * space is only read.
 */
#ifndef PTW_WALK_H
#define PTW_WALK_H

#include "format.h"

/*
 * An entry where it lies. A file may hold memory at any offset: qemu's ELF dumps
 * with a note of the guest begin theirs at a multiple of 4.
 */
typedef u64 ptw_entry_t __attribute__((aligned(4)));

/**
 * struct ptw_window - consecutive physical memory whose bytes are at hand
 * @pa: of its first byte
 * @bytes: more than 0; @pa + @bytes - 1 does not wrap round
 * @data: the bytes, which stay for as long as the memory is there. A table within
 *	lies at a ptw_entry_t's alignment: @data - @pa is a multiple of 4.
 */
struct ptw_window {
	u64 pa;
	u64 bytes;
	const void *data;
};

/**
 * struct ptw_windows - memory that the walker reads by itself
 * @likely: the one that is looked in first, as a rule the largest
 * @list: all @nr of them, in order of pa; none overlaps another
 * @first: an index, so that one among thousands is found as fast as one of three:
 *	for part i of the physical addresses, of 2^@shift bytes each, the first
 *	window that does not end before it, or @nr; @nr_parts + 1 numbers. Behind
 *	the last part there is no window. NULL: all of @list is searched.
 */
struct ptw_windows {
	struct ptw_window likely;
	const struct ptw_window *list;
	u32 nr;
	u8 shift;
	u64 nr_parts;
	const u32 *first;
};

/**
 * struct ptw_memory - lends page-table pages
 * @lend: gives the @bytes of physical memory at @pa (a multiple of @bytes,
 *	the size of one table) in *@entries, or a negative errno. It is the
 *	place that must know the memory's edges: the walker follows whatever
 *	address a table holds. What it lent stays valid until @leave; where
 *	there is none, for as long as the memory is there (a mapped file).
 * @enter: optional, with @leave: begins a critical section in which the
 *	tables of a live machine cannot be freed (interrupts off, as fast GUP
 *	has it in mm/gup.c), or a cache's pages not reused. One section covers
 *	one lookup, or the entries of one table page in a scan, with the way
 *	down to it; ptw_translate()'s cover 64 lookups.
 * @leave: ends it. What was lent is given back.
 * @ctx: handed to all three
 * @windows: optional: a table that lies within one of them is read there, and
 *	@lend not called for it
 */
struct ptw_memory {
	int (*lend)(void *ctx, ptw_pa_t pa, u64 bytes, const ptw_entry_t **entries);
	void (*enter)(void *ctx);
	void (*leave)(void *ctx);
	void *ctx;
	const struct ptw_windows *windows;
};

/**
 * struct ptw_space - one address space: a format, a root and a memory
 * @format: of its tables
 * @memory: that lends them
 * @root: physical address of the top table; bits that are not its address
 *	(CR3's PCID, an encryption bit) are taken off by ptw_space_init()
 * @encryption: bits inside the address field of an entry that are no address
 *	(sme_me_mask, the SEV C-bit); stripped from the addresses in table and
 *	leaf entries (frames in swap entries never have it). Where it is set
 *	in bits that must be zero, an entry is malformed all the same
 * @pa_limit: the bits that a physical address may have, all set; a table or leaf
 *	entry with an address above is malformed
 * @swap: which swap types are not swap areas, on this kernel
 */
struct ptw_space {
	const struct ptw_format *format;
	const struct ptw_memory *memory;
	ptw_pa_t root;
	u64 encryption;
	u64 pa_limit;
	const struct ptw_swap_types *swap;
};

/**
 * ptw_space_init() - makes a space
 * @sp: filled; it keeps @format and @memory, which the caller owns
 * @root: a physical address or a root register's value as it is
 * @encryption: encryption mask, 0 where there is none
 * @pa_bits: physical address bits of the machine, 0 for the format's most
 *
 * The swap types are ptw_swap_types_6_12 until the caller sets others.
 * Return: 0, or -EINVAL where @pa_bits is more than the format has, or
 * @encryption lies outside the address field of an entry; @sp is then untouched.
 */
int ptw_space_init(struct ptw_space *sp, const struct ptw_format *format,
		   const struct ptw_memory *memory, u64 root, u64 encryption, unsigned int pa_bits);

/* True when the high bits of @va repeat the top bit that the tables index. */
bool ptw_canonical(const struct ptw_format *format, ptw_va_t va);

/* Bytes that one entry of this level covers. */
static inline u64 ptw_level_bytes(const struct ptw_format *format, unsigned int level)
{
	return 1ULL << format->levels[level].shift;
}

/**
 * struct ptw_step - one entry passed on the way down
 * @entry_pa: where the entry lies
 * @entry: as it was read, once
 * @is: PTW_NONE, PTW_TABLE, PTW_LEAF, PTW_SOFTWARE or PTW_MALFORMED
 */
struct ptw_step {
	ptw_pa_t entry_pa;
	u64 entry;
	enum ptw_what is;
};

/**
 * struct ptw_walk - one address, every level
 * @va: the address asked for
 * @end: why the walk ended; never PTW_TABLE
 * @nr_steps: how many of @steps are filled; step i is level i of the format.
 *	0 for an address that is not canonical or a root that cannot be read.
 * @error: PTW_UNREADABLE: the memory's errno for the table below the last
 *	step; else 0
 * @pa: PTW_LEAF: the physical address of @va itself, offset included; else 0
 * @page_bytes: PTW_LEAF: size of the page; else the bytes around @va for
 *	which the answer is the same (0 for a non-canonical address)
 */
struct ptw_walk {
	ptw_va_t va;
	enum ptw_what end;
	unsigned int nr_steps;
	int error;
	ptw_pa_t pa;
	u64 page_bytes;
	struct ptw_step steps[PTW_MAX_LEVELS];
};

/**
 * ptw_walk() - looks one address up
 * @w: filled, whatever is returned
 *
 * Locking: in one critical section of the memory, when it has them; the
 * caller sees to it that the root stays (a reference on the mm).
 * Work: at most one lend and one read a level.
 *
 * Return: 0 when @va is mapped, else -EINVAL (not canonical), -ENOENT (no
 * entry, or software's), -EBADMSG (malformed entry), or the memory's errno
 * (table cannot be read). @w->end tells them apart.
 */
int ptw_walk(const struct ptw_space *sp, ptw_va_t va, struct ptw_walk *w);

/**
 * ptw_translate() - looks many addresses up, for their physical addresses alone
 * @va: @n of them, in any order
 * @pa: @n, filled: what ptw_walk() gives in ptw_walk.pa, or PTW_NOT_MAPPED where
 *	that does not end in a leaf
 *
 * Locking: as ptw_walk(), but that a section covers up to 64 addresses. Work: at most
 * one lend and one read a level and address; entries above the last two levels are
 * read once for many addresses. Return: how many of them are mapped.
 */
#define PTW_NOT_MAPPED (~0ULL)
size_t ptw_translate(const struct ptw_space *sp, const ptw_va_t *va, size_t n, ptw_pa_t *pa);

/**
 * struct ptw_rights - what may be done, and who decided it
 * @allowed: set of PTW_R, PTW_W, PTW_X, PTW_U
 * @decided: for each right, by bit number (0 for PTW_R ...): the level nearest
 *	the root that takes it away; where the right is allowed, nr_levels of
 *	the format (no level decided against it)
 */
struct ptw_rights {
	u8 allowed;
	u8 decided[PTW_NR_RIGHTS];
};

/**
 * ptw_rights() - effective rights of a walk: of all its levels together
 *
 * What ends in anything but a leaf has no rights; @r->decided is then the last
 * step's level for all (0 where there is no step). Control registers are not
 * looked at: on x86 this is EFER.NXE set and CR0.WP set, without SMEP, SMAP and
 * protection keys.
 */
void ptw_rights(const struct ptw_space *sp, const struct ptw_walk *w, struct ptw_rights *r);

/**
 * ptw_attributes() - names of an entry's attributes, from the format's rows
 * @level: of the format, 0 is the root
 * @names: filled with pointers to constant strings
 * @max: room in @names; PTW_MAX_ATTRIBUTES is always enough
 *
 * Entries that are neither table nor leaf have none. The last is "ENC" where
 * bits of the encryption mask are set. Return: how many were filled.
 */
#define PTW_MAX_ATTRIBUTES 32
unsigned int ptw_attributes(const struct ptw_space *sp, unsigned int level, u64 entry,
			    const char **names, unsigned int max);

/**
 * struct ptw_soft - a software entry, read
 * @has_pa: @pa is the frame that the entry keeps
 * @type: swap type field, for swap entries of all kinds; else 0
 * @offset: for PTW_SOFT_SWAP the slot, for PTW_SOFT_MARKER its bits; else 0
 */
struct ptw_soft {
	enum ptw_soft_kind kind;
	bool has_pa;
	u8 type;
	u64 offset;
	ptw_pa_t pa;
};

/**
 * ptw_soft() - reads an entry that is PTW_SOFTWARE
 * @va: an address that it would map: the kernel's half has no swap, and its
 *	entries that are not present are pages which the kernel took out
 * @level: where it stands; the layout differs between levels
 */
struct ptw_soft ptw_soft(const struct ptw_space *sp, ptw_va_t va, unsigned int level, u64 entry);

/* What an entry of @level is: PTW_NONE ... PTW_MALFORMED. */
enum ptw_what ptw_classify(const struct ptw_space *sp, unsigned int level, u64 entry);

/* The address in a table or leaf entry, without offset, encryption stripped. */
ptw_pa_t ptw_entry_pa(const struct ptw_space *sp, unsigned int level, u64 entry);

#endif
