// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: device_lab answers|rules|small-limit|hold|gone|failing
 *
 * Tests the laboratory of /dev/ptwalk. Exit status: 0, or 1 with a line for each
 * thing that is wrong.
 */
#include "device_lab.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

const char * const allocator_names[PTWALK_LAB_NR] = {
	"kmalloc",     "kmem_cache",   "alloc_pages", "alloc_pages_exact", "kvmalloc",
	"vmalloc",     "vmalloc_huge", "vmap",	      "per-CPU",	   "dma_alloc_coherent",
	"static data", "text",	       "stack",
};

unsigned int failures;

void fail(const char *format, ...)
{
	va_list args;

	printf("FAILED: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	if (++failures == 10)
		exit(1);
}

int open_device(void)
{
	int fd = open(PTWALK_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		fail("%s: %s", PTWALK_DEVICE, strerror(errno));
		exit(1);
	}
	return fd;
}

int call(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) ? errno : 0;
}

int lab_alloc(int fd, unsigned int allocator, uint64_t bytes, unsigned int repeat,
	      unsigned int flags, struct ptwalk_ioc_lab_object *object)
{
	struct ptwalk_ioc_lab_alloc ask = {
		.allocator = allocator,
		.flags = flags,
		.bytes = bytes,
		.repeat = repeat,
	};
	int err = call(fd, PTWALK_LAB_ALLOC, &ask);

	if (!err)
		*object = ask.object;
	return err;
}

int lab_free(int fd, uint64_t id)
{
	struct ptwalk_ioc_lab_free ask = { .id = id };

	return call(fd, PTWALK_LAB_FREE, &ask);
}

unsigned int lab_list(int fd, struct ptwalk_ioc_lab_object *objects, unsigned int max)
{
	struct ptwalk_ioc_lab_list ask = { .objects = (uintptr_t)objects, .count = max };
	int err = call(fd, PTWALK_LAB_LIST, &ask);

	expect(!err, "LIST: %s", strerror(err));
	return ask.done;
}

struct ptwalk_ioc_info info(int fd)
{
	struct ptwalk_ioc_info answer = { 0 };
	int err = call(fd, PTWALK_INFO, &answer);

	expect(!err, "INFO: %s", strerror(err));
	return answer;
}

uint64_t used(int fd)
{
	return info(fd).lab_used;
}

struct ptwalk_ioc_walk walk(int fd, uint64_t va)
{
	struct ptwalk_ioc_walk answer = { 0 };
	struct ptwalk_ioc_walk_batch ask = {
		.addresses = (uintptr_t)&va,
		.walks = (uintptr_t)&answer,
		.count = 1,
	};
	int err = call(fd, PTWALK_WALK, &ask);

	expect(!err && ask.done == 1, "WALK %llx: %s", (unsigned long long)va, strerror(err));
	return answer;
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "answers"))
		test_answers(open_device());
	else if (!strcmp(what, "rules"))
		test_rules(open_device());
	else if (!strcmp(what, "small-limit"))
		test_small_limit(open_device());
	else if (!strcmp(what, "hold"))
		hold_one_of_each(open_device());
	else if (!strcmp(what, "gone"))
		expect_all_gone();
	else if (!strcmp(what, "failing"))
		test_failing_allocations(open_device());
	else
		fail("device_lab: what shall be tested?");
	return failures != 0;
}
