// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_diff.c - the change and diff records.
 */
#include <string.h>

#include "diff_records.h"
#include "numbers.h"
#include "space_records.h"

/* What is there, in full: of a range that is on one side alone. */
static void text_side(struct out *o, const struct side_record *s)
{
	char page[24];

	if (s->mapped) {
		out_printf(o, "%s  %s  ", format_size(page, s->page_bytes), s->rights);
		out_hex(o, s->pa, 1);
		if (s->repeats)
			out_text(o, " again and again");
		return;
	}
	if (!s->has_note) {
		out_text(o, strcmp(s->is, "none") == 0 ? "nothing" : s->is);
		return;
	}
	out_text(o, s->note.kind);
	if (s->note.is_swap)
		out_printf(o, ", area %u, slot %llu", s->note.swap_type,
			   (unsigned long long)s->note.swap_offset);
	if (s->note.has_pa) {
		out_text(o, ", frame ");
		out_hex(o, s->note.pa, 1);
	}
}

static void text_both(struct out *o, const struct change_record *r)
{
	text_side(o, &r->before);
	out_text(o, " -> ");
	text_side(o, &r->after);
}

/* Only what differs, where the rest is the same. */
static void text_what(struct out *o, const struct change_record *r)
{
	const struct side_record *a = &r->before, *b = &r->after;
	char before[24], after[24];

	if (strcmp(r->change, "rights") == 0)
		out_printf(o, "rights %s -> %s", a->rights, b->rights);
	else if (strcmp(r->change, "size") == 0)
		out_printf(o, "pages of %s -> %s", format_size(before, a->page_bytes),
			   format_size(after, b->page_bytes));
	else
		text_both(o, r);
}

static void change_text(struct out *o, const void *record)
{
	const struct change_record *r = record;
	bool before = r->before.mapped, after = r->after.mapped;
	char sign = before == after ? '~' : after ? '+' : '-';
	char bytes[24];

	out_colour(o, sign == '+' ? COLOUR_GOOD : sign == '-' ? COLOUR_BAD : COLOUR_HEAD);
	out_char(o, sign);
	out_char(o, ' ');
	out_hex(o, r->start, 16);
	out_char(o, '-');
	out_hex(o, r->end, 16);
	out_colour(o, COLOUR_NONE);
	out_printf(o, "  %6s  %-13s  ", format_size(bytes, r->bytes), r->region);
	if (sign == '~')
		text_what(o, r);
	else
		text_side(o, after ? &r->after : &r->before);
	/* A note that takes the place of a page, or gives it back. */
	if (sign == '-' && strcmp(r->after.is, "none") != 0) {
		out_text(o, " -> ");
		text_side(o, &r->after);
	} else if (sign == '+' && strcmp(r->before.is, "none") != 0) {
		out_text(o, ", before: ");
		text_side(o, &r->before);
	}
	out_char(o, '\n');
}

static void diff_text(struct out *o, const void *record)
{
	const struct diff_record *r = record;
	const struct {
		const char *what;
		uint64_t n;
	} kinds[] = {
		{ "appeared", r->appeared },	     { "vanished", r->vanished },
		{ "with another frame", r->frame },  { "with other rights", r->rights },
		{ "of another page size", r->size }, { "with another note", r->note },
	};
	const char *between = ": ";
	char sizes[3][24];

	if (r->is_process)
		out_printf(o, "pid %u: ", r->pid);
	else
		out_text(o, "kernel: ");
	out_colour(o, r->changes ? COLOUR_BAD : COLOUR_GOOD);
	out_count(o, r->changes, "change");
	out_colour(o, COLOUR_NONE);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!kinds[i].n)
			continue;
		out_printf(o, "%s%llu %s", between, (unsigned long long)kinds[i].n, kinds[i].what);
		between = ", ";
	}
	out_printf(o, "; mapped before %s, after %s, the same %s\n",
		   format_size(sizes[0], r->before_bytes), format_size(sizes[1], r->after_bytes),
		   format_size(sizes[2], r->same_bytes));
}

static const struct field side_fields[] = {
	FIELD(TEXT, struct side_record, is),
	FIELD_IF(HEX, struct side_record, pa, mapped),
	FIELD_IF(SIZE, struct side_record, page_bytes, mapped),
	FIELD(TEXT, struct side_record, level),
	FIELD_IF(CHARS, struct side_record, rights, mapped),
	FIELD(TEXT, struct side_record, rights_of),
	FIELD_IF(BOOL, struct side_record, repeats, repeats),
	FIELD_NESTED_IF(struct side_record, note, &note_type, has_note),
	{ 0 },
};

static const struct record_type side_type = { .name = "side", .fields = side_fields };

static const struct field change_fields[] = {
	FIELD(HEX, struct change_record, start),
	FIELD(HEX, struct change_record, end),
	FIELD(SIZE, struct change_record, bytes),
	FIELD(TEXT, struct change_record, change),
	FIELD_NESTED(struct change_record, before, &side_type),
	FIELD_NESTED(struct change_record, after, &side_type),
	FIELD(TEXT, struct change_record, region),
	{ 0 },
};

const struct record_type change_type = {
	.name = "change",
	.fields = change_fields,
	.text = change_text,
};

static const struct field diff_fields[] = {
	FIELD_IF(U32, struct diff_record, pid, is_process),
	FIELD(TEXT, struct diff_record, before),
	FIELD(TEXT, struct diff_record, after),
	FIELD(TEXT, struct diff_record, before_source),
	FIELD(TEXT, struct diff_record, after_source),
	FIELD(SIZE, struct diff_record, before_bytes),
	FIELD(SIZE, struct diff_record, after_bytes),
	FIELD(SIZE, struct diff_record, same_bytes),
	FIELD(SIZE, struct diff_record, changes),
	FIELD(SIZE, struct diff_record, appeared),
	FIELD(SIZE, struct diff_record, vanished),
	FIELD(SIZE, struct diff_record, frame),
	FIELD(SIZE, struct diff_record, rights),
	FIELD(SIZE, struct diff_record, size),
	FIELD(SIZE, struct diff_record, note),
	{ 0 },
};

const struct record_type diff_type = {
	.name = "diff",
	.fields = diff_fields,
	.text = diff_text,
};
