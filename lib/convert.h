/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * convert.h - what several sources need to fill the public structs.
 */
#ifndef LIB_CONVERT_H
#define LIB_CONVERT_H

#include "source.h"

/**
 * space_setup() - p->space and p->info's format from what p->info knows
 * @memory: that lends tables; NULL where the library does not walk itself
 *
 * p->info must have levels, encryption, pa_bits (0: not known), kernel_root and,
 * where known, the release. Return: 0, or -EINVAL with @err.
 */
int space_setup(struct ptwalk *p, const struct ptw_memory *memory, struct ptwalk_error *err);

/* What software entries mean on this release; "" is taken for a new one. */
const struct ptw_swap_types *swap_types_of(const char *release);

/* Adds a region where it is not empty; region_sort() is to come. */
void region_add(struct ptwalk_info *info, uint32_t kind, uint64_t start, uint64_t end);
/* Puts the regions in order of address. */
void region_sort(struct ptwalk_info *info);

#endif
