/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table_cache.h - lends table pages of memory that must be read: a small cache,
 * good for one question to the library.
 */
#ifndef LIB_TABLE_CACHE_H
#define LIB_TABLE_CACHE_H

#include "../core/walk.h"

/* Reads one page at @pa, a multiple of 4096. Return: 0, or a negative errno. */
typedef int (*read_table_fn)(void *ctx, uint64_t pa, void *page);

struct table_cache;

/* A cache over @read, which is called with @ctx; NULL where there is no memory. */
struct table_cache *table_cache_create(read_table_fn read, void *ctx);
void table_cache_destroy(struct table_cache *c);

/* The memory that lends from it; as long as the cache is there. */
const struct ptw_memory *table_cache_memory(struct table_cache *c);

/* Forgets all pages: what is asked from now on is read anew. */
void table_cache_forget(struct table_cache *c);

#endif
