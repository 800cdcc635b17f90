/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff_records.h - the records of snapshot and diff. As records.h; docs/json.md
 * describes each.
 */
#ifndef CLI_DIFF_RECORDS_H
#define CLI_DIFF_RECORDS_H

#include "records.h"

/* ---- snapshot ---- */

struct snapshot_record {
	const char *file;
	uint64_t bytes;
	bool kernel;
	uint64_t processes;
	uint64_t skipped; /* ended meanwhile; of an @image: their tables are not in it */
	bool image;
	const char *source;
};

extern const struct record_type snapshot_type;

/* ---- diff ---- */

/* What is at the addresses of a change, before or after it. */
struct side_record {
	const char *is;
	bool mapped;
	uint64_t pa;
	uint64_t page_bytes;
	const char *level;
	rights_text rights;
	const char *rights_of;
	bool repeats;
	bool has_note;
	struct note_record note;
};

struct change_record {
	uint64_t start;
	uint64_t end;
	uint64_t bytes;
	const char *change;
	struct side_record before;
	struct side_record after;
	const char *region;
};

struct diff_record {
	bool is_process;
	uint32_t pid;
	const char *before;
	const char *after;
	const char *before_source;
	const char *after_source;
	uint64_t before_bytes;
	uint64_t after_bytes;
	uint64_t same_bytes;
	uint64_t changes;
	uint64_t appeared;
	uint64_t vanished;
	uint64_t frame;
	uint64_t rights;
	uint64_t size;
	uint64_t note;
};

extern const struct record_type change_type, diff_type;

#endif
