// SPDX-License-Identifier: GPL-2.0-only
/*
 * seed_raw.c - files, and where parts of them lie: as fuzz_raw.c takes them.
 */
#include "../../include/ptwalk.h"
#include "seeds.h"

static struct dumpfile *parts(const struct ptwalk_base *bases, unsigned char n)
{
	struct dumpfile *d = dumpfile_create();
	size_t at = dumpfile_put(d, 0, &n, 1);

	at = dumpfile_put(d, at, bases, n * sizeof(*bases));
	dumpfile_fill(d, at, 0x100);
	return d;
}

void make_seeds(const char *folder)
{
	static const struct ptwalk_base two[] = { { 0, 0x1000, 0x80 }, { 0x80, 0x100000, 0 } };
	static const struct ptwalk_base near[] = { { 0x80, 0x1080, 0 }, { 0, 0x1000, 0x80 } };
	static const struct ptwalk_base shared[] = { { 0, 0x1000, 0x81 }, { 0, 0x1080, 1 } };

	seed_write(folder, "none", parts(NULL, 0));
	seed_write(folder, "one", parts(two, 1));
	seed_write(folder, "two", parts(two, 2));
	seed_write(folder, "near", parts(near, 2));
	seed_write(folder, "shared", parts(shared, 2));
}
