// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_phys_raw.c - a file of bytes as physical memory, as a whole and in parts.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "physcheck.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#include "dumpfile.h"

#define FILE_BYTES 0x5001

static int open_parts(struct phys *m, struct dumpfile *d, const struct ptwalk_base *bases,
		      uint32_t n, struct ptwalk_error *err)
{
	const char *path = dumpfile_write(d, (size_t)-1);
	struct ptwalk_image_options o = {
		.paths = &path, .nr_paths = 1, .bases = bases, .nr_bases = n
	};

	*err = (struct ptwalk_error){ 0 };
	return raw_phys_open(m, &o, err);
}

static struct dumpfile *a_file(void)
{
	struct dumpfile *d = dumpfile_create();

	dumpfile_fill(d, 0, FILE_BYTES);
	return d;
}

static unsigned char byte_of(struct phys *m, uint64_t pa)
{
	unsigned char byte;

	assert_int_equal(phys_read(m, pa, &byte, 1), 0);
	return byte;
}

static void all_of_it(void **state)
{
	struct dumpfile *d = a_file();
	struct ptwalk_error err;
	struct phys m;

	(void)state;
	assert_int_equal(open_parts(&m, d, NULL, 0, &err), 0);
	assert_null(phys_complaint(&m));
	assert_int_equal(m.ops->format, PTWALK_FORMAT_RAW);
	assert_int_equal(m.nr_ranges, 1);
	assert_int_equal(m.ranges[0].pa, 0);
	assert_int_equal(m.ranges[0].bytes, FILE_BYTES);
	assert_int_equal(byte_of(&m, 0x5000), dumpfile_byte(0x5000));
	assert_int_equal(m.missing_bytes, 0);
	assert_string_equal(m.detail, "raw memory, at 0");
	phys_close(&m);
	dumpfile_free(d);
}

static void in_parts(void **state)
{
	static const struct ptwalk_base bases[] = {
		{ .offset = 0x3000, .pa = 0x100000000, .bytes = 0 },
		{ .offset = 0, .pa = 0x1000, .bytes = 0x2fff },
		{ .offset = 0x1000, .pa = 0x3fff, .bytes = 1 },
	};
	struct dumpfile *d = a_file();
	struct ptwalk_error err;
	struct phys m;

	(void)state;
	assert_int_equal(open_parts(&m, d, bases, 3, &err), 0);
	assert_null(phys_complaint(&m));
	assert_int_equal(m.nr_ranges, 3);
	assert_int_equal(byte_of(&m, 0x1234), dumpfile_byte(0x234));
	assert_int_equal(byte_of(&m, 0x3ffe), dumpfile_byte(0x2ffe));
	assert_int_equal(byte_of(&m, 0x3fff), dumpfile_byte(0x1000));
	assert_int_equal(byte_of(&m, 0x100002000), dumpfile_byte(0x5000));
	assert_int_equal(m.ranges[2].bytes, 0x2001);
	assert_string_equal(m.detail, "raw memory, in 3 parts");
	phys_close(&m);
	dumpfile_free(d);
}

/* A part by itself; and the last one of the address space, but for its last byte. */
static void one_part(void **state)
{
	static const struct ptwalk_base base = { .offset = 0x5000, .pa = ~0ULL - 1, .bytes = 1 };
	struct dumpfile *d = a_file();
	struct ptwalk_error err;
	struct phys m;

	(void)state;
	assert_int_equal(open_parts(&m, d, &base, 1, &err), 0);
	assert_null(phys_complaint(&m));
	assert_int_equal(byte_of(&m, ~0ULL - 1), dumpfile_byte(0x5000));
	assert_string_equal(m.detail, "raw memory, at fffffffffffffffe");
	phys_close(&m);
	dumpfile_free(d);
}

static void refusals(void **state)
{
	static const struct {
		struct ptwalk_base bases[2];
		const char *says;
	} cases[] = {
		{ { { FILE_BYTES, 0, 0 } }, "nothing of it is at 5001" },
		{ { { ~0ULL, 0, 1 } }, "nothing of it is at ffffffffffffffff" },
		{ { { 0x5000, 0, 2 } }, "has 1 bytes from offset 5000 on, not 2" },
		{ { { 0x1000, 0, ~0ULL } }, "not ffffffffffffffff" },
		{ { { 0, ~0ULL - 0x800, 0x1000 } }, "beyond 2^64" },
		{ { { 0, -0x1000ULL, 0x1000 } }, "beyond 2^64" },
		{ { { 0, 0x1000, 0x1001 }, { 0, 0x2000, 1 } }, "would lie at 2000" },
		{ { { 0, 0x2000, 1 }, { 0, 0x1000, 0x3000 } }, "would lie at 2000" },
		{ { { 0, 0x2000, 1 }, { 1, 0x2000, 1 } }, "would lie at 2000" },
	};
	struct dumpfile *d = a_file();
	struct ptwalk_error err;
	struct phys m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t n = i < 6 ? 1 : 2;

		assert_int_equal(open_parts(&m, d, cases[i].bases, n, &err), -EINVAL);
		assert_null(refusal_complaint(-EINVAL, &err, d->path));
		assert_non_null(strstr(err.text, cases[i].says));
	}
	dumpfile_free(d);
}

static void nothing_to_map(void **state)
{
	struct dumpfile *d = dumpfile_create();
	const char *path = "/tmp";
	struct ptwalk_image_options o = { .paths = &path, .nr_paths = 1 };
	struct ptwalk_error err;
	struct phys m;

	(void)state;
	assert_int_equal(open_parts(&m, d, NULL, 0, &err), -ENODATA);
	assert_null(refusal_complaint(-ENODATA, &err, d->path));
	assert_int_equal(raw_phys_open(&m, &o, &err), -EINVAL);
	assert_null(refusal_complaint(-EINVAL, &err, path));
	dumpfile_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it),	  cmocka_unit_test(in_parts),
		cmocka_unit_test(one_part),	  cmocka_unit_test(refusals),
		cmocka_unit_test(nothing_to_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
