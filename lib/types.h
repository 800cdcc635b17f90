/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * types.h - where the members of the kernel's structs lie, from the BTF in an image.
 * types.c is the one file that knows libbpf, which it loads when it is first needed.
 * Private.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include "image.h"

struct types;

/**
 * types_open() - finds and reads the BTF of the kernel in @im
 *
 * Return: 0, or -EOPNOTSUPP with @err (no symbols, no BTF, no libbpf: a sentence says
 * which), -EBADMSG (it is broken), -ENOMEM.
 */
int types_open(struct types **types, struct ptwalk_image *im, struct ptwalk_error *err);
void types_close(struct types *t);

/**
 * types_member() - where a member lies
 * @path: "mm", or through structs and anonymous unions "signal.thread_head"
 * @offset, @bytes: in bytes, from the struct's beginning; its size
 *
 * Return: 0, or -ENOENT.
 */
int types_member(struct types *t, const char *type, const char *path, uint64_t *offset,
		 uint64_t *bytes);

#endif
