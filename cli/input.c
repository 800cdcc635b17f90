// SPDX-License-Identifier: GPL-2.0-only
/*
 * input.c - addresses from the command line and from standard input.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

void input_init(struct input *in, int nr_words, char **words)
{
	in->words = words;
	in->nr_words = nr_words;
	in->names = NULL;
	in->reading = false;
	in->at_end = false;
	in->used = 0;
	in->at = 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The longest that the kernel has: KSYM_NAME_LEN, 6.1 and later. */
#define MOST_NAME 512

static int refuse(const char *text, size_t length, const char *wrong, const char *why)
{
	size_t shown = length <= 40 ? length : 40;
	char word[41];

	if (!length)
		return complain("an empty word %s", wrong);
	/* Standard input has whatever it has. */
	for (size_t i = 0; i < shown; i++)
		word[i] = iscntrl((unsigned char)text[i]) ? '?' : text[i];
	word[shown] = '\0';
	return complain("%s%s %s%s%s", word, length > shown ? "..." : "", wrong, *why ? "; " : "",
			why);
}

bool may_be_symbol(const char *text)
{
	char letter = *text | 0x20;

	return (letter >= 'a' && letter <= 'z') || *text == '_' || *text == '.';
}

/* NAME or NAME+OFFSET, which is hexadecimal. */
static int parse_symbol(struct ptwalk *p, const char *text, size_t length, uint64_t *va,
			struct ptwalk_error *err)
{
	const char *plus = memchr(text, '+', length);
	size_t name_length = plus ? (size_t)(plus - text) : length;
	const char *wrong = NULL;
	char name[MOST_NAME];
	uint64_t offset = 0;

	if (name_length >= sizeof(name)) {
		snprintf(err->text, sizeof(err->text), "it is too long for a symbol");
		return -ENOENT;
	}
	if (plus)
		wrong = parse_hex(plus + 1, length - name_length - 1, &offset);
	if (wrong) {
		snprintf(err->text, sizeof(err->text), "what is behind the + %s", wrong);
		return -ENOENT;
	}
	memcpy(name, text, name_length);
	name[name_length] = '\0';
	if (ptwalk_symbol(p, name, va, err) < 0)
		return -ENOENT;
	if (__builtin_add_overflow(*va, offset, va)) {
		snprintf(err->text, sizeof(err->text), "it goes beyond 2^64");
		return -ENOENT;
	}
	return 0;
}

int parse_address(struct ptwalk *p, const char *text, size_t length, uint64_t *va)
{
	const char *wrong = parse_hex(text, length, va);
	struct ptwalk_error err;

	if (!wrong)
		return 0;
	if (!p || !length || !may_be_symbol(text))
		return refuse(text, length, wrong, "");
	if (parse_symbol(p, text, length, va, &err) < 0)
		return refuse(text, length, wrong, err.text);
	return 0;
}

/* Moves what is not parsed yet to the front, and reads more behind it. */
static int fill(struct input *in)
{
	ssize_t n;

	memmove(in->buffer, in->buffer + in->at, in->used - in->at);
	in->used -= in->at;
	in->at = 0;
	do
		n = read(STDIN_FILENO, in->buffer + in->used, sizeof(in->buffer) - in->used);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		complain("standard input: %s", strerror(errno));
		return -1;
	}
	in->at_end = n == 0;
	in->used += n;
	return 0;
}

/* The length of the word at in->at, or 0 where it may go on behind what was read. */
static size_t next_word(struct input *in)
{
	size_t end;

	while (in->at < in->used && is_space(in->buffer[in->at]))
		in->at++;
	for (end = in->at; end < in->used && !is_space(in->buffer[end]); end++)
		;
	/* A word that fills the buffer is none; it is refused for its length. */
	if (end == in->used && !in->at_end && end - in->at < sizeof(in->buffer))
		return 0;
	return end - in->at;
}

static int parse_buffered(struct input *in, uint64_t *va, int max)
{
	size_t length;
	int n = 0;

	while (n < max && (length = next_word(in)) > 0) {
		/* What came before a word that is no number is answered first; then it comes
		 * up again: it may be a name, or wrong. */
		if (n && parse_hex(in->buffer + in->at, length, &va[n]))
			break;
		if (!n && parse_address(in->names, in->buffer + in->at, length, va))
			return -1;
		in->at += length;
		n++;
	}
	return n;
}

static int read_some(struct input *in, uint64_t *va, int max)
{
	int n = parse_buffered(in, va, max);

	while (n == 0 && !in->at_end) {
		if (fill(in) < 0)
			return -1;
		n = parse_buffered(in, va, max);
	}
	if (n == 0)
		in->reading = false;
	return n;
}

int input_next(struct input *in, uint64_t *va, int max)
{
	int n = 0;

	while (n == 0 && (in->reading || in->nr_words)) {
		if (in->reading) {
			n = read_some(in, va, max);
			continue;
		}
		in->nr_words--;
		if (strcmp(*in->words, "-") == 0)
			in->reading = true;
		else
			n = parse_address(in->names, *in->words, strlen(*in->words), va) ? -1 : 1;
		in->words++;
	}
	return n;
}
