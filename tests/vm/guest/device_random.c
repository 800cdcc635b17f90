// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_random.c - random calls of /dev/ptwalk: each one with any length, flag,
 * process and pointer, from several threads, while files are closed and processes
 * die. It knows which answers are right.
 *
 * usage: device_random CALLS SEED [faults]
 *
 * With "faults", the calls' own allocations fail as the kernel's failslab has been
 * told. Prints the seed, and how often each call ended how. Exit status: 0, or 1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device_random.h"

#define CALLERS 3

struct shared shared;

static const char * const names[KINDS] = {
	"INFO", "WALK", "MAP", "READ", "LAB_ALLOC", "LAB_LIST", "LAB_FREE", "unknown",
};

static void no_matter(int signal)
{
	(void)signal;
}

/* Allocations that this thread makes may fail, if the kernel can do that. */
static void let_fail(void)
{
	int fd = open("/proc/thread-self/make-it-fail", O_WRONLY);

	if (fd < 0 || write(fd, "1", 1) != 1)
		die("make-it-fail");
	close(fd);
}

/*
 * Signals come on a stack that a fork leaves alone: where the frame of one cannot be
 * written, because a page that is to be copied finds no memory, the program dies.
 */
static void take_signals_on(struct area *area)
{
	stack_t stack;

	area_make(area, 1 << 16);
	stack = (stack_t){ .ss_sp = area->start, .ss_size = area->bytes };
	if (sigaltstack(&stack, NULL))
		die("sigaltstack");
}

static void *run_caller(void *caller)
{
	struct area area;

	take_signals_on(&area);
	let_fail();
	atomic_fetch_add(&shared.ready, 1);
	return call_until_done(caller);
}

static void prepare(int fd)
{
	struct area area;

	device_info(fd, &shared.info);
	area_make(&area, PAGE);
	memset(area.start, 0, PAGE);
	if (mprotect(area.start, PAGE, PROT_READ))
		die("mprotect");
	shared.read_only = area.start;
}

void start_callers(int fd, uint64_t seed, unsigned int nr, bool faults)
{
	unsigned int i;

	prepare(fd);
	shared.nr_callers = nr;
	for (i = 0; i < nr; i++)
		caller_make(&shared.callers[i], seed + i);
	for (i = 0; i < nr; i++)
		if (pthread_create(&shared.callers[i].thread, NULL,
				   faults ? run_caller : call_until_done, &shared.callers[i]))
			die("a thread");
}

static uint64_t tally(enum kind kind, int error)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < shared.nr_callers; i++)
		n += shared.callers[i].tally[kind][error];
	return n;
}

static uint64_t total(int error)
{
	uint64_t n = 0;
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		n += tally(kind, error);
	return n;
}

static void print_tally(void)
{
	int kind, error;

	for (kind = 0; kind < KINDS; kind++) {
		printf("%-9s %8llu answered", names[kind], (unsigned long long)tally(kind, 0));
		for (error = 1; error < MOST_ERRNO; error++)
			if (tally(kind, error))
				printf(", %s %llu", strerrorname_np(error),
				       (unsigned long long)tally(kind, error));
		printf("\n");
	}
}

/* A caller that only met errors, or none of one sort, has tested nothing. */
static void check_tally(void)
{
	static const int met[] = { EFAULT, EINVAL, ENOTTY, E2BIG, ESRCH, EBADF, ENXIO, EIO };
	unsigned int i;

	for (i = 0; i < UNKNOWN; i++)
		if (!tally(i, 0))
			fail("no %s was answered", names[i]);
	for (i = 0; i < sizeof(met) / sizeof(met[0]); i++)
		if (!total(met[i]))
			fail("no call ended in %s", strerrorname_np(met[i]));
	if (shared.faults && !total(ENOMEM))
		fail("no allocation failed");
}

/* Frees what is held. The laboratory is empty then, but for what was lost. */
static void check_laboratory(int fd)
{
	struct ptwalk_ioc_lab_object objects[64];
	struct ptwalk_ioc_lab_list list;
	struct ptwalk_ioc_info info;
	uint32_t i;

	do {
		list = (struct ptwalk_ioc_lab_list){ .objects = (uintptr_t)objects, .count = 64 };
		if (ioctl(fd, PTWALK_LAB_LIST, &list))
			die("LAB_LIST");
		for (i = 0; i < list.done; i++) {
			struct ptwalk_ioc_lab_free gone = { .id = objects[i].id };

			if (!(objects[i].flags & PTWALK_LAB_HOLD))
				fail("object %llu outlived its file", (unsigned long long)gone.id);
			if (ioctl(fd, PTWALK_LAB_FREE, &gone))
				die("LAB_FREE of object %llu", (unsigned long long)gone.id);
		}
	} while (list.done);
	device_info(fd, &info);
	if (info.lab_used)
		fail("the empty laboratory has %llu bytes", (unsigned long long)info.lab_used);
}

/* For rmmod to free. */
static void leave_some(int fd)
{
	unsigned int allocator;

	for (allocator = 0; allocator < PTWALK_LAB_STATIC_DATA; allocator++) {
		struct ptwalk_ioc_lab_alloc ask = {
			.allocator = allocator,
			.flags = PTWALK_LAB_HOLD,
			.bytes = 10000,
			.repeat = 1,
		};

		if (ioctl(fd, PTWALK_LAB_ALLOC, &ask))
			die("LAB_ALLOC %u", allocator);
	}
}

static void run(long long calls, uint64_t seed)
{
	struct caller churner = { .state = ~seed };
	pthread_t thread;
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		atomic_store(&shared.fds[i], device_open());
	for (i = 0; i < PIDS; i++)
		atomic_store(&shared.pids[i], getpid());
	atomic_store(&shared.calls_left, calls);
	start_callers(atomic_load(&shared.fds[0]), seed, CALLERS, shared.faults);
	/* Until then there are files open that are not the device. */
	while (shared.faults && atomic_load(&shared.ready) < CALLERS)
		usleep(1000);
	if (pthread_create(&thread, NULL, churn, &churner))
		die("a thread");
	for (i = 0; i < CALLERS; i++)
		pthread_join(shared.callers[i].thread, NULL);
	pthread_join(thread, NULL);
	for (i = 0; i < SLOTS; i++)
		close(atomic_load(&shared.fds[i]));
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = no_matter, .sa_flags = SA_ONSTACK };
	uint64_t seed;
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGUSR1, &action, NULL);
	if (argc == 6 && !strcmp(argv[1], "child"))
		return be_a_child(argv + 2);
	if (argc < 3 || argc > 4) {
		fputs("usage: device_random CALLS SEED [faults]\n", stderr);
		return 1;
	}
	seed = strtoull(argv[2], NULL, 0);
	shared.faults = argc == 4;
	printf("device_random: %s calls, seed %llu\n", argv[1], (unsigned long long)seed);
	run(atoll(argv[1]), seed);
	print_tally();
	check_tally();
	fd = device_open();
	check_laboratory(fd);
	leave_some(fd);
	return device_finish("random calls");
}
