/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * btfbytes.h - BTF with a task_struct, made up. It needs no libbpf.
 */
#ifndef TEST_BTFBYTES_H
#define TEST_BTFBYTES_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct btfbytes - header, types, strings
 * @knot: where the type of the member lies that btfbytes_tie_knot() changes
 */
struct btfbytes {
	unsigned char data[1024];
	size_t bytes;
	size_t knot;
};

/*
 * struct task_struct { u64 flags; struct list_head tasks; const pid_t tgid; u32 bits:3;
 *	char comm[16]; struct mm_struct *mm; union { u64 whole; struct { u32 low; pid_t deep; }; }; }
 * struct mm_struct { u64 users; u64 pgd; }
 */
void btfbytes_make(struct btfbytes *b);

/* The struct without a name holds the union that it is in. */
void btfbytes_tie_knot(struct btfbytes *b);

#endif
