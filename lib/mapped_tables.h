/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mapped_tables.h - mapped physical memory, for the walker to read by itself. Private.
 */
#ifndef LIB_MAPPED_TABLES_H
#define LIB_MAPPED_TABLES_H

#include "../core/walk.h"
#include "phys.h"

struct mapped_tables;

/**
 * mapped_tables_create() - windows on what is mapped of @mem
 * @mem: must outlive it
 * @windows: set to them, for ptw_memory.windows; NULL where nothing is mapped as
 *	the walker can read it. The memory's lend() is asked for the rest.
 *
 * It takes 24 bytes for each range, and at most 64 for each of these and 32 KiB.
 * Return: 0, or -ENOMEM.
 */
int mapped_tables_create(struct mapped_tables **t, const struct ptw_windows **windows,
			 const struct phys *mem);
void mapped_tables_destroy(struct mapped_tables *t);

#endif
