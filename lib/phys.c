// SPDX-License-Identifier: GPL-2.0-only
/*
 * phys.c - physical memory in order: what a file is, and bytes of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flattened.h"
#include "phys.h"
#include "source.h"

/* Of a regular file with something in it; else a negative errno. A FIFO hangs nobody. */
static int open_regular(const char *path, uint64_t *bytes, struct ptwalk_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int ret = 0;

	if (fd < 0)
		return fail(err, -errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) < 0)
		ret = fail(err, -errno, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		ret = fail(err, -EINVAL, "%s is no regular file", path);
	else if (!st.st_size)
		ret = fail(err, -ENODATA, "%s is empty", path);
	if (ret < 0) {
		close(fd);
		return ret;
	}
	*bytes = st.st_size;
	return fd;
}

int mapped_file_open(struct mapped_file *f, const char *path, struct ptwalk_error *err)
{
	uint64_t bytes;
	int fd = open_regular(path, &bytes, err);
	void *data;
	int ret = 0;

	if (fd < 0)
		return fd;
	data = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		ret = fail(err, -errno, "%s cannot be mapped: %s", path, strerror(errno));
	else
		*f = (struct mapped_file){ .data = data, .bytes = bytes };
	close(fd);
	return ret;
}

void mapped_file_close(struct mapped_file *f)
{
	if (f->data)
		munmap((void *)f->data, f->bytes);
	f->data = NULL;
}

const struct phys_range *phys_find(const struct phys *m, uint64_t pa)
{
	size_t low = 0, high = m->nr_ranges;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct phys_range *r = &m->ranges[middle];

		if (pa < r->pa)
			high = middle;
		else if (pa - r->pa >= r->bytes)
			low = middle + 1;
		else
			return r;
	}
	return NULL;
}

static int read_within(struct phys *m, const struct phys_range *r, uint64_t pa, void *buffer,
		       size_t bytes)
{
	if (r->data) {
		memcpy(buffer, r->data + (pa - r->pa), bytes);
		return 0;
	}
	return m->ops->read(m, pa, buffer, bytes);
}

uint64_t phys_mapped_bytes(const struct phys *m)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < m->nr_ranges; i++)
		if (m->ranges[i].data)
			bytes += m->ranges[i].bytes;
	return bytes;
}

int phys_read(struct phys *m, uint64_t pa, void *buffer, size_t bytes)
{
	while (bytes) {
		const struct phys_range *r = phys_find(m, pa);
		size_t part = bytes;
		int ret;

		if (!r)
			return -ENXIO;
		if (part > r->bytes - (pa - r->pa))
			part = r->bytes - (pa - r->pa);
		if (!r->data && part > 4096 - (pa & 4095))
			part = 4096 - (pa & 4095);
		ret = read_within(m, r, pa, buffer, part);
		if (ret < 0)
			return ret;
		buffer = (char *)buffer + part;
		pa += part;
		bytes -= part;
	}
	return 0;
}

static int by_pa(const void *a, const void *b)
{
	const struct phys_range *x = a, *y = b;

	if (x->pa != y->pa)
		return x->pa < y->pa ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return (x->data > y->data) - (x->data < y->data);
}

static bool goes_on(const struct phys_range *a, const struct phys_range *b)
{
	if (a->pa + a->bytes != b->pa || !a->data != !b->data)
		return false;
	return !a->data || a->data + a->bytes == b->data;
}

/* What of @r lies behind @pa. */
static struct phys_range cut_front(struct phys_range r, uint64_t pa)
{
	uint64_t gone = pa > r.pa ? pa - r.pa : 0;

	if (gone >= r.bytes)
		return (struct phys_range){ 0 };
	return (struct phys_range){ .pa = r.pa + gone,
				    .bytes = r.bytes - gone,
				    .data = r.data ? r.data + gone : NULL };
}

size_t phys_order(struct phys_range *ranges, size_t n)
{
	size_t out = 0;

	if (n)
		qsort(ranges, n, sizeof(*ranges), by_pa);
	for (size_t i = 0; i < n; i++) {
		struct phys_range *last = out ? &ranges[out - 1] : NULL;
		struct phys_range r = cut_front(ranges[i], last ? last->pa + last->bytes : 0);

		if (!r.bytes)
			continue;
		if (last && goes_on(last, &r))
			last->bytes += r.bytes;
		else
			ranges[out++] = r;
	}
	return out;
}

/* ---- which format ---- */

static const struct {
	const char *magic;
	size_t bytes;
	uint32_t format;
} magics[] = {
	{ "\177ELF", 4, PTWALK_FORMAT_ELF },
	{ "EMiL", 4, PTWALK_FORMAT_LIME },
	{ "AVML", 4, PTWALK_FORMAT_LIME },
	{ "KDUMP   ", 8, PTWALK_FORMAT_KDUMP },
	{ "DISKDUMP", 8, PTWALK_FORMAT_KDUMP },
	{ "makedumpfile\0\0\0\0", 16, PTWALK_FORMAT_FLATTENED },
};

/* What the file's first bytes say; RAW where they say nothing. */
static int recognise(const char *path, uint32_t *format, struct ptwalk_error *err)
{
	char head[16] = { 0 };
	uint64_t bytes;
	int fd = open_regular(path, &bytes, err);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = pread(fd, head, sizeof(head), 0);
	if (n < 0)
		fail(err, -errno, "%s: %s", path, strerror(errno));
	close(fd);
	if (n < 0)
		return err ? err->code : -EIO;
	*format = PTWALK_FORMAT_RAW;
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (memcmp(head, magics[i].magic, magics[i].bytes) == 0)
			*format = magics[i].format;
	return 0;
}

/* A sentence about the file in order is one about the file as it was given. */
static void name_given_file(struct ptwalk_error *err, const char *name, const char *given)
{
	char text[sizeof(err->text)];
	char *at = err ? strstr(err->text, name) : NULL;

	if (!at)
		return;
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - err->text), err->text, given,
		 at + strlen(name));
	memcpy(err->text, text, sizeof(text));
}

/* What is in a flattened file, once it is in order, says what it is by itself. */
static int open_flattened(struct phys *m, const struct ptwalk_image_options *o,
			  struct ptwalk_error *err)
{
	struct ptwalk_image_options inner = *o;
	char name[40], detail[sizeof(m->detail)];
	const char *path = name;
	uint32_t format;
	int fd, ret;

	if (o->nr_paths != 1)
		return fail(err, -EINVAL, "a flattened dump is one file, not %u", o->nr_paths);
	ret = flattened_unpack(o->paths[0], &fd, err);
	if (ret < 0)
		return ret;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	inner.paths = &path;
	ret = recognise(name, &format, err);
	if (ret == 0 && format != PTWALK_FORMAT_ELF && format != PTWALK_FORMAT_KDUMP)
		ret = fail(err, -EBADMSG, "%s is flattened, and neither ELF nor kdump inside",
			   o->paths[0]);
	else if (ret == 0)
		ret = format == PTWALK_FORMAT_ELF ? elf_phys_open(m, &inner, err) :
						    kdump_phys_open(m, &inner, err);
	close(fd);
	if (ret < 0) {
		name_given_file(err, name, o->paths[0]);
		return ret;
	}
	snprintf(detail, sizeof(detail), "flattened: %.100s", m->detail);
	memcpy(m->detail, detail, sizeof(detail));
	return 0;
}

typedef int (*phys_open_fn)(struct phys *m, const struct ptwalk_image_options *o,
			    struct ptwalk_error *err);

static const phys_open_fn open_of[] = {
	[PTWALK_FORMAT_ELF] = elf_phys_open,	    [PTWALK_FORMAT_LIME] = lime_phys_open,
	[PTWALK_FORMAT_RAW] = raw_phys_open,	    [PTWALK_FORMAT_KDUMP] = kdump_phys_open,
	[PTWALK_FORMAT_FLATTENED] = open_flattened, [PTWALK_FORMAT_GDB] = gdb_phys_open,
};

static int choose_format(const struct ptwalk_image_options *o, uint32_t *format, bool *guessed,
			 struct ptwalk_error *err)
{
	*format = o->format;
	*guessed = false;
	if (o->format)
		return 0;
	if (o->socket)
		*format = PTWALK_FORMAT_GDB;
	else if (o->nr_bases)
		*format = PTWALK_FORMAT_RAW;
	else if (recognise(o->paths[0], format, err) < 0)
		return err ? err->code : -EIO;
	else
		*guessed = *format == PTWALK_FORMAT_RAW;
	return 0;
}

int phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	uint32_t format;
	bool guessed;
	int ret = choose_format(o, &format, &guessed, err);

	if (ret < 0)
		return ret;
	if (o->nr_paths > 1 && format != PTWALK_FORMAT_KDUMP)
		return fail(err, -EINVAL, "only a split kdump-compressed dump is several files");
	if (o->nr_bases && format != PTWALK_FORMAT_RAW)
		return fail(err, -EINVAL, "where a part lies is told of raw images alone");
	memset(m, 0, sizeof(*m));
	ret = open_of[format](m, o, err);
	if (ret < 0)
		return ret;
	m->format = format;
	m->guessed = guessed;
	if (m->nr_ranges)
		return 0;
	phys_close(m);
	return fail(err, -EBADMSG, "%s has no memory in it", o->socket ? o->socket : o->paths[0]);
}

void phys_close(struct phys *m)
{
	if (m->ops)
		m->ops->close(m);
	m->ops = NULL;
}
