// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_lime.c - arbitrary bytes as a LiME dump.
 *
 * Whatever they are: they are refused by a sentence, or are memory whose ranges are in
 * order, apart and within the file; there is no more of it than the file has bytes
 * behind its headers.
 */
#include "image_bytes.h"

#define HEADER_BYTES 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t bytes = 0;
	struct phys m;

	if (image_bytes_open(&m, lime_phys_open, data, size, NULL, 0) < 0)
		return 0;
	for (size_t i = 0; i < m.nr_ranges; i++)
		bytes += m.ranges[i].bytes;
	require(bytes <= size - HEADER_BYTES, "there is more memory than the file has");
	require(m.nr_ranges <= size / HEADER_BYTES, "there are more ranges than headers");
	phys_close(&m);
	return 0;
}
