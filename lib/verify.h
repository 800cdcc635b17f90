/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verify.h - when two answers to one question differ. Private to verify*.c.
 */
#ifndef LIB_VERIFY_H
#define LIB_VERIFY_H

#include "source.h"

/**
 * answers_differ() - holds two answers for one address against each other
 * @p, @q: the sources; they may be one and the same
 * @a, @b: what each said
 *
 * Only what both know is compared. Return: 0, or enum ptwalk_difference_in.
 */
uint32_t answers_differ(const struct ptwalk *p, const struct ptwalk_walk *a, const struct ptwalk *q,
			const struct ptwalk_walk *b);

#endif
