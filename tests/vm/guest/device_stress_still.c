// SPDX-License-Identifier: GPL-2.0-only
/* device_stress_still.c - memory that is held still, and must be answered right. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device_stress.h"

#define WORDS (PAGE / sizeof(uint64_t))

static struct still stills[STILLS];
static unsigned int nr_stills;

static uint64_t stamp(const struct still *s, size_t page, size_t word)
{
	return (s->va + page * PAGE + word) * 0x9e3779b97f4a7c15ULL;
}

static struct still *add(const char *name, uint64_t va, size_t bytes)
{
	struct still *s = &stills[nr_stills++];

	s->name = name;
	s->va = va;
	s->pages = (bytes + PAGE - 1) / PAGE;
	s->pa = calloc(s->pages, sizeof(*s->pa));
	if (!s->pa)
		die("no memory for frames");
	return s;
}

/* ---- of the process ------------------------------------------------------- */

static void pagemap(const struct still *s, uint64_t *pa)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	ssize_t bytes = s->pages * sizeof(*pa);
	size_t i;

	if (fd < 0 || pread(fd, pa, bytes, s->va / PAGE * sizeof(*pa)) != bytes)
		die("/proc/self/pagemap");
	close(fd);
	for (i = 0; i < s->pages; i++) {
		if (!(pa[i] >> 63))
			die("%s: page %zu is not there", s->name, i);
		pa[i] = (pa[i] & ((1ULL << 55) - 1)) * PAGE;
	}
}

static void stamp_all(struct still *s)
{
	uint64_t *at = (uint64_t *)(uintptr_t)s->va;
	size_t i;

	for (i = 0; i < s->pages * WORDS; i++)
		at[i] = stamp(s, i / WORDS, i % WORDS);
	if (mlock(at, s->pages * PAGE))
		die("mlock");
	/* Not to be collapsed later, where memory for a huge page was lacking. */
	madvise(at, s->pages * PAGE, MADV_NOHUGEPAGE);
	s->stamped = true;
	pagemap(s, s->pa);
}

static void add_user(const char *name, size_t bytes, int fd, int advice)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	char *at = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (at == MAP_FAILED)
		die("%s", name);
	at = (char *)(((uintptr_t)at + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	madvise(at, bytes, advice);
	/* A process that is forked copies on write: then it would not stay. */
	if (fd < 0 && madvise(at, bytes, MADV_DONTFORK))
		die("MADV_DONTFORK");
	stamp_all(add(name, (uintptr_t)at, bytes));
}

/* ---- of the kernel -------------------------------------------------------- */

static void add_object(int fd, const char *name, uint32_t allocator, uint64_t bytes)
{
	struct ptwalk_ioc_lab_alloc ask = { .allocator = allocator, .bytes = bytes, .repeat = 1 };
	struct still *s;
	size_t i;

	if (ioctl(fd, PTWALK_LAB_ALLOC, &ask))
		die("LAB_ALLOC of %s", name);
	s = add(name, ask.object.va & ~(PAGE - 1), ask.object.bytes + ask.object.va % PAGE);
	s->kernels = true;
	s->zero = bytes && ask.object.va % PAGE == 0 && bytes % PAGE == 0;
	/* Nothing moves yet, and whether that is right other tests have asked. */
	for (i = 0; i < s->pages; i++)
		s->pa[i] = walk_one(fd, kernel_space(), s->va + i * PAGE).pa;
}

void stills_make(int fd)
{
	int memory = memfd_create("still", 0);

	if (memory < 0 || ftruncate(memory, 4 * HUGE_PAGE))
		die("memfd");
	add_user("4 KiB pages", 2 * HUGE_PAGE, -1, MADV_NOHUGEPAGE);
	add_user("huge pages", 2 * HUGE_PAGE, -1, MADV_HUGEPAGE);
	add_user("shared memory", HUGE_PAGE, memory, MADV_NOHUGEPAGE);
	add_object(fd, "kmalloc", PTWALK_LAB_KMALLOC, 1 << 16);
	add_object(fd, "alloc_pages", PTWALK_LAB_ALLOC_PAGES, 1 << 20);
	add_object(fd, "vmalloc", PTWALK_LAB_VMALLOC, 1 << 20);
	add_object(fd, "vmalloc_huge", PTWALK_LAB_VMALLOC_HUGE, 2 * HUGE_PAGE);
	add_object(fd, "vmap", PTWALK_LAB_VMAP, 1 << 19);
	add_object(fd, "kvmalloc", PTWALK_LAB_KVMALLOC, 5 << 20);
	add_object(fd, "per-CPU", PTWALK_LAB_PERCPU, 4096);
	add_object(fd, "DMA", PTWALK_LAB_DMA_COHERENT, 1 << 14);
	add_object(fd, "static data", PTWALK_LAB_STATIC_DATA, 0);
	add_object(fd, "text", PTWALK_LAB_TEXT, 0);
}

/* ---- asked again and again ------------------------------------------------ */

static void wrong(const struct still *s, const char *how, size_t page, uint64_t got)
{
	fail("%s, page %zu: %s: %llx, not %llx", s->name, page, how, (unsigned long long)got,
	     (unsigned long long)s->pa[page]);
}

static void check_walks(int fd, const struct still *s, struct ptwalk_ioc_space space)
{
	u64 *addresses = calloc(s->pages, sizeof(*addresses));
	struct ptwalk_ioc_walk *walks = calloc(s->pages, sizeof(*walks));
	size_t i;

	if (!addresses || !walks)
		die("no memory");
	for (i = 0; i < s->pages; i++)
		addresses[i] = s->va + i * PAGE;
	device_walk(fd, space, addresses, walks, s->pages);
	for (i = 0; i < s->pages; i++)
		if (walks[i].end != PTWALK_IS_LEAF || walks[i].pa != s->pa[i])
			wrong(s, "WALK", i, walks[i].pa);
	free(addresses);
	free(walks);
}

static void check_range(const struct still *s, const struct ptwalk_ioc_range *r)
{
	uint64_t at, page_bytes = 1ULL << r->page_shift;

	for (at = r->start; at < r->end; at += PAGE) {
		size_t page = (at - s->va) / PAGE;
		uint64_t pa = r->pa + (at - r->start);

		if (r->flags & PTWALK_RANGE_REPEATS)
			pa = (r->pa & ~(page_bytes - 1)) + (at & (page_bytes - 1));
		if (r->is != PTWALK_IS_LEAF || pa != s->pa[page])
			wrong(s, "MAP", page, pa);
	}
}

static void check_map(int fd, const struct still *s, struct ptwalk_ioc_space space)
{
	uint64_t at = s->va, end = s->va + s->pages * PAGE;
	struct ranges ranges;
	size_t i;

	device_map(fd, space, at, end, 256, 0, &ranges);
	for (i = 0; i < ranges.nr; i++) {
		if (ranges.at[i].start != at || ranges.at[i].end > end)
			fail("%s: MAP skips from %llx to %llx", s->name, (unsigned long long)at,
			     (unsigned long long)ranges.at[i].start);
		at = ranges.at[i].end;
		check_range(s, &ranges.at[i]);
	}
	if (at != end)
		fail("%s: MAP ends at %llx", s->name, (unsigned long long)at);
	free(ranges.at);
}

static bool as_stamped(const struct still *s, size_t page, const uint64_t *words)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		if (words[i] != (s->stamped ? stamp(s, page, i) : 0))
			return false;
	return true;
}

/* Every seventh page, from another one each time. */
static void check_contents(int fd, const struct still *s, struct ptwalk_ioc_space space,
			   uint64_t turn)
{
	uint64_t words[WORDS];
	size_t page;

	for (page = turn % 7; page < s->pages; page += 7) {
		if (device_read(fd, space, s->va + page * PAGE, words, PAGE, 0) != PAGE)
			wrong(s, "READ is short", page, 0);
		else if ((s->stamped || s->zero) && !as_stamped(s, page, words))
			wrong(s, "READ", page, words[0]);
		if (device_read(fd, kernel_space(), s->pa[page], words, PAGE,
				PTWALK_READ_PHYSICAL) != PAGE)
			wrong(s, "READ by frame is short", page, 0);
		else if ((s->stamped || s->zero) && !as_stamped(s, page, words))
			wrong(s, "READ by frame", page, words[0]);
	}
}

void stills_check(int fd, bool kernels, struct ptwalk_ioc_space space, unsigned int job)
{
	unsigned int i;

	for (i = 0; i < nr_stills && !stopped(); i++) {
		const struct still *s = &stills[i];

		if (s->kernels != kernels)
			continue;
		check_walks(fd, s, space);
		check_map(fd, s, space);
		check_contents(fd, s, space, atomic_load(&shared->turns[job]));
		atomic_fetch_add(&shared->answers[job], s->pages);
	}
}

void stills_stayed(void)
{
	unsigned int i;
	size_t page;

	for (i = 0; i < nr_stills; i++) {
		const struct still *s = &stills[i];
		uint64_t *pa = calloc(s->pages, sizeof(*pa));

		if (!pa)
			die("no memory");
		if (!s->kernels)
			pagemap(s, pa);
		for (page = 0; page < s->pages && !s->kernels; page++)
			if (pa[page] != s->pa[page])
				fail("%s: page %zu was moved: the test's premise is wrong", s->name,
				     page);
		free(pa);
	}
}
