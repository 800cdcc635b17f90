/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tasks.h - the processes of an image, by its symbols and types. Private.
 */
#ifndef LIB_TASKS_H
#define LIB_TASKS_H

#include "image.h"

struct tasks;

/* As ptwalk_image_processes_begin(). */
int tasks_open(struct tasks **tasks, struct ptwalk_image *im, struct ptwalk_error *err);
void tasks_close(struct tasks *t);

/* 1 with @process filled, 0 when all are told, -EBADMSG where the list is broken. */
int tasks_next(struct tasks *t, struct ptwalk_process *process, struct ptwalk_error *err);

/*
 * The top table of a process, by its pid: 0 with *@root (the kernel's half of it where
 * there is page-table isolation), or -ESRCH (no such process, or a kernel thread), and
 * as tasks_open(). All of them are kept by pid in im->task_index when the first one is
 * asked for: 16 bytes each.
 */
int task_root(struct ptwalk_image *im, uint32_t pid, uint64_t *root, struct ptwalk_error *err);

void task_index_destroy(struct task_index *index);

#endif
