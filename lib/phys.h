/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * phys.h - the physical memory of an image: what src_elf.c, src_lime.c, src_raw.c,
 * src_kdump.c and src_gdb.c make of a file or a socket. Private.
 *
 * These know nothing of page tables: they have bytes, and perhaps notes. What is
 * made of the bytes is image.h's.
 */
#ifndef LIB_PHYS_H
#define LIB_PHYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/**
 * struct phys_range - consecutive physical memory
 * @pa: of its first byte; any number
 * @bytes: more than 0; pa + bytes does not wrap round
 * @data: the bytes, mapped; NULL where they must be read
 */
struct phys_range {
	uint64_t pa;
	uint64_t bytes;
	const unsigned char *data;
};

/* A CPU's registers, as a dump or a gdbstub has them; 0 is a value. */
struct phys_cpu {
	uint64_t cr0;
	uint64_t cr3;
	uint64_t cr4;
	bool has_efer;
	uint64_t efer;
};

struct phys;

/**
 * struct phys_ops - what one kind of memory can do
 * @format: enum ptwalk_image_format
 * @read: [pa, pa + bytes), which does not cross a page of 4096. 0, or -ENXIO where
 *	there is no such memory, or -EIO. NULL where all ranges are mapped.
 * @close: gives the state back
 */
struct phys_ops {
	uint32_t format;
	int (*read)(struct phys *m, uint64_t pa, void *buffer, size_t bytes);
	void (*close)(struct phys *m);
};

/**
 * struct phys - physical memory
 * @format: enum ptwalk_image_format, as phys_open() recognised it
 * @guessed: nothing in the file says so
 * @ranges: @nr_ranges, in order of pa, none overlaps another; @state's
 * @missing_bytes: that the headers promise, and the file lacks
 * @vmcoreinfo: text of the note, @vmcoreinfo_bytes; NULL where there is none; @state's
 * @cpus: @nr_cpus; @state's
 * @detail: for ptwalk_image_info.taken_for, behind the path: "an ELF core file ..."
 */
struct phys {
	const struct phys_ops *ops;
	void *state;
	uint32_t format;
	bool guessed;
	size_t nr_ranges;
	const struct phys_range *ranges;
	uint64_t missing_bytes;
	const char *vmcoreinfo;
	size_t vmcoreinfo_bytes;
	size_t nr_cpus;
	const struct phys_cpu *cpus;
	char detail[120];
};

/*
 * Each opens what @o names; 0, or a negative errno with @err and nothing kept:
 * -ENOEXEC where it is not of this format at all, -EBADMSG where it is broken.
 */
int elf_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err);
int lime_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err);
int raw_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err);
int kdump_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err);
int gdb_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err);

/* Opens it as what it is, or as what @o->format says; errors as above. */
int phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err);
void phys_close(struct phys *m);

/* The range that has @pa, or NULL. */
const struct phys_range *phys_find(const struct phys *m, uint64_t pa);

/* How many bytes lie in ranges that are mapped. */
uint64_t phys_mapped_bytes(const struct phys *m);

/*
 * Bytes at a physical address, wherever they lie and however many. 0, or a
 * negative errno: -ENXIO where one of them is not there.
 */
int phys_read(struct phys *m, uint64_t pa, void *buffer, size_t bytes);

/*
 * Puts @ranges in order and takes out what overlaps, so that each address has one
 * place (that of the range which begins lower; of two that begin alike, the longer), and
 * joins what goes on in memory and in @data. Returns how many are left.
 */
size_t phys_order(struct phys_range *ranges, size_t n);

/*
 * A file, mapped to be read; what another program cuts off meanwhile is a SIGBUS.
 * 0, or a negative errno with @err (-ENODATA: it is empty).
 */
struct mapped_file {
	const unsigned char *data;
	uint64_t bytes;
};

int mapped_file_open(struct mapped_file *f, const char *path, struct ptwalk_error *err);
void mapped_file_close(struct mapped_file *f);

#endif
