// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_stat.c - the stat record.
 */
#include <string.h>

#include "numbers.h"
#include "space_records.h"

static const struct field size_fields[] = {
	FIELD(SIZE, struct size_record, page_bytes),
	FIELD(SIZE, struct size_record, pages),
	{ 0 },
};

const struct record_type size_type = {
	.name = "size",
	.fields = size_fields,
	.size = sizeof(struct size_record),
};

static const struct field runs_fields[] = {
	FIELD(SIZE, struct runs_record, from_bytes),
	FIELD(SIZE, struct runs_record, runs),
	FIELD(SIZE, struct runs_record, bytes),
	{ 0 },
};

static const struct record_type runs_type = {
	.name = "runs",
	.fields = runs_fields,
	.size = sizeof(struct runs_record),
};

static const struct field tables_fields[] = {
	FIELD(TEXT, struct tables_record, level),
	FIELD(SIZE, struct tables_record, pages),
	{ 0 },
};

static const struct record_type tables_type = {
	.name = "tables",
	.fields = tables_fields,
	.size = sizeof(struct tables_record),
};

#define FIGURES                                                             \
	FIELD(SIZE, struct part_record, mapped_bytes),                      \
		FIELD(SIZE, struct part_record, software_bytes),            \
		FIELD_COUNTED(LIST, struct part_record, sizes, &size_type), \
		FIELD(SIZE, struct part_record, runs),                      \
		FIELD(SIZE, struct part_record, longest_run_bytes),         \
		FIELD_COUNTED(LIST, struct part_record, contiguity, &runs_type)

static const struct field whole_fields[] = {
	FIGURES,
	{ 0 },
};

static const struct record_type whole_type = { .name = "whole", .fields = whole_fields };

static const struct field part_fields[] = {
	FIELD(TEXT, struct part_record, region),
	FIELD(HEX, struct part_record, start),
	FIELD(HEX, struct part_record, end),
	FIGURES,
	{ 0 },
};

static const struct record_type part_type = {
	.name = "part",
	.fields = part_fields,
	.size = sizeof(struct part_record),
};

static const struct field stat_fields[] = {
	FIELD_IF(U32, struct stat_record, pid, is_process),
	FIELD_NESTED(struct stat_record, whole, &whole_type),
	FIELD_COUNTED(LIST, struct stat_record, regions, &part_type),
	FIELD_COUNTED(LIST, struct stat_record, tables, &tables_type),
	FIELD_IF(SIZE, struct stat_record, table_bytes, has_tables),
	FIELD_IF(SIZE, struct stat_record, unreadable_tables, has_tables),
	FIELD(TEXT, struct stat_record, source),
	FIELD_IF(BOOL, struct stat_record, unlocked, unlocked),
	{ 0 },
};

static void text_head(struct out *o, const char *head)
{
	out_colour(o, COLOUR_HEAD);
	out_text(o, head);
	out_colour(o, COLOUR_NONE);
}

static void text_sizes(struct out *o, const struct part_record *p)
{
	char size[24];

	for (size_t i = 0; i < p->nr_sizes; i++)
		out_printf(o, "  %llu x %s", (unsigned long long)p->sizes[i].pages,
			   format_size(size, p->sizes[i].page_bytes));
}

static void text_part(struct out *o, const char *name, const struct part_record *p)
{
	char mapped[24], notes[24], longest[24];

	out_printf(o, "%-13s %9s %9s %9llu %9s ", name, format_size(mapped, p->mapped_bytes),
		   format_size(notes, p->software_bytes), (unsigned long long)p->runs,
		   format_size(longest, p->longest_run_bytes));
	text_sizes(o, p);
	out_char(o, '\n');
}

static void text_parts(struct out *o, const struct stat_record *r)
{
	text_head(o, "REGION           MAPPED     NOTES      RUNS   LONGEST   PAGES\n");
	for (size_t i = 0; i < r->nr_regions; i++)
		text_part(o, r->regions[i].region, &r->regions[i]);
	text_part(o, "all", &r->whole);
}

/* In how small pages the direct map is cut. */
static void text_direct_map(struct out *o, const struct stat_record *r)
{
	char size[24];

	for (size_t i = 0; i < r->nr_regions; i++) {
		const struct part_record *p = &r->regions[i];

		if (strcmp(p->region, "direct-map") != 0)
			continue;
		out_text(o, "\ndirect map:");
		for (size_t s = 0; s < p->nr_sizes; s++)
			out_printf(o, "%s %.1f%% in %s pages", s ? "," : "",
				   100.0 * (double)(p->sizes[s].pages * p->sizes[s].page_bytes) /
					   (double)p->mapped_bytes,
				   format_size(size, p->sizes[s].page_bytes));
		out_char(o, '\n');
	}
}

static void text_contiguity(struct out *o, const struct part_record *whole)
{
	char from[24], bytes[24];

	text_head(o, "\nCONTIGUOUS FROM      RUNS     BYTES\n");
	for (size_t i = 0; i < whole->nr_contiguity; i++)
		out_printf(o, "%15s %9llu %9s\n",
			   format_size(from, whole->contiguity[i].from_bytes),
			   (unsigned long long)whole->contiguity[i].runs,
			   format_size(bytes, whole->contiguity[i].bytes));
}

static void text_tables(struct out *o, const struct stat_record *r)
{
	char bytes[24];

	if (!r->has_tables) {
		out_printf(o, "\n%s shows no tables: their pages are not counted\n", r->source);
		return;
	}
	out_text(o, "\ntable pages:");
	for (size_t i = 0; i < r->nr_tables; i++)
		out_printf(o, "%s %llu %s", i ? "," : "", (unsigned long long)r->tables[i].pages,
			   r->tables[i].level);
	out_printf(o, "; %s", format_size(bytes, r->table_bytes));
	if (r->unreadable_tables)
		out_printf(o, "; %llu could not be read", (unsigned long long)r->unreadable_tables);
	out_char(o, '\n');
}

static void stat_text(struct out *o, const void *record)
{
	const struct stat_record *r = record;

	text_parts(o, r);
	text_direct_map(o, r);
	text_contiguity(o, &r->whole);
	text_tables(o, r);
	out_printf(o, "source: %s%s\n", r->source, r->unlocked ? " (unlocked)" : "");
}

const struct record_type stat_type = { .name = "stat", .fields = stat_fields, .text = stat_text };
