// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_swap.c - pages that the kernel has swapped out, asked of /dev/ptwalk and
 * held against what /proc/self/pagemap says of them: the swap type and the slot.
 *
 * usage: device_swap MIB 6.1|6.12 (whose swap types)
 * Exit status: 0 passed, 1 failed, also when nothing was swapped out.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../core/walk.h"
#include "../../../include/uapi/ptwalk.h"

#define PAGE 4096UL
#define BATCH 512

/* Bits of a word of pagemap: Documentation/admin-guide/mm/pagemap.rst. */
#define MAP_PRESENT (1ULL << 63)
#define MAP_SWAPPED (1ULL << 62)
#define MAP_FRAME ((1ULL << 55) - 1)

static unsigned long failures;
static unsigned long nr_swapped, nr_present, nr_empty;

static void fail(u64 va, const char *what, u64 is, u64 should)
{
	if (failures++ < 10)
		printf("FAILED: %llx: %s is %llx, should be %llx\n", va, what, is, should);
}

static u64 now(const struct ptwalk_ioc_walk *w)
{
	return w->nr_steps ? w->steps[w->nr_steps - 1].entry : 0;
}

/* @word: pagemap's, which had the same value before the walk and after it. */
static void compare(const struct ptw_space *sp, const struct ptwalk_ioc_walk *w, u64 word)
{
	struct ptw_soft soft;

	if (word & MAP_PRESENT) {
		nr_present++;
		if (w->end != PTWALK_IS_LEAF)
			fail(w->va, "the end of a present page's walk", w->end, PTWALK_IS_LEAF);
		else if (w->pa != (word & MAP_FRAME) * PAGE)
			fail(w->va, "the frame", w->pa, (word & MAP_FRAME) * PAGE);
		return;
	}
	if (!(word & MAP_SWAPPED)) {
		nr_empty++;
		if (w->end != PTWALK_IS_NONE)
			fail(w->va, "the end of an untouched page's walk", w->end, PTWALK_IS_NONE);
		return;
	}
	nr_swapped++;
	if (w->end != PTWALK_IS_SOFTWARE) {
		fail(w->va, "the end of a swapped page's walk", w->end, PTWALK_IS_SOFTWARE);
		return;
	}
	if (w->pa || w->rights)
		fail(w->va, "the address or rights", w->pa | w->rights, 0);
	soft = ptw_soft(sp, ptw_va(w->va), w->nr_steps - 1, now(w));
	if (soft.kind != PTW_SOFT_SWAP)
		fail(w->va, "the kind of note", soft.kind, PTW_SOFT_SWAP);
	if (soft.type != (word & 31))
		fail(w->va, "the swap type", soft.type, word & 31);
	if (soft.offset != (word & MAP_FRAME) >> 5)
		fail(w->va, "the slot", soft.offset, (word & MAP_FRAME) >> 5);
}

static void read_pagemap(int fd, u64 va, u64 *words, unsigned int n)
{
	if (pread(fd, words, n * sizeof(*words), va / PAGE * sizeof(*words)) !=
	    (ssize_t)(n * sizeof(*words))) {
		perror("FAILED: /proc/self/pagemap");
		exit(1);
	}
}

static void walk(int fd, u64 va, struct ptwalk_ioc_walk *walks)
{
	static __u64 addresses[BATCH];
	struct ptwalk_ioc_walk_batch batch = {
		.space = { .kind = PTWALK_SPACE_PROCESS, .pid = getpid() },
		.addresses = (unsigned long)addresses,
		.walks = (unsigned long)walks,
		.count = BATCH,
	};
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		addresses[i] = va + i * PAGE;
	if (ioctl(fd, PTWALK_WALK, &batch) || batch.done != BATCH) {
		perror("FAILED: PTWALK_WALK");
		exit(1);
	}
}

/* Pages come and go while they are looked at; those that stood still count. */
static void ask(int device, int pagemap, const struct ptw_space *sp, u64 start, u64 end)
{
	static u64 before[BATCH], after[BATCH];
	static struct ptwalk_ioc_walk walks[BATCH];
	unsigned int i;
	u64 va;

	for (va = start; va < end; va += BATCH * PAGE) {
		read_pagemap(pagemap, va, before, BATCH);
		walk(device, va, walks);
		read_pagemap(pagemap, va, after, BATCH);
		for (i = 0; i < BATCH; i++)
			if (before[i] == after[i])
				compare(sp, &walks[i], before[i]);
	}
}

static int no_lend(void *ctx, ptw_pa_t pa, u64 bytes, const ptw_entry_t **entries)
{
	(void)ctx, (void)pa, (void)bytes, (void)entries;
	return -EFAULT;
}

static void make_space(int device, struct ptw_space *sp, const char *types)
{
	static const struct ptw_memory memory = { .lend = no_lend };
	struct ptwalk_ioc_info info;

	if (ioctl(device, PTWALK_INFO, &info)) {
		perror("FAILED: PTWALK_INFO");
		exit(1);
	}
	ptw_space_init(sp, info.levels == 5 ? &ptw_x86_64_5level : &ptw_x86_64_4level, &memory, 0,
		       info.encryption, info.pa_bits);
	sp->swap = strcmp(types, "6.1") ? &ptw_swap_types_6_12 : &ptw_swap_types_6_1;
}

int main(int argc, char **argv)
{
	unsigned long mib = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	int device = open(PTWALK_DEVICE, O_RDWR);
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	unsigned long bytes = mib << 20, i;
	struct ptw_space sp;
	char *mem;

	if (!mib || device < 0 || pagemap < 0) {
		perror("FAILED: device_swap");
		return 1;
	}
	make_space(device, &sp, argv[2]);
	mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(mem, bytes, MADV_NOHUGEPAGE);
	/* The last eighth is not touched; of the rest, a page in eight is wanted back. */
	for (i = 0; i < bytes / 8 * 7; i += PAGE)
		memset(mem + i, (int)(i / PAGE) | 1, PAGE);
	if (madvise(mem, bytes, MADV_PAGEOUT))
		perror("MADV_PAGEOUT");
	for (i = 0; i < bytes / 8 * 7; i += 8 * PAGE)
		if (mem[i] != (char)((int)(i / PAGE) | 1))
			fail((unsigned long)mem + i, "the content", mem[i], (i / PAGE) | 1);
	ask(device, pagemap, &sp, (unsigned long)mem, (unsigned long)mem + bytes);

	printf("# %lu pages swapped, %lu present, %lu empty\n", nr_swapped, nr_present, nr_empty);
	if (!nr_swapped || !nr_present || !nr_empty)
		fail((unsigned long)mem, "one of the three counts", 0, 1);
	return failures != 0;
}
