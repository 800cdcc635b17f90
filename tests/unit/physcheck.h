/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * physcheck.h - what holds of the physical memory of any file, however broken.
 */
#ifndef TESTS_PHYSCHECK_H
#define TESTS_PHYSCHECK_H

#include "../../lib/phys.h"

/*
 * Ranges that have bytes, in order, apart, found at their edges and nowhere else, and
 * reads that give what is mapped or -ENXIO. NULL, or what does not hold.
 */
const char *phys_complaint(struct phys *m);

/*
 * That a refusal is one: an error number, and one sentence without a full stop, about
 * @name. NULL, or what does not hold.
 */
const char *refusal_complaint(int code, const struct ptwalk_error *err, const char *name);

#endif
