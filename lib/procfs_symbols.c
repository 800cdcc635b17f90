// SPDX-License-Identifier: GPL-2.0-only
/*
 * procfs_symbols.c - one name among the lines of /proc/kallsyms: "ADDRESS TYPE NAME",
 * and "[MODULE]" behind a tab. Source: kernel/kallsyms.c, s_show() (6.1, 6.12).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "procfs.h"

#define CHUNK (64u << 10)

/**
 * struct listing - the file, as far as it was read
 * @used: bytes of @text
 * @found: the name was there, with @va
 * @any_address: an address was not 0: the kernel hides none (kptr_restrict)
 */
struct listing {
	int fd;
	size_t used;
	bool found;
	bool any_address;
	uint64_t va;
	char text[CHUNK];
};

/* The symbol in one line; false where it is another one. */
static bool is_line_of(const char *line, size_t length, const char *name, size_t name_length)
{
	/* 16 digits, a space, the type, a space */
	return length >= 19 + name_length && line[16] == ' ' && line[18] == ' ' &&
	       memcmp(line + 19, name, name_length) == 0 &&
	       (length == 19 + name_length || line[19 + name_length] == '\t');
}

static uint64_t line_address(const char *line)
{
	char digits[17];

	memcpy(digits, line, 16);
	digits[16] = '\0';
	return strtoull(digits, NULL, 16);
}

/*
 * Takes the whole lines out of the buffer; true when there is nothing more to learn.
 * An address of 0 may be true, of the per-CPU area's first symbols (before 6.15), which
 * come first; or all are hidden: the next ones tell.
 */
static bool look_through(struct listing *l, const char *name)
{
	size_t name_length = strlen(name), length;
	const char *line = l->text, *end = l->text + l->used, *next;

	while ((next = memchr(line, '\n', (size_t)(end - line)))) {
		length = (size_t)(next - line);
		if (!l->any_address && length > 16)
			l->any_address = line_address(line) != 0;
		if (!l->found && is_line_of(line, length, name, name_length)) {
			l->found = true;
			l->va = line_address(line);
		}
		if (l->found && l->any_address)
			return true;
		line = next + 1;
	}
	l->used = (size_t)(end - line);
	memmove(l->text, line, l->used);
	return false;
}

static int read_listing(struct listing *l, const char *name)
{
	ssize_t n = 1;

	while (n > 0 && l->used < sizeof(l->text)) {
		n = read(l->fd, l->text + l->used, sizeof(l->text) - l->used);
		if (n < 0 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n < 0)
			return -errno;
		l->used += (size_t)n;
		if (look_through(l, name))
			break;
	}
	return 0;
}

static int verdict(const struct listing *l, const char *path, const char *name,
		   struct ptwalk_error *err)
{
	if (!l->found)
		return fail(err, -ENOENT, "there is no symbol %.100s", name);
	if (!l->any_address)
		return fail(err, -EPERM, "%s hides its addresses; be root", path);
	return 0;
}

int find_listed_symbol(const char *path, const char *name, uint64_t *va, struct ptwalk_error *err)
{
	struct listing *l = calloc(1, sizeof(*l));
	int ret;

	if (!l)
		return fail(err, -ENOMEM, "no memory");
	l->fd = open(path, O_RDONLY | O_CLOEXEC);
	ret = l->fd < 0 ? -errno : read_listing(l, name);
	if (ret < 0)
		ret = fail(err, -EOPNOTSUPP, "there are no symbols: %s: %s", path, strerror(-ret));
	else
		ret = verdict(l, path, name, err);
	if (ret == 0)
		*va = l->va;
	if (l->fd >= 0)
		close(l->fd);
	free(l);
	return ret;
}
