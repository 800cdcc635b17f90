/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcoreinfo.h - the kernel's notes on itself: lines KEY=VALUE. Source: the
 * kernel's Documentation/admin-guide/kdump/vmcoreinfo.rst, and for x86-64
 * arch/x86/kernel/crash_core_64.c (6.1).
 */
#ifndef LIB_VMCOREINFO_H
#define LIB_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text; it need not end with NUL. */
struct vmcoreinfo {
	const char *text;
	size_t bytes;
};

/* Each returns false where there is no such line, or its value is no such number. */

/* SYMBOL(...), KERNELOFFSET: hexadecimal. */
bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *value);
/* NUMBER(...): decimal, can be negative. */
bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *key, int64_t *value);
/* OSRELEASE: a word, cut to @bytes with its NUL. */
bool vmcoreinfo_word(const struct vmcoreinfo *v, const char *key, char *to, size_t bytes);

#endif
