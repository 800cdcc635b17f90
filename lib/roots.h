/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * roots.h - where the kernel's tables begin. Private.
 */
#ifndef LIB_ROOTS_H
#define LIB_ROOTS_H

#include "image.h"

/**
 * root_find() - finds the kernel's top table, and the paging mode
 * @o: what the caller orders: PTWALK_IMAGE_ROOT, PTWALK_IMAGE_CR3, levels
 *
 * In this order: what @o says; the VMCOREINFO note; CR3 and CR4 of the CPUs; VMCOREINFO
 * in memory; a search of the whole image. What one of them says is held against the
 * tables before it is believed, and the next one asked where that fails. Fills in
 * @im->kernel: levels, kernel_root, encryption, pti, and phys_base, kaslr,
 * image_offset, release where these are known, with their PTWALK_KNOWN_* bits; in
 * @im->info: root_from and sure; @im->vmcoreinfo, @im->cpu.
 *
 * Return: 0, or -ENOENT with @err where no root was found (a sentence on what was
 * tried), -EINVAL (there is no such CPU; a root that is no memory), -ENOMEM.
 */
int root_find(struct ptwalk_image *im, const struct ptwalk_image_options *o,
	      struct ptwalk_error *err);

/**
 * regions_find() - regions and KASLR offsets, from the tables alone
 *
 * Needs what root_find() fills. Fills regions, page_offset, phys_base, image_offset,
 * kaslr of @im->kernel as far as the tables tell. It looks at the tables of the upper
 * levels, never at all of the last one's: some hundred table pages at most.
 */
void regions_find(struct ptwalk_image *im);

#endif
