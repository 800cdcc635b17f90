// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump_map.c - the map of a whole space, against the sum of all words of its tables;
 * and, for tables that no cache holds, a space made up in a file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dump.h"

#define TABLE_WORDS 512
#define MOST_TABLES (1u << 20)

struct job {
	struct ptwalk *space;
	uint64_t start, end;
	const uint64_t **tables;
	u64 nr_tables;
	u64 ranges;
	uint64_t sum;
};

/* The tables below the half @first to @last of the root, as the bare loop finds them. */
static void find_tables(struct job *job, const struct dump *d, u64 pa, int shift, int first,
			int last)
{
	const uint64_t *table = (const uint64_t *)(d->bytes + pa);

	if (pa < d->pa || pa - d->pa > d->size - PAGE || job->nr_tables == MOST_TABLES)
		return;
	job->tables[job->nr_tables++] = table;
	for (int i = first; i < last && shift > 12; i++)
		if ((table[i] & 1) && !(shift < 39 && (table[i] & 0x80)))
			find_tables(job, d, table[i] & 0xffffffffff000ULL, shift - 9, 0,
				    TABLE_WORDS);
}

static void map_all(void *ctx)
{
	struct job *job = ctx;
	static struct ptwalk_range ranges[1024];
	struct ptwalk_error err;
	struct ptwalk_map *m = ptwalk_map_begin(job->space, job->start, job->end, 0, &err);
	int n;

	if (!m)
		die("%s", err.text);
	job->ranges = 0;
	while ((n = ptwalk_map_next(m, ranges, 1024, &err)) > 0)
		job->ranges += n;
	if (n < 0)
		die("%s", err.text);
	ptwalk_map_end(m);
}

static void sum_tables(void *ctx)
{
	struct job *job = ctx;

	for (u64 i = 0; i < job->nr_tables; i++)
		for (int k = 0; k < TABLE_WORDS; k++)
			job->sum += job->tables[i][k];
}

static unsigned int of_space(const struct dump *d, const char *name, struct ptwalk *space, u64 root,
			     bool upper, unsigned int rounds)
{
	struct job job = { .space = space };
	struct way ways[] = {
		{ .name = "ptwalk_map_next(), every range", .run = map_all, .ctx = &job },
		{ .name = "the sum of all words of the tables",
		  .run = sum_tables,
		  .ctx = &job,
		  .at_most = 2,
		  .why = "many short ranges: see bench/README.md, \"goals that are missed\"" },
	};
	unsigned int missed;

	if (d->levels != 4) {
		printf("\nmap of %s: the sum knows 4 levels alone\n", name);
		return 0;
	}
	job.tables = malloc(MOST_TABLES * sizeof(*job.tables));
	if (!job.tables)
		die("no memory for the tables");
	job.start = upper ? 1ULL << 63 : 0;
	job.end = upper ? 0 : 1ULL << 63;
	find_tables(&job, d, root, 39, upper ? TABLE_WORDS / 2 : 0,
		    upper ? TABLE_WORDS : TABLE_WORDS / 2);
	map_all(&job);
	ways[0].units = ways[1].units = job.nr_tables;
	printf("\nmap of %s: %llu tables, %llu ranges\n", name, job.nr_tables, job.ranges);
	missed = compete(ways, ARRAY_SIZE(ways), rounds, "ns a table");
	free(job.tables);
	return missed;
}

#define FLAGS 0x8000000000000063ULL

static void write_words(FILE *f, const uint64_t *words)
{
	if (fwrite(words, sizeof(*words), TABLE_WORDS, f) != TABLE_WORDS)
		die("cannot write the space that is made up");
}

/* Where the pte table @i of @leaves lies: in no order, as a kernel's tables lie. */
static u64 place_of(u64 i, u64 leaves)
{
	return i * 7919 % leaves; /* a prime that does not divide it */
}

static void write_leaves(FILE *f, u64 leaves, bool scattered)
{
	u64 *at = malloc(leaves * sizeof(*at)), state = 1;
	uint64_t words[TABLE_WORDS];

	if (!at)
		die("no memory for the tables");
	for (u64 i = 0; i < leaves; i++)
		at[place_of(i, leaves)] = i;
	for (u64 i = 0; i < leaves; i++) {
		for (u64 k = 0; k < TABLE_WORDS; k++) {
			state = state * 6364136223846793005ULL + 1442695040888963407ULL;
			words[k] = scattered ? state >> 34 : at[i] * TABLE_WORDS + k;
			words[k] = words[k] * PAGE | FLAGS;
		}
		write_words(f, words);
	}
	free(at);
}

/* A table of each upper level, then pmd tables, then @leaves pte tables. */
static void write_space(FILE *f, u64 leaves, bool scattered)
{
	u64 pmds = (leaves + TABLE_WORDS - 1) / TABLE_WORDS;
	uint64_t words[TABLE_WORDS] = { 0 };

	words[256] = 1 * PAGE | FLAGS;
	write_words(f, words);
	words[256] = 0;
	for (u64 i = 0; i < pmds; i++)
		words[i] = (2 + i) * PAGE | FLAGS;
	write_words(f, words);
	for (u64 i = 0; i < pmds * TABLE_WORDS; i++) {
		u64 pa = (2 + pmds + place_of(i, leaves)) * PAGE;

		words[i % TABLE_WORDS] = i < leaves ? pa | FLAGS : 0;
		if (i % TABLE_WORDS == TABLE_WORDS - 1)
			write_words(f, words);
	}
	write_leaves(f, leaves, scattered);
}

static unsigned int made_up(const char *name, u64 leaves, bool scattered, unsigned int rounds)
{
	char path[] = "/tmp/ptwbench-XXXXXX";
	const char *paths = path;
	struct ptwalk_image_options options = { .paths = &paths,
						.nr_paths = 1,
						.format = PTWALK_FORMAT_RAW,
						.flags = PTWALK_IMAGE_ROOT,
						.levels = 4 };
	struct ptwalk_open_options open = { .flags = PTWALK_OPEN_ROOT };
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	struct ptwalk_error err;
	struct dump d = { .path = path };
	unsigned int missed;

	if (!f)
		die("cannot make a file");
	write_space(f, leaves, scattered);
	if (fclose(f))
		die("cannot write %s", path);
	dump_map_bytes(&d);
	d.levels = 4;
	open.image = ptwalk_image_open(&options, &err);
	d.kernel = open.image ? ptwalk_open(&open, &err) : NULL;
	unlink(path);
	if (!d.kernel)
		die("%s", err.text);
	missed = of_space(&d, name, d.kernel, 0, true, rounds);
	ptwalk_close(d.kernel);
	ptwalk_image_close(open.image);
	return missed;
}

unsigned int bench_space(const struct dump *d, unsigned int rounds)
{
	unsigned int missed = of_space(d, "the kernel", d->kernel, d->kernel_root, true, rounds);

	if (d->process)
		missed += of_space(d, "the process", d->process, d->process_root, false, rounds);
	missed += made_up("500 tables of frames in order", 500, false, rounds);
	missed += made_up("500 tables of frames in no order", 500, true, rounds);
	missed += made_up("30,000 tables of frames in order", 30000, false, rounds);
	missed += made_up("30,000 tables of frames in no order", 30000, true, rounds);
	return missed;
}
