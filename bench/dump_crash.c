// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump_crash.c - the command against crash, where that is installed and the symbols of
 * the dump's kernel are: whole processes, with one address and with many.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"

#define MANY 20000
/* crash takes seconds. */
#define MOST_CRASH_ROUNDS 3

struct job {
	char **argv;
	const char *input;
};

static void run(void *ctx)
{
	const struct job *job = ctx;

	if (run_program(job->argv, job->input, "/dev/null"))
		die("%s failed", job->argv[0]);
}

/* What crash is told to do, and ptwalk's addresses. */
static void write_questions(const char *commands, const char *addresses, const struct addresses *a)
{
	FILE *c = fopen(commands, "w"), *f = fopen(addresses, "w");

	if (!c || !f)
		die("cannot write %s", commands);
	for (u64 i = 0; i < a->n; i++) {
		fprintf(c, "vtop %llx\n", (u64)a->va[i]);
		fprintf(f, "%llx\n", (u64)a->va[i]);
	}
	fputs("quit\n", c);
	if (fclose(c) || fclose(f))
		die("cannot write %s", commands);
}

static unsigned int compare(const struct dump *d, char *vmlinux, u64 n, double goal,
			    unsigned int rounds)
{
	char folder[] = "/tmp/ptwbench-XXXXXX", commands[64], addresses[64];
	char *ours[] = { (char *)d->command, "-f", (char *)d->path, "vtop", "--brief", "-", NULL };
	char *crash[] = { "crash", "-s", "-i", commands, vmlinux, (char *)d->path, NULL };
	struct job jobs[] = { { ours, addresses }, { crash, "/dev/null" } };
	struct way ways[] = {
		{ .name = "ptwalk vtop --brief -", .run = run, .ctx = &jobs[0], .units = n },
		{ .name = "crash", .run = run, .ctx = &jobs[1], .units = n, .goal = goal },
	};
	struct addresses a;
	unsigned int missed;

	if (!mkdtemp(folder))
		die("cannot make a folder");
	snprintf(commands, sizeof(commands), "%s/commands", folder);
	snprintf(addresses, sizeof(addresses), "%s/addresses", folder);
	if (!addresses_choose(&a, d, KIND_VMALLOC, n))
		die("the dump has no vmalloc page");
	write_questions(commands, addresses, &a);
	addresses_free(&a);
	printf("\n%llu vmalloc addresses, whole processes, beside crash\n", n);
	missed = compete(ways, ARRAY_SIZE(ways), rounds, "ns an address");
	unlink(commands);
	unlink(addresses);
	rmdir(folder);
	return missed;
}

unsigned int bench_crash(const struct dump *d, unsigned int rounds)
{
	const char *release = ptwalk_kernel_release(d->kernel);
	char vmlinux[128];

	snprintf(vmlinux, sizeof(vmlinux), "/usr/lib/debug/boot/vmlinux-%s",
		 release ? release : "");
	if (access(vmlinux, R_OK) || system("command -v crash >/dev/null")) {
		printf("\nwithout crash: it takes Debian's crash and linux-image-%s-dbg\n",
		       release ? release : "...");
		return 0;
	}
	if (rounds > MOST_CRASH_ROUNDS)
		rounds = MOST_CRASH_ROUNDS;
	return compare(d, vmlinux, 1, 1, rounds) + compare(d, vmlinux, MANY, 250, rounds);
}
