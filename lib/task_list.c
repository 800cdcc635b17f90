// SPDX-License-Identifier: GPL-2.0-only
/*
 * task_list.c - walks the kernel's list of processes, and believes none of it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "task_list.h"

/* include/linux/sched.h, 6.1 and 6.12. */
#define PF_KTHREAD 0x00200000u

/* struct list_head */
struct links {
	uint64_t next;
	uint64_t prev;
};

void task_list_begin(struct task_list *l, const struct kernel_memory *memory,
		     const struct task_layout *layout, uint64_t init_task)
{
	*l = (struct task_list){
		.memory = memory,
		.layout = *layout,
		.head = init_task + layout->tasks,
	};
	l->at = l->before = l->head;
	l->threads_left = TASKS_MOST;
}

static bool read_at(const struct task_list *l, uint64_t va, void *to, size_t bytes)
{
	return l->memory->read(l->memory->ctx, va, to, bytes) == 0;
}

static int broken(struct task_list *l, uint64_t to, const char *what, struct ptwalk_error *err)
{
	uint32_t pid = l->pid;

	l->told = TASKS_MOST;
	return fail(err, -EBADMSG,
		    "the list of tasks is broken behind process %u: it goes to %llx, %s", pid,
		    (unsigned long long)to, what);
}

/*
 * One that was reached from @at must point back at it: else the list has run into
 * itself, for where it did so the first time somebody else was before it. Who was stopped
 * while it put one in or took one out leaves it pointing at the one before (rculist.h, __list_add_rcu(); list.h, __list_del()).
 */
static bool points_back(const struct links *links, uint64_t at, uint64_t before)
{
	return links->prev == at || links->prev == before;
}

/*
 * What another thread has for an mm, where the first one has ended (a zombie, which has
 * none any more); 0 where none has, or they cannot be followed.
 */
static uint64_t mm_of_others(struct task_list *l, uint64_t base)
{
	uint64_t signal, head, at, before, mm;
	struct links links;

	if (!l->layout.has_threads || !read_at(l, base + l->layout.signal, &signal, sizeof(signal)))
		return 0;
	head = at = before = signal + l->layout.thread_head;
	if (!read_at(l, at, &links, sizeof(links)))
		return 0;
	while (links.next != head && links.next != at && l->threads_left) {
		uint64_t next = links.next;

		l->threads_left--;
		if (!read_at(l, next, &links, sizeof(links)) || !points_back(&links, at, before) ||
		    !read_at(l, next - l->layout.thread_node + l->layout.mm, &mm, sizeof(mm)))
			return 0;
		if (mm)
			return mm;
		before = at;
		at = next;
	}
	return 0;
}

/* A kernel thread has an mm while it works for a process: kthread_use_mm(). */
static bool is_kernel_thread(struct task_list *l, uint64_t base)
{
	uint32_t flags;

	return l->layout.has_flags && read_at(l, base + l->layout.flags, &flags, sizeof(flags)) &&
	       flags & PF_KTHREAD;
}

static bool fill(struct task_list *l, uint64_t base, struct task *task)
{
	size_t comm = sizeof(task->comm) - 1;
	uint64_t mm;

	memset(task, 0, sizeof(*task));
	if (l->layout.comm_bytes < comm)
		comm = (size_t)l->layout.comm_bytes;
	if (!read_at(l, base + l->layout.pid, &task->pid, sizeof(task->pid)) ||
	    !read_at(l, base + l->layout.comm, task->comm, comm) ||
	    !read_at(l, base + l->layout.mm, &mm, sizeof(mm)) || !task->pid ||
	    task->pid > TASKS_MOST)
		return false;
	if (is_kernel_thread(l, base))
		return true;
	if (!mm)
		mm = mm_of_others(l, base);
	return !mm || read_at(l, mm + l->layout.pgd, &task->pgd, sizeof(task->pgd));
}

int task_list_next(struct task_list *l, struct task *task, struct ptwalk_error *err)
{
	struct links links;
	uint64_t next;

	if (l->told == TASKS_MOST)
		return 0;
	if (!read_at(l, l->at, &links, sizeof(links)))
		return broken(l, l->at, "where nothing is mapped", err);
	next = links.next;
	if (next == l->head) {
		l->told = TASKS_MOST;
		return 0;
	}
	if (!read_at(l, next, &links, sizeof(links)))
		return broken(l, next, "where nothing is mapped", err);
	if (next == l->at || !points_back(&links, l->at, l->before))
		return broken(l, next, "which is no next one of it", err);
	if (l->told + 1 == TASKS_MOST)
		return broken(l, next, "and on, further than there can be processes", err);
	if (!fill(l, next - l->layout.tasks, task))
		return broken(l, next, "which is no task", err);
	l->before = l->at;
	l->at = next;
	l->told++;
	l->pid = task->pid;
	return 1;
}
