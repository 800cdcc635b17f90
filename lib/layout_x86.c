// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout_x86.c - where Linux puts things on x86-64; see layout_x86.h.
 */
#include "layout_x86.h"

void layout_add_fixed(struct ptwalk_info *info)
{
	bool five = info->levels == 5;

	region_add(info, PTWALK_IN_USER, 0, five ? 1ULL << 56 : 1ULL << 47);
	if (info->pti && five)
		region_add(info, PTWALK_IN_LDT, 0xff10000000000000, 0xff11000000000000);
	else if (info->pti)
		region_add(info, PTWALK_IN_LDT, 0xffff880000000000, 0xffff888000000000);
	region_add(info, PTWALK_IN_CPU_ENTRY, CPU_ENTRY_START, CPU_ENTRY_END);
	region_add(info, PTWALK_IN_ESPFIX, 0xffffff0000000000, 0xffffff8000000000);
	region_add(info, PTWALK_IN_EFI, 0xffffffef00000000, 0xffffffff00000000);
}

void layout_add_image(struct ptwalk_info *info, uint64_t modules, uint64_t modules_end)
{
	region_add(info, PTWALK_IN_IMAGE, START_KERNEL_MAP, modules);
	region_add(info, PTWALK_IN_MODULES, modules, modules_end);
	region_add(info, PTWALK_IN_FIXMAP, modules_end, FIXMAP_END);
}

void layout_read_vmcoreinfo(struct ptwalk_info *info, const struct vmcoreinfo *v)
{
	int64_t number;
	uint64_t offset;

	if (vmcoreinfo_number(v, "NUMBER(pgtable_l5_enabled)", &number))
		info->levels = number ? 5 : 4;
	if (vmcoreinfo_number(v, "NUMBER(sme_mask)", &number))
		info->encryption = (uint64_t)number;
	if (vmcoreinfo_number(v, "NUMBER(phys_base)", &number)) {
		info->phys_base = (uint64_t)number;
		info->known |= PTWALK_KNOWN_PHYS_BASE;
	}
	if (vmcoreinfo_hex(v, "KERNELOFFSET", &offset)) {
		info->image_offset = offset;
		info->kaslr = offset != 0;
		info->known |= PTWALK_KNOWN_KASLR;
	}
	if (vmcoreinfo_word(v, "OSRELEASE", info->release, sizeof(info->release)))
		info->known |= PTWALK_KNOWN_RELEASE;
}

bool layout_root_va(const struct vmcoreinfo *v, uint64_t *va)
{
	return vmcoreinfo_hex(v, "SYMBOL(init_top_pgt)", va) ||
	       vmcoreinfo_hex(v, "SYMBOL(swapper_pg_dir)", va);
}
