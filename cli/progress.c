// SPDX-License-Identifier: GPL-2.0-only
/*
 * progress.c - a line on the terminal for what takes long.
 */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void progress_show(struct progress *pr, const char *format, ...)
{
	double t = now();
	va_list args;

	if (!pr->begun) {
		pr->begun = true;
		pr->start = t;
		pr->quiet = !is_terminal(STDERR_FILENO);
	}
	if (pr->quiet || t - pr->start < 1 || t - pr->last < 0.2)
		return;
	pr->last = t;
	pr->shown = true;
	va_start(args, format);
	fputs("\r\033[K", stderr);
	vfprintf(stderr, format, args);
	va_end(args);
	fflush(stderr);
}

void progress_end(struct progress *pr)
{
	if (pr->shown)
		fputs("\r\033[K", stderr);
	pr->shown = false;
}
