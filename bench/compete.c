// SPDX-License-Identifier: GPL-2.0-only
/* compete.c - interleaved rounds, and what is made of their times. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

/* The values of all rounds, sorted. */
struct figures {
	double least, quarter, median, three_quarters, most;
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct figures figures_of(const double *values, unsigned int n)
{
	double sorted[MOST_ROUNDS];

	memcpy(sorted, values, n * sizeof(*values));
	qsort(sorted, n, sizeof(*sorted), by_value);
	return (struct figures){
		.least = sorted[0],
		.quarter = sorted[n / 4],
		.median = sorted[n / 2],
		.three_quarters = sorted[n - 1 - n / 4],
		.most = sorted[n - 1],
	};
}

double median_of(const struct way *way, unsigned int rounds)
{
	return figures_of(way->ns, rounds).median;
}

static void run_round(struct way *ways, unsigned int nr, unsigned int first, unsigned int round)
{
	for (unsigned int i = 0; i < nr; i++) {
		struct way *way = &ways[(first + i) % nr];
		double start = now_ns();

		way->run(way->ctx);
		way->ns[round] = (now_ns() - start) / way->units;
	}
}

/* How many times as long as @other ours takes, or how many times as fast it is. */
static bool print_ratio(const struct way *ours, const struct way *other, unsigned int rounds)
{
	bool slower = other->at_most > 0, reached;
	double goal = slower ? other->at_most : other->goal;
	double ratios[MOST_ROUNDS] = { 0 };
	struct figures f;

	for (unsigned int i = 0; i < rounds; i++)
		ratios[i] = slower ? ours->ns[i] / other->ns[i] : other->ns[i] / ours->ns[i];
	f = figures_of(ratios, rounds);
	reached = slower ? f.median <= goal : f.median >= goal;
	printf("  %s \"%s\": %.*f times (quartiles %.*f to %.*f, all %.*f to %.*f)",
	       slower ? "as long as" : "faster than", other->name, 1 + slower, f.median, 1 + slower,
	       f.quarter, 1 + slower, f.three_quarters, 1 + slower, f.least, 1 + slower, f.most);
	if (goal > 0)
		printf("; goal %s%g: %s", slower ? "at most " : "", goal,
		       reached ? "reached" : "NOT REACHED");
	printf("\n");
	if (!reached && other->why)
		printf("    %s\n", other->why);
	return reached;
}

unsigned int compete(struct way *ways, unsigned int nr, unsigned int rounds, const char *unit)
{
	unsigned int missed = 0;

	run_round(ways, nr, 0, 0);
	for (unsigned int round = 0; round < rounds; round++)
		run_round(ways, nr, round, round);

	printf("  %u rounds, %-37s %9s %9s %9s %9s %9s\n", rounds, unit, "median", "quartile",
	       "quartile", "least", "most");
	for (unsigned int i = 0; i < nr; i++) {
		struct figures f = figures_of(ways[i].ns, rounds);

		printf("  %-48s %9.1f %9.1f %9.1f %9.1f %9.1f\n", ways[i].name, f.median, f.quarter,
		       f.three_quarters, f.least, f.most);
	}
	for (unsigned int i = 1; i < nr; i++)
		missed += !print_ratio(&ways[0], &ways[i], rounds);
	fflush(stdout);
	return missed;
}
