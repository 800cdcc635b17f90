/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elf.h - the segments and notes of a 64-bit core file: /proc/kcore, and dumps.
 *
 * Nothing of the file is believed: counts, offsets and sizes are held against
 * limits and against each other before they are used.
 */
#ifndef LIB_ELF_H
#define LIB_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/**
 * struct elf_segment - one PT_LOAD
 * @offset: in the file
 * @va, @pa: as the program header has them; @pa ~0 where it is not known
 * @file_bytes: in the file from @offset on
 * @cut_bytes: that should follow these, but the file ends too early
 * @memory_bytes: of memory; what goes beyond @file_bytes is not in the file
 */
struct elf_segment {
	uint64_t offset;
	uint64_t va;
	uint64_t pa;
	uint64_t file_bytes;
	uint64_t cut_bytes;
	uint64_t memory_bytes;
};

/**
 * struct elf - an open core file
 * @fd: -1 where the file is mapped
 * @mapped, @mapped_bytes: lent by who mapped it; NULL where it is read
 * @machine: e_machine
 * @nr_segments: of @segments, in order of the file's program headers
 * @notes: contents of all PT_NOTE segments, one behind the other, each begun at a
 *	multiple of 4
 * @copied_notes: where they had to be copied together
 */
struct elf {
	int fd;
	const unsigned char *mapped;
	uint64_t mapped_bytes;
	uint16_t machine;
	size_t nr_segments;
	struct elf_segment *segments;
	size_t notes_bytes;
	const unsigned char *notes;
	unsigned char *copied_notes;
};

/* More than these is no core file: program headers, and bytes of notes. */
#define ELF_MAX_SEGMENTS (1U << 20)
#define ELF_MAX_NOTES (64U << 20)

/**
 * elf_open() - opens @path and reads its headers and notes
 *
 * Return: 0, or with @err and nothing kept: the errno of open or read; -ENOEXEC
 * (not a 64-bit little-endian ELF core file); -EBADMSG (it contradicts itself, or
 * ends too early); -ENOMEM.
 */
int elf_open(struct elf *e, const char *path, struct ptwalk_error *err);

/**
 * elf_open_mapped() - the same, of a file that is mapped: nothing but headers is touched
 * @path: for sentences alone
 * @mapped: @bytes of it, lent until elf_close()
 *
 * This is for dumps, whose virtual addresses need not make sense: they are not
 * looked at. Return: as elf_open().
 */
int elf_open_mapped(struct elf *e, const char *path, const unsigned char *mapped, uint64_t bytes,
		    struct ptwalk_error *err);

void elf_close(struct elf *e);

/**
 * elf_find_note() - the first note of this name and type
 * @size: set to the length of its contents
 *
 * Return: its contents, lent until elf_close(); NULL where there is none.
 */
const void *elf_find_note(const struct elf *e, const char *name, uint32_t type, size_t *size);

/**
 * elf_read() - @bytes at @offset of the file
 *
 * Return: 0, or a negative errno: of pread, or -EIO where the file is shorter.
 */
int elf_read(const struct elf *e, uint64_t offset, void *buffer, size_t bytes);

#endif
