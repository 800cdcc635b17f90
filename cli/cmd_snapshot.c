// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_snapshot.c - ptwalk snapshot: saves what spaces map, for a later diff.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "diff_records.h"
#include "space.h"

/* All spaces of one snapshot: they are open at once. */
struct spaces {
	struct ptwalk **space;
	const char **name;
	unsigned int n;
	unsigned int room;
	uint64_t skipped;
};

/* Half a file must not stay behind: what interrupts is noted, and ends the writing. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
	interrupted = signal;
}

static void catch_interrupts(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_interrupt };

	for (unsigned int i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static int show(void *ctx, uint64_t at)
{
	progress_show(ctx, "at %llx", (unsigned long long)at);
	return interrupted ? STOPPED : 0;
}

/* Takes @p and a copy of its name. */
static int add(struct spaces *s, struct ptwalk *p, const char *name)
{
	unsigned int room = s->room ? 2 * s->room : 64;

	if (s->n == s->room) {
		struct ptwalk **space = reallocarray(s->space, room, sizeof(*space));
		const char **names;

		if (space)
			s->space = space;
		names = space ? reallocarray(s->name, room, sizeof(*names)) : NULL;
		if (!names) {
			ptwalk_close(p);
			return complain("no memory for %u spaces", room);
		}
		s->name = names;
		s->room = room;
	}
	s->name[s->n] = strdup(name);
	s->space[s->n++] = p;
	return 0;
}

static void close_all(struct spaces *s)
{
	for (unsigned int i = 0; i < s->n; i++) {
		ptwalk_close(s->space[i]);
		free((void *)s->name[i]);
	}
	free(s->space);
	free(s->name);
}

static int add_process(struct cli *c, struct spaces *s, const struct ptwalk_process *process)
{
	struct ptwalk_open_options o = c->open;
	struct ptwalk_error err;
	struct ptwalk *p;

	o.pid = process->pid;
	p = open_own_tables(&o, &err);
	if (p)
		return add(s, p, process->name);
	if (err.code != -ESRCH)
		return complain_err(&err);
	s->skipped++;
	return 0;
}

/* Each open process takes up to three files. */
static void allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int add_processes(struct cli *c, struct spaces *s)
{
	struct ptwalk_process process;
	struct ptwalk_processes *it;
	struct ptwalk_error err;
	int status = 0;

	allow_many_files();
	it = begin_processes(c, &err);
	if (!it)
		return complain_of_image(c->open.image, &err);
	while (!status && ptwalk_processes_next(it, &process))
		status = process.pid ? add_process(c, s, &process) : 0;
	if (!status && ptwalk_processes_status(it, &err) < 0)
		status = complain_err(&err);
	ptwalk_processes_end(it);
	return status;
}

/* The name of the process after -p, which nothing has told yet. */
static const char *name_of(const struct cli *c, struct ptwalk_process *process)
{
	struct ptwalk_processes *it = begin_processes(c, NULL);
	const char *name = "";

	while (it && !*name && ptwalk_processes_next(it, process))
		if (process->pid == c->open.pid)
			name = process->name;
	ptwalk_processes_end(it);
	return name;
}

static int open_all(struct cli *c, struct spaces *s, bool all)
{
	struct ptwalk_process process;
	struct ptwalk *p = open_own_space(c);
	int status;

	if (!p)
		return TROUBLE;
	status = add(s, p, c->open.pid ? name_of(c, &process) : "");
	return status || !all ? status : add_processes(c, s);
}

static void tell(struct cli *c, const struct spaces *s, const char *path)
{
	struct snapshot_record r = {
		.file = path,
		.kernel = !c->open.pid,
		.processes = s->n - !c->open.pid,
		.skipped = s->skipped,
		.image = c->open.image != NULL,
		.source = ptwalk_source_name(s->space[0]),
	};
	struct stat st;

	if (stat(path, &st) == 0)
		r.bytes = st.st_size;
	emit(c->out, &snapshot_type, &r);
}

static int save(struct cli *c, struct spaces *s, const char *path)
{
	struct progress progress = { 0 };
	struct ptwalk_error err;
	int ret;

	for (unsigned int i = 0; i < s->n; i++)
		ptwalk_set_progress(s->space[i], show, &progress);
	catch_interrupts();
	ret = ptwalk_snapshot_write(path, s->space, s->name, s->n, &err);
	progress_end(&progress);
	if (ret < 0)
		return complain_err(&err);
	if (ret)
		return complain("interrupted; %.200s was not written", path);
	tell(c, s, path);
	return DONE;
}

static int run(struct cli *c, int argc, char **argv)
{
	struct spaces s = { 0 };
	bool all = false;
	const struct option options[] = {
		{ "all", 'a', OPTION_FLAG, &all, NULL },
		{ 0 },
	};
	int operands = parse_words(c, options, argc, argv);
	int status;

	if (operands < 0)
		return TROUBLE;
	if (operands != 1)
		return complain("snapshot: into which file? (one, not %d)", operands);
	if (all && c->open.pid)
		return complain("snapshot: --all is the kernel and every process; it goes without "
				"-p");
	if (all && c->open.source == PTWALK_SOURCE_KCORE)
		return complain("snapshot: kcore shows the kernel alone; --all needs another "
				"source");
	status = open_all(c, &s, all);
	if (!status)
		status = save(c, &s, argv[0]);
	close_all(&s);
	return status;
}

const struct verb verb_snapshot = {
	.name = "snapshot",
	.words = "[--all] FILE",
	.summary = "saves what is mapped, for a later diff",
	.help = "FILE gets every range of the kernel's half, or of the process after -p: frames,\n"
		"page sizes, rights, attributes and the kernel's notes. It has no memory in it.\n"
		"`ptwalk -f FILE` and `ptwalk diff` read it. It appears when it is complete.\n"
		"  --all, -a  the kernel and every process\n"
		"Exit status: 0, or 2 where it was not written.\n",
	.run = run,
};
