// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_snapshot_broken.c - snapshots that are broken, by chance or by who knows the
 * format: none is believed.
 */
#include "saved.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/snapshot_code.h"

/* Opens it, which must fail; what it says. */
static int refused(struct ptwalk_error *err)
{
	struct ptwalk_image *image = load(err);

	assert_null(image);
	assert_true(err->code < 0);
	assert_non_null(strstr(err->text, path));
	return err->code;
}

static void every_byte_counts(void **state)
{
	struct bytes b = some_file();
	struct ptwalk_error err;

	(void)state;
	for (size_t i = SNAPSHOT_MAGIC_BYTES; i < b.n; i++) {
		b.data[i] ^= 1 << i % 8;
		write_file(&b, b.n);
		assert_int_equal(refused(&err), -EBADMSG);
		b.data[i] ^= 1 << i % 8;
	}
	free(b.data);
}

static void cut_short_at_every_byte(void **state)
{
	struct bytes b = some_file();
	struct ptwalk_error err;

	(void)state;
	for (size_t i = SNAPSHOT_MAGIC_BYTES; i < b.n; i++) {
		write_file(&b, i);
		assert_int_equal(refused(&err), -EBADMSG);
	}
	/* And with something behind its end. */
	b.data[b.n] = 0;
	write_file(&b, b.n + 1);
	assert_int_equal(refused(&err), -EBADMSG);
	free(b.data);
}

/* As above, by who knows the checksum. */
static void cut_short_with_a_right_checksum(void **state)
{
	struct bytes b = some_file(), part;
	struct ptwalk_error err;

	(void)state;
	for (part.n = HEAD_BYTES; part.n < b.n; part.n++) {
		part.data = malloc(part.n);
		memcpy(part.data, b.data, part.n);
		make_checksum_right(&part);
		write_file(&part, part.n);
		assert_int_equal(refused(&err), -EBADMSG);
		free(part.data);
	}
	free(b.data);
}

/* Any byte may be anything: it is refused, or answers, and never worse. */
static void changed_bytes_with_a_right_checksum(void **state)
{
	struct bytes b = some_file();
	struct ptwalk_error err;

	(void)state;
	for (size_t i = SNAPSHOT_MAGIC_BYTES; i < b.n - 8; i++) {
		unsigned char was = b.data[i];
		struct ptwalk_image *image;

		for (unsigned int k = 0; k < 8; k++) {
			b.data[i] = was ^ (1 << k);
			make_checksum_right(&b);
			write_file(&b, b.n);
			image = load(&err);
			if (!image)
				assert_true(err.code == -EBADMSG || err.code == -EPROTO);
			ptwalk_image_close(image);
		}
		b.data[i] = was;
	}
	free(b.data);
}

static void something_behind_the_last_space(void **state)
{
	struct bytes b = some_file();
	struct ptwalk_error err;

	(void)state;
	b.n++;
	b.data[b.n - 9] = 0;
	make_checksum_right(&b);
	write_file(&b, b.n);
	assert_int_equal(refused(&err), -EBADMSG);
	free(b.data);
}

/* The head of the space @pid is changed to be of @other. */
static void rename_space(struct bytes *b, unsigned char pid, unsigned char other)
{
	const unsigned char head[] = { pid, 0, 0, 0, 4, 1 };
	unsigned char *at = memmem(b->data, b->n, head, sizeof(head));

	assert_non_null(at);
	*at = other;
	make_checksum_right(b);
	write_file(b, b->n);
}

static void spaces_that_are_not_in_order(void **state)
{
	static struct ptwalk_range ranges[2][16];
	struct space one, two;
	struct ptwalk *all[] = { &one.p, &two.p };
	struct ptwalk_error err;
	struct bytes b;

	(void)state;
	made_space(&one, ranges[0], process_ranges(ranges[0]), 7, true);
	made_space(&two, ranges[1], process_ranges(ranges[1]), 9, true);
	assert_int_equal(ptwalk_snapshot_write(path, all, NULL, 2, NULL), 0);
	b = read_file();
	rename_space(&b, 9, 7);
	assert_int_equal(refused(&err), -EBADMSG);
	free(b.data);
	assert_int_equal(ptwalk_snapshot_write(path, all, NULL, 2, NULL), 0);
	b = read_file();
	rename_space(&b, 9, 5);
	assert_int_equal(refused(&err), -EBADMSG);
	free(b.data);
}

static void another_version(void **state)
{
	struct bytes b = some_file();
	struct ptwalk_error err;

	(void)state;
	b.data[8] = 2;
	make_checksum_right(&b);
	write_file(&b, b.n);
	assert_int_equal(refused(&err), -EPROTO);
	assert_non_null(strstr(err.text, "version 2"));
	free(b.data);
}

/* A file of one space with these ranges, whatever they are. */
static void write_ranges(const struct ptwalk_range *r, size_t n)
{
	struct bytes b = some_file();
	unsigned char *to = b.data + HEAD_BYTES + 2 * 20;
	struct range_code *code = malloc(sizeof(*code));

	put_fixed(b.data + 12, 1, 4);
	to = put_fixed(to, 0, 4);
	to = put_fixed(to, 4, 1);
	to = put_fixed(to, SNAPSHOT_HAS_ENTRIES, 1);
	to = put_fixed(put_fixed(to, 0, 8), 0, 1);
	range_code_init(code, true, 1ULL << 63);
	for (size_t i = 0; i < n; i++)
		to += range_encode(code, &r[i], to);
	to += range_encode_end(to);
	b.n = to + 8 - b.data;
	make_checksum_right(&b);
	write_file(&b, b.n);
	free(code);
	free(b.data);
}

static void ranges_that_make_no_sense(void **state)
{
	struct ptwalk_range good = leaf(KERNEL, 0x10000, 4, 3, NX, R);
	struct ptwalk_range bad[17][2];
	struct ptwalk_image *image;
	struct ptwalk_error err;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 17; i++) {
		bad[i][0] = good;
		bad[i][1] = leaf(KERNEL + 4 * PAGE, 0x20000, 4, 3, NX, R);
	}
	bad[n++][1].start -= PAGE; /* overlaps */
	bad[n][1].end = bad[n][1].start; /* empty */
	n++;
	bad[n][1].start = 0x1000; /* the other half */
	bad[n++][1].end = 0x2000;
	bad[n++][0].start = 0xffff000000000000ULL; /* not canonical */
	bad[n++][1].pa = 1ULL << 52;
	bad[n++][1].pa = (1ULL << 52) - PAGE;
	bad[n++][1].page_bytes = HUGE_PAGE; /* at the last level */
	bad[n++][1].level = 2;
	bad[n++][1].level = 4; /* there are four */
	bad[n++][1].level = PTWALK_NO_LEVEL;
	bad[n++][1].page_bytes = 0;
	bad[n++][1].rights = 16;
	bad[n++][1].flags = 1 << 20;
	bad[n++][1].what = PTWALK_NONE;
	bad[n++][1].what = PTWALK_SOFTWARE; /* with rights and a frame */
	bad[n][1].level = 2; /* begins within a page */
	bad[n++][1].page_bytes = HUGE_PAGE;
	bad[n++][0] = leaf(-4 * PAGE, 0x10000, 4, 3, NX, R); /* up to 2^64, and then more */
	assert_int_equal(n, 17);
	write_ranges(&good, 1);
	image = load(&err);
	assert_non_null(image);
	ptwalk_image_close(image);
	for (size_t i = 0; i < n; i++) {
		write_ranges(bad[i], 2);
		assert_int_equal(refused(&err), -EBADMSG);
	}
}

static void heads_that_make_no_sense(void **state)
{
	static const struct {
		size_t at;
		uint64_t value;
		unsigned int bytes;
	} changes[] = {
		{ 12, 0, 4 },	 { 12, 3, 4 },		 { 12, ~0ULL, 4 }, { 16, 1 << 7, 4 },
		{ 20, 3, 4 },	 { 24, 53, 4 },		 { 28, 2, 4 },	   { 32, 2, 4 },
		{ 36, 33, 4 },	 { 40, 1, 8 },		 { 80, ~0ULL, 8 }, { 168, 1ULL << 60, 8 },
		{ 176, 0, 8 },	 { 208, 0x80000000, 4 }, { 212, 6, 1 },	   { 213, 8, 1 },
		{ 222, 255, 1 },
	};
	struct ptwalk_error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct bytes b = some_file();

		put_fixed(b.data + changes[i].at, changes[i].value, changes[i].bytes);
		/* Its format's name has 16 bytes. */
		if (changes[i].at == 80)
			put_fixed(b.data + 88, ~0ULL, 8);
		make_checksum_right(&b);
		write_file(&b, b.n);
		assert_int_equal(refused(&err), -EBADMSG);
		free(b.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(cut_short_at_every_byte),
		cmocka_unit_test(cut_short_with_a_right_checksum),
		cmocka_unit_test(changed_bytes_with_a_right_checksum),
		cmocka_unit_test(something_behind_the_last_space),
		cmocka_unit_test(spaces_that_are_not_in_order),
		cmocka_unit_test(another_version),
		cmocka_unit_test(ranges_that_make_no_sense),
		cmocka_unit_test(heads_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, saved_begin, saved_end);
}
