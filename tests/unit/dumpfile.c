// SPDX-License-Identifier: GPL-2.0-only
/*
 * dumpfile.c - dumps made by hand. The layout of a QEMU note is that of qemu 7.2,
 * target/i386/arch_dump.c; that of a LiME header is LiME's doc/README.md.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dumpfile.h"

#define FEW_HEADERS 0xffff /* so many do not fit e_phnum */

struct dumpfile *dumpfile_create(void)
{
	struct dumpfile *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	return d;
}

void dumpfile_free(struct dumpfile *d)
{
	if (d->path[0])
		unlink(d->path);
	free(d->data);
	free(d);
}

static void grow(struct dumpfile *d, size_t bytes)
{
	if (bytes <= d->bytes)
		return;
	d->data = realloc(d->data, bytes);
	if (!d->data)
		abort();
	memset(d->data + d->bytes, 0, bytes - d->bytes);
	d->bytes = bytes;
}

size_t dumpfile_put(struct dumpfile *d, size_t at, const void *data, size_t bytes)
{
	grow(d, at + bytes);
	if (bytes)
		memcpy(d->data + at, data, bytes);
	return at + bytes;
}

unsigned char dumpfile_byte(size_t at)
{
	return at ^ at >> 8 ^ at >> 16;
}

size_t dumpfile_fill(struct dumpfile *d, size_t at, size_t bytes)
{
	grow(d, at + bytes);
	for (size_t i = at; i < at + bytes; i++)
		d->data[i] = dumpfile_byte(i);
	return at + bytes;
}

size_t dumpfile_elf_bytes(size_t n)
{
	return sizeof(Elf64_Ehdr) + (n >= FEW_HEADERS ? sizeof(Elf64_Shdr) : 0) +
	       n * sizeof(Elf64_Phdr);
}

void dumpfile_elf(struct dumpfile *d, const Elf64_Phdr *phdrs, size_t n)
{
	Elf64_Ehdr ehdr = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_phoff = sizeof(ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = n,
	};
	Elf64_Shdr section = { .sh_info = n };

	if (n >= FEW_HEADERS) {
		ehdr.e_phnum = FEW_HEADERS;
		ehdr.e_shoff = sizeof(ehdr);
		ehdr.e_phoff += sizeof(section);
		dumpfile_put(d, ehdr.e_shoff, &section, sizeof(section));
	}
	dumpfile_put(d, 0, &ehdr, sizeof(ehdr));
	dumpfile_put(d, ehdr.e_phoff, phdrs, n * sizeof(*phdrs));
}

size_t dumpfile_note(struct dumpfile *d, size_t at, const char *name, uint32_t type,
		     const void *contents, size_t bytes)
{
	static const char zeros[4];
	Elf64_Nhdr note = { strlen(name) + 1, bytes, type };

	at = dumpfile_put(d, at, &note, sizeof(note));
	at = dumpfile_put(d, at, name, note.n_namesz);
	at = dumpfile_put(d, at, zeros, -note.n_namesz & 3);
	at = dumpfile_put(d, at, contents, bytes);
	return dumpfile_put(d, at, zeros, -bytes & 3);
}

size_t dumpfile_qemu_note(struct dumpfile *d, size_t at, uint64_t cr0, uint64_t cr3, uint64_t cr4)
{
	struct {
		uint32_t version;
		uint32_t size;
		uint64_t registers[18];
		uint64_t segments[10][3];
		uint64_t cr[5];
		uint64_t kernel_gs_base;
	} state = { .version = 1, .size = sizeof(state), .cr = { cr0, 1, 2, cr3, cr4 } };

	_Static_assert(sizeof(state) == DUMP_QEMU_BYTES, "as qemu's");
	memset(state.registers, 0x11, sizeof(state.registers));
	memset(state.segments, 0x22, sizeof(state.segments));
	return dumpfile_note(d, at, "QEMU", 0, &state, sizeof(state));
}

void dumpfile_lime(struct dumpfile *d, uint64_t pa, size_t bytes)
{
	struct {
		char magic[4];
		uint32_t version;
		uint64_t start;
		uint64_t last;
		uint64_t reserved;
	} header = { { 'E', 'M', 'i', 'L' }, 1, pa, pa + bytes - 1, 0 };

	dumpfile_fill(d, dumpfile_put(d, d->bytes, &header, sizeof(header)), bytes);
}

const char *dumpfile_write(struct dumpfile *d, size_t limit)
{
	size_t bytes = limit < d->bytes ? limit : d->bytes;
	int fd;

	if (!d->path[0]) {
		strcpy(d->path, "/tmp/dumpfile.XXXXXX");
		fd = mkstemp(d->path);
	} else {
		fd = open(d->path, O_WRONLY | O_TRUNC);
	}
	if (fd < 0 || (bytes && write(fd, d->data, bytes) != (ssize_t)bytes))
		abort();
	close(fd);
	return d->path;
}
