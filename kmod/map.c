// SPDX-License-Identifier: GPL-2.0-only
/* map.c - PTWALK_MAP: a range of addresses as consecutive ranges. */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "device.h"

#define PTWALK_MAP_FLAGS PTWALK_MAP_NO_HOLES

/* As many ranges at once as a table page has entries: each call of the scan goes down anew. */
#define MAP_CHUNK 512

/* A scan under way, and the ranges that it has just given. */
struct work {
	struct space space;
	struct ptw_scan scan;
	struct ptw_range ranges[MAP_CHUNK];
};

/* The fields from @is on, as one word: neighbours mostly have it in common. */
static u64 last_word(const struct ptw_range *r)
{
	union {
		struct ptwalk_ioc_range range;
		u64 words[sizeof(struct ptwalk_ioc_range) / sizeof(u64)];
	} out = {
		.range = {
			.is = r->what,
			.level = r->level,
			.rights = r->rights,
			.flags = r->repeats ? PTWALK_RANGE_REPEATS : 0,
			.page_shift = r->page_bytes ? ilog2(r->page_bytes) : 0,
		},
	};

	return out.words[offsetof(struct ptwalk_ioc_range, is) / sizeof(u64)];
}

/*
 * Hands over the first of @n ranges, and those behind it that differ from it in
 * their place only. Written where they belong, each once: a copy in between would
 * cost as much as the scan. Return: how many, also where not even one could be.
 */
static unsigned int put_alike(struct ptwalk_ioc_range __user *to, const struct ptw_range *r,
			      unsigned int n)
{
	const u64 kind = r->kind, page_bytes = r->page_bytes, last = last_word(r);
	unsigned int i = 0;

	if (!user_write_access_begin(to, n * sizeof(*to)))
		return 0;
	do {
		unsafe_put_user(r->start.v, &to->start, fault);
		unsafe_put_user(r->end.v, &to->end, fault);
		unsafe_put_user(r->pa.v, &to->pa, fault);
		unsafe_put_user(r->entry, &to->entry, fault);
		unsafe_put_user(last, (u64 __user *)&to->is, fault);
		r++;
		to++;
		i++;
	} while (i < n && r->kind == kind && r->page_bytes == page_bytes);
fault:
	user_write_access_end();
	return i;
}

static bool is_hole(const struct ptw_range *r)
{
	return r->what == PTW_NONE || r->what == PTW_NONCANONICAL;
}

/* The next ranges into work->ranges: how many, 0 at the end, or an errno. */
static int scan_some(struct work *work, unsigned int max)
{
	int n, err;

	do {
		err = space_lock(&work->space);
		if (err)
			return err;
		work->scan.tables_left = CHUNK_TABLES;
		n = ptw_scan_next(&work->scan, work->ranges, max);
		space_unlock(&work->space);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	} while (n == -E2BIG);
	return n;
}

/* Hands the ranges over. What has not arrived is where the map goes on from. */
static int deliver(struct work *work, struct ptwalk_ioc_map *map, unsigned int n)
{
	struct ptwalk_ioc_range __user *to = u64_to_user_ptr(map->ranges);
	const struct ptw_range *r = work->ranges, *end = r + n;

	while (r < end) {
		unsigned int put = 1;

		if (!(map->flags & PTWALK_MAP_NO_HOLES) || !is_hole(r)) {
			put = put_alike(to + map->done, r, end - r);
			if (!put)
				return -EFAULT;
			map->done += put;
		}
		r += put;
		map->cursor = r[-1].end.v;
	}
	return 0;
}

static int map_all(struct work *work, struct ptwalk_ioc_map *map)
{
	while (map->done < map->count) {
		unsigned int room = min_t(u32, map->count - map->done, MAP_CHUNK);
		int err, n = scan_some(work, room);

		if (n < 0)
			return n;
		if (!n) {
			map->over = 1;
			return 0;
		}
		err = deliver(work, map, n);
		if (err)
			return err;
		/* Lest a full buffer at the very end cost another call. */
		map->over = map->cursor == map->end;
		if (map->over || signal_pending(current))
			return 0;
	}
	return 0;
}

static int check(const struct ptwalk_ioc_map *map)
{
	if (map->reserved || map->flags & ~PTWALK_MAP_FLAGS || !map->count)
		return -EINVAL;
	if (map->count > MAX_BATCH)
		return -E2BIG;
	return map->end && map->end < map->cursor ? -EINVAL : 0;
}

static int map_range(struct ptwalk_ioc_map *map)
{
	struct work *work = kvmalloc(sizeof(*work), GFP_KERNEL);
	int err;

	if (!work)
		return -ENOMEM;
	err = space_get(&work->space, &map->space);
	if (!err) {
		err = ptw_scan_init(&work->scan, &work->space.core, ptw_va(map->cursor),
				    ptw_va(map->end), CHUNK_TABLES);
		if (!err)
			err = map_all(work, map);
		space_put(&work->space);
	}
	kvfree(work);
	return err;
}

long map_ioctl(struct ptwalk_ioc_map __user *arg)
{
	struct ptwalk_ioc_map map;
	u64 began;
	int err;

	if (copy_from_user(&map, arg, sizeof(map)))
		return -EFAULT;
	err = check(&map);
	if (err)
		return err;
	began = map.cursor;
	map.done = 0;
	map.over = 0;
	err = map_range(&map);
	if (err && map.cursor == began)
		return err;
	return copy_to_user(arg, &map, sizeof(map)) ? -EFAULT : 0;
}
