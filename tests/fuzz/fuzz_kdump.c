// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_kdump.c - arbitrary bytes as a kdump-compressed dump, and its pages through
 * libkdumpfile, whose memory is watched too though its code is not.
 *
 * Whatever they are: they are refused by a sentence, or are ranges in order and apart;
 * a page is read, twice alike, or is not there, or is broken.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image_bytes.h"

#define PAGE 4096
#define MOST_PAGES 128

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (dlopen("libkdumpfile.so.10", RTLD_NOW))
		return 0;
	puts("libkdumpfile is not installed: nothing to try");
	exit(0);
}

static void read_page(struct phys *m, uint64_t pa)
{
	unsigned char page[PAGE], again[PAGE];
	int ret = phys_read(m, pa, page, PAGE);

	require(ret == 0 || ret == -ENXIO || ret == -EIO, "a read fails oddly");
	require(phys_read(m, pa, again, PAGE) == ret, "a read does not fail twice alike");
	require(ret < 0 || memcmp(page, again, PAGE) == 0, "a page is not read twice alike");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int pages = 0;
	uint64_t bytes = 0;
	struct phys m;

	if (image_bytes_open(&m, kdump_phys_open, data, size, NULL, 0) < 0)
		return 0;
	for (size_t i = 0; i < m.nr_ranges; i++) {
		const struct phys_range *r = &m.ranges[i];

		bytes += r->bytes;
		for (uint64_t at = 0; at < r->bytes && pages < MOST_PAGES; at += PAGE, pages++)
			read_page(&m, r->pa + at);
	}
	require(bytes / PAGE * 24 <= size, "there are more pages than descriptors");
	phys_close(&m);
	return 0;
}
