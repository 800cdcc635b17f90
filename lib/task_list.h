/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * task_list.h - the kernel's list of processes, as bytes of its memory. Source:
 * include/linux/sched.h, sched/signal.h and rculist.h (6.1, 6.12): init_task.tasks is
 * the head of a list of the first threads of all processes, doubly linked. Private.
 */
#ifndef LIB_TASK_LIST_H
#define LIB_TASK_LIST_H

#include <stdbool.h>

#include "error.h"
#include "kernel_bytes.h"

/* There are no more, threads and all: PID_MAX_LIMIT of include/linux/threads.h. */
#define TASKS_MOST (4u << 20)

/* Where the members lie, in bytes from the beginning of a struct. */
struct task_layout {
	uint64_t tasks; /* struct list_head */
	uint64_t pid; /* pid_t: tgid, of the first pid namespace */
	uint64_t comm;
	uint64_t comm_bytes;
	uint64_t mm; /* struct mm_struct * */
	uint64_t pgd; /* of mm_struct */
	bool has_flags; /* the next one is known, too */
	uint64_t flags; /* unsigned int */
	bool has_threads; /* the rest is known, too */
	uint64_t signal; /* struct signal_struct * */
	uint64_t thread_head; /* of signal_struct: struct list_head */
	uint64_t thread_node; /* struct list_head */
};

/*
 * One of them: @pgd is a virtual address, 0 where there is no address space. The first
 * thread may have ended and left it to the others.
 */
struct task {
	uint32_t pid;
	char comm[68];
	uint64_t pgd;
};

/**
 * struct task_list - where a walk through the list is
 * @head: address of init_task.tasks
 * @at: of the list_head that was told last, @before: of the one before it
 * @told: how many were passed
 * @threads_left: how many more of those that are not the first may be looked at
 * @pid: of the last one, for the sentence
 */
struct task_list {
	const struct kernel_memory *memory;
	struct task_layout layout;
	uint64_t head;
	uint64_t at;
	uint64_t before;
	uint32_t told;
	uint32_t threads_left;
	uint32_t pid;
};

/* @init_task: the address of the struct; it is in no process, and not told itself. */
void task_list_begin(struct task_list *l, const struct kernel_memory *memory,
		     const struct task_layout *layout, uint64_t init_task);

/*
 * 1 with @task filled, 0 when all are told, -EBADMSG where the list is broken: a pointer
 * that leads nowhere, a loop that misses the head, too many. Then it is over.
 */
int task_list_next(struct task_list *l, struct task *task, struct ptwalk_error *err);

#endif
