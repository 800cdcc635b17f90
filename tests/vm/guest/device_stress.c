// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_stress.c - walks while page tables are made, changed and freed, by the
 * process itself, by others, and by the kernel. Memory that is held still meanwhile
 * must always be answered right.
 *
 * usage: device_stress SECONDS
 *
 * Prints how often each job had its turn. Exit status: 0, or 1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device_stress.h"

/* How long a job's last turn may take: much longer than any does. */
#define PATIENCE 120

struct shared *shared;

/* ---- the jobs that walk: one turn each ------------------------------------ */

static void walk_own(int fd, unsigned int job, uint64_t *random)
{
	stills_check(fd, false, process_space(getpid()), job);
	wander(fd, process_space(getpid()), 0, 1ULL << 47, random, job);
}

static void walk_main(int fd, unsigned int job, uint64_t *random)
{
	struct ptwalk_ioc_space space = process_space(shared->main_pid);

	stills_check(fd, false, space, job);
	if (shared->pti && any(random) % 2)
		space.kind = PTWALK_SPACE_USER;
	stills_check(fd, false, space, job);
	wander(fd, space, 0, 1ULL << 47, random, job);
}

static void *free_thp(void *random)
{
	while (!stopped())
		load_freed_thp(random);
	return NULL;
}

/*
 * Huge pages that are freed as soon as they are made, and what struct page says of
 * them. In a process of their own: in the main one all wait for its mmap_lock.
 */
static void walk_freed_thp(int fd, unsigned int job, uint64_t *random)
{
	uint64_t loads = *random, bytes;
	pthread_t thread;

	if (pthread_create(&thread, NULL, free_thp, &loads))
		die("a thread");
	while (!load_looked_at(&bytes))
		usleep(1000);
	while (!stopped()) {
		look_at_pages(fd, process_space(getpid()), load_looked_at(&bytes), bytes, random,
			      job);
		atomic_fetch_add(&shared->turns[job], 1);
	}
	pthread_join(thread, NULL);
}

/* What is held still, then the vmalloc area and the modules, where most is moved. */
static void walk_kernel(int fd, unsigned int job, uint64_t *random)
{
	struct ptwalk_ioc_info info;
	unsigned int i;

	stills_check(fd, true, kernel_space(), job);
	stills_check(fd, true, process_space(shared->main_pid), job);
	device_info(fd, &info);
	for (i = 0; i < info.nr_regions && !stopped(); i++)
		if (info.regions[i].kind == PTWALK_REGION_VMALLOC ||
		    info.regions[i].kind == PTWALK_REGION_LDT ||
		    info.regions[i].kind == PTWALK_REGION_MODULES || any(random) % 8 == 0)
			wander(fd, kernel_space(), info.regions[i].start, info.regions[i].end,
			       random, job);
}

/* Processes that are under load, that begin, and that end. */
static void walk_others(int fd, unsigned int job, uint64_t *random)
{
	pid_t pid = atomic_load(&shared->pids[any(random) % PIDS]);
	struct ptwalk_ioc_space space = process_space(pid);

	if (shared->pti && any(random) % 3 == 0)
		space.kind = PTWALK_SPACE_USER;
	if (!pid || !wander(fd, space, 0, 1ULL << 47, random, job))
		return;
	/* The LDT's tables are in the upper half, and the process's own. */
	wander(fd, space, 1ULL << 63, 0, random, job);
}

/* ---- who does what -------------------------------------------------------- */

static const struct job {
	const char *name;
	void (*walk)(int fd, unsigned int job, uint64_t *random);
	void (*load)(uint64_t *random);
	bool thread; /* of the main process: it changes, or walks, its own tables */
} jobs[] = {
	{ "walk own process", walk_own, NULL, true },
	{ "walk own kernel", walk_kernel, NULL, true },
	{ "walk freed THP", walk_freed_thp, NULL, false },
	{ "walk main process", walk_main, NULL, false },
	{ "walk kernel", walk_kernel, NULL, false },
	{ "walk others", walk_others, NULL, false },
	{ "own mmap", NULL, load_map, true },
	{ "own THP", NULL, load_thp, true },
	{ "own shmem", NULL, load_shmem, true },
	{ "mmap", NULL, load_map, false },
	{ "THP", NULL, load_thp, false },
	{ "shmem", NULL, load_shmem, false },
	{ "fork", NULL, load_fork, false },
	{ "LDT", NULL, load_ldt, false },
	{ "vmalloc", NULL, load_vmalloc, false },
	{ "modules", NULL, load_modules, false },
};
#define JOBS (sizeof(jobs) / sizeof(jobs[0]))

static void *work(void *which)
{
	const struct job *job = which;
	unsigned int nr = job - jobs;
	uint64_t random = 0x9e3779b97f4a7c15ULL * (nr + 1);
	int fd = job->walk ? device_open() : -1;

	while (!stopped()) {
		if (job->walk)
			job->walk(fd, nr, &random);
		else
			job->load(&random);
		atomic_fetch_add(&shared->turns[nr], 1);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static pid_t begin_process(const struct job *job)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work((void *)job);
		exit(device_finish(job->name));
	}
	if (job->load)
		atomic_store(&shared->pids[job - jobs], child);
	return child;
}

static void begin(pid_t *children, pthread_t *threads)
{
	unsigned int i;

	/* Processes first: a fork would give them a copy of the threads' memory. */
	for (i = 0; i < JOBS; i++)
		children[i] = jobs[i].thread ? 0 : begin_process(&jobs[i]);
	for (i = 0; i < JOBS; i++)
		if (jobs[i].thread && pthread_create(&threads[i], NULL, work, (void *)&jobs[i]))
			die("a thread");
}

/* A job that does not come to its end within PATIENCE ends us all: alarm(). */
static void end(const pid_t *children, const pthread_t *threads)
{
	unsigned int i;
	int status;

	atomic_store(&shared->stop, true);
	alarm(PATIENCE);
	for (i = 0; i < JOBS; i++) {
		if (jobs[i].thread)
			pthread_join(threads[i], NULL);
		else if (waitpid(children[i], &status, 0) != children[i] || status)
			fail("%s ended with status %x", jobs[i].name, status);
	}
	alarm(0);
}

static void report(void)
{
	unsigned int i;

	for (i = 0; i < JOBS; i++) {
		unsigned long long turns = atomic_load(&shared->turns[i]);
		unsigned long long answers = atomic_load(&shared->answers[i]);

		printf("%-18s %8llu turns", jobs[i].name, turns);
		if (jobs[i].walk)
			printf(", %9llu pages or ranges", answers);
		printf("\n");
		if (!turns || (jobs[i].walk && !answers))
			fail("%s has done nothing", jobs[i].name);
	}
}

int main(int argc, char **argv)
{
	struct ptwalk_ioc_info info;
	pthread_t threads[JOBS];
	pid_t children[JOBS];
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2) {
		fputs("usage: device_stress SECONDS\n", stderr);
		return 1;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		die("shared memory");
	fd = device_open();
	device_info(fd, &info);
	shared->pti = info.flags & PTWALK_INFO_PTI;
	shared->main_pid = getpid();
	stills_make(fd);
	begin(children, threads);
	sleep(atoi(argv[1]));
	end(children, threads);
	stills_stayed();
	report();
	return device_finish("what was held still was answered right");
}
