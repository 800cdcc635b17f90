/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notes.h - what the notes of a dump tell, wherever the dump keeps them: ELF notes, as
 * the System V ABI has them. Private.
 *
 * A note whose lengths do not fit ends the notes; what stands before it counts.
 */
#ifndef LIB_NOTES_H
#define LIB_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "phys.h"

/**
 * struct note - one note
 * @name: @name_bytes, its NUL among them where it has one; lent
 * @contents: @bytes, lent
 * @type: means something together with @name alone
 */
struct note {
	const char *name;
	size_t name_bytes;
	const unsigned char *contents;
	size_t bytes;
	uint32_t type;
};

/**
 * notes_next() - the note at *@at, which is moved behind it
 * @notes: @bytes, at any alignment
 * @at: 0 for the first
 *
 * Return: false where no whole note is left.
 */
bool notes_next(const void *notes, size_t bytes, size_t *at, struct note *note);

/* Is it @name, of @type? */
bool note_is(const struct note *note, const char *name, uint32_t type);

/**
 * notes_cpus() - the registers of each CPU, from qemu's notes
 * @cpus: set to @n of them, the caller's to free(); NULL where there are none
 *
 * Return: 0, or -ENOMEM. Notes of another version are passed over.
 */
int notes_cpus(const void *notes, size_t bytes, struct phys_cpu **cpus, size_t *n);

/**
 * notes_vmcoreinfo() - the text of the first VMCOREINFO note
 * @size: set to its length; trailing NULs do not count
 *
 * Return: lent from @notes, without a NUL of its own; NULL where there is none.
 */
const char *notes_vmcoreinfo(const void *notes, size_t bytes, size_t *size);

#endif
