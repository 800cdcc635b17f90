/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snapshot.h - ranges that were saved. docs/snapshot.md has the format. Private.
 */
#ifndef LIB_SNAPSHOT_H
#define LIB_SNAPSHOT_H

#include "image.h"

struct snapshot;

/*
 * Opens and checks a file: 0, or -ENOEXEC (no snapshot), -EBADMSG (broken: its checksum
 * is not its content's), -EPROTO (of a version that is not known), -ENOMEM, errno of open.
 * Fills @im->kernel as it was when the snapshot was made.
 */
int snapshot_open(struct snapshot **snapshot, struct ptwalk_image *im, const char *path,
		  struct ptwalk_error *err);
void snapshot_close(struct snapshot *s);

/* A space of it: sets ops and state of @p, whose pid is set. -ESRCH: it is not in it. */
int snapshot_space_open(struct ptwalk *p, struct ptwalk_image *im, struct ptwalk_error *err);

/* Its spaces: 0 for @i of the kernel or of a process, -ENOENT behind the last. */
int snapshot_process(const struct snapshot *s, size_t i, struct ptwalk_process *process);

#endif
