/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device.h - what the tests of /dev/ptwalk share inside the VM.
 *
 * A test says what is wrong in a line each, and ends with device_finish(). What a
 * test cannot go on without ends it at once.
 */
#ifndef TESTS_DEVICE_H
#define TESTS_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../../include/uapi/ptwalk.h"

/* As __u64 is. */
typedef unsigned long long u64;

#define PAGE 4096ULL
#define HUGE_PAGE (2ULL << 20)
#define BATCH 4096

/* Bits of an entry that hold a frame's address. */
#define ENTRY_PA 0x000ffffffffff000ULL

void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
int device_finish(const char *what);

int device_open(void);

/* Makes the call and compares: @want is 0 or an errno. */
void expect(const char *what, int want, int fd, unsigned long call, void *arg);

/* ioctl() by the gate of 32-bit programs. Return: 0 or a negative errno. */
int ioctl_32(int fd, unsigned long call, void *arg);

/* Memory below 4 GiB, which ends where nothing is mapped. */
void *low_memory(size_t bytes);

struct ptwalk_ioc_space kernel_space(void);
struct ptwalk_ioc_space process_space(int pid);

/* All of these die when the device refuses. */
void device_info(int fd, struct ptwalk_ioc_info *info);
void device_walk(int fd, struct ptwalk_ioc_space space, const u64 *addresses,
		 struct ptwalk_ioc_walk *walks, uint32_t count);
struct ptwalk_ioc_walk walk_one(int fd, struct ptwalk_ioc_space space, u64 va);
struct ptwalk_ioc_page page_of(int fd, struct ptwalk_ioc_space space, u64 va);

/* READ. Return: bytes read, or a negative errno. */
long long device_read(int fd, struct ptwalk_ioc_space space, u64 address, void *buffer, u64 length,
		      uint32_t flags);

/* Ranges, as many as there are. */
struct ranges {
	struct ptwalk_ioc_range *at;
	size_t nr;
	size_t room;
};

/* MAP of [start, end), in calls of @batch ranges. */
void device_map(int fd, struct ptwalk_ioc_space space, u64 start, u64 end, uint32_t batch,
		uint32_t flags, struct ranges *ranges);

#endif
