/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kdump_file.h - the headers, bitmaps and page descriptors of kdump-compressed files:
 * which pages are there, and where each one's bytes lie. Private.
 *
 * Nothing here decompresses, and nothing of the file is believed: what is told lies
 * inside the file.
 */
#ifndef LIB_KDUMP_FILE_H
#define LIB_KDUMP_FILE_H

#include "phys.h"

#define KDUMP_PAGE_BYTES 4096

/* How a page's bytes are compressed; 0 is not at all. */
#define KDUMP_ZLIB 0x1
#define KDUMP_LZO 0x2
#define KDUMP_SNAPPY 0x4
#define KDUMP_ZSTD 0x20
#define KDUMP_COMPRESSED (KDUMP_ZLIB | KDUMP_LZO | KDUMP_SNAPPY | KDUMP_ZSTD)

/**
 * struct kdump_file - one file of a dump
 * @path: the caller's
 * @start_pfn, @end_pfn: of the part that a split dump's file has; else 0 and all
 * @max_pfn: no page is at it or behind
 * @bitmap, @bitmap_bytes: of the pages whose descriptors are there, in the mapped file
 * @pages_at: where the first descriptor lies in the file
 * @notes, @vmcoreinfo: in the mapped file; NULL where there are none
 */
struct kdump_file {
	const char *path;
	struct mapped_file file;
	uint64_t start_pfn;
	uint64_t end_pfn;
	uint64_t max_pfn;
	const unsigned char *bitmap;
	uint64_t bitmap_bytes;
	uint64_t pages_at;
	const unsigned char *notes;
	uint64_t notes_bytes;
	const char *vmcoreinfo;
	uint64_t vmcoreinfo_bytes;
};

/**
 * struct kdump_run - where the pages of one range have their descriptors
 * @page_at: the first one's, in @file
 */
struct kdump_run {
	uint64_t page_at;
	uint32_t file;
};

/**
 * struct kdump_index - the pages of all files
 * @ranges: @nr, in order
 * @runs: one for each range
 * @missing_bytes: of pages that the bitmap promises, and a file lacks
 */
struct kdump_index {
	size_t nr;
	struct phys_range *ranges;
	struct kdump_run *runs;
	uint64_t missing_bytes;
};

/* A page as the file has it: @bytes at @data, compressed with one of KDUMP_*, or 0. */
struct kdump_page {
	const unsigned char *data;
	uint32_t bytes;
	uint32_t compressed;
};

/**
 * kdump_file_open() - maps a file and checks its headers
 *
 * Return: 0, or with @err and nothing kept: the errno of open or mmap; -ENOEXEC (not
 * kdump-compressed), -EBADMSG (it contradicts itself, or ends within its headers),
 * -ENOTSUP (of another machine or page size).
 */
int kdump_file_open(struct kdump_file *f, const char *path, struct ptwalk_error *err);
void kdump_file_close(struct kdump_file *f);

/**
 * kdump_index_create() - which pages there are
 * @files: @n; put in order of their pages
 *
 * Memory for it is bounded by the files' size: a page counts only where its descriptor
 * of 24 bytes is in the file. Return: 0, or with @err and nothing kept: -EBADMSG (the
 * parts of a split dump overlap), -ENOMEM.
 */
int kdump_index_create(struct kdump_index *x, struct kdump_file *files, size_t n,
		       struct ptwalk_error *err);
void kdump_index_destroy(struct kdump_index *x);

/**
 * kdump_index_page() - finds the page at @pa
 *
 * Return: 0; -ENXIO where it is not in the dump; -EIO where what its descriptor says
 * cannot be, or lies behind the file's end.
 */
int kdump_index_page(const struct kdump_index *x, const struct kdump_file *files, uint64_t pa,
		     struct kdump_page *page);

#endif
