// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_ps.c - ptwalk ps: the processes, their tables and what these map.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ps_records.h"
#include "space.h"

#define FIRST_ROOM 32

/**
 * struct ps - all processes, before the first one is told: they are in order of pid
 * @status: DONE, or TROUBLE where not all of them are known
 */
struct ps {
	struct out *out;
	struct ptwalk_process *process;
	size_t n;
	size_t room;
	int status;
	bool any; /* record */
	struct processes_record sum;
	struct watch watch;
};

static int by_pid(const void *a, const void *b)
{
	const struct ptwalk_process *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int add(struct ps *ps, const struct ptwalk_process *process)
{
	size_t room = ps->room ? 2 * ps->room : FIRST_ROOM;
	struct ptwalk_process *more;

	if (ps->n == ps->room) {
		more = reallocarray(ps->process, room, sizeof(*more));
		if (!more)
			return complain("no memory for %zu processes", room);
		ps->process = more;
		ps->room = room;
	}
	ps->process[ps->n++] = *process;
	return 0;
}

/* A list that breaks off is told as far as it goes, and then it is said. */
static int take_processes(struct cli *c, struct ps *ps)
{
	struct ptwalk_processes *it;
	struct ptwalk_process process;
	struct ptwalk_error err;
	int status = 0;

	it = begin_processes(c, &err);
	if (!it)
		return complain_of_image(c->open.image, &err);
	while (!status && ptwalk_processes_next(it, &process))
		status = add(ps, &process);
	if (!status && ptwalk_processes_status(it, &err) < 0)
		ps->status = complain_err(&err);
	ptwalk_processes_end(it);
	if (ps->n)
		qsort(ps->process, ps->n, sizeof(*ps->process), by_pid);
	ps->sum.memory_bytes = ps->room * sizeof(*ps->process);
	return status;
}

/* Every walk begins at the root: its first entry lies there. */
static void find_root(struct ptwalk *p, struct process_record *r)
{
	struct ptwalk_walk w;
	uint64_t va = 0;

	if (r->has_root || ptwalk_walk(p, &va, 1, &w, NULL) < 0 || !w.nr_steps)
		return;
	r->root = w.steps[0].entry_pa & ~4095ULL;
	r->has_root = true;
}

/* 0, STOPPED, or a negative errno with @err. */
static int look_at(struct ps *ps, struct ptwalk *p, struct process_record *r,
		   struct ptwalk_error *err)
{
	int ret;

	watch(&ps->watch, p, ps->out, r->command);
	find_root(p, r);
	r->source = ptwalk_source_name(p);
	ret = ptwalk_resident(p, &r->resident_pages, err);
	r->has_resident = ret == 0;
	ptwalk_close(p);
	return ret;
}

/* What cannot be looked at stays in the list, with the reason. */
static void tell(struct cli *c, struct ps *ps, const struct ptwalk_process *process)
{
	struct ptwalk_open_options o = c->open;
	struct process_record r = {
		.pid = process->pid,
		.command = process->name,
		.has_root = process->root != 0,
		.root = process->root,
		.has_rss = !c->open.image,
		.rss_pages = process->resident_pages,
	};
	struct ptwalk_error err;
	struct ptwalk *p;
	int ret;

	o.pid = process->pid;
	p = ptwalk_open(&o, &err);
	ret = p ? look_at(ps, p, &r, &err) : err.code;
	if (ret == STOPPED)
		return;
	if (ret == -ESRCH && !c->open.image) {
		ps->sum.skipped++;
		return;
	}
	r.why = ret < 0 ? err.text : NULL;
	r.head = !ps->any;
	ps->any = true;
	ps->sum.processes++;
	ps->sum.resident_pages += r.resident_pages;
	emit(ps->out, &process_type, &r);
}

static int run(struct cli *c, int argc, char **argv)
{
	struct ps ps = { .out = c->out };
	int operands = parse_words(c, NULL, argc, argv);
	int status;

	if (operands < 0)
		return TROUBLE;
	if (operands)
		return complain("ps takes no word %.40s", argv[0]);
	if (c->open.pid)
		return complain("ps: it is of every process, and goes without -p");
	if (c->open.source == PTWALK_SOURCE_KCORE)
		return complain("ps: kcore shows the kernel alone; ps needs another source");
	status = take_processes(c, &ps);
	for (size_t i = 0; i < ps.n && !status && !ps.out->error; i++)
		tell(c, &ps, &ps.process[i]);
	watch_end(&ps.watch);
	if (!status && !ps.out->error)
		emit(ps.out, &processes_type, &ps.sum);
	free(ps.process);
	return status ? status : ps.status;
}

const struct verb verb_ps = {
	.name = "ps",
	.common = "[-f FILE | -g SOCKET] ",
	.words = "",
	.summary = "the processes: pid, root, resident pages by their tables, name",
	.help = "Of the machine, or of the image after -f or -g, by the kernel's own symbols and\n"
		"types. ROOT is the physical address of the top table; RESIDENT counts pages of 4K\n"
		"that the tables map, RSS those that the kernel counts (not in an image).\n"
		"Kernel threads have no address space, and are left out.\n",
	.run = run,
};
