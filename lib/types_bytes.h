/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * types_bytes.h - types from BTF that was read, or made up by a test. Private.
 */
#ifndef LIB_TYPES_BYTES_H
#define LIB_TYPES_BYTES_H

#include "types.h"

/* Copies what it needs of @data: 0, -EBADMSG, -EOPNOTSUPP (no libbpf) or -ENOMEM. */
int types_open_bytes(struct types **types, const void *data, size_t bytes,
		     struct ptwalk_error *err);

#endif
