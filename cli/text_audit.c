// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_audit.c - the finding and audit records.
 */
#include "numbers.h"
#include "space_records.h"

static void text_place(struct out *o, const struct place_record *p)
{
	char size[24];

	out_hex(o, p->va, 16);
	out_printf(o, "  %4s  %s  %s  %s", format_size(size, p->page_bytes), p->rights,
		   p->level ? p->level : "?", p->region);
	if (p->decided.w)
		out_printf(o, "  (no w: %s)", p->decided.w);
	if (p->decided.x)
		out_printf(o, "  (no x: %s)", p->decided.x);
	out_char(o, '\n');
}

static void finding_text(struct out *o, const void *record)
{
	const struct finding_record *r = record;
	char bytes[24];

	out_colour(o, COLOUR_BAD);
	out_printf(o, "%-5s", r->finding);
	out_colour(o, COLOUR_NONE);
	out_text(o, "  frame ");
	out_hex(o, r->pa, 1);
	out_printf(o, "  %s%s%s%s\n", format_size(bytes, r->bytes),
		   r->repeats ? "  (the same frame)" : "", r->rights_of ? "  rights of the " : "",
		   r->rights_of ? r->rights_of : "");
	out_text(o, r->has_alias ? "       writable    " : "       ");
	text_place(o, &r->at);
	if (!r->has_alias)
		return;
	out_text(o, "       executable  ");
	text_place(o, &r->alias);
}

static const struct field place_fields[] = {
	FIELD(HEX, struct place_record, va),
	FIELD(SIZE, struct place_record, page_bytes),
	FIELD(TEXT, struct place_record, level),
	FIELD(CHARS, struct place_record, rights),
	FIELD_NESTED(struct place_record, decided, &decided_type),
	FIELD(TEXT, struct place_record, region),
	{ 0 },
};

static const struct record_type place_type = { .name = "place", .fields = place_fields };

static const struct field finding_fields[] = {
	FIELD(TEXT, struct finding_record, finding),
	FIELD(HEX, struct finding_record, pa),
	FIELD(SIZE, struct finding_record, bytes),
	FIELD_IF(BOOL, struct finding_record, repeats, repeats),
	FIELD_NESTED(struct finding_record, at, &place_type),
	FIELD_NESTED_IF(struct finding_record, alias, &place_type, has_alias),
	FIELD(TEXT, struct finding_record, rights_of),
	FIELD(TEXT, struct finding_record, source),
	{ 0 },
};

const struct record_type finding_type = {
	.name = "finding",
	.fields = finding_fields,
	.text = finding_text,
};

static void audit_text(struct out *o, const void *record)
{
	const struct audit_record *r = record;
	char w[24], x[24];

	if (r->findings)
		out_char(o, '\n');
	if (r->is_process)
		out_printf(o, "pid %u: ", r->pid);
	else
		out_text(o, "kernel: ");
	out_colour(o, r->findings ? COLOUR_BAD : COLOUR_GOOD);
	out_count(o, r->findings, "finding");
	out_colour(o, COLOUR_NONE);
	out_printf(o, " (%llu wx, %llu alias, %llu user) in ", (unsigned long long)r->wx,
		   (unsigned long long)r->alias, (unsigned long long)r->user);
	out_count(o, r->ranges, "range");
	out_printf(o, "; %s writable, %s executable; source %s%s\n",
		   format_size(w, r->writable_bytes), format_size(x, r->executable_bytes),
		   r->source, r->unlocked ? " (unlocked)" : "");
}

static const struct field audit_fields[] = {
	FIELD_IF(U32, struct audit_record, pid, is_process),
	FIELD(SIZE, struct audit_record, ranges),
	FIELD(SIZE, struct audit_record, writable_bytes),
	FIELD(SIZE, struct audit_record, executable_bytes),
	FIELD(SIZE, struct audit_record, findings),
	FIELD(SIZE, struct audit_record, wx),
	FIELD(SIZE, struct audit_record, alias),
	FIELD(SIZE, struct audit_record, user),
	FIELD(TEXT, struct audit_record, source),
	FIELD_IF(BOOL, struct audit_record, unlocked, unlocked),
	{ 0 },
};

const struct record_type audit_type = {
	.name = "audit",
	.fields = audit_fields,
	.text = audit_text,
};
