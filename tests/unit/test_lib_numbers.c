// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_numbers.c - addresses, sizes and ranges from text, and to text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../cli/numbers.h"

static void expect_hex(const char *text, uint64_t want)
{
	uint64_t value = ~want;

	assert_null(parse_hex(text, strlen(text), &value));
	assert_int_equal(value, want);
}

/* A refusal says what is wrong, and leaves the value alone. */
static void expect_no_hex(const char *text, const char *why)
{
	uint64_t value = 0x1234;
	const char *wrong = parse_hex(text, strlen(text), &value);

	assert_non_null(wrong);
	assert_non_null(strstr(wrong, why));
	assert_int_equal(value, 0x1234);
}

static void hexadecimal(void **state)
{
	(void)state;
	expect_hex("0", 0);
	expect_hex("1000", 0x1000);
	expect_hex("ffffffff81000000", 0xffffffff81000000);
	expect_hex("0xFFFFFFFF81000000", 0xffffffff81000000);
	expect_hex("0Xdeadbeef", 0xdeadbeef);
	expect_hex("ffffffffffffffff", UINT64_MAX);
	expect_hex("0000000000000001", 1);
	expect_no_hex("", "no hexadecimal");
	expect_no_hex("0x", "no hexadecimal");
	expect_no_hex("g", "no hexadecimal");
	expect_no_hex("12 ", "no hexadecimal");
	expect_no_hex("-1", "no hexadecimal");
	expect_no_hex("\xff", "no hexadecimal");
}

static void seventeen_digits_are_refused(void **state)
{
	(void)state;
	expect_no_hex("12345678901234567", "16 digits");
	expect_no_hex("0x00000000000000001", "16 digits");
	expect_no_hex("10000000000000000", "16 digits");
}

static void expect_size(const char *text, uint64_t want)
{
	uint64_t value = ~want;

	assert_null(parse_size(text, &value));
	assert_int_equal(value, want);
}

static void sizes(void **state)
{
	static const char * const wrong[] = { "",	   "K",
					      "x",	   "2MB",
					      "1.5M",	   "-1",
					      "0x",	   "99999999999999999999",
					      "16777216T", "18446744073709551616" };
	uint64_t value;

	(void)state;
	expect_size("0", 0);
	expect_size("4096", 4096);
	expect_size("4K", 4096);
	expect_size("2m", 2 << 20);
	expect_size("1G", 1 << 30);
	expect_size("1T", 1ULL << 40);
	expect_size("0x1000", 4096);
	expect_size("0x10K", 0x4000);
	expect_size("18446744073709551615", UINT64_MAX);
	expect_size("16777215T", 16777215ULL << 40);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!parse_size(wrong[i], &value))
			fail_msg("%s is taken for a size", wrong[i]);
}

static void expect_span(const char *text, uint64_t start, uint64_t end)
{
	struct span span = { ~start, ~end };

	assert_null(parse_span(text, &span));
	assert_int_equal(span.start, start);
	assert_int_equal(span.end, end);
}

static void expect_no_span(const char *text, const char *why)
{
	struct span span;
	const char *wrong = parse_span(text, &span);

	assert_non_null(wrong);
	assert_non_null(strstr(wrong, why));
}

static void ranges(void **state)
{
	(void)state;
	expect_span("1000-2000", 0x1000, 0x2000);
	expect_span("0x1000-0x2000", 0x1000, 0x2000);
	expect_span("1000+1000", 0x1000, 0x2000);
	/* An end of 0 is 2^64, and so is a length that goes up to it. */
	expect_span("ffffffff80000000-0", 0xffffffff80000000, 0);
	expect_span("ffffffff80000000+80000000", 0xffffffff80000000, 0);
	expect_no_span("2000-1000", "before it begins");
	expect_no_span("ffffffff80000000+80000001", "beyond 2^64");
	expect_no_span("1000+0", "empty");
	expect_no_span("1000", "no range");
	expect_no_span("-1000", "no hexadecimal");
	expect_no_span("1000-", "no hexadecimal");
	expect_no_span("12345678901234567-0", "16 digits");
	expect_no_span("1000-2000-3000", "no hexadecimal");
}

static void expect_text(uint64_t value, unsigned int width, const char *want)
{
	char text[17] = "";

	text[format_hex(text, value, width)] = '\0';
	assert_string_equal(text, want);
}

static void to_text(void **state)
{
	char size[24];

	(void)state;
	expect_text(0, 1, "0");
	expect_text(0xf, 1, "f");
	expect_text(0x10, 1, "10");
	expect_text(0xabcdef, 8, "00abcdef");
	expect_text(UINT64_MAX, 1, "ffffffffffffffff");
	expect_text(1ULL << 60, 1, "1000000000000000");
	assert_string_equal(format_size(size, 0), "0");
	assert_string_equal(format_size(size, 4096), "4K");
	assert_string_equal(format_size(size, 2 << 20), "2M");
	assert_string_equal(format_size(size, 5000), "5000");
	assert_string_equal(format_size(size, 1ULL << 63), "8192P");
}

/* What is printed is read again. */
static void there_and_back(void **state)
{
	char text[17];

	(void)state;
	for (uint64_t v = 1; v; v <<= 1) {
		for (int less = 0; less < 2; less++) {
			uint64_t back;
			unsigned int n = format_hex(text, v - less, 1);

			assert_null(parse_hex(text, n, &back));
			assert_int_equal(back, v - less);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hexadecimal), cmocka_unit_test(seventeen_digits_are_refused),
		cmocka_unit_test(sizes),       cmocka_unit_test(ranges),
		cmocka_unit_test(to_text),     cmocka_unit_test(there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
