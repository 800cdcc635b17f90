/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gdb_stub.h - a gdbstub for tests, in a thread: it answers as qemu 7.2 does, and goes
 * wrong where it is told to.
 */
#ifndef TESTS_GDB_STUB_H
#define TESTS_GDB_STUB_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define STUB_LOW_BYTES 0x40000
#define STUB_HIGH_PA 0x100000000
#define STUB_ROM_PA 0xfffff000
#define STUB_ROM_BYTES 4096
#define STUB_BYTES (STUB_LOW_BYTES + 0x40000)

/* What goes wrong. */
enum stub_wrong {
	STUB_GOOD,
	STUB_BAD_SUM, /* a wrong checksum */
	STUB_GARBAGE, /* bytes that are no packet */
	STUB_SILENT,
	STUB_HANG_UP, /* in the middle of a packet */
	STUB_OVERSIZE, /* a packet that does not end */
	STUB_ERROR, /* E14 */
	STUB_EMPTY, /* it does not know the question */
	STUB_NOT_HEX,
	STUB_STOPS, /* it tells without end that the machine stopped */
};

/**
 * struct stub - a machine of two CPUs
 * @memory: STUB_BYTES of a block `m`: STUB_LOW_BYTES at 0, the rest at STUB_HIGH_PA
 * @rom: STUB_ROM_BYTES of a block `bios` at STUB_ROM_PA; NULL: zeros, of which it does
 *	not tell where they are
 * @told_va: where its process has @memory, it says; 0: it does not
 * @wrong: what goes wrong, each time a question begins with @wrong_at
 * @lies: what it says of memory is not what @memory is
 * @paused: the machine stood still before we came
 * @acks: it does not know QStartNoAckMode
 * @physical, @running, @reads: how it was left, and how often memory was read
 */
struct stub {
	unsigned char *memory;
	const unsigned char *rom;
	unsigned long told_va;
	enum stub_wrong wrong;
	const char *wrong_at;
	bool lies;
	bool paused;
	bool acks;
	bool physical;
	bool running;
	unsigned int reads;
	int fd;
	pthread_t thread;
};

/* Starts it; returns our end of the connection. */
int stub_start(struct stub *s);
/* Waits until it has ended, which it does when it is left. */
void stub_join(struct stub *s);

#endif
