// SPDX-License-Identifier: GPL-2.0-only
/*
 * seeds.c - the frame of a program that makes seeds: usage: seed_NAME FOLDER.
 */
#include <stdio.h>

#include "seeds.h"

void seed_write(const char *folder, const char *name, struct dumpfile *d)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/seed-%s", folder, name);
	f = fopen(path, "w");
	if (!f || fwrite(d->data, 1, d->bytes, f) != d->bytes || fclose(f) != 0)
		perror(path);
	dumpfile_free(d);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	make_seeds(argv[1]);
	return 0;
}
