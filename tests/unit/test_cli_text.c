// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_cli_text.c - the text of records whose cases a test of the whole command does not
 * reach: what an image says of itself, and of processes whose tables it lacks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../cli/diff_records.h"
#include "../../cli/space_records.h"

static const char *text_of(const struct record_type *type, const void *record)
{
	static struct out out;

	out = (struct out){ .fd = -1 };
	emit(&out, type, record);
	out.buffer[out.used] = '\0';
	return out.buffer;
}

static void expect(const struct record_type *type, const void *record, const char *part)
{
	const char *text = text_of(type, record);

	if (!strstr(text, part))
		fail_msg("'%s' is not in %s", part, text);
}

static void what_was_passed_over(void **state)
{
	struct spaces_record spaces = { .processes = 3, .skipped = 2 };
	struct snapshot_record saved = { .file = "f", .source = "elf", .skipped = 1 };

	(void)state;
	expect(&spaces_type, &spaces, "and 3 processes; 2 ended meanwhile; ");
	spaces.image = true;
	expect(&spaces_type, &spaces, "; 2 without tables in the image; ");
	spaces.skipped = 0;
	expect(&spaces_type, &spaces, "and 3 processes; the addresses");
	expect(&snapshot_type, &saved, "; 1 ended meanwhile\n");
	saved.image = true;
	expect(&snapshot_type, &saved, "; 1 without tables in the image\n");
}

static void how_memory_is_had(void **state)
{
	struct image_record r = {
		.taken_for = "a machine",
		.root_from = "cpu",
		.has_memory = true,
		.memory_bytes = 5 << 20,
		.ranges = 2,
		.end_pa = 0x500000,
	};

	(void)state;
	expect(&image_type, &r, "5M in 2 ranges, read, to 500000\n");
	r.mapped_bytes = 4 << 20;
	expect(&image_type, &r, "5M in 2 ranges, 4M of it mapped, to 500000\n");
	r.mapped_bytes = r.memory_bytes;
	r.mapped = true;
	r.ranges = 1;
	expect(&image_type, &r, "5M in 1 range, mapped, to 500000\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_passed_over),
		cmocka_unit_test(how_memory_is_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
