/* SPDX-License-Identifier: GPL-2.0-only */
/* bench.h - what the benchmarks share: rounds and their figures, the device, the region. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../include/uapi/ptwalk.h"

typedef unsigned long long u64;

#define PAGE 4096ULL
#define MIB (1ULL << 20)
#define MOST_ROUNDS 1001

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Says what failed, with errno's sentence, and ends with status 1. */
__attribute__((format(printf, 1, 2), noreturn)) void die(const char *format, ...);

/*
 * struct way - one way to do the work
 * @run: does all of it once; what it needs is in @ctx
 * @units: what one run answers: addresses, pages
 * @goal: how many times as fast @ways[0] shall be; 0: no goal
 * @at_most: in place of @goal, where @ways[0] does more: how many times as long as
 *	this one it may take at most
 * @why: printed where the goal is missed: what the time goes into
 * @ns: of each round, a unit; filled by compete()
 */
struct way {
	const char *name;
	void (*run)(void *ctx);
	void *ctx;
	u64 units;
	double goal;
	double at_most;
	const char *why;
	double ns[MOST_ROUNDS];
};

/*
 * Runs all ways in every round, beginning with another one each time, after a
 * round that does not count. Prints each one's figures in ns a @unit, and how many
 * times as fast as each of the others ways[0] is: the median, least and most of the
 * ratios within a round. Returns how many goals were missed.
 */
unsigned int compete(struct way *ways, unsigned int nr, unsigned int rounds, const char *unit);

/* After compete(): in ns a unit. */
double median_of(const struct way *way, unsigned int rounds);

/* The device, opened, and what INFO says of it. */
int device_open(struct ptwalk_ioc_info *info);

/* A region of this process's, each page touched, in no order, never a huge page. */
struct region {
	char *start;
	u64 pages;
};

void region_init(struct region *r, u64 bytes);
void region_deinit(struct region *r);
int pagemap_open(void);

/* One benchmark each, printed. Return: how many goals were missed. */
unsigned int bench_walk(unsigned int rounds);
unsigned int bench_map(unsigned int rounds);
unsigned int bench_kernel(unsigned int rounds);
void bench_irqoff(void);

#endif
