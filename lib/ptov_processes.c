// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptov_processes.c - the processes whose tables may map a frame.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

struct ptwalk_processes {
	DIR *proc;
	char path[240];
};

struct ptwalk_processes *processes_begin_at(const struct paths *paths, struct ptwalk_error *err)
{
	struct ptwalk_processes *it = calloc(1, sizeof(*it));

	if (!it) {
		fail(err, -ENOMEM, "no memory");
		return NULL;
	}
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

/* A kernel thread and a zombie have no pages at all (proc(5), statm: the first
 * figure). */
static bool has_space(const struct ptwalk_processes *it, uint32_t pid)
{
	char line[128];

	return first_line(it, pid, "statm", line, sizeof(line)) && strtoull(line, NULL, 10) != 0;
}

int ptwalk_processes_next(struct ptwalk_processes *it, struct ptwalk_process *process)
{
	const struct dirent *entry;

	while ((entry = readdir(it->proc))) {
		uint32_t pid;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (!has_space(it, pid))
			continue;
		process->pid = pid;
		if (first_line(it, pid, "comm", process->name, sizeof(process->name)))
			return 1;
	}
	return 0;
}

void ptwalk_processes_end(struct ptwalk_processes *it)
{
	if (!it)
		return;
	closedir(it->proc);
	free(it);
}
