// SPDX-License-Identifier: GPL-2.0-only
/*
 * convert.c - what several sources need to fill the public structs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "convert.h"

/*
 * The tables of swap types that the core has are of 6.1 and 6.12; the first of
 * them lost its type for swap-in errors in 6.5 (include/linux/swap.h).
 */
const struct ptw_swap_types *swap_types_of(const char *release)
{
	unsigned int major, minor;

	if (sscanf(release, "%u.%u", &major, &minor) == 2 &&
	    (major < 6 || (major == 6 && minor < 5)))
		return &ptw_swap_types_6_1;
	return &ptw_swap_types_6_12;
}

int space_setup(struct ptwalk *p, const struct ptw_memory *memory, struct ptwalk_error *err)
{
	struct ptwalk_info *info = &p->info;
	const struct ptw_format *format;

	switch (info->levels) {
	case 4:
		format = &ptw_x86_64_4level;
		break;
	case 5:
		format = &ptw_x86_64_5level;
		break;
	default:
		return fail(err, -EINVAL, "%s tells of %u page-table levels, not of 4 or 5",
			    p->ops->name, info->levels);
	}
	if (ptw_space_init(&p->space, format, memory, info->kernel_root, info->encryption,
			   info->pa_bits) < 0)
		return fail(err, -EINVAL,
			    "%s tells of %u physical address bits and an encryption mask %llx",
			    p->ops->name, info->pa_bits, (unsigned long long)info->encryption);
	p->space.swap = swap_types_of(info->release);
	snprintf(info->format, sizeof(info->format), "x86-64");
	return 0;
}

void region_add(struct ptwalk_info *info, uint32_t kind, uint64_t start, uint64_t end)
{
	/* An end of 0 is 2^64. */
	if (start > end - 1 || info->nr_regions == ARRAY_SIZE(info->regions))
		return;
	info->regions[info->nr_regions++] =
		(struct ptwalk_region){ .start = start, .end = end, .kind = kind };
}

static int by_start(const void *a, const void *b)
{
	const struct ptwalk_region *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

void region_sort(struct ptwalk_info *info)
{
	qsort(info->regions, info->nr_regions, sizeof(info->regions[0]), by_start);
}
