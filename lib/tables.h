/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables.h - operations for a source that has bytes: the core walks them. A source
 * that lends tables in p->space puts these into its struct source_ops.
 */
#ifndef LIB_TABLES_H
#define LIB_TABLES_H

#include "source.h"

/*
 * Reads physical memory for tables_read(): bytes that never cross a page of 4096.
 * Return: 0, or a negative errno (-ENXIO: not memory).
 */
typedef int (*read_page_fn)(void *ctx, uint64_t pa, void *buffer, size_t bytes);

int tables_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		struct ptwalk_page *pages, struct ptwalk_error *err);
int tables_scan(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges, unsigned int max,
		struct ptwalk_error *err);
int64_t tables_translate(struct ptwalk *p, const uint64_t *va, size_t n, uint64_t *pa);
int64_t tables_read(struct ptwalk *p, uint64_t address, bool physical, void *buffer, size_t bytes,
		    read_page_fn read_page, void *ctx, struct ptwalk_error *err);

#endif
