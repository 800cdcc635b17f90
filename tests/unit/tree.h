/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tree.h - random page tables in a random memory, from one number.
 */
#ifndef TEST_TREE_H
#define TEST_TREE_H

#include "../../core/walk.h"
#include "mem.h"
#include "model.h"

/* splitmix64: small, and any seed is a good one. */
struct rng {
	u64 state;
};

u64 rng_next(struct rng *rng);
u64 rng_below(struct rng *rng, u64 bound); /* [0, bound); @bound not 0 */
bool rng_percent(struct rng *rng, unsigned int percent);

/* The number that @name is in the environment, or @otherwise. */
u64 from_environment(const char *name, u64 otherwise);

#define TREE_MAX_PAGES 48

/**
 * struct tree - the same tables for the core (space) and the model
 * @depth: for each page of the memory, the level that it was made for; entries
 *	mostly point at a page of the next one, but may point at any page
 * @origin: many leaves go on from here, across the borders of tables
 */
struct tree {
	struct rng rng;
	struct mem mem;
	struct model model;
	struct ptw_space space;
	u8 depth[TREE_MAX_PAGES];
	u64 origin;
};

void tree_init(struct tree *t, u64 seed);
void tree_deinit(struct tree *t);

/* An address that is likely to lead deep, or to lie at a border. */
u64 tree_address(struct tree *t);

#endif
