// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_read.c - the read record, as a hexdump.
 */
#include "numbers.h"
#include "records.h"

#define LINE 16

static bool is_printable(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

static void dump_line(struct out *o, uint64_t address, const unsigned char *data, size_t n)
{
	char line[16 + 2 + 3 * LINE + 2 + LINE + 2];
	unsigned int at = format_hex(line, address, 16);

	line[at++] = ':';
	for (size_t i = 0; i < LINE; i++) {
		line[at++] = ' ';
		if (i < n) {
			at += format_hex(line + at, data[i], 2);
		} else {
			line[at++] = ' ';
			line[at++] = ' ';
		}
	}
	line[at++] = ' ';
	line[at++] = ' ';
	for (size_t i = 0; i < n; i++)
		line[at++] = is_printable(data[i]) ? (char)data[i] : '.';
	line[at++] = '\n';
	out_bytes(o, line, at);
}

static void read_text(struct out *o, const void *record)
{
	const struct read_record *r = record;

	for (size_t i = 0; i < r->nr_data; i += LINE)
		dump_line(o, r->address + i, r->data + i,
			  r->nr_data - i < LINE ? r->nr_data - i : LINE);
}

static const struct field read_fields[] = {
	FIELD(HEX, struct read_record, address),
	FIELD(TEXT, struct read_record, space),
	FIELD(SIZE, struct read_record, bytes),
	FIELD_COUNTED(BYTES, struct read_record, data, NULL),
	FIELD(TEXT, struct read_record, source),
	{ 0 },
};

const struct record_type read_type = { .name = "read", .fields = read_fields, .text = read_text };
