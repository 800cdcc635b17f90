// SPDX-License-Identifier: GPL-2.0-only
/* dump_walk.c - random addresses: the library, the bare pointer loop, addrxlat. */
#include <stdio.h>
#include <stdlib.h>

#include "dump.h"

#define ADDRESSES 65536
#define SLOW 4096 /* of them for the slow ways */

struct job {
	const struct dump *d;
	struct addresses a;
	struct ptwalk *space;
	struct peer *addrxlat;
	uint64_t *pa;
	struct ptwalk_walk *walks;
	uint64_t sum; /* lest the bare loop be idle work */
};

static void by_translate(void *ctx)
{
	struct job *job = ctx;
	struct ptwalk_error err;

	if (ptwalk_translate(job->space, job->a.va, job->a.n, job->pa, &err) < 0)
		die("%s", err.text);
}

static void by_walk(void *ctx)
{
	struct job *job = ctx;
	struct ptwalk_error err;

	for (u64 i = 0; i < job->a.n; i += 256)
		if (ptwalk_walk(job->space, job->a.va + i, 256, job->walks, &err) < 0)
			die("%s", err.text);
}

static void by_bare_loop(void *ctx)
{
	struct job *job = ctx;

	for (u64 i = 0; i < job->a.n; i++)
		job->pa[i] = bare_walk(job->d->bytes, job->a.root, job->a.va[i]);
}

static void by_addrxlat(void *ctx)
{
	struct job *job = ctx;

	for (u64 i = 0; i < SLOW; i++)
		job->sum += addrxlat_find(job->addrxlat, job->a.va[i]);
}

/* What is fast and wrong wins nothing. */
static void compare(struct job *job)
{
	struct ptwalk_error err;

	by_translate(job);
	for (u64 i = 0; i < job->a.n; i++) {
		uint64_t bare = bare_walk(job->d->bytes, job->a.root, job->a.va[i]);
		bool first = i % 256 == 0;

		if (first && ptwalk_walk(job->space, job->a.va + i, 256, job->walks, &err) < 0)
			die("%s", err.text);
		if (job->pa[i] != bare || job->walks[i % 256].pa != bare)
			die("translate, walk and the bare loop differ about %llx",
			    (u64)job->a.va[i]);
		if (job->addrxlat && i < SLOW && addrxlat_find(job->addrxlat, job->a.va[i]) != bare)
			die("addrxlat and the bare loop differ about %llx", (u64)job->a.va[i]);
	}
}

static void job_init(struct job *job, const struct dump *d)
{
	job->d = d;
	job->pa = malloc(ADDRESSES * sizeof(*job->pa));
	job->walks = malloc(256 * sizeof(*job->walks));
	if (!job->pa || !job->walks)
		die("no memory for the answers");
}

static void job_deinit(struct job *job)
{
	free(job->pa);
	free(job->walks);
}

static void open_addrxlat(struct job *job, const char *path)
{
	const char *why;

	job->addrxlat = addrxlat_open(path, job->a.root, job->d->levels, &why);
	if (!job->addrxlat)
		printf("  without addrxlat: %s\n", why);
}

static unsigned int of_kind(struct job *job, enum kind kind, unsigned int rounds)
{
	struct way ways[] = {
		{ .name = "ptwalk_translate()",
		  .run = by_translate,
		  .ctx = job,
		  .units = ADDRESSES },
		{ .name = "the bare pointer loop",
		  .run = by_bare_loop,
		  .ctx = job,
		  .units = ADDRESSES,
		  .at_most = 1.5 },
		{ .name = "ptwalk_walk(), every level told",
		  .run = by_walk,
		  .ctx = job,
		  .units = ADDRESSES },
		{ .name = "addrxlat", .run = by_addrxlat, .ctx = job, .units = SLOW, .goal = 8 },
	};
	unsigned int missed;

	if (!addresses_choose(&job->a, job->d, kind, ADDRESSES)) {
		printf("\n%s: the dump has no such pages, or no process was named\n", job->a.name);
		return 0;
	}
	job->space = job->a.space;
	printf("\n%s: %d random addresses in %llu pages\n", job->a.name, ADDRESSES, job->a.pages);
	open_addrxlat(job, job->d->path);
	compare(job);
	missed = compete(ways, ARRAY_SIZE(ways) - !job->addrxlat, rounds, "ns an address");
	addrxlat_close(job->addrxlat);
	addresses_free(&job->a);
	return missed;
}

unsigned int bench_addresses(const struct dump *d, unsigned int rounds)
{
	unsigned int missed = 0;
	struct job job = { 0 };

	job_init(&job, d);
	for (unsigned int kind = 0; kind < NR_KINDS; kind++)
		missed += of_kind(&job, kind, rounds);
	job_deinit(&job);
	return missed;
}

/* The same machine, compressed: the answers are those of the mapped dump. */
static unsigned int compressed(struct job *job, struct dump *kdump, enum kind kind,
			       unsigned int rounds)
{
	struct way ways[] = {
		{ .name = "ptwalk_translate(), tables kept",
		  .run = by_translate,
		  .ctx = job,
		  .units = ADDRESSES },
		{ .name = "ptwalk_walk(), every level told",
		  .run = by_walk,
		  .ctx = job,
		  .units = ADDRESSES },
		{ .name = "addrxlat", .run = by_addrxlat, .ctx = job, .units = SLOW, .goal = 4 },
	};
	bool user = kind == KIND_USER || kind == KIND_USER_HUGE;
	unsigned int missed;

	if (!addresses_choose(&job->a, job->d, kind, ADDRESSES))
		return 0;
	job->space = user ? kdump->process : kdump->kernel;
	printf("\nkdump-compressed, %s: %d random addresses\n", job->a.name, ADDRESSES);
	open_addrxlat(job, kdump->path);
	compare(job);
	missed = compete(ways, ARRAY_SIZE(ways) - !job->addrxlat, rounds, "ns an address");
	addrxlat_close(job->addrxlat);
	addresses_free(&job->a);
	return missed;
}

unsigned int bench_compressed(const struct dump *d, const char *path, unsigned int rounds)
{
	struct job job = { 0 };
	unsigned int missed;
	struct dump kdump = { 0 };

	dump_open(&kdump, path, 0, d->process_root);
	job_init(&job, d);
	missed = compressed(&job, &kdump, KIND_VMALLOC, rounds);
	if (d->process)
		missed += compressed(&job, &kdump, KIND_USER, rounds);
	job_deinit(&job);
	dump_close(&kdump);
	return missed;
}
