// SPDX-License-Identifier: GPL-2.0-only
/*
 * corefile.c - core files made by hand.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corefile.h"

/* Where things lie in the file. */
#define PHDRS_AT sizeof(Elf64_Ehdr)
#define NOTES_AT 4096
#define MEMORY_AT 8192

struct corefile *corefile_create(void)
{
	struct corefile *c = calloc(1, sizeof(*c));
	int fd;

	if (!c)
		abort();
	memcpy(c->ehdr.e_ident, ELFMAG, SELFMAG);
	c->ehdr.e_ident[EI_CLASS] = ELFCLASS64;
	c->ehdr.e_ident[EI_DATA] = ELFDATA2LSB;
	c->ehdr.e_type = ET_CORE;
	c->ehdr.e_machine = EM_X86_64;
	c->ehdr.e_phoff = PHDRS_AT;
	c->ehdr.e_phentsize = sizeof(Elf64_Phdr);
	strcpy(c->path, "/tmp/corefile.XXXXXX");
	fd = mkstemp(c->path);
	if (fd < 0)
		abort();
	close(fd);
	return c;
}

void corefile_free(struct corefile *c)
{
	unlink(c->path);
	free(c);
}

static Elf64_Phdr *add(struct corefile *c, uint32_t type)
{
	Elf64_Phdr *ph = &c->phdrs[c->ehdr.e_phnum++];

	ph->p_type = type;
	return ph;
}

void corefile_segment(struct corefile *c, uint64_t va, uint64_t pa, uint64_t bytes, uint64_t told)
{
	Elf64_Phdr *ph = add(c, PT_LOAD);

	ph->p_vaddr = va;
	ph->p_paddr = told;
	ph->p_offset = MEMORY_AT + pa;
	ph->p_filesz = ph->p_memsz = bytes;
}

void corefile_empty_segment(struct corefile *c, uint64_t va, uint64_t bytes)
{
	Elf64_Phdr *ph = add(c, PT_LOAD);

	ph->p_vaddr = va;
	ph->p_paddr = ~0ULL;
	ph->p_memsz = bytes;
}

void corefile_note(struct corefile *c, const char *name, uint32_t type, const char *contents)
{
	Elf64_Nhdr note = { strlen(name) + 1, strlen(contents), type };
	unsigned char *at = c->notes + c->notes_bytes;
	size_t name_bytes = (note.n_namesz + 3) & ~3U, bytes = (note.n_descsz + 3) & ~3U;

	memcpy(at, &note, sizeof(note));
	memcpy(at + sizeof(note), name, note.n_namesz);
	memcpy(at + sizeof(note) + name_bytes, contents, note.n_descsz);
	c->notes_bytes += sizeof(note) + name_bytes + bytes;
	for (unsigned int i = 0; i < c->ehdr.e_phnum; i++)
		if (c->phdrs[i].p_type == PT_NOTE) {
			c->phdrs[i].p_filesz = c->notes_bytes;
			return;
		}
	add(c, PT_NOTE)->p_offset = NOTES_AT;
	c->phdrs[c->ehdr.e_phnum - 1].p_filesz = c->notes_bytes;
}

void corefile_entry(struct corefile *c, uint64_t table, unsigned int index, uint64_t entry)
{
	memcpy(c->memory + table + 8 * index, &entry, 8);
}

static void put(int fd, const void *bytes, size_t length, size_t at, size_t limit)
{
	if (at >= limit)
		return;
	if (length > limit - at)
		length = limit - at;
	if (pwrite(fd, bytes, length, (off_t)at) != (ssize_t)length)
		abort();
}

static int open_new(const char *path)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0)
		abort();
	return fd;
}

const char *corefile_write(struct corefile *c, size_t limit)
{
	int fd = open_new(c->path);

	put(fd, &c->ehdr, sizeof(c->ehdr), 0, limit);
	put(fd, c->phdrs, sizeof(c->phdrs), PHDRS_AT, limit);
	put(fd, c->notes, sizeof(c->notes), NOTES_AT, limit);
	put(fd, c->memory, sizeof(c->memory), MEMORY_AT, limit);
	close(fd);
	return c->path;
}
