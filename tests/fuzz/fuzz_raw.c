// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_raw.c - arbitrary parts of a file as physical memory.
 *
 * The input is a byte, the number of parts, then so many struct ptwalk_base, then the
 * file. A plain look at the parts says whether they can be memory; if so, each byte at
 * their ends is where the part says.
 */
#include <errno.h>
#include <string.h>

#include "image_bytes.h"

#define MOST_BASES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct parts {
	struct ptwalk_base bases[MOST_BASES];
	uint32_t n;
	const uint8_t *file;
	size_t bytes;
};

static uint64_t bytes_of(const struct parts *p, uint32_t i)
{
	return p->bases[i].bytes ? p->bases[i].bytes : p->bytes - p->bases[i].offset;
}

static bool overlap(const struct parts *p, uint32_t i, uint32_t k)
{
	return p->bases[k].pa - p->bases[i].pa < bytes_of(p, i);
}

static bool can_be(const struct parts *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		const struct ptwalk_base *b = &p->bases[i];

		if (b->offset >= p->bytes || b->bytes > p->bytes - b->offset ||
		    b->pa > ~0ULL - bytes_of(p, i))
			return false;
	}
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t k = 0; k < p->n; k++)
			if (i != k && overlap(p, i, k))
				return false;
	return p->bytes > 0;
}

static void require_byte(struct phys *m, const struct parts *p, uint32_t i, uint64_t at)
{
	unsigned char byte;

	require(phys_read(m, p->bases[i].pa + at, &byte, 1) == 0, "a byte of a part is not found");
	require(byte == p->file[p->bases[i].offset + at], "a byte of a part is another one");
}

static bool take(struct parts *p, const uint8_t *data, size_t size)
{
	size_t head;

	*p = (struct parts){ 0 };
	if (!size)
		return false;
	p->n = data[0] % (MOST_BASES + 1);
	head = 1 + p->n * sizeof(p->bases[0]);
	if (size < head)
		return false;
	memcpy(p->bases, data + 1, head - 1);
	p->file = data + head;
	p->bytes = size - head;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parts p;
	struct phys m;
	int ret;

	if (!take(&p, data, size))
		return 0;
	ret = image_bytes_open(&m, raw_phys_open, p.file, p.bytes, p.bases, p.n);
	require((ret == 0) == can_be(&p), "it is refused, and can be; or the other way round");
	require(ret == 0 || ret == (p.bytes ? -EINVAL : -ENODATA),
		"it is refused by another error");
	if (ret < 0)
		return 0;
	for (uint32_t i = 0; i < p.n; i++) {
		require_byte(&m, &p, i, 0);
		require_byte(&m, &p, i, bytes_of(&p, i) - 1);
	}
	phys_close(&m);
	return 0;
}
