// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_ptov.c - the ptov and spaces records.
 */
#include "numbers.h"
#include "space_records.h"

void out_count(struct out *o, uint64_t n, const char *thing)
{
	out_printf(o, "%llu %s%s", (unsigned long long)n, thing, n == 1 ? "" : "s");
}

void out_skipped(struct out *o, uint64_t n, bool image)
{
	if (n)
		out_printf(o, "; %llu %s", (unsigned long long)n,
			   image ? "without tables in the image" : "ended meanwhile");
}

static void text_space(struct out *o, const struct ptov_record *r)
{
	if (!r->is_process) {
		out_text(o, "kernel");
		return;
	}
	out_printf(o, "pid %u", r->pid);
	if (r->command) {
		out_char(o, ' ');
		out_name(o, r->command);
	}
}

static void ptov_text(struct out *o, const void *record)
{
	const struct ptov_record *r = record;
	char size[24];

	if (r->head) {
		out_colour(o, COLOUR_HEAD);
		out_text(o,
			 "PHYSICAL          VIRTUAL           SIZE  RIGHTS  LEVEL  REGION         "
			 "SPACE\n");
		out_colour(o, COLOUR_NONE);
	}
	out_hex_right(o, r->pa, 16);
	if (!r->mapped) {
		out_text(o, "  (not mapped)\n");
		return;
	}
	out_text(o, "  ");
	out_hex_right(o, r->va, 16);
	out_printf(o, "  %4s  %-6s  %-5s  %-13s  ", format_size(size, r->page_bytes), r->rights,
		   r->level ? r->level : "?", r->region);
	text_space(o, r);
	if (r->repeats)
		out_printf(o, "  (and each page behind it, %llu in all)",
			   (unsigned long long)r->count);
	if (r->rights_of)
		out_printf(o, "  (rights of the %s)", r->rights_of);
	out_char(o, '\n');
}

static const struct field ptov_fields[] = {
	FIELD(HEX, struct ptov_record, pa),
	FIELD(BOOL, struct ptov_record, mapped),
	FIELD_IF(HEX, struct ptov_record, va, mapped),
	FIELD_IF(SIZE, struct ptov_record, page_bytes, mapped),
	FIELD_IF(SIZE, struct ptov_record, count, repeats),
	FIELD(TEXT, struct ptov_record, level),
	FIELD_IF(CHARS, struct ptov_record, rights, mapped),
	FIELD(TEXT, struct ptov_record, rights_of),
	FIELD(TEXT, struct ptov_record, space),
	FIELD_IF(U32, struct ptov_record, pid, is_process),
	FIELD(TEXT, struct ptov_record, command),
	FIELD(TEXT, struct ptov_record, region),
	FIELD(TEXT, struct ptov_record, source),
	{ 0 },
};

const struct record_type ptov_type = { .name = "ptov", .fields = ptov_fields, .text = ptov_text };

static void spaces_text(struct out *o, const void *record)
{
	const struct spaces_record *r = record;

	out_text(o, "\nlooked through: the kernel and ");
	out_printf(o, "%llu process%s", (unsigned long long)r->processes,
		   r->processes == 1 ? "" : "es");
	out_skipped(o, r->skipped, r->image);
	out_printf(o, "; the addresses took %llu bytes of memory\n",
		   (unsigned long long)r->memory_bytes);
}

static const struct field spaces_fields[] = {
	FIELD(SIZE, struct spaces_record, processes),
	FIELD(SIZE, struct spaces_record, skipped),
	FIELD(SIZE, struct spaces_record, memory_bytes),
	{ 0 },
};

const struct record_type spaces_type = {
	.name = "spaces",
	.fields = spaces_fields,
	.text = spaces_text,
};
