// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_ptov.c - ptwalk ptov: which virtual addresses map a frame.
 */
#include <errno.h>
#include <stdlib.h>

#include "space.h"

#define BATCH 1024

/**
 * struct ptov - the frames that are asked for, and the space that is looked through
 * @pa: in order, none twice; @seen: which of them were found
 * @spaces: with --all, how many were looked through
 */
struct ptov {
	struct out *out;
	uint64_t *pa;
	bool *seen;
	size_t n;
	size_t room;
	struct ptwalk *p;
	const struct ptwalk_process *process; /* NULL where the name is not known */
	bool any; /* record */
	struct spaces_record spaces;
	struct watch watch;
};

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int more_room(struct ptov *t)
{
	size_t room = t->room ? 2 * t->room : BATCH;
	uint64_t *pa = reallocarray(t->pa, room, sizeof(*pa));

	if (!pa)
		return complain("no memory for %zu addresses", room);
	t->pa = pa;
	t->room = room;
	return 0;
}

static void sort(struct ptov *t)
{
	size_t n = 0;

	qsort(t->pa, t->n, sizeof(*t->pa), by_value);
	for (size_t i = 0; i < t->n; i++)
		if (!i || t->pa[i] != t->pa[n - 1])
			t->pa[n++] = t->pa[i];
	t->n = n;
}

/* All of them are known before the tables are gone through, once. */
static int take_addresses(struct ptov *t, int operands, char **argv)
{
	static struct input input;
	int n;

	input_init(&input, operands, argv);
	do {
		if (t->room - t->n < BATCH && more_room(t))
			return TROUBLE;
		n = input_next(&input, t->pa + t->n, BATCH);
		if (n < 0)
			return TROUBLE;
		t->n += n;
	} while (n > 0);
	sort(t);
	t->seen = calloc(t->n + 1, sizeof(*t->seen));
	return t->seen ? 0 : complain("no memory for %zu addresses", t->n);
}

static void tell(struct ptov *t, struct ptov_record *r)
{
	r->head = !t->any;
	t->any = true;
	emit(t->out, &ptov_type, r);
}

static int found(void *ctx, const struct ptwalk_hit *hit)
{
	struct ptov *t = ctx;
	uint64_t *asked = bsearch(&hit->pa, t->pa, t->n, sizeof(*t->pa), by_value);
	uint32_t pid = ptwalk_pid(t->p);
	struct ptov_record r = {
		.pa = hit->pa,
		.mapped = true,
		.va = hit->va,
		.page_bytes = hit->page_bytes,
		.repeats = hit->count > 1,
		.count = hit->count,
		.level = level_name(t->p, hit->level),
		.rights_of = rights_of(hit->flags),
		.space = pid ? "process" : "kernel",
		.is_process = pid != 0,
		.pid = pid,
		.command = t->process ? t->process->name : NULL,
		.region = region_of(t->p, hit->va),
		.source = ptwalk_source_name(t->p),
	};

	t->seen[asked - t->pa] = true;
	fill_rights(r.rights, hit->rights);
	tell(t, &r);
	return t->out->error ? STOPPED : 0;
}

/* Looks through one open space, and closes it. 0, STOPPED, or a negative errno. */
static int look_through(struct ptov *t, struct ptwalk *p, const struct ptwalk_process *process,
			struct ptwalk_error *err)
{
	int ret;

	t->p = p;
	t->process = process;
	watch(&t->watch, p, t->out, process ? process->name : NULL);
	ret = ptwalk_ptov(p, t->pa, t->n, found, t, err);
	ptwalk_close(p);
	return ret;
}

static int look_through_one(struct cli *c, struct ptov *t)
{
	struct ptwalk *p = open_own_space(c);
	struct ptwalk_error err;

	if (!p)
		return TROUBLE;
	return look_through(t, p, NULL, &err) < 0 ? complain_err(&err) : 0;
}

/* A process may end at any moment: that is no error, but counted. */
static int look_through_process(struct cli *c, struct ptov *t, const struct ptwalk_process *process)
{
	struct ptwalk_open_options o = c->open;
	struct ptwalk_error err;
	struct ptwalk *p;
	int ret;

	o.pid = process->pid;
	p = open_own_tables(&o, &err);
	ret = p ? look_through(t, p, process, &err) : err.code;
	if (ret == -ESRCH) {
		t->spaces.skipped++;
		return 0;
	}
	if (ret < 0)
		return complain_err(&err);
	t->spaces.processes++;
	return 0;
}

static void tell_spaces(struct ptov *t)
{
	/* Those that are asked for, which of them were found, and the library's copy. */
	t->spaces.memory_bytes =
		t->room * sizeof(*t->pa) + t->n * sizeof(*t->seen) + t->n * sizeof(*t->pa);
	emit(t->out, &spaces_type, &t->spaces);
}

static int look_through_all(struct cli *c, struct ptov *t)
{
	struct ptwalk_process process;
	struct ptwalk_processes *it;
	struct ptwalk_error err;
	int status = look_through_one(c, t);

	if (status)
		return status;
	t->spaces.image = c->open.image != NULL;
	it = begin_processes(c, &err);
	if (!it)
		return complain_of_image(c->open.image, &err);
	while (!status && !t->out->error && ptwalk_processes_next(it, &process))
		status = look_through_process(c, t, &process);
	if (!status && ptwalk_processes_status(it, &err) < 0) {
		tell_spaces(t);
		status = complain_err(&err);
	}
	ptwalk_processes_end(it);
	return status;
}

/* The frames that nothing maps. */
static int tell_missing(struct ptov *t)
{
	bool missing = false;

	for (size_t i = 0; i < t->n; i++) {
		struct ptov_record r = { .pa = t->pa[i] };

		if (t->seen[i])
			continue;
		missing = true;
		tell(t, &r);
	}
	return missing ? FINDING : DONE;
}

static int run(struct cli *c, int argc, char **argv)
{
	struct ptov t = { .out = c->out };
	bool all = false;
	const struct option options[] = {
		{ "all", 'a', OPTION_FLAG, &all, NULL },
		{ 0 },
	};
	int operands = parse_words(c, options, argc, argv);
	int status;

	if (operands < 0)
		return TROUBLE;
	if (!operands)
		return complain("ptov: which physical address? (- reads them from standard input)");
	if (all && c->open.pid)
		return complain("ptov: --all is the kernel and every process; it goes without -p");
	if (all && c->open.source == PTWALK_SOURCE_KCORE)
		return complain("ptov: kcore shows the kernel alone; --all needs another source");
	status = take_addresses(&t, operands, argv);
	if (!status)
		status = all ? look_through_all(c, &t) : look_through_one(c, &t);
	watch_end(&t.watch);
	if (!status) {
		status = tell_missing(&t);
		if (all)
			tell_spaces(&t);
	}
	free(t.pa);
	free(t.seen);
	return status;
}

const struct verb verb_ptov = {
	.name = "ptov",
	.words = "[--all] PA...",
	.summary = "every virtual address that maps a physical one",
	.help = "PA is hexadecimal; - reads addresses from standard input. The kernel's space is\n"
		"looked through, or that of the process after -p; all of it, once for all PA.\n"
		"  --all, -a  the kernel's and every process's\n"
		"Exit status: 0, or 1 where nothing maps one of them.\n",
	.run = run,
};
