// SPDX-License-Identifier: GPL-2.0-only
/*
 * options.c - the words of a command line: options by table, and operands.
 */
#include <string.h>

#include "cli.h"

/* The options that every verb takes; they are put together into @c at the end. */
struct common {
	const char *pid;
	const char *source;
	bool user;
	bool json;
};

static int set_pid(struct cli *c, const char *text)
{
	uint64_t pid;

	/* A pid is decimal, and has no suffix. */
	if (strspn(text, "0123456789") != strlen(text) || parse_size(text, &pid) || !pid ||
	    pid > INT32_MAX)
		return complain("%.40s is no process id", text);
	c->open.pid = (uint32_t)pid;
	return 0;
}

static int set_source(struct cli *c, const char *text)
{
	static const char * const names[] = {
		[PTWALK_SOURCE_AUTO] = "auto",
		[PTWALK_SOURCE_DEVICE] = "device",
		[PTWALK_SOURCE_KCORE] = "kcore",
		[PTWALK_SOURCE_PAGEMAP] = "pagemap",
	};

	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i]) == 0) {
			c->open.source = i;
			return 0;
		}
	return complain("there is no source %.40s (device, kcore or pagemap)", text);
}

static int set_common(struct cli *c, const struct common *common)
{
	if (common->json)
		c->out->json = true;
	if (common->user)
		c->open.flags |= PTWALK_OPEN_USER_HALF;
	if (common->source && set_source(c, common->source))
		return TROUBLE;
	return common->pid ? set_pid(c, common->pid) : 0;
}

static int wrong_value(const struct option *o, const char *text, const char *wrong)
{
	return complain("--%s: %.80s %s", o->name, text, wrong);
}

static const char *add_word(struct words *words, const char *text)
{
	if (words->n == MAX_WORDS)
		return "is one too many";
	words->word[words->n++] = text;
	return NULL;
}

static int set_value(const struct option *o, const char *text)
{
	const char *wrong = NULL;

	switch (o->kind) {
	case OPTION_FLAG:
		*(bool *)o->value = true;
		break;
	case OPTION_WORD:
		*(const char **)o->value = text;
		break;
	case OPTION_WORDS:
		wrong = add_word(o->value, text);
		break;
	case OPTION_SIZE:
		wrong = parse_size(text, o->value);
		break;
	case OPTION_HEX:
		wrong = parse_hex(text, strlen(text), o->value);
		break;
	case OPTION_RANGE:
		wrong = parse_span(text, o->value);
		break;
	}
	if (wrong)
		return wrong_value(o, text, wrong);
	if (o->given)
		*o->given = true;
	return 0;
}

/* The option that @word names: --NAME, --NAME=VALUE or -L; and where its value begins. */
static const struct option *find_option(const struct option *o, const char *word,
					const char **value)
{
	bool is_long = word[1] == '-';
	const char *name = word + (is_long ? 2 : 1);
	size_t length = is_long ? strcspn(name, "=") : 1;

	for (; o && o->name; o++) {
		if (is_long && (strlen(o->name) != length || strncmp(o->name, name, length) != 0))
			continue;
		if (!is_long && (!o->letter || o->letter != *name))
			continue;
		*value = is_long ? (name[length] ? name + length + 1 : NULL) :
				   (name[1] ? name + 1 : NULL);
		return o;
	}
	return NULL;
}

/* One word that begins with `-`. Sets *@used to the words that it took. */
static int parse_option(const struct option *own, const struct option *common, int argc,
			char **argv, int *used)
{
	const char *value = NULL;
	const struct option *o = find_option(own, argv[0], &value);

	*used = 1;
	if (!o)
		o = find_option(common, argv[0], &value);
	if (!o)
		return complain("there is no option %.40s (see ptwalk help)", argv[0]);
	if (o->kind == OPTION_FLAG && value)
		return complain("%.40s takes no value", argv[0]);
	if (o->kind != OPTION_FLAG && !value) {
		if (argc < 2)
			return complain("%.40s lacks its value", argv[0]);
		value = argv[1];
		*used = 2;
	}
	return set_value(o, value);
}

int parse_words(struct cli *c, const struct option *options, int argc, char **argv)
{
	struct common common = { 0 };
	const struct option common_options[] = {
		{ "pid", 'p', OPTION_WORD, &common.pid, NULL },
		{ "json", 'j', OPTION_FLAG, &common.json, NULL },
		{ "source", 0, OPTION_WORD, &common.source, NULL },
		{ "user", 0, OPTION_FLAG, &common.user, NULL },
		{ "file", 'f', OPTION_WORDS, &c->files, NULL },
		{ "gdb", 'g', OPTION_WORD, &c->socket, NULL },
		{ "format", 0, OPTION_WORD, &c->format, NULL },
		{ "base", 0, OPTION_WORDS, &c->bases, NULL },
		{ "root", 0, OPTION_WORD, &c->root, NULL },
		{ "levels", 0, OPTION_WORD, &c->levels, NULL },
		{ "cr3", 0, OPTION_WORD, &c->cr3, NULL },
		{ 0 },
	};
	int operands = 0, used;

	for (int i = 0; i < argc; i += used) {
		used = 1;
		if (strcmp(argv[i], "--") == 0) {
			while (++i < argc)
				argv[operands++] = argv[i];
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1])
			argv[operands++] = argv[i];
		else if (parse_option(options, common_options, argc - i, argv + i, &used))
			return -1;
	}
	if (set_common(c, &common) || (c->in_verb && open_image(c)))
		return -1;
	return operands;
}
