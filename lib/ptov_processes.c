// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptov_processes.c - the processes whose tables may map a frame: those of /proc, of an
 * image's tasks, or of a snapshot.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot.h"
#include "source.h"
#include "tasks.h"

/**
 * struct ptwalk_processes - an iterator over one of the three; the others are NULL
 * @path: of @proc
 * @at: the next of @snapshot
 * @status: why the list of @tasks ended before its end; code 0 where it did not
 */
struct ptwalk_processes {
	DIR *proc;
	char path[240];
	struct tasks *tasks;
	const struct snapshot *snapshot;
	size_t at;
	struct ptwalk_error status;
};

static struct ptwalk_processes *new_iterator(struct ptwalk_error *err)
{
	struct ptwalk_processes *it = calloc(1, sizeof(*it));

	if (!it)
		fail(err, -ENOMEM, "no memory");
	return it;
}

struct ptwalk_processes *processes_begin_at(const struct paths *paths, struct ptwalk_error *err)
{
	struct ptwalk_processes *it = new_iterator(err);

	if (!it)
		return NULL;
	snprintf(it->path, sizeof(it->path), "%s", paths->proc);
	it->proc = opendir(it->path);
	if (!it->proc) {
		fail(err, -errno, "%s: %s", it->path, strerror(errno));
		free(it);
		return NULL;
	}
	return it;
}

struct ptwalk_processes *ptwalk_processes_begin(struct ptwalk_error *err)
{
	return processes_begin_at(&system_paths, err);
}

struct ptwalk_processes *ptwalk_image_processes_begin(struct ptwalk_image *image,
						      struct ptwalk_error *err)
{
	struct ptwalk_processes *it = new_iterator(err);

	if (!it)
		return NULL;
	it->snapshot = image->snapshot;
	if (!it->snapshot && tasks_open(&it->tasks, image, err) < 0) {
		free(it);
		return NULL;
	}
	return it;
}

/* The first line of /proc/PID/@file; false where the process is gone. */
static bool first_line(const struct ptwalk_processes *it, uint32_t pid, const char *file,
		       char *line, size_t size)
{
	char path[280];
	bool ok;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%u/%s", it->path, pid, file);
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fgets(line, (int)size, f);
	fclose(f);
	if (ok)
		line[strcspn(line, "\n")] = '\0';
	return ok;
}

/*
 * The second figure of statm; a kernel thread and a zombie have no pages at all (proc(5):
 * the first figure).
 */
static bool has_space(const struct ptwalk_processes *it, uint32_t pid, uint64_t *resident)
{
	char line[128], *rest;

	if (!first_line(it, pid, "statm", line, sizeof(line)) || !strtoull(line, &rest, 10))
		return false;
	*resident = strtoull(rest, NULL, 10);
	return true;
}

static int next_of_proc(struct ptwalk_processes *it, struct ptwalk_process *process)
{
	const struct dirent *entry;

	while ((entry = readdir(it->proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		memset(process, 0, sizeof(*process));
		process->pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (!has_space(it, process->pid, &process->resident_pages))
			continue;
		if (first_line(it, process->pid, "comm", process->name, sizeof(process->name)))
			return 1;
	}
	return 0;
}

static int next_of_snapshot(struct ptwalk_processes *it, struct ptwalk_process *process)
{
	while (snapshot_process(it->snapshot, it->at, process) == 0) {
		it->at++;
		/* The kernel's is in it too. */
		if (process->pid)
			return 1;
	}
	return 0;
}

int ptwalk_processes_next(struct ptwalk_processes *it, struct ptwalk_process *process)
{
	if (it->proc)
		return next_of_proc(it, process);
	if (it->snapshot)
		return next_of_snapshot(it, process);
	return tasks_next(it->tasks, process, &it->status) > 0;
}

int ptwalk_processes_status(const struct ptwalk_processes *it, struct ptwalk_error *err)
{
	if (!it->status.code)
		return 0;
	return fail(err, it->status.code, "%s", it->status.text);
}

void ptwalk_processes_end(struct ptwalk_processes *it)
{
	if (!it)
		return;
	if (it->proc)
		closedir(it->proc);
	tasks_close(it->tasks);
	free(it);
}
