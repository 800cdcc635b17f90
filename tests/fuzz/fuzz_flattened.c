// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_flattened.c - arbitrary bytes as a flattened dump, put in order and compared with
 * what records that are written one behind the other leave in plain memory.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/flattened.h"
#include "image_bytes.h"

#define HEADER 4096
/* Larger results are held against the bound alone. */
#define MOST (1U << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *input;
static size_t input_bytes;

static uint64_t number(size_t at)
{
	uint64_t value;

	memcpy(&value, input + at, sizeof(value));
	return be64toh(value);
}

/* The result in @to, or how long it is: the end of its last byte. */
static uint64_t write_records(uint8_t *to)
{
	uint64_t end = 0;

	for (size_t at = HEADER; input_bytes - at >= 16;) {
		uint64_t offset = number(at), bytes = number(at + 8);

		if (offset == ~0ULL && bytes == ~0ULL)
			break;
		at += 16;
		if (bytes > input_bytes - at)
			bytes = input_bytes - at;
		if (to)
			memcpy(to + offset, input + at, bytes);
		if (bytes && offset + bytes > end)
			end = offset + bytes;
		at += bytes;
	}
	return end;
}

static void compare(int fd)
{
	uint64_t bytes = write_records(NULL);
	struct stat st;

	require(fstat(fd, &st) == 0, "there is no result");
	require((uint64_t)st.st_size == bytes, "the result is not as long as it must be");
	require(bytes <= FLATTENED_MAX_SPREAD * input_bytes + FLATTENED_MAX_SLACK,
		"the result is larger than the bound");
	require(write(fd, "x", 1) < 0, "the result is not sealed");
	if (bytes <= MOST) {
		uint8_t *expected = calloc(1, bytes), *is = malloc(bytes);

		write_records(expected);
		require(pread(fd, is, bytes, 0) == (ssize_t)bytes, "the result cannot be read");
		require(memcmp(is, expected, bytes) == 0, "the result is not what was written");
		free(expected);
		free(is);
	}
}

/* As one that opens a file: what is put in order is looked at here, and then refused. */
static int unpack(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	int fd, ret = flattened_unpack(o->paths[0], &fd, err);

	(void)m;
	if (ret < 0)
		return ret;
	compare(fd);
	close(fd);
	return fail(err, -ECANCELED, "%s was put in order", o->paths[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct phys m;

	input = data;
	input_bytes = size;
	image_bytes_open(&m, unpack, data, size, NULL, 0);
	return 0;
}
