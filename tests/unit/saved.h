/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * saved.h - for the tests of snapshots: spaces with ranges of every kind, and a folder
 * with the file that they are saved in.
 */
#ifndef TEST_SAVED_H
#define TEST_SAVED_H

#include "space.h"

#define P 1ULL
#define NX (1ULL << 63)
#define GIB (1ULL << 30)
#define ENCRYPTED (1ULL << 47)
#define GLOBAL (1ULL << 8)
#define HEAD_BYTES 168

/* Of this test alone; the file is @path. For cmocka_run_group_tests(). */
extern char folder[], path[64];
int saved_begin(void **state);
int saved_end(void **state);
unsigned int files_in_folder(void);

struct ptwalk_range entry_range(uint64_t va, uint64_t bytes, uint8_t what, uint8_t level,
				uint64_t page_bytes, uint64_t entry);
/* @bits: of the entry, besides frame and present */
struct ptwalk_range leaf(uint64_t va, uint64_t pa, uint64_t pages, uint8_t level, uint64_t bits,
			 uint8_t rights);

/* Each fills at most 16, and returns how many. */
size_t kernel_ranges(struct ptwalk_range *r);
size_t process_ranges(struct ptwalk_range *r);
size_t pagemap_ranges(struct ptwalk_range *r);

/* space_init(), with all that is known of a machine. */
void made_space(struct space *s, struct ptwalk_range *r, size_t n, uint32_t pid, bool has_entries);

/* To @path and back. */
int save(struct ptwalk *p, struct ptwalk_error *err);
struct ptwalk_image *load(struct ptwalk_error *err);
struct ptwalk *space_of_image(struct ptwalk_image *image, uint32_t pid);

struct bytes {
	unsigned char *data; /* to be freed; there is room behind it */
	size_t n;
};

struct bytes read_file(void);
void write_file(const struct bytes *b, size_t n);
void make_checksum_right(struct bytes *b);

/* A snapshot of the kernel and a process. */
struct bytes some_file(void);

#endif
