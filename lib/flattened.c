// SPDX-License-Identifier: GPL-2.0-only
/*
 * flattened.c - puts a flattened dump in order. Source: makedumpfile 1.7.2,
 * makedumpfile.h (struct makedumpfile_header, makedumpfile_data_header) and its
 * IMPLEMENTATION file; qemu writes the same (7.2, dump/dump.c). Numbers are big-endian:
 * a header of 4096 bytes {signature[16], type 1, version 1}, then records {offset,
 * size} with their bytes, then {-1, -1}.
 */
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <fcntl.h>
#include <unistd.h>

#include "flattened.h"
#include "phys.h"

#define HEADER_BYTES 4096
#define SIGNATURE "makedumpfile\0\0\0"
#define SIGNATURE_BYTES 16
#define END_MARK (~0ULL)

struct record {
	uint64_t offset; /* in the dump */
	uint64_t bytes;
	const unsigned char *data;
};

/* A stream, and how far it was read. */
struct stream {
	const char *path;
	struct mapped_file file;
	uint64_t at;
	uint64_t limit; /* no record reaches beyond it */
};

static uint64_t be64_at(const struct stream *s, uint64_t at)
{
	uint64_t value;

	memcpy(&value, s->file.data + at, sizeof(value));
	return be64toh(value);
}

static int check_header(const struct stream *s, struct ptwalk_error *err)
{
	if (s->file.bytes < SIGNATURE_BYTES ||
	    memcmp(s->file.data, SIGNATURE, SIGNATURE_BYTES) != 0)
		return fail(err, -ENOEXEC, "%s is no flattened dump", s->path);
	if (s->file.bytes < HEADER_BYTES)
		return fail(err, -EBADMSG, "%s ends within its header", s->path);
	if (be64_at(s, 16) != 1 || be64_at(s, 24) != 1)
		return fail(err, -EBADMSG, "%s is flattened in a way that is not known: %llu, %llu",
			    s->path, (unsigned long long)be64_at(s, 16),
			    (unsigned long long)be64_at(s, 24));
	return 0;
}

/* 1 with the next record, perhaps cut short; 0 where there is none. */
static int next_record(struct stream *s, struct record *r, struct ptwalk_error *err)
{
	uint64_t left = s->file.bytes - s->at;

	if (left < 16)
		return 0;
	r->offset = be64_at(s, s->at);
	r->bytes = be64_at(s, s->at + 8);
	if (r->offset == END_MARK && r->bytes == END_MARK)
		return 0;
	if (r->bytes > s->limit || r->offset > s->limit - r->bytes)
		return fail(err, -EBADMSG,
			    "%s has a record at %llu that cannot be: %llu bytes for %llu", s->path,
			    (unsigned long long)s->at, (unsigned long long)r->bytes,
			    (unsigned long long)r->offset);
	r->data = s->file.data + s->at + 16;
	s->at += 16;
	left -= 16;
	if (r->bytes > left)
		r->bytes = left;
	s->at += r->bytes;
	return 1;
}

static int write_record(int fd, const struct record *r)
{
	uint64_t done = 0;

	while (done < r->bytes) {
		ssize_t n = pwrite(fd, r->data + done, r->bytes - done, (off_t)(r->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += n;
	}
	return 0;
}

static int write_records(struct stream *s, int fd, struct ptwalk_error *err)
{
	uint64_t written = 0;
	struct record r = { 0 };
	int ret;

	s->at = HEADER_BYTES;
	while ((ret = next_record(s, &r, err)) > 0) {
		ret = write_record(fd, &r);
		if (ret < 0)
			return fail(err, ret, "%s cannot be put in order in memory: %s", s->path,
				    strerror(-ret));
		written += r.bytes;
	}
	if (ret == 0 && !written)
		return fail(err, -EBADMSG, "%s has no records", s->path);
	return ret;
}

/* What was put in order changes no more. */
static int seal(int fd)
{
	return fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
}

int flattened_unpack(const char *path, int *fd, struct ptwalk_error *err)
{
	struct stream s = { .path = path };
	int ret = mapped_file_open(&s.file, path, err);

	if (ret < 0)
		return ret;
	s.limit = FLATTENED_MAX_SPREAD * s.file.bytes + FLATTENED_MAX_SLACK;
	*fd = -1;
	ret = check_header(&s, err);
	if (ret == 0) {
		*fd = memfd_create("ptwalk-flattened", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		if (*fd < 0)
			ret = fail(err, -errno, "no memory to put %s in order: %s", path,
				   strerror(errno));
	}
	if (ret == 0)
		ret = write_records(&s, *fd, err);
	if (ret == 0 && seal(*fd) < 0)
		ret = fail(err, -errno, "%s, put in order, cannot be sealed: %s", path,
			   strerror(errno));
	if (ret < 0 && *fd >= 0)
		close(*fd);
	mapped_file_close(&s.file);
	return ret;
}
