// SPDX-License-Identifier: GPL-2.0-only
/* ask.c - one address, three answers. */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

#include "../../../lessons/pagewalk.h"
#include "proof.h"

/* What one of the three says. */
struct answer {
	bool canonical;
	u64 page_bytes; /* 0: not mapped */
	u64 pa;
	u64 entry; /* without accessed and dirty: they change by themselves */
	u64 entry_pa; /* 0: not told */
};

#define VOLATILE_BITS ((u64)(_PAGE_ACCESSED | _PAGE_DIRTY))

static struct answer ask_core(struct live *live, unsigned long va)
{
	struct answer a = { 0 };
	struct ptw_walk w;
	int err = ptw_walk(&live->space, ptw_va(va), &w);

	a.canonical = w.end != PTW_NONCANONICAL;
	if (err)
		return a;
	a.page_bytes = w.page_bytes;
	a.pa = w.pa.v;
	a.entry = w.steps[w.nr_steps - 1].entry & ~VOLATILE_BITS;
	a.entry_pa = w.steps[w.nr_steps - 1].entry_pa.v;
	return a;
}

static struct answer ask_lesson(unsigned long va)
{
	static const u64 bytes[] = {
		[LEAF_PTE] = PAGE_SIZE,
		[LEAF_PMD] = PMD_SIZE,
		[LEAF_PUD] = PUD_SIZE,
	};
	struct answer a = { .canonical = is_user_half(va) || is_kernel_half(va) };
	struct walk_result result;

	if (!a.canonical || !walk_kernel_address(va, &result))
		return a;
	a.page_bytes = bytes[result.level];
	a.pa = result.pa;
	a.entry = result.entry & ~VOLATILE_BITS;
	return a;
}

static u64 kernel_pa(const struct answer *a, pte_t pte, unsigned int level)
{
	switch (level) {
	case PG_LEVEL_1G:
		return (u64)pud_pfn(__pud(pte_val(pte))) << PAGE_SHIFT;
	case PG_LEVEL_2M:
		return (u64)pmd_pfn(__pmd(pte_val(pte))) << PAGE_SHIFT;
	default:
		return (u64)pte_pfn(pte) << PAGE_SHIFT;
	}
}

static struct answer ask_kernel(unsigned long va)
{
	struct answer a = { .canonical = __is_canonical_address(va, __VIRTUAL_MASK_SHIFT + 1) };
	unsigned int level;
	pte_t *ptep, pte;

	if (!a.canonical)
		return a;
	ptep = lookup_address(va, &level);
	if (!ptep)
		return a;
	pte = READ_ONCE(*ptep);
	/* A table is not present below, and lookup_address() counts what splits. */
	if (!(pte_val(pte) & _PAGE_PRESENT))
		return a;
	a.page_bytes = level == PG_LEVEL_1G ? PUD_SIZE :
		       level == PG_LEVEL_2M ? PMD_SIZE :
					      PAGE_SIZE;
	a.pa = kernel_pa(&a, pte, level) | (va & (a.page_bytes - 1));
	a.entry = pte_val(pte) & ~VOLATILE_BITS;
	a.entry_pa = __pa(ptep);
	return a;
}

static bool same(const struct answer *a, const struct answer *b)
{
	return a->canonical == b->canonical && a->page_bytes == b->page_bytes && a->pa == b->pa &&
	       a->entry == b->entry && (!a->entry_pa || !b->entry_pa || a->entry_pa == b->entry_pa);
}

/* As is_vmalloc_or_module_addr(), which is not exported. */
static bool vmalloc_or_module(unsigned long va)
{
	return is_vmalloc_addr((void *)va) || (va >= MODULES_VADDR && va < MODULES_END);
}

/* The kernel's two other answers, where it is right to ask for them. */
static bool others_agree(unsigned long va, const struct answer *a)
{
	if (!a->page_bytes)
		return true;
	if (slow_virt_to_phys((void *)va) != a->pa)
		return false;
	if (!vmalloc_or_module(va) || !pfn_valid(PHYS_PFN(a->pa)))
		return true;
	return page_to_phys(vmalloc_to_page((void *)va)) + offset_in_page(va) == a->pa;
}

static void print_answer(const char *who, const struct answer *a)
{
	pr_err("proof:   %-10s canonical %d page %llx pa %llx entry %llx at %llx\n", who,
	       a->canonical, a->page_bytes, a->pa, a->entry, a->entry_pa);
}

static void count(struct tally *t, const struct answer *a)
{
	t->addresses++;
	if (a->page_bytes == PAGE_SIZE)
		t->mapped[0]++;
	else if (a->page_bytes == PMD_SIZE)
		t->mapped[1]++;
	else if (a->page_bytes == PUD_SIZE)
		t->mapped[2]++;
}

/* The kernel goes on working meanwhile: only what differs three times counts. */
#define TRIES 3

void ask(struct live *live, struct tally *t, unsigned long va)
{
	struct answer core, lesson, kernel;
	int i;

	for (i = 0; i < TRIES; i++) {
		core = ask_core(live, va);
		lesson = ask_lesson(va);
		kernel = ask_kernel(va);
		if (same(&core, &lesson) && same(&core, &kernel) && others_agree(va, &core))
			break;
	}
	count(t, &core);
	if (i < TRIES)
		return;

	t->differences++;
	pr_err("proof: %s: they differ about %lx\n", t->place, va);
	print_answer("core", &core);
	print_answer("lesson", &lesson);
	print_answer("kernel", &kernel);
}

/* A user address of this task. Here the kernel's answer is the page's frame. */
void ask_user(struct live *live, struct tally *t, unsigned long va)
{
	struct answer core, lesson;
	struct page *page;
	u64 pa;

	if (get_user_pages_fast(va & PAGE_MASK, 1, 0, &page) != 1)
		return;
	core = ask_core(live, va);
	lesson = ask_lesson(va);
	pa = page_to_phys(page) + offset_in_page(va);
	put_page(page);

	count(t, &core);
	if (same(&core, &lesson) && core.pa == pa)
		return;
	t->differences++;
	pr_err("proof: %s: they differ about %lx, which lies at %llx\n", t->place, va, pa);
	print_answer("core", &core);
	print_answer("lesson", &lesson);
}
