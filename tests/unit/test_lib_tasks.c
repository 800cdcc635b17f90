// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_tasks.c - the list of processes in made-up kernel memory: whole, broken in
 * every way, and caught while it was changed. And members of structs, from made-up BTF.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Before cmocka.h, which has a macro fail() too. */
#include "../../lib/task_list.h"
#include "../../lib/types_bytes.h"
#include "btfbytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define BASE 0xffff888000100000ULL
#define MM_BASE 0xffff888000200000ULL
#define SIGNAL_BASE 0xffff888000300000ULL
#define TASKS 12 /* the first one is init_task */
#define THREADS 2

/* A struct task_struct; and a struct mm_struct, whose pgd comes second. */
struct fake_task {
	uint64_t flags;
	uint64_t next;
	uint64_t prev;
	uint32_t pid;
	uint32_t tgid;
	uint64_t mm;
	char comm[16];
	uint64_t signal;
	uint64_t thread_next;
	uint64_t thread_prev;
};

/* A struct signal_struct, with the head of the threads' list. */
struct fake_signal {
	uint64_t count;
	uint64_t next;
	uint64_t prev;
};

struct fake_mm {
	uint64_t users;
	uint64_t pgd;
};

static const struct task_layout layout = {
	.tasks = offsetof(struct fake_task, next),
	.pid = offsetof(struct fake_task, tgid),
	.comm = offsetof(struct fake_task, comm),
	.comm_bytes = 16,
	.mm = offsetof(struct fake_task, mm),
	.pgd = offsetof(struct fake_mm, pgd),
};

/* Behind the first threads of TASKS processes, THREADS others. */
struct machine {
	struct fake_task task[TASKS + THREADS];
	struct fake_mm mm[TASKS];
	struct fake_signal signal[TASKS];
	struct kernel_memory memory;
	unsigned int reads;
};

static uint64_t task_va(unsigned int i)
{
	return BASE + i * sizeof(struct fake_task);
}

static uint64_t links_va(unsigned int i)
{
	return task_va(i) + layout.tasks;
}

static bool copy(uint64_t va, void *to, size_t bytes, uint64_t base, const void *from, size_t size)
{
	if (va < base || va - base > size || bytes > size - (va - base))
		return false;
	memcpy(to, (const char *)from + (va - base), bytes);
	return true;
}

static int read_machine(void *ctx, uint64_t va, void *buffer, size_t bytes)
{
	struct machine *m = ctx;

	m->reads++;
	if (copy(va, buffer, bytes, BASE, m->task, sizeof(m->task)) ||
	    copy(va, buffer, bytes, MM_BASE, m->mm, sizeof(m->mm)) ||
	    copy(va, buffer, bytes, SIGNAL_BASE, m->signal, sizeof(m->signal)))
		return 0;
	return -ENXIO;
}

/* Processes 1 to 11, those with an even number kernel threads. */
static void make(struct machine *m)
{
	memset(m, 0, sizeof(*m));
	m->memory = (struct kernel_memory){ .read = read_machine, .ctx = m };
	for (unsigned int i = 0; i < TASKS; i++) {
		m->task[i].next = links_va((i + 1) % TASKS);
		m->task[i].prev = links_va((i + TASKS - 1) % TASKS);
		m->task[i].pid = 100 + i;
		m->task[i].tgid = i;
		m->task[i].mm = i % 2 ? MM_BASE + i * sizeof(struct fake_mm) : 0;
		m->mm[i].pgd = 0xffff888000400000ULL + i * 4096ULL;
		snprintf(m->task[i].comm, sizeof(m->task[i].comm), "process-%u", i);
	}
}

/* How many are told before the end, which is @want; each of them is what it was. */
static unsigned int tell_all(struct machine *m, int want, struct ptwalk_error *err)
{
	struct task_list l;
	struct task task;
	unsigned int n = 0;
	int ret;

	task_list_begin(&l, &m->memory, &layout, task_va(0));
	while ((ret = task_list_next(&l, &task, err)) > 0) {
		uint64_t pgd = task.pid % 2 ? 0xffff888000400000ULL + task.pid * 4096ULL : 0;

		assert_true(task.pid < TASKS && n < TASKS);
		assert_int_equal(task.pgd, pgd);
		assert_memory_equal(task.comm, m->task[task.pid].comm, 16);
		assert_int_equal(task.comm[16], 0);
		n++;
	}
	assert_int_equal(ret, want);
	/* It is over, whatever was the matter. */
	assert_int_equal(task_list_next(&l, &task, err), 0);
	return n;
}

static void the_whole_list(void **state)
{
	struct machine m;

	(void)state;
	make(&m);
	/* A name that fills its array, without a NUL. */
	memcpy(m.task[5].comm, "sixteen letters!", 16);
	assert_int_equal(tell_all(&m, 0, NULL), TASKS - 1);
	/* init_task alone */
	m.task[0].next = m.task[0].prev = links_va(0);
	assert_int_equal(tell_all(&m, 0, NULL), 0);
}

static void pointers_that_lead_nowhere(void **state)
{
	static const uint64_t nowhere[] = { 0,	       ~0ULL,	      8, 0xdead000000000100ULL,
					    BASE - 16, MM_BASE + 4096 };
	struct ptwalk_error err;
	struct machine m;

	(void)state;
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		make(&m);
		m.task[4].next = nowhere[i];
		assert_int_equal(tell_all(&m, -EBADMSG, &err), 4);
		assert_non_null(strstr(err.text, "behind process 4:"));
	}
	make(&m);
	m.task[0].next = 0;
	assert_int_equal(tell_all(&m, -EBADMSG, &err), 0);
	/* An mm that is none, and a task that has no pid. */
	make(&m);
	m.task[7].mm = 0x1234;
	assert_int_equal(tell_all(&m, -EBADMSG, &err), 6);
	make(&m);
	m.task[7].tgid = 0;
	assert_int_equal(tell_all(&m, -EBADMSG, &err), 6);
	make(&m);
	m.task[7].tgid = TASKS_MOST + 1;
	assert_int_equal(tell_all(&m, -EBADMSG, &err), 6);
}

/* A loop that misses the head: nobody is told twice. */
static void loops(void **state)
{
	struct ptwalk_error err;
	struct machine m;

	(void)state;
	for (unsigned int from = 1; from < TASKS; from++)
		for (unsigned int to = 1; to <= from; to++) {
			make(&m);
			m.task[from].next = links_va(to);
			assert_int_equal(tell_all(&m, -EBADMSG, &err), from);
		}
}

/* Links back that are made to fit as well as they can. */
static void a_loop_that_hides(void **state)
{
	struct task_list l;
	struct task task;
	struct machine m;
	unsigned int n = 0;
	int ret;

	(void)state;
	make(&m);
	for (unsigned int i = 1; i < TASKS; i++) {
		m.task[i].next = links_va(i + 1 < TASKS ? i + 1 : 2);
		m.task[i].prev = links_va(i - 1);
	}
	/* 2 is pointed at by 1 and by 11. */
	m.task[2].prev = links_va(1);
	m.task[11].prev = links_va(1);
	task_list_begin(&l, &m.memory, &layout, task_va(0));
	while ((ret = task_list_next(&l, &task, NULL)) > 0)
		n++;
	assert_int_equal(ret, -EBADMSG);
	assert_true(n < TASKS);
	/* One that points at itself, both ways. */
	make(&m);
	m.task[3].next = m.task[3].prev = links_va(3);
	task_list_begin(&l, &m.memory, &layout, task_va(0));
	for (n = 0; (ret = task_list_next(&l, &task, NULL)) > 0; n++)
		;
	assert_int_equal(ret, -EBADMSG);
	assert_int_equal(n, 2);
}

/* The machine was stopped between two of the four writes. */
static void caught_while_it_was_changed(void **state)
{
	struct machine m;

	(void)state;
	/* 5 was put in: 4 points at it, 6 not yet back at it. */
	make(&m);
	m.task[6].prev = links_va(4);
	assert_int_equal(tell_all(&m, 0, NULL), TASKS - 1);
	/* The last one: the head does not point back yet. */
	make(&m);
	m.task[0].prev = links_va(TASKS - 2);
	assert_int_equal(tell_all(&m, 0, NULL), TASKS - 1);
	/* 5 is out, and pointed at by nobody. */
	make(&m);
	m.task[4].next = links_va(6);
	m.task[6].prev = links_va(4);
	assert_int_equal(tell_all(&m, 0, NULL), TASKS - 2);
}

/* Process 5 is a kernel thread that has the mm of a process. */
static void a_thread_that_borrows(void **state)
{
	struct task_layout with = layout;
	struct task_list l;
	struct task task;
	struct machine m;
	unsigned int n = 0;

	(void)state;
	make(&m);
	m.task[5].flags = 0x00200040;
	m.task[7].flags = 0x00400040;
	with.has_flags = true;
	with.flags = offsetof(struct fake_task, flags);
	task_list_begin(&l, &m.memory, &with, task_va(0));
	for (; task_list_next(&l, &task, NULL) > 0; n++)
		assert_int_equal(!!task.pgd, task.pid % 2 && task.pid != 5);
	assert_int_equal(n, TASKS - 1);
}

/* Memory that goes on for ever: each task's next one lies behind it. */
static int read_endless(void *ctx, uint64_t va, void *buffer, size_t bytes)
{
	uint64_t task = va & ~0xfffULL;
	struct fake_task t = {
		.next = task + 0x1000 + layout.tasks,
		.prev = task - 0x1000 + layout.tasks,
		.tgid = 1,
	};

	(void)ctx;
	memcpy(buffer, (const char *)&t + (va & 0xfff), bytes);
	return 0;
}

static void a_list_without_an_end(void **state)
{
	const struct kernel_memory memory = { .read = read_endless };
	struct ptwalk_error err;
	struct task_list l;
	struct task task;
	uint32_t n = 0;
	int ret;

	(void)state;
	task_list_begin(&l, &memory, &layout, BASE);
	while ((ret = task_list_next(&l, &task, &err)) > 0)
		n++;
	assert_int_equal(ret, -EBADMSG);
	assert_int_equal(n, TASKS_MOST - 1);
	assert_non_null(strstr(err.text, "further than there can be"));
}

/* ---- threads ---- */

static uint64_t thread_va(unsigned int i)
{
	return task_va(i) + offsetof(struct fake_task, thread_next);
}

static uint64_t head_va(unsigned int i)
{
	return SIGNAL_BASE + i * sizeof(struct fake_signal) + offsetof(struct fake_signal, next);
}

/* Process 4 has its first thread, which has no mm, and the two others behind it. */
static void make_threads(struct machine *m)
{
	make(m);
	for (unsigned int i = 0; i < TASKS; i++) {
		m->task[i].signal = SIGNAL_BASE + i * sizeof(struct fake_signal);
		m->signal[i].next = m->signal[i].prev = thread_va(i);
		m->task[i].thread_next = m->task[i].thread_prev = head_va(i);
	}
	m->task[4].thread_next = thread_va(TASKS);
	m->task[TASKS].thread_prev = thread_va(4);
	m->task[TASKS].thread_next = thread_va(TASKS + 1);
	m->task[TASKS + 1].thread_prev = thread_va(TASKS);
	m->task[TASKS + 1].thread_next = head_va(4);
	m->signal[4].prev = thread_va(TASKS + 1);
	m->task[TASKS + 1].mm = MM_BASE + 4 * sizeof(struct fake_mm);
}

/* The pgd that is told of process 4; all of them are told, whatever becomes of its threads. */
static uint64_t pgd_of_4(struct machine *m, bool has_threads, uint32_t *threads_left)
{
	struct task_layout with = layout;
	struct task_list l;
	struct task task;
	unsigned int n = 0;
	uint64_t pgd = 0;

	with.has_threads = has_threads;
	with.signal = offsetof(struct fake_task, signal);
	with.thread_head = offsetof(struct fake_signal, next);
	with.thread_node = offsetof(struct fake_task, thread_next);
	task_list_begin(&l, &m->memory, &with, task_va(0));
	for (; task_list_next(&l, &task, NULL) > 0; n++) {
		if (task.pid == 4)
			pgd = task.pgd;
		else
			assert_int_equal(!!task.pgd, task.pid % 2);
	}
	assert_int_equal(n, TASKS - 1);
	*threads_left = l.threads_left;
	return pgd;
}

/* The first thread has ended, and is a zombie until the others end. */
static void a_first_thread_that_ended(void **state)
{
	static const uint64_t nowhere[] = { 0, ~0ULL, 8, BASE - 16, MM_BASE };
	struct machine m;
	uint32_t left;

	(void)state;
	make_threads(&m);
	assert_int_equal(pgd_of_4(&m, true, &left), m.mm[4].pgd);
	assert_int_equal(pgd_of_4(&m, false, &left), 0);
	/* They are all gone. */
	m.task[TASKS + 1].mm = 0;
	assert_int_equal(pgd_of_4(&m, true, &left), 0);
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		make_threads(&m);
		m.task[4].thread_next = nowhere[i];
		assert_int_equal(pgd_of_4(&m, true, &left), 0);
		make_threads(&m);
		m.task[4].signal = nowhere[i];
		assert_int_equal(pgd_of_4(&m, true, &left), 0);
	}
	/* A loop is gone round once at most: the other processes' threads are looked at too. */
	make_threads(&m);
	m.task[TASKS + 1].mm = 0;
	m.task[TASKS + 1].thread_next = thread_va(4);
	assert_int_equal(pgd_of_4(&m, true, &left), 0);
	assert_true(left > TASKS_MOST - 100);
	m.task[TASKS + 1].thread_next = thread_va(TASKS + 1);
	assert_int_equal(pgd_of_4(&m, true, &left), 0);
	assert_true(left > TASKS_MOST - 100);
}

/* ---- types --------------------------------------------------------------------------- */

static struct types *open_types(const struct btfbytes *b)
{
	struct types *t = NULL;
	struct ptwalk_error err;
	int ret = types_open_bytes(&t, b->data, b->bytes, &err);

	if (ret == -EOPNOTSUPP) {
		print_message("%s\n", err.text);
		skip();
	}
	assert_int_equal(ret, 0);
	return t;
}

static void expect(struct types *t, const char *path, uint64_t offset, uint64_t bytes)
{
	uint64_t o = ~0ULL, b = ~0ULL;

	assert_int_equal(types_member(t, "task_struct", path, &o, &b), 0);
	assert_int_equal(o, offset);
	assert_int_equal(b, bytes);
}

static void members_of_structs(void **state)
{
	static const char * const missing[] = { "",	".",   "nothing", "tasks..next", "mm.pgd",
						"bits", "tas", "taskss",  "comm.x",	 "deep.x" };
	struct btfbytes b;
	struct types *t;
	uint64_t o, n;

	(void)state;
	btfbytes_make(&b);
	t = open_types(&b);
	expect(t, "tasks", 8, 16);
	expect(t, "tasks.next", 8, 8);
	expect(t, "tasks.prev", 16, 8);
	expect(t, "tgid", 24, 4);
	expect(t, "comm", 32, 16);
	expect(t, "mm", 48, 8);
	/* Through a union without a name, and a struct in it; behind const and a typedef. */
	expect(t, "deep", 60, 4);
	assert_int_equal(types_member(t, "mm_struct", "pgd", &o, &n), 0);
	assert_int_equal(o, 8);
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		assert_int_equal(types_member(t, "task_struct", missing[i], &o, &n), -ENOENT);
	assert_int_equal(types_member(t, "no_such", "tasks", &o, &n), -ENOENT);
	assert_int_equal(types_member(t, "", "tasks", &o, &n), -ENOENT);
	types_close(t);
}

/* Structs without a name that hold themselves, or each other, are no endless search. */
static void structs_that_hold_themselves(void **state)
{
	struct btfbytes b;
	struct types *t;
	uint64_t o, n;

	(void)state;
	btfbytes_make(&b);
	btfbytes_tie_knot(&b);
	t = open_types(&b);
	assert_int_equal(types_member(t, "task_struct", "no_such", &o, &n), -ENOENT);
	types_close(t);
}

static void headers_that_are_wrong(void **state)
{
	struct btfbytes b;
	struct types *t;

	(void)state;
	btfbytes_make(&b);
	types_close(open_types(&b));
	/* Magic, version, and the five lengths and offsets. */
	for (size_t at = 0; at < 24; at += at < 4 ? 1 : 4) {
		if (at == 3) /* flags mean nothing yet */
			continue;
		btfbytes_make(&b);
		b.data[at] ^= 0xff;
		b.data[at + (at < 4 ? 0 : 3)] ^= 0x7f;
		assert_int_equal(types_open_bytes(&t, b.data, b.bytes, NULL), -EBADMSG);
	}
	for (size_t bytes = 0; bytes < b.bytes; bytes++) {
		btfbytes_make(&b);
		assert_int_equal(types_open_bytes(&t, b.data, bytes, NULL), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_list),
		cmocka_unit_test(pointers_that_lead_nowhere),
		cmocka_unit_test(loops),
		cmocka_unit_test(a_loop_that_hides),
		cmocka_unit_test(caught_while_it_was_changed),
		cmocka_unit_test(a_thread_that_borrows),
		cmocka_unit_test(a_list_without_an_end),
		cmocka_unit_test(a_first_thread_that_ended),
		cmocka_unit_test(members_of_structs),
		cmocka_unit_test(structs_that_hold_themselves),
		cmocka_unit_test(headers_that_are_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
