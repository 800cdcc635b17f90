// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptwbench [ROUNDS] - how fast the calls of /dev/ptwalk are, in ratios to what
 * else tells the same. Exit status: 0 measured, whether or not the goals were
 * reached; 1 it could not be measured, or the answers were wrong; 2 usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>

#include "bench.h"

void die(const char *format, ...)
{
	int err = errno;
	va_list args;

	fflush(stdout);
	fputs("ptwbench: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", strerror(err));
	exit(1);
}

int device_open(struct ptwalk_ioc_info *info)
{
	int fd = open(PTWALK_DEVICE, O_RDWR);

	if (fd < 0)
		die("cannot open " PTWALK_DEVICE);
	if (ioctl(fd, PTWALK_INFO, info))
		die("PTWALK_INFO failed");
	if (info->abi != PTWALK_ABI_VERSION)
		die("the module's ABI is %u, not %u", info->abi, PTWALK_ABI_VERSION);
	return fd;
}

int main(int argc, char **argv)
{
	unsigned int rounds = 21, missed;
	struct utsname name;
	char *end = "";

	if (argc > 1)
		rounds = strtoul(argv[1], &end, 10);
	if (argc > 2 || *end || !rounds || rounds >= MOST_ROUNDS) {
		fprintf(stderr, "usage: ptwbench [ROUNDS], 1 to %d\n", MOST_ROUNDS - 1);
		return 2;
	}
	uname(&name);
	printf("kernel %s\n", name.release);
	missed = bench_walk(rounds);
	missed += bench_map(rounds);
	missed += bench_kernel(rounds);
	bench_irqoff();
	printf("\ngoals missed: %u\n", missed);
	return 0;
}
