// SPDX-License-Identifier: GPL-2.0-only
/*
 * open.c - which source answers for a space, and what every source shares.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "source.h"

const struct paths system_paths = {
	.device = "/dev/ptwalk",
	.kcore = "/proc/kcore",
	.kallsyms = "/proc/kallsyms",
	.cpuinfo = "/proc/cpuinfo",
	.proc = "/proc",
};

typedef int (*open_fn)(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err);

static const open_fn open_of[] = {
	[PTWALK_SOURCE_DEVICE] = device_open,
	[PTWALK_SOURCE_KCORE] = kcore_open,
	[PTWALK_SOURCE_PAGEMAP] = pagemap_open,
};

/* What a missing source says; anything else is about the space, or a fault. */
static bool is_absent(int code)
{
	return code == -ENOENT || code == -ENODEV || code == -EPERM || code == -EACCES;
}

static int open_one(struct ptwalk *p, unsigned int source, const struct paths *paths,
		    struct ptwalk_error *err)
{
	const struct ptwalk saved = *p;
	int ret = open_of[source](p, paths, err);

	if (ret < 0)
		*p = saved;
	return ret;
}

/* The device, or else what needs no module. The sentence of both is what to do. */
static int open_any(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err)
{
	unsigned int other = p->pid ? PTWALK_SOURCE_PAGEMAP : PTWALK_SOURCE_KCORE;
	struct ptwalk_error first, second;
	int ret;

	ret = open_one(p, PTWALK_SOURCE_DEVICE, paths, &first);
	if (!is_absent(ret)) {
		if (ret < 0 && err)
			*err = first;
		return ret;
	}
	if (p->flags & PTWALK_OPEN_USER_HALF)
		return fail(err, first.code, "%s; only the module knows the user half's tables",
			    first.text);
	ret = open_one(p, other, paths, &second);
	if (ret == 0)
		return 0;
	if (!is_absent(ret)) {
		if (err)
			*err = second;
		return ret;
	}
	return fail(err, ret, "no source: %s, and %s; be root, and insmod ptwalk.ko", first.text,
		    second.text);
}

static int check_options(const struct ptwalk_open_options *o, struct ptwalk_error *err)
{
	if (o->source > PTWALK_SOURCE_PAGEMAP)
		return fail(err, -EINVAL, "there is no source number %u", o->source);
	if (o->flags & ~(PTWALK_OPEN_USER_HALF | PTWALK_OPEN_ROOT))
		return fail(err, -EINVAL, "there are no open flags %x", o->flags);
	if ((o->flags & PTWALK_OPEN_ROOT) && !o->image)
		return fail(err, -EINVAL, "only an image's tables can be named by their root");
	for (unsigned int i = 0; i < ARRAY_SIZE(o->reserved); i++)
		if (o->reserved[i])
			return fail(err, -EINVAL, "a reserved field of the open options is not 0");
	if (o->reserved0)
		return fail(err, -EINVAL, "a reserved field of the open options is not 0");
	if ((o->flags & PTWALK_OPEN_USER_HALF) && !o->pid)
		return fail(err, -EINVAL, "the user half is a process's; name one by its pid");
	return 0;
}

struct ptwalk *open_at(const struct ptwalk_open_options *options, const struct paths *paths,
		       struct ptwalk_error *err)
{
	static const struct ptwalk_open_options defaults;
	const struct ptwalk_open_options *o = options ? options : &defaults;
	struct ptwalk *p;
	int ret;

	if (check_options(o, err) < 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p) {
		fail(err, -ENOMEM, "no memory");
		return NULL;
	}
	p->pid = o->pid;
	p->flags = o->flags;
	if (o->image)
		ret = image_space_open(p, o, err);
	else if (o->source == PTWALK_SOURCE_AUTO)
		ret = open_any(p, paths, err);
	else
		ret = open_one(p, o->source, paths, err);
	if (ret < 0) {
		free(p);
		return NULL;
	}
	return p;
}

struct ptwalk *ptwalk_open(const struct ptwalk_open_options *options, struct ptwalk_error *err)
{
	return open_at(options, &system_paths, err);
}

void ptwalk_close(struct ptwalk *p)
{
	if (!p)
		return;
	p->ops->close(p);
	free(p);
}

const char *ptwalk_source_name(const struct ptwalk *p)
{
	return p->ops->name;
}

int ptwalk_source_unlocked(const struct ptwalk *p)
{
	return p->ops->unlocked;
}

uint32_t ptwalk_pid(const struct ptwalk *p)
{
	return p->pid;
}

const struct ptwalk_info *ptwalk_get_info(const struct ptwalk *p)
{
	return &p->info;
}

const struct ptwalk_region *ptwalk_region_at(const struct ptwalk *p, uint64_t va)
{
	for (uint32_t i = 0; i < p->info.nr_regions; i++) {
		const struct ptwalk_region *r = &p->info.regions[i];

		/* An end of 0 is 2^64. */
		if (va >= r->start && va <= r->end - 1)
			return r;
	}
	return NULL;
}

int ptwalk_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		struct ptwalk_error *err)
{
	return n ? p->ops->walk(p, va, n, out, NULL, err) : 0;
}

int ptwalk_walk_pages(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		      struct ptwalk_page *pages, struct ptwalk_error *err)
{
	return n ? p->ops->walk(p, va, n, out, pages, err) : 0;
}

static int64_t read_bytes(struct ptwalk *p, uint64_t address, bool physical, void *buffer,
			  size_t bytes, struct ptwalk_error *err)
{
	/* The last byte's address must exist; behind it 2^64 is as good an end as any. */
	if (bytes && address + (bytes - 1) < address)
		return fail(err, -EOVERFLOW, "%llx and %zu bytes go beyond 2^64",
			    (unsigned long long)address, bytes);
	return bytes ? p->ops->read(p, address, physical, buffer, bytes, err) : 0;
}

int64_t ptwalk_read(struct ptwalk *p, uint64_t va, void *buffer, size_t bytes,
		    struct ptwalk_error *err)
{
	return read_bytes(p, va, false, buffer, bytes, err);
}

int64_t ptwalk_read_phys(struct ptwalk *p, uint64_t pa, void *buffer, size_t bytes,
			 struct ptwalk_error *err)
{
	return read_bytes(p, pa, true, buffer, bytes, err);
}
