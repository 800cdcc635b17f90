// SPDX-License-Identifier: GPL-2.0-only
/*
 * peer_addrxlat.c - the least program that answers by libkdumpfile's addrxlat.
 *
 * usage: peer_addrxlat DUMP ROOT VA; exit status 77 where it was compiled without it
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	const char *why;
	struct peer *x;

	if (argc != 4)
		return 2;
	x = addrxlat_open(argv[1], strtoull(argv[2], NULL, 16), 4, &why);
	if (!x) {
		fprintf(stderr, "peer_addrxlat: %s\n", why);
		return 77;
	}
	printf("%llx\n", (u64)addrxlat_find(x, strtoull(argv[3], NULL, 16)));
	addrxlat_close(x);
	return 0;
}
