// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptwproof.ko - loads when all answers agree, refuses with EBADMSG when not.
 * It is a test: it looks up symbols that no module of use may have.
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <asm/pgtable.h>
#include <asm/processor.h>

#include "proof.h"

static unsigned long (*lookup_name)(const char *name);

unsigned long symbol_address(const char *name)
{
	return lookup_name(name);
}

static int find_lookup(void)
{
	struct kprobe kp = { .symbol_name = "kallsyms_lookup_name" };
	int err = register_kprobe(&kp);

	if (err)
		return err;
	lookup_name = (void *)kp.addr;
	unregister_kprobe(&kp);
	return 0;
}

static int lend(void *ctx, ptw_pa_t pa, u64 bytes, const ptw_entry_t **entries)
{
	unsigned long va = (unsigned long)__va(pa.v);

	if (!pfn_valid(PHYS_PFN(pa.v)) || !virt_addr_valid((void *)va))
		return -EFAULT;
	*entries = (const u64 *)va;
	return 0;
}

static void enter(void *ctx)
{
	struct live *live = ctx;

	local_irq_save(live->irq_flags);
}

static void leave(void *ctx)
{
	struct live *live = ctx;

	local_irq_restore(live->irq_flags);
}

/* The swap types of the kernel that this is compiled for. */
static struct ptw_swap_types swap_types;

static void find_swap_types(void)
{
	unsigned int n = 0;

#define TYPES(count, what)                                      \
	do {                                                    \
		if (count) {                                    \
			swap_types.from_top[n].nr = (count);    \
			swap_types.from_top[n++].kind = (what); \
		}                                               \
	} while (0)
#ifdef SWP_SWAPIN_ERROR_NUM
	TYPES(SWP_SWAPIN_ERROR_NUM, PTW_SOFT_SWAPIN_ERROR);
#endif
	TYPES(SWP_PTE_MARKER_NUM, PTW_SOFT_MARKER);
	TYPES(SWP_DEVICE_NUM, PTW_SOFT_DEVICE);
	TYPES(SWP_MIGRATION_NUM, PTW_SOFT_MIGRATION);
	TYPES(SWP_HWPOISON_NUM, PTW_SOFT_HWPOISON);
#undef TYPES
}

void live_init(struct live *live)
{
	const struct ptw_format *format = pgtable_l5_enabled() ? &ptw_x86_64_5level :
								 &ptw_x86_64_4level;

	live->memory = (struct ptw_memory){
		.lend = lend,
		.enter = enter,
		.leave = leave,
		.ctx = live,
	};
	WARN_ON(ptw_space_init(&live->space, format, &live->memory, __read_cr3(), sme_me_mask,
			       boot_cpu_data.x86_phys_bits));
	live->space.swap = &swap_types;
}

void tally_print(const struct tally *t)
{
	pr_info("proof: %-12s %6lu addresses, mapped %6lu 4K %6lu 2M %6lu 1G, %lu differences\n",
		t->place, t->addresses, t->mapped[0], t->mapped[1], t->mapped[2], t->differences);
}

static int __init proof_init(void)
{
	struct tally sum = { .place = "all" };
	struct live live;
	int err;

	err = find_lookup();
	if (err)
		return err;
	find_swap_types();
	live_init(&live);
	pr_info("proof: %s, kernel text at %lx\n", live.space.format->name,
		symbol_address("_text"));

	err = ask_everywhere(&live, &sum);
	if (!err)
		err = ask_ranges(&live, &sum);
	if (!err)
		err = ask_software(&live, &sum);
	tally_print(&sum);
	if (!err && sum.differences)
		err = -EBADMSG;
	return err;
}

static void __exit proof_exit(void)
{
}

module_init(proof_init);
module_exit(proof_exit);
MODULE_DESCRIPTION("Asks three ways where kernel addresses live, and compares");
MODULE_LICENSE("GPL");
