// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_audit.c - ptwalk audit: pages that are writable and executable.
 */
#include "space.h"

struct audit {
	struct ptwalk *p;
	struct out *out;
};

static void fill_place(struct place_record *r, const struct ptwalk *p,
		       const struct ptwalk_place *place)
{
	r->va = place->va;
	r->page_bytes = place->page_bytes;
	r->level = level_name(p, place->level);
	r->region = region_of(p, place->va);
	fill_rights(r->rights, place->rights);
	fill_decided(&r->decided, p, place->decided);
}

static int found(void *ctx, const struct ptwalk_finding *f)
{
	struct audit *a = ctx;
	struct finding_record r = {
		.finding = ptwalk_finding_name(f->kind),
		.pa = f->pa,
		.bytes = f->bytes,
		.repeats = f->flags & PTWALK_REPEATS,
		.has_alias = f->kind == PTWALK_FINDING_ALIAS,
		.rights_of = rights_of(f->flags),
		.source = ptwalk_source_name(a->p),
	};

	fill_place(&r.at, a->p, &f->at);
	if (r.has_alias)
		fill_place(&r.alias, a->p, &f->alias);
	emit(a->out, &finding_type, &r);
	return a->out->error ? STOPPED : 0;
}

static void tell_sum(const struct audit *a, const struct ptwalk_audit_sum *sum)
{
	struct audit_record r = {
		.is_process = ptwalk_pid(a->p) != 0,
		.pid = ptwalk_pid(a->p),
		.ranges = sum->ranges,
		.writable_bytes = sum->writable_bytes,
		.executable_bytes = sum->executable_bytes,
		.findings = sum->findings[0],
		.wx = sum->findings[PTWALK_FINDING_WX],
		.alias = sum->findings[PTWALK_FINDING_ALIAS],
		.user = sum->findings[PTWALK_FINDING_USER],
		.source = ptwalk_source_name(a->p),
		.unlocked = ptwalk_source_unlocked(a->p),
	};

	emit(a->out, &audit_type, &r);
}

static int run(struct cli *c, int argc, char **argv)
{
	struct audit a = { .out = c->out };
	struct watch w = { 0 };
	struct ptwalk_audit_sum sum;
	struct ptwalk_error err;
	int operands = parse_words(c, NULL, argc, argv);
	int ret;

	if (operands < 0)
		return TROUBLE;
	if (operands)
		return complain("audit takes no word %.40s", argv[0]);
	a.p = open_own_space(c);
	if (!a.p)
		return TROUBLE;
	watch(&w, a.p, c->out, NULL);
	ret = ptwalk_audit(a.p, found, &a, &sum, &err);
	watch_end(&w);
	if (ret == 0)
		tell_sum(&a, &sum);
	ptwalk_close(a.p);
	if (ret < 0)
		return complain_err(&err);
	return sum.findings[0] ? FINDING : DONE;
}

const struct verb verb_audit = {
	.name = "audit",
	.words = "",
	.summary = "pages that are writable and executable, also through an alias",
	.help = "Findings, in the kernel's space or in that of the process after -p:\n"
		"  wx     writable and executable at one address\n"
		"  alias  one frame, writable at one address and executable at another\n"
		"  user   a page in the kernel's half that user mode may access\n"
		"Exit status: 0 where there is none, 1 where there is one.\n",
	.run = run,
};
