// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptwbench-dump - how fast the library and the command are on a dump, in ratios to
 * what else does the same.
 *
 * usage: ptwbench-dump [-n ROUNDS] [-p PID | -r ROOT] [-z KDUMP] [-s RAW] DUMP
 *        ptwbench-dump [-n ROUNDS] -g SOCKET
 *
 * -p or -r: the process with pages in no order, by its pid or its top table; -z: the
 * same dump kdump-compressed; -s: the same memory as a raw image, for the search; -g: a
 * qemu that runs, alone. The command is build/ptwalk, or PTWALK in the environment. Exit status: 0 measured,
 * whether or not the goals were reached; 1 it could not be measured, or the answers
 * were wrong; 2 usage.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"

void die(const char *format, ...)
{
	int err = errno;
	va_list args;

	fflush(stdout);
	fputs("ptwbench-dump: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", strerror(err));
	exit(1);
}

char *program(const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned int next;
	char *path = paths[next++ % 8];
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 32);

	if (n < 0)
		die("cannot read /proc/self/exe");
	path[n] = '\0';
	snprintf(strrchr(path, '/') + 1, 32, "%s", name);
	return path;
}

static void usage(void)
{
	fputs("usage: ptwbench-dump [-n ROUNDS] [-p PID | -r ROOT] [-z KDUMP] [-s RAW] DUMP\n"
	      "       ptwbench-dump [-n ROUNDS] -g SOCKET\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	const char *kdump = NULL, *raw = NULL, *socket = NULL, *command = getenv("PTWALK");
	unsigned int rounds = 21, missed, pid = 0;
	struct dump d = { 0 };
	uint64_t root = 0;
	int c;

	while ((c = getopt(argc, argv, "g:n:p:r:s:z:")) != -1) {
		if (c == 'n')
			rounds = strtoul(optarg, NULL, 10);
		else if (c == 'p')
			pid = strtoul(optarg, NULL, 10);
		else if (c == 'r')
			root = strtoull(optarg, NULL, 16);
		else if (c == 's')
			raw = optarg;
		else if (c == 'g')
			socket = optarg;
		else if (c == 'z')
			kdump = optarg;
		else
			usage();
	}
	if (argc - optind != !socket || !rounds || rounds >= MOST_ROUNDS)
		usage();
	if (socket) {
		bench_machine(socket, rounds);
		return 0;
	}
	d.command = command ? command : "build/ptwalk";
	dump_open(&d, argv[optind], pid, root);
	printf("%s\n", ptwalk_image_get_info(d.image)->taken_for);
	missed = bench_start(&d, rounds);
	missed += bench_addresses(&d, rounds);
	if (kdump)
		missed += bench_compressed(&d, kdump, rounds);
	missed += bench_text(&d, rounds);
	missed += bench_crash(&d, rounds);
	missed += bench_space(&d, rounds);
	if (raw)
		missed += bench_search(raw, rounds);
	missed += bench_processes(&d, rounds);
	dump_close(&d);
	printf("\ngoals missed: %u\n", missed);
	return 0;
}
