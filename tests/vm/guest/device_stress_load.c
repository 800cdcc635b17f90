// SPDX-License-Identifier: GPL-2.0-only
/* device_stress_load.c - what makes, changes and frees page tables; one turn each. */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device_stress.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

uint64_t any(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

static char *map(size_t bytes, int flags, int fd)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags | MAP_NORESERVE, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* Few pages, far from each other: nearly all is tables, of every level. */
void load_map(uint64_t *random)
{
	size_t step = any(random) % 2 ? HUGE_PAGE : 1UL << 30, bytes = 24 * step, at;
	char *memory = map(bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (!memory)
		return;
	for (at = 0; at < bytes; at += step)
		memory[at + any(random) % HUGE_PAGE] = 1;
	/* From the middle, from the end, and the rest. */
	munmap(memory + 8 * step, 8 * step);
	munmap(memory + 16 * step, 8 * step);
	munmap(memory, 8 * step);
}

/* A huge page is made, split, made again from its pieces, and given up in parts. */
static void split_and_collapse(char *at, uint64_t *random)
{
	size_t page = any(random) % 512 * PAGE;

	memset(at, 1, HUGE_PAGE / 2);
	switch (any(random) % 4) {
	case 0:
		mprotect(at + page, PAGE, PROT_READ);
		mprotect(at + page, PAGE, PROT_READ | PROT_WRITE);
		break;
	case 1:
		madvise(at + page, PAGE, MADV_DONTNEED);
		break;
	case 2:
		munmap(at + page, HUGE_PAGE - page);
		return;
	default:
		madvise(at, HUGE_PAGE, MADV_DONTNEED);
	}
	madvise(at, HUGE_PAGE, MADV_COLLAPSE);
	madvise(at, HUGE_PAGE, MADV_COLLAPSE);
	madvise(at + page, PAGE, MADV_FREE);
}

void load_thp(uint64_t *random)
{
	size_t bytes = 5 * HUGE_PAGE, i;
	char *memory = map(bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1), *at;

	if (!memory)
		return;
	at = (char *)(((uintptr_t)memory + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	madvise(memory, bytes, MADV_HUGEPAGE);
	for (i = 0; i < 4; i++)
		split_and_collapse(at + i * HUGE_PAGE, random);
	munmap(memory, bytes);
}

/*
 * The same huge pages are made, split and freed without end, for who looks at their
 * struct pages meanwhile: see load_looked_at().
 */
static _Atomic(char *) looked_at;
#define LOOKED_AT 4 /* huge pages */

void load_freed_thp(uint64_t *random)
{
	char *at = atomic_load(&looked_at);
	int i;

	if (!at) {
		at = map((LOOKED_AT + 1) * HUGE_PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		if (!at)
			die("mmap");
		at = (char *)(((uintptr_t)at + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
		madvise(at, LOOKED_AT * HUGE_PAGE, MADV_HUGEPAGE);
		atomic_store(&looked_at, at);
	}
	for (i = 0; i < LOOKED_AT; i++)
		at[i * HUGE_PAGE] = 1;
	madvise(at + any(random) % 512 * PAGE, PAGE, MADV_DONTNEED);
	madvise(at + HUGE_PAGE + any(random) % 512 * PAGE, PAGE, MADV_FREE);
	madvise(at, LOOKED_AT * HUGE_PAGE, MADV_DONTNEED);
}

uint64_t load_looked_at(uint64_t *bytes)
{
	*bytes = LOOKED_AT * HUGE_PAGE;
	return (uintptr_t)atomic_load(&looked_at);
}

/* Huge pages of a file: their tables are retracted, and their pages punched out. */
void load_shmem(uint64_t *random)
{
	size_t bytes = 3 * HUGE_PAGE, i;
	int fd = memfd_create("load", MFD_CLOEXEC);
	char *memory, *at;

	if (fd < 0)
		return;
	memory = ftruncate(fd, bytes) ? NULL : map(bytes + HUGE_PAGE, MAP_SHARED, fd);
	if (memory) {
		madvise(memory, bytes, MADV_HUGEPAGE);
		at = (char *)(((uintptr_t)memory + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
		for (i = 0; i < 512; i += 1 + any(random) % 16)
			at[i * PAGE] = 1;
		madvise(at, HUGE_PAGE, MADV_COLLAPSE);
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			  HUGE_PAGE + any(random) % 512 * PAGE, PAGE);
		madvise(at, HUGE_PAGE, MADV_COLLAPSE);
		if (any(random) % 2)
			ftruncate(fd, HUGE_PAGE);
		munmap(memory, bytes + HUGE_PAGE);
	}
	close(fd);
}

/* A child is known to the walkers from its first moment to after its last. */
void load_fork(uint64_t *random)
{
	pid_t child = fork();
	int turns = any(random) % 4;

	if (!child) {
		while (turns--)
			load_map(random);
		_exit(0);
	}
	if (child < 0)
		return;
	atomic_store(&shared->pids[MOST_JOBS + any(random) % MOST_JOBS], child);
	waitpid(child, NULL, 0);
}

/*
 * The first LDT of a process: with page-table isolation it makes tables, which go
 * with the process. (The debug kernel has no modify_ldt(), and this is but a fork.)
 */
void load_ldt(uint64_t *random)
{
	struct user_desc entry = { .entry_number = any(random) % 8192,
				   .limit = 10,
				   .seg_32bit = 1 };
	pid_t child = fork();

	if (!child) {
		syscall(SYS_modify_ldt, 1, &entry, sizeof(entry));
		usleep(any(random) % 1000);
		entry.entry_number = any(random) % 8192;
		syscall(SYS_modify_ldt, 1, &entry, sizeof(entry));
		_exit(0);
	}
	if (child < 0)
		return;
	atomic_store(&shared->pids[MOST_JOBS + any(random) % MOST_JOBS], child);
	waitpid(child, NULL, 0);
}

/* Small pages and huge ones in turn at the same addresses: tables give way to leaves. */
void load_vmalloc(uint64_t *random)
{
	static const uint32_t kinds[] = { PTWALK_LAB_VMALLOC, PTWALK_LAB_VMALLOC_HUGE,
					  PTWALK_LAB_VMAP, PTWALK_LAB_KVMALLOC };
	int fd = device_open(), i;

	for (i = 0; i < 4; i++) {
		struct ptwalk_ioc_lab_alloc ask = {
			.allocator = kinds[any(random) % 4],
			.bytes = PAGE + any(random) % (3 * HUGE_PAGE),
			.repeat = 1 + any(random) % 2,
		};
		struct ptwalk_ioc_lab_free gone;

		/* It may be out of memory, or over its limit. */
		if (ioctl(fd, PTWALK_LAB_ALLOC, &ask))
			continue;
		gone = (struct ptwalk_ioc_lab_free){ .id = ask.object.id };
		if (any(random) % 2 && ioctl(fd, PTWALK_LAB_FREE, &gone))
			fail("LAB_FREE of an object of one's own");
	}
	close(fd);
}

/* Text, data and read-only data, each with its own rights in the direct map too. */
void load_modules(uint64_t *random)
{
	static const char * const names[] = { "kmalloc", "vmalloc" };
	const char *name = names[any(random) % 2];
	char path[32] = "";
	int fd;

	strcat(strcat(path, name), ".ko");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	if (!syscall(SYS_finit_module, fd, "", 0) && syscall(SYS_delete_module, name, 0))
		fail("%s stays", name);
	close(fd);
}
