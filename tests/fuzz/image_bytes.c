// SPDX-License-Identifier: GPL-2.0-only
/*
 * image_bytes.c - a file that is the fuzzer's input. The linker puts these functions
 * in the place of phys.c's (--wrap).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/physcheck.h"
#include "image_bytes.h"

#define NAME "the-input"

int __wrap_mapped_file_open(struct mapped_file *f, const char *path, struct ptwalk_error *err);
void __wrap_mapped_file_close(struct mapped_file *f);

static struct mapped_file input, mapped;

/* What was read to see that it can be; what it is does not matter. */
static volatile unsigned int all_of_it;

void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

int __wrap_mapped_file_open(struct mapped_file *f, const char *path, struct ptwalk_error *err)
{
	unsigned char *copy;

	if (!input.bytes)
		return fail(err, -ENODATA, "%s is empty", path);
	require(!mapped.data, "the file is mapped twice");
	copy = malloc(input.bytes);
	require(copy, "there is no memory for the input");
	memcpy(copy, input.data, input.bytes);
	mapped = *f = (struct mapped_file){ .data = copy, .bytes = input.bytes };
	return 0;
}

void __wrap_mapped_file_close(struct mapped_file *f)
{
	if (!f->data)
		return;
	require(f->data == mapped.data, "what is closed is not what was mapped");
	free((void *)f->data);
	f->data = mapped.data = NULL;
}

static void check_memory(struct phys *m)
{
	const char *complaint = phys_complaint(m);
	unsigned int sum = 0;

	require(!complaint, complaint);
	for (size_t i = 0; i < m->nr_ranges; i++) {
		const struct phys_range *r = &m->ranges[i];

		require(!r->data ||
				(r->data >= mapped.data && r->data <= mapped.data + mapped.bytes &&
				 r->bytes <= (size_t)(mapped.data + mapped.bytes - r->data)),
			"a range is not within the file");
	}
	for (size_t i = 0; i < m->vmcoreinfo_bytes; i++)
		sum += (unsigned char)m->vmcoreinfo[i];
	for (size_t i = 0; i < m->nr_cpus; i++)
		sum += m->cpus[i].cr0 + m->cpus[i].cr3 + m->cpus[i].cr4;
	all_of_it = sum;
}

int image_bytes_open(struct phys *m, phys_open_fn open, const uint8_t *data, size_t size,
		     const struct ptwalk_base *bases, uint32_t nr_bases)
{
	const char *path = NAME, *complaint;
	const struct ptwalk_image_options o = {
		.paths = &path, .nr_paths = 1, .bases = bases, .nr_bases = nr_bases
	};
	struct ptwalk_error err = { 0 };
	int ret;

	input = (struct mapped_file){ .data = data, .bytes = size };
	ret = open(m, &o, &err);
	if (ret == 0) {
		check_memory(m);
		return 0;
	}
	complaint = refusal_complaint(ret, &err, NAME);
	require(!complaint, complaint);
	require(!mapped.data, "what was refused is still mapped");
	return ret;
}
