/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab.h - the laboratory: takes memory from each of the kernel's allocators, and
 * looks where it lies.
 *
 * An object is in the table of objects, or it belongs to the one call that makes or
 * frees it. The mutex covers the table and the sum of what is taken, and nothing
 * that takes long: memory is allocated, looked at and freed without it.
 */
#ifndef PTWALK_LAB_H
#define PTWALK_LAB_H

#include <linux/types.h>

struct file;

/**
 * lab_alloc() - PTWALK_LAB_ALLOC
 * @arg: the caller's struct ptwalk_ioc_lab_alloc
 *
 * Its errors stand in the ABI's header; EINTR where a fatal signal came between
 * two rounds. All of them leave nothing behind.
 */
long lab_alloc(struct file *file, void __user *arg);

/* PTWALK_LAB_LIST; @arg is the caller's struct ptwalk_ioc_lab_list. */
long lab_list(struct file *file, void __user *arg);

/* PTWALK_LAB_FREE; @arg is the caller's struct ptwalk_ioc_lab_free. */
long lab_free(struct file *file, void __user *arg);

/* Frees the objects of a file that is being closed, but for those that are held. */
void lab_release(struct file *file);

/* Bytes that may be taken, and those that are. Both for INFO. */
void lab_usage(u64 *limit, u64 *used);

/*
 * At load and unload. lab_init() returns 0 or a negative errno (ENOMEM, or the
 * driver core's, as the device for DMA is made). lab_deinit() frees all that is
 * held; no file may be open.
 */
int lab_init(void);
void lab_deinit(void);

#endif
