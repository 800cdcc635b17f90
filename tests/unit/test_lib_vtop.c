// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_vtop.c - the command's vtop records, of walks that a live machine does not
 * show: as JSON they keep the contract of docs/json.md.
 */
#include <string.h>

#include "space.h"

#include "../../cli/walk_record.h"

/* What the printer prints of @w, as JSON. */
static const char *printed(const struct ptwalk_walk *w)
{
	static struct space s;
	static struct walk_text t;
	static struct out out;

	space_init(&s, NULL, 0, 0);
	s.p.has_tables = true;
	fill_vtop(&t, &s.p, w, NULL);
	out = (struct out){ .fd = -1, .json = true };
	emit(&out, &vtop_type, &t.record);
	out.buffer[out.used] = '\0';
	return out.buffer;
}

static struct ptwalk_walk two_steps(uint8_t end, uint64_t entry)
{
	struct ptwalk_walk w = {
		.va = KERNEL,
		.end = end,
		.nr_steps = 2,
		.level = PTWALK_NO_LEVEL,
		.steps = { { 0x1000, 0x2067, PTWALK_TABLE, { 0 } }, { 0x2010, entry, end, { 0 } } },
	};

	memset(w.decided, PTWALK_NO_LEVEL, sizeof(w.decided));
	return w;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in %s", part, text);
}

static void test_malformed_entry(void **state)
{
	/* A pud entry with the address bits of a processor that has more of them. */
	struct ptwalk_walk w = two_steps(PTWALK_MALFORMED, 0x000f000000000067ULL);
	const char *text = printed(&w);

	(void)state;
	assert_has(text, "\"ptwalk\":1,\"type\":\"vtop\"");
	assert_has(text, "\"mapped\":false");
	assert_has(text, "{\"level\":\"pud\",\"entry_pa\":\"2010\",\"entry\":\"f000000000067\","
			 "\"is\":\"none\",\"malformed\":true");
	assert_has(text, "\"why\":\"the pud entry has reserved bits set\"");
	assert_null(strstr(text, "\"pa\""));
}

static void test_empty_entry(void **state)
{
	struct ptwalk_walk w = two_steps(PTWALK_NONE, 0);
	const char *text = printed(&w);

	(void)state;
	assert_has(text, "\"is\":\"none\"");
	assert_null(strstr(text, "malformed"));
	assert_has(text, "\"why\":\"the pud entry is empty\"");
}

static void test_table_that_cannot_be_read(void **state)
{
	struct ptwalk_walk w = two_steps(PTWALK_UNREADABLE, 0x3067);
	const char *text;

	(void)state;
	w.steps[1].is = PTWALK_TABLE;
	text = printed(&w);
	assert_has(text, "\"entry\":\"3067\",\"is\":\"table\"");
	assert_has(text, "\"why\":\"the table below the pud entry cannot be read\"");
}

static void test_not_canonical(void **state)
{
	struct ptwalk_walk w = { .va = 1ULL << 63, .end = PTWALK_NONCANONICAL };
	const char *text;

	(void)state;
	w.level = PTWALK_NO_LEVEL;
	text = printed(&w);
	assert_has(text, "\"va\":\"8000000000000000\"");
	assert_has(text, "\"walk\":[]");
	assert_has(text, "\"why\":\"the address is not canonical\"");
	assert_null(strstr(text, "rights"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_malformed_entry),
		cmocka_unit_test(test_empty_entry),
		cmocka_unit_test(test_table_that_cannot_be_read),
		cmocka_unit_test(test_not_canonical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
