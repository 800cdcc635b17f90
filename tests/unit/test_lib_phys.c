// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_phys.c - physical memory in order: ranges that overlap, bytes across them,
 * and which format a file is taken for.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/image.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

static unsigned char bytes[64];

static void check_range(const struct phys_range *r, uint64_t pa, uint64_t n, const void *data)
{
	assert_int_equal(r->pa, pa);
	assert_int_equal(r->bytes, n);
	assert_ptr_equal(r->data, data);
}

static void puts_ranges_in_order(void **state)
{
	struct phys_range r[] = {
		{ 0x5000, 16, bytes + 32 },
		{ 0x1000, 16, bytes },
	};

	(void)state;
	assert_int_equal(phys_order(r, 2), 2);
	check_range(&r[0], 0x1000, 16, bytes);
	check_range(&r[1], 0x5000, 16, bytes + 32);
	assert_int_equal(phys_order(r, 0), 0);
}

static void joins_what_goes_on(void **state)
{
	struct phys_range r[] = {
		{ 0x1010, 16, bytes + 16 },
		{ 0x1000, 16, bytes },
		/* The memory goes on, the file does not. */
		{ 0x1020, 16, bytes + 48 },
		{ 0x1030, 8, NULL },
		{ 0x1038, 8, NULL },
	};

	(void)state;
	assert_int_equal(phys_order(r, 5), 3);
	check_range(&r[0], 0x1000, 32, bytes);
	check_range(&r[1], 0x1020, 16, bytes + 48);
	check_range(&r[2], 0x1030, 16, NULL);
}

static void cuts_what_overlaps(void **state)
{
	struct phys_range r[] = {
		{ 0x1000, 16, bytes },		{ 0x1008, 16, bytes + 32 },
		{ 0x1004, 4, bytes + 60 },	{ 0x1000, 8, bytes + 40 },
		{ UINT64_MAX - 15, 15, bytes },
	};

	(void)state;
	assert_int_equal(phys_order(r, 5), 3);
	check_range(&r[0], 0x1000, 16, bytes);
	check_range(&r[1], 0x1010, 8, bytes + 40);
	check_range(&r[2], UINT64_MAX - 15, 15, bytes);
}

/* Memory of which one part is mapped, and one is read, each byte its address. */
static int read_low_byte(struct phys *m, uint64_t pa, void *buffer, size_t n)
{
	(void)m;
	assert_true(n && (pa & 4095) + n <= 4096);
	for (size_t i = 0; i < n; i++)
		((unsigned char *)buffer)[i] = (unsigned char)(pa + i);
	return pa >= 0x40000 ? -EIO : 0;
}

static const struct phys_ops ops = { .read = read_low_byte };

static void finds_and_reads(void **state)
{
	const struct phys_range ranges[] = {
		{ 0x1fe0, 32, bytes },
		{ 0x2000, 0x3000, NULL },
		{ 0x40000, 4096, NULL },
	};
	struct phys m = { .ops = &ops, .nr_ranges = 3, .ranges = ranges };
	unsigned char got[0x2100];

	(void)state;
	for (unsigned int i = 0; i < 32; i++)
		bytes[i] = (unsigned char)(0xe0 + i);
	assert_null(phys_find(&m, 0x1fdf));
	assert_ptr_equal(phys_find(&m, 0x1fff), &ranges[0]);
	assert_ptr_equal(phys_find(&m, 0x2000), &ranges[1]);
	assert_null(phys_find(&m, 0x5000));
	assert_int_equal(phys_read(&m, 0x1fe1, got, sizeof(got)), 0);
	for (unsigned int i = 0; i < sizeof(got); i++)
		assert_int_equal(got[i], (unsigned char)(0xe1 + i));
	assert_int_equal(phys_read(&m, 0x4fff, got, 2), -ENXIO);
	assert_int_equal(phys_read(&m, 0x40000, got, 1), -EIO);
	assert_int_equal(phys_read(&m, 0x1fdf, got, 1), -ENXIO);
	assert_int_equal(phys_read(&m, UINT64_MAX, got, 2), -ENXIO);
	assert_int_equal(phys_read(&m, UINT64_MAX, got, 0), 0);
}

static struct ptwalk_error err;

/* What is said of a file with these bytes. */
static int open_bytes(const void *content, size_t n, struct ptwalk_image_options *o)
{
	char path[] = "/tmp/ptwalk-phys.XXXXXX";
	const char *paths[] = { path, path };
	int fd = mkstemp(path), ret;
	struct phys m;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, n), n);
	close(fd);
	o->paths = paths;
	if (!o->nr_paths)
		o->nr_paths = 1;
	ret = phys_open(&m, o, &err);
	unlink(path);
	if (ret == 0) {
		ret = (int)m.format;
		assert_int_equal(m.guessed, !o->format && !o->nr_bases);
		phys_close(&m);
	}
	return ret;
}

static void takes_the_rest_for_raw(void **state)
{
	const struct ptwalk_base base = { .pa = 0x100000 };
	struct ptwalk_image_options o = { 0 };

	(void)state;
	assert_int_equal(open_bytes("some bytes", 10, &o), PTWALK_FORMAT_RAW);
	o.format = PTWALK_FORMAT_RAW;
	assert_int_equal(open_bytes("\177ELF", 4, &o), PTWALK_FORMAT_RAW);
	o = (struct ptwalk_image_options){ .nr_bases = 1, .bases = &base };
	assert_int_equal(open_bytes("\177ELF", 4, &o), PTWALK_FORMAT_RAW);
	o = (struct ptwalk_image_options){ 0 };
	assert_int_equal(open_bytes("", 0, &o), -ENODATA);
}

static void knows_formats_by_content(void **state)
{
	struct ptwalk_image_options o = { 0 };

	(void)state;
	assert_int_equal(open_bytes("\177ELF\2\1\1", 7, &o), -ENOEXEC);
	assert_non_null(strstr(err.text, "ELF"));
	assert_true(open_bytes("EMiL\1\0\0\0", 8, &o) < 0);
	assert_true(open_bytes("KDUMP   ", 8, &o) < 0);
	assert_true(open_bytes("makedumpfile\0\0\0\0", 16, &o) < 0);
}

static void refuses_what_does_not_fit(void **state)
{
	const struct ptwalk_base base = { 0 };
	struct ptwalk_image_options o = { .nr_paths = 2 };

	(void)state;
	assert_int_equal(open_bytes("some bytes", 10, &o), -EINVAL);
	o = (struct ptwalk_image_options){ .format = PTWALK_FORMAT_ELF,
					   .nr_bases = 1,
					   .bases = &base };
	assert_int_equal(open_bytes("\177ELF", 4, &o), -EINVAL);
}

static void check_refused(struct ptwalk_image_options *o)
{
	assert_null(ptwalk_image_open(o, &err));
	assert_int_equal(err.code, -EINVAL);
	assert_true(strlen(err.text) > 10);
	assert_null(ptwalk_image_open(o, NULL));
}

static void refuses_options(void **state)
{
	const char *path = "/dev/null";
	struct ptwalk_image_options o = { 0 };

	(void)state;
	check_refused(&o);
	o = (struct ptwalk_image_options){ .paths = &path, .nr_paths = 1, .format = 8 };
	check_refused(&o);
	o = (struct ptwalk_image_options){ .paths = &path, .nr_paths = 1, .flags = 4 };
	check_refused(&o);
	o.flags = PTWALK_IMAGE_ROOT | PTWALK_IMAGE_CR3;
	check_refused(&o);
	o = (struct ptwalk_image_options){ .paths = &path, .nr_paths = 1, .levels = 3 };
	check_refused(&o);
	o = (struct ptwalk_image_options){ .paths = &path, .nr_paths = 1, .reserved = { 1 } };
	check_refused(&o);
	o = (struct ptwalk_image_options){ .socket = ":1", .format = PTWALK_FORMAT_ELF };
	check_refused(&o);
	o = (struct ptwalk_image_options){ .paths = &path,
					   .nr_paths = 1,
					   .format = PTWALK_FORMAT_GDB };
	check_refused(&o);
	o = (struct ptwalk_image_options){ .paths = &path, .nr_paths = 1 };
	check_refused(&o); /* no regular file */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_ranges_in_order),
		cmocka_unit_test(joins_what_goes_on),
		cmocka_unit_test(cuts_what_overlaps),
		cmocka_unit_test(finds_and_reads),
		cmocka_unit_test(takes_the_rest_for_raw),
		cmocka_unit_test(knows_formats_by_content),
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(refuses_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
