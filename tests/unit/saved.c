// SPDX-License-Identifier: GPL-2.0-only
/*
 * saved.c - spaces to be saved, and the file that they are saved in.
 */
#include "saved.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/snapshot_code.h"

/* A folder of its own, so that what is left behind is seen. */
char folder[] = "/tmp/ptwalk-snapshot-XXXXXX";
char path[64];

int saved_begin(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/saved", folder);
	return 0;
}

int saved_end(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

unsigned int files_in_folder(void)
{
	DIR *d = opendir(folder);
	unsigned int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2; /* . and .. */
}

struct ptwalk_range entry_range(uint64_t va, uint64_t bytes, uint8_t what, uint8_t level,
				uint64_t page_bytes, uint64_t entry)
{
	return (struct ptwalk_range){
		.start = va,
		.end = va + bytes,
		.entry = entry,
		.page_bytes = page_bytes,
		.what = what,
		.level = level,
	};
}

struct ptwalk_range leaf(uint64_t va, uint64_t pa, uint64_t pages, uint8_t level, uint64_t bits,
			 uint8_t rights)
{
	uint64_t page = level == 3 ? PAGE : level == 2 ? HUGE_PAGE : GIB;
	struct ptwalk_range r =
		entry_range(va, pages * page, PTWALK_LEAF, level, page, pa | bits | P);

	r.pa = pa;
	r.rights = rights;
	return r;
}

/* One of every kind, up to the last byte of the address space. */
size_t kernel_ranges(struct ptwalk_range *r)
{
	size_t n = 0;

	r[n++] = leaf(KERNEL, 0x10000, 3, 3, NX, R | W);
	r[n++] = leaf(KERNEL + 3 * PAGE, 0x10000, 1, 3, NX | ENCRYPTED, R | W);
	r[n++] = leaf(KERNEL + HUGE_PAGE, 4 * HUGE_PAGE, 7, 2, 0x80 | GLOBAL, R | X);
	r[n++] = leaf(KERNEL + GIB, 3 * GIB, 2, 1, 0x80, R | W | U);
	r[n] = leaf(KERNEL + 4 * GIB, 0x5000, 512, 3, NX, R);
	r[n++].flags = PTWALK_REPEATS;
	r[n++] = entry_range(KERNEL + 5 * GIB, 4 * PAGE, PTWALK_SOFTWARE, 3, PAGE,
			     0x0000000000123062ULL);
	r[n++] = entry_range(KERNEL + 6 * GIB, PAGE, PTWALK_MALFORMED, 3, PAGE,
			     0xfff0000000123067ULL);
	r[n++] = (struct ptwalk_range){ .start = KERNEL + 7 * GIB,
					.end = KERNEL + 7 * GIB + HUGE_PAGE,
					.what = PTWALK_UNREADABLE,
					.level = 2 };
	r[n++] = leaf(-2 * PAGE, 0xfffffffff000, 2, 3, NX, R);
	return n;
}

/* Notes of a process: swap, PROT_NONE, migration. */
size_t process_ranges(struct ptwalk_range *r)
{
	size_t n = 0;

	r[n++] = leaf(0, 0x30000, 1, 3, 4, R | U);
	r[n++] = leaf(0x10000, 0x20000, 5, 3, NX | 4, R | W | U);
	r[n++] = entry_range(0x20000, 8 * PAGE, PTWALK_SOFTWARE, 3, PAGE,
			     2ULL << 59 | (~100ULL & ((1ULL << 50) - 1)) << 9);
	r[n++] = entry_range(0x40000, 4 * PAGE, PTWALK_SOFTWARE, 3, PAGE,
			     (~0x777000ULL & 0xffffffffff000ULL) | GLOBAL | 0x62);
	r[n++] = leaf((1ULL << 47) - 8 * PAGE, 0x1000, 8, 3, 4, R | U);
	return n;
}

/* What pagemap tells: no entries. */
size_t pagemap_ranges(struct ptwalk_range *r)
{
	size_t n = 0;

	r[n] = small(0x1000, 0x7000, 3, R | W | U);
	r[n++].flags = PTWALK_WALK_RIGHTS_OF_MAPPING;
	r[n] = large(HUGE_PAGE, 0x7000, 1, R | W | U);
	r[n++].flags = PTWALK_WALK_RIGHTS_OF_MAPPING | PTWALK_WALK_SIZE_INFERRED;
	r[n] = entry_range(8 * HUGE_PAGE, 3 * PAGE, PTWALK_SOFTWARE, 0, PAGE, 0);
	r[n++].flags = PTWALK_WALK_SWAPPED;
	r[n++] = (struct ptwalk_range){ .start = 9 * HUGE_PAGE,
					.end = 9 * HUGE_PAGE + PAGE,
					.what = PTWALK_UNKNOWN };
	return n;
}

void make_info(struct ptwalk_info *info)
{
	*info = (struct ptwalk_info){
		.known = PTWALK_KNOWN_TABLES | PTWALK_KNOWN_PHYS_BASE | PTWALK_KNOWN_RELEASE,
		.levels = 4,
		.pa_bits = 52,
		.pti = 1,
		.kaslr = 1,
		.encryption = ENCRYPTED,
		.kernel_root = 0x1234000,
		.page_offset = KERNEL,
		.phys_base = 0x7000000,
		.image_offset = 0x6000000,
		.format = "x86-64",
		.release = "6.1.0-test",
		.nr_regions = 2,
		.regions = { { .start = 0, .end = 1ULL << 47, .kind = PTWALK_IN_USER },
			     { .start = KERNEL, .end = 0, .kind = PTWALK_IN_DIRECT_MAP } },
	};
}

void made_space(struct space *s, struct ptwalk_range *r, size_t n, uint32_t pid, bool has_entries)
{
	space_init(s, r, n, pid);
	make_info(&s->p.info);
	s->p.has_tables = has_entries;
	s->p.space.encryption = ENCRYPTED;
	s->p.space.pa_limit = (1ULL << 52) - 1;
	s->p.space.swap = &ptw_swap_types_6_1;
	s->p.space.root = ptw_pa(0x5000ULL + pid * PAGE);
}

int save(struct ptwalk *p, struct ptwalk_error *err)
{
	return ptwalk_snapshot_write(path, &p, NULL, 1, err);
}

struct ptwalk_image *load(struct ptwalk_error *err)
{
	const char *paths[] = { path };
	const struct ptwalk_image_options o = { .paths = paths, .nr_paths = 1 };

	return ptwalk_image_open(&o, err);
}

struct ptwalk *space_of_image(struct ptwalk_image *image, uint32_t pid)
{
	const struct ptwalk_open_options o = { .image = image, .pid = pid };
	struct ptwalk_error err;
	struct ptwalk *p = ptwalk_open(&o, &err);

	if (!p)
		print_message("%s\n", err.text);
	assert_non_null(p);
	return p;
}

struct bytes read_file(void)
{
	struct bytes b = { .data = malloc(1 << 16) };
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	b.n = fread(b.data, 1, 1 << 16, f);
	fclose(f);
	return b;
}

void write_file(const struct bytes *b, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(b->data, 1, n, f), n);
	fclose(f);
}

void make_checksum_right(struct bytes *b)
{
	struct crc64 crc;

	crc64_init(&crc);
	crc64_add(&crc, b->data, b->n - 8);
	put_fixed(b->data + b->n - 8, crc64_sum(&crc), 8);
}

struct bytes some_file(void)
{
	static struct ptwalk_range ranges[2][16];
	static const char * const names[] = { "", "name" };
	struct space kernel, process;
	struct ptwalk *all[] = { &kernel.p, &process.p };

	made_space(&kernel, ranges[0], kernel_ranges(ranges[0]), 0, true);
	made_space(&process, ranges[1], process_ranges(ranges[1]), 7, true);
	assert_int_equal(ptwalk_snapshot_write(path, all, names, 2, NULL), 0);
	return read_file();
}
