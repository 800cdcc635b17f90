// SPDX-License-Identifier: GPL-2.0-only
/* device_random_calls.c - makes up a call, makes it, and sees which answers are right. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "device_random.h"

void allow(struct call *call, int error)
{
	call->errors[call->nr_errors++] = error;
}

/* Something is wrong with this call: it must end in an error, and may in this one. */
void flaw(struct call *call, int error)
{
	call->flawed = true;
	allow(call, error);
}

/* A buffer for @bytes, of which the call uses as many as it likes. */
static struct buffer buffer_for(struct caller *c, struct call *call, struct area *area,
				uint64_t bytes)
{
	struct buffer b = some_buffer(c, area, bytes);

	if (b.room < bytes) {
		call->faulty = true;
		allow(call, EFAULT);
	}
	return b;
}

static void spoil(struct caller *c, struct call *call, uint32_t *flags, uint32_t known)
{
	if (!one_in(c, 40))
		return;
	*flags |= 1U << below(c, 32);
	if (*flags & ~known)
		flaw(call, EINVAL);
}

static void too_many(struct call *call, uint32_t count)
{
	if (count > BATCH)
		flaw(call, E2BIG);
}

static void make_walk(struct caller *c, struct call *call)
{
	struct ptwalk_ioc_walk_batch *ask = &call->ask.walk;
	struct buffer in;
	uint32_t i;

	ask->space = some_space(c, call);
	ask->count = some_count(c);
	ask->flags = below(c, 2) * PTWALK_WALK_PAGES;
	too_many(call, ask->count);
	spoil(c, call, &ask->flags, PTWALK_WALK_PAGES);
	spoil(c, call, &ask->reserved, 0);
	in = buffer_for(c, call, &c->in, ask->count * sizeof(uint64_t));
	for (i = 0; in.area && i < in.room / sizeof(uint64_t); i++) {
		uint64_t address = some_address(c);

		memcpy((char *)(uintptr_t)in.at + i * sizeof(address), &address, sizeof(address));
	}
	ask->addresses = in.at;
	call->wanted = ask->count * sizeof(struct ptwalk_ioc_walk);
	call->out = buffer_for(c, call, &c->out, call->wanted);
	ask->walks = call->out.at;
	if (ask->flags & PTWALK_WALK_PAGES) {
		call->pages =
			buffer_for(c, call, &c->pages, ask->count * sizeof(struct ptwalk_ioc_page));
		ask->pages = call->pages.at;
	} else if (one_in(c, 40)) {
		ask->pages = 1 + below(c, PAGE);
		flaw(call, EINVAL);
	}
	if (ask->count && (!call->out.area || (ask->pages && !call->pages.area)))
		flaw(call, EFAULT);
}

static void make_map(struct caller *c, struct call *call)
{
	struct ptwalk_ioc_map *ask = &call->ask.map;

	ask->space = some_space(c, call);
	ask->cursor = one_in(c, 8) ? 0 : some_address(c);
	ask->end = one_in(c, 3) ? 0 : ask->cursor + (any(c) >> below(c, 64));
	if (one_in(c, 16))
		ask->end = some_address(c);
	if (ask->end && ask->end < ask->cursor)
		flaw(call, EINVAL);
	ask->count = some_count(c);
	if (!ask->count)
		flaw(call, EINVAL);
	too_many(call, ask->count);
	ask->flags = below(c, 2) * PTWALK_MAP_NO_HOLES;
	spoil(c, call, &ask->flags, PTWALK_MAP_NO_HOLES);
	if (one_in(c, 40)) {
		ask->reserved = 1ULL << below(c, 64);
		flaw(call, EINVAL);
	}
	call->wanted = ask->count * sizeof(struct ptwalk_ioc_range);
	call->out = buffer_for(c, call, &c->out, call->wanted);
	ask->ranges = call->out.at;
}

static void make_read(struct caller *c, struct call *call)
{
	struct ptwalk_ioc_read *ask = &call->ask.read;

	ask->space = some_space(c, call);
	ask->address = some_address(c);
	ask->length = any(c) >> below(c, 64);
	if (!one_in(c, 8))
		ask->length %= one_in(c, 4) ? 1 << 17 : 2 * PAGE;
	if (one_in(c, 3)) {
		ask->flags |= PTWALK_READ_PHYSICAL;
		if (ask->space.kind != PTWALK_SPACE_KERNEL)
			flaw(call, EINVAL);
	}
	spoil(c, call, &ask->flags, PTWALK_READ_PHYSICAL);
	spoil(c, call, &ask->reserved, 0);
	if (ask->flags & PTWALK_READ_PHYSICAL && ask->space.kind != PTWALK_SPACE_KERNEL)
		flaw(call, EINVAL);
	if (ask->length && ask->address + (ask->length - 1) < ask->address)
		flaw(call, EOVERFLOW);
	allow(call, ENXIO);
	allow(call, EIO);
	call->wanted = ask->length;
	call->out = buffer_for(c, call, &c->out, ask->length);
	ask->buffer = call->out.at;
}

static uint64_t some_size(struct caller *c)
{
	switch (below(c, 48)) {
	case 0:
		return any(c) >> below(c, 64);
	case 1:
		return below(c, 5 << 20);
	case 2:
	case 3:
	case 4:
	case 5:
		return 8 + below(c, 1 << 20);
	default:
		return 8 + below(c, one_in(c, 2) ? 4 * PAGE : 600);
	}
}

static void make_alloc(struct caller *c, struct call *call)
{
	static const int may_be[] = { ENOMEM, ENOSPC, E2BIG };
	struct ptwalk_ioc_lab_alloc *ask = &call->ask.alloc;
	unsigned int i;

	ask->allocator = below(c, PTWALK_LAB_NR);
	/* To make a cache takes longer than all the rest. */
	if (ask->allocator == PTWALK_LAB_KMEM_CACHE && !one_in(c, 4))
		ask->allocator = PTWALK_LAB_VMALLOC;
	ask->flags = one_in(c, 3) ? PTWALK_LAB_HOLD : 0;
	ask->bytes = some_size(c);
	ask->repeat = 1 + below(c, one_in(c, 30) ? 20 : 2);
	if (one_in(c, 40))
		ask->repeat = one_in(c, 2) ? 0 : PTWALK_LAB_MAX_REPEAT + 1 + any(c) % 9;
	if (one_in(c, 40))
		ask->allocator = PTWALK_LAB_NR + any(c) % 9;
	spoil(c, call, &ask->flags, PTWALK_LAB_HOLD);
	spoil(c, call, &ask->reserved, 0);
	if (ask->allocator >= PTWALK_LAB_NR || !ask->repeat || ask->repeat > PTWALK_LAB_MAX_REPEAT)
		flaw(call, EINVAL);
	if (ask->allocator < PTWALK_LAB_STATIC_DATA && ask->bytes < 8)
		flaw(call, EINVAL);
	for (i = 0; i < sizeof(may_be) / sizeof(may_be[0]); i++)
		allow(call, may_be[i]);
}

static void make_list(struct caller *c, struct call *call)
{
	struct ptwalk_ioc_lab_list *ask = &call->ask.list;

	ask->after = one_in(c, 4) ? any(c) : below(c, atomic_load(&shared.some_id) + 8);
	ask->count = some_count(c);
	too_many(call, ask->count);
	if (one_in(c, 40)) {
		ask->reserved = 1ULL << below(c, 64);
		flaw(call, EINVAL);
	}
	call->wanted = ask->count * sizeof(struct ptwalk_ioc_lab_object);
	call->out = buffer_for(c, call, &c->out, call->wanted);
	ask->objects = call->out.at;
}

static void make_free(struct caller *c, struct call *call)
{
	struct ptwalk_ioc_lab_free *ask = &call->ask.free;

	allow(call, ENOENT);
	ask->id = one_in(c, 8) ? any(c) : atomic_load(&shared.some_id) - below(c, 16);
	if (one_in(c, 40)) {
		ask->reserved = 1ULL << below(c, 64);
		flaw(call, EINVAL);
	}
}

static const struct {
	unsigned long number;
	size_t bytes;
	unsigned int weight;
	void (*make)(struct caller *c, struct call *call);
} kinds[KINDS] = {
	[INFO] = { PTWALK_INFO, sizeof(struct ptwalk_ioc_info), 1, NULL },
	[WALK] = { PTWALK_WALK, sizeof(struct ptwalk_ioc_walk_batch), 8, make_walk },
	[MAP] = { PTWALK_MAP, sizeof(struct ptwalk_ioc_map), 5, make_map },
	[READ] = { PTWALK_READ, sizeof(struct ptwalk_ioc_read), 8, make_read },
	[LAB_ALLOC] = { PTWALK_LAB_ALLOC, sizeof(struct ptwalk_ioc_lab_alloc), 3, make_alloc },
	[LAB_LIST] = { PTWALK_LAB_LIST, sizeof(struct ptwalk_ioc_lab_list), 2, make_list },
	[LAB_FREE] = { PTWALK_LAB_FREE, sizeof(struct ptwalk_ioc_lab_free), 6, make_free },
	[UNKNOWN] = { 0, 8, 1, NULL },
};

static enum kind some_kind(struct caller *c)
{
	unsigned int i, total = 0, at;

	for (i = 0; i < KINDS; i++)
		total += kinds[i].weight;
	at = below(c, total);
	for (i = 0; at >= kinds[i].weight; i++)
		at -= kinds[i].weight;
	return i;
}

/* A number that nearly is one: its direction, size or place in the list is another. */
static unsigned long unknown_number(struct caller *c)
{
	unsigned long known = kinds[below(c, UNKNOWN)].number, number;
	unsigned int i;

	do {
		number = one_in(c, 2) ? known ^ 1UL << below(c, 32) :
					_IOC(below(c, 4), PTWALK_IOC_MAGIC, below(c, 256),
					     below(c, 1 << 13));
		for (i = 0; i < UNKNOWN && kinds[i].number != number; i++)
			;
		/* Other magic numbers can be calls that the kernel makes of any file. */
	} while (i < UNKNOWN || _IOC_TYPE(number) != PTWALK_IOC_MAGIC);
	return number;
}

static void make(struct caller *c, struct call *call)
{
	memset(call, 0, sizeof(*call));
	call->kind = some_kind(c);
	call->number = kinds[call->kind].number;
	call->arg_bytes = kinds[call->kind].bytes;
	allow(call, EINTR);
	allow(call, EBADF);
	if (shared.faults)
		allow(call, ENOMEM);
	if (call->kind == UNKNOWN) {
		call->number = unknown_number(c);
		flaw(call, ENOTTY);
	} else if (kinds[call->kind].make) {
		kinds[call->kind].make(c, call);
	}
}

/* Where the argument lies: at the very end of its memory, or where there is none. */
static void place(struct caller *c, struct call *call)
{
	call->arg = (void *)(c->args.start + c->args.bytes - call->arg_bytes);
	memcpy(call->arg, &call->ask, call->arg_bytes);
	if (one_in(c, 60)) {
		call->arg = (void *)(uintptr_t)bad_pointer(c);
		flaw(call, EFAULT);
		/* What can be read, but not written, is all zeroes. */
		allow(call, EINVAL);
		allow(call, ENOENT);
	}
}

/* Return: 0 or an errno. A call that finds its file closed has called nobody, and does not count. */
static int ask(struct caller *c, const struct call *call, void *arg)
{
	int error = ioctl(atomic_load(&shared.fds[below(c, SLOTS)]), call->number, arg) ? errno : 0;

	c->tally[call->kind][error < MOST_ERRNO ? error : MOST_ERRNO - 1]++;
	if (error == EBADF)
		atomic_fetch_add(&shared.calls_left, 1);
	return error;
}

/* The argument changes while it is in use. Any answer will do. */
static void scribbled_call(struct caller *c, struct call *call)
{
	memcpy(c->scribbled.start, &call->ask, call->arg_bytes);
	ask(c, call, c->scribbled.start);
}

static void judge_error(const struct call *call, int error)
{
	unsigned int i;

	for (i = 0; i < call->nr_errors; i++)
		if (call->errors[i] == error)
			return;
	fail("call %u (%lx) ended in %s", call->kind, call->number, strerrorname_np(error));
}

void one_call(struct caller *c)
{
	struct call call;
	int error;

	make(c, &call);
	/* Its answers, and what is written of them, are nobody's to check. */
	if (one_in(c, 16)) {
		scribbled_call(c, &call);
		return;
	}
	place(c, &call);
	surround(&call.out);
	surround(&call.pages);
	error = ask(c, &call, call.arg);
	if (error)
		judge_error(&call, error);
	else if (call.flawed)
		fail("call %u (%lx) was answered", call.kind, call.number);
	else
		check_answer(&call);
}

void *call_until_done(void *caller)
{
	while (atomic_fetch_sub(&shared.calls_left, 1) > 0)
		one_call(caller);
	return NULL;
}
