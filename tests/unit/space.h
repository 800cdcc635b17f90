/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * space.h - a space for the library that is made of ranges, as a test writes them.
 */
#ifndef TEST_SPACE_H
#define TEST_SPACE_H

/* Before cmocka.h, which has a macro fail() too. */
#include "../../lib/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define R PTWALK_R
#define W PTWALK_W
#define X PTWALK_X
#define U PTWALK_U

#define PAGE 4096ULL
#define HUGE_PAGE (2ULL << 20)
#define KERNEL 0xffff888000000000ULL

/**
 * struct space - what a made-up source tells
 * @p: what the library is given
 * @ranges, @n: in order, no two overlap
 * @before_walk: called before each address is looked up; may be NULL
 */
struct space {
	struct ptwalk p;
	struct ptwalk_range *ranges;
	size_t n;
	void (*before_walk)(struct space *s, uint64_t va);
	unsigned int walks;
	void *ctx;
};

/* @pid: 0 for the kernel. The format is the 4-level one. */
void space_init(struct space *s, struct ptwalk_range *ranges, size_t n, uint32_t pid);

/* @pages of 4 KiB, or of 2 MiB. */
struct ptwalk_range small(uint64_t va, uint64_t pa, uint64_t pages, uint8_t rights);
struct ptwalk_range large(uint64_t va, uint64_t pa, uint64_t pages, uint8_t rights);
/* One frame, @pages times. */
struct ptwalk_range repeated(uint64_t va, uint64_t pa, uint64_t pages, uint8_t rights);

/*
 * Fills @n ranges at random from KERNEL on, of few frames, so that they overlap there.
 * @apart: no two touch, so none are joined. @seed is changed.
 */
void random_ranges(struct ptwalk_range *ranges, size_t n, bool apart, uint64_t *seed);
uint64_t next_random(uint64_t *seed);

#endif
