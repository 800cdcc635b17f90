// SPDX-License-Identifier: GPL-2.0-only
/*
 * out.c - buffered output.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "numbers.h"
#include "out.h"

bool is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

void out_init(struct out *o, int fd)
{
	const char *no_color = getenv("NO_COLOR");

	o->fd = fd;
	o->json = false;
	o->error = 0;
	o->notices[0] = '\0';
	o->used = 0;
	/* https://no-color.org: present and not empty, whatever it says. */
	o->colour = is_terminal(fd) && !(no_color && *no_color);
}

static void write_all(struct out *o, const char *bytes, size_t length)
{
	while (length && !o->error) {
		ssize_t n = write(o->fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			o->error = errno;
			return;
		}
		bytes += n;
		length -= n;
	}
}

void out_flush(struct out *o)
{
	write_all(o, o->buffer, o->used);
	o->used = 0;
}

void out_bytes(struct out *o, const char *bytes, size_t length)
{
	if (length > sizeof(o->buffer) - o->used)
		out_flush(o);
	if (length > sizeof(o->buffer)) {
		write_all(o, bytes, length);
		return;
	}
	memcpy(o->buffer + o->used, bytes, length);
	o->used += length;
}

void out_text(struct out *o, const char *text)
{
	out_bytes(o, text, strlen(text));
}

void out_char(struct out *o, char c)
{
	out_bytes(o, &c, 1);
}

char *tame_name(char *to, size_t bytes, const char *name)
{
	size_t n = 0;

	for (; *name && n + 1 < bytes; name++)
		to[n++] = iscntrl((unsigned char)*name) ? '?' : *name;
	to[n] = '\0';
	return to;
}

void out_name(struct out *o, const char *name)
{
	char tame[128];

	out_text(o, tame_name(tame, sizeof(tame), name));
}

void out_hex(struct out *o, uint64_t value, unsigned int width)
{
	char digits[16];

	out_bytes(o, digits, format_hex(digits, value, width < 16 ? width : 16));
}

void out_hex_right(struct out *o, uint64_t value, unsigned int width)
{
	char digits[16];
	unsigned int n = format_hex(digits, value, 1);

	for (; width > n; width--)
		out_char(o, ' ');
	out_bytes(o, digits, n);
}

void out_printf(struct out *o, const char *format, ...)
{
	char text[512];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n > 0)
		out_bytes(o, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void out_colour(struct out *o, enum colour colour)
{
	static const char * const codes[] = {
		[COLOUR_NONE] = "\033[0m",
		[COLOUR_HEAD] = "\033[1m",
		[COLOUR_BAD] = "\033[31m",
		[COLOUR_GOOD] = "\033[32m",
	};

	if (o->colour)
		out_text(o, codes[colour]);
}

void out_notice(struct out *o, const char *format, ...)
{
	size_t used = strlen(o->notices);
	va_list args;

	va_start(args, format);
	vsnprintf(o->notices + used, sizeof(o->notices) - used, format, args);
	va_end(args);
}

void tell_notices(struct out *o)
{
	if (o->notices[0])
		fputs(o->notices, stderr);
	o->notices[0] = '\0';
}

void emit(struct out *o, const struct record_type *type, const void *record)
{
	if (o->notices[0])
		tell_notices(o);
	if (o->json)
		json_record(o, type, record);
	else
		type->text(o, record);
}
