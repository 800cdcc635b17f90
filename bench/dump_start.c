// SPDX-License-Identifier: GPL-2.0-only
/* dump_start.c - the first answer: a whole process, against an empty one and others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"

#define RUNS 20 /* in a round */

struct job {
	char **argv;
	unsigned int runs;
};

static void run(void *ctx)
{
	struct job *job = ctx;

	for (unsigned int i = 0; i < job->runs; i++)
		if (run_program(job->argv, "/dev/null", "/dev/null"))
			die("%s failed", job->argv[0]);
}

static bool is_there(char **argv)
{
	return run_program(argv, "/dev/null", "/dev/null") == 0;
}

unsigned int bench_start(const struct dump *d, unsigned int rounds)
{
	char va[20], root[20];
	char *ours[] = { (char *)d->command, "-f", (char *)d->path, "vtop", va, NULL };
	char *nothing[] = { program("empty"), NULL };
	char *addrxlat[] = { program("peer_addrxlat"), (char *)d->path, root, va, NULL };
	char *drgn[] = { "/usr/bin/python3", "bench/peer_drgn.py", (char *)d->path, va, NULL };
	struct job jobs[] = { { ours, RUNS }, { nothing, RUNS }, { addrxlat, RUNS }, { drgn, 1 } };
	struct way ways[4] = {
		{ .name = "ptwalk vtop ADDR", .run = run, .ctx = &jobs[0], .units = RUNS * 1000 },
		{ .name = "an empty program",
		  .run = run,
		  .ctx = &jobs[1],
		  .units = RUNS * 1000,
		  .at_most = 1.5,
		  .why = "see bench/README.md, \"the first answer\"" },
	};
	struct addresses a;
	unsigned int n = 2;

	if (!addresses_choose(&a, d, KIND_VMALLOC, 1))
		die("the dump has no vmalloc page");
	snprintf(va, sizeof(va), "%llx", (u64)a.va[0]);
	snprintf(root, sizeof(root), "%llx", d->kernel_root);
	printf("\nfirst answer, a whole process: %s -f DUMP vtop %s\n", d->command, va);
	if (is_there(addrxlat))
		ways[n++] = (struct way){ .name = "a small program with addrxlat",
					  .run = run,
					  .ctx = &jobs[2],
					  .units = RUNS * 1000,
					  .goal = 1 };
	else
		printf("  without addrxlat: it is not installed, or refuses the dump\n");
	if (is_there(drgn))
		ways[n++] = (struct way){
			.name = "drgn", .run = run, .ctx = &jobs[3], .units = 1000, .goal = 20
		};
	else
		printf("  without drgn: it is not installed, or refuses the dump\n");
	addresses_free(&a);
	return compete(ways, n, rounds, "us a process");
}
