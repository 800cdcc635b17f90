// SPDX-License-Identifier: GPL-2.0-only
/*
 * notes.c - notes of a dump. Source: qemu's target/i386/arch_dump.c (7.2), struct
 * QEMUCPUState: version, size, 18 registers, 10 segments of 24 bytes, cr[5]. Since
 * 2.12 kernel_gs_base stands behind these.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "notes.h"

#define QEMU_STATE_VERSION 1
#define QEMU_STATE_CR 392
#define QEMU_STATE_BYTES (QEMU_STATE_CR + 5 * 8)

/* Takes @bytes, and what fills them up to a multiple of 4, the last time perhaps not. */
static bool take(size_t limit, size_t *at, uint32_t bytes)
{
	size_t padded = ((size_t)bytes + 3) & ~(size_t)3;

	if (bytes > limit - *at)
		return false;
	*at += padded < limit - *at ? padded : limit - *at;
	return true;
}

bool notes_next(const void *notes, size_t bytes, size_t *at, struct note *note)
{
	const unsigned char *begin = notes;
	size_t next = *at;
	Elf64_Nhdr header;

	if (next > bytes || bytes - next < sizeof(header))
		return false;
	memcpy(&header, begin + next, sizeof(header));
	next += sizeof(header);
	note->type = header.n_type;
	note->name = (const char *)begin + next;
	note->name_bytes = header.n_namesz;
	if (!take(bytes, &next, header.n_namesz))
		return false;
	note->contents = begin + next;
	note->bytes = header.n_descsz;
	if (!take(bytes, &next, header.n_descsz))
		return false;
	*at = next;
	return true;
}

bool note_is(const struct note *note, const char *name, uint32_t type)
{
	size_t length = strlen(name);

	return note->type == type && note->name_bytes == length + 1 &&
	       memcmp(note->name, name, length + 1) == 0;
}

static bool is_cpu(const struct note *note)
{
	uint32_t version;

	if (!note_is(note, "QEMU", 0) || note->bytes < QEMU_STATE_BYTES)
		return false;
	memcpy(&version, note->contents, sizeof(version));
	return version == QEMU_STATE_VERSION;
}

static struct phys_cpu cpu_of(const struct note *note)
{
	struct phys_cpu cpu = { 0 };
	uint64_t cr[5];

	memcpy(cr, note->contents + QEMU_STATE_CR, sizeof(cr));
	cpu.cr0 = cr[0];
	cpu.cr3 = cr[3];
	cpu.cr4 = cr[4];
	return cpu;
}

int notes_cpus(const void *notes, size_t bytes, struct phys_cpu **cpus, size_t *n)
{
	size_t found = 0, at = 0;
	struct note note;

	*cpus = NULL;
	*n = 0;
	while (notes_next(notes, bytes, &at, &note))
		found += is_cpu(&note);
	if (!found)
		return 0;
	*cpus = calloc(found, sizeof(**cpus));
	if (!*cpus)
		return -ENOMEM;
	for (at = 0; *n < found && notes_next(notes, bytes, &at, &note);)
		if (is_cpu(&note))
			(*cpus)[(*n)++] = cpu_of(&note);
	return 0;
}

const char *notes_vmcoreinfo(const void *notes, size_t bytes, size_t *size)
{
	struct note note;
	size_t at = 0;

	*size = 0;
	while (notes_next(notes, bytes, &at, &note)) {
		if (!note_is(&note, "VMCOREINFO", 0))
			continue;
		while (note.bytes && !note.contents[note.bytes - 1])
			note.bytes--;
		*size = note.bytes;
		return note.bytes ? (const char *)note.contents : NULL;
	}
	return NULL;
}
