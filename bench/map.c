// SPDX-License-Identifier: GPL-2.0-only
/* map.c - MAP of scattered frames, against pagemap in reads of 4 KiB. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"

#define REGION_BYTES (512 * MIB)
#define MOST_RANGES 4096
#define READ_BYTES 4096

struct job {
	struct region region;
	int device, pagemap;
	unsigned int count;
	struct ptwalk_ioc_range *ranges;
	uint64_t entries[READ_BYTES / sizeof(uint64_t)];
	u64 nr_ranges; /* of the last map() */
};

/* All of the region, a call's worth at a time; @look gets each of them. */
static void map(struct job *job, void (*look)(struct job *job, const struct ptwalk_ioc_range *r))
{
	u64 start = (uintptr_t)job->region.start;
	struct ptwalk_ioc_map call = {
		.space = { .kind = PTWALK_SPACE_PROCESS, .pid = getpid() },
		.cursor = start,
		.end = start + REGION_BYTES,
		.ranges = (uintptr_t)job->ranges,
		.count = job->count,
	};

	job->nr_ranges = 0;
	do {
		if (ioctl(job->device, PTWALK_MAP, &call))
			die("PTWALK_MAP failed at %llx", (u64)call.cursor);
		job->nr_ranges += call.done;
		for (unsigned int i = 0; look && i < call.done; i++)
			look(job, &job->ranges[i]);
	} while (!call.over);
}

static void map_it(void *ctx)
{
	map(ctx, NULL);
}

static void read_pages(struct job *job, u64 va)
{
	if (pread(job->pagemap, job->entries, READ_BYTES, va / PAGE * sizeof(uint64_t)) !=
	    READ_BYTES)
		die("cannot read pagemap");
}

static void read_pagemap(void *ctx)
{
	struct job *job = ctx;
	u64 start = (uintptr_t)job->region.start;

	for (u64 page = 0; page < job->region.pages; page += ARRAY_SIZE(job->entries))
		read_pages(job, start + page * PAGE);
}

/* What is fast and wrong wins nothing: the first page of every 16th range. */
static void check(struct job *job, const struct ptwalk_ioc_range *r)
{
	uint64_t entry;

	if (r->is != PTWALK_IS_LEAF || r->page_shift != 12)
		die("MAP says that a touched page is not mapped: %llx", (u64)r->start);
	if ((r - job->ranges) % 16)
		return;
	if (pread(job->pagemap, &entry, sizeof(entry), r->start / PAGE * sizeof(entry)) !=
	    sizeof(entry))
		die("cannot read pagemap");
	if ((entry & ((1ULL << 55) - 1)) != r->pa / PAGE)
		die("MAP and pagemap differ about %llx", (u64)r->start);
}

static void job_init(struct job *job)
{
	struct ptwalk_ioc_info info;

	job->device = device_open(&info);
	job->pagemap = pagemap_open();
	job->count = info.max_batch < MOST_RANGES ? info.max_batch : MOST_RANGES;
	job->ranges = malloc(job->count * sizeof(*job->ranges));
	if (!job->ranges)
		die("no memory for the answers");
	region_init(&job->region, REGION_BYTES);
}

static void job_deinit(struct job *job)
{
	region_deinit(&job->region);
	free(job->ranges);
	close(job->pagemap);
	close(job->device);
}

unsigned int bench_map(unsigned int rounds)
{
	static struct job job;
	static struct way ways[] = {
		{ .name = "MAP", .run = map_it, .ctx = &job, .units = REGION_BYTES / PAGE },
		{ .name = "pagemap, 4 KiB (512 pages) a read",
		  .run = read_pagemap,
		  .ctx = &job,
		  .units = REGION_BYTES / PAGE,
		  .goal = 3,
		  .why = "pagemap's time is that of each frame's struct page: 65 to 250 ns, by the"
			 " emulator's TLB" },
	};
	unsigned int missed;

	job_init(&job);
	map(&job, check);
	printf("\nMAP: a touched region of %llu MiB, %llu pages in %llu ranges, room for %u a call\n",
	       REGION_BYTES / MIB, job.region.pages, job.nr_ranges, job.count);
	missed = compete(ways, ARRAY_SIZE(ways), rounds, "ns a page");
	job_deinit(&job);
	return missed;
}
