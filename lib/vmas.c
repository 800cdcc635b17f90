// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmas.c - /proc/PID/maps and smaps. Source: Documentation/filesystems/proc.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ptwalk.h"
#include "vmas.h"

/* The whole of a file of /proc; *@text is the caller's. */
static int read_file(const char *path, char **text, size_t *bytes)
{
	size_t room = 1 << 14, used = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;
	char *buffer = NULL;

	if (fd < 0)
		return -errno;
	for (;;) {
		char *more = room - used > 1 && buffer ? buffer : realloc(buffer, room *= 2);
		ssize_t n;

		if (!more) {
			error = ENOMEM;
			break;
		}
		buffer = more;
		n = read(fd, buffer + used, room - used - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			error = errno;
		if (n <= 0)
			break;
		used += n;
	}
	close(fd);
	if (error) {
		free(buffer);
		return -error;
	}
	buffer[used] = '\0';
	*text = buffer;
	*bytes = used;
	return 0;
}

static struct vma *add_vma(struct vmas *v)
{
	if (v->nr == v->room) {
		size_t room = v->room ? 2 * v->room : 64;
		struct vma *list = realloc(v->list, room * sizeof(*list));

		if (!list)
			return NULL;
		v->list = list;
		v->room = room;
	}
	return memset(&v->list[v->nr++], 0, sizeof(*v->list));
}

static uint8_t rights_of(const char *perms)
{
	uint8_t rights = 0;

	if (perms[1] == 'w')
		rights |= PTWALK_W;
	if (perms[2] == 'x')
		rights |= PTWALK_X;
	if (rights || perms[0] == 'r')
		rights |= PTWALK_R | PTWALK_U;
	return rights;
}

/* "start-end perms ...": a line that begins a mapping. */
static bool parse_head(const char *line, struct vma *found)
{
	unsigned long long start, end;
	char perms[5];

	if (sscanf(line, "%llx-%llx %4s", &start, &end, perms) != 3 || start >= end ||
	    strlen(perms) != 4)
		return false;
	*found = (struct vma){
		.start = start, .end = end, .page_bytes = 4096, .rights = rights_of(perms)
	};
	return true;
}

/* " pf " among the two-letter words behind "VmFlags:". */
static bool has_flag(const char *flags, const char *name)
{
	for (; flags; flags = strchr(flags, ' ')) {
		flags += strspn(flags, " ");
		if (strncmp(flags, name, 2) == 0)
			return true;
	}
	return false;
}

static void parse_detail(const char *line, struct vma *vma)
{
	unsigned long long kib;

	if (sscanf(line, "KernelPageSize: %llu", &kib) == 1 && kib)
		vma->page_bytes = kib << 10;
	if (sscanf(line, "AnonHugePages: %llu", &kib) == 1 ||
	    sscanf(line, "ShmemPmdMapped: %llu", &kib) == 1 ||
	    sscanf(line, "FilePmdMapped: %llu", &kib) == 1)
		vma->has_huge |= kib != 0;
	if (strncmp(line, "VmFlags:", 8) == 0)
		vma->pfnmap = has_flag(line + 8, "pf") || has_flag(line + 8, "io");
}

static int parse_smaps(struct vmas *v, char *text)
{
	char *line, *rest = text;
	struct vma head, *vma = NULL;

	v->nr = 0;
	while ((line = strsep(&rest, "\n"))) {
		/* Only the head of a mapping begins with a lower-case digit. */
		if (strchr("0123456789abcdef", *line) && *line && parse_head(line, &head)) {
			vma = add_vma(v);
			if (!vma)
				return -ENOMEM;
			*vma = head;
		} else if (vma) {
			parse_detail(line, vma);
		}
	}
	return 0;
}

int vmas_refresh(struct vmas *v, const char *maps, const char *smaps)
{
	char *text, *details;
	size_t bytes, detail_bytes;
	int ret = read_file(maps, &text, &bytes);

	if (ret < 0)
		return ret;
	if (v->text && bytes == v->text_bytes && memcmp(text, v->text, bytes) == 0) {
		free(text);
		return 0;
	}
	free(v->text);
	v->text = text;
	v->text_bytes = bytes;
	ret = read_file(smaps, &details, &detail_bytes);
	if (ret == 0) {
		ret = parse_smaps(v, details);
		free(details);
	}
	if (ret < 0) {
		/* The next call begins anew. */
		free(v->text);
		v->text = NULL;
	}
	return ret;
}

const struct vma *vmas_find(const struct vmas *v, uint64_t va)
{
	size_t low = 0, high = v->nr;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (va < v->list[middle].end)
			high = middle;
		else
			low = middle + 1;
	}
	return low < v->nr ? &v->list[low] : NULL;
}

void vmas_free(struct vmas *v)
{
	free(v->list);
	free(v->text);
	memset(v, 0, sizeof(*v));
}
