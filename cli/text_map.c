// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_map.c - the map and gap records.
 */
#include "numbers.h"
#include "records.h"

static void text_title(struct out *o, const char *title)
{
	if (!title)
		return;
	out_colour(o, COLOUR_HEAD);
	out_printf(o, "---[ %s ]---\n", title);
	out_colour(o, COLOUR_NONE);
}

static void text_span(struct out *o, uint64_t start, uint64_t end)
{
	out_hex(o, start, 16);
	out_char(o, '-');
	out_hex(o, end, 16);
}

static void map_text(struct out *o, const void *record)
{
	const struct map_record *r = record;
	char bytes[24], page[24];

	text_title(o, r->title);
	text_span(o, r->start, r->end);
	out_text(o, "  ");
	out_hex_right(o, r->pa, 12);
	out_printf(o, "  %6s  %4s  %s  %s  ", format_size(bytes, r->bytes),
		   format_size(page, r->page_bytes), r->rights, r->level ? r->level : "?");
	for (size_t i = 0; i < r->nr_attributes; i++)
		out_printf(o, "%s%s", i ? "|" : "", r->attributes[i]);
	if (r->rights_of)
		out_printf(o, "(rights of the %s)", r->rights_of);
	out_text(o, r->repeats ? "  the same frame\n" : "\n");
}

static void gap_text(struct out *o, const void *record)
{
	const struct gap_record *r = record;
	char bytes[24];

	text_title(o, r->title);
	text_span(o, r->start, r->end);
	out_printf(o, "  %12s  %6s  %s", "-", format_size(bytes, r->bytes), r->is);
	if (r->level)
		out_printf(o, "  %s", r->level);
	if (r->has_entry) {
		out_text(o, "  ");
		out_hex(o, r->entry, 1);
	}
	if (r->has_note)
		out_printf(o, "  %s", r->note.kind);
	if (r->has_note && r->note.is_swap)
		out_printf(o, ", area %u, slot %llu", r->note.swap_type,
			   (unsigned long long)r->note.swap_offset);
	out_char(o, '\n');
}

static const struct field map_fields[] = {
	FIELD(HEX, struct map_record, start),
	FIELD(HEX, struct map_record, end),
	FIELD(SIZE, struct map_record, bytes),
	FIELD(HEX, struct map_record, pa),
	FIELD(SIZE, struct map_record, page_bytes),
	FIELD(TEXT, struct map_record, level),
	FIELD(CHARS, struct map_record, rights),
	FIELD(TEXT, struct map_record, rights_of),
	FIELD_IF(BOOL, struct map_record, repeats, repeats),
	FIELD_COUNTED(WORDS, struct map_record, attributes, NULL),
	FIELD(TEXT, struct map_record, region),
	FIELD(TEXT, struct map_record, source),
	{ 0 },
};

const struct record_type map_type = { .name = "map", .fields = map_fields, .text = map_text };

static const struct field gap_fields[] = {
	FIELD(HEX, struct gap_record, start),
	FIELD(HEX, struct gap_record, end),
	FIELD(SIZE, struct gap_record, bytes),
	FIELD(TEXT, struct gap_record, is),
	FIELD(TEXT, struct gap_record, level),
	FIELD_IF(HEX, struct gap_record, entry, has_entry),
	FIELD_NESTED_IF(struct gap_record, note, &note_type, has_note),
	FIELD(TEXT, struct gap_record, region),
	FIELD(TEXT, struct gap_record, source),
	{ 0 },
};

const struct record_type gap_type = { .name = "gap", .fields = gap_fields, .text = gap_text };
