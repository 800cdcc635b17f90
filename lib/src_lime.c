// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_lime.c - a LiME dump as physical memory, mapped: a header of 32 bytes before each
 * range. Sources: LiME 1.9, doc/README.md, "LiME Memory Range Header Version 1"; AVML
 * 0.11, src/image.rs, which writes the same when it does not compress.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phys.h"

#define LIME_MAGIC 0x4c694d45U
#define AVML_MAGIC 0x4c4d5641U

/* More than these is no dump. */
#define LIME_MAX_RANGES (1U << 20)

struct lime_header {
	uint32_t magic;
	uint32_t version;
	uint64_t start;
	uint64_t last; /* of the last byte */
	uint64_t reserved;
};

/**
 * struct lime - a dump that is being read, or was
 * @ranges: @nr_ranges, with room for @room
 * @missing_bytes: cut off at the file's end
 */
struct lime {
	struct mapped_file file;
	const char *path;
	struct phys_range *ranges;
	size_t nr_ranges;
	size_t room;
	uint64_t missing_bytes;
};

static void lime_free(struct lime *l)
{
	free(l->ranges);
	mapped_file_close(&l->file);
	free(l);
}

static void lime_phys_close(struct phys *m)
{
	lime_free(m->state);
}

static const struct phys_ops lime_ops = {
	.format = PTWALK_FORMAT_LIME,
	.close = lime_phys_close,
};

static int check_magic(const struct lime *l, const struct lime_header *h, uint64_t at,
		       struct ptwalk_error *err)
{
	if (h->magic == LIME_MAGIC)
		return 0;
	if (h->magic == AVML_MAGIC)
		return fail(err, -EOPNOTSUPP,
			    "%s is compressed by AVML (its version %u): avml-convert makes a "
			    "LiME dump of it",
			    l->path, h->version);
	if (at == 0)
		return fail(err, -ENOEXEC, "%s is no LiME dump", l->path);
	return fail(err, -EBADMSG, "%s has no LiME header at offset %llu", l->path,
		    (unsigned long long)at);
}

static int check_header(const struct lime *l, const struct lime_header *h, uint64_t at,
			struct ptwalk_error *err)
{
	int ret = check_magic(l, h, at, err);

	if (ret < 0)
		return ret;
	if (h->version != 1)
		return fail(err, -EOPNOTSUPP, "%s is LiME of version %u; only version 1 is known",
			    l->path, h->version);
	if (h->last < h->start || h->last == ~0ULL)
		return fail(err, -EBADMSG, "%s has a range from %llx to %llx, which is none",
			    l->path, (unsigned long long)h->start, (unsigned long long)h->last);
	return 0;
}

static int add_range(struct lime *l, const struct phys_range *range, struct ptwalk_error *err)
{
	if (l->nr_ranges == l->room) {
		size_t room = l->room ? 2 * l->room : 64;
		struct phys_range *more;

		if (room > LIME_MAX_RANGES)
			return fail(err, -EBADMSG, "%s has more than %u ranges", l->path,
				    LIME_MAX_RANGES);
		more = reallocarray(l->ranges, room, sizeof(*more));
		if (!more)
			return fail(err, -ENOMEM, "no memory for %zu ranges", room);
		l->ranges = more;
		l->room = room;
	}
	l->ranges[l->nr_ranges++] = *range;
	return 0;
}

/* The file ends within this header, which begins @left bytes before its end. */
static int add_cut_header(struct lime *l, const struct lime_header *h, uint64_t left,
			  struct ptwalk_error *err)
{
	uint64_t at = l->file.bytes - left;
	int ret = 0;

	if (left >= sizeof(h->magic))
		ret = check_magic(l, h, at, err);
	if (ret < 0)
		return ret;
	if (at == 0)
		return left < sizeof(h->magic) ?
			       fail(err, -ENOEXEC, "%s is no LiME dump", l->path) :
			       fail(err, -EBADMSG, "%s ends within its first header", l->path);
	if (left < offsetof(struct lime_header, reserved)) {
		/* How much it had to tell of is not known: its own rest stands for that. */
		l->missing_bytes += sizeof(*h) - left;
		return 0;
	}
	ret = check_header(l, h, at, err);
	if (ret == 0)
		l->missing_bytes += h->last - h->start + 1;
	return ret;
}

/* What begins at *@at, which is moved behind it. */
static int read_range(struct lime *l, uint64_t *at, struct ptwalk_error *err)
{
	uint64_t left = l->file.bytes - *at, bytes;
	struct lime_header h = { 0 };
	struct phys_range range;
	int ret;

	memcpy(&h, l->file.data + *at, left < sizeof(h) ? left : sizeof(h));
	if (left < sizeof(h)) {
		*at = l->file.bytes;
		return add_cut_header(l, &h, left, err);
	}
	ret = check_header(l, &h, *at, err);
	if (ret < 0)
		return ret;
	left -= sizeof(h);
	bytes = h.last - h.start + 1;
	range = (struct phys_range){ .pa = h.start,
				     .bytes = bytes < left ? bytes : left,
				     .data = l->file.data + *at + sizeof(h) };
	l->missing_bytes += bytes - range.bytes;
	*at += sizeof(h) + range.bytes;
	return range.bytes ? add_range(l, &range, err) : 0;
}

static int read_ranges(struct lime *l, struct ptwalk_error *err)
{
	uint64_t at = 0;
	int ret = 0;

	while (ret == 0 && at < l->file.bytes)
		ret = read_range(l, &at, err);
	return ret;
}

int lime_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	struct lime *l = calloc(1, sizeof(*l));
	int ret;

	if (!l)
		return fail(err, -ENOMEM, "no memory");
	l->path = o->paths[0];
	ret = mapped_file_open(&l->file, l->path, err);
	if (ret == 0)
		ret = read_ranges(l, err);
	if (ret < 0) {
		lime_free(l);
		return ret;
	}
	*m = (struct phys){
		.ops = &lime_ops, .state = l, .ranges = l->ranges, .missing_bytes = l->missing_bytes
	};
	snprintf(m->detail, sizeof(m->detail), "a LiME dump of %zu range%s", l->nr_ranges,
		 l->nr_ranges == 1 ? "" : "s");
	m->nr_ranges = phys_order(l->ranges, l->nr_ranges);
	return 0;
}
