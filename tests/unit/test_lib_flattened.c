// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_flattened.c - flattened dumps: put in order, cut short, and broken.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/flattened.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#define HEADER 4096

struct made {
	unsigned char bytes[16384];
	size_t n;
	char path[32];
};

static void number(struct made *m, size_t at, uint64_t value)
{
	value = htobe64(value);
	memcpy(m->bytes + at, &value, sizeof(value));
}

static void add(struct made *m, uint64_t offset, uint64_t told, const char *bytes)
{
	number(m, m->n, offset);
	number(m, m->n + 8, told);
	memcpy(m->bytes + m->n + 16, bytes, strlen(bytes));
	m->n += 16 + strlen(bytes);
}

static void begin(struct made *m)
{
	int fd;

	memset(m, 0, sizeof(*m));
	memcpy(m->bytes, "makedumpfile", 12);
	number(m, 16, 1);
	number(m, 24, 1);
	m->n = HEADER;
	strcpy(m->path, "/tmp/flattened.XXXXXX");
	fd = mkstemp(m->path);
	assert_true(fd >= 0);
	close(fd);
}

/* Writes its first @n bytes and unpacks them. */
static int unpack(const struct made *m, size_t n, int *fd, struct ptwalk_error *err)
{
	int out = open(m->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int ret;

	assert_int_equal(write(out, m->bytes, n), n);
	close(out);
	ret = flattened_unpack(m->path, fd, err);
	unlink(m->path);
	return ret;
}

static void expect_contents(int fd, const char *contents, size_t n)
{
	char buffer[256];
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, n);
	assert_int_equal(pread(fd, buffer, n, 0), n);
	assert_memory_equal(buffer, contents, n);
	assert_int_equal(pwrite(fd, "x", 1, 0), -1); /* it is sealed */
	assert_int_equal(errno, EPERM);
	close(fd);
}

static void put_in_order(void **state)
{
	struct ptwalk_error err;
	struct made m;
	int fd;

	(void)state;
	begin(&m);
	add(&m, 8, 4, "tail");
	add(&m, 0, 4, "head");
	add(&m, 2, 3, "XYZ"); /* the later one wins */
	add(&m, ~0ULL, ~0ULL, "");
	add(&m, 20, 6, "behind");
	assert_int_equal(unpack(&m, m.n, &fd, &err), 0);
	expect_contents(fd, "heXYZ\0\0\0tail", 12);
}

static void cut_off(void **state)
{
	struct ptwalk_error err;
	struct made m;
	int fd;

	(void)state;
	begin(&m);
	add(&m, 0, 4, "head");
	add(&m, 4, 8, "eight...");
	assert_int_equal(unpack(&m, m.n, &fd, &err), 0); /* without an end mark */
	expect_contents(fd, "headeight...", 12);
	begin(&m);
	add(&m, 0, 4, "head");
	add(&m, 4, 8, "eig");
	assert_int_equal(unpack(&m, m.n, &fd, &err), 0); /* within a record */
	expect_contents(fd, "headeig", 7);
	begin(&m);
	add(&m, 0, 4, "head");
	add(&m, 4, 8, "eight...");
	assert_int_equal(unpack(&m, m.n - 10, &fd, &err), 0); /* within its numbers */
	expect_contents(fd, "head", 4);
}

static void expect_refused(const struct made *m, size_t n, int code)
{
	struct ptwalk_error err = { 0 };
	int fd;

	assert_int_equal(unpack(m, n, &fd, &err), code);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, m->path));
}

static void refused(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	add(&m, 0, 4, "head");
	expect_refused(&m, 15, -ENOEXEC);
	expect_refused(&m, 100, -EBADMSG);
	expect_refused(&m, HEADER, -EBADMSG); /* no records */
	expect_refused(&m, 0, -ENODATA);
	m.bytes[0] = 'M';
	expect_refused(&m, m.n, -ENOEXEC);
	m.bytes[0] = 'm';
	number(&m, 16, 2);
	expect_refused(&m, m.n, -EBADMSG);
	number(&m, 16, 1);
	number(&m, 24, 2);
	expect_refused(&m, m.n, -EBADMSG);
}

/* A record that reaches beyond the bound, or wraps round, asks for no memory. */
static void too_far(void **state)
{
	static const uint64_t places[][2] = {
		{ 1ULL << 40, 4 },
		{ 0, 1ULL << 40 },
		{ ~0ULL, 4 },
		{ 4, ~0ULL },
		{ 1ULL << 63, 1ULL << 63 },
		{ ~0ULL - 3, 4 },
		{ FLATTENED_MAX_SLACK * 2, 4 },
	};
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		begin(&m);
		add(&m, 0, 4, "good");
		add(&m, places[i][0], places[i][1], "far!");
		expect_refused(&m, m.n, -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_in_order),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(refused),
		cmocka_unit_test(too_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
