// SPDX-License-Identifier: GPL-2.0-only
/*
 * seed_root.c - the smallest kernels that are found: few pages, most of them tables.
 */
#include <stdio.h>
#include <string.h>

#include "root_input.h"
#include "seeds.h"

#define PAGE 4096ULL
#define TABLE 0x67ULL
#define TEXT_LEAF 0x121ULL
#define DATA_LEAF 0x8000000000000163ULL
#define GIB_LEAF 0x80000000000001e3ULL

/* Pages of the memory, which begins at INPUT_BASE. */
enum { TEXT, ROOT, USER, NOTE, P4D, PUD, PMD, PTE, DIRECT, DIRECT_P4D, PROCESS, PAGES };

#define PA(page) (INPUT_BASE + (page)*PAGE)

struct kernel {
	struct root_input input;
	uint64_t pages[PAGES][512];
};

static void image(struct kernel *k, unsigned int levels)
{
	k->pages[ROOT][511] = PA(levels == 5 ? P4D : PUD) | TABLE;
	k->pages[P4D][511] = PA(PUD) | TABLE;
	k->pages[P4D][508] = PA(DIRECT) | TABLE;
	k->pages[PUD][510] = PA(PMD) | TABLE;
	k->pages[PMD][8] = PA(PTE) | TABLE;
	k->pages[PTE][0] = PA(TEXT) | TEXT_LEAF;
	for (unsigned int i = 1; i < PAGES; i++)
		k->pages[PTE][i] = PA(i) | DATA_LEAF;
}

/* One pud for the direct map, vmalloc, vmemmap and the CPUs' entry areas. */
static void rest(struct kernel *k, unsigned int levels)
{
	static const unsigned int places[] = { 274, 402, 468, 508 };

	k->pages[DIRECT][0] = GIB_LEAF;
	for (unsigned int i = 0; i < 512; i++)
		k->pages[DIRECT_P4D][i] = PA(DIRECT) | TABLE;
	for (unsigned int i = 0; i < 4; i++)
		if (levels == 4 || i < 3)
			k->pages[ROOT][places[i]] = PA(levels == 5 ? DIRECT_P4D : DIRECT) | TABLE;
}

static void write_kernel(const char *folder, const char *name, unsigned int levels, uint8_t flags,
			 uint8_t nr_cpus)
{
	struct dumpfile *d = dumpfile_create();
	static struct kernel k;

	memset(&k, 0, sizeof(k));
	image(&k, levels);
	rest(&k, levels);
	memcpy(k.pages[PROCESS], k.pages[ROOT], PAGE);
	k.pages[PROCESS][0] = PA(DIRECT) | TABLE;
	k.input = (struct root_input){ .flags = flags,
				       .nr_cpus = nr_cpus,
				       .bad_page = 255,
				       .base = 1,
				       .root = PA(ROOT),
				       .cpus[0] = { 0x80000000, PA(PROCESS),
						    levels == 5 ? 1 << 12 : 0 } };
	snprintf(k.input.note, sizeof(k.input.note),
		 "OSRELEASE=6.1\nNUMBER(phys_base)=%lld\nSYMBOL(init_top_pgt)=ffffffff81001000\n"
		 "SYMBOL(_stext)=ffffffff81000000\nNUMBER(pgtable_l5_enabled)=%d\nKERNELOFFSET=0\n",
		 (long long)PA(TEXT) - 0x1000000, levels == 5);
	if (!(flags & INPUT_NOTE) && nr_cpus)
		memcpy(k.pages[NOTE], k.input.note, sizeof(k.input.note));
	dumpfile_put(d, 0, &k, sizeof(k));
	seed_write(folder, name, d);
}

void make_seeds(const char *folder)
{
	write_kernel(folder, "search-4", 4, 0, 0);
	write_kernel(folder, "search-5", 5, INPUT_LIVE, 0);
	write_kernel(folder, "read-4", 4, INPUT_READ | INPUT_SPLIT, 0);
	write_kernel(folder, "note-4", 4, INPUT_NOTE, 0);
	write_kernel(folder, "note-5", 5, INPUT_NOTE | INPUT_SPLIT, 1);
	write_kernel(folder, "cpu-4", 4, 0, 1);
	write_kernel(folder, "cpu-5", 5, INPUT_CR3, 1);
	write_kernel(folder, "root-4", 4, INPUT_ROOT, 1);
}
