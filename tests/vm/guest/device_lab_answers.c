// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_lab_answers.c - where objects lie, held against what others say: WALK on
 * each page, /proc/vmallocinfo, /proc/kallsyms, /sys/kernel/slab, READ.
 */
#include "device_lab.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096ULL
#define HUGE_PAGE (2 * MIB)

struct ground {
	uint64_t pages[3];
	uint64_t runs;
	uint64_t longest;
};

/* One WALK a page, and runs counted by hand. */
static struct ground walk_all(int fd, const struct ptwalk_ioc_lab_object *o)
{
	struct ground g = { 0 };
	uint64_t va = o->va, end = va + o->bytes, next_pa = 1, run = 0;

	while (va < end) {
		struct ptwalk_ioc_walk w = walk(fd, va);
		uint64_t stop;

		if (w.end != PTWALK_IS_LEAF) {
			fail("%s: %" PRIx64 " is not mapped", allocator_names[o->allocator], va);
			break;
		}
		stop = (va & ~(w.page_bytes - 1)) + w.page_bytes;
		stop = stop > end ? end : stop;
		g.pages[w.page_bytes == PAGE ? 0 : w.page_bytes == HUGE_PAGE ? 1 : 2]++;
		if (w.pa != next_pa) {
			g.runs++;
			run = 0;
		}
		run += stop - va;
		g.longest = run > g.longest ? run : g.longest;
		next_pa = w.pa + (stop - va);
		va = stop;
	}
	return g;
}

static void check_pages(int fd, const struct ptwalk_ioc_lab_object *o)
{
	const char *name = allocator_names[o->allocator];
	struct ground g = walk_all(fd, o);
	struct ptwalk_ioc_walk w = walk(fd, o->va);

	expect(w.pa == o->walk_pa, "%s: walk_pa %llx, WALK %llx", name, o->walk_pa, w.pa);
	expect(!memcmp(g.pages, o->pages, sizeof(g.pages)),
	       "%s: %llu bytes: pages %llu %llu %llu, by hand %" PRIu64 " %" PRIu64 " %" PRIu64,
	       name, o->bytes, o->pages[0], o->pages[1], o->pages[2], g.pages[0], g.pages[1],
	       g.pages[2]);
	expect(g.runs == o->runs, "%s: %llu bytes: runs %llu, by hand %" PRIu64, name, o->bytes,
	       o->runs, g.runs);
	expect(g.longest == o->longest_run_bytes,
	       "%s: %llu bytes: longest run %llu, by hand %" PRIu64, name, o->bytes,
	       o->longest_run_bytes, g.longest);
}

static void check_macro(int fd, const struct ptwalk_ioc_lab_object *o)
{
	const uint64_t image = 0xffffffff80000000ULL;
	const char *name = allocator_names[o->allocator];
	struct ptwalk_ioc_info i = info(fd);
	uint64_t macro = o->va >= image ? o->va - image + i.phys_base : o->va - i.page_offset;
	bool valid, same = macro == o->walk_pa;
	unsigned int region = 0, r;

	for (r = 0; r < i.nr_regions; r++)
		if (o->va >= i.regions[r].start && o->va < i.regions[r].end)
			region = i.regions[r].kind;
	valid = region == PTWALK_REGION_DIRECT_MAP || region == PTWALK_REGION_IMAGE;
	expect(o->region == region, "%s: region %u, by INFO %u", name, o->region, region);
	expect(o->macro_pa == macro, "%s: macro_pa %llx, by hand %" PRIx64, name, o->macro_pa,
	       macro);
	expect(!(o->flags & PTWALK_LAB_MACRO_VALID) == !valid, "%s: MACRO_VALID in region %u", name,
	       region);
	expect(!(o->flags & PTWALK_LAB_SAME) == !same, "%s: SAME, %llx and %llx", name, o->macro_pa,
	       o->walk_pa);
	expect(same || !valid, "%s: virt_to_phys is valid, but %" PRIx64 " is not %llx", name,
	       macro, o->walk_pa);
	expect(o->node == 0, "%s: node %d", name, o->node);
}

/* The line of the area that @va lies in; false if there is none. */
static bool vmalloc_area(uint64_t va, uint64_t *start, uint64_t *bytes, char *rest)
{
	FILE *f = fopen("/proc/vmallocinfo", "r");
	bool found = false;
	char line[512];

	if (!f) {
		fail("there is no /proc/vmallocinfo");
		return false;
	}
	while (!found && fgets(line, sizeof(line), f)) {
		uint64_t end;
		int at = 0;

		if (sscanf(line, "0x%" SCNx64 "-0x%" SCNx64 " %n", start, &end, &at) != 2)
			continue;
		*bytes = end - *start;
		found = va >= *start && va < end;
		strcpy(rest, line + at);
	}
	fclose(f);
	return found;
}

/* A guard page of no frames is behind each area but vmap's too. */
static void check_area(const struct ptwalk_ioc_lab_object *o)
{
	const char *name = allocator_names[o->allocator], *pages;
	uint64_t start, bytes, wanted = (o->bytes + PAGE - 1) & ~(PAGE - 1);
	char rest[512] = "";

	if (!vmalloc_area(o->va, &start, &bytes, rest)) {
		fail("%s: %llx is in no area of /proc/vmallocinfo", name, o->va);
		return;
	}
	if (o->allocator == PTWALK_LAB_STACK) {
		expect(strstr(rest, "stack") || strstr(rest, "dup_task") ||
			       strstr(rest, "copy_process") || strstr(rest, "kernel_clone"),
		       "%s: lies in %s", name, rest);
		return;
	}
	if (o->allocator == PTWALK_LAB_PERCPU)
		return;
	expect(start == o->va && bytes >= wanted + PAGE,
	       "%s: %llu bytes: area %" PRIx64 " of %" PRIu64, name, o->bytes, start, bytes);
	pages = strstr(rest, "pages=");
	if (o->allocator == PTWALK_LAB_VMALLOC)
		expect(pages && strtoull(pages + 6, NULL, 10) == wanted / PAGE,
		       "%s: %llu bytes: %s", name, o->bytes, rest);
	expect(strstr(rest, o->allocator == PTWALK_LAB_VMAP ? "vmap" : "vmalloc"), "%s: %s", name,
	       rest);
}

/* A cache of its own, with this one object in it. */
static void check_cache(const struct ptwalk_ioc_lab_object *o, bool there)
{
	char path[128], text[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/slab/ptwalk_lab-%llu/object_size", o->id);
	f = fopen(path, "r");
	expect(!f == !there, "kmem_cache: %s is %sthere", path, there ? "not " : "");
	if (!f)
		return;
	expect(fgets(text, sizeof(text), f) && strtoull(text, NULL, 10) == o->bytes,
	       "kmem_cache: %s: %s, not %llu", path, text, o->bytes);
	fclose(f);
}

/* Nothing of what was there before. */
static void check_zero(int fd, const struct ptwalk_ioc_lab_object *o)
{
	static char buffer[64 * KIB];
	uint64_t length = o->bytes < sizeof(buffer) ? o->bytes : sizeof(buffer), i;
	struct ptwalk_ioc_read ask = {
		.address = o->va + o->bytes - length,
		.buffer = (uintptr_t)buffer,
		.length = length,
	};
	int err = call(fd, PTWALK_READ, &ask);

	expect(!err && ask.done == length, "%s: READ: %s, %llu of %" PRIu64,
	       allocator_names[o->allocator], strerror(err), ask.done, length);
	for (i = 0; i < ask.done && !buffer[i]; i++)
		;
	expect(i == ask.done, "%s: byte %" PRIu64 " is not zero", allocator_names[o->allocator], i);
}

/* What each allocator promises. */
static void check_promise(const struct ptwalk_ioc_lab_object *o)
{
	const char *name = allocator_names[o->allocator];
	bool direct = o->region == PTWALK_REGION_DIRECT_MAP;

	switch (o->allocator) {
	case PTWALK_LAB_KMALLOC ... PTWALK_LAB_ALLOC_PAGES_EXACT:
	case PTWALK_LAB_DMA_COHERENT:
		expect(direct, "%s: is not in the direct map", name);
		break;
	case PTWALK_LAB_KVMALLOC:
		expect(direct || o->bytes > PAGE, "%s: %llu bytes in region %u", name, o->bytes,
		       o->region);
		expect(!direct || o->bytes <= 4 * MIB, "%s: %llu bytes of kmalloc", name, o->bytes);
		break;
	case PTWALK_LAB_VMALLOC:
		expect(!o->pages[1] && !o->pages[2], "%s: has huge pages", name);
		break;
	case PTWALK_LAB_VMALLOC_HUGE:
		expect(o->bytes < HUGE_PAGE || o->pages[1], "%s: %llu bytes, no huge page", name,
		       o->bytes);
		break;
	case PTWALK_LAB_VMAP:
		expect(o->runs == o->pages[0] && o->longest_run_bytes <= PAGE,
		       "%s: is not scattered", name);
		break;
	}
	if (direct)
		expect(o->runs == 1 && o->longest_run_bytes == o->bytes, "%s: %llu runs", name,
		       o->runs);
	else if (o->region == PTWALK_REGION_VMALLOC)
		check_area(o);
}

static void check_listed(int fd, const struct ptwalk_ioc_lab_object *o)
{
	struct ptwalk_ioc_lab_object seen[4];
	unsigned int n = lab_list(fd, seen, 4);

	expect(n == 1 && !memcmp(&seen[0], o, sizeof(*o)), "%s: LIST gives %u, or something else",
	       allocator_names[o->allocator], n);
}

/* The most that each can give; what has 0 here has the memory's size. */
static uint64_t most(unsigned int allocator)
{
	switch (allocator) {
	case PTWALK_LAB_KMEM_CACHE:
		return 4 * MIB - 2 * PAGE;
	case PTWALK_LAB_PERCPU:
		return 32 * KIB;
	case PTWALK_LAB_KVMALLOC ... PTWALK_LAB_VMAP:
		return 1ULL << 40;
	default:
		return 4 * MIB;
	}
}

static void test_object(int fd, unsigned int allocator, uint64_t bytes)
{
	const char *name = allocator_names[allocator];
	struct ptwalk_ioc_lab_object o;
	uint64_t before = used(fd);
	int err = lab_alloc(fd, allocator, bytes, 3, 0, &o);

	if (bytes > most(allocator)) {
		expect(err == E2BIG, "%s: %" PRIu64 " bytes: %s", name, bytes, strerror(err));
		return;
	}
	/* Memory may be in pieces too small for a block of 4 MiB. */
	if (err == ENOMEM && bytes > MIB && most(allocator) <= 4 * MIB) {
		printf("%s: %" PRIu64 " bytes: no block so large is free\n", name, bytes);
		return;
	}
	if (err) {
		fail("%s: %" PRIu64 " bytes: %s", name, bytes, strerror(err));
		return;
	}
	expect(o.id && o.allocator == allocator && o.bytes == bytes && o.repeat == 3 && !o.reserved,
	       "%s: answers what was not asked", name);
	expect(o.flags & PTWALK_LAB_HAS_TIMES && o.alloc_ns && o.free_ns, "%s: has no times", name);
	expect(used(fd) >= before + bytes, "%s: %" PRIu64 " bytes are not counted", name, bytes);
	check_pages(fd, &o);
	check_macro(fd, &o);
	check_promise(&o);
	check_zero(fd, &o);
	check_listed(fd, &o);
	if (allocator == PTWALK_LAB_KMEM_CACHE)
		check_cache(&o, true);
	err = lab_free(fd, o.id);
	expect(!err, "%s: FREE: %s", name, strerror(err));
	expect(lab_free(fd, o.id) == ENOENT, "%s: freed twice", name);
	expect(used(fd) == before, "%s: it still counts", name);
	if (allocator == PTWALK_LAB_KMEM_CACHE)
		check_cache(&o, false);
}

static uint64_t number_in(const char *path, const char *label)
{
	uint64_t value = 0;
	char line[256], *at;
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f)) {
		at = strstr(line, label);
		if (at && (!*label || !at[strlen(label)] || strchr(" \t\n", at[strlen(label)]))) {
			value = strtoull(line, NULL, 16);
			break;
		}
	}
	if (f)
		fclose(f);
	expect(value, "there is no %s in %s", label, path);
	return value;
}

static void test_found(int fd, unsigned int allocator, uint64_t va)
{
	const char *name = allocator_names[allocator];
	struct ptwalk_ioc_lab_object o;
	uint64_t before = used(fd);
	int err = lab_alloc(fd, allocator, 0, 1, PTWALK_LAB_HOLD, &o);

	if (err) {
		fail("%s: %s", name, strerror(err));
		return;
	}
	expect(!o.id && !o.flags == !(o.flags & ~(PTWALK_LAB_SAME | PTWALK_LAB_MACRO_VALID)) &&
		       !o.alloc_ns && !o.touch_ns && !o.free_ns,
	       "%s: id %llu, flags %x, or times", name, o.id, o.flags);
	expect(used(fd) == before, "%s: counts", name);
	expect(!va || o.va == va, "%s: lies at %llx, not %" PRIx64, name, o.va, va);
	check_pages(fd, &o);
	check_macro(fd, &o);
	if (o.region == PTWALK_REGION_VMALLOC && allocator == PTWALK_LAB_STACK)
		check_area(&o);
	printf("%-18s %8llu bytes at %llx, region %u\n", name, o.bytes, o.va, o.region);
}

void test_answers(int fd)
{
	static const uint64_t sizes[] = {
		8,	     9,
		100,	     4095,
		4096,	     4097,
		8192,	     10000,
		32 * KIB,    32 * KIB + 1,
		65536,	     MIB - 1,
		MIB,	     2 * MIB,
		2 * MIB + 1, 4 * MIB - 2 * PAGE,
		4 * MIB,     4 * MIB + 1,
		9 * MIB,     33 * MIB,
	};
	unsigned int allocator, i;

	for (allocator = 0; allocator < PTWALK_LAB_STATIC_DATA; allocator++) {
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			test_object(fd, allocator, sizes[i]);
		printf("%-18s all sizes done\n", allocator_names[allocator]);
		fflush(stdout);
	}
	test_found(fd, PTWALK_LAB_STATIC_DATA, number_in("/proc/kallsyms", "ptwalk_lab_data"));
	test_found(fd, PTWALK_LAB_TEXT, number_in("/sys/module/ptwalk/sections/.text", ""));
	test_found(fd, PTWALK_LAB_STACK, 0);
}

#define HELD "held"

/* What is held is noted in a file, for after rmmod. */
void hold_one_of_each(int fd)
{
	struct ptwalk_ioc_lab_object o, seen[64];
	FILE *f = fopen(HELD, "w");
	unsigned int allocator;
	int other;

	for (allocator = 0; allocator < PTWALK_LAB_STATIC_DATA; allocator++) {
		int err = lab_alloc(fd, allocator, 20000, 1, PTWALK_LAB_HOLD, &o);

		expect(!err && (o.flags & PTWALK_LAB_HOLD), "%s: held: %s",
		       allocator_names[allocator], strerror(err));
		fprintf(f, "%u %llu %llx\n", allocator, o.id, o.va);
	}
	fclose(f);
	close(fd);
	other = open_device();
	expect(lab_list(other, seen, 64) == PTWALK_LAB_STATIC_DATA, "what was held is not there");
}

void expect_all_gone(void)
{
	struct ptwalk_ioc_lab_object o = { 0 };
	FILE *f = fopen(HELD, "r");
	uint64_t start, bytes;
	char rest[512];

	expect(f, "there is no list of what was held");
	while (f && fscanf(f, "%u %llu %llx", &o.allocator, &o.id, &o.va) == 3) {
		if (o.allocator == PTWALK_LAB_KMEM_CACHE)
			check_cache(&o, false);
		if (o.allocator >= PTWALK_LAB_VMALLOC && o.allocator <= PTWALK_LAB_VMAP)
			expect(!vmalloc_area(o.va, &start, &bytes, rest), "%s: is still there: %s",
			       allocator_names[o.allocator], rest);
	}
	expect(access("/sys/devices/platform/ptwalk_lab", F_OK), "the device is still there");
}
