// SPDX-License-Identifier: GPL-2.0-only
/*
 * error.c - a code and a sentence.
 */
#include <stdarg.h>
#include <stdio.h>

#include "error.h"

int fail(struct ptwalk_error *err, int code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return code;
}
