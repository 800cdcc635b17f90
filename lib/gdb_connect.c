// SPDX-License-Identifier: GPL-2.0-only
/*
 * gdb_connect.c - reaches a gdbstub: by TCP, or by a Unix socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gdb_remote.h"

/* A connected socket, or a negative errno. */
static int connect_to(int family, const struct sockaddr *address, socklen_t bytes)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int code = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, address, bytes) == 0)
		return fd;
	code = errno;
	if (code == EINPROGRESS) {
		code = 0;
		if (poll(&p, 1, GDB_CONNECT_MS) <= 0)
			code = ETIMEDOUT;
		else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0)
			code = errno;
	}
	if (!code)
		return fd;
	close(fd);
	return -code;
}

static int connect_unix(const char *path, struct ptwalk_error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return fail(err, -EINVAL, "%.40s... is too long for a socket", path);
	/* A dump, say; to connect to it would be refused. */
	if (stat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return fail(err, -ENOTSOCK, "%s is no socket", path);
	strcpy(address.sun_path, path);
	fd = connect_to(AF_UNIX, (struct sockaddr *)&address, sizeof(address));
	if (fd < 0)
		fail(err, fd, "%s: %s", path, strerror(-fd));
	return fd;
}

/* The first of the host's addresses that answers; a few are enough. */
static int try_all(const struct addrinfo *a)
{
	int fd = -EADDRNOTAVAIL, one = 1;

	for (unsigned int i = 0; a && i < 4; a = a->ai_next, i++) {
		fd = connect_to(a->ai_family, a->ai_addr, a->ai_addrlen);
		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		return fd;
	}
	return fd;
}

static int connect_tcp(const char *address, const char *port, struct ptwalk_error *err)
{
	const struct addrinfo want = { .ai_socktype = SOCK_STREAM };
	size_t length = (size_t)(port - 1 - address);
	struct addrinfo *found;
	char host[256] = "localhost";
	int fd;

	if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
		address++;
		length -= 2;
	}
	if (length >= sizeof(host))
		return fail(err, -EINVAL, "%.40s... is no host", address);
	if (length) {
		memcpy(host, address, length);
		host[length] = '\0';
	}
	fd = getaddrinfo(host, port, &want, &found);
	if (fd)
		return fail(err, -EINVAL, "%s:%s: %s", host, port, gai_strerror(fd));
	fd = try_all(found);
	freeaddrinfo(found);
	return fd < 0 ? fail(err, fd, "%s:%s: %s", host, port, strerror(-fd)) : fd;
}

/* What has a slash, or no colon, is a path. */
int gdb_connect(struct gdb_remote *r, const char *address, struct ptwalk_error *err)
{
	const char *colon = strrchr(address, ':');
	int fd;

	if (strchr(address, '/') || !colon)
		fd = connect_unix(address, err);
	else
		fd = connect_tcp(address, colon + 1, err);
	if (fd < 0)
		return fd;
	gdb_take(r, fd, address);
	return 0;
}
