// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit.c - pages that are writable and executable, at one address or through
 * an alias of their frame, and the kernel's pages that user mode may access.
 *
 * A pass notes the executable ranges, and tells what a range shows by itself; a
 * second one holds the writable ranges against the noted ones. Where more are
 * executable than there is room for, the two are made again from where the
 * first one stopped.
 */
#include <errno.h>
#include <string.h>

#include "audit.h"

/* 48 MiB of notes at most. */
#define MAX_NOTED (1U << 20)

struct audit {
	struct ptwalk *p;
	struct frames executable;
	bool full; /* the first pass ended for want of room ... */
	uint64_t next; /* ... and goes on from here */
	int (*found)(void *ctx, const struct ptwalk_finding *finding);
	void *ctx;
	struct ptwalk_audit_sum *sum;
	struct ptwalk_error *err;
};

const char *ptwalk_finding_name(uint32_t kind)
{
	switch (kind) {
	case PTWALK_FINDING_WX:
		return "wx";
	case PTWALK_FINDING_ALIAS:
		return "alias";
	case PTWALK_FINDING_USER:
		return "user";
	default:
		return "";
	}
}

/*
 * Looks a place up once more: it must still map @pa with these rights. Fills
 * it; the way down says which level takes a right away.
 */
static bool still_there(struct audit *a, struct ptwalk_place *place, uint64_t va, uint64_t pa,
			uint8_t rights)
{
	struct ptwalk_walk w;

	if (ptwalk_walk(a->p, &va, 1, &w, NULL) < 0)
		return false;
	if (w.end != PTWALK_LEAF || w.pa != pa || (w.rights & rights) != rights)
		return false;
	*place = (struct ptwalk_place){
		.va = va, .page_bytes = w.page_bytes, .level = w.level, .rights = w.rights
	};
	memcpy(place->decided, w.decided, sizeof(place->decided));
	return true;
}

static int tell(struct audit *a, const struct ptwalk_finding *finding)
{
	a->sum->findings[0]++;
	a->sum->findings[finding->kind]++;
	return a->found(a->ctx, finding);
}

/* What a range shows without any other. */
static int tell_alone(struct audit *a, const struct ptwalk_range *r, uint32_t kind, uint8_t rights)
{
	struct ptwalk_finding finding = {
		.kind = kind, .flags = r->flags, .pa = r->pa, .bytes = range_bytes(r)
	};

	if ((r->rights & rights) != rights || !still_there(a, &finding.at, r->start, r->pa, rights))
		return 0;
	return tell(a, &finding);
}

static void count(struct ptwalk_audit_sum *sum, const struct ptwalk_range *r)
{
	sum->ranges++;
	if (r->rights & PTWALK_W)
		sum->writable_bytes += range_bytes(r);
	if (r->rights & PTWALK_X)
		sum->executable_bytes += range_bytes(r);
}

/* The first pass. */
static int note(void *ctx, const struct ptwalk_range *r)
{
	struct audit *a = ctx;
	int ret;

	if (r->what != PTWALK_LEAF)
		return 0;
	ret = r->rights & PTWALK_X ? frames_add(&a->executable, r) : 0;
	if (ret == -ENOSPC) {
		a->full = true;
		a->next = r->start;
		return 1;
	}
	if (ret < 0)
		return fail(a->err, ret, "no memory for %zu executable ranges", a->executable.n);
	count(a->sum, r);
	ret = tell_alone(a, r, PTWALK_FINDING_WX, PTWALK_W | PTWALK_X);
	if (!ret && r->start >= UPPER_HALF)
		ret = tell_alone(a, r, PTWALK_FINDING_USER, PTWALK_U);
	return ret;
}

/* @x is executable, @w is writable, and both map the frames from @pa to @last.
 */
static int tell_alias(struct audit *a, const struct ptwalk_range *w, const struct ptwalk_range *x,
		      uint64_t pa, uint64_t last)
{
	uint64_t w_va = w->start + (pa - w->pa), x_va = x->start + (pa - x->pa);
	struct ptwalk_finding finding = {
		.kind = PTWALK_FINDING_ALIAS,
		.flags = w->flags | x->flags,
		.pa = pa,
		.bytes = last - pa + 1,
	};

	/* The same pages: that is a finding of its own already. */
	if (w_va == x_va)
		return 0;
	if (!still_there(a, &finding.at, w_va, pa, PTWALK_W) ||
	    !still_there(a, &finding.alias, x_va, pa, PTWALK_X))
		return 0;
	return tell(a, &finding);
}

/* The second pass. */
static int compare(void *ctx, const struct ptwalk_range *w)
{
	struct audit *a = ctx;
	const struct frames *f = &a->executable;
	uint64_t w_last;
	int ret = 0;

	if (w->what != PTWALK_LEAF || !(w->rights & PTWALK_W))
		return 0;
	w_last = w->pa + (frame_bytes(w) - 1);
	for (size_t i = frames_first(f, w->pa); i < f->n && f->at[i].pa <= w_last && !ret; i++) {
		const struct ptwalk_range *x = &f->at[i];
		uint64_t x_last = x->pa + (frame_bytes(x) - 1);

		if (x_last < w->pa)
			continue;
		ret = tell_alias(a, w, x, x->pa > w->pa ? x->pa : w->pa,
				 x_last < w_last ? x_last : w_last);
	}
	return ret;
}

int audit_with(struct ptwalk *p, size_t max,
	       int (*found)(void *ctx, const struct ptwalk_finding *finding), void *ctx,
	       struct ptwalk_audit_sum *sum, struct ptwalk_error *err)
{
	struct half all = own_half(p), rest = all;
	struct ptwalk_audit_sum own_sum;
	struct audit a = {
		.p = p, .found = found, .ctx = ctx, .sum = sum ? sum : &own_sum, .err = err
	};
	int ret;

	memset(a.sum, 0, sizeof(*a.sum));
	frames_init(&a.executable, max);
	do {
		frames_clear(&a.executable);
		a.full = false;
		ret = pass_over(p, rest, note, &a, err);
		rest.start = a.next;
		if (ret && !a.full)
			break;
		frames_sort(&a.executable);
		ret = a.executable.n ? pass_over(p, all, compare, &a, err) : 0;
	} while (a.full && !ret);
	frames_deinit(&a.executable);
	return ret;
}

int ptwalk_audit(struct ptwalk *p, int (*found)(void *ctx, const struct ptwalk_finding *finding),
		 void *ctx, struct ptwalk_audit_sum *sum, struct ptwalk_error *err)
{
	return audit_with(p, MAX_NOTED, found, ctx, sum, err);
}
