// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_notes.c - notes of a dump: qemu's CPUs, VMCOREINFO, and notes that lie.
 */
#include <errno.h>
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/notes.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

struct made {
	unsigned char bytes[4096];
	size_t n;
};

static void add(struct made *m, const char *name, uint32_t type, const void *contents, uint32_t n)
{
	const Elf64_Nhdr header = { (uint32_t)strlen(name) + 1, n, type };

	memcpy(m->bytes + m->n, &header, sizeof(header));
	m->n += sizeof(header);
	memcpy(m->bytes + m->n, name, header.n_namesz);
	m->n += (header.n_namesz + 3) & ~3U;
	memcpy(m->bytes + m->n, contents, n);
	m->n += (n + 3) & ~3U;
}

/* qemu 7.2 writes 440 bytes; older ones 432, without kernel_gs_base. */
static void add_cpu(struct made *m, uint32_t version, uint64_t cr3, uint32_t bytes)
{
	unsigned char state[440] = { 0 };
	const uint64_t cr[5] = { 0x80050033, 0, 0x1234, cr3, 0x6b0 };

	memcpy(state, &version, sizeof(version));
	memcpy(state + 4, &bytes, sizeof(bytes));
	memcpy(state + 392, cr, sizeof(cr));
	add(m, "QEMU", 0, state, bytes);
}

static void cpus_in_order(void **state)
{
	struct made m = { .n = 0 };
	struct phys_cpu *cpus;
	size_t n;

	(void)state;
	add(&m, "CORE", 1, "prstatus", 9);
	add_cpu(&m, 1, 0x1844000, 440);
	add_cpu(&m, 1, 0, 432);
	assert_int_equal(notes_cpus(m.bytes, m.n, &cpus, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(cpus[0].cr0, 0x80050033);
	assert_int_equal(cpus[0].cr3, 0x1844000);
	assert_int_equal(cpus[0].cr4, 0x6b0);
	assert_false(cpus[0].has_efer);
	assert_int_equal(cpus[1].cr3, 0);
	free(cpus);
}

static void cpus_of_another_kind(void **state)
{
	struct made m = { .n = 0 };
	struct phys_cpu *cpus;
	size_t n;

	(void)state;
	add_cpu(&m, 2, 0x1844000, 440);
	add_cpu(&m, 1, 0x1844000, 428);
	add(&m, "QEMUX", 0, m.bytes, 440);
	add(&m, "QEMU", 1, m.bytes, 440);
	assert_int_equal(notes_cpus(m.bytes, m.n, &cpus, &n), 0);
	assert_int_equal(n, 0);
	assert_null(cpus);
}

static void vmcoreinfo_text(void **state)
{
	struct made m = { .n = 0 };
	const char *text;
	size_t n;

	(void)state;
	assert_null(notes_vmcoreinfo(m.bytes, 0, &n));
	add(&m, "VMCOREINFO_XEN", 0, "OSRELEASE=0\n", 12);
	add(&m, "VMCOREINFO", 0, "OSRELEASE=1\n\0\0\0", 15);
	add(&m, "VMCOREINFO", 0, "OSRELEASE=2\n", 12);
	text = notes_vmcoreinfo(m.bytes, m.n, &n);
	assert_non_null(text);
	assert_int_equal(n, 12);
	assert_memory_equal(text, "OSRELEASE=1\n", 12);
}

/* Where the notes end, at whatever byte, nothing behind them is looked at. */
static void cut_short(void **state)
{
	struct made m = { .n = 0 };

	(void)state;
	add(&m, "VMCOREINFO", 0, "A=1\n", 4);
	add_cpu(&m, 1, 0x1000, 440);
	for (size_t cut = 0; cut <= m.n; cut++) {
		unsigned char *copy = malloc(cut ? cut : 1);
		struct phys_cpu *cpus;
		const char *text;
		size_t n;

		memcpy(copy, m.bytes, cut);
		text = notes_vmcoreinfo(copy, cut, &n);
		assert_int_equal(text != NULL, cut >= 12 + 12 + 4);
		assert_int_equal(notes_cpus(copy, cut, &cpus, &n), 0);
		assert_int_equal(n, cut == m.n);
		free(cpus);
		free(copy);
	}
}

static void lying_lengths(void **state)
{
	static const uint32_t lengths[] = { 13, 4096, 0x7fffffff, 0xfffffffc, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (unsigned int field = 0; field < 2; field++) {
			struct made m = { .n = 0 };
			unsigned char *copy;
			struct note note;
			size_t at = 0;

			add(&m, "CORE", 1, "12345678", 8);
			memcpy(m.bytes + 4 * field, &lengths[i], 4);
			copy = malloc(m.n);
			memcpy(copy, m.bytes, m.n);
			/* 13 bytes are there for the name, and then none for the rest. */
			assert_false(notes_next(copy, m.n, &at, &note));
			assert_int_equal(at, 0);
			free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cpus_in_order),   cmocka_unit_test(cpus_of_another_kind),
		cmocka_unit_test(vmcoreinfo_text), cmocka_unit_test(cut_short),
		cmocka_unit_test(lying_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
