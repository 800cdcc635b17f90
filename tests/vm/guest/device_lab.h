/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device_lab.h - what the files of the laboratory's test share: the calls, and how
 * a failure is said.
 */
#ifndef DEVICE_LAB_H
#define DEVICE_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include "ptwalk.h"

#define KIB 1024ULL
#define MIB (1024 * KIB)

extern const char * const allocator_names[PTWALK_LAB_NR];

/* Says what is wrong; after ten of them the test ends. */
__attribute__((format(printf, 1, 2))) void fail(const char *format, ...);
extern unsigned int failures;

#define expect(condition, ...)             \
	do {                               \
		if (!(condition))          \
			fail(__VA_ARGS__); \
	} while (0)

/* The calls. Return: 0 or an errno, positive. */
int open_device(void);
int call(int fd, unsigned long request, void *arg);
int lab_alloc(int fd, unsigned int allocator, uint64_t bytes, unsigned int repeat,
	      unsigned int flags, struct ptwalk_ioc_lab_object *object);
int lab_free(int fd, uint64_t id);
/* All that @fd sees, up to @max. Return: how many. */
unsigned int lab_list(int fd, struct ptwalk_ioc_lab_object *objects, unsigned int max);
struct ptwalk_ioc_info info(int fd);
uint64_t used(int fd);
struct ptwalk_ioc_walk walk(int fd, uint64_t va);

/* device_lab_answers.c: every allocator, every size, held against other answers. */
void test_answers(int fd);
/* Objects of all kinds, kept; and whether the kernel still knows of any. */
void hold_one_of_each(int fd);
void expect_all_gone(void);

/* device_lab_rules.c: what is refused, the limit, owners, races, signals. */
void test_rules(int fd);
void test_small_limit(int fd);
/* Each allocation that a call makes is made to fail. */
void test_failing_allocations(int fd);

#endif
