// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_roots.c - where the kernel's tables begin: what each source of the answer
 * says, and that none is believed which the tables contradict.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "machine.h"

static const char * const path = "made-up.dump";
static const struct ptwalk_image_options plain = { .paths = &path, .nr_paths = 1 };

static void find(struct machine *m, const struct ptwalk_image_options *o)
{
	struct ptwalk_error err = { 0 };

	if (root_find(&m->im, o, &err) < 0)
		fail_msg("%s", err.text);
}

static void expect_found(const struct machine *m, unsigned int from, uint64_t root)
{
	const struct ptwalk_info *i = &m->im.kernel;

	assert_int_equal(m->im.info.root_from, from);
	assert_true(i->known & PTWALK_KNOWN_TABLES);
	assert_int_equal(i->kernel_root, root);
	assert_int_equal(i->levels, m->levels);
	assert_int_equal(i->encryption, m->encryption);
}

static void expect_refused(struct machine *m, const struct ptwalk_image_options *o, int code,
			   const char *says)
{
	struct ptwalk_error err = { 0 };

	assert_int_equal(root_find(&m->im, o, &err), code);
	assert_int_equal(err.code, code);
	if (!strstr(err.text, says) || !strstr(err.text, path))
		fail_msg("'%s' does not say '%s'", err.text, says);
}

static void the_note(void **state)
{
	struct machine m;

	(void)state;
	for (unsigned int flags = 0; flags < 8; flags++) {
		for (unsigned int levels = 4; levels <= 5; levels++) {
			machine_init(&m, levels, flags);
			machine_take_note(&m);
			find(&m, &plain);
			expect_found(&m, PTWALK_ROOT_VMCOREINFO, m.root);
			assert_int_equal(m.im.info.sure, 100);
			assert_string_equal(m.im.kernel.release, "6.1.0-made-up");
			assert_true(m.im.kernel.known & PTWALK_KNOWN_PHYS_BASE);
			assert_true(m.im.kernel.known & PTWALK_KNOWN_PTI);
			assert_int_equal(m.im.kernel.pti, m.pti);
			assert_ptr_equal(m.im.vmcoreinfo.text, m.note);
			machine_deinit(&m);
		}
	}
}

/* Trap 12. */
static void phys_base_may_be_0(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, MACHINE_NO_KASLR);
	assert_non_null(strstr(m.note, "NUMBER(phys_base)=0\n"));
	machine_take_note(&m);
	find(&m, &plain);
	expect_found(&m, PTWALK_ROOT_VMCOREINFO, m.root);
	assert_true(m.im.kernel.known & PTWALK_KNOWN_PHYS_BASE);
	assert_int_equal(m.im.kernel.phys_base, 0);
	machine_deinit(&m);
}

static void change(char *note, const char *line, const char *to)
{
	char *at = strstr(note, line), rest[1024];

	assert_non_null(at);
	strcpy(rest, strchr(at, '\n'));
	strcpy(at, to);
	strcat(note, rest);
}

/* Notes that do not fit are not believed, and the next source is asked. */
static void a_note_that_lies(void **state)
{
	static const char * const lies[][2] = {
		{ "NUMBER(phys_base)", "NUMBER(phys_base)=4096" },
		{ "NUMBER(phys_base)", "NUMBER(phys_base)=-9223372036854775808" },
		{ "SYMBOL(init_top_pgt)", "SYMBOL(init_top_pgt)=ffffffff97014000" },
		{ "SYMBOL(init_top_pgt)", "SYMBOL(init_top_pgt)=ffffffff97010008" },
		{ "SYMBOL(init_top_pgt)", "SYMBOL(init_top_pgt)=1000" },
		{ "SYMBOL(init_top_pgt)", "NUMBER(nothing)=1" },
		{ "NUMBER(pgtable_l5_enabled)", "NUMBER(pgtable_l5_enabled)=1" },
		{ "NUMBER(sme_mask)", "NUMBER(sme_mask)=1" },
	};
	struct machine m;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		machine_init(&m, 4, 0);
		change(m.note, lies[i][0], lies[i][1]);
		machine_take_note(&m);
		machine_cpu(&m, 0, m.root);
		find(&m, &plain);
		expect_found(&m, PTWALK_ROOT_CPU, m.root);
		machine_deinit(&m);
	}
}

/* Of another kernel altogether: its text is forgotten, too. */
static void a_note_of_another_kernel(void **state)
{
	static const char * const stext[] = { "SYMBOL(_stext)=ffffffff81000000",
					      "SYMBOL(_stext)=ffffffff97001000" };
	struct machine m;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stext); i++) {
		machine_init(&m, 4, 0);
		change(m.note, "SYMBOL(_stext)", stext[i]);
		change(m.note, "NUMBER(phys_base)", "NUMBER(phys_base)=0");
		machine_take_note(&m);
		find(&m, &plain);
		expect_found(&m, PTWALK_ROOT_SEARCH, m.root);
		assert_null(m.im.vmcoreinfo.text);
		assert_false(m.im.kernel.known & PTWALK_KNOWN_RELEASE);
		machine_deinit(&m);
	}
}

/* A table that would do, but is not where the image has the symbol. */
static void a_note_of_another_table(void **state)
{
	char line[64];
	struct machine m;

	(void)state;
	machine_init(&m, 4, 0);
	snprintf(line, sizeof(line), "SYMBOL(init_top_pgt)=%llx",
		 (unsigned long long)(m.text + machine_process(&m) - MACHINE_TEXT_PA));
	change(m.note, "SYMBOL(init_top_pgt)", line);
	machine_take_note(&m);
	find(&m, &plain);
	expect_found(&m, PTWALK_ROOT_SEARCH, m.root);
	machine_deinit(&m);
}

static void cpus(void **state)
{
	struct machine m;
	uint64_t process;

	(void)state;
	for (unsigned int levels = 4; levels <= 5; levels++) {
		machine_init(&m, levels, MACHINE_LIVE);
		process = machine_process(&m);
		/* One that was never started, one without memory, one with a PCID. */
		machine_cpu(&m, 0, 0);
		m.cpus[0].cr0 = 0x60000010;
		machine_cpu(&m, 1, 0x7000000000);
		machine_cpu(&m, 2, process | 1ULL << 63 | 5);
		find(&m, &plain);
		/* The kernel's own table is preferred to the process's. */
		expect_found(&m, PTWALK_ROOT_CPU, m.root);
		assert_ptr_equal(m.im.cpu, &m.cpus[2]);
		assert_int_equal(m.im.kernel.pti, 0);
		/* Without paging, CR3 is only a number. */
		machine_cpu(&m, 2, m.root);
		m.cpus[2].cr0 = 0x60000010;
		find(&m, &plain);
		expect_found(&m, PTWALK_ROOT_SEARCH, m.root);
		machine_deinit(&m);
	}
}

/* Trap 4: a CPU that runs a process's code has the user's half of the pair. */
static void user_half_in_cr3(void **state)
{
	struct machine m;
	uint64_t process;

	(void)state;
	for (unsigned int levels = 4; levels <= 5; levels++) {
		machine_init(&m, levels, MACHINE_PTI);
		process = machine_process(&m);
		machine_cpu(&m, 0, (process + 4096) | 0x801);
		find(&m, &plain);
		expect_found(&m, PTWALK_ROOT_CPU, m.root);
		assert_int_equal(m.im.kernel.pti, 1);
		/* When that CPU is asked for, it is its own table. */
		find(&m, &(struct ptwalk_image_options){
				 .paths = &path, .nr_paths = 1, .flags = PTWALK_IMAGE_CR3 });
		expect_found(&m, PTWALK_ROOT_CPU, process);
		assert_int_equal(m.im.kernel.pti, 1);
		machine_deinit(&m);
	}
}

static void isolation_is_not_known(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, MACHINE_PTI);
	m.mem.error[(m.root + 4096) / MEM_PAGE] = -EIO;
	machine_take_note(&m);
	find(&m, &plain);
	expect_found(&m, PTWALK_ROOT_VMCOREINFO, m.root);
	assert_false(m.im.kernel.known & PTWALK_KNOWN_PTI);
	machine_deinit(&m);
}

static void one_cpu(void **state)
{
	struct ptwalk_image_options o = plain;
	struct machine m;
	uint64_t process;

	(void)state;
	machine_init(&m, 4, 0);
	process = machine_process(&m);
	machine_take_note(&m);
	machine_cpu(&m, 0, m.root);
	machine_cpu(&m, 1, process | 3);
	machine_cpu(&m, 2, 0x123456000);
	o.flags = PTWALK_IMAGE_CR3;
	o.cpu = 1;
	find(&m, &o);
	expect_found(&m, PTWALK_ROOT_CPU, process);
	assert_ptr_equal(m.im.cpu, &m.cpus[1]);
	assert_string_equal(m.im.kernel.release, "6.1.0-made-up");
	o.cpu = 2;
	expect_refused(&m, &o, -EINVAL, "123456000");
	o.cpu = 3;
	expect_refused(&m, &o, -EINVAL, "there is no CPU 3");
	machine_deinit(&m);
}

static void a_given_root(void **state)
{
	struct ptwalk_image_options o = plain;
	struct machine m;

	(void)state;
	o.flags = PTWALK_IMAGE_ROOT;
	/* The tables tell how many levels there are. */
	machine_init(&m, 5, 0);
	o.root = m.root;
	find(&m, &o);
	expect_found(&m, PTWALK_ROOT_GIVEN, m.root);
	machine_deinit(&m);
	/* It is taken though nothing is there. */
	machine_init(&m, 4, MACHINE_EMPTY);
	o.root = 0x5000;
	find(&m, &o);
	expect_found(&m, PTWALK_ROOT_GIVEN, 0x5000);
	assert_false(m.im.kernel.known & PTWALK_KNOWN_PTI);
	o.root = MACHINE_BYTES;
	expect_refused(&m, &o, -EINVAL, "no memory at the root 400000");
	machine_deinit(&m);
}

static void levels_by_order(void **state)
{
	struct ptwalk_image_options o = plain;
	struct machine m;

	(void)state;
	machine_init(&m, 5, 0);
	machine_take_note(&m);
	o.levels = 4;
	/* No table of 4 levels is there. */
	expect_refused(&m, &o, -ENOENT, "VMCOREINFO does not fit");
	machine_take_note(&m);
	o.levels = 5;
	find(&m, &o);
	expect_found(&m, PTWALK_ROOT_VMCOREINFO, m.root);
	machine_deinit(&m);
}

/* Trap 5. */
static void encryption(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, MACHINE_ENCRYPTED);
	machine_take_note(&m);
	find(&m, &plain);
	expect_found(&m, PTWALK_ROOT_VMCOREINFO, m.root);
	machine_deinit(&m);
	/* CR3 has the bit as well; no note tells of it. */
	machine_init(&m, 4, MACHINE_ENCRYPTED);
	machine_cpu(&m, 0, m.root | MACHINE_ENCRYPTION);
	find(&m, &plain);
	expect_found(&m, PTWALK_ROOT_CPU, m.root);
	machine_deinit(&m);
	machine_init(&m, 5, MACHINE_ENCRYPTED);
	find(&m, &plain);
	expect_found(&m, PTWALK_ROOT_SEARCH, m.root);
	machine_deinit(&m);
}

static void expect_note_in_memory(struct machine *m)
{
	find(m, &plain);
	expect_found(m, PTWALK_ROOT_VMCOREINFO_IN_MEMORY, m->root);
	assert_string_equal(m->im.kernel.release, "6.1.0-made-up");
	assert_string_equal(m->im.vmcoreinfo.text, m->note);
	assert_int_equal(m->im.vmcoreinfo.bytes, strlen(m->note));
	machine_deinit(m);
}

static void note_in_memory(void **state)
{
	static const uint32_t head[] = { 11, 3000, 0 };
	struct machine m;
	char *page;

	(void)state;
	machine_init(&m, 4, 0);
	/* What is left of a boot before this one, and half a page of it, come first. */
	page = (char *)machine_word(&m, 0x3000);
	strcpy(page, m.note);
	change(page, "NUMBER(phys_base)", "NUMBER(phys_base)=4096");
	memset(machine_word(&m, 0x4000), 'O', 4096);
	strcpy((char *)machine_word(&m, 0x8000), m.note);
	expect_note_in_memory(&m);
	/* As a note of ELF; the text goes on into another page. */
	for (unsigned int read = 0; read < 2; read++) {
		machine_init(&m, 5, 0);
		page = (char *)machine_word(&m, 0x3000);
		memcpy(page, head, sizeof(head));
		strcpy(page + 12, "VMCOREINFO");
		strcpy(page + 24, m.note);
		if (read)
			machine_unmap(&m);
		expect_note_in_memory(&m);
	}
}

/* What does not fit into the rest of the first page goes on in the second. */
static void long_note_in_memory(void **state)
{
	static const uint32_t head[] = { 11, 4000, 0 };
	struct machine m;
	char *text;

	(void)state;
	machine_init(&m, 4, 0);
	text = (char *)machine_word(&m, 0x3000);
	memcpy(text, head, sizeof(head));
	strcpy(text + 12, "VMCOREINFO");
	text += 24;
	strcpy(text, m.note);
	while (strlen(text) < 5000)
		strcat(text, "SIZE(what)=1\n");
	find(&m, &plain);
	expect_found(&m, PTWALK_ROOT_VMCOREINFO_IN_MEMORY, m.root);
	assert_int_equal(m.im.vmcoreinfo.bytes, strlen(text));
	machine_deinit(&m);
}

static void nothing(void **state)
{
	struct machine m;

	(void)state;
	machine_init(&m, 4, MACHINE_EMPTY);
	expect_refused(&m, &plain, -ENOENT, "it has no VMCOREINFO, no CPU's registers");
	machine_take_note(&m);
	machine_cpu(&m, 0, m.root);
	expect_refused(&m, &plain, -ENOENT, "its VMCOREINFO does not fit, no CPU's CR3 fits");
	assert_int_equal(m.im.info.root_from, PTWALK_ROOT_UNKNOWN);
	assert_int_equal(m.im.kernel.known, 0);
	assert_null(m.im.vmcoreinfo.text);
	machine_deinit(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_note),
		cmocka_unit_test(phys_base_may_be_0),
		cmocka_unit_test(a_note_that_lies),
		cmocka_unit_test(a_note_of_another_kernel),
		cmocka_unit_test(a_note_of_another_table),
		cmocka_unit_test(cpus),
		cmocka_unit_test(user_half_in_cr3),
		cmocka_unit_test(isolation_is_not_known),
		cmocka_unit_test(one_cpu),
		cmocka_unit_test(a_given_root),
		cmocka_unit_test(levels_by_order),
		cmocka_unit_test(encryption),
		cmocka_unit_test(note_in_memory),
		cmocka_unit_test(long_note_in_memory),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
