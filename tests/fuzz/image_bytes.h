/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * image_bytes.h - for the fuzzers of files that are mapped: the file is the input.
 *
 * Its mapping is a copy in memory that is as long as the file to the byte, so that
 * AddressSanitizer sees every look beyond its end; a mapping ends with its page.
 */
#ifndef TESTS_IMAGE_BYTES_H
#define TESTS_IMAGE_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "../../lib/phys.h"

typedef int (*phys_open_fn)(struct phys *m, const struct ptwalk_image_options *o,
			    struct ptwalk_error *err);

/*
 * Opens @size bytes at @data as a file and sees that the answer is one: memory that is
 * sound and within the file, or a refusal. What is not ends the program. Returns what
 * @open returned; 0 is to be closed by phys_close().
 */
int image_bytes_open(struct phys *m, phys_open_fn open, const uint8_t *data, size_t size,
		     const struct ptwalk_base *bases, uint32_t nr_bases);

/* Ends the program if it does not hold. */
void require(bool holds, const char *what);

#endif
