// SPDX-License-Identifier: GPL-2.0-only
/*
 * gdb_host.c - another process's memory. Source: proc(5), /proc/PID/maps, map_files
 * and mem; unix(7), SO_PEERCRED.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gdb_host.h"

/* A line of /proc/PID/maps. */
struct line {
	unsigned long long start;
	unsigned long long end;
	char rights[5];
	unsigned long long offset;
	unsigned long long inode;
	char path[4096];
};

pid_t gdb_host_peer(int fd)
{
	struct ucred peer;
	socklen_t bytes = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) < 0)
		return 0;
	return peer.pid > 0 ? peer.pid : 0;
}

static int find_line(pid_t pid, uint64_t va, struct line *l)
{
	char name[64], text[4400];
	int ret = -ENOENT;
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%d/maps", (int)pid);
	maps = fopen(name, "re");
	if (!maps)
		return -errno;
	while (ret && fgets(text, sizeof(text), maps)) {
		*l->path = '\0';
		if (sscanf(text, "%llx-%llx %4s %llx %*x:%*x %llu %4095[^\n]", &l->start, &l->end,
			   l->rights, &l->offset, &l->inode, l->path) >= 5 &&
		    va >= l->start && va < l->end)
			ret = 0;
	}
	fclose(maps);
	return ret;
}

/* The file itself where we may, else what has its name, if it is the same. */
static int open_file(pid_t pid, const struct line *l)
{
	char name[96];
	struct stat st;
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/map_files/%llx-%llx", (int)pid, l->start, l->end);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && *l->path == '/')
		fd = open(l->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_ino == l->inode)
		return fd;
	close(fd);
	return -ENOENT;
}

int gdb_host_map(pid_t pid, uint64_t va, uint64_t bytes, struct mapped_file *f)
{
	struct stat st;
	struct line l;
	uint64_t offset;
	void *data;
	int fd, ret = find_line(pid, va, &l);

	if (ret < 0)
		return ret;
	if (l.rights[3] != 's' || !l.inode || bytes > l.end - va || (va - l.start) % 4096)
		return -ENOENT;
	offset = l.offset + (va - l.start);
	fd = open_file(pid, &l);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || offset > (uint64_t)st.st_size ||
	    bytes > (uint64_t)st.st_size - offset) {
		close(fd);
		return -ENOENT;
	}
	data = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	ret = data == MAP_FAILED ? -errno : 0;
	close(fd);
	if (ret == 0)
		*f = (struct mapped_file){ .data = data, .bytes = bytes };
	return ret;
}

int gdb_host_open_memory(pid_t pid)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/mem", (int)pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int gdb_host_read(int fd, uint64_t va, void *buffer, size_t bytes)
{
	ssize_t n;

	if (va > INT64_MAX - bytes)
		return -EIO;
	n = pread(fd, buffer, bytes, (off_t)va);
	return n == (ssize_t)bytes ? 0 : -EIO;
}
