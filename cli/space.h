/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * space.h - what the verbs share that look through a whole space.
 */
#ifndef CLI_SPACE_H
#define CLI_SPACE_H

#include "space_records.h"
#include "walk_record.h"

/**
 * open_own_tables() - opens a space with the rights that its owner has
 *
 * With page-table isolation, the kernel's copy of a process's tables lets nothing be
 * executed; the module then shows the tables that the process itself runs on. NULL
 * with @err, and without a complaint.
 */
struct ptwalk *open_own_tables(const struct ptwalk_open_options *o, struct ptwalk_error *err);

/* The same, with a complaint. */
struct ptwalk *open_own_space(struct cli *c);

/* The processes of the machine, or of the image that @c has; NULL with @err. */
struct ptwalk_processes *begin_processes(const struct cli *c, struct ptwalk_error *err);

/**
 * struct watch - shows how far long work is; stops it when nobody reads the answers
 * @what: what it is at, for the line on standard error; may be NULL
 */
struct watch {
	struct progress progress;
	const struct out *out;
	const char *what;
};

/* Has @w watch what @p is asked. @w must outlive the questions; watch_end() wipes. */
void watch(struct watch *w, struct ptwalk *p, const struct out *out, const char *what);
void watch_end(struct watch *w);

/* A callback returns this to stop: standard output is closed. */
#define STOPPED 1

#endif
