// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_raw.c - a file of bytes as physical memory, mapped. Nothing in it says where
 * they lie: all at 0, or where the caller says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "phys.h"

struct raw {
	struct mapped_file file;
	struct phys_range *ranges;
};

static void raw_free(struct raw *r)
{
	free(r->ranges);
	mapped_file_close(&r->file);
	free(r);
}

static void raw_phys_close(struct phys *m)
{
	raw_free(m->state);
}

static const struct phys_ops raw_ops = {
	.format = PTWALK_FORMAT_RAW,
	.close = raw_phys_close,
};

static int set_range(const struct raw *r, struct phys_range *range, const struct ptwalk_base *b,
		     const char *path, struct ptwalk_error *err)
{
	uint64_t bytes = b->bytes;

	if (b->offset >= r->file.bytes)
		return fail(err, -EINVAL, "%s ends at offset %llx: nothing of it is at %llx", path,
			    (unsigned long long)r->file.bytes, (unsigned long long)b->offset);
	if (!bytes)
		bytes = r->file.bytes - b->offset;
	if (bytes > r->file.bytes - b->offset)
		return fail(err, -EINVAL, "%s has %llx bytes from offset %llx on, not %llx", path,
			    (unsigned long long)(r->file.bytes - b->offset),
			    (unsigned long long)b->offset, (unsigned long long)bytes);
	if (b->pa + bytes < b->pa)
		return fail(err, -EINVAL, "%llx bytes of %s at %llx would go beyond 2^64",
			    (unsigned long long)bytes, path, (unsigned long long)b->pa);
	*range = (struct phys_range){ .pa = b->pa,
				      .bytes = bytes,
				      .data = r->file.data + b->offset };
	return 0;
}

static int by_pa(const void *a, const void *b)
{
	const struct phys_range *x = a, *y = b;

	return (x->pa > y->pa) - (x->pa < y->pa);
}

/* They are in order. */
static int refuse_overlap(const struct phys_range *ranges, size_t n, const char *path,
			  struct ptwalk_error *err)
{
	for (size_t i = 1; i < n; i++)
		if (ranges[i].pa < ranges[i - 1].pa + ranges[i - 1].bytes)
			return fail(err, -EINVAL, "two parts of %s would lie at %llx", path,
				    (unsigned long long)ranges[i].pa);
	return 0;
}

static int set_ranges(struct raw *r, const struct ptwalk_base *bases, size_t n, const char *path,
		      struct ptwalk_error *err)
{
	int ret = 0;

	r->ranges = calloc(n, sizeof(*r->ranges));
	if (!r->ranges)
		return fail(err, -ENOMEM, "no memory for %zu ranges", n);
	for (size_t i = 0; i < n && ret == 0; i++)
		ret = set_range(r, &r->ranges[i], &bases[i], path, err);
	if (ret < 0)
		return ret;
	qsort(r->ranges, n, sizeof(*r->ranges), by_pa);
	return refuse_overlap(r->ranges, n, path, err);
}

int raw_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	static const struct ptwalk_base all;
	size_t n = o->nr_bases ? o->nr_bases : 1;
	struct raw *r = calloc(1, sizeof(*r));
	int ret;

	if (!r)
		return fail(err, -ENOMEM, "no memory");
	ret = mapped_file_open(&r->file, o->paths[0], err);
	if (ret == 0)
		ret = set_ranges(r, o->nr_bases ? o->bases : &all, n, o->paths[0], err);
	if (ret < 0) {
		raw_free(r);
		return ret;
	}
	*m = (struct phys){ .ops = &raw_ops, .state = r, .ranges = r->ranges };
	m->nr_ranges = phys_order(r->ranges, n);
	if (n == 1)
		snprintf(m->detail, sizeof(m->detail), "raw memory, at %llx",
			 (unsigned long long)r->ranges->pa);
	else
		snprintf(m->detail, sizeof(m->detail), "raw memory, in %zu parts", n);
	return 0;
}
