// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_elf.c - core files, whole and broken.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "../../lib/elf.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#include "corefile.h"

#define WHOLE ((size_t)-1)

static struct corefile *a_core(void)
{
	struct corefile *c = corefile_create();

	corefile_note(c, "CORE", 1, "contents");
	corefile_note(c, "VMCOREINFO", 0, "OSRELEASE=1\n");
	corefile_segment(c, CORE_PAGE_OFFSET, 0, CORE_MEMORY, 0);
	corefile_empty_segment(c, 0xffffc90000000000, 1ULL << 45);
	return c;
}

static void a_whole_one(void **state)
{
	struct corefile *c = a_core();
	struct ptwalk_error err;
	unsigned char byte;
	const char *note;
	struct elf e;
	size_t size;

	(void)state;
	c->memory[0x1234] = 0x5a;
	assert_int_equal(elf_open(&e, corefile_write(c, WHOLE), &err), 0);
	assert_int_equal(e.machine, EM_X86_64);
	assert_int_equal(e.nr_segments, 2);
	assert_int_equal(e.segments[0].va, CORE_PAGE_OFFSET);
	assert_int_equal(e.segments[0].file_bytes, CORE_MEMORY);
	assert_int_equal(e.segments[1].pa, ~0ULL);
	assert_int_equal(e.segments[1].file_bytes, 0);
	assert_int_equal(elf_read(&e, e.segments[0].offset + 0x1234, &byte, 1), 0);
	assert_int_equal(byte, 0x5a);
	note = elf_find_note(&e, "VMCOREINFO", 0, &size);
	assert_non_null(note);
	assert_int_equal(size, 12);
	assert_memory_equal(note, "OSRELEASE=1\n", 12);
	assert_null(elf_find_note(&e, "VMCOREINFO", 1, &size));
	assert_null(elf_find_note(&e, "VMCORE", 0, &size));
	assert_int_equal(elf_read(&e, 1ULL << 40, &byte, 1), -EIO);
	assert_int_equal(elf_read(&e, UINT64_MAX, &byte, 1), -EIO);
	elf_close(&e);
	corefile_free(c);
}

/* Opens the file: it must be refused, with @code, and by its name. */
static void expect_refused(struct corefile *c, size_t limit, int code)
{
	const char *path = corefile_write(c, limit);
	struct ptwalk_error err = { 0 };
	struct elf e;

	assert_int_equal(elf_open(&e, path, &err), code);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, path));
}

/* Each spoils one thing. */
static void spoil_magic(struct corefile *c)
{
	c->ehdr.e_ident[1] = 'L';
}

static void spoil_class(struct corefile *c)
{
	c->ehdr.e_ident[EI_CLASS] = ELFCLASS32;
}

static void spoil_order(struct corefile *c)
{
	c->ehdr.e_ident[EI_DATA] = ELFDATA2MSB;
}

static void spoil_type(struct corefile *c)
{
	c->ehdr.e_type = ET_EXEC;
}

static void no_headers(struct corefile *c)
{
	c->ehdr.e_phnum = 0;
}

static void many_headers(struct corefile *c)
{
	c->ehdr.e_phnum = 0xfffe;
	c->ehdr.e_phoff = 1 << 20;
}

static void far_headers(struct corefile *c)
{
	c->ehdr.e_phoff = ~0ULL - 10;
}

static void odd_headers(struct corefile *c)
{
	c->ehdr.e_phentsize = 32;
}

static void uncounted_headers(struct corefile *c)
{
	c->ehdr.e_phnum = 0xffff;
	c->ehdr.e_shoff = 0;
}

static void counted_wildly(struct corefile *c)
{
	c->ehdr.e_phnum = 0xffff;
	c->ehdr.e_shoff = 8192;
	memset(c->memory, 0xff, sizeof(Elf64_Shdr));
}

static void more_in_file_than_memory(struct corefile *c)
{
	c->phdrs[1].p_memsz = 4096;
}

static void offset_wraps(struct corefile *c)
{
	c->phdrs[1].p_offset = ~0ULL - 4096;
}

static void address_wraps(struct corefile *c)
{
	c->phdrs[1].p_vaddr = ~0ULL - 4096;
}

static void physical_wraps(struct corefile *c)
{
	c->phdrs[1].p_paddr = ~0ULL - 4096;
}

static void notes_too_long(struct corefile *c)
{
	c->phdrs[0].p_filesz = 1ULL << 40;
}

static void notes_far_away(struct corefile *c)
{
	c->phdrs[0].p_offset = ~0ULL - 100;
}

static void broken_ones(void **state)
{
	static const struct {
		void (*spoil)(struct corefile *c);
		int code;
	} cases[] = {
		{ spoil_magic, -ENOEXEC },    { spoil_class, -ENOEXEC },
		{ spoil_order, -ENOEXEC },    { spoil_type, -ENOEXEC },
		{ no_headers, -EBADMSG },     { many_headers, -EBADMSG },
		{ far_headers, -EBADMSG },    { odd_headers, -EBADMSG },
		{ offset_wraps, -EBADMSG },   { uncounted_headers, -EBADMSG },
		{ address_wraps, -EBADMSG },  { counted_wildly, -EBADMSG },
		{ physical_wraps, -EBADMSG }, { more_in_file_than_memory, -EBADMSG },
		{ notes_too_long, -EBADMSG }, { notes_far_away, -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct corefile *c = a_core();

		cases[i].spoil(c);
		expect_refused(c, WHOLE, cases[i].code);
		corefile_free(c);
	}
}

/* The headers and notes must be whole; of a segment, what is there counts. */
static void cut_short(void **state)
{
	struct corefile *c = a_core();
	struct elf e;

	(void)state;
	expect_refused(c, 0, -ENOEXEC);
	expect_refused(c, 40, -ENOEXEC);
	expect_refused(c, 100, -EBADMSG);
	expect_refused(c, 4100, -EBADMSG);
	assert_int_equal(elf_open(&e, corefile_write(c, 8192 + 4096), NULL), 0);
	assert_int_equal(e.segments[0].file_bytes, 4096);
	assert_int_equal(e.segments[0].memory_bytes, CORE_MEMORY);
	elf_close(&e);
	assert_int_equal(elf_open(&e, corefile_write(c, 8192 - 1000), NULL), 0);
	assert_int_equal(e.segments[0].file_bytes, 0);
	elf_close(&e);
	corefile_free(c);
	assert_int_equal(elf_open(&e, "/tmp/no-such-core-file", NULL), -ENOENT);
}

/* Notes whose lengths lie: nothing behind their end is read (ASan looks on). */
static void lying_notes(void **state)
{
	static const uint32_t lengths[] = { 12, 13, 0x7fffffff, 0xfffffffc, 0xffffffff };
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (unsigned int field = 0; field < 2; field++) {
			struct corefile *c = corefile_create();
			struct elf e;

			corefile_note(c, "CORE", 1, "12345678");
			memcpy(c->notes + 4 * field, &lengths[i], 4);
			assert_int_equal(elf_open(&e, corefile_write(c, WHOLE), NULL), 0);
			assert_null(elf_find_note(&e, "OTHER", 1, &size));
			assert_null(elf_find_note(&e, "CORE", 1, &size));
			elf_close(&e);
			corefile_free(c);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_one),
		cmocka_unit_test(broken_ones),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(lying_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
