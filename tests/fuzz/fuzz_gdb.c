// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_gdb.c - arbitrary bytes as what a gdbstub says. The first byte tells whether they
 * go to the socket as they are, or each line as the contents of a packet whose
 * checksum is right.
 *
 * Whatever is said: it is refused by a sentence, or is a machine whose memory is in
 * order; and it ends, soon.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/gdb_machine.h"
#include "../unit/physcheck.h"

#define NAME "the-stub"
#define PATIENCE_MS 300
#define MOST_BYTES 60000 /* that a socket takes at once */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void say(int fd, const void *bytes, size_t n)
{
	require(send(fd, bytes, n, MSG_DONTWAIT) == (ssize_t)n, "the socket is full");
}

static void say_packet(int fd, const uint8_t *line, size_t n)
{
	unsigned char sum = 0;
	char end[4];

	for (size_t i = 0; i < n; i++)
		sum += line[i];
	snprintf(end, sizeof(end), "#%02x", sum);
	say(fd, "$", 1);
	if (n)
		say(fd, line, n);
	say(fd, end, 3);
}

/* A socket takes few packets that are small: no more of these than it does for sure. */
static void say_lines(int fd, const uint8_t *data, size_t size)
{
	for (unsigned int lines = 0; size && lines < 60; lines++) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t n = end ? (size_t)(end - data) : size;

		say_packet(fd, data, n);
		data += end ? n + 1 : n;
		size -= end ? n + 1 : n;
	}
}

/* The process that the stub is said to be is this one: its memory may be mapped. */
static void look(struct phys *m)
{
	unsigned char page[4096];
	const char *complaint;
	bool mapped = false;

	for (size_t i = 0; i < m->nr_ranges; i++) {
		int ret = phys_read(m, m->ranges[i].pa, page, sizeof(page));

		require(ret == 0 || ret == -ENXIO || ret == -EIO, "a read fails oddly");
		mapped = mapped || m->ranges[i].data;
	}
	complaint = mapped ? NULL : phys_complaint(m);
	require(!complaint, complaint);
	phys_close(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ptwalk_image_options o = { .socket = NAME };
	struct ptwalk_error err = { 0 };
	const char *complaint;
	struct phys m;
	int fds[2], ret;

	if (!size || size > MOST_BYTES)
		return -1;
	require(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "there is no socket");
	if (*data & 1)
		say(fds[1], data, size);
	else
		say_lines(fds[1], data + 1, size - 1);
	shutdown(fds[1], SHUT_WR);
	ret = gdb_phys_open_fd(&m, fds[0], PATIENCE_MS, &o, &err);
	if (ret == 0) {
		look(&m);
	} else {
		complaint = refusal_complaint(ret, &err, NAME);
		require(!complaint, complaint);
	}
	close(fds[1]);
	return 0;
}
