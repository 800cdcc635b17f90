// SPDX-License-Identifier: GPL-2.0-only
/* region.c - memory of this process whose frames are scattered. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "bench.h"

/* splitmix64: the same order every time. */
static u64 mixed(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* The kernel hands out frames mostly in order, so the pages are asked for in none. */
static void touch_in_no_order(const struct region *r)
{
	uint32_t *order = malloc(r->pages * sizeof(*order));
	u64 state = 1;

	if (!order)
		die("no memory for %llu page numbers", r->pages);
	for (u64 i = 0; i < r->pages; i++)
		order[i] = i;
	for (u64 i = r->pages - 1; i > 0; i--) {
		u64 other = mixed(&state) % (i + 1);
		uint32_t page = order[i];

		order[i] = order[other];
		order[other] = page;
	}
	for (u64 i = 0; i < r->pages; i++)
		r->start[order[i] * PAGE] = 1;
	free(order);
}

void region_init(struct region *r, u64 bytes)
{
	r->pages = bytes / PAGE;
	r->start = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (r->start == MAP_FAILED)
		die("cannot map %llu MiB", bytes / MIB);
	/* A kernel without huge pages refuses the advice, and needs none. */
	madvise(r->start, bytes, MADV_NOHUGEPAGE);
	touch_in_no_order(r);
}

void region_deinit(struct region *r)
{
	munmap(r->start, r->pages * PAGE);
}

int pagemap_open(void)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0)
		die("cannot open /proc/self/pagemap");
	return fd;
}
