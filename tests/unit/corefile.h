/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * corefile.h - core files made by hand, whole and broken, for the tests of the
 * library: the kernel's memory as /proc/kcore shows it, with tables in it.
 */
#ifndef TESTS_COREFILE_H
#define TESTS_COREFILE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define CORE_MAX_SEGMENTS 8
#define CORE_MEMORY (1 << 20) /* physical, from 0 on */

#define CORE_PAGE_OFFSET 0xffff888000000000ULL
#define CORE_IMAGE_BASE 0xffffffff80000000ULL

/**
 * struct corefile - a core file that is being made
 * @ehdr, @phdrs: as they will be written; a test may spoil them
 * @notes: contents of the PT_NOTE segment
 * @memory: of the machine; a segment of it has the physical address that it lies at
 */
struct corefile {
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdrs[CORE_MAX_SEGMENTS];
	unsigned char notes[4096];
	size_t notes_bytes;
	unsigned char memory[CORE_MEMORY];
	char path[32];
};

/* Headers of a core file without segments; its file is removed by corefile_free(). */
struct corefile *corefile_create(void);
void corefile_free(struct corefile *c);

/* A PT_LOAD over @bytes of memory at @pa; @told is what it says of its own pa. */
void corefile_segment(struct corefile *c, uint64_t va, uint64_t pa, uint64_t bytes, uint64_t told);
/* One without bytes in the file, as kcore has for vmalloc. */
void corefile_empty_segment(struct corefile *c, uint64_t va, uint64_t bytes);
void corefile_note(struct corefile *c, const char *name, uint32_t type, const char *contents);

/* Sets entry @index of the table at @table. */
void corefile_entry(struct corefile *c, uint64_t table, unsigned int index, uint64_t entry);

/* Writes it; at most @limit bytes of the file, to have it cut short. Returns the path. */
const char *corefile_write(struct corefile *c, size_t limit);

#endif
