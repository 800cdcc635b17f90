// SPDX-License-Identifier: GPL-2.0-only
/* device_random_answers.c - what must hold of every answer, whatever was asked. */
#define _GNU_SOURCE
#include <string.h>

#include "device_random.h"

/* The part of the area that is looked at: the buffer and what is around it. */
static void bounds(const struct buffer *b, unsigned char **start, unsigned char **end)
{
	unsigned char *at = (unsigned char *)(uintptr_t)b->at;
	unsigned char *last = b->area->start + b->area->bytes;

	*start = at - b->area->start < AROUND ? b->area->start : at - AROUND;
	*end = last - (at + b->room) < AROUND ? last : at + b->room + AROUND;
}

void surround(const struct buffer *b)
{
	unsigned char *start, *end;

	if (!b->area)
		return;
	bounds(b, &start, &end);
	memset(start, PATTERN, end - start);
}

static bool untouched(const unsigned char *from, const unsigned char *to)
{
	return from >= to || (*from == PATTERN && !memcmp(from, from + 1, to - from - 1));
}

/* Nothing was written but the first @used bytes. */
static void check_around(const struct call *call, const struct buffer *b, uint64_t used)
{
	unsigned char *at = (unsigned char *)(uintptr_t)b->at, *start, *end;

	if (!b->area)
		return;
	bounds(b, &start, &end);
	/* Where a fault ended the call, it may have written up to there. */
	if (call->faulty)
		used = b->room;
	if (!untouched(start, at))
		fail("call %u wrote before its buffer", call->kind);
	if (!untouched(at + used, end))
		fail("call %u wrote behind the %llu bytes that it speaks of", call->kind,
		     (unsigned long long)used);
}

static void check_info(const struct ptwalk_ioc_info *info)
{
	unsigned int i;

	if (info->abi != PTWALK_ABI_VERSION || info->nr_regions > PTWALK_MAX_REGIONS)
		fail("INFO: ABI %u, %u regions", info->abi, info->nr_regions);
	if (info->lab_used > info->lab_limit)
		fail("INFO: the laboratory is over its limit");
	if (info->release[sizeof(info->release) - 1])
		fail("INFO: the release does not end");
	for (i = 0; i < info->nr_regions && i < PTWALK_MAX_REGIONS; i++)
		if (info->regions[i].start >= info->regions[i].end || info->regions[i].reserved ||
		    (i && info->regions[i].start < info->regions[i - 1].end))
			fail("INFO: region %u", i);
}

static void check_walk(const struct ptwalk_ioc_walk *w, uint64_t address)
{
	unsigned int i;

	if (w->va != address)
		fail("WALK: %llx for %llx", (unsigned long long)w->va, (unsigned long long)address);
	if (w->end == PTWALK_IS_TABLE || w->end > PTWALK_IS_NONCANONICAL || w->reserved ||
	    w->nr_steps > shared.info.levels)
		fail("WALK: end %u after %u steps", w->end, w->nr_steps);
	if (w->end != PTWALK_IS_LEAF && (w->pa || w->rights))
		fail("WALK: not mapped, yet a place");
	if ((w->end == PTWALK_IS_NONCANONICAL) != !w->page_bytes)
		fail("WALK: end %u, %llu bytes", w->end, (unsigned long long)w->page_bytes);
	if (w->end == PTWALK_IS_LEAF && ((w->pa ^ w->va) & (w->page_bytes - 1) || !w->nr_steps))
		fail("WALK: %llx at %llx", (unsigned long long)w->va, (unsigned long long)w->pa);
	for (i = 0; i < PTWALK_MAX_LEVELS; i++)
		if (i >= w->nr_steps && (w->steps[i].entry || w->steps[i].entry_pa))
			fail("WALK: a step behind the last");
}

static void check_page(const struct ptwalk_ioc_page *p, const struct ptwalk_ioc_walk *w)
{
	if (p->kind > PTWALK_PAGE_ZERO || p->zone[sizeof(p->zone) - 1])
		fail("WALK: page of kind %u", p->kind);
	if (w->end != PTWALK_IS_LEAF && p->kind != PTWALK_PAGE_NONE)
		fail("WALK: a page of kind %u where none is mapped", p->kind);
}

static void check_batch(const struct call *call)
{
	const struct ptwalk_ioc_walk_batch *ask = &call->ask.walk;
	uint32_t i, done = call->arg->walk.done;

	if (done > ask->count) {
		fail("WALK: %u of %u", done, ask->count);
		return;
	}
	for (i = 0; i < done; i++) {
		struct ptwalk_ioc_walk w;
		struct ptwalk_ioc_page p;
		uint64_t address;

		memcpy(&address, (char *)(uintptr_t)ask->addresses + i * sizeof(address),
		       sizeof(address));
		memcpy(&w, (char *)(uintptr_t)ask->walks + i * sizeof(w), sizeof(w));
		check_walk(&w, address);
		memcpy(&p, (char *)(uintptr_t)ask->pages + i * sizeof(p),
		       ask->pages ? sizeof(p) : 0);
		if (ask->pages)
			check_page(&p, &w);
	}
	check_around(call, &call->out, done * sizeof(struct ptwalk_ioc_walk));
	check_around(call, &call->pages, done * sizeof(struct ptwalk_ioc_page));
}

/* [start, end) in bytes less one: 2^64 has no other number. */
static uint64_t last_of(uint64_t end)
{
	return end - 1;
}

static void check_range(const struct ptwalk_ioc_map *ask, const struct ptwalk_ioc_range *r,
			uint64_t at)
{
	bool hole = r->is == PTWALK_IS_NONE || r->is == PTWALK_IS_NONCANONICAL;

	if (last_of(r->end) < r->start || last_of(r->end) > last_of(ask->end))
		fail("MAP: %llx to %llx", (unsigned long long)r->start, (unsigned long long)r->end);
	if (ask->flags & PTWALK_MAP_NO_HOLES ? hole || r->start < at : r->start != at)
		fail("MAP: at %llx, a range from %llx", (unsigned long long)at,
		     (unsigned long long)r->start);
	if (r->is == PTWALK_IS_TABLE || r->is > PTWALK_IS_NONCANONICAL || r->reserved[0] ||
	    r->reserved[1] || r->reserved[2] || r->level > shared.info.levels)
		fail("MAP: %u at level %u", r->is, r->level);
	if (r->is != PTWALK_IS_LEAF && (r->pa || r->rights))
		fail("MAP: not mapped, yet a place");
}

static void check_map(const struct call *call)
{
	const struct ptwalk_ioc_map *ask = &call->ask.map, *got = &call->arg->map;
	uint64_t at = ask->cursor;
	uint32_t i;

	if (got->done > ask->count || got->over > 1) {
		fail("MAP: %u of %u, over %u", got->done, ask->count, got->over);
		return;
	}
	for (i = 0; i < got->done; i++) {
		struct ptwalk_ioc_range r;

		memcpy(&r, (char *)(uintptr_t)ask->ranges + i * sizeof(r), sizeof(r));
		check_range(ask, &r, at);
		at = r.end;
		if (!at && i + 1 < got->done)
			fail("MAP: a range behind the last");
	}
	if (ask->flags & PTWALK_MAP_NO_HOLES ? last_of(got->cursor) < last_of(at) && ask->cursor :
					       got->cursor != at)
		fail("MAP: the cursor is %llx, not %llx", (unsigned long long)got->cursor,
		     (unsigned long long)at);
	if (got->over && got->cursor != ask->end)
		fail("MAP: over at %llx", (unsigned long long)got->cursor);
	check_around(call, &call->out, got->done * sizeof(struct ptwalk_ioc_range));
}

static void check_read(const struct call *call)
{
	uint64_t done = call->arg->read.done;

	if (done > call->ask.read.length)
		fail("READ: %llu bytes too many", (unsigned long long)done);
	else
		check_around(call, &call->out, done);
}

/* The laboratory: where such memory is known to lie. */
static void check_object(const struct call *call)
{
	const struct ptwalk_ioc_lab_alloc *ask = &call->ask.alloc;
	const struct ptwalk_ioc_lab_object *o = &call->arg->alloc.object;
	const uint32_t direct = PTWALK_LAB_MACRO_VALID | PTWALK_LAB_SAME;

	if (o->allocator != ask->allocator || o->reserved || !o->walk_pa || !o->runs)
		fail("LAB_ALLOC: an object of %u, not %u", o->allocator, ask->allocator);
	if (ask->allocator >= PTWALK_LAB_STATIC_DATA)
		return;
	if (!o->id || o->bytes != ask->bytes || o->repeat != ask->repeat)
		fail("LAB_ALLOC: %llu bytes of %llu", (unsigned long long)o->bytes,
		     (unsigned long long)ask->bytes);
	if (ask->allocator <= PTWALK_LAB_ALLOC_PAGES_EXACT &&
	    ((o->flags & direct) != direct || o->region != PTWALK_REGION_DIRECT_MAP))
		fail("LAB_ALLOC: allocator %u is not in the direct map, but in region %u, flags %x",
		     ask->allocator, o->region, o->flags);
	if (ask->allocator >= PTWALK_LAB_VMALLOC && ask->allocator <= PTWALK_LAB_VMAP &&
	    (o->flags & PTWALK_LAB_MACRO_VALID || o->region != PTWALK_REGION_VMALLOC))
		fail("LAB_ALLOC: vmalloc's memory in region %u, flags %x", o->region, o->flags);
	atomic_store(&shared.some_id, o->id);
	atomic_store(&shared.some_va, o->va);
}

static void check_list(const struct call *call)
{
	const struct ptwalk_ioc_lab_list *ask = &call->ask.list;
	uint32_t i, done = call->arg->list.done;
	uint64_t last = ask->after;

	if (done > ask->count) {
		fail("LAB_LIST: %u of %u", done, ask->count);
		return;
	}
	for (i = 0; i < done; i++) {
		struct ptwalk_ioc_lab_object o;

		memcpy(&o, (char *)(uintptr_t)ask->objects + i * sizeof(o), sizeof(o));
		if (o.id <= last || o.allocator >= PTWALK_LAB_STATIC_DATA || !o.va)
			fail("LAB_LIST: id %llu behind %llu", (unsigned long long)o.id,
			     (unsigned long long)last);
		last = o.id;
	}
	check_around(call, &call->out, done * sizeof(struct ptwalk_ioc_lab_object));
}

void check_answer(const struct call *call)
{
	switch (call->kind) {
	case INFO:
		check_info(&call->arg->info);
		break;
	case WALK:
		check_batch(call);
		break;
	case MAP:
		check_map(call);
		break;
	case READ:
		check_read(call);
		break;
	case LAB_ALLOC:
		check_object(call);
		break;
	case LAB_LIST:
		check_list(call);
		break;
	default:
		break;
	}
}
