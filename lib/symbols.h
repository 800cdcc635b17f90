/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbols.h - the kernel's own table of names, kallsyms, as it lies in an image.
 * Source: scripts/kallsyms.c and kernel/kallsyms.c (6.1, 6.12). Private.
 */
#ifndef LIB_SYMBOLS_H
#define LIB_SYMBOLS_H

#include "image.h"

struct symbols;

/**
 * symbols_open() - finds kallsyms in the kernel of @im
 *
 * By VMCOREINFO where that lists the tables (6.0 and later), else by what they look
 * like in the image's read-only data. Nothing of them is believed: each number is held
 * against the others and against the mapping. Return: 0, or -EOPNOTSUPP with @err
 * (there are none to be found, or they make no sense), -ENOMEM.
 */
int symbols_open(struct symbols **symbols, struct ptwalk_image *im, struct ptwalk_error *err);
void symbols_close(struct symbols *s);

/* The first symbol of this exact name: 0, or -ENOENT. */
int symbols_find(struct symbols *s, const char *name, uint64_t *va);

#endif
