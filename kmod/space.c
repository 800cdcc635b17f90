// SPDX-License-Identifier: GPL-2.0-only
/* space.c - whose tables. Which lock is for what: device.h. */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <asm/cpufeature.h>
#include <asm/pgtable.h>
#include <asm/processor.h>

#include "compat/compat.h"
#include "device.h"

/* The swap types of the kernel that this is compiled for. */
static struct ptw_swap_types swap_types;

static void add_swap_types(unsigned int *n, unsigned int count, enum ptw_soft_kind kind)
{
	if (!count)
		return;
	swap_types.from_top[*n].nr = count;
	swap_types.from_top[(*n)++].kind = kind;
}

void space_init(void)
{
	unsigned int n = 0;

	add_swap_types(&n, COMPAT_SWAPIN_ERROR_NUM, PTW_SOFT_SWAPIN_ERROR);
	add_swap_types(&n, SWP_PTE_MARKER_NUM, PTW_SOFT_MARKER);
	add_swap_types(&n, SWP_DEVICE_NUM, PTW_SOFT_DEVICE);
	add_swap_types(&n, SWP_MIGRATION_NUM, PTW_SOFT_MIGRATION);
	add_swap_types(&n, SWP_HWPOISON_NUM, PTW_SOFT_HWPOISON);
}

/*
 * __PHYSICAL_MASK has all address bits of an entry but for those that encryption
 * uses: sme_me_mask, or a TDX guest's shared bit.
 */
u64 encryption_mask(void)
{
	return GENMASK_ULL(51, PAGE_SHIFT) & ~__PHYSICAL_MASK;
}

static int space_set(struct space *space, u64 root)
{
	const struct ptw_format *format = pgtable_l5_enabled() ? &ptw_x86_64_5level :
								 &ptw_x86_64_4level;
	int err;

	memory_init(&space->memory, space);
	err = ptw_space_init(&space->core, format, &space->memory, root, encryption_mask(),
			     boot_cpu_data.x86_phys_bits);
	space->core.swap = &swap_types;
	return err;
}

/*
 * The kernel's part of a root never loses an entry, so a copy stays right. The slot
 * of the LDT is the process's, and another thread may take its table away.
 */
static int copy_root(struct space *space)
{
	unsigned int half = PTRS_PER_PGD / 2;

	space->root_copy = (u64 *)get_zeroed_page(GFP_KERNEL);
	if (!space->root_copy)
		return -ENOMEM;
	memcpy(space->root_copy + half, space->mm->pgd + half, half * sizeof(u64));
	if (boot_cpu_has(X86_FEATURE_PTI))
		space->root_copy[pgd_index(LDT_BASE_ADDR)] = 0;
	return 0;
}

int space_get_kernel(struct space *space)
{
	int err;

	*space = (struct space){ .mm = current->mm };
	if (!space->mm)
		return -ESRCH;
	mmget(space->mm);
	err = copy_root(space);
	if (!err)
		err = space_set(space, __pa(space->mm->pgd));
	if (err)
		space_put(space);
	return err;
}

/* Return: the process's, with a reference, or NULL. */
static struct mm_struct *mm_of(u32 nr)
{
	struct task_struct *task;
	struct mm_struct *mm;
	struct pid *pid;

	if (nr > INT_MAX)
		return NULL;
	pid = find_get_pid(nr);
	task = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	if (!task)
		return NULL;
	mm = get_task_mm(task);
	put_task_struct(task);
	return mm;
}

static int space_get_process(struct space *space, u32 pid, bool user_half)
{
	int err;

	*space = (struct space){ .mm = mm_of(pid) };
	if (!space->mm)
		return -ESRCH;
	space->foreign = space->mm != current->mm;
	/* The process's own root is the page behind the kernel's (kernel_to_user_pgdp()). */
	err = space_set(space, __pa(space->mm->pgd) + (user_half ? PAGE_SIZE : 0));
	if (err)
		space_put(space);
	return err;
}

int space_get(struct space *space, const struct ptwalk_ioc_space *who)
{
	switch (who->kind) {
	case PTWALK_SPACE_KERNEL:
		return who->pid ? -EINVAL : space_get_kernel(space);
	case PTWALK_SPACE_PROCESS:
		return space_get_process(space, who->pid, false);
	case PTWALK_SPACE_USER:
		if (!boot_cpu_has(X86_FEATURE_PTI))
			return -EOPNOTSUPP;
		return space_get_process(space, who->pid, true);
	default:
		return -EINVAL;
	}
}

void space_put(struct space *space)
{
	free_page((unsigned long)space->root_copy);
	mmput(space->mm);
}

int space_lock(struct space *space)
{
	struct mm_struct *mm = space->mm;

	if (!space->foreign)
		return 0;
	if (compat_ldt_lock_killable(mm))
		return -EINTR;
	if (!mmap_write_lock_killable(mm))
		return 0;
	compat_ldt_unlock(mm);
	return -EINTR;
}

void space_unlock(struct space *space)
{
	if (!space->foreign)
		return;
	mmap_write_unlock(space->mm);
	compat_ldt_unlock(space->mm);
}
