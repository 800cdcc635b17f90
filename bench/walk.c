// SPDX-License-Identifier: GPL-2.0-only
/* walk.c - WALK in a batch, against one pread of pagemap and one WALK an address. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"

#define REGION_BYTES (64 * MIB)
#define MOST_BATCH 4096
#define SINGLES 2048 /* addresses a round of the slow ways, spread over the region */

struct job {
	struct region region;
	int device, pagemap;
	u64 batch;
	u64 *addresses;
	struct ptwalk_ioc_walk *walks;
	uint64_t frame; /* of the last page, so that reading it is no idle work */
};

static void walk(struct job *job, u64 first, u64 count)
{
	struct ptwalk_ioc_walk_batch batch = {
		.space = { .kind = PTWALK_SPACE_PROCESS, .pid = getpid() },
		.addresses = (uintptr_t)(job->addresses + first),
		.walks = (uintptr_t)job->walks,
		.count = count,
	};

	if (ioctl(job->device, PTWALK_WALK, &batch) || batch.done != count)
		die("PTWALK_WALK answered %u of %llu", batch.done, count);
}

static void walk_in_batches(void *ctx)
{
	struct job *job = ctx;

	for (u64 i = 0; i < job->region.pages; i += job->batch)
		walk(job, i, job->batch);
}

static u64 nth_single(const struct job *job, u64 i)
{
	return i * (job->region.pages / SINGLES);
}

static void walk_one_by_one(void *ctx)
{
	struct job *job = ctx;

	for (u64 i = 0; i < SINGLES; i++)
		walk(job, nth_single(job, i), 1);
}

static uint64_t frame_of(struct job *job, u64 va)
{
	uint64_t entry;

	if (pread(job->pagemap, &entry, sizeof(entry), va / PAGE * sizeof(entry)) != sizeof(entry))
		die("cannot read pagemap");
	return entry & ((1ULL << 55) - 1);
}

static void pread_one_by_one(void *ctx)
{
	struct job *job = ctx;

	for (u64 i = 0; i < SINGLES; i++)
		job->frame = frame_of(job, job->addresses[nth_single(job, i)]);
}

/* What is fast and wrong wins nothing. */
static void compare(struct job *job)
{
	for (u64 i = 0; i < job->region.pages; i += job->batch) {
		walk(job, i, job->batch);
		for (u64 k = 0; k < job->batch; k += 64) {
			const struct ptwalk_ioc_walk *w = &job->walks[k];

			if (w->end != PTWALK_IS_LEAF || w->va != job->addresses[i + k] ||
			    w->pa / PAGE != frame_of(job, w->va))
				die("WALK and pagemap differ about %llx", job->addresses[i + k]);
		}
	}
}

static void job_init(struct job *job)
{
	struct ptwalk_ioc_info info;

	job->device = device_open(&info);
	job->pagemap = pagemap_open();
	region_init(&job->region, REGION_BYTES);
	/* A power of two, so that the batches are all full. */
	for (job->batch = MOST_BATCH; job->batch > info.max_batch; job->batch /= 2)
		;
	if (!job->batch)
		die("PTWALK_INFO says that a batch has no room");
	job->addresses = malloc(job->region.pages * sizeof(*job->addresses));
	job->walks = malloc(job->batch * sizeof(*job->walks));
	if (!job->addresses || !job->walks)
		die("no memory for the answers");
	for (u64 i = 0; i < job->region.pages; i++)
		job->addresses[i] = (uintptr_t)job->region.start + i * PAGE;
}

static void job_deinit(struct job *job)
{
	free(job->walks);
	free(job->addresses);
	region_deinit(&job->region);
	close(job->pagemap);
	close(job->device);
}

unsigned int bench_walk(unsigned int rounds)
{
	static struct job job;
	static struct way ways[] = {
		{ .name = "WALK in batches", .run = walk_in_batches, .ctx = &job },
		{ .name = "pread of pagemap, a page at a time",
		  .run = pread_one_by_one,
		  .ctx = &job,
		  .units = SINGLES,
		  .goal = 5,
		  .why = "most of a WALK goes into making sure of each table page, a level at a time" },
		{ .name = "WALK, an address at a time",
		  .run = walk_one_by_one,
		  .ctx = &job,
		  .units = SINGLES,
		  .goal = 5 },
	};
	unsigned int missed;

	job_init(&job);
	compare(&job);
	ways[0].units = job.region.pages;
	printf("\nWALK: %llu pages of a touched region, %llu addresses in a batch\n",
	       job.region.pages, job.batch);
	missed = compete(ways, ARRAY_SIZE(ways), rounds, "ns an address");
	job_deinit(&job);
	return missed;
}
