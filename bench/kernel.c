// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - MAP of the kernel's half, against the kernel's own dump of its tables. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"

#define DUMP "/sys/kernel/debug/page_tables/kernel"
#define MOST_RANGES 4096
#define READ_BYTES MIB

struct job {
	int device;
	u64 start;
	unsigned int count;
	struct ptwalk_ioc_range *ranges;
	char *text;
	u64 nr_ranges, lines;
};

static void map_kernel(void *ctx)
{
	struct job *job = ctx;
	struct ptwalk_ioc_map call = {
		.space = { .kind = PTWALK_SPACE_KERNEL },
		.cursor = job->start,
		.ranges = (uintptr_t)job->ranges,
		.count = job->count,
	};

	job->nr_ranges = 0;
	do {
		if (ioctl(job->device, PTWALK_MAP, &call))
			die("PTWALK_MAP failed at %llx", (u64)call.cursor);
		job->nr_ranges += call.done;
	} while (!call.over);
}

/* Opened anew each time, as a reader must: the dump is made when it is read. */
static void read_dump(void *ctx)
{
	struct job *job = ctx;
	int fd = open(DUMP, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		die("cannot open " DUMP);
	while ((n = read(fd, job->text, READ_BYTES)) > 0)
		;
	if (n < 0)
		die("cannot read " DUMP);
	close(fd);
}

static u64 count_lines(struct job *job)
{
	int fd = open(DUMP, O_RDONLY);
	u64 lines = 0;
	ssize_t n;

	while ((n = read(fd, job->text, READ_BYTES)) > 0)
		for (ssize_t i = 0; i < n; i++)
			lines += job->text[i] == '\n';
	close(fd);
	return lines;
}

static void job_init(struct job *job)
{
	struct ptwalk_ioc_info info;

	job->device = device_open(&info);
	job->start = -1ULL << (info.levels == 5 ? 56 : 47);
	job->count = info.max_batch < MOST_RANGES ? info.max_batch : MOST_RANGES;
	job->ranges = malloc(job->count * sizeof(*job->ranges));
	job->text = malloc(READ_BYTES);
	if (!job->ranges || !job->text)
		die("no memory for the answers");
	memset(job->ranges, 0, job->count * sizeof(*job->ranges));
	memset(job->text, 0, READ_BYTES);
}

static void job_deinit(struct job *job)
{
	free(job->text);
	free(job->ranges);
	close(job->device);
}

unsigned int bench_kernel(unsigned int rounds)
{
	static struct job job;
	static struct way ways[] = {
		{ .name = "MAP", .run = map_kernel, .ctx = &job, .units = 1000 },
		{ .name = DUMP,
		  .run = read_dump,
		  .ctx = &job,
		  .units = 1000,
		  .goal = 10,
		  .why = "KASAN and UBSAN are compiled into the walker too: two thirds of its time here" },
	};
	bool dump = !access(DUMP, R_OK);
	unsigned int missed;

	job_init(&job);
	map_kernel(&job);
	printf("\nMAP: all of the kernel's half, %llu ranges, room for %u a call", job.nr_ranges,
	       job.count);
	if (dump)
		printf("; the dump has %llu lines\n", count_lines(&job));
	else
		printf("\n  there is no " DUMP " to compare with (CONFIG_PTDUMP_DEBUGFS)\n");
	missed = compete(ways, dump ? 2 : 1, rounds, "us for all of it");
	job_deinit(&job);
	return missed;
}
