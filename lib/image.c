// SPDX-License-Identifier: GPL-2.0-only
/*
 * image.c - opens a machine in a file: its memory, then its kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "image.h"
#include "mapped_tables.h"
#include "roots.h"
#include "snapshot.h"
#include "symbols.h"
#include "tables.h"
#include "tasks.h"
#include "types.h"

static int check_words(const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	if (o->format > PTWALK_FORMAT_SNAPSHOT)
		return fail(err, -EINVAL, "there is no image format number %u", o->format);
	if (o->flags & ~(PTWALK_IMAGE_ROOT | PTWALK_IMAGE_CR3))
		return fail(err, -EINVAL, "there are no image flags %x", o->flags);
	if (o->levels && o->levels != 4 && o->levels != 5)
		return fail(err, -EINVAL, "x86-64 has 4 or 5 levels of page tables, not %u",
			    o->levels);
	for (unsigned int i = 0; i < ARRAY_SIZE(o->reserved); i++)
		if (o->reserved[i])
			return fail(err, -EINVAL, "a reserved field of the image options is not 0");
	return 0;
}

static int check_options(const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	int ret = check_words(o, err);

	if (ret < 0)
		return ret;
	if (!o->nr_paths && !o->socket)
		return fail(err, -EINVAL, "an image is a file or a socket; name one");
	if (o->socket && o->format && o->format != PTWALK_FORMAT_GDB)
		return fail(err, -EINVAL, "a socket has no format but gdb");
	if (!o->socket && o->format == PTWALK_FORMAT_GDB)
		return fail(err, -EINVAL, "the format gdb needs a socket");
	if ((o->flags & PTWALK_IMAGE_ROOT) && (o->flags & PTWALK_IMAGE_CR3))
		return fail(err, -EINVAL, "a root and a CPU's CR3 are not both the root");
	return 0;
}

static int read_table(void *ctx, uint64_t pa, void *page)
{
	return phys_read(ctx, pa, page, 4096);
}

/* Tables that are copied, and kept. */
static int keep_tables(struct ptwalk_image *im, struct ptwalk_error *err)
{
	im->cache = table_cache_create(read_table, &im->mem, TABLE_CACHE_KEPT);
	if (!im->cache)
		return fail(err, -ENOMEM, "no memory");
	im->tables = table_cache_memory(im->cache);
	return 0;
}

/* MAPPED TABLES: lent as they lie in the file, where it is mapped. */
static int lend_mapped(void *ctx, ptw_pa_t pa, u64 bytes, const ptw_entry_t **entries)
{
	const struct phys_range *r = phys_find(ctx, pa.v);

	if (!r || bytes > r->bytes - (pa.v - r->pa))
		return -ENXIO;
	*entries = (const ptw_entry_t *)(const void *)(r->data + (pa.v - r->pa));
	return 0;
}

/* Whether every table of 4096 bytes lies in one range, and where entries are aligned. */
static bool is_lendable(const struct phys *m)
{
	for (size_t i = 0; i < m->nr_ranges; i++) {
		const struct phys_range *r = &m->ranges[i];

		if (!r->data || ((uintptr_t)r->data - r->pa) % _Alignof(ptw_entry_t) ||
		    r->pa % 4096)
			return false;
	}
	return true;
}

static int make_tables(struct ptwalk_image *im, struct ptwalk_error *err)
{
	if (!is_lendable(&im->mem))
		return keep_tables(im, err);
	im->memory = (struct ptw_memory){ .lend = lend_mapped, .ctx = &im->mem };
	im->tables = &im->memory;
	if (mapped_tables_create(&im->mapped, &im->memory.windows, &im->mem) < 0)
		return fail(err, -ENOMEM, "no memory for an index of %zu ranges",
			    im->mem.nr_ranges);
	return 0;
}

static void describe(struct ptwalk_image *im, const struct ptwalk_image_options *o)
{
	const char *name = o->socket ? o->socket : o->paths[0];
	struct ptwalk_image_info *info = &im->info;
	const struct phys *m = &im->mem;

	info->format = m->format;
	info->guessed = m->guessed;
	info->nr_cpus = m->nr_cpus;
	info->nr_ranges = m->nr_ranges;
	info->missing_bytes = m->missing_bytes;
	info->mapped_bytes = phys_mapped_bytes(m);
	for (size_t i = 0; i < m->nr_ranges; i++) {
		info->memory_bytes += m->ranges[i].bytes;
		info->end_pa = m->ranges[i].pa + m->ranges[i].bytes;
	}
	info->mapped = info->mapped_bytes == info->memory_bytes;
	snprintf(info->taken_for, sizeof(info->taken_for), "%.60s is taken for %.80s", name,
		 m->detail);
}

/* An image without a kernel is an image: its bytes can be read. */
static int find_kernel(struct ptwalk_image *im, const struct ptwalk_image_options *o,
		       struct ptwalk_error *err)
{
	struct ptwalk p = { .ops = NULL };
	int ret;

	im->vmcoreinfo.text = im->mem.vmcoreinfo;
	im->vmcoreinfo.bytes = im->mem.vmcoreinfo_bytes;
	ret = root_find(im, o, &im->root_err);
	if (ret < 0) {
		im->kernel.known &= ~PTWALK_KNOWN_TABLES;
		if (ret == -ENOENT)
			return 0;
		if (err)
			*err = im->root_err;
		return ret;
	}
	p.info = im->kernel;
	ret = space_setup(&p, im->tables, err);
	if (ret < 0)
		return ret;
	im->space = p.space;
	memcpy(im->kernel.format, p.info.format, sizeof(im->kernel.format));
	regions_find(im);
	return 0;
}

static int open_memory(struct ptwalk_image *im, const struct ptwalk_image_options *o,
		       struct ptwalk_error *err)
{
	int ret = phys_open(&im->mem, o, err);

	if (ret < 0)
		return ret;
	describe(im, o);
	ret = make_tables(im, err);
	return ret < 0 ? ret : find_kernel(im, o, err);
}

static int open_any(struct ptwalk_image *im, const struct ptwalk_image_options *o,
		    struct ptwalk_error *err)
{
	int ret = -ENOEXEC;

	if (!o->socket && (!o->format || o->format == PTWALK_FORMAT_SNAPSHOT)) {
		ret = snapshot_open(&im->snapshot, im, o->paths[0], err);
		if (ret == 0) {
			im->info.format = PTWALK_FORMAT_SNAPSHOT;
			im->info.root_from = PTWALK_ROOT_SNAPSHOT;
			im->info.sure = 100;
			snprintf(im->info.taken_for, sizeof(im->info.taken_for),
				 "%.100s is taken for a snapshot", o->paths[0]);
		}
	}
	if (ret == -ENOEXEC && o->format != PTWALK_FORMAT_SNAPSHOT)
		ret = open_memory(im, o, err);
	return ret;
}

struct ptwalk_image *ptwalk_image_open(const struct ptwalk_image_options *o,
				       struct ptwalk_error *err)
{
	struct ptwalk_error mine;
	struct ptwalk_image *im;

	/* Whoever wants no sentence gets none; here the codes are read from it. */
	if (!err)
		err = &mine;
	if (check_options(o, err) < 0)
		return NULL;
	im = calloc(1, sizeof(*im));
	if (!im) {
		fail(err, -ENOMEM, "no memory");
		return NULL;
	}
	if (open_any(im, o, err) < 0) {
		ptwalk_image_close(im);
		return NULL;
	}
	return im;
}

void ptwalk_image_close(struct ptwalk_image *im)
{
	if (!im)
		return;
	task_index_destroy(im->task_index);
	types_close(im->types);
	symbols_close(im->symbols);
	snapshot_close(im->snapshot);
	table_cache_destroy(im->cache);
	mapped_tables_destroy(im->mapped);
	free(im->found_vmcoreinfo);
	phys_close(&im->mem);
	free(im);
}

const struct ptwalk_image_info *ptwalk_image_get_info(const struct ptwalk_image *im)
{
	return &im->info;
}

int image_symbols(struct ptwalk_image *im, struct symbols **symbols, struct ptwalk_error *err)
{
	if (!im->symbols && !im->symbols_err.code)
		symbols_open(&im->symbols, im, &im->symbols_err);
	*symbols = im->symbols;
	if (im->symbols)
		return 0;
	return fail(err, im->symbols_err.code, "%s", im->symbols_err.text);
}

int image_types(struct ptwalk_image *im, struct types **types, struct ptwalk_error *err)
{
	if (!im->types && !im->types_err.code)
		types_open(&im->types, im, &im->types_err);
	*types = im->types;
	if (im->types)
		return 0;
	return fail(err, im->types_err.code, "%s", im->types_err.text);
}

int image_read_kernel(struct ptwalk_image *im, uint64_t va, void *buffer, size_t bytes)
{
	while (bytes) {
		size_t part = 4096 - (va & 4095);
		struct ptw_walk w;

		if (part > bytes)
			part = bytes;
		if (!im->space.format || ptw_walk(&im->space, ptw_va(va), &w) < 0 ||
		    phys_read(&im->mem, w.pa.v, buffer, part) < 0)
			return -ENXIO;
		buffer = (char *)buffer + part;
		va += part;
		bytes -= part;
	}
	return 0;
}
