// SPDX-License-Identifier: GPL-2.0-only
/*
 * physcheck.c - what holds of physical memory. A read is held against a look-up of
 * every byte of it by itself.
 */
#include <errno.h>
#include <string.h>

#include "physcheck.h"

#define READ_BYTES 24

static const char *range_complaint(const struct phys *m, size_t i)
{
	const struct phys_range *r = &m->ranges[i];

	if (!r->bytes)
		return "a range is empty";
	if (r->pa + r->bytes < r->pa)
		return "a range wraps round";
	if (i && r->pa < r[-1].pa + r[-1].bytes)
		return "ranges overlap or are not in order";
	if (!r->data && !m->ops->read)
		return "a range is neither mapped nor can be read";
	if (phys_find(m, r->pa) != r || phys_find(m, r->pa + r->bytes - 1) != r)
		return "a range is not found at its ends";
	if (phys_find(m, r->pa - 1) == r || phys_find(m, r->pa + r->bytes) == r)
		return "a range is found where it is not";
	return NULL;
}

/* The byte at @pa, by a look at all ranges; -1 for none. */
static int byte_at(const struct phys *m, uint64_t pa)
{
	for (size_t i = 0; i < m->nr_ranges; i++)
		if (pa - m->ranges[i].pa < m->ranges[i].bytes)
			return m->ranges[i].data[pa - m->ranges[i].pa];
	return -1;
}

static const char *read_complaint(struct phys *m, uint64_t pa)
{
	unsigned char got[READ_BYTES];
	int ret = phys_read(m, pa, got, sizeof(got));

	for (unsigned int i = 0; i < sizeof(got); i++) {
		int expected = pa + i < pa ? -1 : byte_at(m, pa + i);

		if (expected < 0)
			return ret == -ENXIO ? NULL : "a read of what is not there does not fail";
		if (ret == 0 && got[i] != expected)
			return "a read gives other bytes than those that are mapped";
	}
	return ret == 0 ? NULL : "a read of what is there fails";
}

/* Reads about the ends of a range, for the first and last ones. */
static const char *edge_complaint(struct phys *m, size_t i)
{
	static const int64_t about[] = { -READ_BYTES, -READ_BYTES + 1, -1, 0, 1 };
	const struct phys_range *r = &m->ranges[i];
	const char *complaint = NULL;

	if (!r->data || (i >= 8 && i + 8 < m->nr_ranges))
		return NULL;
	for (unsigned int k = 0; !complaint && k < sizeof(about) / sizeof(about[0]); k++) {
		complaint = read_complaint(m, r->pa + about[k]);
		if (!complaint)
			complaint = read_complaint(m, r->pa + r->bytes + about[k]);
	}
	return complaint;
}

const char *phys_complaint(struct phys *m)
{
	const char *complaint = NULL;

	if (!m->ops || !m->ops->close)
		return "there is nothing to close it";
	if (!m->detail[0] || !memchr(m->detail, 0, sizeof(m->detail)))
		return "it is not said what it is";
	if (!m->vmcoreinfo != !m->vmcoreinfo_bytes || !m->cpus != !m->nr_cpus)
		return "notes without a length, or lengths without notes";
	for (size_t i = 0; !complaint && i < m->nr_ranges; i++)
		complaint = range_complaint(m, i);
	for (size_t i = 0; !complaint && i < m->nr_ranges; i++)
		complaint = edge_complaint(m, i);
	return complaint ? complaint : read_complaint(m, ~0ULL - 3);
}

const char *refusal_complaint(int code, const struct ptwalk_error *err, const char *name)
{
	size_t length = strnlen(err->text, sizeof(err->text));

	if (code >= 0 || err->code != code)
		return "the error's number is not what was returned";
	if (!length || length == sizeof(err->text))
		return "there is no sentence";
	if (strchr(err->text, '\n') || err->text[length - 1] == '.')
		return "the sentence has a line end or a full stop";
	return strstr(err->text, name) ? NULL : "the sentence does not name the file";
}
