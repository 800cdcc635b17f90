/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device_stress.h - what the parts of the stress test share: memory that is held
 * still, jobs that walk, and jobs that change page tables meanwhile.
 */
#ifndef TESTS_DEVICE_STRESS_H
#define TESTS_DEVICE_STRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "device.h"

#define MOST_JOBS 24

/* The jobs, and as many short-lived processes. */
#define PIDS (2 * MOST_JOBS)

/* In memory that all processes of the test have. */
struct shared {
	atomic_bool stop;
	atomic_ullong turns[MOST_JOBS]; /* of each job: it works, and does not hang */
	atomic_ullong answers[MOST_JOBS]; /* of a job that walks: what it has compared */
	_Atomic pid_t pids[PIDS]; /* of the load: its jobs, then others, some of which have gone */
	pid_t main_pid;
	bool pti;
};
extern struct shared *shared;

static inline bool stopped(void)
{
	return atomic_load(&shared->stop);
}

/* Memory that stays where it is, of the main process or of the kernel. */
struct still {
	const char *name;
	bool kernels;
	uint64_t va;
	size_t pages;
	uint64_t *pa; /* of each page, from another source than the device */
	bool stamped; /* each page has its stamp; or all are zero, or anything */
	bool zero;
};

#define STILLS 16

/* device_stress_still.c: made by the main process before the jobs begin. */
void stills_make(int fd);
/* Compares all of the kernel's, or the process's: frames, ranges and contents. */
void stills_check(int fd, bool kernels, struct ptwalk_ioc_space space, unsigned int job);
/* By /proc/self/pagemap: the test's own premise. */
void stills_stayed(void);

/* device_stress_walk.c: through all of a space that changes. False: it has gone. */
bool wander(int fd, struct ptwalk_ioc_space space, uint64_t start, uint64_t end, uint64_t *random,
	    unsigned int job);

/* Page details of random pages of @bytes from @start on, often. False: the space has gone. */
bool look_at_pages(int fd, struct ptwalk_ioc_space space, uint64_t start, uint64_t bytes,
		   uint64_t *random, unsigned int job);

/* device_stress_load.c: one turn each. */
void load_map(uint64_t *random);
void load_thp(uint64_t *random);
void load_freed_thp(uint64_t *random);
void load_shmem(uint64_t *random);
void load_fork(uint64_t *random);
void load_ldt(uint64_t *random);
void load_vmalloc(uint64_t *random);
void load_modules(uint64_t *random);

/* What load_freed_thp() makes and frees; 0: it has not begun. */
uint64_t load_looked_at(uint64_t *bytes);

uint64_t any(uint64_t *random);

#endif
