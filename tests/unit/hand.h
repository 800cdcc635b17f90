/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hand.h - hand-made page tables: bits by the manual's and the kernel's names,
 * and a small space in which a test puts an entry where an address needs it.
 */
#ifndef TEST_HAND_H
#define TEST_HAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../core/scan.h"
#include "mem.h"

/* Intel SDM 3A, 4.5; arch/x86/include/asm/pgtable_types.h of Linux */
#define X_P (1ULL << 0)
#define X_RW (1ULL << 1)
#define X_US (1ULL << 2)
#define X_PWT (1ULL << 3)
#define X_PCD (1ULL << 4)
#define X_A (1ULL << 5)
#define X_D (1ULL << 6)
#define X_PSE (1ULL << 7)
#define X_PAT (1ULL << 7)
#define X_G (1ULL << 8)
#define X_PROTNONE (1ULL << 8)
#define X_PAT_LARGE (1ULL << 12)
#define X_NX (1ULL << 63)

#define X_TABLE (X_P | X_RW | X_US)
#define X_PAGE (X_P | X_RW | X_US | X_A | X_D)
#define X_HUGE (X_PAGE | X_PSE)

/* The bits from @high to @low, both included. */
#define BITS(high, low) ((~0ULL >> (63 - (high))) & (~0ULL << (low)))

/* What flips the frame of an entry that is not present: bits 12-51. */
#define X_FLIP 0x000ffffffffff000ULL

/* A swap entry as __swp_entry() makes it (pgtable_64.h). */
#define X_SWAP(type, offset) (((u64)(type) << 59) | ((~(u64)(offset) & ((1ULL << 50) - 1)) << 9))

#define KIB 1024ULL
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

/* Levels of the 4-level format; one more with 5. */
enum { PGD, PUD, PMD, PTE };

#define HAND_BASE 0x100000ULL
#define HAND_PAGES 64

/**
 * struct hand - a memory of HAND_PAGES pages from HAND_BASE on, and a space
 * @used: pages that are taken; page 0 is the root
 */
struct hand {
	struct mem mem;
	struct ptw_space space;
	size_t used;
};

void hand_init(struct hand *h, const struct ptw_format *format);

/* A space without memory, for functions that need none. */
struct ptw_space space_of(const struct ptw_format *format, u64 encryption, unsigned int pa_bits);

/* Fails the test when the memory's contract was broken. */
void hand_deinit(struct hand *h);

/* A page of its own, empty: its physical address. */
u64 hand_page(struct hand *h);

/* Where the entry of @level for @va lies; makes the tables above it (X_TABLE). */
u64 *hand_entry(struct hand *h, u64 va, unsigned int level);

/* hand_entry() and the value to it. */
void hand_put(struct hand *h, u64 va, unsigned int level, u64 entry);

/* Fills the page at @pa with @entry, @step more each time. */
void hand_fill(struct hand *h, u64 pa, u64 entry, u64 step);

#endif
