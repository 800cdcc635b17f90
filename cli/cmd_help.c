// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_help.c - ptwalk help [VERB].
 */
#include "cli.h"

static void fill_help(struct help_record *r, const struct verb *v)
{
	*r = (struct help_record){
		.verb = v->name,
		.common = v->common ? v->common : ALL_COMMON,
		.words = v->words,
		.summary = v->summary,
		.help = v->help,
	};
}

static int run(struct cli *c, int argc, char **argv)
{
	const struct verb *v;
	struct help_record r;
	int operands;

	/* Nobody is asked: a file or a virtual machine is not opened. */
	c->in_verb = false;
	operands = parse_words(c, NULL, argc, argv);
	if (operands < 0)
		return TROUBLE;
	if (operands > 1)
		return complain("help takes one verb, not %d", operands);
	if (operands == 1) {
		v = find_verb(argv[0]);
		if (!v)
			return complain("there is no verb %.40s (ptwalk help lists them)", argv[0]);
		fill_help(&r, v);
		emit(c->out, &help_type, &r);
		return DONE;
	}
	r = (struct help_record){ .words = ALL_COMMON "[-j] VERB ...", .help = "" };
	emit(c->out, &help_type, &r);
	for (const struct verb * const *at = verbs; *at; at++) {
		fill_help(&r, *at);
		emit(c->out, &verb_type, &r);
	}
	return DONE;
}

const struct verb verb_help = {
	.name = "help",
	.common = "",
	.words = "[VERB]",
	.summary = "what the verbs are, and what one of them does",
	.help = "",
	.run = run,
};
