/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * error.h - how a function of the library says why it failed.
 */
#ifndef LIB_ERROR_H
#define LIB_ERROR_H

#include "ptwalk.h"

/**
 * fail() - fills @err, where there is one, and returns @code
 * @code: a negative errno
 *
 * The sentence has no full stop and no line end, and names what is at fault.
 */
__attribute__((format(printf, 3, 4))) int fail(struct ptwalk_error *err, int code,
					       const char *format, ...);

#endif
