/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * procfs.h - what the running kernel's own files tell.
 */
#ifndef LIB_PROCFS_H
#define LIB_PROCFS_H

#include <stdbool.h>
#include <stdint.h>

#include "ptwalk.h"

/* What /proc/cpuinfo tells of the first processor. */
struct cpu_facts {
	bool known; /* the file was there */
	bool la57; /* 5-level paging, not switched off by no5lvl */
	bool pti; /* page-table isolation is on */
	uint32_t pa_bits; /* 0 where it does not say */
};

struct cpu_facts read_cpuinfo(const char *path);

/* The address of a symbol in a file like /proc/kallsyms; 0 where it is not told. */
uint64_t find_kallsym(const char *path, const char *name);

/*
 * The same as ptwalk_symbol() says it: 0, -ENOENT, -EPERM where all addresses are 0,
 * -EOPNOTSUPP where the file cannot be read, -ENOMEM.
 */
int find_listed_symbol(const char *path, const char *name, uint64_t *va, struct ptwalk_error *err);

/* The parts of @info that cpuinfo and uname know of this machine. */
void add_cpu_facts(struct ptwalk_info *info, const struct cpu_facts *facts);
void add_release(struct ptwalk_info *info);

#endif
