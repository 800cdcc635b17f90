// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_phys_lime.c - LiME dumps as physical memory, whole and broken.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "physcheck.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#include "dumpfile.h"

#define WHOLE ((size_t)-1)
#define HEADER 32

static int open_dump(struct phys *m, struct dumpfile *d, size_t limit, struct ptwalk_error *err)
{
	const char *path = dumpfile_write(d, limit);
	struct ptwalk_image_options o = { .paths = &path, .nr_paths = 1 };

	*err = (struct ptwalk_error){ 0 };
	return lime_phys_open(m, &o, err);
}

static struct phys opened(struct dumpfile *d)
{
	struct ptwalk_error err;
	struct phys m;

	assert_int_equal(open_dump(&m, d, WHOLE, &err), 0);
	assert_null(phys_complaint(&m));
	return m;
}

static void expect_refused(struct dumpfile *d, int code, const char *says)
{
	struct ptwalk_error err;
	struct phys m;

	assert_int_equal(open_dump(&m, d, WHOLE, &err), code);
	assert_null(refusal_complaint(code, &err, d->path));
	assert_non_null(strstr(err.text, says));
}

static unsigned char byte_of(struct phys *m, uint64_t pa)
{
	unsigned char byte;

	assert_int_equal(phys_read(m, pa, &byte, 1), 0);
	return byte;
}

static struct dumpfile *two_ranges(void)
{
	struct dumpfile *d = dumpfile_create();

	dumpfile_lime(d, 0x1000, 0x2000);
	dumpfile_lime(d, 0x100000, 0x1000);
	return d;
}

static void a_whole_one(void **state)
{
	struct dumpfile *d = two_ranges();
	struct phys m = opened(d);

	(void)state;
	assert_int_equal(m.ops->format, PTWALK_FORMAT_LIME);
	assert_int_equal(m.nr_ranges, 2);
	assert_int_equal(m.ranges[0].pa, 0x1000);
	assert_int_equal(m.ranges[0].bytes, 0x2000);
	assert_int_equal(m.ranges[1].pa, 0x100000);
	assert_int_equal(m.ranges[1].bytes, 0x1000);
	assert_int_equal(m.missing_bytes, 0);
	assert_int_equal(byte_of(&m, 0x1234), dumpfile_byte(HEADER + 0x234));
	assert_int_equal(byte_of(&m, 0x100001), dumpfile_byte(2 * HEADER + 0x2001));
	assert_string_equal(m.detail, "a LiME dump of 2 ranges");
	phys_close(&m);
	dumpfile_free(d);
}

/* Not in order, over each other, and of odd sizes. */
static void ranges_of_all_kinds(void **state)
{
	struct dumpfile *d = dumpfile_create();
	struct phys m;

	(void)state;
	dumpfile_lime(d, 0x9000, 0x1000);
	dumpfile_lime(d, 0x1000, 0x7ff);
	dumpfile_lime(d, 0x8800, 0x1000);
	dumpfile_lime(d, 0, 1);
	m = opened(d);
	assert_int_equal(m.nr_ranges, 4);
	assert_int_equal(m.ranges[0].bytes, 1);
	assert_int_equal(m.ranges[1].bytes, 0x7ff);
	assert_int_equal(m.ranges[2].pa, 0x8800);
	assert_int_equal(m.ranges[3].pa + m.ranges[3].bytes, 0xa000);
	phys_close(&m);
	dumpfile_free(d);
}

static uint64_t bytes_of(const struct phys *m)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < m->nr_ranges; i++)
		bytes += m->ranges[i].bytes;
	return bytes;
}

/*
 * Cut off anywhere: what its last header promises is missing. Behind a range that is
 * whole nobody can tell, and of a header's begin only that there was something.
 */
static void cut_short(void **state)
{
	const size_t second = HEADER + 0x2000;
	struct dumpfile *d = two_ranges();
	struct ptwalk_error err;
	struct phys m;

	(void)state;
	for (size_t limit = 0; limit < d->bytes; limit++) {
		int ret = open_dump(&m, d, limit, &err);
		uint64_t missing = 0;

		if (limit < HEADER) {
			assert_int_equal(ret, limit == 0 ? -ENODATA :
					      limit < 4	 ? -ENOEXEC :
							   -EBADMSG);
			assert_null(refusal_complaint(ret, &err, d->path));
			continue;
		}
		assert_int_equal(ret, 0);
		assert_null(phys_complaint(&m));
		if (limit < second)
			missing = second - limit;
		else if (limit > second && limit < second + 24)
			missing = second + HEADER - limit;
		else if (limit > second)
			missing = limit < second + HEADER ? 0x1000 : d->bytes - limit;
		assert_int_equal(m.missing_bytes, missing);
		if (limit <= second)
			assert_int_equal(bytes_of(&m), limit - HEADER);
		phys_close(&m);
	}
	dumpfile_free(d);
}

/* The second header, with a number of it spoiled. */
static void expect_second_refused(size_t at, uint64_t value, size_t bytes, int code,
				  const char *says)
{
	struct dumpfile *d = two_ranges();

	memcpy(d->data + HEADER + 0x2000 + at, &value, bytes);
	expect_refused(d, code, says);
	dumpfile_free(d);
}

static void broken_headers(void **state)
{
	struct dumpfile *d = two_ranges();

	(void)state;
	expect_second_refused(0, 0, 4, -EBADMSG, "no LiME header at offset 8224");
	expect_second_refused(4, 2, 4, -EOPNOTSUPP, "version 2");
	expect_second_refused(8, 0x101000, 8, -EBADMSG, "from 101000 to 100fff");
	expect_second_refused(16, ~0ULL, 8, -EBADMSG, "ffffffffffffffff");
	expect_second_refused(16, 0, 8, -EBADMSG, "from 100000 to 0");
	/* What follows the last range must be a header too. */
	dumpfile_fill(d, d->bytes, 5);
	expect_refused(d, -EBADMSG, "no LiME header");
	dumpfile_free(d);
}

/* A range of which the file can have but the begin. */
static void a_range_beyond_the_file(void **state)
{
	struct dumpfile *d = two_ranges();
	const uint64_t last = ~0ULL - 1;
	struct phys m;

	(void)state;
	memcpy(d->data + HEADER + 0x2000 + 16, &last, sizeof(last));
	m = opened(d);
	assert_int_equal(m.nr_ranges, 2);
	assert_int_equal(m.ranges[1].bytes, 0x1000);
	assert_int_equal(m.missing_bytes, last - 0x100000 + 1 - 0x1000);
	phys_close(&m);
	dumpfile_free(d);
}

static void other_formats(void **state)
{
	struct dumpfile *d = two_ranges();

	(void)state;
	memcpy(d->data, "AVML\2\0\0\0", 8);
	expect_refused(d, -EOPNOTSUPP, "AVML");
	memcpy(d->data, "LiME", 4);
	expect_refused(d, -ENOEXEC, "no LiME dump");
	dumpfile_free(d);
}

#define MANY ((1 << 20) + 1)

/* More ranges than any dump has cost no more memory than is said. */
static void too_many_ranges(void **state)
{
	struct dumpfile *d = dumpfile_create(), *piece = dumpfile_create();
	struct phys m;

	(void)state;
	dumpfile_lime(piece, 0x1000, 1);
	dumpfile_put(d, piece->bytes * MANY - 1, "", 1);
	for (size_t i = 0; i < MANY; i++)
		memcpy(d->data + i * piece->bytes, piece->data, piece->bytes);
	expect_refused(d, -EBADMSG, "more than 1048576 ranges");
	d->bytes -= piece->bytes;
	m = opened(d);
	assert_int_equal(m.nr_ranges, 1);
	phys_close(&m);
	dumpfile_free(piece);
	dumpfile_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_one),
		cmocka_unit_test(ranges_of_all_kinds),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(broken_headers),
		cmocka_unit_test(a_range_beyond_the_file),
		cmocka_unit_test(other_formats),
		cmocka_unit_test(too_many_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
