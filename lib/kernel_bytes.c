// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel_bytes.c - a stretch of the kernel's memory, read page by page when needed.
 */
#include <errno.h>
#include <stdlib.h>

#include "kernel_bytes.h"

int kernel_bytes_init(struct kernel_bytes *b, const struct kernel_memory *memory, uint64_t va,
		      uint64_t bytes)
{
	*b = (struct kernel_bytes){ .memory = memory, .va = va, .bytes = (size_t)bytes };
	if (bytes > KERNEL_BYTES_MOST || va + bytes < va)
		return -EINVAL;
	/* What is not touched takes no memory: calloc() maps so much. */
	b->data = calloc(1, b->bytes + 1);
	b->there = calloc(1, (b->bytes >> 12) + 2);
	if (b->data && b->there)
		return 0;
	kernel_bytes_deinit(b);
	return -ENOMEM;
}

void kernel_bytes_deinit(struct kernel_bytes *b)
{
	free(b->data);
	free(b->there);
	b->data = NULL;
	b->there = NULL;
	b->bytes = 0;
}

/* One page, or what of it is inside. */
static int fetch_page(struct kernel_bytes *b, size_t page)
{
	size_t skew = b->va & 4095, start = page ? (page << 12) - skew : 0;
	size_t end = ((page + 1) << 12) - skew;

	if (end > b->bytes)
		end = b->bytes;
	if (b->memory->read(b->memory->ctx, b->va + start, b->data + start, end - start) < 0)
		return -ENXIO;
	b->there[page] = 1;
	return 0;
}

int kernel_bytes_fetch(struct kernel_bytes *b, size_t at, size_t n)
{
	size_t skew = b->va & 4095, last = (skew + at + n - 1) >> 12;

	for (size_t page = (skew + at) >> 12; page <= last; page++)
		if (!b->there[page] && fetch_page(b, page) < 0)
			return -ENXIO;
	return 0;
}
