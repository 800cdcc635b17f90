// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes pages of several kinds and says what /proc/self/pagemap has of each: a line
 * ADDRESS NAME FRAME, with - for none, then "end". Then it waits to be killed.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096UL
#define HUGE (2UL << 20)

static char *take(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	return p;
}

static uint64_t frame_of(const char *p)
{
	static int fd = -1;
	uint64_t entry = 0;

	if (fd < 0)
		fd = open("/proc/self/pagemap", O_RDONLY);
	if (pread(fd, &entry, 8, (off_t)((uintptr_t)p / PAGE * 8)) != 8)
		exit(1);
	return entry >> 63 ? (entry & ((1ULL << 55) - 1)) * PAGE : 0;
}

static void tell(const char *p, const char *name)
{
	uint64_t frame = frame_of(p);

	if (frame)
		printf("%lx %s %llx\n", (unsigned long)p, name, (unsigned long long)frame);
	else
		printf("%lx %s -\n", (unsigned long)p, name);
}

/* Whether the machine gave a huge leaf: smaps counts them. */
static int has_huge(const char *p)
{
	char line[256], start[32];
	unsigned long kib = 0;
	int here = 0;
	FILE *f = fopen("/proc/self/smaps", "r");

	snprintf(start, sizeof(start), "%lx-", (unsigned long)p);
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, start, strlen(start)) == 0)
			here = 1;
		if (here && sscanf(line, "AnonHugePages: %lu", &kib) == 1)
			break;
	}
	if (f)
		fclose(f);
	return here && kib >= 2048;
}

int main(void)
{
	char *few = take(16 * PAGE), *none = take(PAGE), *readonly = take(PAGE);
	char *area = take(4 * HUGE), *huge = (char *)(((uintptr_t)area + HUGE - 1) & ~(HUGE - 1));

	for (int i = 0; i < 4; i++)
		strcpy(few + i * PAGE, "Touched");
	few[9 * PAGE] = 1;
	none[0] = 1;
	readonly[0] = 1;
	mprotect(none, PAGE, PROT_NONE);
	mprotect(readonly, PAGE, PROT_READ);
	/* A mapping of its own, that smaps tells of. */
	munmap(area, huge - area);
	munmap(huge + HUGE, area + 4 * HUGE - (huge + HUGE));
	madvise(huge, HUGE, MADV_HUGEPAGE);
	memset(huge, 1, HUGE);

	for (int i = 0; i < 4; i++)
		tell(few + i * PAGE, "touched");
	tell(few + 4 * PAGE, "untouched");
	tell(few + 9 * PAGE, "alone");
	tell(readonly, "readonly");
	/* pagemap has its frame, but nobody may access it. */
	printf("%lx protnone -\n", (unsigned long)none);
	if (has_huge(huge))
		tell(huge + 5 * PAGE, "huge");
	printf("end\n");
	fflush(stdout);
	pause();
	return 0;
}
