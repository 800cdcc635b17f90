// SPDX-License-Identifier: GPL-2.0-only
/* dev.c - /dev/ptwalk: who may open it, and which call goes where. */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/security.h>

#include "device.h"
#include "lab.h"

static int ptwalk_open(struct inode *inode, struct file *file)
{
	/* In the initial user namespace: a container's root is nobody here. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	/* It shows the kernel's memory, as /proc/kcore does. */
	return security_locked_down(LOCKDOWN_KCORE);
}

static int ptwalk_release(struct inode *inode, struct file *file)
{
	lab_release(file);
	return 0;
}

static long ptwalk_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case PTWALK_INFO:
		return info_ioctl(user);
	case PTWALK_WALK:
		return walk_ioctl(user);
	case PTWALK_MAP:
		return map_ioctl(user);
	case PTWALK_READ:
		return read_ioctl(user);
	case PTWALK_LAB_ALLOC:
		return lab_alloc(file, user);
	case PTWALK_LAB_LIST:
		return lab_list(file, user);
	case PTWALK_LAB_FREE:
		return lab_free(file, user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations ptwalk_fops = {
	.owner = THIS_MODULE,
	.open = ptwalk_open,
	.release = ptwalk_release,
	.unlocked_ioctl = ptwalk_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice ptwalk_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ptwalk",
	.fops = &ptwalk_fops,
	.mode = 0600,
};

int dev_init(void)
{
	return misc_register(&ptwalk_device);
}

void dev_deinit(void)
{
	misc_deregister(&ptwalk_device);
}
