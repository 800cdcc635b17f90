// SPDX-License-Identifier: GPL-2.0-only
/*
 * gdb_questions.c - questions to a gdbstub whose answers come in parts. Source: GDB's
 * manual, "General Query Packets" (13.1); qemu's gdbstub (7.2), where reads of memory
 * are of half a packet at most and qRcmd is the monitor.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdb_remote.h"

#define MAX_READ 2048

static bool is_ok(const char *answer)
{
	return strcmp(answer, "OK") == 0;
}

int gdb_greet(struct gdb_remote *r, struct ptwalk_error *err)
{
	char answer[4096];
	const char *size;
	int ret = gdb_ask(r, "qSupported:xmlRegisters=i386", answer, sizeof(answer), err);

	if (ret < 0)
		return ret;
	size = strstr(answer, "PacketSize=");
	if (size) {
		unsigned long bytes = strtoul(size + strlen("PacketSize="), NULL, 16);

		if (bytes < 128)
			return fail(err, -EPROTO, "the gdbstub at %s has packets of %lu bytes",
				    r->name, bytes);
		r->packet_bytes = bytes < GDB_MAX_PACKET ? bytes : GDB_MAX_PACKET;
	}
	ret = gdb_ask(r, "QStartNoAckMode", answer, sizeof(answer), err);
	if (ret < 0)
		return ret;
	r->no_ack = is_ok(answer);
	return 0;
}

int gdb_read_feature(struct gdb_remote *r, const char *file, char *text, size_t room,
		     struct ptwalk_error *err)
{
	char question[160], answer[GDB_MAX_PACKET];
	size_t at = 0, part = r->packet_bytes - 8;

	while (at + 1 < room) {
		int ret;

		snprintf(question, sizeof(question), "qXfer:features:read:%.64s:%zx,%zx", file, at,
			 part);
		ret = gdb_ask(r, question, answer, sizeof(answer), err);
		if (ret < 0)
			return ret;
		if (ret < 1 || (*answer != 'm' && *answer != 'l'))
			return fail(err, -ENOENT,
				    "the gdbstub at %s does not describe its registers", r->name);
		if ((size_t)ret - 1 > room - 1 - at)
			break;
		memcpy(text + at, answer + 1, ret - 1);
		at += ret - 1;
		text[at] = '\0';
		if (*answer == 'l')
			return (int)at;
		if (ret == 1)
			break;
	}
	return fail(err, -EFBIG, "the gdbstub at %s describes its registers without end", r->name);
}

/* What `O` packets say, up to `OK`; what does not fit is passed over. */
static int collect(struct gdb_remote *r, char *text, size_t room, struct ptwalk_error *err)
{
	char answer[GDB_MAX_PACKET];
	size_t at = 0;

	for (unsigned int i = 0; i < 65536; i++) {
		int ret = gdb_receive(r, answer, sizeof(answer), err);

		if (ret < 0)
			return ret;
		if (is_ok(answer)) {
			text[at] = '\0';
			return (int)at;
		}
		if (*answer != 'O')
			return fail(err, -EOPNOTSUPP, "the gdbstub at %s has no monitor", r->name);
		ret = gdb_unhex(answer + 1, ret - 1, answer, sizeof(answer));
		if (ret < 0)
			return fail(err, ret, "the gdbstub at %s says what is no text", r->name);
		if ((size_t)ret > room - 1 - at)
			ret = (int)(room - 1 - at);
		memcpy(text + at, answer, ret);
		at += ret;
	}
	return fail(err, -EPROTO, "the gdbstub at %s talks without end", r->name);
}

int gdb_monitor(struct gdb_remote *r, const char *command, char *text, size_t room,
		struct ptwalk_error *err)
{
	char question[256];
	size_t at = (size_t)sprintf(question, "qRcmd,");
	int ret;

	if (strlen(command) > 100)
		return fail(err, -EINVAL, "a command of %zu bytes is too long", strlen(command));
	for (; *command; command++)
		at += sprintf(question + at, "%02x", (unsigned char)*command);
	ret = gdb_send(r, question, err);
	return ret < 0 ? ret : collect(r, text, room, err);
}

/* One answer to `m`. */
static int take_memory(struct gdb_remote *r, uint64_t address, void *buffer, size_t bytes,
		       struct ptwalk_error *err)
{
	char answer[2 * MAX_READ + 1];
	int ret = gdb_receive(r, answer, sizeof(answer), err);

	if (ret < 0)
		return ret;
	if (*answer == 'E' || !*answer)
		return fail(err, -ENXIO, "the gdbstub at %s cannot read %llx", r->name,
			    (unsigned long long)address);
	if (gdb_unhex(answer, ret, buffer, bytes) != (int)bytes)
		return fail(err, -EIO, "the gdbstub at %s does not give what was asked for",
			    r->name);
	return 0;
}

int gdb_read_memory(struct gdb_remote *r, uint64_t address, void *buffer, size_t bytes,
		    struct ptwalk_error *err)
{
	size_t part = r->packet_bytes / 2 < MAX_READ ? r->packet_bytes / 2 : MAX_READ;
	size_t asked = 0, given = 0;
	char question[64];
	int ret = 0;

	/* Many questions are on their way at once; each answer is taken, good or not. */
	while (given < bytes) {
		size_t n = bytes - asked < part ? bytes - asked : part;
		int one;

		if (n && asked - given < GDB_WINDOW * part && !ret) {
			snprintf(question, sizeof(question), "m%llx,%zx",
				 (unsigned long long)(address + asked), n);
			ret = gdb_send(r, question, err);
			if (ret < 0)
				return ret;
			asked += n;
			continue;
		}
		if (given == asked)
			break;
		n = asked - given < part ? asked - given : part;
		one = take_memory(r, address + given, (char *)buffer + given, n, err);
		if (r->broken)
			return r->broken;
		ret = ret ? ret : one;
		given += n;
	}
	return ret;
}
