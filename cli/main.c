// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - ptwalk: the table of verbs, and what they share.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

extern const struct verb verb_vtop, verb_map, verb_read, verb_info, verb_version, verb_help;
extern const struct verb verb_ptov, verb_audit, verb_stat, verb_lab, verb_verify;
extern const struct verb verb_ps, verb_explain, verb_snapshot, verb_diff;

const struct verb * const verbs[] = {
	&verb_vtop, &verb_map,	   &verb_ptov,	   &verb_read, &verb_audit, &verb_stat,
	&verb_ps,   &verb_explain, &verb_snapshot, &verb_diff, &verb_lab,   &verb_verify,
	&verb_info, &verb_version, &verb_help,	   NULL,
};

const struct verb *find_verb(const char *name)
{
	for (const struct verb * const *v = verbs; *v; v++)
		if (strcmp((*v)->name, name) == 0)
			return *v;
	return NULL;
}

int complain(const char *format, ...)
{
	va_list args;

	fputs("ptwalk: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return TROUBLE;
}

int complain_err(const struct ptwalk_error *err)
{
	return complain("%s", err->text);
}

struct ptwalk *open_space(struct cli *c)
{
	struct ptwalk_error err;
	struct ptwalk *p = ptwalk_open(&c->open, &err);

	if (!p)
		complain_of_image(c->open.image, &err);
	return p;
}

/* Whether the word before the verb takes the next one as its value. */
static bool takes_value(const char *word)
{
	static const char * const options[] = {
		"-p",	 "--pid",  "--source", "-f",	   "--file", "-g",
		"--gdb", "--base", "--root",   "--levels", "--cr3",  "--format",
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(word, options[i]) == 0)
			return true;
	return false;
}

/* Where the verb stands: the options of every verb may come before it. */
static int find_verb_word(int argc, char **argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && argv[i][1])
		i += takes_value(argv[i]) ? 2 : 1;
	return i < argc ? i : argc;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int run(struct cli *c, int argc, char **argv)
{
	int at = find_verb_word(argc, argv);
	bool help = asks_for_help(argc - 1, argv + 1);
	const struct verb *v;
	int status;

	if (at == argc && help)
		return verb_help.run(c, 0, NULL);
	if (at == argc && argc > 1 && strcmp(argv[1], "--version") == 0)
		return verb_version.run(c, 0, NULL);
	if (at == argc && parse_words(c, NULL, argc - 1, argv + 1) < 0)
		return TROUBLE;
	if (at == argc)
		return complain("which verb? (ptwalk help lists them)");
	v = find_verb(argv[at]);
	if (!v)
		return complain("there is no verb %.40s (ptwalk help lists them)", argv[at]);
	if (help)
		return verb_help.run(c, 1, argv + at);
	if (parse_words(c, NULL, at - 1, argv + 1) < 0)
		return TROUBLE;
	c->in_verb = true;
	status = v->run(c, argc - at - 1, argv + at + 1);
	/* That nothing was found is an answer too. */
	if (status != TROUBLE)
		tell_notices(c->out);
	ptwalk_image_close(c->open.image);
	return status;
}

/* What is mapped of a file, and another program cut off. */
static void on_bus_error(int signal)
{
	static const char text[] = "ptwalk: the file became shorter while it was read\n";

	(void)signal;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(TROUBLE);
	_exit(TROUBLE);
}

int main(int argc, char **argv)
{
	static struct out out;
	static struct cli c = { .out = &out };
	int status;

	signal(SIGBUS, on_bus_error);
	out_init(&out, STDOUT_FILENO);
	status = run(&c, argc, argv);
	out_flush(&out);
	/* A reader that has seen enough is no trouble, but nobody heard the rest. */
	if (out.error == EPIPE)
		return TROUBLE;
	if (out.error)
		return complain("standard output: %s", strerror(out.error));
	return status;
}
