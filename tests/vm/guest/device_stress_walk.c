// SPDX-License-Identifier: GPL-2.0-only
/* device_stress_walk.c - through a space that changes all the time: no answer is known. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "device_stress.h"

#define RANGES 256
#define LOOKS 64

/* A process may end between two calls, or have begun to. */
static bool gone(const char *call)
{
	if (errno == ESRCH)
		return true;
	if (errno != EINTR) {
		fail("%s of a space that changes: %s", call, strerror(errno));
	}
	return false;
}

/* Looks up what was just found, with page details: it may be something else by now. */
static bool look_up(int fd, struct ptwalk_ioc_space space, const uint64_t *addresses, uint32_t nr)
{
	struct ptwalk_ioc_walk walks[LOOKS];
	struct ptwalk_ioc_page pages[LOOKS];
	struct ptwalk_ioc_walk_batch batch = {
		.space = space,
		.addresses = (uintptr_t)addresses,
		.walks = (uintptr_t)walks,
		.pages = (uintptr_t)pages,
		.count = nr,
		.flags = PTWALK_WALK_PAGES,
	};
	uint32_t i;

	if (ioctl(fd, PTWALK_WALK, &batch))
		return !gone("WALK");
	for (i = 0; i < batch.done; i++)
		if (walks[i].va != addresses[i] || walks[i].end == PTWALK_IS_MALFORMED ||
		    walks[i].end == PTWALK_IS_UNREADABLE)
			fail("WALK of %llx ends as %u", (unsigned long long)addresses[i],
			     walks[i].end);
	return true;
}

static bool read_one(int fd, struct ptwalk_ioc_space space, uint64_t address)
{
	char bytes[2 * PAGE];
	int64_t got = device_read(fd, space, address, bytes, sizeof(bytes), 0);

	/* Not mapped any more; or never RAM, in the kernel's half. */
	if (got == -ENXIO || got == -EIO || got > 0)
		return true;
	errno = -got;
	return !gone("READ");
}

static bool look_at(int fd, struct ptwalk_ioc_space space, const struct ptwalk_ioc_range *ranges,
		    uint32_t nr, uint64_t *random)
{
	uint64_t addresses[LOOKS];
	uint32_t i, n = 0;

	for (i = any(random) % 8; i < nr && n < LOOKS; i += 1 + any(random) % 8) {
		const struct ptwalk_ioc_range *r = &ranges[i];

		if (r->is == PTWALK_IS_MALFORMED || r->is == PTWALK_IS_UNREADABLE)
			fail("MAP: %llx is %u", (unsigned long long)r->start, r->is);
		addresses[n++] = r->start + any(random) % (r->end - r->start);
	}
	if (n && (!look_up(fd, space, addresses, n) || !read_one(fd, space, addresses[0])))
		return false;
	return true;
}

bool look_at_pages(int fd, struct ptwalk_ioc_space space, uint64_t start, uint64_t bytes,
		   uint64_t *random, unsigned int job)
{
	uint64_t addresses[LOOKS];
	int turn, i;

	for (turn = 0; turn < 64; turn++) {
		for (i = 0; i < LOOKS; i++)
			addresses[i] = start + any(random) % bytes;
		if (!look_up(fd, space, addresses, LOOKS))
			return false;
		atomic_fetch_add(&shared->answers[job], LOOKS);
	}
	return true;
}

bool wander(int fd, struct ptwalk_ioc_space space, uint64_t start, uint64_t end, uint64_t *random,
	    unsigned int job)
{
	struct ptwalk_ioc_range ranges[RANGES];
	struct ptwalk_ioc_map map = {
		.space = space,
		.cursor = start,
		.end = end,
		.ranges = (uintptr_t)ranges,
		.count = RANGES,
		.flags = PTWALK_MAP_NO_HOLES,
	};
	uint64_t at;
	uint32_t i;

	do {
		at = map.cursor;
		if (ioctl(fd, PTWALK_MAP, &map))
			return !gone("MAP");
		for (i = 0; i < map.done; at = ranges[i++].end)
			if (ranges[i].start < at || ranges[i].end - 1 < ranges[i].start)
				fail("MAP: from %llx after %llx",
				     (unsigned long long)ranges[i].start, (unsigned long long)at);
		if (!look_at(fd, space, ranges, map.done, random))
			return false;
		atomic_fetch_add(&shared->answers[job], map.done);
	} while (!map.over && !stopped());
	return true;
}
