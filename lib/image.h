/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * image.h - a machine in a file: physical memory, and what was found in it. Private.
 *
 *	phys.h      bytes at physical addresses
 *	roots.h     where the kernel's tables begin, by notes or by a search
 *	regions.h   what lies where, from the tables
 *	symbols.h   names, from the kallsyms in the memory
 *	release.h   which release it is, by notes or by its banner
 *	types.h     where a struct's members lie, from the BTF in the memory
 *	tasks.h     processes, by all of these
 *	snapshot.h  ranges that were saved, in place of memory
 */
#ifndef LIB_IMAGE_H
#define LIB_IMAGE_H

#include "phys.h"
#include "source.h"
#include "table_cache.h"
#include "vmcoreinfo.h"

struct mapped_tables;
struct symbols;
struct types;
struct snapshot;
struct task_index;

/**
 * struct ptwalk_image - see ptwalk.h
 * @mem: its memory
 * @tables: lends table pages of @mem, as they are @mapped or kept in @cache
 * @kernel: what is known of the kernel: levels, root, encryption, regions, release;
 *	PTWALK_KNOWN_TABLES is not set where no root was found
 * @space: of the kernel; its format is NULL where no root was found
 * @root_err: why not
 * @vmcoreinfo: of the note, or found in memory; text NULL where there is none
 * @cpu: the CPU whose registers count for `explain`, NULL for none
 * @symbols, @symbols_err: opened when the first name is asked; the error stays
 * @types, @types_err: likewise
 * @asked_release: it was looked for: release.h
 * @task_index: processes by pid, when one was asked for: tasks.h
 * @snapshot: in place of @mem, else NULL
 */
struct ptwalk_image {
	struct phys mem;
	struct ptw_memory memory;
	const struct ptw_memory *tables;
	struct table_cache *cache;
	struct mapped_tables *mapped;
	struct ptwalk_info kernel;
	struct ptwalk_image_info info;
	struct ptw_space space;
	struct ptwalk_error root_err;
	struct vmcoreinfo vmcoreinfo;
	char *found_vmcoreinfo;
	const struct phys_cpu *cpu;
	struct symbols *symbols;
	struct ptwalk_error symbols_err;
	struct types *types;
	struct ptwalk_error types_err;
	bool asked_release;
	struct task_index *task_index;
	struct snapshot *snapshot;
};

/* ptwalk_open() of a space of o->image: src_image.c. */
int image_space_open(struct ptwalk *p, const struct ptwalk_open_options *o,
		     struct ptwalk_error *err);

/* A space of the kernel of @im, on the stack or in a struct; nothing to close. -ENOENT
 * where no root was found. */
int image_kernel_space(struct ptwalk *p, struct ptwalk_image *im, struct ptwalk_error *err);

/* Opened when they are first asked for: 0, or the negative errno of the first time. */
int image_symbols(struct ptwalk_image *im, struct symbols **symbols, struct ptwalk_error *err);
int image_types(struct ptwalk_image *im, struct types **types, struct ptwalk_error *err);

/* Bytes at a virtual address of the kernel: 0, or -ENXIO. */
int image_read_kernel(struct ptwalk_image *im, uint64_t va, void *buffer, size_t bytes);

#endif
