// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_vtop.c - ptwalk vtop: where addresses live, by which entries.
 */
#include "walk_record.h"

#define BATCH 1024

struct vtop {
	bool brief;
	bool page;
	bool missing; /* an address was not mapped */
	struct input input;
	uint64_t va[BATCH];
	struct ptwalk_walk walks[BATCH];
	struct ptwalk_page pages[BATCH];
	uint64_t pa[BATCH]; /* all that --brief asks for */
	struct walk_text text;
};

static void answer(struct vtop *v, struct ptwalk *p, struct out *out, int i)
{
	const struct ptwalk_walk *w = &v->walks[i];

	if (v->brief) {
		bool mapped = v->pa[i] != PTWALK_NOT_MAPPED;
		const struct brief_record r = { v->va[i], mapped, v->pa[i] };

		v->missing |= !mapped;
		emit(out, &brief_type, &r);
		return;
	}
	v->missing |= w->end != PTWALK_LEAF;
	fill_vtop(&v->text, p, w, v->page ? &v->pages[i] : NULL);
	emit(out, &vtop_type, &v->text.record);
}

static int ask(struct vtop *v, struct ptwalk *p, int n)
{
	struct ptwalk_error err;
	int64_t ret;

	if (v->brief)
		ret = ptwalk_translate(p, v->va, n, v->pa, &err);
	else if (v->page)
		ret = ptwalk_walk_pages(p, v->va, n, v->walks, v->pages, &err);
	else
		ret = ptwalk_walk(p, v->va, n, v->walks, &err);
	return ret < 0 ? complain_err(&err) : 0;
}

static int answer_all(struct vtop *v, struct ptwalk *p, struct out *out)
{
	int n;

	while ((n = input_next(&v->input, v->va, BATCH)) > 0) {
		if (ask(v, p, n))
			return TROUBLE;
		for (int i = 0; i < n; i++)
			answer(v, p, out, i);
		/* Who feeds addresses through a pipe waits for the answers. */
		if (v->input.reading && n < BATCH)
			out_flush(out);
		if (out->error)
			return TROUBLE;
	}
	if (n < 0)
		return TROUBLE;
	return v->missing ? FINDING : DONE;
}

static int run(struct cli *c, int argc, char **argv)
{
	static struct vtop v;
	const struct option options[] = {
		{ "brief", 'b', OPTION_FLAG, &v.brief, NULL },
		{ "page", 0, OPTION_FLAG, &v.page, NULL },
		{ 0 },
	};
	int operands = parse_words(c, options, argc, argv);
	struct ptwalk *p;
	int status;

	if (operands < 0)
		return TROUBLE;
	if (!operands)
		return complain("vtop: which address? (- reads them from standard input)");
	if (v.brief && (v.page || c->out->json))
		return complain("vtop: --brief goes neither with --page nor with -j");
	if (v.page && c->open.image)
		return complain("vtop: --page is of the machine that runs, not of an image");
	p = open_space(c);
	if (!p)
		return TROUBLE;
	input_init(&v.input, operands, argv);
	v.input.names = p;
	status = answer_all(&v, p, c->out);
	ptwalk_close(p);
	return status;
}

const struct verb verb_vtop = {
	.name = "vtop",
	.words = "[--brief] [--page] ADDR...",
	.summary = "where an address lives: every level, page size, rights, region",
	.help = "ADDR is hexadecimal, or a kernel symbol (init_task, init_task+10); - reads\n"
		"addresses from standard input.\n"
		"  --brief, -b  a line for each: VA PA, with - where nothing is mapped\n"
		"  --page       struct page of the frame too (needs the module)\n"
		"Exit status: 0, or 1 where an address is not mapped.\n",
	.run = run,
};
