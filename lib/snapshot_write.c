// SPDX-License-Identifier: GPL-2.0-only
/*
 * snapshot_write.c - saves what spaces map. docs/snapshot.md has the format.
 *
 * The file is written under another name beside the one that is asked for, and takes
 * its place when it is complete: there is never half a snapshot.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pass.h"
#include "release.h"
#include "snapshot_code.h"

struct writer {
	int fd;
	char *path; /* of the file that is made */
	struct range_code code;
	struct crc64 crc;
	struct ptwalk_error *err;
	bool many; /* spaces */
	size_t used;
	unsigned char buffer[1 << 16];
};

static int flush(struct writer *w)
{
	size_t done = 0;

	while (done < w->used) {
		ssize_t n = write(w->fd, w->buffer + done, w->used - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(w->err, -errno, "%s: %s", w->path, strerror(errno));
		done += n;
	}
	w->used = 0;
	return 0;
}

static int add(struct writer *w, const void *bytes, size_t n)
{
	int ret = w->used + n > sizeof(w->buffer) ? flush(w) : 0;

	memcpy(w->buffer + w->used, bytes, n);
	w->used += n;
	crc64_add(&w->crc, bytes, n);
	return ret;
}

static int add_head(struct writer *w, const struct ptwalk_info *info, unsigned int n)
{
	unsigned char head[168 + 20 * PTWALK_INFO_MAX_REGIONS];
	unsigned char *to = head;

	memcpy(to, SNAPSHOT_MAGIC, SNAPSHOT_MAGIC_BYTES);
	to = put_fixed(to + SNAPSHOT_MAGIC_BYTES, SNAPSHOT_VERSION, 4);
	to = put_fixed(to, n, 4);
	to = put_fixed(to, info->known, 4);
	to = put_fixed(to, info->levels, 4);
	to = put_fixed(to, info->pa_bits, 4);
	to = put_fixed(to, info->pti, 4);
	to = put_fixed(to, info->kaslr, 4);
	to = put_fixed(to, info->nr_regions, 4);
	to = put_fixed(to, info->encryption, 8);
	to = put_fixed(to, info->kernel_root, 8);
	to = put_fixed(to, info->page_offset, 8);
	to = put_fixed(to, info->phys_base, 8);
	to = put_fixed(to, info->image_offset, 8);
	memcpy(to, info->format, sizeof(info->format));
	to += sizeof(info->format);
	memcpy(to, info->release, sizeof(info->release));
	to += sizeof(info->release);
	for (uint32_t i = 0; i < info->nr_regions; i++) {
		to = put_fixed(to, info->regions[i].start, 8);
		to = put_fixed(to, info->regions[i].end, 8);
		to = put_fixed(to, info->regions[i].kind, 4);
	}
	return add(w, head, to - head);
}

static int add_range(void *ctx, const struct ptwalk_range *r)
{
	struct writer *w = ctx;
	unsigned char bytes[SNAPSHOT_MAX_RANGE];
	size_t n = range_encode(&w->code, r, bytes);

	if (!n)
		return fail(w->err, -EINVAL, "the range at %llx begins within a page",
			    (unsigned long long)r->start);
	return add(w, bytes, n);
}

static unsigned int flags_of(const struct ptwalk *p)
{
	return (p->has_tables ? SNAPSHOT_HAS_ENTRIES : 0) |
	       (p->flags & PTWALK_OPEN_USER_HALF ? SNAPSHOT_USER_HALF : 0);
}

static int add_space_head(struct writer *w, const struct ptwalk *p, const char *name)
{
	unsigned char head[19 + SNAPSHOT_NAME_BYTES], *to = head;
	size_t bytes = name ? strnlen(name, SNAPSHOT_NAME_BYTES) : 0;

	to = put_fixed(to, p->pid, 4);
	to = put_fixed(to, p->space.format ? p->space.format->nr_levels : 0, 1);
	to = put_fixed(to, flags_of(p), 1);
	to = put_fixed(to, p->space.root.v, 8);
	to = put_fixed(to, bytes, 1);
	if (bytes)
		memcpy(to, name, bytes);
	return add(w, head, to + bytes - head);
}

static int add_space(struct writer *w, struct ptwalk *p, const char *name)
{
	unsigned char mark[1];
	int ret = add_space_head(w, p, name);

	range_code_init(&w->code, p->has_tables, own_half(p).start);
	if (!ret)
		ret = pass_over(p, own_half(p), add_range, w, w->err);
	/* Of many processes one may end meanwhile: what it had until then is kept. */
	if (ret == -ESRCH && w->many)
		ret = 0;
	return ret ? ret : add(w, mark, range_encode_end(mark));
}

static int add_checksum(struct writer *w)
{
	unsigned char sum[SNAPSHOT_CHECKSUM_BYTES];

	put_fixed(sum, crc64_sum(&w->crc), sizeof(sum));
	return add(w, sum, sizeof(sum));
}

/* The order of the spaces in the file: by pid. */
static int by_pid(const void *a, const void *b, void *spaces)
{
	struct ptwalk * const *s = spaces;
	uint32_t x = s[*(const unsigned int *)a]->pid, y = s[*(const unsigned int *)b]->pid;

	return (x > y) - (x < y);
}

static int put_in_order(unsigned int *order, struct ptwalk * const *spaces, unsigned int n,
			struct ptwalk_error *err)
{
	for (unsigned int i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_pid, (void *)spaces);
	for (unsigned int i = 1; i < n; i++)
		if (spaces[order[i]]->pid == spaces[order[i - 1]]->pid)
			return fail(err, -EINVAL, "pid %u is there twice", spaces[order[i]]->pid);
	return 0;
}

static int write_all(struct writer *w, struct ptwalk * const *spaces, const char * const *names,
		     unsigned int n)
{
	unsigned int *order = calloc(n, sizeof(*order));
	int ret;

	if (!order)
		return fail(w->err, -ENOMEM, "no memory for %u spaces", n);
	ret = put_in_order(order, spaces, n, w->err);
	if (!ret) {
		space_learn_release(spaces[order[0]]);
		ret = add_head(w, &spaces[order[0]]->info, n);
	}
	for (unsigned int i = 0; i < n && !ret; i++)
		ret = add_space(w, spaces[order[i]], names ? names[order[i]] : NULL);
	free(order);
	ret = ret ? ret : add_checksum(w);
	return ret ? ret : flush(w);
}

/* A device or a pipe is not to be replaced by a file. */
static int open_beside(struct writer *w, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return fail(w->err, -EINVAL, "%s is no regular file", path);
	if (asprintf(&w->path, "%s.XXXXXX", path) < 0) {
		w->path = NULL;
		return fail(w->err, -ENOMEM, "no memory");
	}
	w->fd = mkostemp(w->path, O_CLOEXEC);
	return w->fd < 0 ? fail(w->err, -errno, "%s: %s", w->path, strerror(errno)) : 0;
}

static int put_in_place(struct writer *w, const char *path)
{
	if (fsync(w->fd) < 0)
		return fail(w->err, -errno, "%s: %s", w->path, strerror(errno));
	if (rename(w->path, path) < 0)
		return fail(w->err, -errno, "%s: %s", path, strerror(errno));
	return 0;
}

int ptwalk_snapshot_write(const char *path, struct ptwalk * const *spaces,
			  const char * const *names, unsigned int n, struct ptwalk_error *err)
{
	struct writer *w;
	int ret;

	if (!n)
		return fail(err, -EINVAL, "a snapshot is of one space at least");
	w = calloc(1, sizeof(*w));
	if (!w)
		return fail(err, -ENOMEM, "no memory");
	w->err = err;
	w->fd = -1;
	w->many = n > 1;
	crc64_init(&w->crc);
	ret = open_beside(w, path);
	if (!ret) {
		ret = write_all(w, spaces, names, n);
		ret = ret ? ret : put_in_place(w, path);
		if (ret)
			unlink(w->path);
		close(w->fd);
	}
	free(w->path);
	free(w);
	return ret;
}
