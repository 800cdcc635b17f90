/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dumpfile.h - dumps made by hand, whole and broken, for the tests of the library and
 * the seeds of its fuzzers: bytes at offsets, and what ELF and LiME put around them.
 */
#ifndef TESTS_DUMPFILE_H
#define TESTS_DUMPFILE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define DUMP_QEMU_BYTES 440 /* of a QEMU note's contents */

/**
 * struct dumpfile - a dump that is being made
 * @data: @bytes of it; a test may spoil them
 * @path: of the file that dumpfile_write() makes
 */
struct dumpfile {
	unsigned char *data;
	size_t bytes;
	char path[32];
};

/* The file, if one was made, is removed by dumpfile_free(). */
struct dumpfile *dumpfile_create(void);
void dumpfile_free(struct dumpfile *d);

/* @bytes at offset @at; the file grows as need be. Returns the offset behind them. */
size_t dumpfile_put(struct dumpfile *d, size_t at, const void *data, size_t bytes);
/* The same, of bytes that tell their place: each is that of its offset in the file. */
size_t dumpfile_fill(struct dumpfile *d, size_t at, size_t bytes);
unsigned char dumpfile_byte(size_t at);

/* The header of an x86-64 core, with @n program headers behind it; sections if need be. */
void dumpfile_elf(struct dumpfile *d, const Elf64_Phdr *phdrs, size_t n);
size_t dumpfile_elf_bytes(size_t n);

/* One note; it may be padded with zeros at its end. Returns the offset behind it. */
size_t dumpfile_note(struct dumpfile *d, size_t at, const char *name, uint32_t type,
		     const void *contents, size_t bytes);
/* That of a CPU, as qemu makes it. */
size_t dumpfile_qemu_note(struct dumpfile *d, size_t at, uint64_t cr0, uint64_t cr3, uint64_t cr4);

/* A LiME range at the end: its header, and its bytes as dumpfile_fill() makes them. */
void dumpfile_lime(struct dumpfile *d, uint64_t pa, size_t bytes);

/* Writes it; at most @limit bytes of it, to have it cut short. Returns the path. */
const char *dumpfile_write(struct dumpfile *d, size_t limit);

#endif
