/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ps_records.h - the records of `ptwalk ps`. As records.h; docs/json.md describes each.
 */
#ifndef CLI_PS_RECORDS_H
#define CLI_PS_RECORDS_H

#include "records.h"

/* A process that has an address space. */
struct process_record {
	uint32_t pid;
	const char *command;
	bool has_root;
	uint64_t root;
	bool has_resident; /* its tables could be looked at */
	uint64_t resident_pages; /* of 4096, by the tables */
	bool has_rss;
	uint64_t rss_pages; /* of 4096, as the kernel counts them */
	const char *why; /* the tables could not be looked at; else NULL */
	const char *source;
	bool head; /* the first of all: the text needs its headings */
};

/* All of them. */
struct processes_record {
	uint64_t processes;
	uint64_t skipped; /* ended meanwhile */
	uint64_t resident_pages;
	uint64_t memory_bytes; /* what the list of them takes */
};

extern const struct record_type process_type, processes_type;

#endif
