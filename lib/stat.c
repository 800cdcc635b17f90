// SPDX-License-Identifier: GPL-2.0-only
/*
 * stat.c - pages by size and physically contiguous runs, by region.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stat.h"

/**
 * struct counting - a pass under way
 * @run: of what was seen last: [va, end) from @pa on, 0 bytes where there is
 *none; the next range may go on with it
 */
struct counting {
	const struct ptwalk *p;
	struct ptwalk_stat *stat;
	struct {
		struct ptwalk_stat_part *part; /* in which it began */
		uint64_t va;
		uint64_t pa;
		uint64_t bytes;
	} run;
};

static struct ptwalk_stat_part *part_at(const struct counting *c, uint64_t va)
{
	const struct ptwalk_region *r = ptwalk_region_at(c->p, va);

	return &c->stat->parts[r ? r - c->p->info.regions : c->p->info.nr_regions];
}

/* @n runs of @bytes each. */
static void add_runs(struct ptwalk_stat_part *part, uint64_t bytes, uint64_t n)
{
	unsigned int shift = 63 - __builtin_clzll(bytes);

	part->runs += n;
	part->run_count[shift] += n;
	part->run_bytes[shift] += n * bytes;
	if (bytes > part->longest_run_bytes)
		part->longest_run_bytes = bytes;
}

static void tell_runs(struct counting *c, struct ptwalk_stat_part *part, uint64_t bytes, uint64_t n)
{
	add_runs(part, bytes, n);
	add_runs(&c->stat->whole, bytes, n);
}

static void end_run(struct counting *c)
{
	if (c->run.bytes)
		tell_runs(c, c->run.part, c->run.bytes, 1);
	c->run.bytes = 0;
}

/* Contiguous pages: more of the run before them, or a new one. */
static void add_pages(struct counting *c, uint64_t va, uint64_t pa, uint64_t bytes)
{
	if (c->run.bytes && c->run.va + c->run.bytes == va && c->run.pa + c->run.bytes == pa) {
		c->run.bytes += bytes;
		return;
	}
	end_run(c);
	c->run.part = part_at(c, va);
	c->run.va = va;
	c->run.pa = pa;
	c->run.bytes = bytes;
}

/*
 * Where a frame repeats, each page is a run by itself, but that the first may
 * go on with what was before, and the last with what comes.
 */
static void add_repeated(struct counting *c, const struct ptwalk_range *r)
{
	uint64_t size = r->page_bytes, last = range_bytes(r) / size - 1;

	add_pages(c, r->start, r->pa, size);
	if (last > 1) {
		end_run(c);
		tell_runs(c, part_at(c, r->start), size, last - 1);
	}
	add_pages(c, r->start + last * size, r->pa, size);
}

static void add_size(struct ptwalk_stat_part *part, uint64_t page_bytes, uint64_t bytes)
{
	unsigned int i = 0;

	part->mapped_bytes += bytes;
	while (i < part->nr_sizes && part->sizes[i].page_bytes < page_bytes)
		i++;
	if (i == part->nr_sizes || part->sizes[i].page_bytes != page_bytes) {
		/* A format has no more sizes than levels. */
		if (part->nr_sizes == PTWALK_LEVELS)
			return;
		memmove(&part->sizes[i + 1], &part->sizes[i],
			(part->nr_sizes - i) * sizeof(part->sizes[0]));
		part->sizes[i].page_bytes = page_bytes;
		part->sizes[i].pages = 0;
		part->nr_sizes++;
	}
	part->sizes[i].pages += bytes / page_bytes;
}

static void add_sizes(struct counting *c, struct ptwalk_stat_part *part,
		      const struct ptwalk_range *r, uint64_t bytes)
{
	if (r->what == PTWALK_LEAF && r->page_bytes) {
		add_size(part, r->page_bytes, bytes);
		add_size(&c->stat->whole, r->page_bytes, bytes);
	} else if (r->what == PTWALK_SOFTWARE) {
		part->software_bytes += bytes;
		c->stat->whole.software_bytes += bytes;
	}
}

/* The end of the part that @va lies in, 0 where that is 2^64 or not known. */
static uint64_t part_end(const struct ptwalk_stat_part *part, const struct ptwalk_info *info,
			 uint64_t va)
{
	uint64_t end = 0;

	if (part->region.kind != PTWALK_IN_NONE)
		return part->region.end;
	/* Between two regions: up to the next. */
	for (uint32_t i = info->nr_regions; i-- > 0;)
		if (info->regions[i].start > va)
			end = info->regions[i].start;
	return end;
}

/* A range, or two where it crosses from one region into the next. */
static int count_range(void *ctx, const struct ptwalk_range *r)
{
	struct counting *c = ctx;
	uint64_t at = r->start, bytes;

	do {
		struct ptwalk_stat_part *part = part_at(c, at);
		uint64_t end = part_end(part, &c->p->info, at);

		/* Less 1, as an end of 0 is 2^64. */
		if (end - 1 > r->end - 1)
			end = r->end;
		bytes = end - at;
		add_sizes(c, part, r, bytes);
		at = end;
	} while (at != r->end);

	if (r->what != PTWALK_LEAF)
		return 0;
	if (is_repeated(r))
		add_repeated(c, r);
	else
		add_pages(c, r->start, r->pa, range_bytes(r));
	return 0;
}

static void init_parts(const struct ptwalk *p, struct ptwalk_stat *stat)
{
	stat->nr_parts = p->info.nr_regions + 1;
	for (uint32_t i = 0; i < p->info.nr_regions; i++)
		stat->parts[i].region = p->info.regions[i];
}

int ptwalk_stat(struct ptwalk *p, uint32_t flags, struct ptwalk_stat *stat,
		struct ptwalk_error *err)
{
	struct counting c = { .p = p, .stat = stat };
	int ret;

	if (flags & ~PTWALK_STAT_TABLES)
		return fail(err, -EINVAL, "there are no stat flags %x", flags);
	memset(stat, 0, sizeof(*stat));
	init_parts(p, stat);
	ret = pass_over(p, own_half(p), count_range, &c, err);
	if (ret)
		return ret;
	end_run(&c);
	if ((flags & PTWALK_STAT_TABLES) && p->has_tables && !p->ops->ranges_only)
		ret = stat_count_tables(p, stat, err);
	return ret;
}
