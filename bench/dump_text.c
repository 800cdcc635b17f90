// SPDX-License-Identifier: GPL-2.0-only
/* dump_text.c - whole commands: a million addresses as text; the root; processes. */
#define _GNU_SOURCE /* environ */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dump.h"

#define MILLION 1000000

struct job {
	char **argv;
	const char *input;
	const char *output;
	int status; /* that is no failure, besides 0 */
};

int run_program(char **argv, const char *input, const char *output)
{
	posix_spawn_file_actions_t files;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (posix_spawnp(&pid, argv[0], &files, NULL, argv, environ))
		die("cannot run %s", argv[0]);
	posix_spawn_file_actions_destroy(&files);
	if (waitpid(pid, &status, 0) != pid)
		die("cannot wait for %s", argv[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int run_once(const struct job *job)
{
	return run_program(job->argv, job->input, job->output);
}

static void run(void *ctx)
{
	struct job *job = ctx;
	int status = run_once(job);

	if (status && status != job->status)
		die("%s failed with status %d", job->argv[0], status);
}

static void write_addresses(const char *path, const struct addresses *a)
{
	FILE *f = fopen(path, "w");

	if (!f)
		die("cannot write %s", path);
	for (u64 i = 0; i < a->n; i++)
		fprintf(f, "%llx\n", (u64)a->va[i]);
	if (fclose(f))
		die("cannot write %s", path);
}

static bool same_file(const char *a, const char *b)
{
	char command[600];

	snprintf(command, sizeof(command), "cmp -s %s %s", a, b);
	return system(command) == 0;
}

unsigned int bench_text(const struct dump *d, unsigned int rounds)
{
	char offset[20], root[20], folder[] = "/tmp/ptwbench-XXXXXX", input[64], one[64], two[64];
	char *ours[] = { (char *)d->command, "-f", (char *)d->path, "vtop", "--brief", "-", NULL };
	char *hand[] = { program("hand_text"), (char *)d->path, offset, root, NULL };
	struct job jobs[] = { { ours, input, one, 0 }, { hand, input, two, 0 } };
	struct way ways[] = {
		{ .name = "ptwalk vtop --brief -", .run = run, .ctx = &jobs[0], .units = MILLION },
		{ .name = "a hand-made parse-walk-format loop",
		  .run = run,
		  .ctx = &jobs[1],
		  .units = MILLION,
		  .at_most = 2 },
	};
	struct addresses a;
	unsigned int missed;

	if (!mkdtemp(folder))
		die("cannot make a folder");
	snprintf(input, sizeof(input), "%s/in", folder);
	snprintf(one, sizeof(one), "%s/one", folder);
	snprintf(two, sizeof(two), "%s/two", folder);
	snprintf(offset, sizeof(offset), "%llx", d->file_offset - d->pa);
	snprintf(root, sizeof(root), "%llx", d->kernel_root);
	if (!addresses_choose(&a, d, KIND_VMALLOC, MILLION))
		die("the dump has no vmalloc page");
	write_addresses(input, &a);
	addresses_free(&a);
	printf("\na million vmalloc addresses, text in and text out\n");
	run(&jobs[0]);
	run(&jobs[1]);
	if (!same_file(one, two))
		die("ptwalk and the hand-made loop differ: %s", folder);
	missed = compete(ways, ARRAY_SIZE(ways), rounds, "ns an address");
	unlink(input);
	unlink(one);
	unlink(two);
	rmdir(folder);
	return missed;
}

static void read_file(void *ctx)
{
	static char buffer[1 << 20];
	int fd = open(ctx, O_RDONLY);

	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	close(fd);
}

/* Opening the image is what searches; a space is not asked for. */
static void open_image(void *ctx)
{
	const char *path = ctx;
	struct ptwalk_image_options options = { .paths = &path, .nr_paths = 1 };
	struct ptwalk_error err;
	struct ptwalk_image *image = ptwalk_image_open(&options, &err);

	if (!image)
		die("%s", err.text);
	if (ptwalk_image_get_info(image)->root_from != PTWALK_ROOT_SEARCH)
		die("the root of %s is told by something else than a search", path);
	ptwalk_image_close(image);
}

/* Memory without notes, and without VMCOREINFO in it: the root is found by a search. */
unsigned int bench_search(const char *raw, unsigned int rounds)
{
	struct way ways[] = {
		{ .name = "ptwalk_image_open()", .run = open_image, .ctx = (void *)raw },
		{ .name = "read() of the cached file, 1 MiB at a time",
		  .run = read_file,
		  .ctx = (void *)raw,
		  .at_most = 2 },
	};
	struct dump d = { .path = raw };

	dump_map_bytes(&d);
	ways[0].units = ways[1].units = d.size >> 20;
	printf("\nsearch for the root in a raw image of %llu MiB\n", d.size >> 20);
	return compete(ways, ARRAY_SIZE(ways), rounds, "ns a MiB");
}

/* No peer tells the same; the tables are counted, and the time is for each of them. */
unsigned int bench_processes(const struct dump *d, unsigned int rounds)
{
	char *ps[] = { (char *)d->command, "-f", (char *)d->path, "ps", NULL };
	char *ptov[] = {
		(char *)d->command, "-f", (char *)d->path, "ptov", "--all", "100000", NULL
	};
	struct job jobs[] = { { ps, "/dev/null", "/dev/null", 0 },
			      { ptov, "/dev/null", "/dev/null", 1 } };
	struct way ways[] = {
		{ .name = "ptwalk ps", .run = run, .ctx = &jobs[0], .units = 1000 },
		{ .name = "ptwalk ptov --all", .run = run, .ctx = &jobs[1], .units = 1000 },
	};
	int status = run_once(&jobs[0]);

	if (status) {
		printf("\nps, ptov --all: ptwalk ps has status %d on this dump\n", status);
		return 0;
	}
	printf("\nps and ptov --all, whole processes\n");
	return compete(ways, ARRAY_SIZE(ways), rounds, "us");
}
