// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_ps.c - the process and processes records.
 */
#include "numbers.h"
#include "ps_records.h"

static void process_text(struct out *o, const void *record)
{
	const struct process_record *r = record;

	if (r->head) {
		out_colour(o, COLOUR_HEAD);
		out_text(o, "    PID              ROOT  RESIDENT  ");
		if (r->has_rss)
			out_text(o, "     RSS  ");
		out_text(o, "COMMAND\n");
		out_colour(o, COLOUR_NONE);
	}
	out_printf(o, "%7u  ", r->pid);
	if (r->has_root)
		out_hex_right(o, r->root, 16);
	else
		out_text(o, "               -");
	if (r->has_resident)
		out_printf(o, "  %8llu", (unsigned long long)r->resident_pages);
	else
		out_text(o, "         -");
	/* An image has no such column. */
	if (r->has_rss)
		out_printf(o, "  %8llu", (unsigned long long)r->rss_pages);
	out_text(o, "  ");
	out_name(o, r->command);
	if (r->why)
		out_printf(o, "  (%s)", r->why);
	out_char(o, '\n');
}

static const struct field process_fields[] = {
	FIELD(U32, struct process_record, pid),
	FIELD(TEXT, struct process_record, command),
	FIELD_IF(HEX, struct process_record, root, has_root),
	FIELD_IF(SIZE, struct process_record, resident_pages, has_resident),
	FIELD_IF(SIZE, struct process_record, rss_pages, has_rss),
	FIELD(TEXT, struct process_record, why),
	FIELD(TEXT, struct process_record, source),
	{ 0 },
};

const struct record_type process_type = {
	.name = "process",
	.fields = process_fields,
	.text = process_text,
};

static void processes_text(struct out *o, const void *record)
{
	const struct processes_record *r = record;

	out_printf(o, "\n%llu process%s, %llu pages of 4K in their tables",
		   (unsigned long long)r->processes, r->processes == 1 ? "" : "es",
		   (unsigned long long)r->resident_pages);
	if (r->skipped)
		out_printf(o, "; %llu ended meanwhile", (unsigned long long)r->skipped);
	out_printf(o, "; the list took %llu bytes of memory\n",
		   (unsigned long long)r->memory_bytes);
}

static const struct field processes_fields[] = {
	FIELD(SIZE, struct processes_record, processes),
	FIELD(SIZE, struct processes_record, skipped),
	FIELD(SIZE, struct processes_record, resident_pages),
	FIELD(SIZE, struct processes_record, memory_bytes),
	{ 0 },
};

const struct record_type processes_type = {
	.name = "processes",
	.fields = processes_fields,
	.text = processes_text,
};
