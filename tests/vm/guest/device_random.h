/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device_random.h - what the parts of the random caller share.
 *
 * A caller is a thread that makes one random call after the other and compares the
 * answers with what the ABI allows. Meanwhile the churn (device_random_churn.c)
 * closes and opens its files, starts and kills processes, sends signals, and writes
 * into arguments that are in use.
 */
#ifndef TESTS_DEVICE_RANDOM_H
#define TESTS_DEVICE_RANDOM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"

#define SLOTS 6 /* open files, of which some are closed */
#define PIDS 6
#define MOST_CALLERS 8
#define MOST_ERRNO 136

/* What is around a buffer, and how much of it is looked at. */
#define PATTERN 0xa5
#define AROUND 64

enum kind { INFO, WALK, MAP, READ, LAB_ALLOC, LAB_LIST, LAB_FREE, UNKNOWN, KINDS };

/* Memory with a page that cannot be touched on both sides. */
struct area {
	unsigned char *start;
	size_t bytes;
};

/* Where a call is told to write, or to read. */
struct buffer {
	uint64_t at;
	uint64_t room; /* bytes of it that are there */
	struct area *area; /* NULL: not one byte is there */
};

struct caller {
	pthread_t thread;
	uint64_t state; /* of the random numbers */
	struct area in, out, pages, args;
	struct area scribbled; /* an argument that another thread writes into */
	uint64_t tally[KINDS][MOST_ERRNO]; /* [0]: answered */
};

union argument {
	struct ptwalk_ioc_info info;
	struct ptwalk_ioc_walk_batch walk;
	struct ptwalk_ioc_map map;
	struct ptwalk_ioc_read read;
	struct ptwalk_ioc_lab_alloc alloc;
	struct ptwalk_ioc_lab_list list;
	struct ptwalk_ioc_lab_free free;
};

/* One call: what is asked, and which answers are right. */
struct call {
	enum kind kind;
	unsigned long number;
	union argument ask; /* as it was before the call */
	union argument *arg; /* the kernel's; after the call, with the answer */
	size_t arg_bytes;
	struct buffer out, pages;
	uint64_t wanted; /* bytes that @out is to take at most */
	bool flawed; /* it must not be answered */
	bool faulty; /* a buffer is not all there: what is behind @done may be written */
	int errors[32]; /* that are right */
	unsigned int nr_errors;
};

/* What all callers share. */
struct shared {
	struct ptwalk_ioc_info info;
	bool faults; /* a lack of memory is an answer: allocations are made to fail */
	atomic_int fds[SLOTS];
	atomic_uint pids[PIDS]; /* alive, dying, zombies, gone */
	atomic_llong calls_left;
	atomic_uint ready; /* callers whose allocations may fail by now */
	_Atomic uint64_t some_id, some_va; /* of an object in the laboratory */
	unsigned char *read_only;
	struct caller callers[MOST_CALLERS];
	unsigned int nr_callers;
};
extern struct shared shared;

/* device_random_values.c: numbers, memory, addresses, processes. */
uint64_t any(struct caller *c);
uint64_t below(struct caller *c, uint64_t limit); /* 0 to @limit - 1 */
bool one_in(struct caller *c, unsigned int n);
void area_make(struct area *area, size_t bytes);
void caller_make(struct caller *c, uint64_t seed);
uint32_t some_count(struct caller *c);
uint64_t some_address(struct caller *c);
uint64_t bad_pointer(struct caller *c);
struct buffer some_buffer(struct caller *c, struct area *area, uint64_t bytes);
struct ptwalk_ioc_space some_space(struct caller *c, struct call *call);

/* device_random_calls.c */
void allow(struct call *call, int error);
void flaw(struct call *call, int error);
void one_call(struct caller *c);
void *call_until_done(void *caller);

/* device_random_answers.c: fails where an answer cannot be right. */
void surround(const struct buffer *b); /* with the pattern, and fill it too */
void check_answer(const struct call *call);

/* device_random_churn.c */
void *churn(void *caller);
int be_a_child(char **words);

/*
 * device_random.c: starts callers on the files and processes that are in @shared;
 * with @faults, their allocations fail.
 */
void start_callers(int fd, uint64_t seed, unsigned int nr, bool faults);

#endif
