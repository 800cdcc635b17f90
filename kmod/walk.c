// SPDX-License-Identifier: GPL-2.0-only
/* walk.c - PTWALK_WALK: a batch of addresses, every level of each. */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "device.h"

#define PTWALK_WALK_FLAGS PTWALK_WALK_PAGES

/* One chunk, on its way from the caller and back. */
struct chunk {
	u64 addresses[CHUNK];
	struct ptwalk_ioc_walk walks[CHUNK];
	struct ptwalk_ioc_page pages[CHUNK];
};

static void fill(const struct space *space, const struct ptw_walk *w, struct ptwalk_ioc_walk *out)
{
	struct ptw_rights rights;
	unsigned int i;

	ptw_rights(&space->core, w, &rights);
	out->va = w->va.v;
	out->pa = w->pa.v;
	out->page_bytes = w->page_bytes;
	out->end = w->end;
	out->nr_steps = w->nr_steps;
	out->rights = rights.allowed;
	out->reserved = 0;
	memcpy(out->decided, rights.decided, sizeof(out->decided));
	for (i = w->nr_steps; i < PTWALK_MAX_LEVELS; i++) {
		out->steps[i].entry_pa = 0;
		out->steps[i].entry = 0;
	}
	for (i = 0; i < w->nr_steps; i++) {
		out->steps[i].entry_pa = w->steps[i].entry_pa.v;
		out->steps[i].entry = w->steps[i].entry;
	}
}

static void fill_page(const struct ptwalk_ioc_walk *walk, struct ptwalk_ioc_page *page)
{
	if (walk->end == PTWALK_IS_LEAF)
		page_describe(walk->pa, page);
	else
		*page = (struct ptwalk_ioc_page){ .kind = PTWALK_PAGE_NONE, .node = NUMA_NO_NODE };
}

static int walk_chunk(struct space *space, struct chunk *chunk, unsigned int n, bool pages)
{
	struct ptw_walk w;
	unsigned int i;
	int err;

	err = space_lock(space);
	if (err)
		return err;
	for (i = 0; i < n; i++) {
		ptw_walk(&space->core, ptw_va(chunk->addresses[i]), &w);
		fill(space, &w, &chunk->walks[i]);
	}
	space_unlock(space);
	for (i = 0; pages && i < n; i++)
		fill_page(&chunk->walks[i], &chunk->pages[i]);
	return 0;
}

static int copy_in(struct chunk *chunk, const struct ptwalk_ioc_walk_batch *batch, unsigned int n)
{
	const u64 __user *from = u64_to_user_ptr(batch->addresses);

	return copy_from_user(chunk->addresses, from + batch->done, n * sizeof(u64)) ? -EFAULT : 0;
}

static int copy_out(const struct chunk *chunk, const struct ptwalk_ioc_walk_batch *batch,
		    unsigned int n)
{
	struct ptwalk_ioc_walk __user *walks = u64_to_user_ptr(batch->walks);
	struct ptwalk_ioc_page __user *pages = u64_to_user_ptr(batch->pages);

	if (copy_to_user(walks + batch->done, chunk->walks, n * sizeof(*walks)))
		return -EFAULT;
	if (!(batch->flags & PTWALK_WALK_PAGES))
		return 0;
	return copy_to_user(pages + batch->done, chunk->pages, n * sizeof(*pages)) ? -EFAULT : 0;
}

static int walk_all(struct space *space, struct chunk *chunk, struct ptwalk_ioc_walk_batch *batch)
{
	bool pages = batch->flags & PTWALK_WALK_PAGES;

	while (batch->done < batch->count) {
		unsigned int n = min_t(u32, batch->count - batch->done, CHUNK);
		int err = copy_in(chunk, batch, n);

		if (!err)
			err = walk_chunk(space, chunk, n, pages);
		if (!err)
			err = copy_out(chunk, batch, n);
		if (err)
			return err;
		batch->done += n;
		if (signal_pending(current))
			return 0;
		cond_resched();
	}
	return 0;
}

static int check(const struct ptwalk_ioc_walk_batch *batch)
{
	if (batch->reserved || batch->flags & ~PTWALK_WALK_FLAGS)
		return -EINVAL;
	if (batch->pages && !(batch->flags & PTWALK_WALK_PAGES))
		return -EINVAL;
	return batch->count > MAX_BATCH ? -E2BIG : 0;
}

static int walk_batch(struct ptwalk_ioc_walk_batch *batch)
{
	struct space space;
	struct chunk *chunk;
	int err;

	err = space_get(&space, &batch->space);
	if (err)
		return err;
	chunk = kvmalloc(sizeof(*chunk), GFP_KERNEL);
	err = chunk ? walk_all(&space, chunk, batch) : -ENOMEM;
	kvfree(chunk);
	space_put(&space);
	return err;
}

long walk_ioctl(struct ptwalk_ioc_walk_batch __user *arg)
{
	struct ptwalk_ioc_walk_batch batch;
	int err;

	if (copy_from_user(&batch, arg, sizeof(batch)))
		return -EFAULT;
	err = check(&batch);
	if (err)
		return err;
	batch.done = 0;
	err = walk_batch(&batch);
	if (err && !batch.done)
		return err;
	return put_user(batch.done, &arg->done);
}
