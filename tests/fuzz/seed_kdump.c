// SPDX-License-Identifier: GPL-2.0-only
/*
 * seed_kdump.c - small kdump-compressed dumps as makedumpfile and qemu write them. Where
 * fields lie is told in lib/kdump_file.c.
 */
#include <string.h>

#include "../unit/kdump_pages.h"
#include "seeds.h"

#define PAGE 4096
#define DESCRIPTORS (4 * PAGE)
#define DATA (DESCRIPTORS + 512)

static void put32(struct dumpfile *d, size_t at, uint32_t value)
{
	dumpfile_put(d, at, &value, sizeof(value));
}

static void put64(struct dumpfile *d, size_t at, uint64_t value)
{
	dumpfile_put(d, at, &value, sizeof(value));
}

static struct dumpfile *begin(const char *signature, uint32_t version, uint32_t split)
{
	struct dumpfile *d = dumpfile_create();

	put32(d, DATA - 4, 0);
	dumpfile_put(d, 0, signature, 8);
	put32(d, 8, version);
	dumpfile_put(d, 12 + 4 * 65, "x86_64", 6);
	put32(d, 428, PAGE);
	put32(d, 432, 1); /* blocks of the sub header */
	put32(d, 436, 2); /* of both bitmaps */
	put32(d, 440, 64); /* pages */
	put32(d, PAGE + 12, split);
	put64(d, PAGE + 80, 0);
	put64(d, PAGE + 88, 64);
	put64(d, PAGE + 96, 64);
	return d;
}

static void add(struct dumpfile *d, unsigned int pfn, unsigned int index, uint32_t flags,
		const void *data, size_t bytes)
{
	size_t at = DESCRIPTORS + 24 * index;
	unsigned char bits = d->data[3 * PAGE + pfn / 8] | 1 << (pfn % 8);

	dumpfile_put(d, 3 * PAGE + pfn / 8, &bits, 1);
	put64(d, at, d->bytes);
	put32(d, at + 8, (uint32_t)bytes);
	put32(d, at + 12, flags);
	dumpfile_put(d, d->bytes, data, bytes);
}

static void add_all(struct dumpfile *d)
{
	static const unsigned char plain[PAGE] = { 1, 2, 3 };

	add(d, 0, 0, 0x1, zlib_page, sizeof(zlib_page));
	add(d, 1, 1, 0x2, lzo_page, sizeof(lzo_page));
	add(d, 2, 2, 0x4, snappy_page, sizeof(snappy_page));
	add(d, 9, 3, 0x20, zstd_page, sizeof(zstd_page));
	add(d, 63, 4, 0, plain, sizeof(plain));
}

void make_seeds(const char *folder)
{
	struct dumpfile *d = begin("KDUMP   ", 6, 0);
	size_t end;

	add_all(d);
	end = dumpfile_qemu_note(d, PAGE + 512, 0x80050033, 0x1000, 0x6b0);
	end = dumpfile_note(d, end, "VMCOREINFO", 0, "OSRELEASE=6.1\n", 14);
	put64(d, PAGE + 48, PAGE + 512);
	put64(d, PAGE + 56, end - PAGE - 512);
	seed_write(folder, "qemu", d);
	d = begin("KDUMP   ", 6, 1);
	add_all(d);
	seed_write(folder, "split", d);
	d = begin("DISKDUMP", 3, 0);
	add_all(d);
	put64(d, PAGE + 32, PAGE + 512);
	put64(d, PAGE + 40, 14);
	dumpfile_put(d, PAGE + 512, "OSRELEASE=6.1\n", 14);
	seed_write(folder, "old", d);
}
