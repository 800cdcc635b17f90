// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_vtop.c - the vtop record: its fields, and its text, which has crash's habits.
 */
#include <ctype.h>
#include <string.h>

#include "numbers.h"
#include "records.h"

static void upper(char *to, size_t bytes, const char *from)
{
	size_t i;

	for (i = 0; from[i] && i + 1 < bytes; i++)
		to[i] = (char)toupper((unsigned char)from[i]);
	to[i] = '\0';
}

static void text_head(struct out *o, const struct vtop_record *r)
{
	char digits[16];
	int width = (int)format_hex(digits, r->va, 1);

	if (width < 7)
		width = 7;
	out_colour(o, COLOUR_HEAD);
	out_printf(o, "%-*s  PHYSICAL\n", width, "VIRTUAL");
	out_colour(o, COLOUR_NONE);
	out_hex(o, r->va, 1);
	out_printf(o, "%*s", width + 2 - (int)format_hex(digits, r->va, 1), "");
	if (r->mapped) {
		out_hex(o, r->pa, 1);
	} else {
		out_colour(o, COLOUR_BAD);
		out_text(o, "(not mapped)");
		out_colour(o, COLOUR_NONE);
	}
	out_text(o, "\n\n");
}

static void text_walk(struct out *o, const struct vtop_record *r)
{
	char name[8], size[24];

	for (size_t i = 0; i < r->nr_walk; i++) {
		upper(name, sizeof(name), r->walk[i].level);
		out_printf(o, "   %s: ", name);
		out_hex(o, r->walk[i].entry_pa, 1);
		out_text(o, " => ");
		out_hex(o, r->walk[i].entry, 1);
		out_char(o, '\n');
	}
	if (r->mapped) {
		out_text(o, "  PAGE: ");
		out_hex(o, r->pa & ~(r->page_bytes - 1), 1);
		if (r->page_bytes != 4096 || r->size_inferred)
			out_printf(o, "  (%sB%s)", format_size(size, r->page_bytes),
				   r->size_inferred ? ", inferred" : "");
		out_char(o, '\n');
	}
}

static void text_words(struct out *o, const char * const *words, size_t n)
{
	out_char(o, '(');
	for (size_t i = 0; i < n; i++) {
		if (i)
			out_char(o, '|');
		out_text(o, words[i]);
	}
	out_char(o, ')');
}

/* The leaf's entry, its page and its attributes. */
static void text_leaf(struct out *o, const struct vtop_record *r)
{
	const struct step_record *leaf = &r->walk[r->nr_walk - 1];
	uint64_t page = r->pa & ~(r->page_bytes - 1);
	char digits[16], name[8];
	int entry_width = (int)format_hex(digits, leaf->entry, 1);
	int page_width = (int)format_hex(digits, page, 1);

	upper(name, sizeof(name), leaf->level);
	if (page_width < 8)
		page_width = 8;
	out_colour(o, COLOUR_HEAD);
	out_printf(o, "\n%*s  %*s  FLAGS\n", entry_width, name, page_width, "PHYSICAL");
	out_colour(o, COLOUR_NONE);
	out_hex_right(o, leaf->entry, entry_width);
	out_text(o, "  ");
	out_hex_right(o, page, page_width);
	out_text(o, "  ");
	text_words(o, leaf->attributes, leaf->nr_attributes);
	out_char(o, '\n');
}

static void text_decided(struct out *o, const struct decided_record *d)
{
	const char * const levels[] = { d->r, d->w, d->x, d->u };
	const char * const names[] = { "no r", "no w", "no x", "no u" };
	const char *between = "  (";
	bool any = false;

	for (unsigned int i = 0; i < 4; i++) {
		if (!levels[i])
			continue;
		out_printf(o, "%s%s: %s", between, names[i], levels[i]);
		between = ", ";
		any = true;
	}
	if (any)
		out_char(o, ')');
}

static void text_note(struct out *o, const struct note_record *n)
{
	out_printf(o, "  NOTE: %s", n->kind);
	if (n->is_swap)
		out_printf(o, ", area %u, slot %llu", n->swap_type,
			   (unsigned long long)n->swap_offset);
	if (n->has_pa) {
		out_text(o, ", frame ");
		out_hex(o, n->pa, 1);
	}
	out_char(o, '\n');
}

static void text_struct_page(struct out *o, const struct page_record *p)
{
	out_printf(o, " FRAME: %s, order %u, refcount %d, mapcount %d, zone %s, node %d\n", p->kind,
		   p->order, p->refcount, p->mapcount, p->zone, p->node);
}

static void vtop_text(struct out *o, const void *record)
{
	const struct vtop_record *r = record;

	text_head(o, r);
	text_walk(o, r);
	if (r->mapped && r->nr_walk)
		text_leaf(o, r);
	if (r->nr_walk || r->mapped)
		out_char(o, '\n');
	if (r->mapped) {
		out_printf(o, "RIGHTS: %s", r->rights);
		if (r->rights_of)
			out_printf(o, "  (of the %s; the tables may grant less)", r->rights_of);
		text_decided(o, &r->decided);
		out_char(o, '\n');
	} else {
		out_printf(o, "   WHY: %s\n", r->why);
	}
	if (r->has_note)
		text_note(o, &r->note);
	if (r->has_page)
		text_struct_page(o, &r->page);
	out_printf(o, "REGION: %s\nSOURCE: %s%s\n\n", r->region, r->source,
		   r->unlocked ? " (unlocked)" : "");
}

static const struct field step_fields[] = {
	FIELD(TEXT, struct step_record, level),
	FIELD(HEX, struct step_record, entry_pa),
	FIELD(HEX, struct step_record, entry),
	FIELD(TEXT, struct step_record, is),
	FIELD_IF(BOOL, struct step_record, malformed, malformed),
	FIELD_COUNTED(WORDS, struct step_record, attributes, NULL),
	{ 0 },
};

static const struct record_type step_type = {
	.name = "step",
	.fields = step_fields,
	.size = sizeof(struct step_record),
};

static const struct field decided_fields[] = {
	FIELD(TEXT, struct decided_record, r),
	FIELD(TEXT, struct decided_record, w),
	FIELD(TEXT, struct decided_record, x),
	FIELD(TEXT, struct decided_record, u),
	{ 0 },
};

const struct record_type decided_type = { .name = "decided", .fields = decided_fields };

static const struct field note_fields[] = {
	FIELD(TEXT, struct note_record, kind),
	FIELD_IF(HEX, struct note_record, pa, has_pa),
	FIELD_IF(U32, struct note_record, swap_type, is_swap),
	FIELD_IF(SIZE, struct note_record, swap_offset, is_swap),
	{ 0 },
};

const struct record_type note_type = { .name = "note", .fields = note_fields };

static const struct field page_fields[] = {
	FIELD(TEXT, struct page_record, kind),
	FIELD(U32, struct page_record, order),
	FIELD(S32, struct page_record, refcount),
	FIELD(S32, struct page_record, mapcount),
	FIELD(CHARS, struct page_record, zone),
	FIELD(S32, struct page_record, node),
	{ 0 },
};

static const struct record_type page_type = { .name = "page", .fields = page_fields };

static const struct field vtop_fields[] = {
	FIELD(HEX, struct vtop_record, va),
	FIELD(BOOL, struct vtop_record, mapped),
	FIELD_IF(HEX, struct vtop_record, pa, mapped),
	FIELD_IF(SIZE, struct vtop_record, page_bytes, mapped),
	FIELD(TEXT, struct vtop_record, level),
	FIELD_IF(CHARS, struct vtop_record, rights, mapped),
	FIELD(TEXT, struct vtop_record, rights_of),
	FIELD_IF(BOOL, struct vtop_record, size_inferred, size_inferred),
	FIELD_NESTED_IF(struct vtop_record, decided, &decided_type, mapped),
	FIELD(TEXT, struct vtop_record, region),
	FIELD(TEXT, struct vtop_record, source),
	FIELD_IF(BOOL, struct vtop_record, unlocked, unlocked),
	FIELD_COUNTED(LIST, struct vtop_record, walk, &step_type),
	FIELD(TEXT, struct vtop_record, why),
	FIELD_NESTED_IF(struct vtop_record, note, &note_type, has_note),
	FIELD_NESTED_IF(struct vtop_record, page, &page_type, has_page),
	{ 0 },
};

const struct record_type vtop_type = { .name = "vtop", .fields = vtop_fields, .text = vtop_text };

/* A million of these are printed without a pause. */
static void brief_text(struct out *o, const void *record)
{
	const struct brief_record *r = record;
	char line[40];
	unsigned int n = format_hex(line, r->va, 1);

	line[n++] = ' ';
	if (r->mapped)
		n += format_hex(line + n, r->pa, 1);
	else
		line[n++] = '-';
	line[n++] = '\n';
	out_bytes(o, line, n);
}

const struct record_type brief_type = { .name = "brief", .text = brief_text };
