// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_symbols.c - names from kallsyms, in every order of its tables, listed and
 * searched; and from tables that are broken in every way. And from /proc/kallsyms.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Before cmocka.h, which has a macro fail() too. */
#include "../../lib/procfs.h"
#include "kernelbytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MANY 700 /* symbols: three groups */
#define BIG_NAME 300

/* A kernel with MANY symbols; some of them have names of their own. */
struct machine {
	struct kernelbytes k;
	char typed[MANY][32];
	char big[BIG_NAME + 2];
	struct name names[MANY];
	uint64_t banner;
};

static void make(struct machine *m, enum kallsyms_order order, bool percpu)
{
	kernelbytes_init(&m->k);
	kernelbytes_add(&m->k, "what comes before it", 20);
	m->banner = kernelbytes_add_banner(&m->k);
	for (unsigned int i = 0; i < MANY; i++) {
		snprintf(m->typed[i], sizeof(m->typed[i]), "tsym_%u", i * 37 % MANY);
		m->names[i] = (struct name){ m->typed[i], KERNEL_VA + 16 * i };
	}
	memset(m->big, 'x', BIG_NAME + 1);
	m->big[0] = 'T';
	m->big[BIG_NAME + 1] = '\0';
	m->names[3].typed = "Dlinux_banner";
	m->names[3].va = m->banner;
	m->names[255].typed = "Tsys_twice";
	for (unsigned int i = 256; i < 262; i++)
		m->names[i].typed = "tsys_twice";
	m->names[300].typed = m->big;
	m->names[MANY - 1].typed = "Bthe_last";
	if (percpu)
		m->names[0] = (struct name){ "Aper_cpu", 0x1f000 };
	else
		m->names[0].typed = "Tper_cpu";
	kernelbytes_add_names(&m->k, m->names, MANY, order, percpu);
}

static struct kallsyms *must_open(const struct machine *m)
{
	struct kallsyms *k = NULL;

	assert_int_equal(kallsyms_open(&k, &m->k.at, &m->k.memory), 0);
	return k;
}

static int search(const struct machine *m, struct kallsyms **k)
{
	const struct kallsyms_span span = { m->k.va, m->k.va + m->k.bytes };

	*k = NULL;
	return kallsyms_search(k, &span, 1, &m->k.memory);
}

/* The first one of each name, by address, as the kernel's own lookup has it. */
static void expect_all(struct kallsyms *k, const struct machine *m)
{
	for (unsigned int i = 0; i < MANY; i++) {
		unsigned int first = 0;
		uint64_t va = 1;

		while (strcmp(m->names[first].typed + 1, m->names[i].typed + 1) != 0)
			first++;
		assert_int_equal(kallsyms_find(k, m->names[i].typed + 1, &va), 0);
		assert_int_equal(va, m->names[first].va);
	}
}

static void expect_none(struct kallsyms *k, const struct machine *m)
{
	static const char * const others[] = { "",	   "s",		  "sym_", "sym_1x",
					       "sys_twic", "sys_twices",  "zzz",  "A",
					       "tsym_1",   "linux_banne", "~",	  "0" };
	char bigger[BIG_NAME + 2];
	uint64_t va;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(kallsyms_find(k, others[i], &va), -ENOENT);
	memset(bigger, 'x', BIG_NAME + 1);
	bigger[BIG_NAME + 1] = '\0';
	assert_int_equal(kallsyms_find(k, bigger, &va), -ENOENT);
	assert_int_equal(kallsyms_find(k, m->big + 2, &va), -ENOENT);
}

static void every_name_in_every_order(void **state)
{
	static struct machine m;

	(void)state;
	for (unsigned int i = 0; i < 2 * ORDERS; i++) {
		struct kallsyms *k;

		make(&m, i / 2, i % 2);
		k = must_open(&m);
		expect_all(k, &m);
		expect_none(k, &m);
		kallsyms_close(k);
		assert_int_equal(search(&m, &k), 0);
		expect_all(k, &m);
		expect_none(k, &m);
		kallsyms_close(k);
		kernelbytes_deinit(&m.k);
	}
}

/* One symbol alone, and the last marker's group full and just begun. */
static void few_and_full_groups(void **state)
{
	static const uint32_t counts[] = { 1, 2, 255, 256, 257, 512 };
	struct name names[512];

	(void)state;
	for (size_t i = 0; i < 6 * ORDERS; i++) {
		struct kernelbytes k;
		struct kallsyms *found = NULL;
		uint64_t banner, va = 0;

		kernelbytes_init(&k);
		banner = kernelbytes_add_banner(&k);
		for (unsigned int j = 0; j < 512; j++)
			names[j] = (struct name){ "dlinux_banner", banner };
		kernelbytes_add_names(&k, names, counts[i / ORDERS], i % ORDERS, true);
		assert_int_equal(kallsyms_open(&found, &k.at, &k.memory), 0);
		assert_int_equal(kallsyms_find(found, "linux_banner", &va), 0);
		assert_int_equal(va, banner);
		kallsyms_close(found);
		kernelbytes_deinit(&k);
	}
}

/* The table of names by name is a help only. */
static void broken_seqs_are_done_without(void **state)
{
	static const unsigned char fill[] = { 0, 0xff, 0x01 };
	static struct machine m;

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		struct kallsyms *k;

		make(&m, i % 2 ? ORDER_NEW : ORDER_OLD_SEQS, true);
		memset(kernelbytes_at(&m.k, m.k.seqs), fill[i / 2], 3 * MANY);
		k = must_open(&m);
		for (unsigned int j = 1; j < 255; j++) {
			uint64_t va = 0;

			assert_int_equal(kallsyms_find(k, m.names[j].typed + 1, &va), 0);
			assert_int_equal(va, m.names[j].va);
		}
		kallsyms_close(k);
		kernelbytes_deinit(&m.k);
	}
}

/* Names are found by halves, where that can be: of equal ones, the first place counts. */
static void the_first_place_of_equal_names(void **state)
{
	static struct machine m;

	(void)state;
	for (unsigned int order = ORDER_OLD_SEQS; order < ORDERS; order++) {
		unsigned char *place;
		struct kallsyms *k;
		uint64_t va = 0;

		make(&m, order, true);
		/* "sys_twice" is the last but one by name, before the one of many x: 255 to 261.
		 * The other way round, one by one and by halves are two answers. */
		place = kernelbytes_at(&m.k, m.k.seqs) + 3 * (MANY - 10);
		while (place[1] != 0 || place[2] != 255)
			place++;
		for (unsigned int i = 0; i < 7; i++) {
			place[3 * i + 1] = (unsigned char)((261 - i) >> 8);
			place[3 * i + 2] = (unsigned char)(261 - i);
		}
		k = must_open(&m);
		assert_int_equal(kallsyms_find(k, "sys_twice", &va), 0);
		assert_int_equal(va, m.names[261].va);
		kallsyms_close(k);
		kernelbytes_deinit(&m.k);
	}
}

/* Refused where it is listed, and not found where it is searched. */
static void expect_broken(const struct machine *m, const char *what)
{
	struct kallsyms *k = NULL;
	int listed = kallsyms_open(&k, &m->k.at, &m->k.memory), searched;

	if (listed == 0)
		kallsyms_close(k);
	searched = search(m, &k);
	if (searched == 0)
		kallsyms_close(k);
	if (listed != -EBADMSG || searched != -ENOENT)
		fail_msg("%s: listed %d, searched %d", what, listed, searched);
}

static void put_u32(const struct machine *m, uint64_t va, uint32_t value)
{
	memcpy(kernelbytes_at(&m->k, va), &value, sizeof(value));
}

static void break_it(const struct machine *m, unsigned int how)
{
	const struct kallsyms_tables *t = &m->k.at;
	uint16_t index;

	switch (how) {
	case 0: /* the number of symbols */
		put_u32(m, t->num_syms, 0);
		break;
	case 1:
		put_u32(m, t->num_syms, MANY - 1);
		break;
	case 2:
		put_u32(m, t->num_syms, MANY + 1);
		break;
	case 3:
		put_u32(m, t->num_syms, ~0u);
		break;
	case 4: /* a name that is longer, and one of no length */
		(*kernelbytes_at(&m->k, t->names))++;
		break;
	case 5: /* markers: the first, the last, backwards, far out */
		put_u32(m, m->k.markers, 1);
		break;
	case 6:
		put_u32(m, m->k.markers + 8, 5);
		break;
	case 7:
		put_u32(m, m->k.markers + 4, ~0u);
		break;
	case 8: /* a token that is longer than the index says; an index that is not rising */
		memcpy(&index, kernelbytes_at(&m->k, t->token_index + 2 * 254), sizeof(index));
		*kernelbytes_at(&m->k, t->token_table + index) = 'x';
		break;
	case 9:
		put_u32(m, t->token_index + 100, 0xffffffff);
		break;
	case 10: /* the banner is elsewhere */
		memset(kernelbytes_at(&m->k, m->banner), 'L', 16);
		break;
	case 11:
		put_u32(m, t->relative_base + 4, 0x12345678);
		break;
	}
}

static void broken_tables(void **state)
{
	static struct machine m;
	char what[40];

	(void)state;
	for (unsigned int order = 0; order < ORDERS; order++)
		for (unsigned int how = 0; how < 12; how++) {
			/* A name's length tells in the last group alone: all are not gone through. */
			if (how == 4)
				continue;
			make(&m, order, true);
			break_it(&m, how);
			snprintf(what, sizeof(what), "order %u, break %u", order, how);
			expect_broken(&m, what);
			kernelbytes_deinit(&m.k);
		}
}

/* Whatever a byte says: an answer or a refusal, and nothing is read that is not there. */
static void any_byte_may_be_wrong(void **state)
{
	static struct machine m;
	unsigned int refused = 0;

	(void)state;
	for (unsigned int order = 0; order < ORDERS; order++) {
		make(&m, order, true);
		for (size_t at = 0; at < m.k.bytes; at += 3) {
			unsigned char saved = m.k.data[at];
			struct kallsyms *k = NULL;
			uint64_t va;

			m.k.data[at] = saved ^ (unsigned char)(1u << at % 8) ^ 0x80;
			if (kallsyms_open(&k, &m.k.at, &m.k.memory) == 0) {
				kallsyms_find(k, "the_last", &va);
				kallsyms_find(k, "sym_1", &va);
				kallsyms_find(k, "no_such", &va);
				kallsyms_close(k);
			} else {
				refused++;
			}
			m.k.data[at] = saved;
		}
		kernelbytes_deinit(&m.k);
	}
	assert_true(refused > 500);
}

/* VMCOREINFO may say anything. */
static void tables_that_are_elsewhere(void **state)
{
	static const int64_t moves[] = { 1, -1, 8, -8, 4096, -4096, 1LL << 40, INT64_MIN };
	static struct machine m;

	(void)state;
	make(&m, ORDER_NEW, true);
	for (unsigned int i = 0; i < 6; i++)
		for (unsigned int j = 0; j < 8; j++) {
			struct kallsyms_tables at = m.k.at;
			uint64_t *word = (uint64_t *)&at + i;
			struct kallsyms *k = NULL;

			*word += (uint64_t)moves[j];
			if (kallsyms_open(&k, &at, &m.k.memory) != -EBADMSG)
				fail_msg("table %u, moved by %lld", i, (long long)moves[j]);
			*word = moves[j] < 0 ? 0 : ~0ULL;
			assert_int_equal(kallsyms_open(&k, &at, &m.k.memory), -EBADMSG);
		}
	kernelbytes_deinit(&m.k);
}

static void pages_that_are_missing(void **state)
{
	static struct machine m;
	unsigned int refused = 0;

	(void)state;
	make(&m, ORDER_NEW, true);
	for (uint64_t page = m.k.va; page < m.k.va + m.k.bytes; page += 4096) {
		struct kallsyms *k = NULL;
		uint64_t va;

		m.k.hole = page;
		if (kallsyms_open(&k, &m.k.at, &m.k.memory) == 0) {
			kallsyms_find(k, "no_such", &va);
			kallsyms_close(k);
		} else {
			refused++;
		}
	}
	assert_true(refused >= 2);
	kernelbytes_deinit(&m.k);
}

/* Moves all of it up, so that it begins @before bytes behind the beginning. */
static void move_up(struct kernelbytes *k, size_t before)
{
	k->data = realloc(k->data, k->bytes + before);
	assert_non_null(k->data);
	memmove(k->data + before, k->data, k->bytes);
	memset(k->data, 0x5a, before);
	k->va -= before;
	k->bytes += before;
}

/* The search finds them where it cuts the memory into pieces: there, in the digits. */
static void found_across_a_cut(void **state)
{
	static struct machine m;

	(void)state;
	for (unsigned int i = 0; i < 8; i++) {
		struct kallsyms *k;
		uint16_t digits;
		uint64_t at;

		make(&m, ORDER_OLD, false);
		memcpy(&digits, kernelbytes_at(&m.k, m.k.at.token_index + 2 * '0'), 2);
		at = m.k.at.token_table + digits - m.k.va;
		assert_true(at < 65536 - 64);
		move_up(&m.k, ((65536 - 40 - at) & ~7ULL) + 8ULL * i);
		assert_int_equal(search(&m, &k), 0);
		expect_all(k, &m);
		kallsyms_close(k);
		kernelbytes_deinit(&m.k);
	}
}

/* What only looks like the digits, again and again, costs bounded work. */
static void many_that_look_alike(void **state)
{
	struct kernelbytes k;
	struct kallsyms *found = NULL;

	(void)state;
	kernelbytes_init(&k);
	for (unsigned int i = 0; i < 20000; i++)
		kernelbytes_add(&k, "0\0001\0002\0003\0004\0005\0006\0007\0008\0009", 20);
	{
		const struct kallsyms_span span = { k.va, k.va + k.bytes };

		assert_int_equal(kallsyms_search(&found, &span, 1, &k.memory), -ENOENT);
	}
	kernelbytes_deinit(&k);
}

/* ---- /proc/kallsyms --------------------------------------------------------------- */

static int find_in(const char *text, const char *name, uint64_t *va)
{
	char path[] = "/tmp/ptwalk-symbols-XXXXXX";
	int fd = mkstemp(path), ret;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	ret = find_listed_symbol(path, name, va, NULL);
	close(fd);
	unlink(path);
	return ret;
}

static void lines_of_kallsyms(void **state)
{
	static const char text[] = "0000000000000000 A fixed_percpu_data\n"
				   "ffffffff81000000 T _text\n"
				   "ffffffff81000010 t twice\n"
				   "ffffffff81000020 t twice\n"
				   "short\n"
				   "ffffffffc0000000 t of_module\t[module]\n"
				   "ffffffffc0000010 t of_modul";
	uint64_t va;

	(void)state;
	assert_int_equal(find_in(text, "_text", &va), 0);
	assert_int_equal(va, 0xffffffff81000000);
	assert_int_equal(find_in(text, "twice", &va), 0);
	assert_int_equal(va, 0xffffffff81000010);
	assert_int_equal(find_in(text, "of_module", &va), 0);
	assert_int_equal(va, 0xffffffffc0000000);
	/* This one is truly at 0: the others are told. */
	assert_int_equal(find_in(text, "fixed_percpu_data", &va), 0);
	assert_int_equal(va, 0);
	assert_int_equal(find_in(text, "twic", &va), -ENOENT);
	assert_int_equal(find_in("", "twice", &va), -ENOENT);
	assert_int_equal(find_in("0000000000000000 T _text\n0000000000000000 t twice\n", "twice",
				 &va),
			 -EPERM);
	assert_int_equal(find_listed_symbol("/nonexistent/kallsyms", "x", &va, NULL), -EOPNOTSUPP);
}

/* The file is read in pieces; a line that none can be is no endless loop. */
static void long_listings(void **state)
{
	const size_t lines = 10000, bytes = lines * 27;
	char *text = malloc(bytes + 1);
	uint64_t va;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < lines; i++)
		sprintf(text + 27 * i, "%016zx t sym%04zu\n", i + 1, i);
	assert_int_equal(find_in(text, "sym9999", &va), 0);
	assert_int_equal(va, 10000);
	memset(text, 'a', bytes);
	assert_int_equal(find_in(text, "sym9999", &va), -ENOENT);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_in_every_order),
		cmocka_unit_test(few_and_full_groups),
		cmocka_unit_test(broken_seqs_are_done_without),
		cmocka_unit_test(the_first_place_of_equal_names),
		cmocka_unit_test(broken_tables),
		cmocka_unit_test(any_byte_may_be_wrong),
		cmocka_unit_test(tables_that_are_elsewhere),
		cmocka_unit_test(pages_that_are_missing),
		cmocka_unit_test(found_across_a_cut),
		cmocka_unit_test(many_that_look_alike),
		cmocka_unit_test(lines_of_kallsyms),
		cmocka_unit_test(long_listings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
