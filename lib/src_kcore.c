// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_kcore.c - /proc/kcore: the kernel's memory as an ELF file, walked here. Nothing
 * keeps a table from being freed meanwhile. Source: fs/proc/kcore.c (6.1, 6.12):
 * segments of memory and of the kernel image have physical addresses, all others ~0;
 * the VMCOREINFO note is there since 5.0.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "elf.h"
#include "layout_x86.h"
#include "procfs.h"
#include "table_cache.h"
#include "tables.h"

/* The vmalloc area is larger than any memory that a segment could stand for. */
#define LEAST_VMALLOC_BYTES (1ULL << 44)

struct kcore {
	struct elf elf;
	size_t nr_memory;
	struct elf_segment *memory; /* the segments of memory, in order of pa */
	struct table_cache *cache;
};

static void kcore_close(struct ptwalk *p)
{
	struct kcore *k = p->state;

	table_cache_destroy(k->cache);
	free(k->memory);
	elf_close(&k->elf);
	free(k);
}

/* The segment of memory that has [pa, pa + bytes), or NULL. */
static const struct elf_segment *find_memory(const struct kcore *k, uint64_t pa, size_t bytes)
{
	size_t low = 0, high = k->nr_memory;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct elf_segment *s = &k->memory[middle];

		if (pa < s->pa)
			high = middle;
		else if (pa - s->pa >= s->file_bytes)
			low = middle + 1;
		else
			return bytes <= s->file_bytes - (pa - s->pa) ? s : NULL;
	}
	return NULL;
}

static int read_memory(void *ctx, uint64_t pa, void *buffer, size_t bytes)
{
	const struct kcore *k = ctx;
	const struct elf_segment *s = find_memory(k, pa, bytes);

	if (!s)
		return -ENXIO;
	return elf_read(&k->elf, s->offset + (pa - s->pa), buffer, bytes);
}

static int read_table(void *ctx, uint64_t pa, void *page)
{
	return read_memory(ctx, pa, page, 4096);
}

static int kcore_walk(struct ptwalk *p, const uint64_t *va, size_t n, struct ptwalk_walk *out,
		      struct ptwalk_page *pages, struct ptwalk_error *err)
{
	struct kcore *k = p->state;

	table_cache_forget(k->cache);
	return tables_walk(p, va, n, out, pages, err);
}

static int kcore_scan(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges,
		      unsigned int max, struct ptwalk_error *err)
{
	struct kcore *k = p->state;

	table_cache_forget(k->cache);
	return tables_scan(p, c, ranges, max, err);
}

static int64_t kcore_read(struct ptwalk *p, uint64_t address, bool physical, void *buffer,
			  size_t bytes, struct ptwalk_error *err)
{
	struct kcore *k = p->state;

	table_cache_forget(k->cache);
	return tables_read(p, address, physical, buffer, bytes, read_memory, k, err);
}

static const struct source_ops kcore_ops = {
	.name = "kcore",
	.unlocked = true,
	.close = kcore_close,
	.walk = kcore_walk,
	.scan = kcore_scan,
	.read = kcore_read,
};

static bool is_memory(const struct elf_segment *s)
{
	return s->pa != ~0ULL && s->va < START_KERNEL_MAP && s->file_bytes;
}

static int by_pa(const void *a, const void *b)
{
	const struct elf_segment *x = a, *y = b;

	return (x->pa > y->pa) - (x->pa < y->pa);
}

static int collect_memory(struct kcore *k, const char *path, struct ptwalk_error *err)
{
	k->memory = calloc(k->elf.nr_segments + 1, sizeof(*k->memory));
	if (!k->memory)
		return fail(err, -ENOMEM, "no memory for %zu segments", k->elf.nr_segments);
	for (size_t i = 0; i < k->elf.nr_segments; i++)
		if (is_memory(&k->elf.segments[i]))
			k->memory[k->nr_memory++] = k->elf.segments[i];
	if (!k->nr_memory)
		return fail(err, -EBADMSG, "%s has no segment with a physical address", path);
	qsort(k->memory, k->nr_memory, sizeof(*k->memory), by_pa);
	return 0;
}

/* Direct map: from the first frame's address to behind the last one's. */
static uint64_t direct_map_end(const struct kcore *k)
{
	const struct elf_segment *last = &k->memory[k->nr_memory - 1];

	return last->va + last->memory_bytes;
}

/* What the segments without a physical address tell: vmalloc, vmemmap and modules. */
static void add_segment_regions(struct ptwalk_info *info, const struct kcore *k)
{
	uint64_t modules = 0, modules_end = 0, vmemmap = ~0ULL, vmemmap_end = 0;

	for (size_t i = 0; i < k->elf.nr_segments; i++) {
		const struct elf_segment *s = &k->elf.segments[i];
		uint64_t end = s->va + s->memory_bytes;

		if (s->pa != ~0ULL || !s->memory_bytes)
			continue;
		if (s->va >= START_KERNEL_MAP && s->memory_bytes > 4096) {
			modules = s->va;
			modules_end = end;
		} else if (s->va < START_KERNEL_MAP && s->memory_bytes >= LEAST_VMALLOC_BYTES) {
			/* VMALLOC_END is the last byte (pgtable_64_types.h). */
			region_add(info, PTWALK_IN_VMALLOC, s->va, (end + 4095) & ~4095ULL);
		} else if (s->va < START_KERNEL_MAP) {
			vmemmap = s->va < vmemmap ? s->va : vmemmap;
			vmemmap_end = end > vmemmap_end ? end : vmemmap_end;
		}
	}
	if (vmemmap < vmemmap_end)
		region_add(info, PTWALK_IN_VMEMMAP, vmemmap, vmemmap_end);
	if (modules)
		layout_add_image(info, modules, modules_end);
}

static void add_regions(struct ptwalk_info *info, const struct kcore *k)
{
	layout_add_fixed(info);
	region_add(info, PTWALK_IN_DIRECT_MAP, info->page_offset, direct_map_end(k));
	add_segment_regions(info, k);
	region_sort(info);
}

/* The image's own segment tells phys_base where VMCOREINFO does not. */
static bool image_phys_base(const struct kcore *k, uint64_t *phys_base)
{
	for (size_t i = 0; i < k->elf.nr_segments; i++) {
		const struct elf_segment *s = &k->elf.segments[i];

		if (s->va >= START_KERNEL_MAP && s->pa != ~0ULL) {
			*phys_base = s->pa - (s->va - START_KERNEL_MAP);
			return true;
		}
	}
	return false;
}

/* The kernel's top table, by its symbol: 0 where nobody tells. */
static uint64_t find_root_va(const struct vmcoreinfo *v, const char *kallsyms)
{
	uint64_t va;

	if (layout_root_va(v, &va))
		return va;
	return find_kallsym(kallsyms, "init_top_pgt");
}

static int find_root(struct ptwalk_info *info, const struct kcore *k, const struct vmcoreinfo *v,
		     const struct paths *paths, struct ptwalk_error *err)
{
	uint64_t va = find_root_va(v, paths->kallsyms);

	if (!(info->known & PTWALK_KNOWN_PHYS_BASE) && image_phys_base(k, &info->phys_base))
		info->known |= PTWALK_KNOWN_PHYS_BASE;
	if (va < START_KERNEL_MAP || !(info->known & PTWALK_KNOWN_PHYS_BASE))
		return fail(err, -ENODEV,
			    "neither the notes of %s nor %s tell where the kernel's top table is",
			    paths->kcore, paths->kallsyms);
	info->kernel_root = va - START_KERNEL_MAP + info->phys_base;
	info->known |= PTWALK_KNOWN_TABLES;
	return 0;
}

static int learn(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err)
{
	const struct cpu_facts facts = read_cpuinfo(paths->cpuinfo);
	struct ptwalk_info *info = &p->info;
	struct kcore *k = p->state;
	struct vmcoreinfo v = { 0 };
	int ret;

	v.text = elf_find_note(&k->elf, "VMCOREINFO", 0, &v.bytes);
	if (!v.text)
		v.bytes = 0;
	info->page_offset = k->memory[0].va - k->memory[0].pa;
	info->known |= PTWALK_KNOWN_PAGE_OFFSET;
	/* With 5 levels the direct map lies below where 4 levels could reach. */
	info->levels = info->page_offset < 0xffff800000000000ULL ? 5 : 4;
	add_cpu_facts(info, &facts);
	layout_read_vmcoreinfo(info, &v);
	if (!(info->known & PTWALK_KNOWN_RELEASE))
		add_release(info);
	ret = find_root(info, k, &v, paths, err);
	if (ret < 0)
		return ret;
	add_regions(info, k);
	return space_setup(p, table_cache_memory(k->cache), err);
}

static int setup(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err)
{
	struct kcore *k = p->state;
	int ret;

	if (k->elf.machine != EM_X86_64)
		return fail(err, -ENOTSUP, "%s is of machine %u; only x86-64 is known",
			    paths->kcore, k->elf.machine);
	ret = collect_memory(k, paths->kcore, err);
	if (ret < 0)
		return ret;
	k->cache = table_cache_create(read_table, k, TABLE_CACHE_QUESTION);
	if (!k->cache)
		return fail(err, -ENOMEM, "no memory");
	return learn(p, paths, err);
}

int kcore_open(struct ptwalk *p, const struct paths *paths, struct ptwalk_error *err)
{
	struct kcore *k;
	int ret;

	if (p->pid)
		return fail(err, -EOPNOTSUPP,
			    "kcore has the kernel's space alone, not that of process %u", p->pid);
	k = calloc(1, sizeof(*k));
	if (!k)
		return fail(err, -ENOMEM, "no memory");
	ret = elf_open(&k->elf, paths->kcore, err);
	if (ret < 0) {
		free(k);
		return ret;
	}
	p->state = k;
	p->ops = &kcore_ops;
	p->has_tables = true;
	ret = setup(p, paths, err);
	if (ret < 0)
		kcore_close(p);
	return ret;
}
