// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_elf.c - arbitrary bytes as an ELF core file.
 *
 * Whatever they are: they are refused by a sentence, or are memory whose ranges are in
 * order, apart and within the file; each end of each segment's bytes is found, and no
 * other memory is: as many bytes as the segments have, less what they share.
 */
#include <errno.h>

#include "../../lib/elf.h"
#include "image_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_memory(const struct elf_segment *s)
{
	return s->pa != ~0ULL && s->file_bytes;
}

/* Both ends of all segments are memory; the ends of all memory are of segments. */
static void compare(const struct phys *m, const struct elf *e)
{
	uint64_t bytes = 0, told = 0;

	for (size_t i = 0; i < e->nr_segments; i++) {
		const struct elf_segment *s = &e->segments[i];

		if (!has_memory(s))
			continue;
		told += s->file_bytes;
		require(phys_find(m, s->pa), "a segment's first byte is not found");
		require(phys_find(m, s->pa + s->file_bytes - 1),
			"a segment's last byte is not found");
	}
	for (size_t i = 0; i < m->nr_ranges; i++)
		bytes += m->ranges[i].bytes;
	require(bytes <= told, "there is more memory than the segments have");
	require(m->missing_bytes + bytes >= bytes, "more is missing than there can be");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptwalk_error err;
	struct phys m;
	struct elf e;

	if (image_bytes_open(&m, elf_phys_open, data, size, NULL, 0) < 0)
		return 0;
	require(elf_open_mapped(&e, "again", data, size, &err) == 0, "it cannot be read again");
	compare(&m, &e);
	elf_close(&e);
	phys_close(&m);
	return 0;
}
