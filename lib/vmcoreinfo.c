// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmcoreinfo.c - lines KEY=VALUE.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmcoreinfo.h"

bool vmcoreinfo_word(const struct vmcoreinfo *v, const char *key, char *to, size_t bytes)
{
	size_t length = strlen(key), left = v->bytes;
	const char *line = v->text;

	while (left) {
		const char *end = memchr(line, '\n', left);
		size_t n = end ? (size_t)(end - line) : left;

		if (n > length && line[length] == '=' && memcmp(line, key, length) == 0) {
			n -= length + 1;
			if (n >= bytes)
				n = bytes - 1;
			memcpy(to, line + length + 1, n);
			to[n] = '\0';
			return true;
		}
		if (!end)
			return false;
		left -= n + 1;
		line = end + 1;
	}
	return false;
}

bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *value)
{
	char text[24], *end;

	if (!vmcoreinfo_word(v, key, text, sizeof(text)) || !*text)
		return false;
	errno = 0;
	*value = strtoull(text, &end, 16);
	return !*end && !errno;
}

bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *key, int64_t *value)
{
	char text[24], *end;

	if (!vmcoreinfo_word(v, key, text, sizeof(text)) || !*text)
		return false;
	errno = 0;
	*value = strtoll(text, &end, 10);
	return !*end && !errno;
}
