// SPDX-License-Identifier: GPL-2.0-only
/*
 * command_hold.c - two processes that share a page, at two addresses, and one that has
 * huge pages; it says where, as /proc/self/pagemap has it, and waits.
 *
 *	shared PA
 *	process PID VA		(twice)
 *	huge PID VA BYTES
 *	wx PID VA
 *	ready
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#define PAGE 4096UL
#define HUGE (2UL << 20)
#define HUGE_BYTES (16 * HUGE)

static void *map(void *where, size_t bytes, int protection, int flags)
{
	void *p = mmap(where, bytes, protection, flags | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap of %zu", bytes);
	return p;
}

static uint64_t frame_of(const void *p)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (fd < 0 || pread(fd, &entry, 8, (uintptr_t)p / PAGE * 8) != 8)
		err(1, "/proc/self/pagemap");
	close(fd);
	return (entry & ((1ULL << 55) - 1)) * PAGE;
}

static void say_process(const void *page)
{
	printf("process %d %lx\n", getpid(), (unsigned long)page);
	fflush(stdout);
}

static void be_the_other(void *page)
{
	void *elsewhere = map(NULL, PAGE, PROT_NONE, MAP_PRIVATE);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	elsewhere = mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere);
	if (elsewhere == MAP_FAILED)
		err(1, "mremap");
	*(volatile char *)elsewhere = 2;
	say_process(elsewhere);
	pause();
	exit(0);
}

static void hold_huge(void)
{
	char *p = map(NULL, HUGE_BYTES + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	p = (char *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));
	if (madvise(p, HUGE_BYTES, MADV_HUGEPAGE))
		warn("MADV_HUGEPAGE");
	memset(p, 1, HUGE_BYTES);
	printf("huge %d %lx %lu\n", getpid(), (unsigned long)p, HUGE_BYTES);
}

/* A page that may be written and executed, and pages that may be neither. */
static void hold_rights(void)
{
	char *p = map(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE);
	char *none = map(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	*p = 1;
	memset(none, 1, 8 * PAGE);
	mprotect(none, 8 * PAGE, PROT_NONE);
	printf("wx %d %lx\n", getpid(), (unsigned long)p);
}

int main(void)
{
	char *page = map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);

	*page = 1;
	if (mlock(page, PAGE))
		err(1, "mlock");
	printf("shared %llx\n", (unsigned long long)frame_of(page));
	say_process(page);
	if (fork() == 0)
		be_the_other(page);
	hold_huge();
	hold_rights();
	sleep(1);
	printf("ready\n");
	fflush(stdout);
	pause();
	return 0;
}
