// SPDX-License-Identifier: GPL-2.0-only
/* read.c - PTWALK_READ: bytes of RAM, by virtual or physical address. */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "device.h"

#define PTWALK_READ_FLAGS PTWALK_READ_PHYSICAL

/* How often a page may move away while it is read. */
#define TRIES 8

/* Where @va lies now. */
static int locate(const struct space *space, u64 va, u64 *pa)
{
	struct ptw_walk w;

	ptw_walk(&space->core, ptw_va(va), &w);
	*pa = w.pa.v;
	switch (w.end) {
	case PTW_LEAF:
		return 0;
	case PTW_NONE:
	case PTW_SOFTWARE:
	case PTW_NONCANONICAL:
		return -ENXIO;
	default:
		return -EIO;
	}
}

/*
 * No reference holds the page, so it may be gone when its bytes arrive, and
 * another's be there: what counts is read between two looks that agree.
 */
static int read_virtual(const struct space *space, void *to, u64 va, size_t bytes)
{
	u64 before, after;
	int i, err;

	for (i = 0; i < TRIES; i++) {
		err = locate(space, va, &before);
		if (err)
			return err;
		err = memory_read(space, to, before, bytes);
		if (!locate(space, va, &after) && before == after)
			return err;
	}
	return -EIO;
}

static int read_piece(struct space *space, const struct ptwalk_ioc_read *read, void *to,
		      size_t bytes)
{
	u64 at = read->address + read->done;
	int err;

	if (read->flags & PTWALK_READ_PHYSICAL)
		return memory_read(space, to, at, bytes);
	err = space_lock(space);
	if (err)
		return err;
	err = read_virtual(space, to, at, bytes);
	space_unlock(space);
	return err;
}

static int read_all(struct space *space, struct ptwalk_ioc_read *read, void *page)
{
	while (read->done < read->length) {
		u64 in_page = PAGE_SIZE - offset_in_page(read->address + read->done);
		size_t n = min(in_page, read->length - read->done);
		int err = read_piece(space, read, page, n);

		if (err)
			return err;
		if (copy_to_user(u64_to_user_ptr(read->buffer + read->done), page, n))
			return -EFAULT;
		read->done += n;
		if (signal_pending(current))
			return 0;
		cond_resched();
	}
	return 0;
}

static int check(const struct ptwalk_ioc_read *read)
{
	if (read->reserved || read->flags & ~PTWALK_READ_FLAGS)
		return -EINVAL;
	if (read->flags & PTWALK_READ_PHYSICAL && read->space.kind != PTWALK_SPACE_KERNEL)
		return -EINVAL;
	/* The last byte may be the last there is. */
	if (read->length && read->address + (read->length - 1) < read->address)
		return -EOVERFLOW;
	return 0;
}

static int read_space(struct ptwalk_ioc_read *read)
{
	struct space space;
	void *page;
	int err;

	err = space_get(&space, &read->space);
	if (err)
		return err;
	page = (void *)__get_free_page(GFP_KERNEL);
	err = page ? read_all(&space, read, page) : -ENOMEM;
	free_page((unsigned long)page);
	space_put(&space);
	return err;
}

long read_ioctl(struct ptwalk_ioc_read __user *arg)
{
	struct ptwalk_ioc_read read;
	int err;

	if (copy_from_user(&read, arg, sizeof(read)))
		return -EFAULT;
	err = check(&read);
	if (err)
		return err;
	read.done = 0;
	err = read_space(&read);
	if (err && !read.done)
		return err;
	return put_user(read.done, &arg->done);
}
