/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cli.h - the frame of the command.
 *
 * How to add a verb NAME:
 *  1. cmd_NAME.c: `const struct verb verb_NAME`, and its run function. It parses
 *     its words with parse_words(), opens its space with open_space(), and turns
 *     what the library says into records: plain structs, filled.
 *  2. records.h: the record's struct and its `extern const struct record_type`.
 *  3. text_NAME.c: the `struct record_type`: a table of fields, from which JSON is
 *     printed, and the function that prints the same record as text.
 *  4. main.c: its line in the table of verbs. docs/json.md: its record.
 * The run function hands each record to emit() and never prints by itself: emit()
 * chooses the form. So no verb prints twice. What goes wrong is said by
 * complain() or complain_err(), one sentence on standard error.
 * Everything the verb knows comes from ptwalk.h; nothing else is included.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "numbers.h"
#include "out.h"
#include "ptwalk.h"
#include "records.h"

/* Exit statuses. */
enum {
	DONE = 0, /* found, nothing to report */
	FINDING = 1, /* an address that is not mapped, or what an audit found */
	TROUBLE = 2, /* wrong usage, no access */
};

/* Words of an option that may be given again and again. */
#define MAX_WORDS 64
struct words {
	const char *word[MAX_WORDS];
	uint32_t n;
};

/**
 * struct cli - the words before the verb, and where answers go
 * @open: which space, on which source; its image is opened by parse_words()
 * @files, @socket, @format, @bases, @root, @levels, @cr3: of the image, as given;
 *	image.c makes an image of them
 * @in_verb: the words of the verb itself are parsed, the last ones
 * @out: the output; @out->json after -j
 */
struct cli {
	struct ptwalk_open_options open;
	struct words files;
	const char *socket;
	const char *format;
	struct words bases;
	const char *root;
	const char *levels;
	const char *cr3;
	bool in_verb;
	struct out *out;
};

#define ALL_COMMON "[-f FILE | -g SOCKET] [-p PID] "

/**
 * struct verb - one verb
 * @common: for the usage line, what comes before it of the options of every verb, with a
 *	space at the end; NULL for ALL_COMMON
 * @words: what follows it on the command line, for the usage line
 * @summary: one line, for `ptwalk help`
 * @help: what `ptwalk help VERB` says below the usage line: options, a line each
 * @run: does it; @argv[0] is the first word behind the verb. Returns an exit status.
 */
struct verb {
	const char *name;
	const char *common;
	const char *words;
	const char *summary;
	const char *help;
	int (*run)(struct cli *c, int argc, char **argv);
};

/* All verbs, in the order of `ptwalk help`; ends with NULL. */
extern const struct verb * const verbs[];

/* The verb of that name, or NULL. */
const struct verb *find_verb(const char *name);

/* ---- options.c ---- */

enum option_kind {
	OPTION_FLAG, /* bool */
	OPTION_WORD, /* const char * */
	OPTION_WORDS, /* struct words */
	OPTION_SIZE, /* uint64_t; parse_size() */
	OPTION_HEX, /* uint64_t */
	OPTION_RANGE, /* struct span; parse_span() */
};

/**
 * struct option - one option of a verb: --NAME, or -LETTER where there is one
 * @value: of the type that @kind names; what it holds is the default
 * @given: set to true where the option was given; may be NULL
 */
struct option {
	const char *name;
	char letter;
	enum option_kind kind;
	void *value;
	bool *given;
};

/**
 * parse_words() - the options of a verb, and those of every verb (-p, -j ...)
 * @options: ends with a NULL name; may be NULL
 * @argv: on return the operands, from the front, in order
 *
 * `--` ends the options; a lone `-` is an operand. With the verb's own words, the image
 * that they ask for is opened into @c->open. Return: how many operands, or -1 after a
 * complaint: the verb then returns TROUBLE.
 */
int parse_words(struct cli *c, const struct option *options, int argc, char **argv);

/* ---- main.c ---- */

/* Says one sentence on standard error; returns TROUBLE. */
__attribute__((format(printf, 1, 2))) int complain(const char *format, ...);

/* The library's sentence. */
int complain_err(const struct ptwalk_error *err);

/* Opens the space that @c asks for; NULL after a complaint. */
struct ptwalk *open_space(struct cli *c);

/* ---- image.c ---- */

/* Opens what -f or -g names, where one does: 0, or TROUBLE after a complaint. */
int open_image(struct cli *c);

/* Opens a file as it is: a dump, a snapshot. NULL after a complaint. */
struct ptwalk_image *open_image_file(struct cli *c, const char *path);

/* The library's sentence on what could not be opened; where no kernel was found in @image
 * (NULL for the machine that runs), with what may be the reason. Returns TROUBLE. */
int complain_of_image(const struct ptwalk_image *image, const struct ptwalk_error *err);

/* ---- input.c ---- */

/**
 * struct input - addresses from the command line, with `-` for standard input
 *
 * Set up by input_init(); private, but for @names: the space whose symbols may stand for
 * addresses, NULL where only numbers may.
 */
struct input {
	struct ptwalk *names;
	char **words;
	int nr_words;
	bool reading; /* standard input, now */
	bool at_end; /* of it */
	size_t used; /* bytes of @buffer */
	size_t at; /* first of them that is not parsed yet */
	char buffer[1 << 16];
};

void input_init(struct input *in, int nr_words, char **words);

/**
 * parse_address() - a hexadecimal number, or NAME or NAME+HEX of a kernel symbol
 * @p: has the symbols; NULL where only numbers may stand
 *
 * What can be read as a number is one: `add` is 2781. Return: 0, or TROUBLE after a
 * complaint.
 */
int parse_address(struct ptwalk *p, const char *text, size_t length, uint64_t *va);

/* Whether a word that is no number could be a symbol's name: by how it begins. */
bool may_be_symbol(const char *text);

/**
 * input_next() - the next addresses
 *
 * Standard input is read as it comes: what is there is answered before more is
 * waited for. Return: how many, 0 at the end, -1 after a complaint.
 */
int input_next(struct input *in, uint64_t *va, int max);

/* ---- progress.c ---- */

/**
 * struct progress - a line on standard error for what takes over a second, where
 * that is a terminal. All 0 to begin with.
 */
struct progress {
	bool begun;
	bool shown;
	bool quiet;
	double start;
	double last;
};

__attribute__((format(printf, 2, 3))) void progress_show(struct progress *pr, const char *format,
							 ...);
/* Wipes the line. */
void progress_end(struct progress *pr);

#endif
