// SPDX-License-Identifier: GPL-2.0-only
/*
 * tasks.c - the processes of an image: the kernel's list of them, by its symbols and
 * types. Kernel threads and zombies have no mm of their own, and are left out.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"
#include "task_list.h"
#include "tasks.h"
#include "types.h"

/**
 * struct tasks - a walk through the list
 * @memory: the kernel's; @space: its tables, for what a pgd's address is
 */
struct tasks {
	struct ptwalk_image *im;
	struct kernel_memory memory;
	struct task_list list;
};

static int read_kernel(void *ctx, uint64_t va, void *buffer, size_t bytes)
{
	return image_read_kernel(ctx, va, buffer, bytes);
}

/* A member of at least @least bytes, and no struct of a size that none has. */
static int member(struct types *t, const char *type, const char *name, uint64_t least,
		  uint64_t *offset, uint64_t *bytes, struct ptwalk_error *err)
{
	if (types_member(t, type, name, offset, bytes) == 0 && *bytes >= least &&
	    *offset < 1u << 20)
		return 0;
	return fail(err, -EOPNOTSUPP, "the types in the image have no struct %s with a %s", type,
		    name);
}

static int find_layout(struct ptwalk_image *im, struct task_layout *l, struct ptwalk_error *err)
{
	struct types *t;
	uint64_t bytes;
	int ret = image_types(im, &t, err);

	if (ret == 0)
		ret = member(t, "task_struct", "tasks", 16, &l->tasks, &bytes, err);
	if (ret == 0)
		ret = member(t, "task_struct", "tgid", 4, &l->pid, &bytes, err);
	if (ret == 0)
		ret = member(t, "task_struct", "mm", 8, &l->mm, &bytes, err);
	if (ret == 0)
		ret = member(t, "mm_struct", "pgd", 8, &l->pgd, &bytes, err);
	if (ret == 0)
		ret = member(t, "task_struct", "comm", 1, &l->comm, &l->comm_bytes, err);
	return ret;
}

/* What tells a kernel thread that has a process's mm for a while. */
static void find_flags(struct ptwalk_image *im, struct task_layout *l)
{
	uint64_t bytes;

	l->has_flags = types_member(im->types, "task_struct", "flags", &l->flags, &bytes) == 0 &&
		       bytes == 4;
}

/* Where the other threads of a process are; without it, their tables are not found. */
static void find_threads(struct ptwalk_image *im, struct task_layout *l)
{
	uint64_t bytes;

	l->has_threads =
		types_member(im->types, "task_struct", "signal", &l->signal, &bytes) == 0 &&
		types_member(im->types, "signal_struct", "thread_head", &l->thread_head, &bytes) ==
			0 &&
		types_member(im->types, "task_struct", "thread_node", &l->thread_node, &bytes) == 0;
}

static int begin(struct tasks *t, struct ptwalk_error *err)
{
	struct task_layout layout = { .has_threads = false };
	struct symbols *symbols;
	uint64_t init_task;
	int ret = image_symbols(t->im, &symbols, err);

	if (ret < 0)
		return ret;
	if (symbols_find(symbols, "init_task", &init_task) < 0)
		return fail(err, -EOPNOTSUPP, "the symbols in the image have no init_task");
	ret = find_layout(t->im, &layout, err);
	if (ret < 0)
		return ret;
	find_flags(t->im, &layout);
	find_threads(t->im, &layout);
	task_list_begin(&t->list, &t->memory, &layout, init_task);
	return 0;
}

int tasks_open(struct tasks **tasks, struct ptwalk_image *im, struct ptwalk_error *err)
{
	struct tasks *t = calloc(1, sizeof(*t));
	int ret;

	if (!t)
		return fail(err, -ENOMEM, "no memory");
	t->im = im;
	t->memory = (struct kernel_memory){ .read = read_kernel, .ctx = im };
	ret = begin(t, err);
	if (ret < 0) {
		free(t);
		return ret;
	}
	*tasks = t;
	return 0;
}

void tasks_close(struct tasks *t)
{
	free(t);
}

/* A pgd lies in the direct map: the kernel's own tables say where. */
static uint64_t physical(const struct ptwalk_image *im, uint64_t va)
{
	struct ptw_walk w;

	return ptw_walk(&im->space, ptw_va(va), &w) < 0 ? 0 : w.pa.v & ~4095ULL;
}

int tasks_next(struct tasks *t, struct ptwalk_process *process, struct ptwalk_error *err)
{
	struct task task;
	int ret;

	do
		ret = task_list_next(&t->list, &task, err);
	while (ret > 0 && !task.pgd);
	if (ret <= 0)
		return ret;
	memset(process, 0, sizeof(*process));
	process->pid = task.pid;
	snprintf(process->name, sizeof(process->name), "%s", task.comm);
	process->root = physical(t->im, task.pgd);
	return 1;
}

/* ---- by pid -------------------------------------------------------------------- */

struct known_task {
	uint32_t pid;
	uint64_t root;
};

/**
 * struct task_index - all processes by their pid: a question for each must not go
 * through the list each time
 * @task: @n of them in order of pid, room for @room
 * @broken: where the list ended before its end
 */
struct task_index {
	struct known_task *task;
	size_t n;
	size_t room;
	struct ptwalk_error broken;
};

static int by_pid(const void *a, const void *b)
{
	const struct known_task *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int add(struct task_index *index, const struct ptwalk_process *process,
	       struct ptwalk_error *err)
{
	size_t room = index->room ? 2 * index->room : 256;
	struct known_task *more;

	if (index->n == index->room) {
		more = reallocarray(index->task, room, sizeof(*more));
		if (!more)
			return fail(err, -ENOMEM, "no memory for %zu processes", room);
		index->task = more;
		index->room = room;
	}
	index->task[index->n++] = (struct known_task){ process->pid, process->root };
	return 0;
}

static int fill_index(struct task_index *index, struct tasks *t, struct ptwalk_error *err)
{
	struct ptwalk_process process;
	int ret;

	while ((ret = tasks_next(t, &process, &index->broken)) > 0)
		if (add(index, &process, err) < 0)
			return -ENOMEM;
	index->broken.code = ret;
	if (index->n)
		qsort(index->task, index->n, sizeof(*index->task), by_pid);
	return 0;
}

void task_index_destroy(struct task_index *index)
{
	if (!index)
		return;
	free(index->task);
	free(index);
}

static int make_index(struct ptwalk_image *im, struct ptwalk_error *err)
{
	struct task_index *index;
	struct tasks *t;
	int ret = tasks_open(&t, im, err);

	if (ret < 0)
		return ret;
	index = calloc(1, sizeof(*index));
	ret = index ? fill_index(index, t, err) : fail(err, -ENOMEM, "no memory");
	tasks_close(t);
	if (ret < 0)
		task_index_destroy(index);
	else
		im->task_index = index;
	return ret;
}

int task_root(struct ptwalk_image *im, uint32_t pid, uint64_t *root, struct ptwalk_error *err)
{
	const struct known_task wanted = { .pid = pid }, *found = NULL;
	const struct task_index *index;
	int ret = im->task_index ? 0 : make_index(im, err);

	if (ret < 0)
		return ret;
	index = im->task_index;
	if (index->n)
		found = bsearch(&wanted, index->task, index->n, sizeof(wanted), by_pid);
	if (!found && index->broken.code)
		return fail(err, -EBADMSG, "process %u was not found: %.200s", pid,
			    index->broken.text);
	if (!found)
		return fail(err, -ESRCH,
			    "there is no process %u with an address space in the image", pid);
	if (!found->root)
		return fail(err, -ESRCH, "the tables of process %u are not in the image", pid);
	*root = found->root;
	return 0;
}
