// SPDX-License-Identifier: GPL-2.0-only
/* device.c - see device.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"

static int failures;

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("FAILED: ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
	fflush(stdout);
	/* One thing that is wrong shows in many places. */
	if (++failures >= 20)
		exit(1);
}

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("FAILED: ");
	vprintf(format, args);
	printf(" (%s)\n", strerror(errno));
	va_end(args);
	exit(1);
}

int device_finish(const char *what)
{
	if (failures)
		return 1;
	printf("ok: %s\n", what);
	return 0;
}

int device_open(void)
{
	int fd = open(PTWALK_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("%s", PTWALK_DEVICE);
	return fd;
}

void expect(const char *what, int want, int fd, unsigned long call, void *arg)
{
	int got = ioctl(fd, call, arg) ? errno : 0;

	if (got != want)
		fail("%s: %s, not %s", what, strerror(got), strerror(want));
}

int ioctl_32(int fd, unsigned long call, void *arg)
{
	long result;

	/* The kernel takes int $0x80 for a 32-bit program's, whoever makes it. */
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(54L), "b"((long)fd), "c"(call), "d"(arg)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

void *low_memory(size_t bytes)
{
	size_t whole = (bytes + PAGE - 1) & ~(PAGE - 1);
	char *at = mmap(NULL, whole + PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (at == MAP_FAILED)
		die("mmap below 4 GiB");
	munmap(at + whole, PAGE);
	return at;
}

struct ptwalk_ioc_space kernel_space(void)
{
	return (struct ptwalk_ioc_space){ .kind = PTWALK_SPACE_KERNEL };
}

struct ptwalk_ioc_space process_space(int pid)
{
	return (struct ptwalk_ioc_space){ .kind = PTWALK_SPACE_PROCESS, .pid = pid };
}

void device_info(int fd, struct ptwalk_ioc_info *info)
{
	memset(info, 0xee, sizeof(*info));
	if (ioctl(fd, PTWALK_INFO, info))
		die("INFO");
}

static void walk_or_die(int fd, struct ptwalk_ioc_walk_batch *batch)
{
	uint32_t count = batch->count;

	if (ioctl(fd, PTWALK_WALK, batch))
		die("WALK of %u addresses", count);
	if (batch->done != count)
		die("WALK answered %u of %u addresses", batch->done, count);
}

void device_walk(int fd, struct ptwalk_ioc_space space, const u64 *addresses,
		 struct ptwalk_ioc_walk *walks, uint32_t count)
{
	while (count) {
		uint32_t n = count < BATCH ? count : BATCH;
		struct ptwalk_ioc_walk_batch batch = {
			.space = space,
			.addresses = (uintptr_t)addresses,
			.walks = (uintptr_t)walks,
			.count = n,
		};

		walk_or_die(fd, &batch);
		addresses += n;
		walks += n;
		count -= n;
	}
}

struct ptwalk_ioc_walk walk_one(int fd, struct ptwalk_ioc_space space, u64 va)
{
	struct ptwalk_ioc_walk walk;

	memset(&walk, 0xee, sizeof(walk));
	device_walk(fd, space, &va, &walk, 1);
	if (walk.va != va)
		fail("asked for %llx, told of %llx", va, walk.va);
	return walk;
}

struct ptwalk_ioc_page page_of(int fd, struct ptwalk_ioc_space space, u64 va)
{
	struct ptwalk_ioc_walk walk;
	struct ptwalk_ioc_page page;
	struct ptwalk_ioc_walk_batch batch = {
		.space = space,
		.addresses = (uintptr_t)&va,
		.walks = (uintptr_t)&walk,
		.pages = (uintptr_t)&page,
		.count = 1,
		.flags = PTWALK_WALK_PAGES,
	};

	walk_or_die(fd, &batch);
	return page;
}

long long device_read(int fd, struct ptwalk_ioc_space space, u64 address, void *buffer, u64 length,
		      uint32_t flags)
{
	struct ptwalk_ioc_read read = {
		.space = space,
		.address = address,
		.buffer = (uintptr_t)buffer,
		.length = length,
		.flags = flags,
	};

	return ioctl(fd, PTWALK_READ, &read) ? -errno : (long long)read.done;
}

static struct ptwalk_ioc_range *room_for(struct ranges *ranges, uint32_t more)
{
	if (ranges->nr + more > ranges->room) {
		ranges->room = 2 * ranges->room + more;
		ranges->at = realloc(ranges->at, ranges->room * sizeof(*ranges->at));
		if (!ranges->at)
			die("no memory for %zu ranges", ranges->room);
	}
	return ranges->at + ranges->nr;
}

void device_map(int fd, struct ptwalk_ioc_space space, u64 start, u64 end, uint32_t batch,
		uint32_t flags, struct ranges *ranges)
{
	struct ptwalk_ioc_map map = {
		.space = space,
		.cursor = start,
		.end = end,
		.count = batch,
		.flags = flags,
	};

	*ranges = (struct ranges){ 0 };
	do {
		u64 before = map.cursor;

		map.ranges = (uintptr_t)room_for(ranges, batch);
		if (ioctl(fd, PTWALK_MAP, &map))
			die("MAP from %llx", before);
		if (map.done > batch)
			die("MAP filled %u ranges of %u", map.done, batch);
		if (map.cursor == before && !map.over)
			die("MAP stays at %llx", before);
		ranges->nr += map.done;
	} while (!map.over);
	if (map.cursor != end)
		fail("MAP is over at %llx, not %llx", map.cursor, end);
}
