/* SPDX-License-Identifier: GPL-2.0-only */
/* module_text.h - where this module's own code lies. */
#ifndef PTWALK_COMPAT_MODULE_TEXT_H
#define PTWALK_COMPAT_MODULE_TEXT_H

#include <linux/module.h>
#include <linux/version.h>

/* Its layout became an array of kinds of memory in 6.4 (struct module.mem). */
static inline void *module_text(u64 *bytes)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	*bytes = THIS_MODULE->mem[MOD_TEXT].size;
	return THIS_MODULE->mem[MOD_TEXT].base;
#else
	*bytes = THIS_MODULE->core_layout.text_size;
	return THIS_MODULE->core_layout.base;
#endif
}

#endif
