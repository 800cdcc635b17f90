// SPDX-License-Identifier: GPL-2.0-only
/*
 * seed_elf.c - small core files as qemu and kdump write them.
 */
#include <string.h>

#include "seeds.h"

#define NOTES_AT 0x400
#define MEMORY_AT 0x1000
#define TEXT "OSRELEASE=6.1\nKERNELOFFSET=0\n"

static Elf64_Phdr load(uint64_t pa, uint64_t offset, uint64_t bytes)
{
	return (Elf64_Phdr){ .p_type = PT_LOAD,
			     .p_offset = offset,
			     .p_vaddr = 0xffff888000000000 + pa,
			     .p_paddr = pa,
			     .p_filesz = bytes,
			     .p_memsz = bytes };
}

/* Two CPUs, VMCOREINFO, and the @n - 1 segments that follow the notes. */
static struct dumpfile *dump(Elf64_Phdr *phdrs, size_t n)
{
	struct dumpfile *d = dumpfile_create();
	size_t end = dumpfile_qemu_note(d, NOTES_AT, 0x80050033, 0x1000, 0x6b0);

	end = dumpfile_qemu_note(d, end, 0x80050033, 0x2000, 0x16b0);
	end = dumpfile_note(d, end, "VMCOREINFO", 0, TEXT, strlen(TEXT));
	phdrs[0] =
		(Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = NOTES_AT, .p_filesz = end - NOTES_AT };
	dumpfile_elf(d, phdrs, n);
	dumpfile_fill(d, MEMORY_AT, 0x2000);
	return d;
}

/* Of one whose headers section 0 counts. */
static struct dumpfile *counted_by_section(void)
{
	Elf64_Phdr phdrs[] = { { 0 }, load(0, MEMORY_AT, 0x1000), load(0x5000, MEMORY_AT, 0x800) };
	struct dumpfile *d = dump(phdrs, 3);
	const Elf64_Shdr section = { .sh_info = 3 };
	Elf64_Ehdr ehdr;

	memcpy(&ehdr, d->data, sizeof(ehdr));
	ehdr.e_phnum = 0xffff;
	ehdr.e_shoff = d->bytes;
	dumpfile_put(d, 0, &ehdr, sizeof(ehdr));
	dumpfile_put(d, ehdr.e_shoff, &section, sizeof(section));
	return d;
}

void make_seeds(const char *folder)
{
	Elf64_Phdr off[] = { { 0 },
			     load(0, MEMORY_AT, 0x1800),
			     load(0xfffc0000, MEMORY_AT + 0x1800, 0x800) };
	Elf64_Phdr on[] = { { 0 },
			    load(0, MEMORY_AT, 0x1800),
			    load(0x1000, MEMORY_AT + 0x1000, 0x1000),
			    load(0xfee00000, ~0ULL, 0),
			    load(~0ULL, MEMORY_AT, 0x1000) };
	Elf64_Phdr high[] = { { 0 }, load(-0x1000ULL, MEMORY_AT, 0x1000) };
	Elf64_Phdr cut[] = { { 0 }, load(0x3000, MEMORY_AT, 0x1000), load(0x1000, 0x2800, 0x3000) };

	seed_write(folder, "paging-off", dump(off, 3));
	seed_write(folder, "paging-on", dump(on, 5));
	seed_write(folder, "high", dump(high, 2));
	seed_write(folder, "cut", dump(cut, 3));
	seed_write(folder, "counted", counted_by_section());
}
