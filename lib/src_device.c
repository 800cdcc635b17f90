// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_device.c - /dev/ptwalk: the module walks, under its own locks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "convert.h"
#include "uapi/ptwalk.h"

/* Addresses of one call: large enough that the call costs nothing beside them. */
#define WALK_BATCH 512
#define READ_BATCH (1U << 20)

struct device {
	int fd;
	unsigned int batch; /* the module's limit, or WALK_BATCH */
	struct ptwalk_ioc_space space;
	struct ptwalk_ioc_walk walks[WALK_BATCH];
	struct ptwalk_ioc_page pages[WALK_BATCH];
	struct ptwalk_ioc_range ranges[WALK_BATCH];
};

_Static_assert((int)PTWALK_LEAF == PTWALK_IS_LEAF && (int)PTWALK_NONE == PTWALK_IS_NONE &&
		       (int)PTWALK_SOFTWARE == PTWALK_IS_SOFTWARE &&
		       (int)PTWALK_NONCANONICAL == PTWALK_IS_NONCANONICAL &&
		       PTWALK_U == PTWALK_RIGHT_U && PTWALK_R == PTWALK_RIGHT_R,
	       "the ABI's numbers are not the library's");
_Static_assert((int)PTWALK_IN_FIXMAP == PTWALK_REGION_FIXMAP &&
		       (int)PTWALK_FRAME_ZERO == PTWALK_PAGE_ZERO &&
		       (int)PTWALK_IN_CPU_ENTRY == PTWALK_REGION_CPU_ENTRY,
	       "the ABI's numbers are not the library's");

/* One call, begun anew where a signal came before anything was done. */
static int call(const struct device *d, unsigned long request, void *argument)
{
	int ret;

	do
		ret = ioctl(d->fd, request, argument);
	while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : 0;
}

static int call_failed(const struct ptwalk *p, int code, const char *what, struct ptwalk_error *err)
{
	if (code == -ESRCH)
		return fail(err, code, "process %u is gone, or has no address space", p->pid);
	if (code == -EOPNOTSUPP)
		return fail(err, code,
			    "there is no user half: page-table isolation is off for process %u",
			    p->pid);
	return fail(err, code, "%s: %s: %s", PTWALK_DEVICE, what, strerror(-code));
}

static void device_close(struct ptwalk *p)
{
	struct device *d = p->state;

	close(d->fd);
	free(d);
}

static void fill_walk(const struct ptwalk *p, const struct ptwalk_ioc_walk *w,
		      struct ptwalk_walk *out)
{
	memset(out, 0, sizeof(*out));
	out->va = w->va;
	out->pa = w->pa;
	out->page_bytes = w->page_bytes;
	out->end = w->end;
	out->nr_steps = w->nr_steps <= PTWALK_LEVELS ? w->nr_steps : PTWALK_LEVELS;
	out->level = w->end == PTWALK_IS_LEAF && w->nr_steps ? w->nr_steps - 1 : PTWALK_NO_LEVEL;
	out->rights = w->rights;
	for (unsigned int i = 0; i < ARRAY_SIZE(out->decided); i++)
		out->decided[i] = w->nr_steps && w->decided[i] < p->info.levels ? w->decided[i] :
										  PTWALK_NO_LEVEL;
	for (unsigned int i = 0; i < out->nr_steps; i++) {
		out->steps[i].entry_pa = w->steps[i].entry_pa;
		out->steps[i].entry = w->steps[i].entry;
		out->steps[i].is = PTWALK_IS_TABLE;
	}
	if (out->nr_steps && w->end != PTWALK_IS_UNREADABLE)
		out->steps[out->nr_steps - 1].is = w->end;
}

static void fill_page(const struct ptwalk_ioc_page *page, struct ptwalk_page *out)
{
	*out = (struct ptwalk_page){ .kind = page->kind,
				     .order = page->order,
				     .refcount = page->refcount,
				     .mapcount = page->mapcount,
				     .node = page->node };
	memcpy(out->zone, page->zone, sizeof(out->zone));
	out->zone[sizeof(out->zone) - 1] = '\0';
}

static int walk_batch(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		      struct ptwalk_page *pages, struct ptwalk_error *err)
{
	struct device *d = p->state;
	struct ptwalk_ioc_walk_batch batch = {
		.space = d->space,
		.addresses = (uintptr_t)va,
		.walks = (uintptr_t)d->walks,
		.pages = pages ? (uintptr_t)d->pages : 0,
		.count = n,
		.flags = pages ? PTWALK_WALK_PAGES : 0,
	};
	int ret = call(d, PTWALK_WALK, &batch);

	if (ret < 0)
		return call_failed(p, ret, "WALK", err);
	if (batch.done > n || !batch.done)
		return fail(err, -EIO, "%s: WALK answered %u of %zu addresses", PTWALK_DEVICE,
			    batch.done, n);
	for (unsigned int i = 0; i < batch.done; i++) {
		fill_walk(p, &d->walks[i], &out[i]);
		if (pages)
			fill_page(&d->pages[i], &pages[i]);
	}
	return batch.done;
}

static int device_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		       struct ptwalk_page *pages, struct ptwalk_error *err)
{
	const struct device *d = p->state;
	size_t done = 0;

	while (done < n) {
		size_t part = n - done < d->batch ? n - done : d->batch;
		int ret = walk_batch(p, va + done, part, out + done, pages ? pages + done : NULL,
				     err);

		if (ret < 0)
			return ret;
		done += ret;
	}
	return 0;
}

static void fill_range(const struct ptwalk *p, const struct ptwalk_ioc_range *r,
		       struct ptwalk_range *out)
{
	bool has_entries = r->is == PTWALK_IS_LEAF || r->is == PTWALK_IS_SOFTWARE ||
			   r->is == PTWALK_IS_MALFORMED;

	*out = (struct ptwalk_range){
		.start = r->start,
		.end = r->end,
		.pa = r->pa,
		.entry = r->entry,
		.page_bytes = has_entries ? 1ULL << (r->page_shift & 63) : 0,
		.what = r->is,
		.level = r->level < p->info.levels ? r->level : PTWALK_NO_LEVEL,
		.rights = r->rights,
		.flags = r->flags & PTWALK_RANGE_REPEATS ? PTWALK_REPEATS : 0,
	};
}

static int device_scan(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges,
		       unsigned int max, struct ptwalk_error *err)
{
	struct device *d = p->state;
	struct ptwalk_ioc_map map = {
		.space = d->space,
		.cursor = c->at,
		.end = c->end,
		.ranges = (uintptr_t)d->ranges,
		.count = max < d->batch ? max : d->batch,
		.flags = c->holes ? 0 : PTWALK_MAP_NO_HOLES,
	};
	int ret = call(d, PTWALK_MAP, &map);

	if (ret < 0)
		return call_failed(p, ret, "MAP", err);
	if (map.done > map.count || (!map.done && !map.over && map.cursor == c->at))
		return fail(err, -EIO, "%s: MAP does not go on at %llx", PTWALK_DEVICE,
			    (unsigned long long)c->at);
	for (unsigned int i = 0; i < map.done; i++)
		fill_range(p, &d->ranges[i], &ranges[i]);
	c->at = map.cursor;
	c->over = map.over;
	return (int)map.done;
}

static int read_failed(const struct ptwalk *p, int code, uint64_t address, bool physical,
		       struct ptwalk_error *err)
{
	unsigned long long at = address;

	if (code == -ENXIO && physical)
		return fail(err, code, "there is no physical address %llx", at);
	if (code == -ENXIO)
		return fail(err, code, "nothing is mapped at %llx", at);
	if (code == -EIO)
		return fail(err, code, "%s%llx is no memory that can be read",
			    physical ? "physical address " : "", at);
	return call_failed(p, code, "READ", err);
}

static int64_t device_read(struct ptwalk *p, uint64_t address, bool physical, void *buffer,
			   size_t bytes, struct ptwalk_error *err)
{
	static const struct ptwalk_ioc_space kernel = { .kind = PTWALK_SPACE_KERNEL };
	const struct device *d = p->state;
	size_t done = 0;

	while (done < bytes) {
		size_t part = bytes - done < READ_BATCH ? bytes - done : READ_BATCH;
		struct ptwalk_ioc_read read = {
			.space = physical ? kernel : d->space,
			.address = address + done,
			.buffer = (uintptr_t)buffer + done,
			.length = part,
			.flags = physical ? PTWALK_READ_PHYSICAL : 0,
		};
		int ret = call(d, PTWALK_READ, &read);

		if (ret < 0 && !done)
			return read_failed(p, ret, address, physical, err);
		if (ret < 0)
			break;
		done += read.done <= part ? read.done : part;
		/* A short read is the end, or a signal: the next call tells which. */
		if (!read.done)
			break;
	}
	return (int64_t)done;
}

static const struct source_ops device_ops = {
	.name = "device",
	.close = device_close,
	.walk = device_walk,
	.scan = device_scan,
	.read = device_read,
};

static void fill_info(struct ptwalk_info *info, const struct ptwalk_ioc_info *in)
{
	info->known = PTWALK_KNOWN_TABLES | PTWALK_KNOWN_PA_BITS | PTWALK_KNOWN_PTI |
		      PTWALK_KNOWN_KASLR | PTWALK_KNOWN_PHYS_BASE | PTWALK_KNOWN_PAGE_OFFSET |
		      PTWALK_KNOWN_RELEASE;
	info->levels = in->levels;
	info->pa_bits = in->pa_bits;
	info->pti = !!(in->flags & PTWALK_INFO_PTI);
	info->kaslr = !!(in->flags & PTWALK_INFO_KASLR);
	info->encryption = in->encryption;
	info->kernel_root = in->kernel_root;
	info->page_offset = in->page_offset;
	info->phys_base = in->phys_base;
	info->image_offset = in->image_offset;
	memcpy(info->release, in->release, sizeof(in->release));
	info->release[sizeof(in->release) - 1] = '\0';
	for (uint32_t i = 0; i < in->nr_regions && i < PTWALK_MAX_REGIONS; i++)
		region_add(info, in->regions[i].kind, in->regions[i].start, in->regions[i].end);
	region_sort(info);
}

static int ask_info(struct ptwalk *p, struct ptwalk_error *err)
{
	struct device *d = p->state;
	struct ptwalk_ioc_info info = { 0 };
	int ret = call(d, PTWALK_INFO, &info);

	if (ret < 0)
		return call_failed(p, ret, "INFO", err);
	if (info.abi != PTWALK_ABI_VERSION)
		return fail(err, -EPROTO, "%s has version %u of the ABI, and this library %u",
			    PTWALK_DEVICE, info.abi, PTWALK_ABI_VERSION);
	if (info.format != PTWALK_FORMAT_X86_64)
		return fail(err, -EPROTO, "%s has a paging format %u, which this library has not",
			    PTWALK_DEVICE, info.format);
	fill_info(&p->info, &info);
	d->batch = info.max_batch < WALK_BATCH ? info.max_batch : WALK_BATCH;
	if (!d->batch)
		return fail(err, -EPROTO, "%s takes no addresses", PTWALK_DEVICE);
	return space_setup(p, NULL, err);
}

/* Whether the space is there is found out now, not at the first question. */
static int try_space(struct ptwalk *p, struct ptwalk_error *err)
{
	uint64_t va = 0;
	struct ptwalk_walk walk;

	return p->pid ? device_walk(p, &va, 1, &walk, NULL, err) : 0;
}

static int open_failed(const char *path, int code, struct ptwalk_error *err)
{
	if (code == -ENOENT)
		return fail(err, code, "%s is not there (the module is not loaded)", path);
	if (code == -EPERM)
		return fail(err, code,
			    "%s is refused: no CAP_SYS_ADMIN, or the kernel is locked down", path);
	return fail(err, code, "%s: %s", path, strerror(-code));
}

int device_open(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err)
{
	struct device *d;
	int ret;

	d = calloc(1, sizeof(*d));
	if (!d)
		return fail(err, -ENOMEM, "no memory");
	d->fd = open(paths->device, O_RDWR | O_CLOEXEC);
	if (d->fd < 0) {
		ret = open_failed(paths->device, -errno, err);
		free(d);
		return ret;
	}
	d->space.kind = p->flags & PTWALK_OPEN_USER_HALF ? PTWALK_SPACE_USER :
			p->pid				 ? PTWALK_SPACE_PROCESS :
							   PTWALK_SPACE_KERNEL;
	d->space.pid = p->pid;
	p->state = d;
	p->ops = &device_ops;
	p->has_tables = true;
	ret = ask_info(p, err);
	if (ret == 0)
		ret = try_space(p, err);
	if (ret < 0)
		device_close(p);
	return ret;
}
