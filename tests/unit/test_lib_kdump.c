// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_kdump.c - kdump-compressed dumps: each compression, split, filtered, cut
 * off, and broken. Skipped where libkdumpfile is not installed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/phys.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#include "kdump_pages.h"

#define PAGE 4096

/* zstd: a page of E. */
static const char page_of_e[] = "\x28\xb5\x2f\xfd\x00\x58\x4d\x00\x00"
				"\x10\x45\x45\x01\x00\xfb\xf7\x01\x16";

#define PAGES 40
#define BITMAPS (2 * PAGE)
#define DESCRIPTORS (4 * PAGE)
#define DATA (5 * PAGE)

/* As in lib/kdump_file.c, by offset. */
#define AT_VERSION 8
#define AT_MACHINE (12 + 4 * 65)
#define AT_BLOCK_SIZE 428
#define AT_SUB_BLOCKS 432
#define AT_BITMAP_BLOCKS 436
#define AT_MAX_PFN 440
#define AT_SPLIT (PAGE + 12)
#define AT_START (PAGE + 16)
#define AT_END (PAGE + 24)
#define AT_VMCOREINFO (PAGE + 32)
#define AT_NOTES (PAGE + 48)
#define AT_START_64 (PAGE + 80)
#define AT_END_64 (PAGE + 88)
#define AT_MAX_PFN_64 (PAGE + 96)

struct made {
	unsigned char bytes[64 * PAGE];
	size_t n;
	unsigned int pages;
	char path[32];
};

static void put32(struct made *m, size_t at, uint32_t value)
{
	memcpy(m->bytes + at, &value, sizeof(value));
}

static void put64(struct made *m, size_t at, uint64_t value)
{
	memcpy(m->bytes + at, &value, sizeof(value));
}

/* Headers of version 6 over PAGES pages, none of which is there. */
static void begin(struct made *m)
{
	int fd;

	memset(m, 0, sizeof(*m));
	memcpy(m->bytes, "KDUMP   ", 8);
	put32(m, AT_VERSION, 6);
	memcpy(m->bytes + AT_MACHINE, "x86_64", 6);
	put32(m, AT_BLOCK_SIZE, PAGE);
	put32(m, AT_SUB_BLOCKS, 1);
	put32(m, AT_BITMAP_BLOCKS, 2);
	put32(m, AT_MAX_PFN, PAGES);
	put64(m, AT_MAX_PFN_64, PAGES);
	m->n = DATA;
	strcpy(m->path, "/tmp/kdumpfile.XXXXXX");
	fd = mkstemp(m->path);
	assert_true(fd >= 0);
	close(fd);
}

/* The next page that is there, in order of @pfn. */
static void add(struct made *m, unsigned int pfn, uint32_t flags, const void *data, uint32_t n)
{
	size_t at = DESCRIPTORS + 24 * m->pages++;

	m->bytes[BITMAPS + PAGE + pfn / 8] |= 1 << (pfn % 8);
	put64(m, at, m->n);
	put32(m, at + 8, n);
	put32(m, at + 12, flags);
	memcpy(m->bytes + m->n, data, n);
	m->n += n;
}

static void add_plain(struct made *m, unsigned int pfn, unsigned char byte)
{
	unsigned char page[PAGE];

	memset(page, byte, sizeof(page));
	add(m, pfn, 0, page, sizeof(page));
}

static const char *write_made(const struct made *m, size_t n)
{
	int fd = open(m->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, m->bytes, n), n);
	close(fd);
	return m->path;
}

static int open_paths(struct phys *p, const char * const *paths, uint32_t n,
		      struct ptwalk_error *err)
{
	const struct ptwalk_image_options o = { .paths = paths, .nr_paths = n };

	return kdump_phys_open(p, &o, err);
}

static void open_made(struct phys *p, const struct made *m, size_t n)
{
	const char *path = write_made(m, n);
	struct ptwalk_error err = { 0 };

	if (open_paths(p, &path, 1, &err) < 0)
		fail_msg("%s", err.text);
	unlink(path);
}

static void expect_sentence(struct phys *p, uint64_t pa)
{
	unsigned char page[PAGE];

	assert_int_equal(phys_read(p, pa, page, PAGE), 0);
	for (unsigned int i = 0; i < PAGE; i++)
		assert_int_equal(page[i], sentence[i % strlen(sentence)]);
}

static void expect_byte(struct phys *p, uint64_t pa, unsigned char byte)
{
	unsigned char read = (unsigned char)~byte;

	assert_int_equal(phys_read(p, pa, &read, 1), 0);
	assert_int_equal(read, byte);
}

static void every_compression(void **state)
{
	unsigned char byte;
	struct phys p;
	struct made m;

	(void)state;
	begin(&m);
	add(&m, 1, 0x1, zlib_page, sizeof(zlib_page));
	add(&m, 2, 0x2, lzo_page, sizeof(lzo_page));
	add_plain(&m, 3, 0x33);
	add(&m, 8, 0x4, snappy_page, sizeof(snappy_page));
	add(&m, 9, 0x20, zstd_page, sizeof(zstd_page));
	open_made(&p, &m, m.n);
	assert_int_equal(p.nr_ranges, 2);
	assert_int_equal(p.ranges[0].pa, PAGE);
	assert_int_equal(p.ranges[0].bytes, 3 * PAGE);
	assert_int_equal(p.ranges[1].pa, 8 * PAGE);
	assert_int_equal(p.missing_bytes, 0);
	assert_non_null(strstr(p.detail, "zlib"));
	expect_sentence(&p, PAGE);
	expect_sentence(&p, 2 * PAGE);
	expect_sentence(&p, 8 * PAGE);
	expect_sentence(&p, 9 * PAGE);
	expect_byte(&p, 4 * PAGE - 1, 0x33);
	expect_byte(&p, PAGE + 4095, sentence[4095 % strlen(sentence)]);
	assert_int_equal(phys_read(&p, 0, &byte, 1), -ENXIO);
	assert_int_equal(phys_read(&p, 4 * PAGE, &byte, 1), -ENXIO);
	assert_int_equal(phys_read(&p, PAGES * PAGE, &byte, 1), -ENXIO);
	phys_close(&p);
}

/* Many more pages than libkdumpfile keeps, in turns: none is taken for another. */
static void pages_in_turns(void **state)
{
	struct phys p;
	struct made m;

	(void)state;
	begin(&m);
	for (unsigned int i = 0; i < PAGES; i++) {
		if (i % 2)
			add(&m, i, 0x1, zlib_page, sizeof(zlib_page));
		else if (i % 4)
			add(&m, i, 0x20, page_of_e, sizeof(page_of_e) - 1);
		else
			add_plain(&m, i, (unsigned char)i);
	}
	open_made(&p, &m, m.n);
	assert_int_equal(p.nr_ranges, 1);
	for (unsigned int i = 0; i < 20 * PAGES; i++) {
		unsigned int pfn = i * 7 % PAGES;

		if (pfn % 2)
			expect_sentence(&p, pfn * PAGE);
		else if (pfn % 4 == 0)
			expect_byte(&p, pfn * PAGE, (unsigned char)pfn);
		else
			expect_byte(&p, pfn * PAGE + i, 'E');
	}
	phys_close(&p);
}

static void notes_and_vmcoreinfo(void **state)
{
	static const uint32_t header[3] = { 5, 440, 0 };
	const uint64_t cr[5] = { 0x80050033, 0, 0, 0x1844000, 0x6b0 };
	struct phys p;
	struct made m;

	(void)state;
	begin(&m);
	add_plain(&m, 1, 1);
	put64(&m, AT_VMCOREINFO, PAGE + 2048);
	put64(&m, AT_VMCOREINFO + 8, 12);
	memcpy(m.bytes + PAGE + 2048, "OSRELEASE=1\n", 12);
	put64(&m, AT_NOTES, PAGE + 1024);
	put64(&m, AT_NOTES + 8, 12 + 8 + 440);
	memcpy(m.bytes + PAGE + 1024, header, 12);
	memcpy(m.bytes + PAGE + 1024 + 12, "QEMU", 5);
	m.bytes[PAGE + 1024 + 20] = 1;
	memcpy(m.bytes + PAGE + 1024 + 20 + 392, cr, sizeof(cr));
	open_made(&p, &m, m.n);
	assert_int_equal(p.nr_cpus, 1);
	assert_int_equal(p.cpus[0].cr3, 0x1844000);
	assert_int_equal(p.vmcoreinfo_bytes, 12);
	assert_memory_equal(p.vmcoreinfo, "OSRELEASE=1\n", 12);
	phys_close(&p);
}

/* The parts of a split dump have all bits, and descriptors of their own pages alone. */
static void split(void **state)
{
	const char *paths[2], *swapped[2];
	struct ptwalk_error err = { 0 };
	struct made a, b;
	struct phys p;

	(void)state;
	begin(&a);
	begin(&b);
	for (unsigned int i = 0; i < PAGES; i++)
		add_plain(i < 10 ? &a : &b, i, (unsigned char)i);
	memset(a.bytes + BITMAPS + PAGE, 0xff, PAGES / 8);
	memset(b.bytes + BITMAPS + PAGE, 0xff, PAGES / 8);
	put32(&a, AT_SPLIT, 1);
	put64(&a, AT_END_64, 10);
	put32(&b, AT_SPLIT, 1);
	put64(&b, AT_START_64, 10);
	put64(&b, AT_END_64, PAGES);
	paths[0] = swapped[1] = write_made(&a, a.n);
	paths[1] = swapped[0] = write_made(&b, b.n);
	for (unsigned int turn = 0; turn < 2; turn++) {
		assert_int_equal(open_paths(&p, turn ? swapped : paths, 2, &err), 0);
		assert_non_null(strstr(p.detail, "2 files"));
		assert_int_equal(p.missing_bytes, 0);
		for (unsigned int i = 0; i < PAGES; i++)
			expect_byte(&p, i * PAGE, (unsigned char)i);
		phys_close(&p);
	}
	swapped[0] = paths[0];
	assert_int_equal(open_paths(&p, swapped, 2, &err), -EBADMSG); /* one twice */
	unlink(a.path);
	unlink(b.path);
}

static void cut_off(void **state)
{
	unsigned char byte;
	struct phys p;
	struct made m;

	(void)state;
	begin(&m);
	for (unsigned int i = 0; i < 5; i++)
		add_plain(&m, 2 * i, (unsigned char)i);
	open_made(&p, &m, m.n - PAGE - 1);
	assert_int_equal(p.missing_bytes, 2 * PAGE);
	expect_byte(&p, 4 * PAGE, 2);
	assert_int_equal(phys_read(&p, 6 * PAGE, &byte, 1), -ENXIO);
	assert_int_equal(phys_read(&p, 8 * PAGE, &byte, 1), -ENXIO);
	phys_close(&p);
	begin(&m);
	for (unsigned int i = 0; i < 5; i++)
		add_plain(&m, 2 * i, (unsigned char)i);
	open_made(&p, &m, DESCRIPTORS + 3 * 24 + 8); /* within the descriptors */
	assert_int_equal(p.nr_ranges, 3);
	assert_int_equal(p.missing_bytes, 5 * PAGE);
	phys_close(&p);
}

/* A page whose descriptor or contents are broken cannot be read; its neighbour can. */
static void broken_pages(void **state)
{
	static const struct {
		uint64_t offset;
		uint32_t bytes;
		uint32_t flags;
		int code;
	} broken[] = {
		{ DATA, 10, 0x1, -EIO }, /* not zlib */
		{ DATA, 10, 0x2, -EIO },       { DATA, 10, 0x4, -EIO },
		{ DATA, 10, 0x20, -EIO },      { DATA, 10, 0, -EIO }, /* less than a page */
		{ DATA, PAGE + 1, 0x1, -EIO }, /* larger than a page */
		{ DATA, 0, 0x1, -EIO },	       { 0, 100, 0x1, -EIO }, /* within the headers */
		{ 0, 0, 0, -ENXIO }, /* never written */
		{ ~0ULL, 100, 0x1, -ENXIO },   { 1ULL << 40, PAGE, 0, -ENXIO },
		{ DATA, ~0U, 0x1, -ENXIO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		unsigned char byte;
		struct phys p;
		struct made m;

		begin(&m);
		add_plain(&m, 1, 0x11);
		add_plain(&m, 2, 0x22);
		put64(&m, DESCRIPTORS, broken[i].offset);
		put32(&m, DESCRIPTORS + 8, broken[i].bytes);
		put32(&m, DESCRIPTORS + 12, broken[i].flags);
		open_made(&p, &m, m.n);
		assert_int_equal(phys_read(&p, PAGE, &byte, 1), broken[i].code);
		expect_byte(&p, 2 * PAGE, 0x22);
		phys_close(&p);
	}
}

static void expect_refused(const struct made *m, size_t n, int code)
{
	const char *path = write_made(m, n);
	struct ptwalk_error err = { 0 };
	struct phys p;

	assert_int_equal(open_paths(&p, &path, 1, &err), code);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, path));
	unlink(path);
}

static void broken_headers(void **state)
{
	static const struct {
		size_t at;
		uint64_t value;
		unsigned int bytes;
		int code;
	} broken[] = {
		{ 0, 'X', 1, -ENOEXEC },
		{ AT_VERSION, 0, 4, -ENOTSUP },
		{ AT_VERSION, ~0ULL, 4, -ENOTSUP },
		{ AT_MACHINE, 0x34366d7261, 8, -ENOTSUP }, /* "arm64" */
		{ AT_BLOCK_SIZE, 0, 4, -ENOTSUP },
		{ AT_BLOCK_SIZE, 65536, 4, -ENOTSUP },
		{ AT_SUB_BLOCKS, 0, 4, -EBADMSG },
		{ AT_SUB_BLOCKS, ~0ULL, 4, -EBADMSG },
		{ AT_SUB_BLOCKS, 0x7fffffff, 4, -EBADMSG },
		{ AT_BITMAP_BLOCKS, 0, 4, -EBADMSG },
		{ AT_BITMAP_BLOCKS, ~0ULL, 4, -EBADMSG },
		{ AT_MAX_PFN_64, 0, 8, -EBADMSG },
		{ AT_MAX_PFN_64, 2 * 8 * PAGE + 1, 8, -EBADMSG },
		{ AT_MAX_PFN_64, ~0ULL, 8, -EBADMSG },
		{ AT_NOTES + 8, ~0ULL, 8, -EBADMSG },
		{ AT_VMCOREINFO + 8, 1ULL << 40, 8, -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct made m;

		begin(&m);
		add_plain(&m, 1, 1);
		put64(&m, AT_NOTES, 16);
		put64(&m, AT_VMCOREINFO, 16);
		memcpy(m.bytes + broken[i].at, &broken[i].value, broken[i].bytes);
		expect_refused(&m, m.n, broken[i].code);
	}
}

static void headers_cut_short(void **state)
{
	struct made m;

	(void)state;
	begin(&m);
	add_plain(&m, 1, 1);
	expect_refused(&m, 0, -ENODATA);
	expect_refused(&m, 7, -ENOEXEC);
	expect_refused(&m, 100, -EBADMSG);
	expect_refused(&m, PAGE + 50, -EBADMSG);
	expect_refused(&m, DESCRIPTORS - 1, -EBADMSG);
}

/* A part that begins behind its end, and a bitmap of one block for both. */
static void odd_headers(void **state)
{
	struct phys p;
	struct made m;

	(void)state;
	begin(&m);
	add_plain(&m, 1, 1);
	put32(&m, AT_SPLIT, 1);
	put64(&m, AT_START_64, 2);
	put64(&m, AT_END_64, 1);
	expect_refused(&m, m.n, -EBADMSG);
	/* More pages than half the bitmaps have: then there is but one. */
	begin(&m);
	add_plain(&m, 1, 0x11);
	memset(m.bytes + BITMAPS + PAGE, 0, PAGE);
	m.bytes[BITMAPS] = 1 << 1;
	put64(&m, AT_MAX_PFN_64, 8 * PAGE + 1);
	open_made(&p, &m, m.n);
	expect_byte(&p, PAGE, 0x11);
	phys_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_compression),
		cmocka_unit_test(pages_in_turns),
		cmocka_unit_test(notes_and_vmcoreinfo),
		cmocka_unit_test(split),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(broken_pages),
		cmocka_unit_test(broken_headers),
		cmocka_unit_test(headers_cut_short),
		cmocka_unit_test(odd_headers),
	};

	if (!dlopen("libkdumpfile.so.10", RTLD_NOW)) {
		puts("libkdumpfile is not installed");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
