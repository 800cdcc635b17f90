// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_verify.c - the difference and verify records.
 */
#include "numbers.h"
#include "space_records.h"

static void text_answer(struct out *o, const struct vtop_record *r)
{
	char size[24];

	out_printf(o, "  %-8s ", r->source);
	if (r->mapped) {
		out_hex(o, r->pa, 1);
		out_printf(o, "  %s  %s", format_size(size, r->page_bytes), r->rights);
	} else {
		out_printf(o, "(not mapped) %s", r->why);
	}
	for (size_t i = 0; i < r->nr_walk; i++) {
		out_printf(o, "  %s ", r->walk[i].level);
		out_hex(o, r->walk[i].entry_pa, 1);
		out_text(o, " => ");
		out_hex(o, r->walk[i].entry, 1);
	}
	out_char(o, '\n');
}

static void difference_text(struct out *o, const void *record)
{
	const struct difference_record *r = record;

	out_colour(o, COLOUR_BAD);
	out_hex(o, r->va, 1);
	out_printf(o, " differs in %s\n", r->differs_in);
	out_colour(o, COLOUR_NONE);
	text_answer(o, &r->first);
	text_answer(o, &r->second);
}

static const struct field difference_fields[] = {
	FIELD(HEX, struct difference_record, va),
	FIELD(TEXT, struct difference_record, differs_in),
	FIELD_NESTED(struct difference_record, first, &vtop_type),
	FIELD_NESTED(struct difference_record, second, &vtop_type),
	{ 0 },
};

const struct record_type difference_type = {
	.name = "difference",
	.fields = difference_fields,
	.text = difference_text,
};

static void verify_text(struct out *o, const void *record)
{
	const struct verify_record *r = record;

	if (r->is_process)
		out_printf(o, "pid %u: ", r->pid);
	else
		out_text(o, "kernel: ");
	out_colour(o, r->differences ? COLOUR_BAD : COLOUR_GOOD);
	out_count(o, r->differences, "difference");
	out_colour(o, COLOUR_NONE);
	out_text(o, " between");
	for (size_t i = 0; i < r->nr_sources; i++)
		out_printf(o, "%s %s", i ? " and" : "", r->sources[i]);
	out_text(o, " in ");
	out_printf(o, "%llu addresses", (unsigned long long)r->addresses);
	out_printf(o, ", %llu mapped, of ", (unsigned long long)r->addresses_mapped);
	out_count(o, r->ranges, "range");
	out_printf(o, "; asked again %llu, never still %llu; seed ",
		   (unsigned long long)r->asked_again, (unsigned long long)r->changing);
	out_hex(o, r->seed, 1);
	out_char(o, '\n');
	for (size_t i = 0; i < r->nr_absent; i++)
		out_printf(o, "not asked: %s (%s)\n", r->absent[i].source, r->absent[i].why);
}

static const struct field absent_fields[] = {
	FIELD(TEXT, struct absent_record, source),
	FIELD(TEXT, struct absent_record, why),
	{ 0 },
};

static const struct record_type absent_type = {
	.name = "absent",
	.fields = absent_fields,
	.size = sizeof(struct absent_record),
};

static const struct field verify_fields[] = {
	FIELD_IF(U32, struct verify_record, pid, is_process),
	FIELD_COUNTED(WORDS, struct verify_record, sources, NULL),
	FIELD_COUNTED(LIST, struct verify_record, absent, &absent_type),
	FIELD(HEX, struct verify_record, seed),
	FIELD(SIZE, struct verify_record, ranges),
	FIELD(SIZE, struct verify_record, addresses),
	FIELD(SIZE, struct verify_record, addresses_mapped),
	FIELD(SIZE, struct verify_record, asked_again),
	FIELD(SIZE, struct verify_record, changing),
	FIELD(SIZE, struct verify_record, differences),
	{ 0 },
};

const struct record_type verify_type = {
	.name = "verify",
	.fields = verify_fields,
	.text = verify_text,
};
