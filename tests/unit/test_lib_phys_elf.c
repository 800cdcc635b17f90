// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_phys_elf.c - ELF core files as physical memory: as kdump and qemu write
 * them, and broken.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "physcheck.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#include "dumpfile.h"

#define WHOLE ((size_t)-1)
#define NOTES_AT 0x1002 /* odd, as qemu's may be */
#define MEMORY_AT 0x2003
#define TEXT "OSRELEASE=6.1\n"

static int open_dump(struct phys *m, struct dumpfile *d, size_t limit, struct ptwalk_error *err)
{
	const char *path = dumpfile_write(d, limit);
	struct ptwalk_image_options o = { .paths = &path, .nr_paths = 1 };

	*err = (struct ptwalk_error){ 0 };
	return elf_phys_open(m, &o, err);
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

static Elf64_Phdr load(uint64_t pa, uint64_t offset, uint64_t bytes)
{
	return (Elf64_Phdr){ .p_type = PT_LOAD,
			     .p_offset = offset,
			     .p_vaddr = 0xffff888000000000 + pa,
			     .p_paddr = pa,
			     .p_filesz = bytes,
			     .p_memsz = bytes };
}

static Elf64_Phdr notes(uint64_t offset, uint64_t end)
{
	return (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = offset, .p_filesz = end - offset };
}

/* Segments alone. */
static struct dumpfile *dump_of(const Elf64_Phdr *phdrs, size_t n)
{
	struct dumpfile *d = dumpfile_create();
	size_t end = 0;

	for (size_t i = 0; i < n; i++)
		if (phdrs[i].p_filesz && phdrs[i].p_offset + phdrs[i].p_filesz > end)
			end = phdrs[i].p_offset + phdrs[i].p_filesz;
	if (end > MEMORY_AT)
		dumpfile_fill(d, MEMORY_AT, end - MEMORY_AT);
	dumpfile_elf(d, phdrs, n);
	return d;
}

#define DUMP_OF(phdrs) dump_of(phdrs, sizeof(phdrs) / sizeof((phdrs)[0]))

/* What qemu writes: notes of its CPUs, and two segments. */
static struct dumpfile *qemu_dump(void)
{
	static const char prstatus[336];
	struct dumpfile *d = dumpfile_create();
	Elf64_Phdr phdrs[3] = { { 0 },
				load(0, MEMORY_AT, 0x3000),
				load(0xfffc0000, MEMORY_AT + 0x3000, 0x1000) };
	size_t end = dumpfile_note(d, NOTES_AT, "CORE", NT_PRSTATUS, prstatus, sizeof(prstatus));

	end = dumpfile_qemu_note(d, end, 0x80050033, 0x12748000, 0x6b0);
	end = dumpfile_qemu_note(d, end, 0x80050033, 0, 0x6a0);
	end = dumpfile_note(d, end, "VMCOREINFO", 0, TEXT, strlen(TEXT));
	phdrs[0] = notes(NOTES_AT, end);
	dumpfile_elf(d, phdrs, 3);
	dumpfile_fill(d, MEMORY_AT, 0x4000);
	return d;
}

static unsigned char byte_of(struct phys *m, uint64_t pa)
{
	unsigned char byte;

	assert_int_equal(phys_read(m, pa, &byte, 1), 0);
	return byte;
}

static void what_qemu_writes(void **state)
{
	struct dumpfile *d = qemu_dump();
	struct phys m = opened(d);

	(void)state;
	assert_int_equal(m.ops->format, PTWALK_FORMAT_ELF);
	assert_int_equal(m.nr_ranges, 2);
	assert_int_equal(m.ranges[0].bytes, 0x3000);
	assert_int_equal(m.ranges[1].pa, 0xfffc0000);
	assert_int_equal(m.missing_bytes, 0);
	assert_int_equal(byte_of(&m, 0x1234), dumpfile_byte(MEMORY_AT + 0x1234));
	assert_int_equal(byte_of(&m, 0xfffc0001), dumpfile_byte(MEMORY_AT + 0x3001));
	assert_int_equal(m.nr_cpus, 2);
	assert_int_equal(m.cpus[0].cr0, 0x80050033);
	assert_int_equal(m.cpus[0].cr3, 0x12748000);
	assert_int_equal(m.cpus[0].cr4, 0x6b0);
	assert_int_equal(m.cpus[1].cr3, 0);
	assert_int_equal(m.cpus[1].cr4, 0x6a0);
	assert_false(m.cpus[0].has_efer);
	assert_int_equal(m.vmcoreinfo_bytes, strlen(TEXT));
	assert_memory_equal(m.vmcoreinfo, TEXT, strlen(TEXT));
	assert_string_equal(m.detail, "an ELF core file of 2 segments, with the notes of 2 CPUs "
				      "and VMCOREINFO");
	phys_close(&m);
	dumpfile_free(d);
}

/* kdump's notes of CPUs have no CR3, and none is made up. */
static void no_registers_in_kdumps_notes(void **state)
{
	static const char prstatus[336];
	struct dumpfile *d = dumpfile_create();
	size_t end = dumpfile_note(d, NOTES_AT, "CORE", NT_PRSTATUS, prstatus, sizeof(prstatus));
	const Elf64_Phdr phdrs[] = { notes(NOTES_AT, end), load(0x1000, MEMORY_AT, 0x1000) };
	struct phys m;

	(void)state;
	dumpfile_elf(d, phdrs, 2);
	dumpfile_fill(d, MEMORY_AT, 0x1000);
	m = opened(d);
	assert_int_equal(m.nr_cpus, 0);
	assert_null(m.vmcoreinfo);
	assert_string_equal(m.detail, "an ELF core file of 1 segment");
	phys_close(&m);
	dumpfile_free(d);
}

/*
 * qemu with paging=on: by virtual addresses, so the same memory stands in several
 * segments; what is mapped and no RAM has the offset ~0 and no bytes.
 */
static void overlapping_segments(void **state)
{
	Elf64_Phdr phdrs[] = {
		load(0x0000, MEMORY_AT, 0x8000),	  load(0x2000, MEMORY_AT + 0x2000, 0x1000),
		load(0x7000, MEMORY_AT + 0x7000, 0x3000), load(0xa000, MEMORY_AT + 0xa000, 0x1000),
		load(0x2000, MEMORY_AT + 0x2000, 0x1000), load(0xfee00000, ~0ULL, 0),
		load(~0ULL, MEMORY_AT, 0x1000),
	};
	struct dumpfile *d;
	struct phys m;

	(void)state;
	phdrs[5].p_memsz = 0x1000;
	phdrs[6].p_vaddr = 0xffffc90000000000;
	d = DUMP_OF(phdrs);
	m = opened(d);
	assert_int_equal(m.nr_ranges, 1);
	assert_int_equal(m.ranges[0].pa, 0);
	assert_int_equal(m.ranges[0].bytes, 0xb000);
	for (uint64_t pa = 0; pa < 0xb000; pa += 0x123)
		assert_int_equal(byte_of(&m, pa), dumpfile_byte(MEMORY_AT + pa));
	phys_close(&m);
	dumpfile_free(d);
}

/* Segments that say different things of the same address: it has one place. */
static void quarrelling_segments(void **state)
{
	const Elf64_Phdr phdrs[] = { load(0x1000, MEMORY_AT, 0x3000),
				     load(0x2000, MEMORY_AT + 0x3000, 0x4000),
				     load(0x1000, MEMORY_AT + 0x7000, 0x1000) };
	struct dumpfile *d = DUMP_OF(phdrs);
	struct phys m = opened(d);

	(void)state;
	assert_int_equal(m.nr_ranges, 2);
	assert_int_equal(byte_of(&m, 0x1010), dumpfile_byte(MEMORY_AT + 0x10));
	assert_int_equal(byte_of(&m, 0x2010), dumpfile_byte(MEMORY_AT + 0x1010));
	assert_int_equal(byte_of(&m, 0x4010), dumpfile_byte(MEMORY_AT + 0x5010));
	phys_close(&m);
	dumpfile_free(d);
}

static void unsorted_segments(void **state)
{
	const Elf64_Phdr phdrs[] = { load(0x9000, MEMORY_AT, 0x1000),
				     load(0x1000, MEMORY_AT + 0x1000, 0x1000),
				     load(0x5000, MEMORY_AT + 0x2000, 0x1000) };
	struct dumpfile *d = DUMP_OF(phdrs);
	struct phys m = opened(d);

	(void)state;
	assert_int_equal(m.nr_ranges, 3);
	assert_int_equal(m.ranges[0].pa, 0x1000);
	assert_int_equal(byte_of(&m, 0x1000), dumpfile_byte(MEMORY_AT + 0x1000));
	assert_int_equal(byte_of(&m, 0x5000), dumpfile_byte(MEMORY_AT + 0x2000));
	assert_int_equal(byte_of(&m, 0x9000), dumpfile_byte(MEMORY_AT));
	phys_close(&m);
	dumpfile_free(d);
}

static void empty_segments(void **state)
{
	Elf64_Phdr phdrs[] = { load(0, MEMORY_AT, 0), load(0x1000, MEMORY_AT, 0x1000),
			       load(0x1000, MEMORY_AT, 0), load(0x8000, MEMORY_AT, 0) };
	struct dumpfile *d;
	struct phys m;

	(void)state;
	/* Beyond what is in the file there is no memory, and nothing is missing. */
	phdrs[1].p_memsz = 0x5000;
	phdrs[3].p_memsz = 0x1000;
	d = DUMP_OF(phdrs);
	m = opened(d);
	assert_int_equal(m.nr_ranges, 1);
	assert_int_equal(m.ranges[0].bytes, 0x1000);
	assert_int_equal(m.missing_bytes, 0);
	phys_close(&m);
	dumpfile_free(d);
}

#define MANY 70000

/* More program headers than e_phnum can count: section 0 has their number. */
static void many_segments(void **state)
{
	const size_t memory = dumpfile_elf_bytes(MANY);
	Elf64_Phdr *phdrs = calloc(MANY, sizeof(*phdrs));
	struct dumpfile *d;
	struct phys m;

	(void)state;
	assert_non_null(phdrs);
	for (uint64_t i = 0; i < MANY; i++)
		phdrs[i] = load((MANY - i) * 0x2000, memory + 2 * i, 2);
	d = dump_of(phdrs, MANY);
	m = opened(d);
	assert_int_equal(m.nr_ranges, MANY);
	assert_int_equal(byte_of(&m, 0x2001), dumpfile_byte(memory + 2 * (MANY - 1) + 1));
	assert_int_equal(byte_of(&m, MANY * 0x2000ULL), dumpfile_byte(memory));
	assert_string_equal(m.detail, "an ELF core file of 70000 segments");
	phys_close(&m);
	dumpfile_free(d);
	free(phdrs);
}

/* A number of headers that the file cannot hold is refused before it costs memory. */
static void counts_that_lie(void **state)
{
	static const uint32_t counts[] = { 70001, 1 << 20, (1 << 20) + 1, 0x7fffffff, ~0U };
	Elf64_Phdr *phdrs = calloc(MANY, sizeof(*phdrs));
	struct dumpfile *d = dump_of(phdrs, MANY);

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		memcpy(d->data + sizeof(Elf64_Ehdr) + offsetof(Elf64_Shdr, sh_info), &counts[i],
		       sizeof(counts[i]));
		expect_refused(d, -EBADMSG, "program headers");
	}
	dumpfile_free(d);
	free(phdrs);
}

/* Cut off anywhere: it is refused, or what is there and what is missing is all of it. */
static void cut_short(void **state)
{
	struct dumpfile *d = qemu_dump();
	const size_t least = MEMORY_AT - 1024;
	struct ptwalk_error err;
	struct phys m;

	(void)state;
	for (size_t limit = 0; limit <= d->bytes; limit += limit < 300 || limit > least ? 1 : 7) {
		int ret = open_dump(&m, d, limit, &err);
		uint64_t there = 0;

		if (ret < 0) {
			assert_true(limit < MEMORY_AT);
			assert_int_equal(ret, limit == 0 ? -ENODATA :
					      limit < 64 ? -ENOEXEC :
							   -EBADMSG);
			assert_null(refusal_complaint(ret, &err, d->path));
			continue;
		}
		assert_null(phys_complaint(&m));
		for (size_t i = 0; i < m.nr_ranges; i++)
			there += m.ranges[i].bytes;
		assert_int_equal(there, limit > MEMORY_AT ? limit - MEMORY_AT : 0);
		assert_int_equal(there + m.missing_bytes, 0x4000);
		assert_int_equal(m.nr_cpus, 2);
		phys_close(&m);
	}
	dumpfile_free(d);
}

/* What is cut off of one segment, and stands in another one, is not missing. */
static void cut_but_elsewhere(void **state)
{
	const Elf64_Phdr phdrs[] = { load(0x1000, MEMORY_AT, 0x2000),
				     load(0x1000, MEMORY_AT + 0x2000, 0x3000) };
	struct dumpfile *d = DUMP_OF(phdrs);
	struct ptwalk_error err;
	struct phys m;

	(void)state;
	assert_int_equal(open_dump(&m, d, MEMORY_AT + 0x3000, &err), 0);
	assert_null(phys_complaint(&m));
	assert_int_equal(m.nr_ranges, 1);
	assert_int_equal(m.ranges[0].bytes, 0x2000);
	assert_int_equal(m.missing_bytes, 0x1000);
	phys_close(&m);
	dumpfile_free(d);
}

static void expect_one_refused(const Elf64_Phdr *ph, const char *says)
{
	struct dumpfile *d = dump_of(NULL, 0);

	dumpfile_elf(d, ph, 1);
	dumpfile_fill(d, MEMORY_AT, 0x1000);
	expect_refused(d, -EBADMSG, says);
	dumpfile_free(d);
}

static void what_wraps_round(void **state)
{
	Elf64_Phdr ph = load(~0ULL - 0x7ff, MEMORY_AT, 0x1000);
	struct dumpfile *d;
	struct phys m;

	(void)state;
	expect_one_refused(&ph, "contradicts itself");
	ph = load(-0x1000ULL, MEMORY_AT, 0x1000);
	expect_one_refused(&ph, "2^64");
	ph = load(0x1000, ~0ULL - 0x7ff, 0x1000);
	expect_one_refused(&ph, "contradicts itself");
	ph = load(0x1000, MEMORY_AT, 0x1000);
	ph.p_memsz = 0x800;
	expect_one_refused(&ph, "contradicts itself");
	/* No virtual address of a dump is believed, nor held against it. */
	ph = load(0x1000, MEMORY_AT, 0x1000);
	ph.p_vaddr = ~0ULL - 0x7ff;
	d = dump_of(&ph, 1);
	m = opened(d);
	assert_int_equal(m.nr_ranges, 1);
	phys_close(&m);
	dumpfile_free(d);
}

static void set_machine(struct dumpfile *d, uint16_t machine)
{
	memcpy(d->data + offsetof(Elf64_Ehdr, e_machine), &machine, sizeof(machine));
}

static void other_files(void **state)
{
	Elf64_Phdr phdrs[] = { load(0, MEMORY_AT, 0x1000), load(0, MEMORY_AT, 0x1000) };
	struct dumpfile *d = DUMP_OF(phdrs);

	(void)state;
	expect_refused(d, -EOPNOTSUPP, "process");
	set_machine(d, EM_AARCH64);
	expect_refused(d, -EOPNOTSUPP, "machine 183");
	set_machine(d, EM_386);
	expect_refused(d, -EOPNOTSUPP, "machine 3");
	d->data[EI_CLASS] = ELFCLASS32;
	expect_refused(d, -ENOEXEC, "no 64-bit ELF core file");
	dumpfile_free(d);
}

static void no_such_file(void **state)
{
	const char *path = "/tmp/no-such-dump";
	struct ptwalk_image_options o = { .paths = &path, .nr_paths = 1 };
	struct ptwalk_error err;
	struct phys m;

	(void)state;
	assert_int_equal(elf_phys_open(&m, &o, &err), -ENOENT);
	assert_null(refusal_complaint(-ENOENT, &err, path));
}

/* A dump whose notes lie in two places, each cut to some length. */
static struct phys opened_with_notes(struct dumpfile *d, size_t first_end, size_t second_at,
				     size_t second_end)
{
	const Elf64_Phdr phdrs[] = { notes(NOTES_AT, first_end), notes(second_at, second_end),
				     load(0x1000, MEMORY_AT, 0x1000) };

	dumpfile_fill(d, MEMORY_AT, 0x1000);
	dumpfile_elf(d, phdrs, 3);
	return opened(d);
}

/* Two segments of notes are read as one. */
static void two_segments_of_notes(void **state)
{
	struct dumpfile *d = dumpfile_create();
	size_t first = dumpfile_qemu_note(d, NOTES_AT, 1, 0x1000, 3), second;
	struct phys m;

	(void)state;
	second = dumpfile_note(d, first + 100, "VMCOREINFO", 0, TEXT, strlen(TEXT));
	second = dumpfile_qemu_note(d, second, 1, 0x2000, 3);
	m = opened_with_notes(d, first, first + 100, second);
	assert_int_equal(m.nr_cpus, 2);
	assert_int_equal(m.cpus[0].cr3, 0x1000);
	assert_int_equal(m.cpus[1].cr3, 0x2000);
	assert_int_equal(m.vmcoreinfo_bytes, strlen(TEXT));
	assert_memory_equal(m.vmcoreinfo, TEXT, strlen(TEXT));
	phys_close(&m);
	dumpfile_free(d);
}

/* Cut off at any byte, notes that are whole count, and no other. */
static void notes_cut_short(void **state)
{
	struct dumpfile *d = dumpfile_create();
	size_t first = dumpfile_qemu_note(d, NOTES_AT, 1, 0x1000, 3);
	size_t second = dumpfile_qemu_note(d, first, 1, 0x2000, 3);

	(void)state;
	for (size_t end = NOTES_AT; end <= second; end++) {
		struct phys m = opened_with_notes(d, end, 0, 0);

		assert_int_equal(m.nr_cpus, end < first ? 0 : end < second ? 1 : 2);
		phys_close(&m);
	}
	dumpfile_free(d);
}

/* Notes that are not what they are called, each before one that is. */
static void notes_of_another_kind(void **state)
{
	static const struct {
		size_t at; /* from the note's begin */
		uint32_t value;
	} spoiled[] = {
		{ 8, 1 }, /* type */
		{ 12, 0x554d4558 }, /* name */
		{ 20, 2 }, /* version */
		{ 0, 4 }, /* length of the name */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spoiled) / sizeof(spoiled[0]); i++) {
		struct dumpfile *d = dumpfile_create();
		size_t first = dumpfile_qemu_note(d, NOTES_AT, 1, 0x1000, 3);
		struct phys m;

		memcpy(d->data + NOTES_AT + spoiled[i].at, &spoiled[i].value, 4);
		m = opened_with_notes(d, first, 0, 0);
		assert_int_equal(m.nr_cpus, 0);
		assert_null(m.cpus);
		phys_close(&m);
		dumpfile_free(d);
	}
}

/* An empty VMCOREINFO is none; a note of a CPU that is too short has no CR3. */
static void notes_too_short(void **state)
{
	static const char zeros[DUMP_QEMU_BYTES] = { 1 };
	struct dumpfile *d = dumpfile_create();
	size_t end = dumpfile_note(d, NOTES_AT, "VMCOREINFO", 0, "", 0);
	struct phys m;

	(void)state;
	end = dumpfile_note(d, end, "QEMU", 0, zeros, 431);
	/* As qemu made it before it had kernel_gs_base. */
	end = dumpfile_note(d, end, "QEMU", 0, zeros, 432);
	m = opened_with_notes(d, end, 0, 0);
	assert_int_equal(m.nr_cpus, 1);
	assert_null(m.vmcoreinfo);
	phys_close(&m);
	dumpfile_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_qemu_writes),
		cmocka_unit_test(no_registers_in_kdumps_notes),
		cmocka_unit_test(overlapping_segments),
		cmocka_unit_test(quarrelling_segments),
		cmocka_unit_test(unsorted_segments),
		cmocka_unit_test(empty_segments),
		cmocka_unit_test(many_segments),
		cmocka_unit_test(counts_that_lie),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(cut_but_elsewhere),
		cmocka_unit_test(what_wraps_round),
		cmocka_unit_test(other_files),
		cmocka_unit_test(no_such_file),
		cmocka_unit_test(two_segments_of_notes),
		cmocka_unit_test(notes_cut_short),
		cmocka_unit_test(notes_of_another_kind),
		cmocka_unit_test(notes_too_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
