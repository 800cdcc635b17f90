// SPDX-License-Identifier: GPL-2.0-only
/* lab_alloc.c - the table of allocators. */
#include <linux/align.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

#include "compat/module_text.h"
#include "lab_dma.h"
#include "lab_object.h"

/*
 * A request that is too big for this moment fails, without a message in the log; it
 * neither kills a process nor makes all the others wait for reclaim without end.
 */
#define LAB_GFP (GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

static int has_memory(const struct lab_object *o)
{
	return o->memory ? 0 : -ENOMEM;
}

/* No allocator maps more than there is. */
static u64 all_memory(void)
{
	return (u64)totalram_pages() << PAGE_SHIFT;
}

static u64 most_of_buddy(void)
{
	return KMALLOC_MAX_SIZE;
}

static u64 takes_block(u64 bytes)
{
	return PAGE_SIZE << get_order(bytes);
}

static u64 takes_pages(u64 bytes)
{
	return PAGE_ALIGN(bytes);
}

/* From one huge page on, it is made of huge pages, the last one too. */
static u64 takes_huge_pages(u64 bytes)
{
	return bytes < PMD_SIZE ? PAGE_ALIGN(bytes) : ALIGN(bytes, PMD_SIZE);
}

/* ---- kmalloc ------------------------------------------------------------- */

/* Some sizes of slab lie between two powers of two: then it is a little less. */
static u64 takes_slot(u64 bytes)
{
	return roundup_pow_of_two(bytes);
}

static int alloc_kmalloc(struct lab_object *o)
{
	o->memory = kmalloc(o->seen.bytes, LAB_GFP);
	return has_memory(o);
}

static void free_kmalloc(struct lab_object *o)
{
	kfree(o->memory);
}

/* ---- kmem_cache: one for each object ------------------------------------- */

/* In a slab as large as a block can be, the slab's own notes must find room. */
static u64 most_of_cache(void)
{
	return KMALLOC_MAX_SIZE - 2 * PAGE_SIZE;
}

/* A whole slab; those of small objects have up to 8 pages (mm/slub.c, 6.1). */
static u64 takes_slab(u64 bytes)
{
	return max_t(u64, takes_block(bytes + PAGE_SIZE), PAGE_SIZE << PAGE_ALLOC_COSTLY_ORDER);
}

/*
 * A cache with a constructor is not merged with others of its size: or else it
 * would be kmalloc's (slab_unmergeable(), mm/slab_common.c, 6.1).
 */
static void construct(void *object)
{
}

static int prepare_cache(struct lab_object *o)
{
	char name[32];

	/* The kernel keeps a copy of the name. */
	snprintf(name, sizeof(name), "ptwalk_lab-%llu", o->seen.id);
	o->cache = kmem_cache_create(name, o->seen.bytes, __alignof__(u64), 0, construct);
	return o->cache ? 0 : -ENOMEM;
}

static int alloc_cached(struct lab_object *o)
{
	o->memory = kmem_cache_alloc(o->cache, LAB_GFP);
	return has_memory(o);
}

static void free_cached(struct lab_object *o)
{
	kmem_cache_free(o->cache, o->memory);
}

static void finish_cache(struct lab_object *o)
{
	kmem_cache_destroy(o->cache);
}

/* ---- pages --------------------------------------------------------------- */

static int alloc_block(struct lab_object *o)
{
	struct page *page = alloc_pages(LAB_GFP, get_order(o->seen.bytes));

	o->memory = page ? page_address(page) : NULL;
	return has_memory(o);
}

static void free_block(struct lab_object *o)
{
	free_pages((unsigned long)o->memory, get_order(o->seen.bytes));
}

static int alloc_exact(struct lab_object *o)
{
	o->memory = alloc_pages_exact(o->seen.bytes, LAB_GFP);
	return has_memory(o);
}

static void free_exact(struct lab_object *o)
{
	free_pages_exact(o->memory, o->seen.bytes);
}

/* ---- kvmalloc ------------------------------------------------------------ */

static u64 most_of_kvmalloc(void)
{
	return min_t(u64, INT_MAX, all_memory());
}

static u64 takes_kvmalloc(u64 bytes)
{
	return bytes <= KMALLOC_MAX_SIZE ? takes_slot(bytes) : takes_huge_pages(bytes);
}

static int alloc_kvmalloc(struct lab_object *o)
{
	/* __GFP_RETRY_MAYFAIL would make it try kmalloc harder than it does. */
	o->memory = kvmalloc(o->seen.bytes, GFP_KERNEL | __GFP_NOWARN);
	return has_memory(o);
}

static void free_kvmalloc(struct lab_object *o)
{
	kvfree(o->memory);
}

/* ---- vmalloc ------------------------------------------------------------- */

static int alloc_vmalloc(struct lab_object *o)
{
	o->memory = __vmalloc(o->seen.bytes, LAB_GFP);
	return has_memory(o);
}

static int alloc_vmalloc_huge(struct lab_object *o)
{
	o->memory = vmalloc_huge(o->seen.bytes, LAB_GFP);
	return has_memory(o);
}

static void free_vmalloc(struct lab_object *o)
{
	vfree(o->memory);
}

/* ---- vmap ---------------------------------------------------------------- */

static unsigned long frames_of(const struct lab_object *o)
{
	return PAGE_ALIGN(o->seen.bytes) >> PAGE_SHIFT;
}

/* The pages, and the array that names them. */
static u64 takes_vmap(u64 bytes)
{
	u64 pages = PAGE_ALIGN(bytes) >> PAGE_SHIFT;

	return (pages << PAGE_SHIFT) + PAGE_ALIGN(pages * sizeof(struct page *));
}

static int prepare_frames(struct lab_object *o)
{
	o->frames = kvcalloc(frames_of(o), sizeof(*o->frames), LAB_GFP);
	return o->frames ? 0 : -ENOMEM;
}

static void finish_frames(struct lab_object *o)
{
	kvfree(o->frames);
}

/*
 * Afterwards no frame is followed by the next one. One pass is enough: when p, p + 1
 * become p + 1, p, what comes before was not p, and what comes after is not p + 1.
 */
static void scatter(struct page **frames, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i + 1 < nr; i++)
		if (page_to_pfn(frames[i]) + 1 == page_to_pfn(frames[i + 1]))
			swap(frames[i], frames[i + 1]);
}

static void free_frames(struct lab_object *o)
{
	unsigned long i;

	for (i = 0; i < frames_of(o) && o->frames[i]; i++) {
		__free_page(o->frames[i]);
		o->frames[i] = NULL;
	}
}

static int alloc_vmap(struct lab_object *o)
{
	unsigned long i, nr = frames_of(o);

	for (i = 0; i < nr && !fatal_signal_pending(current); i++) {
		o->frames[i] = alloc_page(LAB_GFP);
		if (!o->frames[i])
			break;
		cond_resched();
	}
	if (i == nr) {
		scatter(o->frames, nr);
		o->memory = vmap(o->frames, nr, VM_MAP, PAGE_KERNEL);
	}
	if (!o->memory)
		free_frames(o);
	return has_memory(o);
}

static void free_vmap(struct lab_object *o)
{
	vunmap(o->memory);
	free_frames(o);
}

/* ---- per-CPU ------------------------------------------------------------- */

static u64 most_of_percpu(void)
{
	return PCPU_MIN_UNIT_SIZE;
}

static u64 takes_percpu(u64 bytes)
{
	return bytes * num_possible_cpus();
}

static int alloc_per_cpu(struct lab_object *o)
{
	o->percpu = __alloc_percpu_gfp(o->seen.bytes, __alignof__(u64), LAB_GFP);
	if (!o->percpu)
		return -ENOMEM;
	/* Of whichever processor this is: it is the object's from here on. */
	o->memory = per_cpu_ptr(o->percpu, raw_smp_processor_id());
	return 0;
}

static void free_per_cpu(struct lab_object *o)
{
	free_percpu(o->percpu);
}

/* ---- what is there ------------------------------------------------------- */

/* By this name it is in /proc/kallsyms, for whoever wants to check the answer. */
static char ptwalk_lab_data[3 * PAGE_SIZE];

static int find_static_data(struct lab_object *o)
{
	o->memory = ptwalk_lab_data;
	o->seen.bytes = sizeof(ptwalk_lab_data);
	return 0;
}

static int find_text(struct lab_object *o)
{
	o->memory = module_text(&o->seen.bytes);
	return 0;
}

static int find_stack(struct lab_object *o)
{
	o->memory = task_stack_page(current);
	o->seen.bytes = THREAD_SIZE;
	return 0;
}

/* clang-format off */
const struct lab_allocator lab_allocators[PTWALK_LAB_NR] = {
	[PTWALK_LAB_KMALLOC] = {
		.most = most_of_buddy, .takes = takes_slot,
		.alloc = alloc_kmalloc, .free = free_kmalloc,
	},
	[PTWALK_LAB_KMEM_CACHE] = {
		.most = most_of_cache, .takes = takes_slab,
		.prepare = prepare_cache, .finish = finish_cache,
		.alloc = alloc_cached, .free = free_cached,
	},
	[PTWALK_LAB_ALLOC_PAGES] = {
		.most = most_of_buddy, .takes = takes_block,
		.alloc = alloc_block, .free = free_block,
	},
	[PTWALK_LAB_ALLOC_PAGES_EXACT] = {
		.most = most_of_buddy, .takes = takes_pages,
		.alloc = alloc_exact, .free = free_exact,
	},
	[PTWALK_LAB_KVMALLOC] = {
		.most = most_of_kvmalloc, .takes = takes_kvmalloc,
		.alloc = alloc_kvmalloc, .free = free_kvmalloc,
	},
	[PTWALK_LAB_VMALLOC] = {
		.most = all_memory, .takes = takes_pages,
		.alloc = alloc_vmalloc, .free = free_vmalloc,
	},
	[PTWALK_LAB_VMALLOC_HUGE] = {
		.most = all_memory, .takes = takes_huge_pages,
		.alloc = alloc_vmalloc_huge, .free = free_vmalloc,
	},
	[PTWALK_LAB_VMAP] = {
		.most = all_memory, .takes = takes_vmap,
		.prepare = prepare_frames, .finish = finish_frames,
		.alloc = alloc_vmap, .free = free_vmap,
	},
	[PTWALK_LAB_PERCPU] = {
		.most = most_of_percpu, .takes = takes_percpu,
		.alloc = alloc_per_cpu, .free = free_per_cpu,
	},
	[PTWALK_LAB_DMA_COHERENT] = {
		.most = most_of_buddy, .takes = takes_block,
		.alloc = lab_dma_alloc, .free = lab_dma_free,
	},
	[PTWALK_LAB_STATIC_DATA] = { .alloc = find_static_data },
	[PTWALK_LAB_TEXT] = { .alloc = find_text },
	[PTWALK_LAB_STACK] = { .alloc = find_stack },
};
/* clang-format on */
