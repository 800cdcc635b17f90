/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_bytes.h - a stretch of the kernel's memory, of which the pages are read when
 * they are first looked at. Private.
 */
#ifndef LIB_KERNEL_BYTES_H
#define LIB_KERNEL_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Bytes at a virtual address of the kernel: 0, or a negative errno. */
typedef int (*kernel_read_fn)(void *ctx, uint64_t va, void *buffer, size_t bytes);

struct kernel_memory {
	kernel_read_fn read;
	void *ctx;
};

/* No stretch is longer. Memory is taken for what is looked at alone. */
#define KERNEL_BYTES_MOST (64ULL << 20)

/**
 * struct kernel_bytes - [@va, @va + @bytes) of @memory
 * @data: of it; a page means something where @there says so
 * @there: by page of 4096 addresses, from that of @va on: 0 not asked for, 1 read
 */
struct kernel_bytes {
	const struct kernel_memory *memory;
	uint64_t va;
	size_t bytes;
	unsigned char *data;
	unsigned char *there;
};

/* 0, -EINVAL (too long, or it wraps round) or -ENOMEM. */
int kernel_bytes_init(struct kernel_bytes *b, const struct kernel_memory *memory, uint64_t va,
		      uint64_t bytes);
void kernel_bytes_deinit(struct kernel_bytes *b);

/* Reads what is not there yet of [@at, @at + @n), which lies inside: 0, or -ENXIO. */
int kernel_bytes_fetch(struct kernel_bytes *b, size_t at, size_t n);

/* @n bytes, more than 0, from @at on; NULL where they cannot be read or are not inside. */
static inline const unsigned char *kernel_bytes_at(struct kernel_bytes *b, size_t at, size_t n)
{
	size_t skew = b->va & 4095;

	if (at >= b->bytes || n > b->bytes - at)
		return NULL;
	/* Of a long piece, the pages in the middle may not be there either. */
	if (n > 4096 || !b->there[(skew + at) >> 12] || !b->there[(skew + at + n - 1) >> 12])
		return kernel_bytes_fetch(b, at, n) < 0 ? NULL : b->data + at;
	return b->data + at;
}

#endif
