// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_lab.c - the lab and freed records.
 */
#include <stdio.h>

#include "numbers.h"
#include "space_records.h"

static void text_head(struct out *o)
{
	out_colour(o, COLOUR_HEAD);
	out_text(o, "ALLOCATOR            SIZE  ADDRESS           REGION         VIRT_TO_PHYS     "
		    " VALID  WALK              SAME  PAGES              RUNS  LONGEST  NODE  "
		    "ALLOC/ns  TOUCH/ns  FREE/ns    ID\n");
	out_colour(o, COLOUR_NONE);
}

static void text_pages(struct out *o, const struct lab_record *r)
{
	char text[64] = "-", size[24];
	size_t used = 0;

	for (size_t i = 0; i < r->nr_sizes && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%llux%s",
					 i ? "+" : "", (unsigned long long)r->sizes[i].pages,
					 format_size(size, r->sizes[i].page_bytes));
	out_printf(o, "%-16s", text);
}

static void text_times(struct out *o, const struct lab_record *r)
{
	if (r->has_times)
		out_printf(o, "  %8llu  %8llu  %7llu", (unsigned long long)r->alloc_ns,
			   (unsigned long long)r->touch_ns, (unsigned long long)r->free_ns);
	else
		out_printf(o, "  %8s  %8s  %7s", "-", "-", "-");
}

static void lab_text(struct out *o, const void *record)
{
	const struct lab_record *r = record;
	char bytes[24];

	if (r->head)
		text_head(o);
	out_printf(o, "%-17s  %6s  ", r->allocator, format_size(bytes, r->bytes));
	if (r->refused) {
		out_printf(o, "(%s)\n", r->refused);
		return;
	}
	out_hex(o, r->va, 16);
	out_printf(o, "  %-13s  ", r->region);
	out_hex_right(o, r->macro_pa, 16);
	out_printf(o, "  %-5s  ", r->macro_valid ? "yes" : "no");
	out_hex_right(o, r->walk_pa, 16);
	out_printf(o, "  %-4s  ", r->same ? "same" : "no");
	text_pages(o, r);
	out_printf(o, "  %5llu  %7s  %4d", (unsigned long long)r->runs,
		   format_size(bytes, r->longest_run_bytes), r->node);
	text_times(o, r);
	if (r->kept)
		out_printf(o, "  %4llu", (unsigned long long)r->id);
	out_char(o, '\n');
}

static const struct field lab_fields[] = {
	FIELD(TEXT, struct lab_record, allocator),
	FIELD(SIZE, struct lab_record, bytes),
	FIELD(TEXT, struct lab_record, refused),
	FIELD_IF(HEX, struct lab_record, va, given),
	FIELD(TEXT, struct lab_record, region),
	FIELD_IF(HEX, struct lab_record, macro_pa, given),
	FIELD_IF(BOOL, struct lab_record, macro_valid, given),
	FIELD_IF(HEX, struct lab_record, walk_pa, given),
	FIELD_IF(BOOL, struct lab_record, same, given),
	FIELD_COUNTED(LIST, struct lab_record, sizes, &size_type),
	FIELD_IF(SIZE, struct lab_record, runs, given),
	FIELD_IF(SIZE, struct lab_record, longest_run_bytes, given),
	FIELD_IF(S32, struct lab_record, node, given),
	FIELD_IF(SIZE, struct lab_record, alloc_ns, has_times),
	FIELD_IF(SIZE, struct lab_record, touch_ns, has_times),
	FIELD_IF(SIZE, struct lab_record, free_ns, has_times),
	FIELD_IF(U32, struct lab_record, repeat, has_times),
	FIELD_IF(SIZE, struct lab_record, id, kept),
	FIELD_IF(BOOL, struct lab_record, held, given),
	{ 0 },
};

const struct record_type lab_type = { .name = "lab", .fields = lab_fields, .text = lab_text };

static void freed_text(struct out *o, const void *record)
{
	const struct freed_record *r = record;

	out_printf(o, "freed %llu\n", (unsigned long long)r->id);
}

static const struct field freed_fields[] = {
	FIELD(SIZE, struct freed_record, id),
	{ 0 },
};

const struct record_type freed_type = {
	.name = "freed",
	.fields = freed_fields,
	.text = freed_text,
};
