// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_image.c - the spaces of an image: the core walks tables that lie in its memory.
 */
#include <errno.h>
#include <string.h>

#include "convert.h"
#include "image.h"
#include "release.h"
#include "snapshot.h"
#include "tables.h"
#include "tasks.h"

static void image_space_close(struct ptwalk *p)
{
	(void)p; /* all of it is the image's */
}

static int read_page(void *ctx, uint64_t pa, void *buffer, size_t bytes)
{
	return phys_read(ctx, pa, buffer, bytes);
}

static int64_t image_read(struct ptwalk *p, uint64_t address, bool physical, void *buffer,
			  size_t bytes, struct ptwalk_error *err)
{
	return tables_read(p, address, physical, buffer, bytes, read_page, &p->image->mem, err);
}

/* Software entries of processes have a meaning by release; the kernel has none. */
static bool needs_release(const struct ptwalk *p, uint64_t va, unsigned int what)
{
	return what == PTWALK_SOFTWARE && !(va >> 63) && !(p->info.known & PTWALK_KNOWN_RELEASE);
}

static int image_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		      struct ptwalk_page *pages, struct ptwalk_error *err)
{
	int ret = tables_walk(p, va, n, out, pages, err);

	for (size_t i = 0; i < n && ret == 0 && !(p->info.known & PTWALK_KNOWN_RELEASE); i++)
		if (needs_release(p, va[i], out[i].end))
			space_learn_release(p);
	return ret;
}

/* Which entries are one range depends on it too: then it is scanned again. */
static int image_scan(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges,
		      unsigned int max, struct ptwalk_error *err)
{
	const struct ptw_swap_types *swap = p->space.swap;
	const struct cursor before = *c;
	int n = tables_scan(p, c, ranges, max, err);

	for (int i = 0; i < n && swap == p->space.swap; i++)
		if (needs_release(p, ranges[i].start, ranges[i].what))
			space_learn_release(p);
	if (swap == p->space.swap)
		return n;
	*c = before;
	return tables_scan(p, c, ranges, max, err);
}

#define OPS(name_)                                                                                 \
	{                                                                                          \
		.name = name_, .close = image_space_close, .walk = image_walk, .scan = image_scan, \
		.read = image_read, .translate = tables_translate                                  \
	}

static const struct source_ops ops_of[] = {
	[PTWALK_FORMAT_ELF] = OPS("elf"),
	[PTWALK_FORMAT_LIME] = OPS("lime"),
	[PTWALK_FORMAT_RAW] = OPS("raw"),
	[PTWALK_FORMAT_KDUMP] = OPS("kdump"),
	[PTWALK_FORMAT_FLATTENED] = OPS("flattened"),
	[PTWALK_FORMAT_GDB] = OPS("gdb"),
};

static void set_up(struct ptwalk *p, struct ptwalk_image *im)
{
	p->ops = &ops_of[im->info.format];
	p->image = im;
	p->cpu = im->cpu;
	p->has_tables = true;
	p->info = im->kernel;
	p->space = im->space;
}

int image_kernel_space(struct ptwalk *p, struct ptwalk_image *im, struct ptwalk_error *err)
{
	memset(p, 0, sizeof(*p));
	if (!im->space.format)
		return fail(err, -ENOENT, "%s", im->root_err.text);
	set_up(p, im);
	return 0;
}

/* A root that the caller names, of the kernel's paging mode where that is known. */
static int open_root(struct ptwalk *p, uint64_t root, struct ptwalk_error *err)
{
	if (!p->info.levels)
		p->info.levels = 4;
	p->info.kernel_root = root;
	p->info.known |= PTWALK_KNOWN_TABLES;
	return space_setup(p, p->image->tables, err);
}

static int open_process(struct ptwalk *p, struct ptwalk_image *im, struct ptwalk_error *err)
{
	uint64_t root;
	int ret = task_root(im, p->pid, &root, err);

	if (ret < 0)
		return ret;
	if (p->flags & PTWALK_OPEN_USER_HALF) {
		if (!(p->info.known & PTWALK_KNOWN_PTI) || !p->info.pti)
			return fail(err, -EOPNOTSUPP, "there is no page-table isolation");
		/* The pair is 8 KiB, the user's table behind the kernel's:
		 * arch/x86/include/asm/pgtable.h, kernel_to_user_pgdp(), 6.1. */
		root |= 4096;
	}
	p->space.root = ptw_pa(root);
	p->space.memory = im->tables;
	/* The symbols are there by now: this costs nothing. */
	space_learn_release(p);
	return 0;
}

int image_space_open(struct ptwalk *p, const struct ptwalk_open_options *o,
		     struct ptwalk_error *err)
{
	struct ptwalk_image *im = o->image;

	if (o->source != PTWALK_SOURCE_AUTO)
		return fail(err, -EINVAL, "an image is its own source; name no other");
	if (im->snapshot) {
		p->image = im;
		p->info = im->kernel;
		if (o->flags & PTWALK_OPEN_ROOT)
			return fail(err, -EOPNOTSUPP, "a snapshot has ranges, and no roots");
		return snapshot_space_open(p, im, err);
	}
	set_up(p, im);
	if (o->flags & PTWALK_OPEN_ROOT)
		return open_root(p, o->root, err);
	if (!im->space.format)
		return fail(err, -ENOENT, "%s", im->root_err.text);
	return p->pid ? open_process(p, im, err) : 0;
}
