/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gdb_machine.h - what qemu's gdbstub tells of its machine: the CPUs' registers, and
 * what lies where in physical memory. Private.
 */
#ifndef LIB_GDB_MACHINE_H
#define LIB_GDB_MACHINE_H

#include "gdb_remote.h"
#include "phys.h"

#define GDB_MAX_CPUS 4096
#define GDB_MAX_PARTS 256

/**
 * struct gdb_part - consecutive physical memory
 * @pa, @bytes: see struct phys_range
 * @block: of qemu's memory that it is a part of
 * @offset: in that block
 */
struct gdb_part {
	uint64_t pa;
	uint64_t bytes;
	char block[64];
	uint64_t offset;
};

/**
 * gdb_machine_cpus() - registers of each CPU
 * @cpus: set to @n of them, the caller's to free()
 *
 * The CPU that the stub looks at is the last one then. Return: 0, or a negative errno
 * with @err: as gdb_ask(), -EOPNOTSUPP (no x86-64 machine), -ENOMEM.
 */
int gdb_machine_cpus(struct gdb_remote *r, struct phys_cpu **cpus, size_t *n,
		     struct ptwalk_error *err);

/**
 * gdb_machine_parts() - its RAM and ROM, by qemu's monitor (`info mtree -f`)
 * @parts: GDB_MAX_PARTS
 *
 * In order of address, and none overlaps another. Devices' memory is left out: to read
 * there can do something. Return: how many, or a negative errno with @err: as
 * gdb_monitor(), -EPROTO (what it says is not understood).
 */
int gdb_machine_parts(struct gdb_remote *r, struct gdb_part *parts, struct ptwalk_error *err);

/* As above, of the monitor's text: as many as are understood, 0 where none is. */
size_t gdb_parse_parts(const char *text, struct gdb_part *parts);

/**
 * gdb_machine_host_va() - where qemu's process has what lies at @pa
 *
 * Return: 0, or a negative errno with @err.
 */
int gdb_machine_host_va(struct gdb_remote *r, uint64_t pa, uint64_t *va, struct ptwalk_error *err);

/* gdb_phys_open() on a socket that is connected, and is closed; with other patience. */
int gdb_phys_open_fd(struct phys *m, int fd, unsigned int answer_ms,
		     const struct ptwalk_image_options *o, struct ptwalk_error *err);

#endif
