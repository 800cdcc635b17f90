// SPDX-License-Identifier: GPL-2.0-only
/*
 * abi.c - the ABI, held at build time: the size of every struct, and that it is the
 * same for a 32-bit caller, whose __u64 has an alignment of 4. It is, when every
 * __u64 lies at a multiple of 8 anyway and the size is one too.
 */
#include <linux/build_bug.h>
#include <linux/stddef.h>

#include "device.h"

#define SIZE(type, bytes) static_assert(sizeof(struct ptwalk_ioc_##type) == (bytes))
#define AT(type, field, offset) static_assert(offsetof(struct ptwalk_ioc_##type, field) == (offset))

SIZE(space, 8);
SIZE(region, 24);
SIZE(info, 728);
SIZE(step, 16);
SIZE(walk, 112);
SIZE(page, 32);
SIZE(walk_batch, 48);
SIZE(range, 40);
SIZE(map, 56);
SIZE(read, 48);
SIZE(lab_object, 128);
SIZE(lab_alloc, 152);
SIZE(lab_list, 32);
SIZE(lab_free, 16);

AT(region, kind, 16);
AT(info, encryption, 24);
AT(info, kernel_root, 32);
AT(info, page_offset, 40);
AT(info, phys_base, 48);
AT(info, image_offset, 56);
AT(info, max_batch, 64);
AT(info, lab_limit, 72);
AT(info, lab_used, 80);
AT(info, release, 88);
AT(info, regions, 152);
AT(walk, end, 24);
AT(walk, decided, 27);
AT(walk, reserved, 31);
AT(walk, steps, 32);
AT(page, zone, 20);
AT(walk_batch, addresses, 8);
AT(walk_batch, walks, 16);
AT(walk_batch, pages, 24);
AT(walk_batch, count, 32);
AT(walk_batch, reserved, 44);
AT(range, is, 32);
AT(range, page_shift, 36);
AT(map, cursor, 8);
AT(map, end, 16);
AT(map, ranges, 24);
AT(map, count, 32);
AT(map, over, 44);
AT(map, reserved, 48);
AT(read, address, 8);
AT(read, buffer, 16);
AT(read, length, 24);
AT(read, done, 32);
AT(read, flags, 40);
AT(lab_object, id, 0);
AT(lab_object, bytes, 16);
AT(lab_object, va, 24);
AT(lab_object, macro_pa, 32);
AT(lab_object, walk_pa, 40);
AT(lab_object, pages, 48);
AT(lab_object, runs, 72);
AT(lab_object, longest_run_bytes, 80);
AT(lab_object, region, 88);
AT(lab_object, alloc_ns, 96);
AT(lab_object, touch_ns, 104);
AT(lab_object, free_ns, 112);
AT(lab_object, repeat, 120);
AT(lab_alloc, bytes, 8);
AT(lab_alloc, object, 24);
AT(lab_list, after, 0);
AT(lab_list, objects, 8);
AT(lab_list, reserved, 24);
AT(lab_free, reserved, 8);

/* The core's words are the ABI's. */
static_assert(PTW_NONE == PTWALK_IS_NONE);
static_assert(PTW_TABLE == PTWALK_IS_TABLE);
static_assert(PTW_LEAF == PTWALK_IS_LEAF);
static_assert(PTW_SOFTWARE == PTWALK_IS_SOFTWARE);
static_assert(PTW_MALFORMED == PTWALK_IS_MALFORMED);
static_assert(PTW_UNREADABLE == PTWALK_IS_UNREADABLE);
static_assert(PTW_NONCANONICAL == PTWALK_IS_NONCANONICAL);
static_assert(PTW_R == PTWALK_RIGHT_R && PTW_W == PTWALK_RIGHT_W);
static_assert(PTW_X == PTWALK_RIGHT_X && PTW_U == PTWALK_RIGHT_U);
static_assert(PTW_MAX_LEVELS == PTWALK_MAX_LEVELS);
static_assert(sizeof(((struct ptwalk_ioc_walk *)0)->decided) == PTW_NR_RIGHTS);
