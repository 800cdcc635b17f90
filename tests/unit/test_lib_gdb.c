// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_gdb.c - a virtual machine behind a gdbstub, and stubs that lie or die. It is
 * left as it was found, whatever happens.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/gdb_machine.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#include "gdb_stub.h"

#define PATIENCE_MS 200
#define PLENTY_MS 5000

/* Memory of a file's, in which every page is another. */
struct guest {
	char path[32];
	unsigned char *memory;
};

static void guest_open(struct guest *g)
{
	int fd;

	strcpy(g->path, "/tmp/guest.XXXXXX");
	fd = mkstemp(g->path);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, STUB_BYTES), 0);
	g->memory = mmap(NULL, STUB_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(g->memory != MAP_FAILED);
	close(fd);
	for (unsigned int i = 0; i < STUB_BYTES; i++)
		g->memory[i] = (unsigned char)(i / 4096 + i % 251);
}

static void guest_close(struct guest *g)
{
	munmap(g->memory, STUB_BYTES);
	unlink(g->path);
}

static int open_stub(struct phys *m, struct stub *s, const char *file, unsigned int ms,
		     struct ptwalk_error *err)
{
	const struct ptwalk_image_options o = { .socket = "the-stub",
						.paths = &file,
						.nr_paths = file ? 1 : 0 };

	return gdb_phys_open_fd(m, stub_start(s), ms, &o, err);
}

static void expect_same(struct phys *m, const struct guest *g)
{
	unsigned char page[4096];

	assert_int_equal(m->nr_ranges, 3);
	for (unsigned int at = 0; at < STUB_BYTES; at += 4096) {
		uint64_t pa = at < STUB_LOW_BYTES ? at : at - STUB_LOW_BYTES + STUB_HIGH_PA;

		assert_int_equal(phys_read(m, pa, page, 4096), 0);
		assert_memory_equal(page, g->memory + at, 4096);
	}
	assert_int_equal(phys_read(m, STUB_LOW_BYTES - 8, page, 16), -ENXIO);
	assert_int_equal(phys_read(m, 0xb0000000, page, 1), -ENXIO);
	assert_int_equal(phys_read(m, STUB_HIGH_PA + 0x40000, page, 1), -ENXIO);
}

static void expect_left(const struct stub *s)
{
	assert_false(s->physical);
	assert_int_equal(s->running, !s->paused);
}

static void through_the_stub(void **state)
{
	(void)state;
	for (unsigned int turn = 0; turn < 4; turn++) {
		struct ptwalk_error err = { 0 };
		struct stub s = { .acks = turn & 1, .paused = turn & 2 };
		struct guest g;
		struct phys m;

		guest_open(&g);
		s.memory = g.memory;
		assert_int_equal(open_stub(&m, &s, NULL, PLENTY_MS, &err), 0);
		assert_non_null(strstr(m.detail, "read through the gdbstub"));
		assert_int_equal(m.nr_cpus, 2);
		assert_int_equal(m.cpus[0].cr0, 0x80050033);
		assert_int_equal(m.cpus[0].cr3, 0x1000);
		assert_int_equal(m.cpus[0].cr4, 0x6b0);
		assert_true(m.cpus[0].has_efer);
		assert_int_equal(m.cpus[0].efer, 0xd01);
		assert_int_equal(m.cpus[1].cr3, 0x2001);
		assert_int_equal(m.cpus[1].cr4, 0x6a0);
		assert_null(m.ranges[0].data);
		assert_int_equal(phys_mapped_bytes(&m), 0);
		expect_same(&m, &g);
		assert_true(s.physical);
		phys_close(&m);
		stub_join(&s);
		expect_left(&s);
		guest_close(&g);
	}
}

static void by_the_named_file(void **state)
{
	struct ptwalk_error err = { 0 };
	struct stub s = { .wrong = STUB_GOOD };
	struct guest g;
	struct phys m;
	unsigned int reads;

	(void)state;
	guest_open(&g);
	s.memory = g.memory;
	assert_int_equal(open_stub(&m, &s, g.path, PLENTY_MS, &err), 0);
	assert_non_null(strstr(m.detail, "mapped"));
	/* The firmware is not in the file. */
	assert_int_equal(phys_mapped_bytes(&m), STUB_BYTES);
	assert_int_equal(m.ranges[2].pa, STUB_HIGH_PA);
	assert_memory_equal(m.ranges[2].data, g.memory + STUB_LOW_BYTES, 0x40000);
	reads = s.reads;
	expect_same(&m, &g);
	assert_int_equal(s.reads, reads);
	phys_close(&m);
	stub_join(&s);
	expect_left(&s);
	guest_close(&g);
}

/* The stub's process is this one, and says where it has the memory. */
static void by_the_process(void **state)
{
	struct ptwalk_error err = { 0 };
	struct guest g;
	struct phys m;

	(void)state;
	guest_open(&g);
	for (unsigned int turn = 0; turn < 2; turn++) {
		unsigned char *own = malloc(STUB_BYTES + 4096);
		unsigned char *at = own + 4096 - (uintptr_t)own % 4096;
		const unsigned char rom[STUB_ROM_BYTES] = "firmware";
		struct stub s = { .memory = turn ? at : g.memory, .rom = rom };
		unsigned int reads;

		memcpy(at, g.memory, STUB_BYTES);
		s.told_va = (unsigned long)s.memory;
		/* It tells one address for both parts, which is right of the first. */
		assert_int_equal(open_stub(&m, &s, NULL, PLENTY_MS, &err), 0);
		assert_non_null(strstr(m.detail, turn ? "read from qemu's process" : "mapped"));
		/* What is small is taken over. */
		assert_int_equal(m.ranges[1].pa, STUB_ROM_PA);
		assert_memory_equal(m.ranges[1].data, rom, sizeof(rom));
		reads = s.reads;
		expect_same(&m, &g);
		assert_int_equal(s.reads, reads);
		phys_close(&m);
		stub_join(&s);
		free(own);
	}
	guest_close(&g);
}

/* A file, or a process's memory, that is not what the stub reads is not believed. */
static void not_believed(void **state)
{
	struct ptwalk_error err = { 0 };
	struct guest g, other;
	struct stub s = { .wrong = STUB_GOOD };
	struct phys m;

	(void)state;
	guest_open(&g);
	guest_open(&other);
	for (unsigned int i = 0; i < STUB_BYTES; i += 4096)
		other.memory[i]++;
	s.memory = g.memory;
	s.told_va = (unsigned long)other.memory;
	assert_int_equal(open_stub(&m, &s, other.path, PLENTY_MS, &err), 0);
	assert_non_null(strstr(m.detail, "read through the gdbstub"));
	assert_non_null(strstr(m.detail, "is not its memory"));
	expect_same(&m, &g);
	phys_close(&m);
	stub_join(&s);
	s.told_va = (unsigned long)g.memory;
	s.lies = true;
	assert_int_equal(open_stub(&m, &s, g.path, PLENTY_MS, &err), 0);
	assert_non_null(strstr(m.detail, "read through the gdbstub"));
	phys_close(&m);
	stub_join(&s);
	s.lies = false;
	assert_int_equal(truncate(other.path, 4096), 0);
	s.told_va = 0;
	assert_int_equal(open_stub(&m, &s, other.path, PLENTY_MS, &err), 0);
	assert_non_null(strstr(m.detail, "read through the gdbstub"));
	phys_close(&m);
	stub_join(&s);
	assert_int_equal(open_stub(&m, &s, "/no/such/file", PLENTY_MS, &err), -ENOENT);
	stub_join(&s);
	expect_left(&s);
	assert_int_equal(truncate(other.path, STUB_BYTES), 0);
	guest_close(&other);
	guest_close(&g);
}

/* Without a monitor: what may be memory of a PC, and its holes are left out. */
static void without_monitor(void **state)
{
	struct ptwalk_error err = { 0 };
	struct stub s = { .wrong = STUB_EMPTY, .wrong_at = "qRcmd" };
	unsigned char byte;
	struct guest g;
	struct phys m;

	(void)state;
	guest_open(&g);
	s.memory = g.memory;
	assert_int_equal(open_stub(&m, &s, NULL, PLENTY_MS, &err), 0);
	assert_int_equal(m.nr_ranges, 3);
	assert_int_equal(phys_read(&m, 0x1234, &byte, 1), 0);
	assert_int_equal(byte, g.memory[0x1234]);
	assert_int_equal(phys_read(&m, 0xa0000, &byte, 1), -ENXIO);
	assert_int_equal(phys_read(&m, 0xfee00000, &byte, 1), -ENXIO);
	phys_close(&m);
	stub_join(&s);
	expect_left(&s);
	guest_close(&g);
}

/* Each goes wrong at one question, while it is opened. */
static void refused(void **state)
{
	static const struct {
		enum stub_wrong wrong;
		const char *at;
		int code;
	} all[] = {
		{ STUB_BAD_SUM, "qSupported", -EPROTO },
		{ STUB_GARBAGE, "qSupported", -EPROTO },
		{ STUB_SILENT, "qSupported", -ETIMEDOUT },
		{ STUB_HANG_UP, "qSupported", -ECONNRESET },
		{ STUB_OVERSIZE, "qSupported", -EPROTO },
		{ STUB_STOPS, "qSupported", -EPROTO },
		{ STUB_SILENT, "QStartNoAckMode", -ETIMEDOUT },
		{ STUB_EMPTY, "qqemu.PhyMemMode", -EOPNOTSUPP },
		{ STUB_ERROR, "qqemu.PhyMemMode", -EOPNOTSUPP },
		{ STUB_ERROR, "Qqemu.PhyMemMode:1", -EOPNOTSUPP },
		{ STUB_EMPTY, "qXfer:features:read:target.xml", -ENOENT },
		{ STUB_ERROR, "qXfer:features:read:core.xml", -ENOENT },
		{ STUB_SILENT, "qXfer:features:read:core.xml", -ETIMEDOUT },
		{ STUB_EMPTY, "qfThreadInfo", -EPROTO },
		{ STUB_ERROR, "Hg", -EPROTO },
		{ STUB_ERROR, "p", -EPROTO },
		{ STUB_EMPTY, "p", -EPROTO },
		{ STUB_NOT_HEX, "p", -EPROTO },
		{ STUB_BAD_SUM, "p", -EPROTO },
		{ STUB_OVERSIZE, "p", -EPROTO },
		{ STUB_HANG_UP, "p", -ECONNRESET },
		{ STUB_BAD_SUM, "qRcmd", -EPROTO },
		{ STUB_HANG_UP, "qRcmd", -ECONNRESET },
	};
	struct guest g;

	(void)state;
	guest_open(&g);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct stub s = { .memory = g.memory,
				  .wrong = all[i].wrong,
				  .wrong_at = all[i].at };
		struct ptwalk_error err = { 0 };
		struct phys m;

		assert_int_equal(open_stub(&m, &s, NULL, PATIENCE_MS, &err), all[i].code);
		assert_int_equal(err.code, all[i].code);
		assert_non_null(strstr(err.text, "the-stub"));
		stub_join(&s);
		if (all[i].wrong == STUB_HANG_UP)
			continue;
		/* Also then the machine runs on. */
		expect_left(&s);
	}
	guest_close(&g);
}

/* It dies later: each read says so at once, and the first one does not wait long. */
static void memory_goes_wrong(void **state)
{
	static const struct {
		enum stub_wrong wrong;
		int code;
		int again;
	} all[] = {
		{ STUB_BAD_SUM, -EIO, -EIO },  { STUB_GARBAGE, -EIO, -EIO },
		{ STUB_SILENT, -EIO, -EIO },   { STUB_HANG_UP, -EIO, -EIO },
		{ STUB_OVERSIZE, -EIO, -EIO }, { STUB_ERROR, -ENXIO, 0 },
		{ STUB_EMPTY, -ENXIO, 0 },     { STUB_NOT_HEX, -EIO, 0 },
		{ STUB_STOPS, -EIO, -EIO },
	};
	struct guest g;

	(void)state;
	guest_open(&g);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct stub s = { .memory = g.memory, .wrong = all[i].wrong, .wrong_at = "m1" };
		struct ptwalk_error err = { 0 };
		unsigned char page[4096];
		struct phys m;

		assert_int_equal(open_stub(&m, &s, NULL, PATIENCE_MS, &err), 0);
		assert_int_equal(phys_read(&m, 0x2000, page, 4096), 0);
		assert_int_equal(phys_read(&m, 0x1000, page, 4096), all[i].code);
		assert_int_equal(phys_read(&m, 0x2000, page, 4096), all[i].again);
		phys_close(&m);
		stub_join(&s);
		if (all[i].wrong != STUB_HANG_UP)
			expect_left(&s);
	}
	guest_close(&g);
}

/* What packets may look like: escaped bytes, and runs. */
static void packets(void **state)
{
	static const char sent[] = "+$a0* }\x03#5b$T02#b6$O*\"#9b";
	char answer[64];
	struct gdb_remote *r = malloc(sizeof(*r));
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	gdb_take(r, fds[0], "the-stub");
	r->answer_ms = PATIENCE_MS;
	assert_int_equal(gdb_send(r, "?", NULL), 0);
	assert_int_equal(send(fds[1], sent, sizeof(sent) - 1, 0), sizeof(sent) - 1);
	assert_int_equal(gdb_receive(r, answer, sizeof(answer), NULL), 6);
	assert_string_equal(answer, "a0000#");
	assert_false(r->stopped_it);
	assert_int_equal(gdb_receive(r, answer, sizeof(answer), NULL), 6);
	assert_string_equal(answer, "OOOOOO");
	assert_true(r->stopped_it);
	gdb_disconnect(r);
	close(fds[1]);
	free(r);
}

static void parts_of_a_view(void **state)
{
	static const char view[] =
		" AS \"memory\", root: system\n"
		"  0000000000000000-0000000000000fff (prio 0, ram): a\n"
		"  0000000000001000-0000000000001ffe (prio 0, ram): odd\n"
		"  0000000000002000-0000000000001fff (prio 0, ram): none\n"
		"  0000000000003000-0000000000003fff (prio 0, romd): b\n"
		"  0000000000004000-0000000000004fff (prio 0, rom): c @0000000000001000\n"
		"  f000000000005000-f000000000005fff (prio 0, ram): far\n";
	struct gdb_part parts[GDB_MAX_PARTS];

	(void)state;
	assert_int_equal(gdb_parse_parts(view, parts), 2);
	assert_int_equal(parts[1].pa, 0x4000);
	assert_int_equal(parts[1].bytes, 0x1000);
	assert_int_equal(parts[1].offset, 0x1000);
	assert_string_equal(parts[1].block, "c");
	assert_int_equal(gdb_parse_parts("", parts), 0);
	assert_int_equal(gdb_parse_parts(" AS \"memory\", root: system", parts), 0);
	/* What overlaps is not believed. */
	assert_int_equal(
		gdb_parse_parts(" AS \"memory\", root: system\n"
				"  0-1fff (prio 0, ram): a\n  1000-2fff (prio 0, ram): b\n",
				parts),
		0);
}

static void addresses(void **state)
{
	static const char * const bad[] = { "/no/such/socket", "no-such-socket", "localhost:1",
					    ":no-such-port",   "[::1]:1",	 ":" };
	struct gdb_remote *r = malloc(sizeof(*r));
	char deep[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ptwalk_error err = { 0 };

		assert_true(gdb_connect(r, bad[i], &err) < 0);
		assert_true(err.text[0]);
	}
	memset(deep, '/', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	assert_int_equal(gdb_connect(r, deep, NULL), -EINVAL);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through_the_stub),  cmocka_unit_test(by_the_named_file),
		cmocka_unit_test(by_the_process),    cmocka_unit_test(not_believed),
		cmocka_unit_test(without_monitor),   cmocka_unit_test(refused),
		cmocka_unit_test(memory_goes_wrong), cmocka_unit_test(packets),
		cmocka_unit_test(parts_of_a_view),   cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
