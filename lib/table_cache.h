/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table_cache.h - lends table pages of memory that must be read, and keeps them:
 * of live memory for one question to the library, of a dump's for good.
 */
#ifndef LIB_TABLE_CACHE_H
#define LIB_TABLE_CACHE_H

#include "../core/walk.h"

/* Reads one page at @pa, a multiple of 4096. Return: 0, or a negative errno. */
typedef int (*read_table_fn)(void *ctx, uint64_t pa, void *page);

struct table_cache;

/* How many pages are kept, as a power of two: for a question, and for good. */
#define TABLE_CACHE_QUESTION 9
#define TABLE_CACHE_KEPT 14

/*
 * A cache of 2^@slots_shift pages over @read, which is called with @ctx; NULL where
 * there is no memory. Pages that are not used take up none.
 */
struct table_cache *table_cache_create(read_table_fn read, void *ctx, unsigned int slots_shift);
void table_cache_destroy(struct table_cache *c);

/* The memory that lends from it; as long as the cache is there. */
const struct ptw_memory *table_cache_memory(struct table_cache *c);

/* Forgets all pages: what is asked from now on is read anew. */
void table_cache_forget(struct table_cache *c);

#endif
