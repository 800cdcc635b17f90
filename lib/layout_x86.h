/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout_x86.h - where Linux puts things on x86-64. Sources, Linux 6.1 and 6.12:
 * Documentation/arch/x86/x86_64/mm.rst; pgtable_64_types.h and page_64_types.h below
 * arch/x86/include/asm; arch/x86/mm/kaslr.c, which moves the direct map, vmalloc and
 * vmemmap by multiples of 1 GiB and keeps them in this order.
 */
#ifndef LIB_LAYOUT_X86_H
#define LIB_LAYOUT_X86_H

#include "convert.h"
#include "vmcoreinfo.h"

#define START_KERNEL_MAP 0xffffffff80000000ULL
/* Where the image is linked to begin: CONFIG_PHYSICAL_START is 16 MiB everywhere. */
#define LINKED_TEXT (START_KERNEL_MAP + 0x1000000)
/* The image has 1 GiB where the kernel can move it, 512 MiB where it cannot. */
#define MOVABLE_IMAGE_END 0xffffffffc0000000ULL
#define FIXED_IMAGE_END 0xffffffffa0000000ULL
#define MODULES_END 0xffffffffff000000ULL
#define FIXMAP_END 0xffffffffff800000ULL
#define CPU_ENTRY_START 0xfffffe0000000000ULL
#define CPU_ENTRY_END 0xfffffe8000000000ULL
/* KASLR moves nothing else where there is KASAN. */
#define KASAN_START_4 0xffffec0000000000ULL
#define KASAN_START_5 0xffdf000000000000ULL
#define KASAN_END 0xfffffc0000000000ULL

#define GIB (1ULL << 30)

/* The lowest that the direct map begins, which is where it does without KASLR. */
static inline uint64_t lowest_page_offset(unsigned int levels)
{
	return levels == 5 ? 0xff11000000000000ULL : 0xffff888000000000ULL;
}

static inline uint64_t vmalloc_bytes(unsigned int levels)
{
	return levels == 5 ? 12800ULL << 40 : 32ULL << 40;
}

/* Regions that lie where they do on every kernel; needs levels and pti. */
void layout_add_fixed(struct ptwalk_info *info);

/* Image, modules and fixmap, where modules have [@modules, @modules_end). */
void layout_add_image(struct ptwalk_info *info, uint64_t modules, uint64_t modules_end);

/*
 * What the kernel notes of itself, as far as it is noted: levels, encryption,
 * phys_base, image_offset, kaslr and release, and their PTWALK_KNOWN_* bits.
 */
void layout_read_vmcoreinfo(struct ptwalk_info *info, const struct vmcoreinfo *v);

/* The virtual address of the kernel's top table; false where it is not noted. */
bool layout_root_va(const struct vmcoreinfo *v, uint64_t *va);

#endif
