// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_release.c - which release the kernel of an image is, where its root was found
 * by a CPU's registers and no notes tell: by its banner, and only when it is needed.
 */
#include <stdio.h>
#include <string.h>

#include "../../lib/release.h"
#include "../../lib/symbols.h"
#include "machine.h"

#include "kernelbytes.h"

/* Where the names lie in the image. */
#define NAMES_AT 0x100000
#define USER_VA 0x400000ULL

/*
 * Entries of a swap type that is a marker on 6.1 and migration on 6.12 (include/linux/swap.h).
 * Their slots follow each other, and are kept with every bit flipped.
 */
#define SWAP_TYPE 30ULL
#define SWAP_ENTRY(slot) (SWAP_TYPE << 59 | (~(uint64_t)(slot)&0x3ffffffffffffULL) << 9)

struct made {
	struct machine m;
	struct kernelbytes k;
	struct ptwalk *p;
};

static void add_kernel(struct made *t, const char *banner)
{
	struct name name = { .typed = "Dlinux_banner" };

	kernelbytes_init(&t->k);
	t->k.va = t->m.text + NAMES_AT;
	name.va = kernelbytes_add(&t->k, banner, strlen(banner) + 1);
	kernelbytes_add_names(&t->k, &name, 1, ORDER_NEW, false);
	memcpy(machine_word(&t->m, MACHINE_TEXT_PA + NAMES_AT), t->k.data, t->k.bytes);
}

/* A space of the table that the registers of its only CPU name. */
static void make(struct made *t, const char *banner)
{
	const struct ptwalk_image_options plain = { .reserved = { 0 } };
	const struct ptwalk_open_options o = { .image = &t->m.im };
	struct ptwalk_error err = { 0 };

	memset(t, 0, sizeof(*t));
	machine_init(&t->m, 4, 0);
	machine_cpu(&t->m, 0, t->m.root);
	machine_map(&t->m, t->m.root, USER_VA, SWAP_ENTRY(0x200), 4096);
	machine_map(&t->m, t->m.root, USER_VA + 4096, SWAP_ENTRY(0x201), 4096);
	if (banner)
		add_kernel(t, banner);
	if (root_find(&t->m.im, &plain, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(t->m.im.info.root_from, PTWALK_ROOT_CPU);
	machine_found(&t->m);
	t->m.im.info.format = PTWALK_FORMAT_RAW;
	t->p = ptwalk_open(&o, &err);
	if (!t->p)
		fail_msg("%s", err.text);
	assert_false(t->m.im.asked_release);
	assert_null(t->m.im.symbols);
}

static void end(struct made *t)
{
	ptwalk_close(t->p);
	symbols_close(t->m.im.symbols);
	kernelbytes_deinit(&t->k);
	machine_deinit(&t->m);
}

static void by_the_banner(void **state)
{
	struct made t;

	(void)state;
	make(&t, "Linux version 6.1.0-made-up (someone@there) #1\n");
	assert_string_equal(ptwalk_kernel_release(t.p), "6.1.0-made-up");
	assert_true(ptwalk_get_info(t.p)->known & PTWALK_KNOWN_RELEASE);
	assert_string_equal(ptwalk_get_info(t.p)->release, "6.1.0-made-up");
	end(&t);
}

/* Physical addresses alone ask for no whole walks, which would ask for the release. */
static void a_translation_asks_for_none(void **state)
{
	const uint64_t va = USER_VA;
	struct made t;
	uint64_t pa;

	(void)state;
	make(&t, "Linux version 6.1.0-made-up (someone@there) #1\n");
	assert_int_equal(ptwalk_translate(t.p, &va, 1, &pa, NULL), 0);
	assert_false(t.m.im.asked_release);
	end(&t);
}

/* It is no name of a release, or none that ends: nothing is said, and nothing read again. */
static void no_release(void **state)
{
	static const char * const banners[] = {
		NULL,
		"Linux version  (nobody)\n",
		"Linux version 6.1\n",
		"Linux version 6.1\033[2J (someone)\n",
		"Linux version 6.1.0-0123456789012345678901234567890123456789012345678901234567890 (x)",
	};
	struct made t;

	(void)state;
	for (size_t i = 0; i < sizeof(banners) / sizeof(*banners); i++) {
		make(&t, banners[i]);
		assert_null(ptwalk_kernel_release(t.p));
		assert_null(ptwalk_kernel_release(t.p));
		assert_string_equal(ptwalk_get_info(t.p)->release, "");
		end(&t);
	}
}

/* What notes tell goes to a terminal, too. */
static void notes_that_tell_no_word(void **state)
{
	static const char * const words[] = { "", " ", "6.1\033[2J", "6.1\177", "6.1 or so" };
	const struct ptwalk_image_options plain = { .reserved = { 0 } };
	struct ptwalk_error err;
	struct machine m;
	char rest[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		machine_init(&m, 4, 0);
		strcpy(rest, strchr(m.note, '\n'));
		snprintf(m.note, sizeof(m.note), "OSRELEASE=%s%s", words[i], rest);
		machine_take_note(&m);
		assert_int_equal(root_find(&m.im, &plain, &err), 0);
		assert_int_equal(m.im.info.root_from, PTWALK_ROOT_VMCOREINFO);
		assert_false(m.im.kernel.known & PTWALK_KNOWN_RELEASE);
		assert_string_equal(m.im.kernel.release, "");
		machine_deinit(&m);
	}
}

static unsigned int kind_at(const struct made *t, uint64_t va, uint64_t entry)
{
	struct ptwalk_note note;

	ptwalk_read_note(t->p, va, 3, entry, &note);
	return note.kind;
}

/* What a swap type means is the release's to say, so a walk that meets one asks. */
static void notes_of_processes(void **state)
{
	static const struct {
		const char *banner;
		unsigned int kind;
		int ranges;
	} rows[] = {
		{ "Linux version 6.1.0 (a)\n", PTWALK_NOTE_MARKER, 2 },
		{ "Linux version 6.12.0 (a)\n", PTWALK_NOTE_MIGRATION, 1 },
	};
	const uint64_t va = USER_VA;
	struct ptwalk_range r[8];
	struct ptwalk_walk w;
	struct ptwalk_map *map;
	struct made t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		make(&t, rows[i].banner);
		assert_int_equal(ptwalk_walk(t.p, &t.m.text, 1, &w, NULL), 0);
		assert_null(t.m.im.symbols);
		assert_int_equal(ptwalk_walk(t.p, &va, 1, &w, NULL), 0);
		assert_int_equal(w.end, PTWALK_SOFTWARE);
		assert_int_equal(kind_at(&t, va, w.steps[3].entry), rows[i].kind);
		end(&t);
		make(&t, rows[i].banner);
		map = ptwalk_map_begin(t.p, va, va + 8192, 0, NULL);
		assert_int_equal(ptwalk_map_next(map, r, 8, NULL), rows[i].ranges);
		assert_int_equal(r[0].what, PTWALK_SOFTWARE);
		assert_int_equal(kind_at(&t, va, r[0].entry), rows[i].kind);
		ptwalk_map_end(map);
		end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_banner),      cmocka_unit_test(a_translation_asks_for_none),
		cmocka_unit_test(no_release),	      cmocka_unit_test(notes_that_tell_no_word),
		cmocka_unit_test(notes_of_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
