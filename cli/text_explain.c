// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_explain.c - the explain record.
 */
#include <ctype.h>
#include <string.h>

#include "explain_records.h"
#include "numbers.h"

static void text_upper(struct out *o, const char *text)
{
	for (; *text; text++)
		out_char(o, (char)toupper((unsigned char)*text));
}

static void text_walk(struct out *o, const struct explain_record *r)
{
	for (size_t i = 0; i < r->nr_walk; i++) {
		const struct passed_record *s = &r->walk[i];

		out_text(o, "   ");
		text_upper(o, s->level);
		out_text(o, ": ");
		out_hex_right(o, s->entry, 16);
		out_printf(o, "  %s  ", s->allows);
		for (size_t k = 0; k < s->nr_attributes; k++)
			out_printf(o, "%s%s", k ? "|" : "", s->attributes[k]);
		if (!s->nr_attributes)
			out_text(o, s->malformed ? "malformed" : s->is);
		out_char(o, '\n');
	}
	if (r->nr_walk)
		out_char(o, '\n');
}

static void text_list(struct out *o, const char * const *words, size_t n, const char *last)
{
	for (size_t i = 0; i < n; i++)
		out_printf(o, "%s%s", !i ? "" : i + 1 == n ? last : ", ", words[i]);
}

static void text_fault(struct out *o, const struct explain_record *r)
{
	out_printf(o, "#PF: %s\n#PF: error_code(0x%04llx) - %s", r->oops,
		   (unsigned long long)r->error_code, r->oops_why);
	if (r->nr_error_bits) {
		out_text(o, "  (");
		text_list(o, r->error_bits, r->nr_error_bits, ", ");
		out_char(o, ')');
	}
	out_char(o, '\n');
}

static void text_note(struct out *o, const struct note_record *n)
{
	out_printf(o, "NOTE: %s", n->kind);
	if (n->is_swap)
		out_printf(o, ", area %u, slot %llu", n->swap_type,
			   (unsigned long long)n->swap_offset);
	if (n->has_pa) {
		out_text(o, ", frame ");
		out_hex(o, n->pa, 1);
	}
	out_char(o, '\n');
}

static const char *fault_name(const struct explain_record *r)
{
	if (r->is_page_fault)
		return "page fault";
	return strcmp(r->verdict, "noncanonical") == 0 ? "general protection" : "not known";
}

static void explain_text(struct out *o, const void *record)
{
	const struct explain_record *r = record;

	out_colour(o, COLOUR_HEAD);
	out_hex(o, r->va, 1);
	out_printf(o, "  %s, %s mode\n\n", r->access, r->mode);
	out_colour(o, COLOUR_NONE);
	text_walk(o, r);
	out_text(o, "VERDICT: ");
	out_colour(o, r->allowed ? COLOUR_GOOD : COLOUR_BAD);
	out_text(o, r->allowed ? "allowed" : fault_name(r));
	out_colour(o, COLOUR_NONE);
	out_printf(o, ": %s\n", r->why);
	if (r->is_page_fault)
		text_fault(o, r);
	if (r->has_note)
		text_note(o, &r->note);
	if (r->mapped) {
		out_text(o, "PHYSICAL: ");
		out_hex(o, r->pa, 1);
		out_char(o, '\n');
	}
	if (r->nr_assumed) {
		out_text(o, "ASSUMED: ");
		text_list(o, r->assumed, r->nr_assumed, " and ");
		out_text(o, " set, as the registers are not known\n");
	}
	out_printf(o, "REGION: %s\nSOURCE: %s%s\n\n", r->region, r->source,
		   r->unlocked ? " (unlocked)" : "");
}

static const struct field passed_fields[] = {
	FIELD(TEXT, struct passed_record, level),
	FIELD(HEX, struct passed_record, entry_pa),
	FIELD(HEX, struct passed_record, entry),
	FIELD(TEXT, struct passed_record, is),
	FIELD_IF(BOOL, struct passed_record, malformed, malformed),
	FIELD_COUNTED(WORDS, struct passed_record, attributes, NULL),
	FIELD(CHARS, struct passed_record, allows),
	{ 0 },
};

static const struct record_type passed_type = {
	.name = "step",
	.fields = passed_fields,
	.size = sizeof(struct passed_record),
};

static const struct field explain_fields[] = {
	FIELD(HEX, struct explain_record, va),
	FIELD(TEXT, struct explain_record, access),
	FIELD(TEXT, struct explain_record, mode),
	FIELD(BOOL, struct explain_record, allowed),
	FIELD(TEXT, struct explain_record, verdict),
	FIELD(TEXT, struct explain_record, why),
	FIELD(TEXT, struct explain_record, level),
	FIELD_IF(HEX, struct explain_record, error_code, is_page_fault),
	{
		.key = "error_bits",
		.kind = FIELD_WORDS,
		.offset = offsetof(struct explain_record, error_bits),
		.count = offsetof(struct explain_record, nr_error_bits),
		.has_when = true,
		.when = offsetof(struct explain_record, is_page_fault),
	},
	FIELD(TEXT, struct explain_record, oops),
	FIELD(TEXT, struct explain_record, oops_why),
	FIELD_COUNTED(WORDS, struct explain_record, set, NULL),
	FIELD_COUNTED(WORDS, struct explain_record, assumed, NULL),
	FIELD_IF(HEX, struct explain_record, pa, mapped),
	FIELD_COUNTED(LIST, struct explain_record, walk, &passed_type),
	FIELD_NESTED_IF(struct explain_record, note, &note_type, has_note),
	FIELD(TEXT, struct explain_record, region),
	FIELD(TEXT, struct explain_record, source),
	FIELD_IF(BOOL, struct explain_record, unlocked, unlocked),
	{ 0 },
};

const struct record_type explain_type = {
	.name = "explain",
	.fields = explain_fields,
	.text = explain_text,
};
