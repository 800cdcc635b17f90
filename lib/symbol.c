// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol.c - the address of a kernel symbol: of the kernel that runs by /proc/kallsyms,
 * of an image by the tables in it.
 */
#include <errno.h>

#include "image.h"
#include "procfs.h"
#include "symbols.h"

static int find_in_image(struct ptwalk_image *im, const char *name, uint64_t *va,
			 struct ptwalk_error *err)
{
	struct symbols *symbols;
	int ret = image_symbols(im, &symbols, err);

	if (ret < 0)
		return ret;
	ret = symbols_find(symbols, name, va);
	return ret < 0 ? fail(err, ret, "there is no symbol %.100s in the image", name) : 0;
}

int ptwalk_symbol(struct ptwalk *p, const char *name, uint64_t *va, struct ptwalk_error *err)
{
	if (p->image)
		return find_in_image(p->image, name, va, err);
	return find_listed_symbol(system_paths.kallsyms, name, va, err);
}
