/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snapshot_file.h - a snapshot that is open, between snapshot.c, which sees to it that it
 * makes sense, and src_snapshot.c, which answers from it. Private to the two.
 */
#ifndef LIB_SNAPSHOT_FILE_H
#define LIB_SNAPSHOT_FILE_H

#include "snapshot.h"
#include "snapshot_code.h"

#define SNAPSHOT_RANGE_FLAGS                                                          \
	(PTWALK_REPEATS | PTWALK_WALK_RIGHTS_OF_MAPPING | PTWALK_WALK_SIZE_INFERRED | \
	 PTWALK_WALK_SWAPPED | PTWALK_WALK_NO_ACCESS)

#define SNAPSHOT_MIN_SPACE 16 /* bytes: its head, and the mark behind no range */
#define SNAPSHOT_MIN_FILE (168 + SNAPSHOT_MIN_SPACE + SNAPSHOT_CHECKSUM_BYTES)

/* @ranges: where they begin in the file */
struct snapshot_space {
	uint32_t pid;
	bool has_entries;
	bool user_half;
	uint64_t root;
	const struct ptw_format *format; /* NULL where not known */
	char name[SNAPSHOT_NAME_BYTES + 1];
	const unsigned char *ranges;
	size_t nr_ranges;
	uint64_t mapped_bytes;
};

/* @spaces: @nr_spaces, in order of pid; @end: behind the last of them */
struct snapshot {
	struct mapped_file file;
	const unsigned char *end;
	struct snapshot_space *spaces;
	size_t nr_spaces;
};

/* Looks through @s->file, which is mapped: 0 with the rest of @s and @info, or as
 * snapshot_open(). */
int snapshot_parse(struct snapshot *s, struct ptwalk_info *info, const char *path,
		   struct ptwalk_error *err);

/* One pass over the ranges of a space. */
struct snapshot_reader {
	const struct snapshot_space *space;
	struct bytes_in in;
	struct range_code code;
	bool any;
};

void snapshot_begin(struct snapshot_reader *rd, const struct snapshot_space *space,
		    const unsigned char *end);

/* 1 with @r, which makes sense; 0 behind the last; -EBADMSG with what is wrong. */
int snapshot_next(struct snapshot_reader *rd, struct ptwalk_range *r, const char **what);

extern const struct source_ops snapshot_ops;

#endif
