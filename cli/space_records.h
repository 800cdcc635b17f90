/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * space_records.h - the records of verbs that look through a whole space, and of the
 * laboratory. As records.h; docs/json.md describes each.
 */
#ifndef CLI_SPACE_RECORDS_H
#define CLI_SPACE_RECORDS_H

#include "records.h"

/* Of page sizes, powers of two and table levels: as much as there can be. */
#define MAX_SHIFTS 64

/* ---- ptov ---- */

/* A virtual address that maps a frame; or, where @mapped is false, none does. */
struct ptov_record {
	uint64_t pa;
	bool mapped;
	uint64_t va;
	uint64_t page_bytes;
	bool repeats;
	uint64_t count; /* where it repeats */
	const char *level;
	rights_text rights;
	const char *rights_of; /* "mapping" where they are not the tables' */
	const char *space; /* "kernel" or "process" */
	bool is_process;
	uint32_t pid;
	const char *command; /* of the process; NULL where not known */
	const char *region;
	const char *source;
	bool head; /* the first of all: the text needs its headings */
};

/* What was looked through, with --all. */
struct spaces_record {
	uint64_t processes;
	uint64_t skipped; /* ended meanwhile; of an @image: their tables are not in it */
	bool image;
	uint64_t memory_bytes; /* what the addresses take, whatever is mapped */
};

extern const struct record_type ptov_type, spaces_type;

/* ---- audit ---- */

struct place_record {
	uint64_t va;
	uint64_t page_bytes;
	const char *level;
	rights_text rights;
	struct decided_record decided;
	const char *region;
};

struct finding_record {
	const char *finding; /* "wx", "alias" or "user" */
	uint64_t pa;
	uint64_t bytes;
	bool repeats;
	struct place_record at;
	bool has_alias;
	struct place_record alias;
	const char *rights_of;
	const char *source;
};

struct audit_record {
	bool is_process;
	uint32_t pid;
	uint64_t ranges;
	uint64_t writable_bytes;
	uint64_t executable_bytes;
	uint64_t findings;
	uint64_t wx;
	uint64_t alias;
	uint64_t user;
	const char *source;
	bool unlocked;
};

extern const struct record_type finding_type, audit_type;

/* ---- stat ---- */

struct size_record {
	uint64_t page_bytes;
	uint64_t pages;
};

/* Runs of at least @from_bytes, and of less than twice as much. */
struct runs_record {
	uint64_t from_bytes;
	uint64_t runs;
	uint64_t bytes;
};

struct tables_record {
	const char *level;
	uint64_t pages;
};

struct part_record {
	const char *region;
	uint64_t start;
	uint64_t end;
	uint64_t mapped_bytes;
	uint64_t software_bytes;
	struct size_record size_items[MAX_LEVELS];
	const struct size_record *sizes;
	size_t nr_sizes;
	uint64_t runs;
	uint64_t longest_run_bytes;
	struct runs_record run_items[MAX_SHIFTS];
	const struct runs_record *contiguity;
	size_t nr_contiguity;
};

struct stat_record {
	bool is_process;
	uint32_t pid;
	struct part_record whole;
	const struct part_record *regions;
	size_t nr_regions;
	bool has_tables;
	struct tables_record table_items[MAX_LEVELS];
	const struct tables_record *tables;
	size_t nr_tables;
	uint64_t table_bytes;
	uint64_t unreadable_tables;
	const char *source;
	bool unlocked;
};

extern const struct record_type stat_type;

/* ---- verify ---- */

struct difference_record {
	uint64_t va;
	const char *differs_in;
	struct vtop_record first;
	struct vtop_record second;
};

struct absent_record {
	const char *source;
	const char *why;
};

struct verify_record {
	bool is_process;
	uint32_t pid;
	const char *sources[4];
	size_t nr_sources;
	const struct absent_record *absent;
	size_t nr_absent;
	uint64_t seed;
	uint64_t ranges;
	uint64_t addresses;
	uint64_t addresses_mapped;
	uint64_t asked_again;
	uint64_t changing;
	uint64_t differences;
};

extern const struct record_type difference_type, verify_type;

/* ---- lab ---- */

struct lab_record {
	bool kept;
	uint64_t id; /* where it was kept */
	bool held;
	const char *allocator;
	uint64_t bytes;
	const char *refused; /* why there is no such object; then the rest is left out */
	bool given;
	uint64_t va;
	const char *region;
	uint64_t macro_pa;
	bool macro_valid;
	uint64_t walk_pa;
	bool same;
	struct size_record size_items[3];
	const struct size_record *sizes;
	size_t nr_sizes;
	uint64_t runs;
	uint64_t longest_run_bytes;
	int32_t node;
	bool has_times;
	uint64_t alloc_ns;
	uint64_t touch_ns;
	uint64_t free_ns;
	uint32_t repeat;
	bool head;
};

struct freed_record {
	uint64_t id;
};

extern const struct record_type lab_type, freed_type;
extern const struct record_type size_type;

/* "1 page", "2 pages": @n of a thing */
void out_count(struct out *o, uint64_t n, const char *thing);

/* "; 2 ended meanwhile", which none does in an image; nothing for 0 */
void out_skipped(struct out *o, uint64_t n, bool image);

#endif
