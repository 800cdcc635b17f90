/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmas.h - a process's mappings, as /proc/PID/maps and smaps tell them.
 */
#ifndef LIB_VMAS_H
#define LIB_VMAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct vma - one mapping
 * @page_bytes: KernelPageSize: 4096, or a hugetlb page's
 * @rights: PTWALK_R W X, as they were asked for; PTWALK_U, and PTWALK_R wherever
 *	there is any, since x86 cannot keep them apart. 0 for PROT_NONE.
 * @pfnmap: frames without struct page, which pagemap does not tell of
 * @has_huge: some of it is mapped by entries above the last level
 */
struct vma {
	uint64_t start;
	uint64_t end;
	uint64_t page_bytes;
	uint8_t rights;
	bool pfnmap;
	bool has_huge;
};

/* In order of address. All 0 is an empty one. */
struct vmas {
	size_t nr;
	size_t room;
	struct vma *list;
	size_t text_bytes; /* of the maps file that @list was made after */
	char *text;
};

/**
 * vmas_refresh() - makes @v what it is now
 * @maps, @smaps: paths; the second one, which costs the kernel a walk, is read only
 *	where the first has changed
 *
 * Return: 0, or a negative errno (-ENOENT, -ESRCH: the process is gone).
 */
int vmas_refresh(struct vmas *v, const char *maps, const char *smaps);

/* The mapping that has @va, or the first one above it; NULL where there is none. */
const struct vma *vmas_find(const struct vmas *v, uint64_t va);

void vmas_free(struct vmas *v);

#endif
