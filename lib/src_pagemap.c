// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_pagemap.c - /proc/PID/pagemap: the frames of a process, without tables.
 * pagemap.c reads one page, and says what is to be known of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "convert.h"
#include "pagemap.h"
#include "procfs.h"

static void pagemap_close(struct ptwalk *p)
{
	struct pagemap *g = p->state;

	close(g->fd);
	if (g->mem_fd >= 0)
		close(g->mem_fd);
	if (g->flags_fd >= 0)
		close(g->flags_fd);
	vmas_free(&g->vmas);
	free(g);
}

static uint8_t level_of(const struct ptwalk *p, uint64_t page_bytes)
{
	const struct ptw_format *f = p->space.format;

	for (unsigned int i = 0; i < f->nr_levels; i++)
		if (ptw_level_bytes(f, i) == page_bytes)
			return i;
	return PTWALK_NO_LEVEL;
}

static const struct vma *vma_at(const struct pagemap *g, uint64_t va)
{
	const struct vma *vma = vmas_find(&g->vmas, va);

	return vma && vma->start <= va ? vma : NULL;
}

/* The half of the address space that is a process's own. */
static uint64_t user_end(const struct ptwalk *p)
{
	return 1ULL << (p->space.format->va_bits - 1);
}

static int walk_one(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		    struct ptwalk_error *err)
{
	const struct vma *vma;
	struct page page;
	int ret;

	memset(out, 0, sizeof(*out));
	memset(out->decided, PTWALK_NO_LEVEL, sizeof(out->decided));
	out->va = *va;
	out->level = PTWALK_NO_LEVEL;
	if (*va >= user_end(p)) {
		out->end = ptw_canonical(p->space.format, ptw_va(*va)) ? PTWALK_UNKNOWN :
									 PTWALK_NONCANONICAL;
		return 0;
	}
	vma = vma_at(p->state, *va);
	ret = pagemap_need(p, vma, va, n, err);
	if (ret == 0)
		ret = pagemap_look_at(p, vma, *va, &page, err);
	if (ret < 0)
		return ret;
	out->end = page.what;
	out->flags = page.flags;
	if (page.what != PTWALK_LEAF)
		return 0;
	out->pa = page.pa;
	out->page_bytes = page.page_bytes;
	out->rights = page.rights;
	out->level = level_of(p, page.page_bytes);
	return 0;
}

static int pagemap_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
			struct ptwalk_page *pages, struct ptwalk_error *err)
{
	int ret;

	if (pages)
		return fail(err, -EOPNOTSUPP, "pagemap has no page details; the module has");
	ret = pagemap_begin(p, err);
	for (size_t i = 0; i < n && ret == 0; i++)
		ret = walk_one(p, va + i, n - i, out + i, err);
	return ret;
}

/* Adds to the last range, or begins one; false where there is no room. */
static bool add_range(struct ptwalk_range *ranges, unsigned int *nr, unsigned int max,
		      const struct ptwalk_range *r)
{
	struct ptwalk_range *last = *nr ? &ranges[*nr - 1] : NULL;

	if (last && last->end == r->start && last->what == r->what && last->rights == r->rights &&
	    last->page_bytes == r->page_bytes && last->flags == r->flags &&
	    (r->what != PTWALK_LEAF || r->pa == last->pa + (last->end - last->start))) {
		last->end = r->end;
		return true;
	}
	if (*nr == max)
		return false;
	ranges[(*nr)++] = *r;
	return true;
}

/* One page, as a range; it ends where the page, the mapping or the question does. */
static int page_range(struct ptwalk *p, const struct vma *vma, uint64_t at, uint64_t end,
		      struct ptwalk_range *r, struct ptwalk_error *err)
{
	struct page page;
	int ret = pagemap_look_at(p, vma, at, &page, err);

	if (ret < 0)
		return ret;
	*r = (struct ptwalk_range){
		.start = at,
		.end = (at & ~(page.page_bytes - 1)) + page.page_bytes,
		.pa = page.pa,
		.page_bytes = page.what == PTWALK_LEAF || page.what == PTWALK_SOFTWARE ?
				      page.page_bytes :
				      0,
		.what = page.what,
		.level = page.what == PTWALK_LEAF ? level_of(p, page.page_bytes) : 0,
		.rights = page.rights,
		.flags = page.flags,
	};
	if (r->end > vma->end)
		r->end = vma->end;
	if (r->end > end)
		r->end = end;
	return 0;
}

/* The part of a mapping from c->at on, block by block. Return 0, 1 where full. */
static int scan_vma(struct ptwalk *p, const struct vma *vma, uint64_t end, struct cursor *c,
		    struct ptwalk_range *ranges, unsigned int *nr, unsigned int max,
		    struct ptwalk_error *err)
{
	struct ptwalk_range r;
	int ret;

	while (c->at < vma->end && c->at < end) {
		if (!pagemap_has(p->state, c->at)) {
			ret = pagemap_read_block(p, c->at, err);
			if (ret < 0)
				return ret;
		}
		ret = page_range(p, vma, c->at, end, &r, err);
		if (ret < 0)
			return ret;
		if ((c->holes || r.what != PTWALK_NONE) && !add_range(ranges, nr, max, &r))
			return 1;
		c->at = r.end;
	}
	return 0;
}

static bool add_hole(struct cursor *c, uint64_t end, uint8_t what, struct ptwalk_range *ranges,
		     unsigned int *nr, unsigned int max)
{
	const struct ptwalk_range hole = { .start = c->at, .end = end, .what = what };

	if (c->at == end)
		return true;
	if ((c->holes || what == PTWALK_UNKNOWN) && !add_range(ranges, nr, max, &hole))
		return false;
	c->at = end;
	return true;
}

/* Above a process's own half: the gap, and the kernel's, of which nothing is told. */
static int scan_above(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges,
		      unsigned int nr, unsigned int max)
{
	uint64_t kernel = -user_end(p);

	if (c->at < kernel && !add_hole(c, c->end - 1 < kernel - 1 ? c->end : kernel,
					PTWALK_NONCANONICAL, ranges, &nr, max))
		return (int)nr;
	if (c->at != c->end && !add_hole(c, c->end, PTWALK_UNKNOWN, ranges, &nr, max))
		return (int)nr;
	c->over = true;
	return (int)nr;
}

static int pagemap_scan(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges,
			unsigned int max, struct ptwalk_error *err)
{
	struct pagemap *g = p->state;
	uint64_t end = c->end - 1 < user_end(p) - 1 ? c->end : user_end(p);
	unsigned int nr = 0;
	int ret = pagemap_begin(p, err);

	while (ret == 0 && c->at < end) {
		const struct vma *vma = vmas_find(&g->vmas, c->at);
		uint64_t begins = vma && vma->start < end ? vma->start : end;

		if (begins > c->at && !add_hole(c, begins, PTWALK_NONE, ranges, &nr, max))
			ret = 1;
		else if (begins < end)
			ret = scan_vma(p, vma, end, c, ranges, &nr, max, err);
	}
	if (ret < 0)
		return ret;
	if (ret > 0)
		return (int)nr;
	return scan_above(p, c, ranges, nr, max);
}

/*
 * One page at most. It must be there already: /proc/PID/mem would have it faulted
 * in, and would read a device through a PFN-mapping.
 */
static int64_t read_page(struct ptwalk *p, uint64_t va, void *buffer, size_t bytes,
			 struct ptwalk_error *err)
{
	struct pagemap *g = p->state;
	struct ptwalk_walk w;
	size_t part = PAGE_BYTES - va % PAGE_BYTES;
	ssize_t n;
	int ret = walk_one(p, &va, 1, &w, err);

	if (ret < 0)
		return ret;
	if (w.end == PTWALK_UNKNOWN)
		return fail(err, -EIO, "%llx is no memory that pagemap knows of",
			    (unsigned long long)va);
	if (w.end != PTWALK_LEAF)
		return fail(err, -ENXIO, "nothing is mapped at %llx", (unsigned long long)va);
	n = pread(g->mem_fd, buffer, part < bytes ? part : bytes, (off_t)va);
	if (n < 0)
		return fail(err, -errno, "%s/mem at %llx: %s", g->path, (unsigned long long)va,
			    strerror(errno));
	return n ? n : pagemap_gone(p, err);
}

static int open_mem(struct pagemap *g, struct ptwalk_error *err)
{
	char path[80];

	if (g->mem_fd >= 0)
		return 0;
	snprintf(path, sizeof(path), "%s/mem", g->path);
	g->mem_fd = open(path, O_RDONLY | O_CLOEXEC);
	return g->mem_fd < 0 ? fail(err, -errno, "%s: %s", path, strerror(errno)) : 0;
}

static int64_t pagemap_read(struct ptwalk *p, uint64_t address, bool physical, void *buffer,
			    size_t bytes, struct ptwalk_error *err)
{
	size_t done = 0;
	int ret;

	if (physical)
		return fail(err, -EOPNOTSUPP,
			    "pagemap has no physical memory (asked for %llx); the module has",
			    (unsigned long long)address);
	ret = pagemap_begin(p, err);
	if (ret == 0)
		ret = open_mem(p->state, err);
	if (ret < 0)
		return ret;
	while (done < bytes) {
		int64_t n = read_page(p, address + done, (char *)buffer + done, bytes - done, err);

		if (n < 0)
			return done ? (int64_t)done : n;
		done += n;
	}
	return (int64_t)done;
}

static const struct source_ops pagemap_ops = {
	.name = "pagemap",
	.unlocked = false,
	.close = pagemap_close,
	.walk = pagemap_walk,
	.scan = pagemap_scan,
	.read = pagemap_read,
};

/* Whether this process may see frame numbers: its own stack has one. */
static bool frames_are_hidden(const char *proc)
{
	uint64_t entry = 0;
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "%s/self/pagemap", proc);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	if (pread(fd, &entry, 8, (off_t)((uintptr_t)&entry / PAGE_BYTES * 8)) != 8)
		entry = 0;
	close(fd);
	return !(entry & PM_FRAME);
}

static int learn(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err)
{
	const struct cpu_facts facts = read_cpuinfo(paths->cpuinfo);
	int ret;

	add_cpu_facts(&p->info, &facts);
	add_release(&p->info);
	p->info.levels = facts.la57 ? 5 : 4;
	ret = space_setup(p, NULL, err);
	/* Which format there is was inferred; tables were not seen. */
	p->info.levels = 0;
	if (ret == 0)
		region_add(&p->info, PTWALK_IN_USER, 0, user_end(p));
	return ret;
}

static int open_files(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err)
{
	struct pagemap *g = p->state;
	char path[80];

	snprintf(g->path, sizeof(g->path), "%s/%u", paths->proc, p->pid);
	snprintf(path, sizeof(path), "%s/pagemap", g->path);
	g->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (g->fd < 0 && (errno == ESRCH || (errno == ENOENT && access(g->path, F_OK) < 0)))
		return fail(err, -ESRCH, "there is no process %u", p->pid);
	if (g->fd < 0)
		return fail(err, -errno, "%s: %s", path, strerror(errno));
	if (frames_are_hidden(paths->proc))
		return fail(err, -EPERM, "%s hides its frame numbers from who lacks CAP_SYS_ADMIN",
			    path);
	snprintf(path, sizeof(path), "%s/kpageflags", paths->proc);
	g->flags_fd = open(path, O_RDONLY | O_CLOEXEC);
	return 0;
}

int pagemap_open(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err)
{
	struct pagemap *g;
	int ret;

	if (!p->pid)
		return fail(err, -EOPNOTSUPP, "pagemap has processes, not the kernel; name a pid");
	if (p->flags & PTWALK_OPEN_USER_HALF)
		return fail(err, -EOPNOTSUPP, "pagemap does not see the user half's tables");
	g = calloc(1, sizeof(*g));
	if (!g)
		return fail(err, -ENOMEM, "no memory");
	g->fd = g->mem_fd = g->flags_fd = -1;
	p->state = g;
	p->ops = &pagemap_ops;
	ret = open_files(p, paths, err);
	if (ret == 0)
		ret = learn(p, paths, err);
	if (ret == 0)
		ret = pagemap_begin(p, err);
	if (ret < 0)
		pagemap_close(p);
	return ret;
}
