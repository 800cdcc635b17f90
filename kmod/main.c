// SPDX-License-Identifier: GPL-2.0-only
/* main.c - ptwalk.ko comes and goes. */
#include <linux/module.h>
#include <asm/cpufeature.h>

#include "compat/compat.h"
#include "device.h"
#include "lab.h"

#ifndef CONFIG_X86_64
#error "ptwalk.ko knows x86-64 only."
#endif

static int __init ptwalk_init(void)
{
	int err;

	/* There an entry holds the hypervisor's frame numbers, not this kernel's. */
	if (cpu_feature_enabled(X86_FEATURE_XENPV)) {
		pr_err("ptwalk: a Xen PV guest's tables cannot be walked\n");
		return -ENODEV;
	}
	if (compat_flushes_without_interrupts()) {
		pr_err("ptwalk: this kernel flushes TLBs without interrupts, so tables cannot be held\n");
		return -EOPNOTSUPP;
	}
	space_init();
	err = info_init();
	if (err) {
		pr_err("ptwalk: the kernel's image is not where its tables should have it\n");
		return err;
	}
	err = lab_init();
	if (err)
		return err;
	err = dev_init();
	if (err)
		lab_deinit();
	return err;
}

static void __exit ptwalk_exit(void)
{
	dev_deinit();
	lab_deinit();
}

module_init(ptwalk_init);
module_exit(ptwalk_exit);
MODULE_DESCRIPTION("Tells where virtual addresses live, by the page tables");
MODULE_LICENSE("GPL");
