// SPDX-License-Identifier: GPL-2.0-only
/*
 * seed_kallsyms.c - tables of names in every order, as fuzz_kallsyms.c takes them.
 */
#include <stdio.h>

#include "../unit/kernelbytes.h"
#include "seeds.h"

#define SYMBOLS 300

static struct dumpfile *kernel(enum kallsyms_order order, bool percpu)
{
	static char typed[SYMBOLS][16];
	struct name names[SYMBOLS];
	struct dumpfile *d = dumpfile_create();
	struct kernelbytes k;
	uint64_t banner;
	const uint64_t *table = &k.at.num_syms;
	size_t at = 0;

	kernelbytes_init(&k);
	kernelbytes_add(&k, "before", 7);
	banner = kernelbytes_add_banner(&k);
	for (unsigned int i = 0; i < SYMBOLS; i++) {
		snprintf(typed[i], sizeof(typed[i]), "tsym_%u", i);
		names[i] = (struct name){ typed[i], KERNEL_VA + 16 * i };
	}
	names[1] = (struct name){ "Dlinux_banner", banner };
	kernelbytes_add_names(&k, names, SYMBOLS, order, percpu);
	for (unsigned int i = 0; i < 6; i++) {
		const uint32_t offset = (uint32_t)(table[i] - KERNEL_VA);

		at = dumpfile_put(d, at, &offset, sizeof(offset));
	}
	dumpfile_put(d, at, k.data, k.bytes);
	kernelbytes_deinit(&k);
	return d;
}

void make_seeds(const char *folder)
{
	seed_write(folder, "old", kernel(ORDER_OLD, true));
	seed_write(folder, "old-by-name", kernel(ORDER_OLD_SEQS, true));
	seed_write(folder, "new", kernel(ORDER_NEW, true));
	seed_write(folder, "new-relative", kernel(ORDER_NEW, false));
}
