// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_snapshot.c - the snapshot record.
 */
#include "diff_records.h"
#include "numbers.h"
#include "space_records.h"

static void snapshot_text(struct out *o, const void *record)
{
	const struct snapshot_record *r = record;

	out_printf(o, "%s: ", r->file);
	if (r->kernel)
		out_text(o, "the kernel");
	if (r->processes)
		out_printf(o, "%s%llu process%s", r->kernel ? " and " : "",
			   (unsigned long long)r->processes, r->processes == 1 ? "" : "es");
	out_printf(o, " by %s, %llu bytes", r->source, (unsigned long long)r->bytes);
	out_skipped(o, r->skipped, r->image);
	out_char(o, '\n');
}

static const struct field snapshot_fields[] = {
	FIELD(TEXT, struct snapshot_record, file),
	FIELD(SIZE, struct snapshot_record, bytes),
	FIELD(BOOL, struct snapshot_record, kernel),
	FIELD(SIZE, struct snapshot_record, processes),
	FIELD(SIZE, struct snapshot_record, skipped),
	FIELD(TEXT, struct snapshot_record, source),
	{ 0 },
};

const struct record_type snapshot_type = {
	.name = "snapshot",
	.fields = snapshot_fields,
	.text = snapshot_text,
};
