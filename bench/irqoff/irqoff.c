// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptwirqoff.ko - measures how long the core keeps interrupts off.
 *
 * It is the core of ptwalk.ko, with a memory of its own that takes the time from
 * where interrupts are off to where they are on again. On load it goes through the
 * kernel's half and a process (parameter pid; 0 for none), prints what it measured,
 * and has nothing left to do.
 */
#define pr_fmt(fmt) "ptwirqoff: " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/vmalloc.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/tsc.h>

#include "../../core/scan.h"
#include "tally.h"

#define RANGES 512 /* in a call, as many as a table page has entries */

static int pid;
module_param(pid, int, 0);
MODULE_PARM_DESC(pid, "process to go through, which must hold still meanwhile; 0 for none");

static unsigned int rounds = 5;
module_param(rounds, uint, 0);
MODULE_PARM_DESC(rounds, "how often each space is gone through");

/* One section at a time: its beginning, and where its time goes. */
struct clock {
	struct tally *tally;
	unsigned long irq_flags;
	unsigned int tables;
	u64 start;
	u64 ranges; /* that were found in the end */
};

static int lend(void *ctx, ptw_pa_t pa, u64 bytes, const ptw_entry_t **entries)
{
	void *va = __va(pa.v);
	struct clock *clock = ctx;

	clock->tables++;
	if (!pfn_valid(PHYS_PFN(pa.v)) || !virt_addr_valid(va))
		return -EFAULT;
	*entries = va;
	return 0;
}

static void enter(void *ctx)
{
	struct clock *clock = ctx;

	clock->tables = 0;
	local_irq_save(clock->irq_flags);
	clock->start = rdtsc_ordered();
}

static void leave(void *ctx)
{
	struct clock *clock = ctx;
	u64 end = rdtsc_ordered();

	tally_add(clock->tally, end - clock->start, clock->tables);
	local_irq_restore(clock->irq_flags);
}

/* A lookup of the first page of each range. */
static void look_up(struct clock *clock, const struct ptw_space *space,
		    const struct ptw_range *ranges, int n, struct tally *lookups)
{
	struct tally *scans = clock->tally;
	struct ptw_walk w;
	int i;

	clock->tally = lookups;
	for (i = 0; i < n; i++)
		ptw_walk(space, ranges[i].start, &w);
	clock->tally = scans;
}

static int go_through(struct clock *clock, const struct ptw_space *space, u64 start, u64 end,
		      struct tally *lookups)
{
	struct ptw_range *ranges = kvcalloc(RANGES, sizeof(*ranges), GFP_KERNEL);
	struct ptw_scan scan;
	u64 all = 0;
	int n;

	if (!ranges)
		return -ENOMEM;
	n = ptw_scan_init(&scan, space, ptw_va(start), ptw_va(end), U64_MAX);
	while (!n && (n = ptw_scan_next(&scan, ranges, RANGES)) > 0) {
		all += n;
		look_up(clock, space, ranges, n, lookups);
		n = fatal_signal_pending(current) ? -EINTR : 0;
		cond_resched();
	}
	kvfree(ranges);
	clock->ranges = all;
	return n;
}

/*
 * The first time is not counted: an emulator translates code when it meets it, which
 * is nothing that the code itself does.
 */
static int go_through_often(struct clock *clock, const struct ptw_space *space, u64 start, u64 end,
			    struct tally *lookups)
{
	unsigned int i;
	int err = go_through(clock, space, start, end, lookups);

	tally_clear(clock->tally);
	tally_clear(lookups);
	for (i = 0; i < rounds && !err; i++)
		err = go_through(clock, space, start, end, lookups);
	pr_info("%s: %llu ranges, gone through %u times\n", clock->tally->name, clock->ranges,
		rounds);
	return err;
}

static int measure(u64 root, u64 start, u64 end, const char *scan_name, const char *lookup_name)
{
	const struct ptw_format *format = pgtable_l5_enabled() ? &ptw_x86_64_5level :
								 &ptw_x86_64_4level;
	struct tally scans, lookups;
	struct clock clock = { .tally = &scans };
	struct ptw_memory memory = {
		.lend = lend,
		.enter = enter,
		.leave = leave,
		.ctx = &clock,
	};
	struct ptw_space space;
	int err;

	err = ptw_space_init(&space, format, &memory, root, sme_me_mask,
			     boot_cpu_data.x86_phys_bits);
	if (err)
		return err;
	err = tally_init(&scans, scan_name);
	if (err)
		return err;
	err = tally_init(&lookups, lookup_name);
	if (!err) {
		err = go_through_often(&clock, &space, start, end, &lookups);
		tally_print(&scans);
		tally_print(&lookups);
		tally_deinit(&lookups);
	}
	tally_deinit(&scans);
	return err;
}

static struct mm_struct *mm_of(int nr)
{
	struct pid *found = find_get_pid(nr);
	struct task_struct *task = get_pid_task(found, PIDTYPE_PID);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;

	if (task)
		put_task_struct(task);
	put_pid(found);
	return mm;
}

static int measure_process(u64 end)
{
	struct mm_struct *mm = mm_of(pid);
	int err;

	if (!mm)
		return -ESRCH;
	err = measure(__pa(mm->pgd), 0, end, "process, MAP", "process, WALK");
	mmput(mm);
	return err;
}

static int __init irqoff_init(void)
{
	u64 half = 1ULL << __VIRTUAL_MASK_SHIFT;
	int err;

	if (!tsc_khz)
		return -ENODEV;
	err = measure(__read_cr3(), -half, 0, "kernel, MAP", "kernel, WALK");
	if (!err && pid)
		err = measure_process(half);
	return err;
}

static void __exit irqoff_exit(void)
{
}

module_init(irqoff_init);
module_exit(irqoff_exit);
MODULE_DESCRIPTION("Measures how long a page-table walk keeps interrupts off");
MODULE_LICENSE("GPL");
