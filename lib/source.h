/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source.h - what a memory source is to the rest of the library. Private.
 *
 * A source is one file src_NAME.c with one open function, declared here, that
 * fills a struct ptwalk: its operations, its own state, and what is known of the
 * machine. A source that has bytes but no answers of its own lends table pages to
 * the core and takes its operations from tables.h. No src_ file includes another.
 */
#ifndef LIB_SOURCE_H
#define LIB_SOURCE_H

#include <stdbool.h>

#include "../core/scan.h"
#include "error.h"
#include "ptwalk.h"

/**
 * struct cursor - how far a scan is; all that is kept between two calls of it
 * @at: next address to look at
 * @end: of the range; 0 is 2^64
 * @tables_left: how many more table pages a library's own scan may visit
 * @holes: NONE and NONCANONICAL are wanted too
 * @over: all up to @end was looked at
 */
struct cursor {
	uint64_t at;
	uint64_t end;
	uint64_t tables_left;
	bool holes;
	bool over;
};

/**
 * struct source_ops - what a source can do
 * @name: as ptwalk_source_name()
 * @unlocked: tables may be freed under a walk
 * @ranges_only: a walk has no way down, though the entries of leaves may be known
 * @close: gives the state back
 * @walk: as ptwalk_walk_pages(); @pages is NULL where they are not wanted
 * @scan: the next ranges from @c on, which is moved. A range that goes on across two
 *	calls is two ranges: map.c joins them. Returns how many, which can be 0
 *	before the end, or a negative errno.
 * @read: as ptwalk_read(), or of physical memory
 * @translate: as ptwalk_translate(), where that is faster than walks; else NULL
 */
struct source_ops {
	const char *name;
	bool unlocked;
	bool ranges_only;
	void (*close)(struct ptwalk *p);
	int (*walk)(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		    struct ptwalk_page *pages, struct ptwalk_error *err);
	int (*scan)(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges,
		    unsigned int max, struct ptwalk_error *err);
	int64_t (*read)(struct ptwalk *p, uint64_t address, bool physical, void *buffer,
			size_t bytes, struct ptwalk_error *err);
	int64_t (*translate)(struct ptwalk *p, const uint64_t *va, size_t n, uint64_t *pa);
};

/**
 * struct ptwalk - one space on one source
 * @state: the source's own
 * @space: format, encryption, address limit; a root and a memory only where the
 *	library walks itself. Its format is NULL where it is not known.
 * @image: that it is a space of; NULL on the machine that runs
 * @cpu: whose control registers count; NULL where none are known
 * @has_tables: entries are seen, and attributes can be told
 * @progress, @progress_ctx: as ptwalk_set_progress() was given them
 */
struct ptwalk {
	const struct source_ops *ops;
	void *state;
	uint32_t pid;
	uint32_t flags;
	struct ptwalk_image *image;
	const struct phys_cpu *cpu;
	struct ptw_space space;
	bool has_tables;
	struct ptwalk_info info;
	int (*progress)(void *ctx, uint64_t at);
	void *progress_ctx;
};

/* Where the system's files are; tests give others. */
struct paths {
	const char *device;
	const char *kcore;
	const char *kallsyms;
	const char *cpuinfo;
	const char *proc;
};

extern const struct paths system_paths;

/* Open functions: 0, or a negative errno with @err and nothing kept. */
int device_open(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err);
int kcore_open(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err);
int pagemap_open(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err);

/* ptwalk_open() with other paths. */
struct ptwalk *open_at(const struct ptwalk_open_options *options, const struct paths *paths,
		       struct ptwalk_error *err);

/* ptwalk_processes_begin() with other paths. */
struct ptwalk_processes *processes_begin_at(const struct paths *paths, struct ptwalk_error *err);

#endif
