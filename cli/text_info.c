// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_info.c - the info and version records.
 */
#include <string.h>

#include "numbers.h"
#include "records.h"

static void label(struct out *o, const char *name)
{
	out_printf(o, "%-18s ", name);
}

static void line_text(struct out *o, const char *name, bool known, const char *text)
{
	label(o, name);
	out_name(o, known ? text : "not known from this source");
	out_char(o, '\n');
}

static void line_hex(struct out *o, const char *name, bool known, uint64_t value)
{
	if (!known) {
		line_text(o, name, false, "");
		return;
	}
	label(o, name);
	out_hex(o, value, 1);
	out_char(o, '\n');
}

static void line_number(struct out *o, const char *name, bool known, uint32_t value)
{
	if (!known) {
		line_text(o, name, false, "");
		return;
	}
	label(o, name);
	out_printf(o, "%u\n", value);
}

static void info_text(struct out *o, const void *record)
{
	const struct info_record *r = record;

	label(o, "source");
	out_printf(o, "%s%s\n", r->source, r->unlocked ? " (unlocked)" : "");
	line_text(o, "kernel", r->release, r->release);
	line_text(o, "paging", r->format, r->format);
	line_number(o, "levels", r->knows_tables, r->levels);
	line_number(o, "physical bits", r->knows_pa_bits, r->pa_bits);
	line_text(o, "table isolation", r->knows_pti, r->pti ? "on" : "off");
	line_hex(o, "encryption mask", r->knows_tables, r->encryption);
	line_hex(o, "kernel root", r->knows_tables, r->kernel_root);
	line_text(o, "KASLR", r->knows_kaslr, r->kaslr ? "on" : "off");
	line_hex(o, "image offset", r->knows_kaslr, r->image_offset);
	line_hex(o, "phys_base", r->knows_phys_base, r->phys_base);
	line_hex(o, "page_offset", r->knows_page_offset, r->page_offset);
	if (r->nr_regions)
		out_text(o, "\nregions\n");
	for (size_t i = 0; i < r->nr_regions; i++) {
		out_text(o, "  ");
		out_hex(o, r->regions[i].start, 16);
		out_char(o, '-');
		out_hex(o, r->regions[i].end, 16);
		out_printf(o, "  %s\n", r->regions[i].name);
	}
}

static const struct field region_fields[] = {
	FIELD(TEXT, struct region_record, name),
	FIELD(HEX, struct region_record, start),
	FIELD(HEX, struct region_record, end),
	{ 0 },
};

static const struct record_type region_type = {
	.name = "region",
	.fields = region_fields,
	.size = sizeof(struct region_record),
};

static const struct field info_fields[] = {
	FIELD(TEXT, struct info_record, source),
	FIELD_IF(BOOL, struct info_record, unlocked, unlocked),
	FIELD(TEXT, struct info_record, release),
	FIELD(TEXT, struct info_record, format),
	FIELD_IF(U32, struct info_record, levels, knows_tables),
	FIELD_IF(HEX, struct info_record, encryption, knows_tables),
	FIELD_IF(HEX, struct info_record, kernel_root, knows_tables),
	FIELD_IF(U32, struct info_record, pa_bits, knows_pa_bits),
	FIELD_IF(BOOL, struct info_record, pti, knows_pti),
	FIELD_IF(BOOL, struct info_record, kaslr, knows_kaslr),
	FIELD_IF(HEX, struct info_record, image_offset, knows_kaslr),
	FIELD_IF(HEX, struct info_record, phys_base, knows_phys_base),
	FIELD_IF(HEX, struct info_record, page_offset, knows_page_offset),
	FIELD_COUNTED(LIST, struct info_record, regions, &region_type),
	{ 0 },
};

const struct record_type info_type = { .name = "info", .fields = info_fields, .text = info_text };

/* A size that no unit fits says what it counts. */
static void text_bytes(struct out *o, uint64_t bytes)
{
	char size[24];

	out_printf(o, "%s%s", format_size(size, bytes), bytes % 1024 ? " bytes" : "");
}

static void memory_text(struct out *o, const struct image_record *r)
{
	label(o, "memory");
	text_bytes(o, r->memory_bytes);
	out_printf(o, " in %llu range%s, ", (unsigned long long)r->ranges,
		   r->ranges == 1 ? "" : "s");
	if (!r->mapped && r->mapped_bytes) {
		text_bytes(o, r->mapped_bytes);
		out_text(o, " of it mapped, to ");
	} else {
		out_printf(o, "%s, to ", r->mapped ? "mapped" : "read");
	}
	out_hex(o, r->end_pa, 1);
	out_char(o, '\n');
}

static void image_text(struct out *o, const void *record)
{
	const struct image_record *r = record;

	label(o, "image");
	out_printf(o, "%s\n", r->taken_for);
	if (r->has_memory)
		memory_text(o, r);
	if (r->is_cut) {
		label(o, "missing");
		text_bytes(o, r->missing_bytes);
		out_char(o, '\n');
	}
	label(o, "root by");
	out_printf(o, "%s", r->root_from);
	if (r->sure && r->sure < 100)
		out_printf(o, ", %u %% sure", r->sure);
	out_char(o, '\n');
}

static const struct field image_fields[] = {
	FIELD(TEXT, struct image_record, format),
	FIELD(TEXT, struct image_record, taken_for),
	FIELD(BOOL, struct image_record, guessed),
	FIELD_IF(BOOL, struct image_record, mapped, has_memory),
	FIELD_IF(SIZE, struct image_record, memory_bytes, has_memory),
	FIELD_IF(SIZE, struct image_record, mapped_bytes, has_memory),
	FIELD_IF(SIZE, struct image_record, ranges, has_memory),
	FIELD_IF(HEX, struct image_record, end_pa, has_memory),
	FIELD_IF(SIZE, struct image_record, missing_bytes, is_cut),
	FIELD_IF(U32, struct image_record, cpus, has_memory),
	FIELD(TEXT, struct image_record, root_from),
	FIELD(U32, struct image_record, sure),
	{ 0 },
};

const struct record_type image_type = {
	.name = "image",
	.fields = image_fields,
	.text = image_text,
};

static void version_text(struct out *o, const void *record)
{
	const struct version_record *r = record;

	out_printf(o, "ptwalk %s\n", r->version);
	if (strcmp(r->version, r->library) != 0)
		out_printf(o, "libptwalk %s\n", r->library);
	out_text(o, "features:");
	for (size_t i = 0; i < r->nr_features; i++)
		out_printf(o, " %s", r->features[i]);
	out_char(o, '\n');
}

static const struct field version_fields[] = {
	FIELD(TEXT, struct version_record, version),
	FIELD(TEXT, struct version_record, library),
	FIELD_COUNTED(WORDS, struct version_record, features, NULL),
	{ 0 },
};

const struct record_type version_type = {
	.name = "version",
	.fields = version_fields,
	.text = version_text,
};
