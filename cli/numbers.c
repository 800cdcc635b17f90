// SPDX-License-Identifier: GPL-2.0-only
/*
 * numbers.c - addresses, sizes and ranges. A million addresses go through
 * parse_hex() and format_hex(): they use no libc.
 */
#include <stdio.h>
#include <string.h>

#include "numbers.h"

static const char not_hex[] = "is no hexadecimal number";
static const char too_long[] = "has more than 16 digits";

/* 1 + the digit's value, 0 for what is none. */
/* clang-format off */
static const unsigned char digit_of[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
	['8'] = 9, ['9'] = 10,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};
/* clang-format on */

const char *parse_hex(const char *text, size_t length, uint64_t *value)
{
	uint64_t v = 0;
	size_t i;

	if (length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
		text += 2;
		length -= 2;
	}
	for (i = 0; i < length; i++) {
		unsigned int digit = digit_of[(unsigned char)text[i]];

		if (!digit)
			return not_hex;
		v = v << 4 | (digit - 1);
	}
	if (!length)
		return not_hex;
	if (length > 16)
		return too_long;
	*value = v;
	return NULL;
}

static unsigned int suffix_shift(char c)
{
	switch (c | 0x20) {
	case 'k':
		return 10;
	case 'm':
		return 20;
	case 'g':
		return 30;
	case 't':
		return 40;
	}
	return 0;
}

static const char *parse_decimal(const char *text, size_t length, uint64_t *value)
{
	uint64_t v = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return "is no size (a number, and K, M, G or T)";
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(text[i] - '0'), &v))
			return "is too large";
	}
	if (!length)
		return "is no size (a number, and K, M, G or T)";
	*value = v;
	return NULL;
}

const char *parse_size(const char *text, uint64_t *value)
{
	size_t length = strlen(text);
	unsigned int shift = length ? suffix_shift(text[length - 1]) : 0;
	const char *wrong;
	uint64_t v;

	if (shift)
		length--;
	if (length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x')
		wrong = parse_hex(text, length, &v);
	else
		wrong = parse_decimal(text, length, &v);
	if (wrong)
		return wrong;
	if (v > UINT64_MAX >> shift)
		return "is too large";
	*value = v << shift;
	return NULL;
}

const char *parse_span(const char *text, struct span *span)
{
	size_t first = strcspn(text, "-+");
	const char *wrong;
	uint64_t start, second;

	if (!text[first])
		return "is no range (START-END or START+LENGTH)";
	wrong = parse_hex(text, first, &start);
	if (!wrong)
		wrong = parse_hex(text + first + 1, strlen(text + first + 1), &second);
	if (wrong)
		return wrong;
	if (text[first] == '-') {
		if (second && second < start)
			return "ends before it begins";
		*span = (struct span){ start, second };
		return NULL;
	}
	/* The end may be 2^64, no more. */
	if (second && start + (second - 1) < start)
		return "goes beyond 2^64";
	*span = (struct span){ start, start + second };
	return !second ? "is empty" : NULL;
}

unsigned int format_hex(char *to, uint64_t value, unsigned int width)
{
	unsigned int digits = value ? (67 - (unsigned int)__builtin_clzll(value)) / 4 : 1;

	if (digits < width)
		digits = width;
	for (unsigned int i = digits; i-- > 0; value >>= 4)
		to[i] = "0123456789abcdef"[value & 15];
	return digits;
}

char *format_size(char *to, uint64_t bytes)
{
	static const char units[][2] = { "", "K", "M", "G", "T", "P" };
	unsigned int unit = 0;

	while (unit < 5 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(to, 24, "%llu%s", (unsigned long long)bytes, units[unit]);
	return to;
}
