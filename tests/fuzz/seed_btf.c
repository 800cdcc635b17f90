// SPDX-License-Identifier: GPL-2.0-only
/*
 * seed_btf.c - BTF with a task_struct, as fuzz_btf.c takes it.
 */
#include "../unit/btfbytes.h"
#include "seeds.h"

static struct dumpfile *types(const struct btfbytes *b)
{
	struct dumpfile *d = dumpfile_create();

	dumpfile_put(d, 0, b->data, b->bytes);
	return d;
}

void make_seeds(const char *folder)
{
	struct btfbytes b;

	btfbytes_make(&b);
	seed_write(folder, "task", types(&b));
	btfbytes_tie_knot(&b);
	seed_write(folder, "knot", types(&b));
}
