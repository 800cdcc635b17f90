// SPDX-License-Identifier: GPL-2.0-only
/*
 * workload.c - what the dump of the benchmark shall have in it: a process with 4 KiB
 * pages in no order, with huge pages, and with many threads, whose kernel stacks
 * fill the vmalloc area. Prints its pid when all is there, and stays. It goes round
 * on one CPU, so that a dump has its CR3 too.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1UL << 20)
#define PAGE 4096UL

static char *region(size_t bytes, int advice)
{
	char *p = mmap(NULL, bytes + 2 * MIB, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	p = (char *)(((uintptr_t)p + 2 * MIB - 1) & ~(2 * MIB - 1));
	madvise(p, bytes, advice);
	return p;
}

/* An odd number is prime to a power of two: each page once, in no order. */
static void touch(char *p, size_t bytes)
{
	size_t pages = bytes / PAGE;

	for (size_t i = 0; i < pages; i++)
		p[i * 40503 % pages * PAGE] = 1;
}

static void *wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static int work(size_t mib, unsigned int threads)
{
	char *small = region(mib * MIB, MADV_NOHUGEPAGE), *large = region(mib * MIB, MADV_HUGEPAGE);
	pthread_attr_t attr;
	pthread_t thread;

	if (!small || !large)
		return 1;
	touch(small, mib * MIB);
	touch(large, mib * MIB);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024);
	for (unsigned int i = 0; i < threads; i++)
		if (pthread_create(&thread, &attr, wait_for_ever, NULL))
			break;
	return 0;
}

/* usage: workload MIB THREADS; MIB is a power of two */
int main(int argc, char **argv)
{
	int ready[2];
	char c;

	if (argc != 3 || pipe(ready))
		return 2;
	if (fork()) {
		close(ready[1]);
		return read(ready[0], &c, 1) != 1;
	}
	setsid();
	if (work(strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10)))
		return 1;
	printf("workload: pid %d\n", getpid());
	fflush(stdout);
	if (write(ready[1], "r", 1) != 1)
		return 1;
	close(ready[1]);
	for (;;)
		;
}
