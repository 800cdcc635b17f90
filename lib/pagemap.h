/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pagemap.h - one page as /proc/PID/pagemap, the process's mappings and
 * /proc/kpageflags show it. Private to src_pagemap.c.
 */
#ifndef LIB_PAGEMAP_H
#define LIB_PAGEMAP_H

#include "source.h"
#include "vmas.h"

#define PAGE_BYTES 4096ULL
#define BLOCK_BYTES (2ULL << 20) /* of address, whose entries are one page of pagemap */
#define BLOCK (BLOCK_BYTES / PAGE_BYTES)

#define PM_PRESENT (1ULL << 63)
#define PM_SWAPPED (1ULL << 62)
#define PM_FRAME ((1ULL << 55) - 1)

/**
 * struct pagemap - the state of the source
 * @fd: /proc/PID/pagemap
 * @mem_fd: /proc/PID/mem; -1 until it is needed
 * @flags_fd: /proc/kpageflags; -1 where it cannot be had
 * @path: of the process's folder
 * @first: address of entries[0]
 * @nr: of @entries that are good for this question
 */
struct pagemap {
	int fd;
	int mem_fd;
	int flags_fd;
	char path[64];
	struct vmas vmas;
	uint64_t first;
	size_t nr;
	uint64_t entries[BLOCK];
};

/**
 * struct page - what is told of one page
 * @what: enum ptwalk_what: LEAF, SOFTWARE, NONE or UNKNOWN
 * @flags: PTWALK_WALK_*
 * @pa: of the address asked for, where it is a LEAF
 */
struct page {
	uint8_t what;
	uint8_t rights;
	uint32_t flags;
	uint64_t pa;
	uint64_t page_bytes;
};

/* All return 0, or a negative errno with @err. p->state is a struct pagemap. */

/* Begins a question: what was read for the last one counts no more. */
int pagemap_begin(struct ptwalk *p, struct ptwalk_error *err);

/* Has the entry of @va, and perhaps those of the @n - 1 addresses behind it. */
int pagemap_need(struct ptwalk *p, const struct vma *vma, const uint64_t *va, size_t n,
		 struct ptwalk_error *err);

/* Has the entries of the block around @va; that of @va is there for sure. */
int pagemap_read_block(struct ptwalk *p, uint64_t va, struct ptwalk_error *err);

/* Whether the entry of @va was read for this question. */
bool pagemap_has(const struct pagemap *g, uint64_t va);

/* @vma: that has @va, or NULL; the entry of @va is there. */
int pagemap_look_at(struct ptwalk *p, const struct vma *vma, uint64_t va, struct page *page,
		    struct ptwalk_error *err);

/* -ESRCH, with the sentence. */
int pagemap_gone(const struct ptwalk *p, struct ptwalk_error *err);

#endif
