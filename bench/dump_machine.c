// SPDX-License-Identifier: GPL-2.0-only
/* dump_machine.c - the map of a whole space of a qemu that runs, by its gdbstub. */
#include <stdio.h>
#include <stdlib.h>

#include "dump.h"

/* gdb-pt-dump asks the stub for 499 tables; its own time, qemu and gdb on one machine. */
#define PEER_NS 1026e6
#define PEER_TABLES 499
#define PEER_GOAL 300

struct job {
	const char *socket;
	bool map;
	u64 ranges;
	u64 tables;
};

static struct ptwalk *open_machine(const char *socket, struct ptwalk_image **image)
{
	struct ptwalk_image_options io = { .socket = socket };
	struct ptwalk_open_options o = { 0 };
	struct ptwalk_error err;
	struct ptwalk *p = NULL;

	*image = ptwalk_image_open(&io, &err);
	o.image = *image;
	if (*image)
		p = ptwalk_open(&o, &err);
	if (!p)
		die("%s", err.text);
	return p;
}

static u64 count_ranges(struct ptwalk *p)
{
	static struct ptwalk_range ranges[1024];
	struct ptwalk_error err;
	struct ptwalk_map *m = ptwalk_map_begin(p, 1ULL << 63, 0, 0, &err);
	u64 count = 0;
	int n;

	if (!m)
		die("%s", err.text);
	while ((n = ptwalk_map_next(m, ranges, ARRAY_SIZE(ranges), &err)) > 0)
		count += n;
	if (n < 0)
		die("%s", err.text);
	ptwalk_map_end(m);
	return count;
}

/* From the first word to the stub to the last: the machine runs on afterwards. */
static void run(void *ctx)
{
	struct job *job = ctx;
	struct ptwalk_image *image;
	struct ptwalk *p = open_machine(job->socket, &image);

	if (job->map)
		job->ranges = count_ranges(p);
	ptwalk_close(p);
	ptwalk_image_close(image);
}

static u64 count_tables(const char *socket)
{
	struct ptwalk_stat *stat = calloc(1, sizeof(*stat));
	struct ptwalk_image *image;
	struct ptwalk *p = open_machine(socket, &image);
	struct ptwalk_error err;
	u64 tables = 0;

	if (!stat || ptwalk_stat(p, PTWALK_STAT_TABLES, stat, &err) < 0)
		die("the tables cannot be counted");
	for (unsigned int i = 0; i < PTWALK_LEVELS; i++)
		tables += stat->tables[i];
	printf("\nmap of the kernel of a running qemu: %llu tables; %s\n", tables,
	       ptwalk_image_get_info(image)->taken_for);
	free(stat);
	ptwalk_close(p);
	ptwalk_image_close(image);
	return tables;
}

unsigned int bench_machine(const char *socket, unsigned int rounds)
{
	struct job jobs[] = { { socket, true, 0, 0 }, { socket, false, 0, 0 } };
	struct way ways[] = {
		{ .name = "connect, map every range, leave", .run = run, .ctx = &jobs[0] },
		{ .name = "connect and leave alone", .run = run, .ctx = &jobs[1] },
	};
	double peer = PEER_NS / PEER_TABLES, times;

	ways[0].units = ways[1].units = count_tables(socket);
	compete(ways, ARRAY_SIZE(ways), rounds, "ns a table");
	times = peer / median_of(&ways[0], rounds);
	printf("  faster than gdb-pt-dump's %.0f ns a table: %.0f times; goal %d: %s\n", peer,
	       times, PEER_GOAL, times >= PEER_GOAL ? "reached" : "NOT REACHED");
	return times < PEER_GOAL;
}
