// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_verify.c - ptwalk verify: do all sources say the same?
 */
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "space.h"

#define MAX_SOURCES 3
/* Random addresses, where the command line does not say how many. */
#define RANDOM 4096

struct verify {
	struct out *out;
	struct ptwalk *sources[MAX_SOURCES];
	unsigned int nr_sources;
	struct absent_record absent[MAX_SOURCES];
	struct ptwalk_error why[MAX_SOURCES];
	size_t nr_absent;
	struct walk_text answers[2];
};

static void open_one(struct verify *v, const struct cli *c, uint32_t source, const char *name)
{
	struct ptwalk_open_options o = c->open;
	struct ptwalk *p;

	o.source = source;
	/* Frames are the same in both halves; only the tables are two. */
	if (source == PTWALK_SOURCE_PAGEMAP)
		o.flags &= ~PTWALK_OPEN_USER_HALF;
	p = ptwalk_open(&o, &v->why[v->nr_absent]);
	if (p) {
		v->sources[v->nr_sources++] = p;
		return;
	}
	v->absent[v->nr_absent].source = name;
	v->absent[v->nr_absent].why = v->why[v->nr_absent].text;
	v->nr_absent++;
}

/* Those that can show such a space at all. */
static void open_sources(struct verify *v, const struct cli *c)
{
	open_one(v, c, PTWALK_SOURCE_DEVICE, "device");
	if (c->open.pid)
		open_one(v, c, PTWALK_SOURCE_PAGEMAP, "pagemap");
	else
		open_one(v, c, PTWALK_SOURCE_KCORE, "kcore");
}

static void close_sources(struct verify *v)
{
	for (unsigned int i = 0; i < v->nr_sources; i++)
		ptwalk_close(v->sources[i]);
}

static int found(void *ctx, const struct ptwalk_difference *d)
{
	struct verify *v = ctx;
	struct difference_record r = {
		.va = d->va,
		.differs_in = ptwalk_difference_name(d->in),
	};

	for (unsigned int i = 0; i < 2; i++)
		fill_vtop(&v->answers[i], v->sources[d->source[i]], &d->answer[i], NULL);
	r.first = v->answers[0].record;
	r.second = v->answers[1].record;
	emit(v->out, &difference_type, &r);
	return v->out->error ? STOPPED : 0;
}

static void tell_sum(struct verify *v, uint64_t seed, const struct ptwalk_verify_sum *sum)
{
	struct verify_record r = {
		.is_process = ptwalk_pid(v->sources[0]) != 0,
		.pid = ptwalk_pid(v->sources[0]),
		.absent = v->absent,
		.nr_absent = v->nr_absent,
		.seed = seed,
		.ranges = sum->ranges,
		.addresses = sum->addresses,
		.addresses_mapped = sum->mapped,
		.asked_again = sum->asked_again,
		.changing = sum->changing,
		.differences = sum->differences,
	};

	for (unsigned int i = 0; i < v->nr_sources; i++)
		r.sources[r.nr_sources++] = ptwalk_source_name(v->sources[i]);
	emit(v->out, &verify_type, &r);
}

static int verify(struct verify *v, const struct ptwalk_verify_options *options)
{
	struct ptwalk_verify_sum sum;
	struct watch w = { 0 };
	struct ptwalk_error err;
	int ret;

	if (!v->nr_sources)
		return complain("no source: %s, and %s", v->why[0].text, v->why[1].text);
	if (v->nr_sources == 1)
		return complain("%s has nothing to be compared with: %s",
				ptwalk_source_name(v->sources[0]), v->why[0].text);
	watch(&w, v->sources[0], v->out, NULL);
	ret = ptwalk_verify(v->sources, v->nr_sources, options, found, v, &sum, &err);
	watch_end(&w);
	if (ret < 0)
		return complain_err(&err);
	if (ret == 0)
		tell_sum(v, options->seed, &sum);
	return sum.differences ? FINDING : DONE;
}

static uint64_t some_seed(void)
{
	uint64_t seed;

	/* Early in a boot there is none to be had; the clock is random enough for picking. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint64_t)time(NULL) << 20 ^ (uint64_t)clock();
	return seed;
}

static int run(struct cli *c, int argc, char **argv)
{
	static struct verify v;
	struct ptwalk_verify_options o = { .random = RANDOM };
	bool has_seed = false;
	const struct option options[] = {
		{ "random", 0, OPTION_SIZE, &o.random, NULL },
		{ "seed", 0, OPTION_HEX, &o.seed, &has_seed },
		{ 0 },
	};
	int operands = parse_words(c, options, argc, argv);
	int status;

	if (operands < 0)
		return TROUBLE;
	if (operands)
		return complain("verify takes no word %.40s", argv[0]);
	if (c->open.image)
		return complain("an image has one source; verify is of the machine that runs");
	if (c->open.source != PTWALK_SOURCE_AUTO)
		return complain("verify asks every source there is; --source is not for it");
	if (!has_seed)
		o.seed = some_seed();
	v.out = c->out;
	open_sources(&v, c);
	status = verify(&v, &o);
	close_sources(&v);
	return status;
}

const struct verb verb_verify = {
	.name = "verify",
	.common = "[-p PID] ",
	.words = "[--random N] [--seed HEX]",
	.summary = "asks every source the same, and tells where they differ",
	.help = "The kernel is asked of the device and /proc/kcore; the process after -p of the\n"
		"device and its pagemap: the first and last page of every mapped range, the page\n"
		"behind it, one between them, and random addresses. An answer that changes while\n"
		"it is asked for is no difference.\n"
		"  --random N  that many random addresses (4096)\n"
		"  --seed HEX  of the random ones; the last record tells which it was\n"
		"Exit status: 0 where all say the same, 1 where two differ, 2 where there are not\n"
		"two sources.\n",
	.run = run,
};
