// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump_load.c - what a dump shall have in it: a process with pages of every kind, and
 * a child of it that shares some; and where they lie, by /proc/self/pagemap. And a
 * process whose first thread has ended.
 *
 * usage: dump_load FOLDER
 *
 * Writes FOLDER/pages-KIND, a line "VA PA" for each page as `ptwalk vtop --brief` has
 * it, and FOLDER/load with
 *
 *	process NAME PID RESIDENT	(pages that are present, by pagemap)
 *	ready
 *
 * and then both wait to be killed. Kinds: small scattered shared file thp hugetlb giant
 * (where there are 1 GiB pages) protnone cow; and child-cow, of the child.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define HUGE (2UL << 20)
#define GIANT (1UL << 30)
#define GIANT_STEP (128 * PAGE) /* between the pages of it that are written and told */
#define FLAG_1GIB (30 << 26) /* MAP_HUGE_1GB */
#define NR_SMALL 30000UL
#define NR_SCATTERED 2000UL
#define SHARED_BYTES (16UL << 20)
#define SHARED_COPIES 20
#define NR_HUGE 16UL
#define NR_HUGETLB 8UL
#define NR_PROTNONE 5000UL
#define NR_COW 512UL

/* Bits of a word of pagemap: Documentation/admin-guide/mm/pagemap.rst. */
#define PM_PRESENT (1ULL << 63)
#define PM_FRAME ((1ULL << 55) - 1)

static const char *folder;

static char *map(size_t bytes, int flags, int fd)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		err(1, "mmap of %zu", bytes);
	return p;
}

static char *map_private(size_t bytes)
{
	return map(bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
}

/* Each word of a page is its own address, so that no two words are the same. */
static void mark(char *page)
{
	volatile uintptr_t *word = (volatile uintptr_t *)page;

	for (size_t i = 0; i < PAGE / sizeof(*word); i++)
		word[i] = (uintptr_t)&word[i];
}

static FILE *create(const char *prefix, const char *name)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s", folder, prefix, name);
	f = fopen(path, "w");
	if (!f)
		err(1, "%s", path);
	return f;
}

static void finish(FILE *f)
{
	if (fclose(f))
		err(1, "%s", folder);
}

/* The pages whose words were read last; an emulated machine is slow at system calls. */
static struct {
	uintptr_t first;
	size_t nr;
	uint64_t words[1024];
} window;

static void read_window(uintptr_t first)
{
	static int fd = -1;
	ssize_t bytes;

	if (fd < 0)
		fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bytes = pread(fd, window.words, sizeof(window.words), (off_t)(first * 8));
	if (bytes < 8)
		err(1, "/proc/self/pagemap");
	window.first = first;
	window.nr = (size_t)bytes / 8;
}

/* Once for each look: pages come and go. */
static void open_window(void)
{
	window.nr = 0;
}

static uint64_t pagemap_word(uintptr_t va)
{
	uintptr_t page = va / PAGE;

	if (page - window.first >= window.nr)
		read_window(page);
	return window.words[page - window.first];
}

static void tell_page(FILE *f, const char *page, int readable)
{
	uint64_t word = pagemap_word((uintptr_t)page);

	if (word & PM_PRESENT && readable)
		fprintf(f, "%lx %llx\n", (unsigned long)page,
			(unsigned long long)(word & PM_FRAME) * PAGE);
	else
		fprintf(f, "%lx -\n", (unsigned long)page);
}

/* Every @step bytes of it. */
static void tell(const char *kind, const char *p, size_t bytes, size_t step)
{
	FILE *f = create("pages-", kind);

	open_window();
	for (size_t i = 0; i < bytes; i += step)
		tell_page(f, p + i, strcmp(kind, "protnone") != 0);
	finish(f);
}

static void touch(char *p, size_t bytes, size_t step)
{
	for (size_t i = 0; i < bytes; i += step)
		mark(p + i);
}

/* In an order that leaves the frames of neighbours apart; a third is never touched. */
static char *make_small(void)
{
	char *p = map_private(NR_SMALL * PAGE);

	madvise(p, NR_SMALL * PAGE, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < NR_SMALL; i++) {
		size_t at = i * 7919 % NR_SMALL;

		if (at % 3 != 2)
			mark(p + at * PAGE);
	}
	return p;
}

/* A page in each of many tables. */
static char *make_scattered(void)
{
	char *p = map_private(NR_SCATTERED * HUGE);

	madvise(p, NR_SCATTERED * HUGE, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < NR_SCATTERED; i++)
		mark(p + i * HUGE);
	return p;
}

/* One file of memory, seen in many places: many tables, little memory. */
static char *make_shared(void)
{
	int fd = memfd_create("load", MFD_CLOEXEC);
	char *p = map_private(SHARED_BYTES * SHARED_COPIES);

	if (fd < 0 || ftruncate(fd, SHARED_BYTES))
		err(1, "memfd");
	for (size_t i = 0; i < SHARED_COPIES; i++) {
		char *at = p + i * SHARED_BYTES;

		if (mmap(at, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
		    MAP_FAILED)
			err(1, "memfd");
		touch(at, SHARED_BYTES, PAGE);
	}
	close(fd);
	return p;
}

/* This program's own file, as nobody has written it. */
static char *make_file(size_t *bytes)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	volatile char sum = 0;
	char *p;

	*bytes = (size_t)lseek(fd, 0, SEEK_END) & ~(PAGE - 1);
	p = mmap(NULL, *bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		err(1, "mmap of the program");
	for (size_t i = 0; i < *bytes; i += PAGE)
		sum = (char)(sum + p[i]);
	close(fd);
	return p;
}

static char *make_thp(void)
{
	char *p = map_private((NR_HUGE + 1) * HUGE);

	p = (char *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));
	if (madvise(p, NR_HUGE * HUGE, MADV_HUGEPAGE))
		err(1, "MADV_HUGEPAGE");
	touch(p, NR_HUGE * HUGE, PAGE);
	return p;
}

static char *make_hugetlb(size_t bytes, int flags, size_t step)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | flags, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	touch(p, bytes, step);
	return p;
}

static char *make_protnone(void)
{
	char *p = map_private(NR_PROTNONE * PAGE);

	madvise(p, NR_PROTNONE * PAGE, MADV_NOHUGEPAGE);
	touch(p, NR_PROTNONE * PAGE, PAGE);
	if (mprotect(p, NR_PROTNONE * PAGE, PROT_NONE))
		err(1, "mprotect");
	return p;
}

/* Whether the tables let the mapping of a line of maps be seen: its range, then. */
static int parse_mapping(const char *line, uintptr_t *start, uintptr_t *end)
{
	char rights[8];

	return sscanf(line, "%lx-%lx %7s", start, end, rights) == 3 &&
	       strncmp(rights, "---", 3) != 0 && (intptr_t)*start >= 0;
}

/* Pages that are present in all that this process has. */
static unsigned long resident(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long pages = 0;
	uintptr_t start, end;
	char line[512];

	if (!maps)
		err(1, "/proc/self/maps");
	open_window();
	while (fgets(line, sizeof(line), maps)) {
		if (!parse_mapping(line, &start, &end))
			continue;
		for (; start < end; start += PAGE)
			pages += pagemap_word(start) >> 63;
	}
	fclose(maps);
	return pages;
}

static void tell_process(FILE *f, const char *name)
{
	fprintf(f, "process %s %d %lu\n", name, getpid(), resident());
}

/* The child writes every second page, so that these become its own. */
static void be_the_child(char *cow)
{
	FILE *f = create("", "child");

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "dump_child");
	for (size_t i = 0; i < NR_COW; i += 2)
		mark(cow + i * PAGE);
	tell("child-cow", cow, NR_COW * PAGE, PAGE);
	tell_process(f, "child");
	finish(f);
	while (1)
		pause();
}

static char *make_cow(void)
{
	char *p = map_private(NR_COW * PAGE);
	char done[256];

	madvise(p, NR_COW * PAGE, MADV_NOHUGEPAGE);
	touch(p, NR_COW * PAGE, PAGE);
	if (fork() == 0)
		be_the_child(p);
	snprintf(done, sizeof(done), "%s/child", folder);
	while (access(done, F_OK))
		usleep(100000);
	return p;
}

static void *wait_for_ever(void *unused)
{
	(void)unused;
	while (1)
		pause();
	return NULL;
}

/* Its name is the first thread's, which stays a zombie while the other waits. */
static void make_headless(void)
{
	char path[64], line[256] = "";
	pthread_t thread;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_NAME, "dump_headless");
		if (pthread_create(&thread, NULL, wait_for_ever, NULL) == 0)
			syscall(SYS_exit, 0);
		_exit(1);
	}
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (!strstr(line, ") Z ")) {
		FILE *f = fopen(path, "r");

		if (!f || !fgets(line, sizeof(line), f))
			err(1, "%s", path);
		fclose(f);
		usleep(10000);
	}
}

int main(int argc, char **argv)
{
	char *small, *scattered, *shared, *file, *thp, *hugetlb, *giant, *protnone, *cow;
	size_t file_bytes;
	FILE *f;

	if (argc != 2)
		errx(2, "usage: dump_load FOLDER");
	folder = argv[1];
	/* First, for a copy of the other tables would take all of the day. */
	make_headless();
	cow = make_cow();
	small = make_small();
	scattered = make_scattered();
	shared = make_shared();
	file = make_file(&file_bytes);
	thp = make_thp();
	hugetlb = make_hugetlb(NR_HUGETLB * HUGE, 0, PAGE);
	giant = make_hugetlb(GIANT, FLAG_1GIB, GIANT_STEP);
	protnone = make_protnone();

	tell("small", small, NR_SMALL * PAGE, PAGE);
	tell("scattered", scattered, NR_SCATTERED * HUGE, HUGE);
	tell("shared", shared, SHARED_BYTES * SHARED_COPIES, PAGE);
	tell("file", file, file_bytes, PAGE);
	tell("thp", thp, NR_HUGE * HUGE, PAGE);
	if (hugetlb)
		tell("hugetlb", hugetlb, NR_HUGETLB * HUGE, PAGE);
	if (giant)
		tell("giant", giant, GIANT, GIANT_STEP);
	tell("protnone", protnone, NR_PROTNONE * PAGE, PAGE);
	tell("cow", cow, NR_COW * PAGE, PAGE);
	f = create("", "load");
	tell_process(f, "load");
	fprintf(f, "ready\n");
	finish(f);
	while (1)
		pause();
}
