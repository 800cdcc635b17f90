// SPDX-License-Identifier: GPL-2.0-only
/*
 * image.c - what -f, -g and their options say, made an image.
 */
#include <string.h>

#include "cli.h"

static int set_format(struct ptwalk_image_options *o, const char *text)
{
	for (uint32_t i = PTWALK_FORMAT_ELF; i <= PTWALK_FORMAT_SNAPSHOT; i++)
		if (strcmp(text, ptwalk_image_format_name(i)) == 0) {
			o->format = i;
			return 0;
		}
	return complain("there is no format %.40s (elf, lime, raw, kdump, flattened, snapshot)",
			text);
}

/* A plain number, decimal and small. */
static int parse_small(const char *text, uint32_t *value)
{
	uint64_t v;

	if (strspn(text, "0123456789") != strlen(text) || parse_size(text, &v) || v > UINT32_MAX)
		return -1;
	*value = (uint32_t)v;
	return 0;
}

static int set_numbers(const struct cli *c, struct ptwalk_image_options *o)
{
	const char *wrong;

	if (c->levels && (parse_small(c->levels, &o->levels) || (o->levels != 4 && o->levels != 5)))
		return complain("--levels: %.40s is neither 4 nor 5", c->levels);
	if (c->cr3 && parse_small(c->cr3, &o->cpu))
		return complain("--cr3: %.40s is no CPU's number", c->cr3);
	if (c->cr3)
		o->flags |= PTWALK_IMAGE_CR3;
	if (!c->root)
		return 0;
	o->flags |= PTWALK_IMAGE_ROOT;
	wrong = parse_hex(c->root, strlen(c->root), &o->root);
	return wrong ? complain("--root: %.40s %s", c->root, wrong) : 0;
}

/* One of the numbers of OFFSET:PA[:BYTES]; *@text is moved behind it. */
static const char *next_number(const char **text, uint64_t *value)
{
	size_t length = strcspn(*text, ":");
	const char *wrong = parse_hex(*text, length, value);

	*text += length + ((*text)[length] == ':');
	return wrong;
}

/* PA, or OFFSET:PA, or OFFSET:PA:BYTES. */
static int parse_base(const char *text, struct ptwalk_base *base)
{
	const char *at = text, *wrong;
	uint64_t numbers[3] = { 0 };
	unsigned int n = 0;

	do {
		wrong = n < 3 ? next_number(&at, &numbers[n++]) : "has more than three numbers";
	} while (!wrong && *at);
	if (wrong)
		return complain("--base: %.60s %s", text, wrong);
	*base = n == 1 ? (struct ptwalk_base){ .pa = numbers[0] } :
			 (struct ptwalk_base){ numbers[0], numbers[1], numbers[2] };
	return 0;
}

/* What was guessed belongs to every answer; what the file itself says goes unsaid. */
static void note_guesses(struct out *out, const struct ptwalk_image *image)
{
	const struct ptwalk_image_info *info = ptwalk_image_get_info(image);

	if (info->guessed)
		out_notice(out, "ptwalk: %s, as nothing in it says what it is (--format)\n",
			   info->taken_for);
	if (info->root_from == PTWALK_ROOT_SEARCH)
		out_notice(out,
			   "ptwalk: the kernel's tables were found by a search; it is %u %% sure "
			   "(--root)\n",
			   info->sure);
	if (info->missing_bytes)
		out_notice(out, "ptwalk: %s; %llu bytes of it are missing\n", info->taken_for,
			   (unsigned long long)info->missing_bytes);
}

int complain_of_image(const struct ptwalk_image *image, const struct ptwalk_error *err)
{
	const struct ptwalk_image_info *info = image ? ptwalk_image_get_info(image) : NULL;

	if (!info || info->root_from != PTWALK_ROOT_UNKNOWN)
		return complain_err(err);
	if (info->missing_bytes)
		return complain("%s; %llu bytes of the file are missing", err->text,
				(unsigned long long)info->missing_bytes);
	if (info->guessed)
		return complain("%s, as nothing in it says what it is (--format); %s",
				info->taken_for, err->text);
	return complain_err(err);
}

static int check_words(const struct cli *c)
{
	if (c->open.source != PTWALK_SOURCE_AUTO)
		return complain("--source is of the machine that runs, not of an image");
	if (c->socket && c->files.n > 1)
		return complain("--gdb goes with one file, the machine's memory");
	if (c->socket && !*c->socket)
		return complain("--gdb: which socket?");
	for (uint32_t i = 0; i < c->files.n; i++)
		if (!*c->files.word[i])
			return complain("--file: which file?");
	return 0;
}

int open_image(struct cli *c)
{
	static struct ptwalk_base bases[MAX_WORDS];
	struct ptwalk_image_options o = {
		.paths = c->files.word,
		.nr_paths = c->files.n,
		.socket = c->socket,
		.nr_bases = c->bases.n,
		.bases = bases,
	};
	struct ptwalk_error err;

	if (!c->files.n && !c->socket) {
		if (c->format || c->bases.n || c->root || c->levels || c->cr3)
			return complain("--format, --base, --root, --levels and --cr3 are of a "
					"file (-f) or a virtual machine (-g)");
		return 0;
	}
	if (check_words(c) || (c->format && set_format(&o, c->format)) || set_numbers(c, &o))
		return TROUBLE;
	for (uint32_t i = 0; i < c->bases.n; i++)
		if (parse_base(c->bases.word[i], &bases[i]))
			return TROUBLE;
	c->open.image = ptwalk_image_open(&o, &err);
	if (!c->open.image)
		return complain_err(&err);
	note_guesses(c->out, c->open.image);
	return 0;
}

struct ptwalk_image *open_image_file(struct cli *c, const char *path)
{
	struct ptwalk_image_options o = { .paths = &path, .nr_paths = 1 };
	struct ptwalk_error err;
	struct ptwalk_image *image = ptwalk_image_open(&o, &err);

	if (!image)
		complain_err(&err);
	else
		note_guesses(c->out, image);
	return image;
}
