/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_object.h - what the files of the laboratory share: an object, where it
 * comes from (lab_alloc.c) and where it lies (lab_look.c).
 */
#ifndef PTWALK_LAB_OBJECT_H
#define PTWALK_LAB_OBJECT_H

#include <linux/types.h>

#include "../include/uapi/ptwalk.h"

struct kmem_cache;
struct page;
struct file;

/**
 * struct lab_object - one piece of memory
 * @seen: what the caller is told; @seen.bytes and @seen.id are set first
 * @from: its allocator
 * @owner: the file that it goes with; NULL where it is held. Not followed
 * @taken: bytes that it counts for against the limit
 * @memory: where it begins; NULL while there is none
 * @cache: kmem_cache's, from lab_allocator.prepare to .finish
 * @frames: vmap's pages, likewise
 * @percpu: per-CPU memory, of which @memory is one processor's copy
 * @dma: what the device would be told
 */
struct lab_object {
	struct ptwalk_ioc_lab_object seen;
	const struct lab_allocator *from;
	struct file *owner;
	u64 taken;
	void *memory;
	union {
		struct kmem_cache *cache;
		struct page **frames;
		void __percpu *percpu;
		dma_addr_t dma;
	};
};

/**
 * struct lab_allocator - a row of the table of allocators
 * @most: the most bytes that it can ever give; NULL: it allocates nothing, and what
 *	there is, is found
 * @takes: bytes that an object of so many takes, at most; no more than @most are asked
 * @prepare: what an object needs before it is allocated, and is not timed; or NULL
 * @alloc: sets @memory, and where @most is NULL @seen.bytes too. Its memory is as
 *	the allocator gives it: not cleared
 * @free: undoes @alloc
 * @finish: undoes @prepare
 *
 * All of them may sleep. @prepare and @alloc return 0 or -ENOMEM.
 */
struct lab_allocator {
	u64 (*most)(void);
	u64 (*takes)(u64 bytes);
	int (*prepare)(struct lab_object *object);
	int (*alloc)(struct lab_object *object);
	void (*free)(struct lab_object *object);
	void (*finish)(struct lab_object *object);
};

extern const struct lab_allocator lab_allocators[PTWALK_LAB_NR];

/* The device that DMA memory is for. Return: 0 or a negative errno. */
int lab_device_init(void);
void lab_device_deinit(void);

/**
 * lab_look() - sees where an object lies
 *
 * Fills from @va to @node of @object->seen, and two of its flags. The memory must
 * stay meanwhile. May sleep. Return: 0, -ENOMEM, or -EINTR (a fatal signal).
 */
int lab_look(struct lab_object *object);

/**
 * lab_time() - allocates, touches and frees an object again and again
 * @rounds: how often, 1 to PTWALK_LAB_MAX_REPEAT
 *
 * Fills the times of @object->seen; prepared before, and without memory before and
 * after. May sleep. Return: 0, -ENOMEM, or -EINTR (a fatal signal).
 */
int lab_time(struct lab_object *object, u32 rounds);

#endif
