// SPDX-License-Identifier: GPL-2.0-only
/* places.c - every kind of place that a kernel address can name. */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

#include "proof.h"

/* Below @n, which is not 0. Good enough for picking addresses. */
static u64 pick(u64 n)
{
	return get_random_u64() % n;
}

static void ask_pages(struct live *live, struct tally *t, const void *from, unsigned long bytes)
{
	unsigned long va = (unsigned long)from;
	unsigned long end = va + bytes;

	for (; va < end; va += PAGE_SIZE) {
		ask(live, t, va + pick(PAGE_SIZE));
		cond_resched();
	}
}

static void ask_at_random(struct live *live, struct tally *t, unsigned long from,
			  unsigned long bytes, unsigned int times)
{
	while (times--) {
		ask(live, t, from + pick(bytes));
		cond_resched();
	}
}

static int direct_map(struct live *live, struct tally *t)
{
	unsigned long frames = *(unsigned long *)symbol_address("max_pfn");

	ask_at_random(live, t, PAGE_OFFSET, frames << PAGE_SHIFT, 2500);
	/* And what lies behind the last frame. */
	ask_at_random(live, t, PAGE_OFFSET + (frames << PAGE_SHIFT), 1UL << 32, 200);
	return 0;
}

static int slab(struct live *live, struct tally *t)
{
	unsigned int i;

	for (i = 0; i < 200; i++) {
		size_t bytes = 8 + pick(64 * 1024);
		void *object = kmalloc(bytes, GFP_KERNEL);

		if (!object)
			return -ENOMEM;
		ask_pages(live, t, object, bytes);
		kfree(object);
	}
	return 0;
}

static int small_vmalloc(struct live *live, struct tally *t)
{
	unsigned int i;

	for (i = 0; i < 150; i++) {
		unsigned long bytes = (1 + pick(16)) << PAGE_SHIFT;
		void *object = vmalloc(bytes);

		if (!object)
			return -ENOMEM;
		/* One page more: the guard page. */
		ask_pages(live, t, object, bytes + PAGE_SIZE);
		vfree(object);
	}
	return 0;
}

static int huge_vmalloc(struct live *live, struct tally *t)
{
	unsigned long bytes = 3 * PMD_SIZE + 5 * PAGE_SIZE;
	void *object = vmalloc_huge(bytes, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	ask_pages(live, t, object, bytes);
	vfree(object);
	return 0;
}

#define VMAP_PAGES 256

static int vmapped(struct live *live, struct tally *t)
{
	struct page **pages = kcalloc(VMAP_PAGES, sizeof(*pages), GFP_KERNEL);
	void *object = NULL;
	unsigned int i;

	if (!pages)
		return -ENOMEM;
	for (i = 0; i < VMAP_PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		if (!pages[i])
			goto out;
	}
	/* Mapped backwards, lest the frames follow on by chance. */
	for (i = 0; i < VMAP_PAGES / 2; i++)
		swap(pages[i], pages[VMAP_PAGES - 1 - i]);
	object = vmap(pages, VMAP_PAGES, VM_MAP, PAGE_KERNEL);
	if (!object)
		goto out;
	ask_pages(live, t, object, VMAP_PAGES << PAGE_SHIFT);
	vunmap(object);
out:
	for (i = 0; i < VMAP_PAGES; i++)
		if (pages[i])
			__free_page(pages[i]);
	kfree(pages);
	return object ? 0 : -ENOMEM;
}

/* Memory of a device: the local APIC's registers, which every x86-64 has. */
static int device(struct live *live, struct tally *t)
{
	void __iomem *registers = ioremap(0xfee00000, PAGE_SIZE);

	if (!registers)
		return -ENOMEM;
	ask_at_random(live, t, (unsigned long)registers, PAGE_SIZE, 50);
	iounmap(registers);
	return 0;
}

static char module_data[4 * PAGE_SIZE];

static int module_image(struct live *live, struct tally *t)
{
	ask_at_random(live, t, (unsigned long)module_image & PAGE_MASK, PAGE_SIZE, 100);
	ask_at_random(live, t, (unsigned long)module_data, sizeof(module_data), 100);
	ask_at_random(live, t, MODULES_VADDR, MODULES_END - MODULES_VADDR, 500);
	return 0;
}

static int kernel_image(struct live *live, struct tally *t)
{
	unsigned long text = symbol_address("_text"), end = symbol_address("_end");

	ask_at_random(live, t, text, symbol_address("_etext") - text, 600);
	ask_at_random(live, t, symbol_address("_sdata"), end - symbol_address("_sdata"), 600);
	ask_at_random(live, t, __START_KERNEL_map, KERNEL_IMAGE_SIZE, 300);
	return 0;
}

static DEFINE_PER_CPU(char[64], static_per_cpu);

static int per_cpu_memory(struct live *live, struct tally *t)
{
	void __percpu *dynamic = __alloc_percpu(4096, 8);
	int cpu;

	if (!dynamic)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
	{
		ask_at_random(live, t, (unsigned long)per_cpu_ptr(dynamic, cpu), 4096, 50);
		ask_at_random(live, t, (unsigned long)per_cpu_ptr(&static_per_cpu, cpu), 64, 50);
	}
	free_percpu(dynamic);
	return 0;
}

static int stack(struct live *live, struct tally *t)
{
	/* A page below it, too: the guard page. */
	ask_pages(live, t, task_stack_page(current) - PAGE_SIZE, THREAD_SIZE + PAGE_SIZE);
	return 0;
}

static int vmemmap_pages(struct live *live, struct tally *t)
{
	unsigned long frames = *(unsigned long *)symbol_address("max_pfn");

	ask_at_random(live, t, (unsigned long)pfn_to_page(0), frames * sizeof(struct page), 1000);
	return 0;
}

/* Fixmap, the processors' entry area, espfix, EFI, vsyscall: the last 256 GiB. */
static int top_of_space(struct live *live, struct tally *t)
{
	ask_at_random(live, t, FIXADDR_START, -FIXADDR_START, 200);
	ask_at_random(live, t, CPU_ENTRY_AREA_BASE, 1UL << 24, 500);
	ask_at_random(live, t, -(1UL << 38), 1UL << 37, 300);
	ask(live, t, VSYSCALL_ADDR);
	ask(live, t, ~0UL);
	return 0;
}

static int anywhere(struct live *live, struct tally *t)
{
	unsigned long half = -1UL << __VIRTUAL_MASK_SHIFT;

	ask_at_random(live, t, half, -half - 1, 1500);
	ask_at_random(live, t, VMALLOC_START, VMALLOC_END - VMALLOC_START, 500);
	return 0;
}

static int not_canonical(struct live *live, struct tally *t)
{
	unsigned long lower = 1UL << __VIRTUAL_MASK_SHIFT, upper = -lower;

	ask_at_random(live, t, lower, upper - lower, 500);
	ask(live, t, lower);
	ask(live, t, upper - 1);
	ask(live, t, upper);
	return 0;
}

static void ask_user_pages(struct live *live, struct tally *t, unsigned long from,
			   unsigned long end)
{
	for (; from < end; from += PAGE_SIZE)
		ask_user(live, t, from);
}

static int user(struct live *live, struct tally *t)
{
	struct mm_struct *mm = current->mm;

	if (!mm)
		return -ESRCH;
	ask_user_pages(live, t, mm->start_code, mm->end_code);
	ask_user_pages(live, t, mm->start_data, mm->end_data);
	ask_user_pages(live, t, mm->start_brk, mm->brk);
	ask_user_pages(live, t, mm->start_stack, mm->env_end);
	return 0;
}

static const struct {
	const char *name;
	int (*ask)(struct live *live, struct tally *t);
} places[] = {
	{ "direct map", direct_map },
	{ "slab", slab },
	{ "vmalloc", small_vmalloc },
	{ "vmalloc_huge", huge_vmalloc },
	{ "vmap", vmapped },
	{ "device", device },
	{ "module", module_image },
	{ "image", kernel_image },
	{ "per-CPU", per_cpu_memory },
	{ "stack", stack },
	{ "vmemmap", vmemmap_pages },
	{ "top", top_of_space },
	{ "anywhere", anywhere },
	{ "noncanonical", not_canonical },
	{ "user", user },
};

static void add(struct tally *sum, const struct tally *t)
{
	unsigned int i;

	sum->addresses += t->addresses;
	sum->differences += t->differences;
	for (i = 0; i < ARRAY_SIZE(t->mapped); i++)
		sum->mapped[i] += t->mapped[i];
}

int ask_everywhere(struct live *live, struct tally *sum)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct tally t = { .place = places[i].name };

		err = places[i].ask(live, &t);
		tally_print(&t);
		add(sum, &t);
		if (err) {
			pr_err("proof: %s: cannot be asked about (%d)\n", t.place, err);
			return err;
		}
	}
	return 0;
}
