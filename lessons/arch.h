/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the lessons must know about the processor. A new architecture is a new
 * block with these same functions and nothing else; the walk itself
 * (pagewalk.h) uses the kernel's accessors and does not change.
 */
#ifndef LESSONS_ARCH_H
#define LESSONS_ARCH_H

#include <linux/build_bug.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/types.h>

#if defined(CONFIG_X86_64) && !defined(CONFIG_UML)

#include <asm/processor.h>

/*
 * The top-level table that this processor uses now. init_mm is not exported,
 * but the kernel half of every process's table leads to the same tables.
 * read_cr3_pa() masks PCID and, under memory encryption, the C-bit; code in
 * the kernel never runs on the user copy that page-table isolation makes.
 *
 * Call with interrupts off: the table stays this task's only so long.
 */
static inline pgd_t *kernel_root(void)
{
	return __va(read_cr3_pa());
}

/*
 * The two halves of the address space. How many bits an address has is a
 * fact of this boot (47 or 56, and one for the sign), not of the processor:
 * with "no5lvl" a processor that could have 5 levels has 4. What is in
 * neither half is not canonical.
 */
static inline bool is_user_half(unsigned long address)
{
	return address >> __VIRTUAL_MASK_SHIFT == 0;
}

static inline bool is_kernel_half(unsigned long address)
{
	return address >= -1UL << __VIRTUAL_MASK_SHIFT;
}

/*
 * Does the processor use this entry? The kernel's pmd_present() and
 * pte_present() also say yes to entries that only the kernel still counts as
 * present (PROT_NONE, a huge page while it is split); their frame is inverted
 * or about to change, and an access would fault.
 */
static inline bool is_live_entry(u64 entry)
{
	return entry & _PAGE_PRESENT;
}

/*
 * What virt_to_phys() computes. Two linear mappings begin at fixed addresses:
 * the kernel image's (__START_KERNEL_map, moved in physical memory by
 * phys_base), and below it the direct map's (page_offset_base, which is what
 * PAGE_OFFSET stands for). See __phys_addr_nodebug() in
 * arch/x86/include/asm/page_64.h, 6.1.
 */
#define LINEAR_PA(va, direct_map, image_map, image_pa) \
	((va) >= (image_map) ? (va) - (image_map) + (image_pa) : (va) - (direct_map))

/* The run of 2016, with its direct map at ffff880000000000. */
static_assert(LINEAR_PA(0xffff88008d96a000UL, 0xffff880000000000UL, __START_KERNEL_map, 0) ==
	      0x8d96a000UL);
static_assert(LINEAR_PA(0xffffc900106be000UL, 0xffff880000000000UL, __START_KERNEL_map, 0) ==
	      0x4100106be000UL);
/* A kernel image that was loaded 16 MiB above the place it was linked for. */
static_assert(LINEAR_PA(0xffffffff81000000UL, 0xffff880000000000UL, 0xffffffff80000000UL,
			0x1000000UL) == 0x2000000UL);

static inline phys_addr_t virt_to_phys_by_hand(unsigned long address)
{
	return LINEAR_PA(address, PAGE_OFFSET, __START_KERNEL_map, phys_base);
}

#else
#error "The lessons know x86-64 only: give lessons/arch.h a block for this architecture."
#endif

/*
 * The macro's answer for any kernel address, also where it means nothing.
 * CONFIG_DEBUG_VIRTUAL makes virt_to_phys() stop the kernel there, so the same
 * number is then made by hand.
 */
static inline phys_addr_t macro_address(unsigned long address)
{
	void *pointer = (void *)address;

	if (IS_ENABLED(CONFIG_DEBUG_VIRTUAL) && !virt_addr_valid(pointer))
		return virt_to_phys_by_hand(address);
	return virt_to_phys(pointer);
}

#endif /* LESSONS_ARCH_H */
