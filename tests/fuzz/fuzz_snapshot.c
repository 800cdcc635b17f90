// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_snapshot.c - arbitrary bytes as a snapshot.
 *
 * They are what stands between the version and the checksum, which are made right here, so
 * that what lies behind them is reached. Whatever the bytes are: they are refused by a
 * sentence, or each of the spaces tells every address of the 2^64 once, a walk and a scan
 * say the same of it, and what is encoded again is decoded alike.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/snapshot_file.h"

#define FRONT (SNAPSHOT_MAGIC_BYTES + 4)
#define BATCH 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* As long as the file to the byte, so that AddressSanitizer sees a look beyond it. */
static unsigned char *make_file(const uint8_t *data, size_t size)
{
	unsigned char *file = malloc(FRONT + size + SNAPSHOT_CHECKSUM_BYTES);
	struct crc64 crc;

	require(file, "there is no memory for the input");
	memcpy(file, SNAPSHOT_MAGIC, SNAPSHOT_MAGIC_BYTES);
	put_fixed(file + SNAPSHOT_MAGIC_BYTES, SNAPSHOT_VERSION, 4);
	if (size)
		memcpy(file + FRONT, data, size);
	crc64_init(&crc);
	crc64_add(&crc, file, FRONT + size);
	put_fixed(file + FRONT + size, crc64_sum(&crc), SNAPSHOT_CHECKSUM_BYTES);
	return file;
}

/* A walk to the range's first and last address. */
static void check_walk(struct ptwalk *p, const struct ptwalk_range *r)
{
	const uint64_t va[] = { r->start, r->end - 1 };
	struct ptwalk_walk w[2];

	require(ptwalk_walk(p, va, 2, w, NULL) == 0, "a walk fails");
	for (unsigned int i = 0; i < 2; i++)
		require(w[i].end == r->what && w[i].nr_steps == 0, "a walk ends otherwise");
	if (r->what != PTWALK_LEAF)
		return;
	require(w[0].pa == r->pa && w[0].rights == r->rights && w[0].page_bytes == r->page_bytes,
		"a walk has another page");
	require((r->flags & PTWALK_REPEATS) || w[1].pa - w[0].pa == va[1] - va[0],
		"the frames of a range do not follow each other");
}

/* What comes back is what was written, whatever was before it. */
static void check_code(struct range_code *to, struct range_code *from, const struct ptwalk_range *r)
{
	unsigned char bytes[SNAPSHOT_MAX_RANGE];
	size_t n = range_encode(to, r, bytes);
	struct bytes_in in = { .at = bytes, .end = bytes + n };
	struct ptwalk_range again;

	require(n && n <= sizeof(bytes), "a range cannot be written");
	require(range_decode(from, &in, &again) == 1 && in.at == in.end, "it cannot be read");
	require(memcmp(&again, r, sizeof(again)) == 0, "it comes back as another");
}

static void check_space(struct ptwalk *p)
{
	struct cursor c = { .holes = true };
	struct ptwalk_range ranges[BATCH];
	static struct range_code to, from;
	uint64_t at = 0;

	range_code_init(&to, p->has_tables, p->pid ? 0 : 1ULL << 63);
	range_code_init(&from, p->has_tables, p->pid ? 0 : 1ULL << 63);
	while (!c.over) {
		int n = p->ops->scan(p, &c, ranges, BATCH, NULL);

		require(n >= 0, "a scan fails");
		for (int i = 0; i < n; i++) {
			require(ranges[i].start == at && ranges[i].start != ranges[i].end,
				"a scan loses addresses");
			at = ranges[i].end;
			check_walk(p, &ranges[i]);
			if (ranges[i].what == PTWALK_LEAF)
				check_code(&to, &from, &ranges[i]);
		}
	}
	require(at == 0, "a scan ends too early");
}

static void check_spaces(struct snapshot *s, struct ptwalk_image *im)
{
	struct ptwalk_process process;

	im->snapshot = s;
	for (size_t i = 0; snapshot_process(s, i, &process) == 0; i++) {
		struct ptwalk p = { .pid = process.pid };
		struct ptwalk_error err;

		/* Its format may not go with the machine's encryption. */
		if (snapshot_space_open(&p, im, &err) < 0)
			continue;
		check_space(&p);
		p.ops->close(&p);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ptwalk_image im;
	struct snapshot s = { .file = { .bytes = FRONT + size + SNAPSHOT_CHECKSUM_BYTES } };
	struct ptwalk_error err = { 0 };
	int ret;

	s.file.data = make_file(data, size);
	ret = snapshot_parse(&s, &im.kernel, "the-input", &err);
	require(ret == 0 || (ret == err.code && strstr(err.text, "the-input")),
		"what is refused is not said");
	if (ret == 0)
		check_spaces(&s, &im);
	free(s.spaces);
	free((void *)s.file.data);
	return 0;
}
