/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seeds.h - for the programs that make the inputs a fuzzer begins with: each is called
 * with the path of an empty folder, and puts them there.
 */
#ifndef TESTS_SEEDS_H
#define TESTS_SEEDS_H

#include "../unit/dumpfile.h"

/* Writes @d to the folder as seed-@name, and frees it. */
void seed_write(const char *folder, const char *name, struct dumpfile *d);

/* What a program has: all its seeds, into that folder. */
void make_seeds(const char *folder);

#endif
