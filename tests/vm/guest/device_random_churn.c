// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_random_churn.c - what goes on around the callers: files closed under them,
 * processes that come and go, signals, arguments that change.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device_random.h"

/* What a child is for. */
enum { ZOMBIE, SLEEPS, CALLS, EXECS, CHILD_KINDS };

/* This program once more, with the calls of its threads under way. */
static void exec_again(int fd, uint64_t seed, int kind, int generation)
{
	char words[4][24];

	snprintf(words[0], sizeof(words[0]), "%d", fd);
	snprintf(words[1], sizeof(words[1]), "%llu", (unsigned long long)seed);
	snprintf(words[2], sizeof(words[2]), "%d", kind);
	snprintf(words[3], sizeof(words[3]), "%d", generation);
	execl("/proc/self/exe", "device_random", "child", words[0], words[1], words[2], words[3],
	      NULL);
	_exit(0);
}

int be_a_child(char **words)
{
	int fd = atoi(words[0]), kind = atoi(words[2]), generation = atoi(words[3]);
	uint64_t seed = strtoull(words[1], NULL, 0);
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < SLOTS; i++)
		atomic_store(&shared.fds[i], fd);
	for (i = 0; i < PIDS; i++)
		atomic_store(&shared.pids[i], i % 2 ? getppid() : getpid());
	atomic_store(&shared.calls_left, 1LL << 60);
	shared.faults = true;
	start_callers(fd, seed, 1, false);
	if (kind == EXECS && generation > 0) {
		usleep(1000 + seed % 20000);
		exec_again(fd, seed + 1, kind, generation - 1);
	}
	/* Until it is killed. */
	for (;;)
		pause();
}

static pid_t new_child(struct caller *c)
{
	int fd = atomic_load(&shared.fds[below(c, SLOTS)]);
	int kind = below(c, CHILD_KINDS);
	uint64_t seed = any(c);
	pid_t child = fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	switch (kind) {
	case ZOMBIE:
		_exit(0);
	case SLEEPS:
		for (;;)
			pause();
	default:
		/* Without FD_CLOEXEC, or it were gone. */
		fd = dup(fd);
		if (fd < 0)
			_exit(0);
		exec_again(fd, seed, kind, 5);
	}
	_exit(0);
}

/* The oldest goes for good, the youngest comes; others die and stay zombies. */
static void churn_processes(struct caller *c, pid_t *children)
{
	unsigned int i = below(c, PIDS);

	if (children[i] > 0 && one_in(c, 2)) {
		kill(children[i], SIGKILL);
		return;
	}
	if (children[i] > 0) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	children[i] = new_child(c);
	if (children[i] > 0)
		atomic_store(&shared.pids[i], children[i]);
}

static void churn_files(struct caller *c)
{
	unsigned int from = below(c, SLOTS), to = below(c, SLOTS);
	int old = atomic_load(&shared.fds[to]);

	switch (below(c, 12)) {
	case 0: /* its number stays, and nothing is behind it */
		close(old);
		return;
	case 1:
	case 2: /* another file under a number that is in use */
		if (from != to)
			dup3(atomic_load(&shared.fds[from]), old, O_CLOEXEC);
		return;
	default:
		close(old);
		atomic_store(&shared.fds[to], open(PTWALK_DEVICE, O_RDWR | O_CLOEXEC));
	}
}

/* Not the pointers: what comes through them is to stay in the caller's memory. */
static void scribble(struct caller *c, struct caller *victim)
{
	static const size_t places[] = { 0, 4, 32, 36, 40, 44, 48, 52 };
	uint32_t value = one_in(c, 2) ? below(c, 100) : any(c);

	memcpy(victim->scribbled.start + places[below(c, sizeof(places) / sizeof(places[0]))],
	       &value, sizeof(value));
}

static void churn_once(struct caller *c, pid_t *children)
{
	struct caller *victim = &shared.callers[below(c, shared.nr_callers)];
	int i;

	for (i = 0; i < 200; i++)
		scribble(c, victim);
	switch (below(c, 4)) {
	case 0:
		churn_processes(c, children);
		break;
	case 1:
		pthread_kill(victim->thread, SIGUSR1);
		break;
	default:
		churn_files(c);
	}
	usleep(below(c, 2000));
}

void *churn(void *caller)
{
	pid_t children[PIDS] = { 0 };
	unsigned int i;

	while (atomic_load(&shared.calls_left) > 0)
		churn_once(caller, children);
	for (i = 0; i < PIDS; i++) {
		if (children[i] <= 0)
			continue;
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	return NULL;
}
