/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gdb_remote.h - speaks the GDB remote serial protocol to a stub: packets, and the few
 * questions of which an answer is longer than one. Private.
 *
 * The stub is not believed: every packet's checksum is checked, every answer has an end
 * in bytes and in time. After the first thing that goes wrong on the way nothing more
 * is said to it, and each question fails at once.
 */
#ifndef LIB_GDB_REMOTE_H
#define LIB_GDB_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* How long it may take to connect, and to answer. */
#define GDB_CONNECT_MS 5000
#define GDB_ANSWER_MS 10000

/* Longer packets are neither sent nor taken. */
#define GDB_MAX_PACKET 16384
/* So many questions are on their way at once. */
#define GDB_WINDOW 64

/**
 * struct gdb_remote - a connection
 * @name: the address, the caller's; for sentences
 * @answer_ms: GDB_ANSWER_MS; tests have less patience
 * @packet_bytes: that the stub takes, and the most that it is asked to give
 * @answered: it has answered something
 * @stopped_it: the stub told that the machine stopped when we came
 * @no_ack: packets are not acknowledged
 * @broken: what went wrong on the way, a negative errno; 0 as long as all is well
 */
struct gdb_remote {
	const char *name;
	int fd;
	unsigned int answer_ms;
	size_t packet_bytes;
	bool answered;
	bool stopped_it;
	bool no_ack;
	int broken;
	int64_t deadline_ms;
	size_t out_bytes;
	size_t in_at;
	size_t in_bytes;
	char out[GDB_WINDOW * 64 + GDB_MAX_PACKET];
	char in[65536];
};

/**
 * gdb_connect() - connects to HOST:PORT, :PORT (this machine), or a Unix socket's path
 *
 * Return: 0, or a negative errno with @err: -EINVAL (no such address), -ETIMEDOUT, or
 * of connect.
 */
int gdb_connect(struct gdb_remote *r, const char *address, struct ptwalk_error *err);

/* Takes a connected socket, which is closed by gdb_disconnect(). */
void gdb_take(struct gdb_remote *r, int fd, const char *name);
void gdb_disconnect(struct gdb_remote *r);

/*
 * The errors of all below, with @err: -ETIMEDOUT; -ECONNRESET where the stub hung up;
 * -EPROTO (a wrong checksum, no packet, one that is too long); of send and recv.
 */

/* Says @question; it leaves with the next gdb_receive(), together with others. */
int gdb_send(struct gdb_remote *r, const char *question, struct ptwalk_error *err);

/**
 * gdb_receive() - the next answer
 * @answer: @room bytes of it at most, and a NUL behind it within these
 *
 * Return: how many bytes, or a negative errno.
 */
int gdb_receive(struct gdb_remote *r, char *answer, size_t room, struct ptwalk_error *err);

/* Both: one question and its answer. */
int gdb_ask(struct gdb_remote *r, const char *question, char *answer, size_t room,
	    struct ptwalk_error *err);

/* Learns what the stub can do; the first question of all. 0, or a negative errno. */
int gdb_greet(struct gdb_remote *r, struct ptwalk_error *err);

/**
 * gdb_read_feature() - a file of the target's description
 * @text: @room bytes of it at most, and a NUL
 *
 * Return: how many bytes, or a negative errno: -ENOENT (there is none), -EFBIG.
 */
int gdb_read_feature(struct gdb_remote *r, const char *file, char *text, size_t room,
		     struct ptwalk_error *err);

/**
 * gdb_monitor() - what qemu's monitor answers to @command
 * @text: as much as goes into @room bytes, and a NUL
 *
 * Return: how many bytes, or a negative errno: -EOPNOTSUPP (there is no monitor).
 */
int gdb_monitor(struct gdb_remote *r, const char *command, char *text, size_t room,
		struct ptwalk_error *err);

/* Memory, by as many questions as it takes. 0, -ENXIO where the stub refuses, or as above. */
int gdb_read_memory(struct gdb_remote *r, uint64_t address, void *buffer, size_t bytes,
		    struct ptwalk_error *err);

/* Bytes written as hexadecimal digits; how many, or -EPROTO where they are none. */
int gdb_unhex(const char *digits, size_t n, void *buffer, size_t room);

#endif
