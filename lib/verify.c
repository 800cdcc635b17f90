// SPDX-License-Identifier: GPL-2.0-only
/*
 * verify.c - asks several sources of one space the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pass.h"
#include "verify.h"

/* Addresses asked at once, and the most that one range gives. */
#define BATCH 2048
#define OF_RANGE 4

/* How often an answer that differs is asked for again. */
#define ROUNDS 8

struct verify {
	struct ptwalk * const *sources;
	unsigned int n;
	uint64_t random; /* state of the generator */
	int (*found)(void *ctx, const struct ptwalk_difference *difference);
	void *ctx;
	struct ptwalk_verify_sum *sum;
	struct ptwalk_error *err;
	unsigned int nr_asked;
	uint64_t va[BATCH];
	struct ptwalk_walk first[BATCH];
	struct ptwalk_walk other[BATCH];
};

/* splitmix64 (S. Vigna, public domain): any seed will do, 0 too. */
static uint64_t random_u64(struct verify *v)
{
	uint64_t x = v->random += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* Below @n; @n of 0 is 2^64. */
static uint64_t pick(struct verify *v, uint64_t n)
{
	return n ? random_u64(v) % n : random_u64(v);
}

static void wait_a_little(unsigned int round)
{
	struct timespec t = { .tv_nsec = 1000000L << round };

	nanosleep(&t, NULL);
}

/*
 * Asks both again, in turn and twice. Return: 1 where they differ and both
 * stand still; 0 where they agree, or never stand still; or a negative errno.
 */
static int ask_again(struct verify *v, unsigned int k, struct ptwalk_difference *d)
{
	struct ptwalk *p = v->sources[0], *q = v->sources[k];
	struct ptwalk_walk again[2];
	int ret;

	v->sum->asked_again++;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		ret = ptwalk_walk(p, &d->va, 1, &d->answer[0], v->err);
		ret = ret ? ret : ptwalk_walk(q, &d->va, 1, &d->answer[1], v->err);
		ret = ret ? ret : ptwalk_walk(p, &d->va, 1, &again[0], v->err);
		ret = ret ? ret : ptwalk_walk(q, &d->va, 1, &again[1], v->err);
		if (ret)
			return ret;
		d->in = answers_differ(p, &d->answer[0], q, &d->answer[1]);
		if (!d->in)
			return 0;
		if (!answers_differ(p, &d->answer[0], p, &again[0]) &&
		    !answers_differ(q, &d->answer[1], q, &again[1]))
			return 1;
		wait_a_little(round);
	}
	v->sum->changing++;
	return 0;
}

static int compare_all(struct verify *v, unsigned int k)
{
	int ret = 0;

	for (unsigned int i = 0; i < v->nr_asked && !ret; i++) {
		struct ptwalk_difference d = { .va = v->va[i], .source = { 0, k } };

		if (!answers_differ(v->sources[0], &v->first[i], v->sources[k], &v->other[i]))
			continue;
		ret = ask_again(v, k, &d);
		if (ret <= 0)
			continue;
		v->sum->differences++;
		ret = v->found(v->ctx, &d);
	}
	return ret;
}

/* Asks what was gathered. */
static int ask(struct verify *v)
{
	int ret = ptwalk_walk(v->sources[0], v->va, v->nr_asked, v->first, v->err);

	for (unsigned int k = 1; k < v->n && !ret; k++) {
		ret = ptwalk_walk(v->sources[k], v->va, v->nr_asked, v->other, v->err);
		if (!ret)
			ret = compare_all(v, k);
	}
	for (unsigned int i = 0; i < v->nr_asked && !ret; i++)
		v->sum->mapped += v->first[i].end == PTWALK_LEAF;
	v->sum->addresses += v->nr_asked;
	v->nr_asked = 0;
	return ret;
}

static void gather(struct verify *v, uint64_t va)
{
	v->va[v->nr_asked++] = va;
}

static int gather_range(void *ctx, const struct ptwalk_range *r)
{
	struct verify *v = ctx;
	uint64_t bytes = range_bytes(r), page = r->page_bytes;
	int ret = v->nr_asked + OF_RANGE > BATCH ? ask(v) : 0;

	if (ret)
		return ret;
	v->sum->ranges += r->what == PTWALK_LEAF;
	if (!page || page > bytes)
		page = bytes;
	gather(v, r->start + pick(v, page));
	if (bytes > page)
		gather(v, r->end - page + pick(v, page));
	if (bytes / page > 2)
		gather(v, r->start + pick(v, bytes));
	if (r->end && r->end != UPPER_HALF)
		gather(v, r->end);
	return 0;
}

/* Anywhere in the half that the tables index. */
static uint64_t random_address(struct verify *v)
{
	const struct ptwalk *p = v->sources[0];
	unsigned int bits = p->space.format ? p->space.format->va_bits : 48;
	uint64_t va = pick(v, 1ULL << (bits - 1));

	return p->pid ? va : ~va;
}

/* Somewhere in a region of the half, if there is one: most of the half is a
 * hole. */
static uint64_t random_in_region(struct verify *v)
{
	const struct ptwalk_info *info = &v->sources[0]->info;
	const struct ptwalk_region *r;

	if (!info->nr_regions)
		return random_address(v);
	r = &info->regions[pick(v, info->nr_regions)];
	if ((r->start >= UPPER_HALF) == !!v->sources[0]->pid)
		return random_address(v);
	return r->start + pick(v, r->end - r->start);
}

static int ask_at_random(struct verify *v, uint64_t times)
{
	int ret = 0;

	while (times && !ret) {
		for (; times && v->nr_asked < BATCH; times--)
			gather(v, times & 1 ? random_address(v) : random_in_region(v));
		ret = ask(v);
		if (!ret)
			ret = tell_progress(v->sources[0], 0);
	}
	return ret;
}

static int check_sources(struct ptwalk * const *sources, unsigned int n, struct ptwalk_error *err)
{
	if (n < 2)
		return fail(err, -EINVAL, "one source alone has nothing to be compared with");
	for (unsigned int i = 1; i < n; i++)
		if (sources[i]->pid != sources[0]->pid)
			return fail(err, -EINVAL, "the sources show different spaces: %u and %u",
				    sources[0]->pid, sources[i]->pid);
	return 0;
}

int ptwalk_verify(struct ptwalk * const *sources, unsigned int n,
		  const struct ptwalk_verify_options *options,
		  int (*found)(void *ctx, const struct ptwalk_difference *difference), void *ctx,
		  struct ptwalk_verify_sum *sum, struct ptwalk_error *err)
{
	struct ptwalk_verify_sum own_sum;
	struct verify *v;
	int ret = check_sources(sources, n, err);

	if (ret < 0)
		return ret;
	v = calloc(1, sizeof(*v));
	if (!v)
		return fail(err, -ENOMEM, "no memory");
	v->sources = sources;
	v->n = n;
	v->random = options->seed;
	v->found = found;
	v->ctx = ctx;
	v->sum = sum ? sum : &own_sum;
	v->err = err;
	memset(v->sum, 0, sizeof(*v->sum));
	ret = pass_over(sources[0], own_half(sources[0]), gather_range, v, err);
	if (!ret)
		ret = ask(v);
	if (!ret)
		ret = ask_at_random(v, options->random);
	free(v);
	return ret;
}
