// SPDX-License-Identifier: GPL-2.0-only
/* lab_time.c - what an allocator costs: to allocate, to touch, to free. */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/timekeeping.h>

#include "lab_object.h"

/* One row of figures each, so that each can be sorted. */
struct figures {
	u64 alloc[PTWALK_LAB_MAX_REPEAT];
	u64 touch[PTWALK_LAB_MAX_REPEAT];
	u64 free[PTWALK_LAB_MAX_REPEAT];
};

/* Give way now and then: rarely enough not to be seen in the figures. */
#define PAGES_AT_A_TIME 4096

static void touch(const struct lab_object *object)
{
	unsigned long at = (unsigned long)object->memory;
	unsigned long end = at + object->seen.bytes, pages = 0;

	while (at < end) {
		WRITE_ONCE(*(u8 *)at, 1);
		at = (at & PAGE_MASK) + PAGE_SIZE;
		if (++pages % PAGES_AT_A_TIME == 0)
			cond_resched();
	}
}

static int one_round(struct lab_object *object, struct figures *f, u32 i)
{
	u64 start = ktime_get_ns(), allocated, touched;
	int err = object->from->alloc(object);

	if (err)
		return err;
	allocated = ktime_get_ns();
	touch(object);
	touched = ktime_get_ns();
	object->from->free(object);
	f->free[i] = ktime_get_ns() - touched;
	f->touch[i] = touched - allocated;
	f->alloc[i] = allocated - start;
	object->memory = NULL;
	return 0;
}

static int compare(const void *left, const void *right)
{
	u64 a = *(const u64 *)left, b = *(const u64 *)right;

	return a < b ? -1 : a > b;
}

/* Of an even number, the mean of the two in the middle. */
static u64 median(u64 *figures, u32 nr)
{
	u64 low, high;

	sort(figures, nr, sizeof(*figures), compare, NULL);
	low = figures[(nr - 1) / 2];
	high = figures[nr / 2];
	return low + (high - low) / 2;
}

int lab_time(struct lab_object *object, u32 rounds)
{
	struct figures *f = kvmalloc(sizeof(*f), GFP_KERNEL);
	int err = f ? 0 : -ENOMEM;
	u32 i;

	for (i = 0; !err && i < rounds; i++) {
		cond_resched();
		err = fatal_signal_pending(current) ? -EINTR : one_round(object, f, i);
	}
	if (!err) {
		object->seen.alloc_ns = median(f->alloc, rounds);
		object->seen.touch_ns = median(f->touch, rounds);
		object->seen.free_ns = median(f->free, rounds);
		object->seen.repeat = rounds;
		object->seen.flags |= PTWALK_LAB_HAS_TIMES;
	}
	kvfree(f);
	return err;
}
