// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab.c - the module's laboratory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "error.h"
#include "uapi/ptwalk.h"

struct ptwalk_lab {
	int fd;
};

/* Objects that one call lists. */
#define LIST_BATCH 64

_Static_assert((int)PTWALK_ALLOCATORS == PTWALK_LAB_NR &&
		       (int)PTWALK_BY_STACK == PTWALK_LAB_STACK &&
		       (int)PTWALK_BY_VMAP == PTWALK_LAB_VMAP &&
		       PTWALK_OBJECT_HELD == PTWALK_LAB_HOLD &&
		       PTWALK_OBJECT_MACRO_VALID == PTWALK_LAB_MACRO_VALID &&
		       PTWALK_OBJECT_SAME == PTWALK_LAB_SAME &&
		       PTWALK_OBJECT_HAS_TIMES == PTWALK_LAB_HAS_TIMES &&
		       PTWALK_LAB_MAX_ROUNDS == PTWALK_LAB_MAX_REPEAT,
	       "the ABI's numbers are not the library's");

static const char * const names[] = {
	[PTWALK_BY_KMALLOC] = "kmalloc",
	[PTWALK_BY_KMEM_CACHE] = "kmem_cache",
	[PTWALK_BY_ALLOC_PAGES] = "alloc_pages",
	[PTWALK_BY_ALLOC_PAGES_EXACT] = "alloc_pages_exact",
	[PTWALK_BY_KVMALLOC] = "kvmalloc",
	[PTWALK_BY_VMALLOC] = "vmalloc",
	[PTWALK_BY_VMALLOC_HUGE] = "vmalloc_huge",
	[PTWALK_BY_VMAP] = "vmap",
	[PTWALK_BY_PERCPU] = "percpu",
	[PTWALK_BY_DMA_COHERENT] = "dma_coherent",
	[PTWALK_BY_STATIC_DATA] = "static_data",
	[PTWALK_BY_TEXT] = "text",
	[PTWALK_BY_STACK] = "stack",
};

const char *ptwalk_allocator_name(uint32_t allocator)
{
	return allocator < sizeof(names) / sizeof(names[0]) ? names[allocator] : "";
}

static int check_abi(struct ptwalk_lab *lab, struct ptwalk_error *err)
{
	struct ptwalk_ioc_info info;

	if (ioctl(lab->fd, PTWALK_INFO, &info) < 0)
		return fail(err, -errno, "%s: INFO: %s", PTWALK_DEVICE, strerror(errno));
	if (info.abi != PTWALK_ABI_VERSION)
		return fail(err, -EPROTO, "%s has version %u of the ABI, and this library %u",
			    PTWALK_DEVICE, info.abi, PTWALK_ABI_VERSION);
	return 0;
}

static int open_device(struct ptwalk_lab *lab, struct ptwalk_error *err)
{
	lab->fd = open(PTWALK_DEVICE, O_RDWR | O_CLOEXEC);
	if (lab->fd >= 0)
		return check_abi(lab, err);
	if (errno == ENOENT)
		return fail(err, -ENOENT,
			    "%s is not there: the laboratory needs the module (insmod ptwalk.ko)",
			    PTWALK_DEVICE);
	return fail(err, -errno, "%s: %s", PTWALK_DEVICE, strerror(errno));
}

struct ptwalk_lab *ptwalk_lab_open(struct ptwalk_error *err)
{
	struct ptwalk_lab *lab = calloc(1, sizeof(*lab));

	if (!lab) {
		fail(err, -ENOMEM, "no memory");
		return NULL;
	}
	if (open_device(lab, err) < 0) {
		ptwalk_lab_close(lab);
		return NULL;
	}
	return lab;
}

void ptwalk_lab_close(struct ptwalk_lab *lab)
{
	if (!lab)
		return;
	if (lab->fd >= 0)
		close(lab->fd);
	free(lab);
}

static void fill_object(const struct ptwalk_ioc_lab_object *o, struct ptwalk_object *out)
{
	*out = (struct ptwalk_object){
		.id = o->id,
		.allocator = o->allocator,
		.flags = o->flags,
		.bytes = o->bytes,
		.va = o->va,
		.macro_pa = o->macro_pa,
		.walk_pa = o->walk_pa,
		.pages = { o->pages[0], o->pages[1], o->pages[2] },
		.runs = o->runs,
		.longest_run_bytes = o->longest_run_bytes,
		.region = o->region,
		.node = o->node,
		.alloc_ns = o->alloc_ns,
		.touch_ns = o->touch_ns,
		.free_ns = o->free_ns,
		.repeat = o->repeat,
	};
}

static int alloc_failed(int code, const char *name, uint64_t bytes, struct ptwalk_error *err)
{
	unsigned long long n = bytes;

	switch (code) {
	case -ENOSPC:
		return fail(err, code,
			    "%s of %llu bytes is beyond the laboratory's limit (the module's "
			    "parameter lab_limit)",
			    name, n);
	case -E2BIG:
		return fail(err, code, "%s never gives %llu bytes at once", name, n);
	case -ENOMEM:
		return fail(err, code, "%s has no %llu bytes now", name, n);
	default:
		return fail(err, code, "%s of %llu bytes: %s", name, n, strerror(-code));
	}
}

int ptwalk_lab_alloc(struct ptwalk_lab *lab, uint32_t allocator, uint64_t bytes, uint32_t repeat,
		     uint32_t flags, struct ptwalk_object *object, struct ptwalk_error *err)
{
	struct ptwalk_ioc_lab_alloc alloc = {
		.allocator = allocator, .flags = flags, .bytes = bytes, .repeat = repeat
	};

	if (allocator >= PTWALK_ALLOCATORS)
		return fail(err, -EINVAL, "there is no allocator number %u", allocator);
	if (flags & ~PTWALK_OBJECT_HELD)
		return fail(err, -EINVAL, "there are no laboratory flags %x", flags);
	if (ioctl(lab->fd, PTWALK_LAB_ALLOC, &alloc) < 0)
		return alloc_failed(-errno, names[allocator], bytes, err);
	fill_object(&alloc.object, object);
	return 0;
}

int ptwalk_lab_list(struct ptwalk_lab *lab, uint64_t after, struct ptwalk_object *objects,
		    unsigned int max, struct ptwalk_error *err)
{
	struct ptwalk_ioc_lab_object found[LIST_BATCH];
	struct ptwalk_ioc_lab_list list = {
		.after = after,
		.objects = (uintptr_t)found,
		.count = max < LIST_BATCH ? max : LIST_BATCH,
	};

	if (!max)
		return fail(err, -EINVAL, "no room for an object");
	if (ioctl(lab->fd, PTWALK_LAB_LIST, &list) < 0)
		return fail(err, -errno, "%s: LAB_LIST: %s", PTWALK_DEVICE, strerror(errno));
	if (list.done > list.count)
		return fail(err, -EIO, "%s listed %u of %u objects", PTWALK_DEVICE, list.done,
			    list.count);
	for (unsigned int i = 0; i < list.done; i++)
		fill_object(&found[i], &objects[i]);
	return (int)list.done;
}

int ptwalk_lab_free(struct ptwalk_lab *lab, uint64_t id, struct ptwalk_error *err)
{
	struct ptwalk_ioc_lab_free gone = { .id = id };

	if (ioctl(lab->fd, PTWALK_LAB_FREE, &gone) == 0)
		return 0;
	if (errno == ENOENT)
		return fail(err, -ENOENT, "there is no object %llu that is held",
			    (unsigned long long)id);
	return fail(err, -errno, "%s: LAB_FREE of %llu: %s", PTWALK_DEVICE, (unsigned long long)id,
		    strerror(errno));
}
