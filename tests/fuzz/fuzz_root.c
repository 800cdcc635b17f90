// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_root.c - arbitrary bytes as a machine's memory, in which the kernel is looked for.
 *
 * Whatever they are: root_find() and regions_find() read nothing that is not there and
 * ask for no more tables than they may; a root that is found is a table in memory, and
 * one that nobody ordered maps the image; regions are in order and do not overlap.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/convert.h"
#include "../../lib/root_look.h"
#include "../../lib/roots.h"
#include "../unit/mem.h"
#include "root_input.h"

/* A look at one page: three times 200 tables, and some walks. */
#define MOST_ASKS_OF_A_LOOK 800
/* Of each page, as a table of 4 levels and of 5; of the notes, CPUs, and what is beside. */
#define MOST_LOOKS (2 * INPUT_MOST_PAGES + 100)
#define MOST_ASKS_OF_REGIONS 800

struct run {
	struct root_input input;
	struct mem mem;
	struct phys_ops ops;
	struct phys_range ranges[2];
	struct phys_cpu cpus[INPUT_CPUS];
	struct ptwalk_image im;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static int read_memory(struct phys *m, uint64_t pa, void *buffer, size_t bytes)
{
	struct run *run = m->state;
	uint64_t offset = pa - run->mem.base;

	require((pa & 4095) + bytes <= 4096, "a read crosses a page");
	require(offset < run->mem.nr_pages * MEM_PAGE, "a read of what is no memory");
	if (run->mem.error[offset / MEM_PAGE])
		return -EIO;
	memcpy(buffer, (char *)run->mem.words + offset, bytes);
	return 0;
}

static void set_ranges(struct run *run)
{
	const struct root_input *in = &run->input;
	uint64_t bytes = run->mem.nr_pages * MEM_PAGE;
	uint64_t first = in->flags & INPUT_SPLIT ? bytes / 2 + (in->root & 0xff) : bytes;
	const unsigned char *data = (const unsigned char *)run->mem.words;
	struct phys *m = &run->im.mem;

	run->ranges[0] = (struct phys_range){ run->mem.base, first, data };
	run->ranges[1] = (struct phys_range){ run->mem.base + first, bytes - first, data + first };
	m->ranges = run->ranges;
	m->nr_ranges = first == bytes ? 1 : 2;
	m->state = run;
	run->ops.read = read_memory;
	m->ops = &run->ops;
	if (in->flags & INPUT_READ)
		run->ranges[0].data = run->ranges[1].data = NULL;
}

static void set_up(struct run *run, const uint8_t *data, size_t bytes)
{
	const struct root_input *in = &run->input;
	struct ptwalk_image *im = &run->im;
	size_t nr_pages = bytes / MEM_PAGE;

	nr_pages = nr_pages < 1 ? 1 : nr_pages > INPUT_MOST_PAGES ? INPUT_MOST_PAGES : nr_pages;
	mem_init(&run->mem, in->base * INPUT_BASE, nr_pages, in->flags & INPUT_LIVE);
	memcpy(run->mem.words, data, bytes < nr_pages * MEM_PAGE ? bytes : nr_pages * MEM_PAGE);
	if (in->bad_page < nr_pages)
		run->mem.error[in->bad_page] = -EIO;
	set_ranges(run);
	for (unsigned int i = 0; i < INPUT_CPUS; i++)
		run->cpus[i] = (struct phys_cpu){ .cr0 = in->cpus[i].cr0,
						  .cr3 = in->cpus[i].cr3,
						  .cr4 = in->cpus[i].cr4 };
	im->mem.cpus = run->cpus;
	im->mem.nr_cpus = in->nr_cpus % (INPUT_CPUS + 1);
	im->tables = &run->mem.ops;
	if (!(in->flags & INPUT_NOTE))
		return;
	im->mem.vmcoreinfo = in->note;
	im->mem.vmcoreinfo_bytes = strnlen(in->note, sizeof(in->note));
	im->vmcoreinfo.text = im->mem.vmcoreinfo;
	im->vmcoreinfo.bytes = im->mem.vmcoreinfo_bytes;
}

static void check_root(struct run *run, bool ordered)
{
	const struct ptwalk_info *i = &run->im.kernel;
	struct root_look l;

	require(i->known & PTWALK_KNOWN_TABLES, "a root that is not known");
	require(i->levels == 4 || i->levels == 5, "levels that are none");
	require(run->im.info.root_from != PTWALK_ROOT_UNKNOWN, "a root from nowhere");
	require(run->im.info.sure <= 100, "surer than sure");
	require(phys_find(&run->im.mem, i->kernel_root), "a root that is no memory");
	require(root_look(&run->im, i->levels, i->kernel_root, i->encryption, &l) == 0,
		"a root that cannot be looked at");
	require(ordered || root_is_believed(&l), "a root that is not to be believed");
}

static void check_regions(struct run *run)
{
	const struct ptwalk_info *i = &run->im.kernel;
	struct ptwalk p = { .info = *i };

	if (space_setup(&p, run->im.tables, NULL) < 0)
		return;
	run->im.space = p.space;
	mem_count_anew(&run->mem);
	regions_find(&run->im);
	require(run->mem.asks <= MOST_ASKS_OF_REGIONS, "regions ask for too many tables");
	for (uint32_t n = 0; n < i->nr_regions; n++) {
		const struct ptwalk_region *r = &i->regions[n];

		require(r->end - 1 >= r->start, "a region is empty");
		require(!n || r[-1].end - 1 < r->start, "regions overlap");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptwalk_image_options o = { .nr_paths = 0 };
	struct run run = { .input = { .flags = 0 } };
	int ret;

	if (size < sizeof(run.input))
		return 0;
	memcpy(&run.input, data, sizeof(run.input));
	set_up(&run, data + sizeof(run.input), size - sizeof(run.input));
	o.flags = run.input.flags & INPUT_ROOT ? PTWALK_IMAGE_ROOT :
		  run.input.flags & INPUT_CR3  ? PTWALK_IMAGE_CR3 :
						 0;
	o.levels = run.input.levels == 4 || run.input.levels == 5 ? run.input.levels : 0;
	o.cpu = run.input.cpu;
	o.root = run.input.root;
	ret = root_find(&run.im, &o, NULL);
	require(ret == 0 || ret == -ENOENT || ret == -EINVAL, "an error that is not documented");
	require(run.mem.asks <= MOST_LOOKS * MOST_ASKS_OF_A_LOOK, "too many tables asked for");
	if (ret == 0) {
		check_root(&run, o.flags);
		check_regions(&run);
	}
	if (run.mem.breach)
		require(false, run.mem.breach);
	free(run.im.found_vmcoreinfo);
	mem_deinit(&run.mem);
	return 0;
}

/* Mutates as usual, or copies an entry or a page to another place. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size_t head = sizeof(struct root_input), words, from, to, n;

	if (size < head + 2 * MEM_PAGE || seed % 2)
		return LLVMFuzzerMutate(data, size, max_size);
	words = (size - head) / sizeof(u64);
	n = seed % 3 ? 1 : MEM_WORDS;
	from = seed / 8 * 2654435761U % (words - n + 1);
	to = seed / 16 * 2246822519U % (words - n + 1);
	if (n > 1) {
		from -= from % MEM_WORDS;
		to -= to % MEM_WORDS;
	}
	memmove(data + head + to * sizeof(u64), data + head + from * sizeof(u64), n * sizeof(u64));
	return size;
}
