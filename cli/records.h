/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * records.h - what the verbs find out, and printers print. docs/json.md describes
 * each as JSON. Pointers are lent for the time of emit().
 */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

#define MAX_LEVELS 5
#define MAX_ATTRIBUTES 32
#define MAX_REGIONS 32

/* "rwxu", with - for what is not allowed, and k where u is not. */
typedef char rights_text[8];

/* ---- vtop ---- */

struct step_record {
	const char *level;
	uint64_t entry_pa;
	uint64_t entry;
	const char *is; /* "none" too where the processor would refuse it */
	bool malformed;
	const char *attributes[MAX_ATTRIBUTES];
	size_t nr_attributes;
};

/* The level that takes a right away; NULL where it is allowed. */
struct decided_record {
	const char *r;
	const char *w;
	const char *x;
	const char *u;
};

/* What a software entry notes. */
struct note_record {
	const char *kind;
	bool has_pa;
	uint64_t pa;
	bool is_swap;
	uint32_t swap_type;
	uint64_t swap_offset;
};

struct page_record {
	const char *kind;
	uint32_t order;
	int32_t refcount;
	int32_t mapcount;
	int32_t node;
	char zone[16];
};

struct vtop_record {
	uint64_t va;
	bool mapped;
	uint64_t pa;
	uint64_t page_bytes;
	const char *level; /* of the leaf; NULL where not mapped */
	rights_text rights;
	const char *rights_of; /* "mapping" where they are not the tables' */
	bool size_inferred;
	struct decided_record decided;
	const char *region;
	const char *source;
	bool unlocked;
	const struct step_record *walk;
	size_t nr_walk;
	const char *why; /* where not mapped */
	bool has_note;
	struct note_record note;
	bool has_page;
	struct page_record page;
};

extern const struct record_type vtop_type;

/* vtop --brief: text alone. */
struct brief_record {
	uint64_t va;
	bool mapped;
	uint64_t pa;
};

extern const struct record_type brief_type;

/* ---- map ---- */

/* A range that is mapped, of one region; and one that is not ("gap"). */
struct map_record {
	uint64_t start;
	uint64_t end;
	uint64_t bytes;
	uint64_t pa;
	uint64_t page_bytes;
	const char *level;
	rights_text rights;
	const char *rights_of;
	bool repeats;
	const char *attributes[MAX_ATTRIBUTES];
	size_t nr_attributes;
	const char *region;
	const char *title; /* of the region where it begins a new one; else NULL */
	const char *source;
};

struct gap_record {
	uint64_t start;
	uint64_t end;
	uint64_t bytes;
	const char *is;
	const char *level;
	bool has_entry;
	uint64_t entry;
	bool has_note;
	struct note_record note;
	const char *region;
	const char *title;
	const char *source;
};

extern const struct record_type map_type, gap_type;
extern const struct record_type note_type, decided_type;

/* ---- read ---- */

struct read_record {
	uint64_t address;
	const char *space; /* "virtual" or "physical" */
	uint64_t bytes;
	const unsigned char *data;
	size_t nr_data;
	const char *source;
};

extern const struct record_type read_type;

/* ---- info, version ---- */

struct region_record {
	const char *name;
	uint64_t start;
	uint64_t end;
};

/* What a file or a virtual machine is; before info's own record. */
struct image_record {
	const char *format;
	const char *taken_for;
	bool guessed;
	bool mapped;
	uint64_t memory_bytes;
	uint64_t mapped_bytes;
	uint64_t ranges;
	bool is_cut;
	uint64_t missing_bytes;
	uint64_t end_pa;
	uint32_t cpus;
	const char *root_from;
	uint32_t sure;
	bool has_memory; /* a snapshot has none */
};

extern const struct record_type image_type;

struct info_record {
	const char *source;
	bool unlocked;
	const char *release;
	const char *format;
	bool knows_tables;
	uint32_t levels;
	uint64_t encryption;
	uint64_t kernel_root;
	bool knows_pa_bits;
	uint32_t pa_bits;
	bool knows_pti;
	bool pti;
	bool knows_kaslr;
	bool kaslr;
	uint64_t image_offset;
	bool knows_phys_base;
	uint64_t phys_base;
	bool knows_page_offset;
	uint64_t page_offset;
	const struct region_record *regions;
	size_t nr_regions;
};

extern const struct record_type info_type;

struct version_record {
	const char *version;
	const char *library;
	const char *features[16];
	size_t nr_features;
};

extern const struct record_type version_type;

/* ---- help ---- */

struct verb;

struct help_record {
	const char *verb;
	const char *common; /* of the usage line; text alone */
	const char *words;
	const char *summary;
	const char *help;
};

/* One verb in full, and one of a list. */
extern const struct record_type help_type, verb_type;

/* ---- what several need ---- */

/* @rights: PTWALK_R ... of the library */
void fill_rights(rights_text text, unsigned int rights);

#endif
