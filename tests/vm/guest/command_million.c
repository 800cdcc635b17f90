// SPDX-License-Identifier: GPL-2.0-only
/*
 * command_million.c - a million pages of a process, of every kind, asked of the
 * command in one go, and held against /proc/self/pagemap.
 *
 * usage: command_million
 * Exit status: 0 passed, 1 failed.
 *
 * This process is the one that is asked about. It feeds every address of its own to
 * `ptwalk -p PID vtop --brief -`, and reads as many lines back.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define HUGE_PAGE (2UL << 20)
#define SHARED_BYTES (64UL << 20)
#define SHARED_COPIES 60

/* Bits of a word of pagemap: Documentation/admin-guide/mm/pagemap.rst. */
#define PM_PRESENT (1ULL << 63)
#define PM_SWAPPED (1ULL << 62)
#define PM_FRAME ((1ULL << 55) - 1)

enum kind { SMALL, SHARED, THP, HUGETLB, PROTNONE, SWAPPED, UNTOUCHED, MMIO, NR_KINDS };

static const char * const names[NR_KINDS] = {
	"4K", "shared", "THP", "hugetlb", "PROT_NONE", "swapped", "untouched", "MMIO-mapped",
};

static struct area {
	enum kind kind;
	char *at;
	size_t bytes;
} areas[NR_KINDS + SHARED_COPIES];
static unsigned int nr_areas;

static uint64_t mmio_pa;
static unsigned long failures, mapped[NR_KINDS], asked[NR_KINDS];

static void __attribute__((format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list args;

	if (failures++ >= 10)
		return;
	va_start(args, format);
	printf("FAILED: ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static char *add(enum kind kind, size_t bytes, int flags, int fd, int prot)
{
	char *at = mmap(NULL, bytes, prot, flags, fd, 0);

	if (at == MAP_FAILED)
		die(names[kind]);
	areas[nr_areas++] = (struct area){ kind, at, bytes };
	return at;
}

static void touch(char *at, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i += PAGE)
		*(volatile char *)(at + i) = 1;
}

static char *add_private(enum kind kind, size_t bytes, int more)
{
	return add(kind, bytes, MAP_PRIVATE | MAP_ANONYMOUS | more, -1, PROT_READ | PROT_WRITE);
}

/* One file of memory, seen in many places: many pages of tables, little memory. */
static void add_shared(void)
{
	int fd = memfd_create("million", 0);
	int i;

	if (fd < 0 || ftruncate(fd, SHARED_BYTES))
		die("memfd");
	for (i = 0; i < SHARED_COPIES; i++) {
		char *at = add(SHARED, SHARED_BYTES, MAP_SHARED, fd, PROT_READ | PROT_WRITE);

		touch(at, SHARED_BYTES);
	}
	close(fd);
}

static void write_to(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die(path);
	close(fd);
}

static void add_thp(void)
{
	char *at;

	write_to("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	at = add_private(THP, 16 * HUGE_PAGE, 0);
	madvise(at, 16 * HUGE_PAGE, MADV_HUGEPAGE);
	touch(at, 16 * HUGE_PAGE);
	/* One of them in pieces. */
	mprotect((char *)(((uintptr_t)at + 5 * HUGE_PAGE) & ~(HUGE_PAGE - 1)), 3 * PAGE, PROT_READ);
}

static void add_hugetlb(void)
{
	write_to("/proc/sys/vm/nr_hugepages", "4");
	touch(add_private(HUGETLB, 4 * HUGE_PAGE, MAP_HUGETLB), 4 * HUGE_PAGE);
}

/* Registers of a device, as sysfs lets them be mapped, and where they lie. */
static void add_mmio(void)
{
	glob_t found;
	size_t i;

	if (glob("/sys/bus/pci/devices/*/resource[0-9]", 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc && !mmio_pa; i++) {
		char path[256], *digit = strrchr(found.gl_pathv[i], 'e') + 1;
		int fd = open(found.gl_pathv[i], O_RDWR), n = atoi(digit);
		char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
		FILE *resources;

		close(fd);
		if (at == MAP_FAILED)
			continue;
		snprintf(path, sizeof(path), "%.*s", (int)(digit - found.gl_pathv[i]),
			 found.gl_pathv[i]);
		resources = fopen(path, "r");
		for (; resources && n >= 0; n--)
			if (fscanf(resources, "%" SCNx64 " %*x %*x\n", &mmio_pa) != 1)
				mmio_pa = 0;
		if (resources)
			fclose(resources);
		areas[nr_areas++] = (struct area){ MMIO, at, PAGE };
	}
	globfree(&found);
}

static void make_areas(void)
{
	char *at = add_private(SMALL, 20000 * PAGE, 0);

	madvise(at, 20000 * PAGE, MADV_NOHUGEPAGE);
	touch(at, 20000 * PAGE);
	add_shared();
	add_thp();
	add_hugetlb();
	at = add_private(PROTNONE, 5000 * PAGE, 0);
	touch(at, 5000 * PAGE);
	mprotect(at, 5000 * PAGE, PROT_NONE);
	at = add_private(SWAPPED, 10000 * PAGE, 0);
	touch(at, 10000 * PAGE);
	madvise(at, 10000 * PAGE, MADV_PAGEOUT);
	add_private(UNTOUCHED, 30000 * PAGE, 0);
	add_mmio();
}

static void feed(int to)
{
	FILE *out = fdopen(to, "w");
	unsigned int i;
	size_t at;

	for (i = 0; i < nr_areas; i++)
		for (at = 0; at < areas[i].bytes; at += PAGE)
			fprintf(out, "%lx\n", (unsigned long)areas[i].at + at);
	if (fclose(out))
		_exit(1);
	_exit(0);
}

/* The command, with a process that feeds it; its output is what is returned. */
static FILE *start(pid_t *command)
{
	char pid[16];
	int in[2], out[2];

	snprintf(pid, sizeof(pid), "%d", getpid());
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		die("pipe");
	/* vfork: a copy of these tables would make the areas share pages, read-only. */
	*command = vfork();
	if (!*command) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execlp("ptwalk", "ptwalk", "-p", pid, "vtop", "--brief", "-", NULL);
		_exit(127);
	}
	if (!fork())
		feed(in[1]);
	close(in[0]);
	close(in[1]);
	close(out[1]);
	return fdopen(out[0], "r");
}

/* What the tables should say, by pagemap: false for no address. */
static bool wanted(enum kind kind, uint64_t word, uint64_t *pa)
{
	*pa = kind == MMIO ? mmio_pa : (word & PM_FRAME) * PAGE;
	if (kind == MMIO)
		return true;
	/* Its frame is there, but the processor is not to go there. */
	return word & PM_PRESENT && kind != PROTNONE;
}

static void check(enum kind kind, uint64_t va, uint64_t word, const char *line)
{
	char want[64];
	uint64_t pa;

	asked[kind]++;
	if (wanted(kind, word, &pa)) {
		mapped[kind]++;
		snprintf(want, sizeof(want), "%" PRIx64 " %" PRIx64 "\n", va, pa);
	} else {
		snprintf(want, sizeof(want), "%" PRIx64 " -\n", va);
	}
	if (strcmp(line, want))
		fail("%s: '%.*s', not '%.*s'", names[kind], (int)strcspn(line, "\n"), line,
		     (int)strcspn(want, "\n"), want);
	if (kind == SWAPPED && word & PM_SWAPPED)
		mapped[kind]++;
}

static void check_area(const struct area *area, int pagemap, FILE *lines)
{
	size_t i, n = area->bytes / PAGE;
	uint64_t *words = malloc(n * sizeof(*words));
	uint64_t first = (uintptr_t)area->at;
	char line[128];

	if (pread(pagemap, words, n * sizeof(*words), first / PAGE * sizeof(*words)) !=
	    (ssize_t)(n * sizeof(*words)))
		die("pagemap");
	for (i = 0; i < n; i++) {
		if (!fgets(line, sizeof(line), lines)) {
			fail("the command ended before %s %" PRIx64, names[area->kind],
			     first + i * PAGE);
			exit(1);
		}
		check(area->kind, first + i * PAGE, words[i], line);
	}
	free(words);
}

int main(void)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY), status;
	unsigned long total = 0;
	unsigned int i;
	pid_t command;
	FILE *lines;

	make_areas();
	lines = start(&command);
	for (i = 0; i < nr_areas; i++)
		check_area(&areas[i], pagemap, lines);
	if (fgetc(lines) != EOF)
		fail("there are more lines than addresses");
	/* 1: there was an address that is not mapped. */
	if (waitpid(command, &status, 0) != command || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 1)
		fail("the command's status is %x", status);

	for (i = 0; i < NR_KINDS; i++) {
		printf("  %-12s %7lu pages, %7lu %s\n", names[i], asked[i], mapped[i],
		       i == SWAPPED ? "mapped or swapped" : "mapped");
		total += asked[i];
		if (i != PROTNONE && i != UNTOUCHED && !mapped[i])
			fail("there is no %s", names[i]);
	}
	if (total < 1000000)
		fail("%lu are no million", total);
	return failures != 0;
}
