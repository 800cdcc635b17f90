// SPDX-License-Identifier: GPL-2.0-only
/*
 * seed_lime.c - small LiME dumps.
 */
#include "seeds.h"

static struct dumpfile *dump(const uint64_t (*ranges)[2], unsigned int n)
{
	struct dumpfile *d = dumpfile_create();

	for (unsigned int i = 0; i < n; i++)
		dumpfile_lime(d, ranges[i][0], ranges[i][1]);
	return d;
}

void make_seeds(const char *folder)
{
	static const uint64_t one[][2] = { { 0x1000, 0x100 } };
	static const uint64_t three[][2] = { { 0, 0x80 }, { 0x1000, 0x200 }, { 0x100000000, 1 } };
	static const uint64_t shared[][2] = { { 0x9000, 0x80 }, { 0x8fc0, 0x80 }, { 0x9000, 4 } };
	struct dumpfile *cut = dump(three, 3);

	cut->bytes -= 33;
	seed_write(folder, "one", dump(one, 1));
	seed_write(folder, "three", dump(three, 3));
	seed_write(folder, "shared", dump(shared, 3));
	seed_write(folder, "cut", cut);
}
