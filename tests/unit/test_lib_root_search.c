// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_root_search.c - the kernel's top table among all pages, with no note and no
 * register: what must be found, and what looks like it and is not.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/layout_x86.h"
#include "../../lib/root_look.h"
#include "machine.h"
#include "tree.h"

#define ADDRESS 0x000ffffffffff000ULL

static struct root_found search(struct machine *m)
{
	struct root_found found;

	assert_int_equal(root_search(&m->im, 0, NULL, NULL, &found), 0);
	return found;
}

static void expect_root(struct machine *m, uint64_t root, unsigned int sure)
{
	struct root_found found = search(m);

	assert_int_equal(found.look.space.root.v, root);
	assert_int_equal(found.levels, m->levels);
	assert_int_equal(found.sure, sure);
	assert_int_equal(found.look.text, m->text);
	assert_int_equal(found.look.text_pa, MACHINE_TEXT_PA);
}

static void expect_nothing(struct machine *m)
{
	struct root_found found = search(m);

	assert_int_equal(found.look.score, 0);
	assert_int_equal(found.sure, 0);
}

static void forget_own(struct machine *m)
{
	memset(machine_word(m, m->root), 0, MEM_PAGE);
}

/* Every sort of kernel; processes' tables lie before and behind its own. */
static void own_among_processes(void **state)
{
	struct machine m;

	(void)state;
	for (unsigned int flags = 0; flags < 16; flags++) {
		for (unsigned int levels = 4; levels <= 5; levels++) {
			bool read = flags & 8;

			machine_init(&m, levels, flags & 7);
			for (unsigned int i = 0; i < 5; i++)
				machine_process(&m);
			m.next_table = 3 << 20;
			for (unsigned int i = 0; i < 5; i++)
				machine_process(&m);
			if (read)
				machine_unmap(&m);
			expect_root(&m, m.root, 100);
			mem_count_anew(&m.mem);
			assert_int_equal(search(&m).pages, MACHINE_BYTES / MEM_PAGE);
			/* Few pages are looked at in full. */
			assert_true(m.mem.asks < 400);
			machine_deinit(&m);
		}
	}
}

/* Where pages are, but by no constant, there is no direct map to agree with. */
static void no_direct_map(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	*machine_entry(&m, m.root, m.page_offset, 3) = 0x1000 | M_DATA;
	expect_root(&m, m.root, 60);
	machine_process(&m);
	forget_own(&m);
	expect_nothing(&m);
	machine_deinit(&m);
}

/* A process's table serves, where the kernel's own is not in the file. */
static void process_alone(void **state)
{
	struct machine m;
	uint64_t process;

	(void)state;
	for (unsigned int flags = 0; flags < 2; flags++) {
		machine_init(&m, 4, flags);
		process = machine_process(&m);
		forget_own(&m);
		expect_root(&m, process, 75);
		machine_deinit(&m);
	}
}

/*
 * EFI's tables and the trampoline's have the kernel's upper half, too, and a 1:1 map in
 * the lower; before 5.16 the trampoline's has the image's entry alone.
 */
static void firmware_tables(void **state)
{
	struct machine m;
	uint64_t efi, old, process;

	(void)state;
	machine_init(&m, 4, 0);
	efi = machine_page(&m);
	memcpy(machine_word(&m, efi + 2048), machine_word(&m, m.root + 2048), 2048);
	machine_map(&m, efi, 0, M_DATA | M_PSE, 2 << 20);
	*machine_entry(&m, efi, 0, 0) = (*machine_entry(&m, efi, 0, 0) & ADDRESS) | 0x63;
	/* And a pud of its own, with the image's entry copied. */
	*machine_entry(&m, efi, START_KERNEL_MAP, 0) = machine_page(&m) | 0x63;
	*machine_entry(&m, efi, START_KERNEL_MAP, 1) =
		*machine_entry(&m, m.root, START_KERNEL_MAP, 1);
	old = machine_page(&m);
	*machine_word(&m, old) = *machine_entry(&m, m.root, m.page_offset, 0);
	*machine_word(&m, old + 8 * 511) = *machine_word(&m, m.root + 8 * 511);
	expect_root(&m, m.root, 100);
	process = machine_process(&m);
	forget_own(&m);
	expect_root(&m, process, 75);
	memset(machine_word(&m, process), 0, MEM_PAGE);
	expect_root(&m, efi, 70);
	memset(machine_word(&m, efi), 0, MEM_PAGE);
	expect_nothing(&m);
	machine_deinit(&m);
}

/* The user's half of a pair maps the entry code, and is no root of the kernel. */
static void user_halves_alone(void **state)
{
	struct machine m;
	uint64_t process;

	(void)state;
	for (unsigned int levels = 4; levels <= 5; levels++) {
		machine_init(&m, levels, MACHINE_PTI);
		process = machine_process(&m);
		memset(machine_word(&m, process), 0, MEM_PAGE);
		forget_own(&m);
		expect_nothing(&m);
		machine_deinit(&m);
	}
}

/* With 5 levels, the image's table of the second level would be a root of 4 levels. */
static void second_level_is_no_root(void **state)
{
	struct root_look l;
	struct machine m;
	u64 second;

	(void)state;
	machine_init(&m, 5, 0);
	*machine_entry(&m, m.root, 0xffffff0000000000, 1) = machine_page(&m) | M_TABLE;
	second = *machine_word(&m, m.root + 8 * 511) & ADDRESS;
	forget_own(&m);
	expect_nothing(&m);
	/* Nor is it one when a register says so. */
	assert_int_equal(root_look(&m.im, 4, second, 0, &l), 0);
	assert_true(l.facts & ROOT_IMAGE);
	assert_false(root_is_believed(&l));
	machine_deinit(&m);
}

/* What is first where the image may lie is the kernel's, may be executed, and is there. */
static void no_text(void **state)
{
	static const u64 entries[] = { MACHINE_TEXT_PA | M_DATA, MACHINE_TEXT_PA | M_TEXT | 4,
				       MACHINE_BYTES | M_TEXT };
	struct machine m;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		machine_init(&m, 4, 0);
		machine_process(&m);
		*machine_entry(&m, m.root, m.text, 3) = entries[i];
		expect_nothing(&m);
		machine_deinit(&m);
	}
}

/* What was freed of the image can hold a process's table, emptied when it ended. */
static void table_in_a_freed_part(void **state)
{
	struct machine m;
	uint64_t freed;

	(void)state;
	machine_init(&m, 4, 0);
	for (unsigned int i = 0; i < 2; i++) {
		freed = MACHINE_TEXT_PA + (i ? 0x100000 : 0x2000);
		memcpy(machine_word(&m, freed), machine_word(&m, m.root), MEM_PAGE);
	}
	expect_root(&m, m.root, 100);
	/* Where that part is for reading alone, it is in the image's data no more. */
	forget_own(&m);
	expect_root(&m, MACHINE_TEXT_PA + 0x2000, 90);
	*machine_entry(&m, MACHINE_TEXT_PA + 0x2000, m.text + 0x2000, 3) &= ~2ULL;
	expect_root(&m, freed, 90);
	machine_deinit(&m);
}

/* A kernel that ran before this one: its tables are all there yet. */
static void two_kernels(void **state)
{
	struct machine m;
	uint64_t other, pud, process[3];

	(void)state;
	machine_init(&m, 4, 0);
	other = machine_page(&m);
	machine_map(&m, other, m.text, 0x30000 | M_TEXT, 4096);
	pud = *machine_entry(&m, m.root, m.page_offset, 1);
	*machine_entry(&m, other, 0xffff990000000000, 1) = pud;
	machine_map(&m, other, m.vmalloc, 0x5000 | M_DATA, 4096);
	/* What is not whole is no rival. */
	expect_root(&m, m.root, 100);
	machine_map(&m, other, m.vmemmap, 0x5000 | M_DATA, 4096);
	expect_root(&m, m.root, 50);
	/* Of two that are as good, that of more processes. */
	for (unsigned int i = 0; i < 3; i++)
		process[i] = machine_process(&m);
	forget_own(&m);
	assert_int_equal(search(&m).look.text_pa, MACHINE_TEXT_PA);
	memset(machine_word(&m, process[1]), 0, MEM_PAGE);
	memset(machine_word(&m, process[2]), 0, MEM_PAGE);
	assert_int_equal(search(&m).look.space.root.v, other);
	machine_deinit(&m);
}

/* Nothing but bytes, which may look like anything. */
static void noise(void **state)
{
	struct rng rng = { 1 };
	struct machine m;

	(void)state;
	machine_init(&m, 4, MACHINE_EMPTY);
	expect_nothing(&m);
	for (u64 i = 0; i < MACHINE_BYTES / 8; i++)
		m.mem.words[i] = rng_next(&rng);
	expect_nothing(&m);
	for (u64 i = 0; i < MACHINE_BYTES; i++)
		((char *)m.mem.words)[i] = "the quick brown fox\n"[i % 20];
	expect_nothing(&m);
	assert_int_equal(m.mem.asks, 0);
	/* Each entry a table: each page is its own root, and maps all that can be. */
	for (u64 i = 0; i < MACHINE_BYTES / 8; i++)
		m.mem.words[i] = rng_below(&rng, MACHINE_BYTES / MEM_PAGE) << 12 | 0x67;
	search(&m);
	for (u64 i = 0; i < MACHINE_BYTES / 8; i++)
		m.mem.words[i] = 0x67;
	expect_nothing(&m);
	machine_deinit(&m);
}

/* What garbage costs has a bound: some hundred tables for each of so many pages. */
static void work_is_bounded(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, MACHINE_EMPTY);
	/* Every page leads to an image table that is empty, and has an upper half. */
	for (u64 page = 1; page < MACHINE_BYTES / MEM_PAGE; page++)
		for (unsigned int i = 256; i < 512; i++)
			*mem_at(&m.mem, page, i) = ((page + i) % 1023 + 1) << 12 | 0x67;
	mem_count_anew(&m.mem);
	expect_nothing(&m);
	assert_true(m.mem.asks < MACHINE_BYTES / MEM_PAGE * 2 * 700);
	machine_deinit(&m);
}

/* A file that ends before the tables do; and one with the tables of the image left. */
static void truncated(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	m.ranges[0].bytes = MACHINE_ROOT;
	expect_nothing(&m);
	machine_deinit(&m);
	machine_init(&m, 4, 0);
	m.ranges[0].pa = MACHINE_TEXT_PA;
	m.ranges[0].bytes -= MACHINE_TEXT_PA;
	m.ranges[0].data += MACHINE_TEXT_PA;
	for (u64 page = 0; page < MACHINE_TEXT_PA / MEM_PAGE; page++)
		m.mem.error[page] = -EIO;
	expect_root(&m, m.root, 55);
	machine_deinit(&m);
}

/* Ranges may begin and end anywhere, in memory and in the file. */
static void odd_ranges(void **state)
{
	static unsigned char odd[MACHINE_BYTES + 1];
	const unsigned char *data;
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	data = m.ranges[0].data;
	memcpy(odd + 1, data, MACHINE_BYTES);
	m.ranges[0] = (struct phys_range){ .pa = 0, .bytes = 0x1801, .data = data };
	m.ranges[1] = (struct phys_range){ 0x1801, 0x700, data + 0x1801 };
	m.ranges[2] = (struct phys_range){ 0x2fff, 2, data + 0x2fff };
	m.ranges[3] = (struct phys_range){ 0x4800, MACHINE_BYTES - 0x4800, odd + 1 + 0x4800 };
	m.im.mem.nr_ranges = 4;
	expect_root(&m, m.root, 100);
	assert_int_equal(search(&m).pages, 1 + (MACHINE_BYTES - 0x5000) / MEM_PAGE);
	machine_deinit(&m);
}

static bool count_notes(void *ctx, const struct vmcoreinfo *v)
{
	unsigned int *notes = ctx;

	assert_memory_equal(v->text, "OSRELEASE=", 10);
	return ++*notes == 2;
}

static void notes_are_shown(void **state)
{
	struct root_found found;
	unsigned int notes = 0;
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	for (unsigned int i = 0; i < 3; i++)
		strcpy((char *)machine_word(&m, 0x10000 + i * MEM_PAGE), "OSRELEASE=");
	strcpy((char *)machine_word(&m, 0x20000) + 1, "OSRELEASE=");
	assert_int_equal(root_search(&m.im, 0, count_notes, &notes, &found), 1);
	assert_int_equal(notes, 2);
	/* Of one sort of paging alone. */
	assert_int_equal(root_search(&m.im, 5, NULL, NULL, &found), 0);
	assert_int_equal(found.look.score, 0);
	assert_int_equal(root_search(&m.im, 4, NULL, NULL, &found), 0);
	assert_int_equal(found.look.space.root.v, m.root);
	machine_deinit(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_among_processes),
		cmocka_unit_test(process_alone),
		cmocka_unit_test(no_direct_map),
		cmocka_unit_test(firmware_tables),
		cmocka_unit_test(user_halves_alone),
		cmocka_unit_test(second_level_is_no_root),
		cmocka_unit_test(no_text),
		cmocka_unit_test(table_in_a_freed_part),
		cmocka_unit_test(two_kernels),
		cmocka_unit_test(noise),
		cmocka_unit_test(work_is_bounded),
		cmocka_unit_test(truncated),
		cmocka_unit_test(odd_ranges),
		cmocka_unit_test(notes_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
