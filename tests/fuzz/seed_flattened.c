// SPDX-License-Identifier: GPL-2.0-only
/*
 * seed_flattened.c - short flattened dumps: in order, out of order, overlapping.
 */
#include <endian.h>
#include <string.h>

#include "seeds.h"

#define HEADER 4096

static void number(struct dumpfile *d, size_t at, uint64_t value)
{
	value = htobe64(value);
	dumpfile_put(d, at, &value, sizeof(value));
}

static struct dumpfile *begin(void)
{
	struct dumpfile *d = dumpfile_create();

	dumpfile_put(d, 0, "makedumpfile", 12);
	number(d, 16, 1);
	number(d, 24, 1);
	number(d, HEADER - 8, 0);
	return d;
}

static void add(struct dumpfile *d, uint64_t offset, const char *bytes)
{
	size_t at = d->bytes, n = strlen(bytes);

	number(d, at, offset);
	number(d, at + 8, n);
	dumpfile_put(d, at + 16, bytes, n);
}

static void end(struct dumpfile *d)
{
	number(d, d->bytes, ~0ULL);
	number(d, d->bytes, ~0ULL);
}

void make_seeds(const char *folder)
{
	struct dumpfile *d = begin();

	add(d, 0, "KDUMP   ");
	add(d, 8, "more");
	end(d);
	seed_write(folder, "in-order", d);
	d = begin();
	add(d, 4096, "behind");
	add(d, 0, "\177ELF");
	add(d, 2, "over");
	seed_write(folder, "no-end", d);
}
