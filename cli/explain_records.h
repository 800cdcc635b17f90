/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain_records.h - the record of explain. As records.h; docs/json.md describes it.
 */
#ifndef CLI_EXPLAIN_RECORDS_H
#define CLI_EXPLAIN_RECORDS_H

#include "records.h"

#define MAX_ERROR_BITS 5
#define MAX_REGISTERS 3

/* One entry on the way down, and the rights that are left below it. */
struct passed_record {
	const char *level;
	uint64_t entry_pa;
	uint64_t entry;
	const char *is;
	bool malformed;
	const char *attributes[MAX_ATTRIBUTES];
	size_t nr_attributes;
	rights_text allows;
};

struct explain_record {
	uint64_t va;
	const char *access; /* "read", "write" or "execute" */
	const char *mode; /* "kernel" or "user" */
	bool allowed;
	const char *verdict;
	const char *why; /* a sentence */
	const char *level; /* that decides; NULL where none does */
	bool is_page_fault;
	uint64_t error_code;
	const char *error_bits[MAX_ERROR_BITS];
	size_t nr_error_bits;
	const char *oops; /* as the kernel would put it */
	const char *oops_why;
	const char *set[MAX_REGISTERS]; /* bits of control registers that count */
	size_t nr_set;
	const char *assumed[MAX_REGISTERS]; /* to be set, of these */
	size_t nr_assumed;
	bool mapped;
	uint64_t pa;
	const struct passed_record *walk;
	size_t nr_walk;
	bool has_note;
	struct note_record note;
	const char *region;
	const char *source;
	bool unlocked;
};

extern const struct record_type explain_type;

#endif
