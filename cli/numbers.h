/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * numbers.h - addresses, sizes and ranges, from text and to text.
 */
#ifndef CLI_NUMBERS_H
#define CLI_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses [start, end); an end of 0 is 2^64. */
struct span {
	uint64_t start;
	uint64_t end;
};

/*
 * Each returns NULL, or what is wrong: the end of a sentence that begins with the
 * text in question ("... is no hexadecimal number").
 */

/* 1 to 16 hexadecimal digits, with 0x in front or without. */
const char *parse_hex(const char *text, size_t length, uint64_t *value);

/* A decimal number, or a hexadecimal one behind 0x, and K, M, G or T. */
const char *parse_size(const char *text, uint64_t *value);

/* START-END or START+LENGTH, all hexadecimal. */
const char *parse_span(const char *text, struct span *span);

/* Up to 16 digits at @to, at least @width with zeros in front; no NUL. How many. */
unsigned int format_hex(char *to, uint64_t value, unsigned int width);

/* "4K", "2M", "1234" at @to, which has 24 bytes; returns @to. */
char *format_size(char *to, uint64_t bytes);

#endif
