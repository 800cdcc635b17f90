// SPDX-License-Identifier: GPL-2.0-only
/* device_random_values.c - random numbers, memory, addresses and processes. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device_random.h"

/* splitmix64: any seed will do, each caller's numbers are its own. */
uint64_t any(struct caller *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

uint64_t below(struct caller *c, uint64_t limit)
{
	return any(c) % limit;
}

bool one_in(struct caller *c, unsigned int n)
{
	return below(c, n) == 0;
}

void area_make(struct area *area, size_t bytes)
{
	size_t whole = (bytes + PAGE - 1) & ~(PAGE - 1);
	unsigned char *at =
		mmap(NULL, whole + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || mprotect(at + PAGE, whole, PROT_READ | PROT_WRITE))
		die("memory for the calls");
	area->start = at + PAGE;
	area->bytes = whole;
	/*
	 * There from now on, and never to be copied on write: a page fault of ours whose
	 * allocation fails would be a fault of the call.
	 */
	memset(area->start, PATTERN, whole);
	if (madvise(area->start, whole, MADV_DONTFORK))
		die("MADV_DONTFORK");
}

void caller_make(struct caller *c, uint64_t seed)
{
	c->state = seed;
	area_make(&c->in, BATCH * sizeof(uint64_t));
	area_make(&c->out, BATCH * sizeof(struct ptwalk_ioc_lab_object));
	area_make(&c->pages, BATCH * sizeof(struct ptwalk_ioc_page));
	area_make(&c->args, sizeof(union argument));
	area_make(&c->scribbled, sizeof(union argument));
}

/* Mostly few, sometimes as many as there may be, seldom too many. */
uint32_t some_count(struct caller *c)
{
	switch (below(c, 64)) {
	case 0:
		return BATCH + 1 + below(c, 3);
	case 1:
		return any(c);
	case 2:
		return BATCH - below(c, 3);
	case 3:
	case 4:
		return below(c, BATCH);
	default:
		return below(c, one_in(c, 4) ? 300 : one_in(c, 2) ? 80 : 8);
	}
}

static uint64_t in_a_region(struct caller *c)
{
	const struct ptwalk_ioc_region *r = &shared.info.regions[below(c, shared.info.nr_regions)];

	switch (below(c, 4)) {
	case 0:
		return r->start - 8 + below(c, 16);
	case 1:
		return r->end - 8 + below(c, 16);
	default:
		return r->start + any(c) % (r->end - r->start);
	}
}

uint64_t some_address(struct caller *c)
{
	int here;

	switch (below(c, 10)) {
	case 0:
		return any(c);
	case 1:
		return any(c) & ((1ULL << shared.info.pa_bits) - 1);
	case 6:
		return below(c, 1 << 30);
	case 7:
		return shared.info.page_offset + below(c, 1 << 30);
	case 2:
		return (uintptr_t)&here + below(c, 1 << 16) - (1 << 15);
	case 3:
		return (uintptr_t)c->out.start + below(c, 1 << 20);
	case 4:
		return atomic_load(&shared.some_va) + below(c, 3 * PAGE) - PAGE;
	case 5:
		return (1ULL << below(c, 64)) - below(c, 3);
	default:
		return in_a_region(c);
	}
}

/* None of these can be written to. */
uint64_t bad_pointer(struct caller *c)
{
	switch (below(c, 8)) {
	case 0:
		return below(c, 2) * 8;
	case 1:
		return (uintptr_t)shared.read_only + below(c, 64);
	case 2:
		return (uintptr_t)c->out.start - PAGE + below(c, 8);
	case 3:
		return 0ULL - 1 - below(c, PAGE);
	case 4:
		return shared.info.page_offset + below(c, 1 << 24);
	case 5:
		return (1ULL << 63) + any(c) % (1ULL << 62);
	case 6:
		return (1ULL << 47) - PAGE + below(c, 8);
	default:
		return shared.info.regions[below(c, shared.info.nr_regions - 1) + 1].start;
	}
}

/*
 * For @bytes. That it ends where the memory ends is the rule, so that a byte too
 * many is a fault; else there is a pattern all around it. As much as is asked for
 * need not be there, nor anything at all.
 */
struct buffer some_buffer(struct caller *c, struct area *area, uint64_t bytes)
{
	uint64_t room = bytes < area->bytes ? bytes : area->bytes;
	struct buffer b = { .room = room, .area = area };
	unsigned char *end = area->start + area->bytes;

	if (bytes && one_in(c, 12))
		return (struct buffer){ .at = bad_pointer(c) };
	if (room && one_in(c, 12))
		b.room = below(c, room);
	b.at = (uintptr_t)end - b.room;
	if (b.room == bytes && one_in(c, 3))
		b.at -= below(c, area->bytes - b.room + 1);
	return b;
}

static uint32_t some_pid(struct caller *c, struct call *call)
{
	static const uint32_t nobodys[] = { 0, 2, 3, 0x7fffffff, 0x80000000, 0xffffffff };

	switch (below(c, 8)) {
	case 0: /* never a process, or a thread of the kernel's */
		flaw(call, ESRCH);
		return nobodys[below(c, sizeof(nobodys) / sizeof(nobodys[0]))];
	case 1:
		allow(call, ESRCH);
		return below(c, 1 << 15);
	case 2:
		return 1;
	case 3:
	case 4:
		return getpid();
	case 5:
		return gettid();
	default:
		allow(call, ESRCH);
		return atomic_load(&shared.pids[below(c, PIDS)]);
	}
}

struct ptwalk_ioc_space some_space(struct caller *c, struct call *call)
{
	struct ptwalk_ioc_space space = { .kind = PTWALK_SPACE_KERNEL };

	if (one_in(c, 40)) {
		flaw(call, EINVAL);
		if (one_in(c, 2))
			space.kind = 3 + below(c, 1U << 31);
		else
			space.pid = 1 + below(c, 1U << 31);
	} else if (one_in(c, 2)) {
		space.kind = one_in(c, 3) ? PTWALK_SPACE_USER : PTWALK_SPACE_PROCESS;
		space.pid = some_pid(c, call);
		if (space.kind == PTWALK_SPACE_USER && !(shared.info.flags & PTWALK_INFO_PTI))
			flaw(call, EOPNOTSUPP);
	}
	return space;
}
