/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * release.h - which release the kernel of an image is. Private.
 */
#ifndef LIB_RELEASE_H
#define LIB_RELEASE_H

#include "image.h"

/* Whether it is one word that a terminal may show. */
bool release_is_word(const char *release);

/*
 * Fills in p->info.release and what depends on it, p->space.swap, where that can be
 * known. Looked for once for an image; nothing is done where it is known, or where @p is
 * no space of an image.
 */
void space_learn_release(struct ptwalk *p);

#endif
