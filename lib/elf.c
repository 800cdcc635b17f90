// SPDX-License-Identifier: GPL-2.0-only
/*
 * elf.c - the segments and notes of a core file. Source: System V ABI, "ELF-64
 * object file format"; include/uapi/linux/elf.h of Linux 6.1 (PN_XNUM).
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf.h"
#include "notes.h"

#ifndef PN_XNUM
#define PN_XNUM 0xffff
#endif

struct headers {
	const char *path;
	uint64_t size; /* of a regular file; ~0 where that means nothing */
	size_t nr;
	const unsigned char *phdrs; /* at any alignment */
	unsigned char *copied;
};

int elf_read(const struct elf *e, uint64_t offset, void *buffer, size_t bytes)
{
	size_t done = 0;

	if (e->mapped) {
		if (offset > e->mapped_bytes || bytes > e->mapped_bytes - offset)
			return -EIO;
		memcpy(buffer, e->mapped + offset, bytes);
		return 0;
	}
	if (offset > INT64_MAX - bytes)
		return -EIO;
	while (done < bytes) {
		ssize_t n =
			pread(e->fd, (char *)buffer + done, bytes - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		done += n;
	}
	return 0;
}

/* What the headers say that the file has must be there: cut short is broken. */
static int read_part(struct elf *e, const struct headers *h, uint64_t offset, void *buffer,
		     size_t bytes, const char *what, struct ptwalk_error *err)
{
	int ret = elf_read(e, offset, buffer, bytes);

	if (ret == -EIO)
		return fail(err, -EBADMSG, "%s ends within its %s", h->path, what);
	if (ret < 0)
		return fail(err, ret, "%s: %s", h->path, strerror(-ret));
	return 0;
}

static bool is_core(const Elf64_Ehdr *ehdr)
{
	return memcmp(ehdr->e_ident, ELFMAG, SELFMAG) == 0 &&
	       ehdr->e_ident[EI_CLASS] == ELFCLASS64 && ehdr->e_ident[EI_DATA] == ELFDATA2LSB &&
	       ehdr->e_type == ET_CORE;
}

/* With 0xffff program headers or more, section 0 has their number. */
static int count_headers(struct elf *e, struct headers *h, const Elf64_Ehdr *ehdr,
			 struct ptwalk_error *err)
{
	Elf64_Shdr section;
	int ret;

	h->nr = ehdr->e_phnum;
	if (ehdr->e_phnum == PN_XNUM) {
		if (!ehdr->e_shoff)
			return fail(err, -EBADMSG, "%s has no number of program headers", h->path);
		ret = read_part(e, h, ehdr->e_shoff, &section, sizeof(section), "section headers",
				err);
		if (ret < 0)
			return ret;
		h->nr = section.sh_info;
	}
	if (!h->nr || h->nr > ELF_MAX_SEGMENTS)
		return fail(err, -EBADMSG, "%s has %zu program headers", h->path, h->nr);
	if (ehdr->e_phentsize != sizeof(Elf64_Phdr))
		return fail(err, -EBADMSG, "%s has program headers of %u bytes, not %zu", h->path,
			    ehdr->e_phentsize, sizeof(Elf64_Phdr));
	return 0;
}

static int read_headers(struct elf *e, struct headers *h, struct ptwalk_error *err)
{
	Elf64_Ehdr ehdr;
	int ret;

	ret = elf_read(e, 0, &ehdr, sizeof(ehdr));
	if (ret < 0 && ret != -EIO)
		return fail(err, ret, "%s: %s", h->path, strerror(-ret));
	if (ret < 0 || !is_core(&ehdr))
		return fail(err, -ENOEXEC, "%s is no 64-bit ELF core file", h->path);
	e->machine = ehdr.e_machine;
	ret = count_headers(e, h, &ehdr, err);
	if (ret < 0)
		return ret;
	/* A count that the file cannot hold asks for no memory. */
	if (ehdr.e_phoff > h->size || h->nr > (h->size - ehdr.e_phoff) / sizeof(Elf64_Phdr))
		return fail(err, -EBADMSG, "%s ends within its program headers", h->path);
	if (e->mapped) {
		h->phdrs = e->mapped + ehdr.e_phoff;
		return 0;
	}
	h->phdrs = h->copied = calloc(h->nr, sizeof(Elf64_Phdr));
	if (!h->copied)
		return fail(err, -ENOMEM, "no memory for %zu program headers", h->nr);
	return read_part(e, h, ehdr.e_phoff, h->copied, h->nr * sizeof(Elf64_Phdr),
			 "program headers", err);
}

static bool wraps(uint64_t start, uint64_t bytes)
{
	return bytes && start + (bytes - 1) < start;
}

/* A segment that wraps round is no segment. What is cut off at the file's end is gone. */
static int add_segment(struct elf *e, const struct headers *h, const Elf64_Phdr *ph,
		       struct ptwalk_error *err)
{
	struct elf_segment *s = &e->segments[e->nr_segments];

	if (ph->p_filesz > ph->p_memsz || ph->p_offset + ph->p_filesz < ph->p_offset ||
	    (!e->mapped && wraps(ph->p_vaddr, ph->p_memsz)) ||
	    (ph->p_paddr != ~0ULL && wraps(ph->p_paddr, ph->p_memsz)))
		return fail(err, -EBADMSG, "%s has a segment at %llx that contradicts itself",
			    h->path, (unsigned long long)(e->mapped ? ph->p_paddr : ph->p_vaddr));
	*s = (struct elf_segment){ .offset = ph->p_offset,
				   .va = ph->p_vaddr,
				   .pa = ph->p_paddr,
				   .file_bytes = ph->p_filesz,
				   .memory_bytes = ph->p_memsz };
	if (s->offset > h->size)
		s->file_bytes = 0;
	else if (s->file_bytes > h->size - s->offset)
		s->file_bytes = h->size - s->offset;
	s->cut_bytes = ph->p_filesz - s->file_bytes;
	e->nr_segments++;
	return 0;
}

/* Makes room for @bytes of notes at @begin, behind those that are there. */
static unsigned char *more_notes(struct elf *e, size_t begin, size_t bytes)
{
	unsigned char *more = realloc(e->copied_notes, begin + bytes);

	if (!more)
		return NULL;
	if (!e->copied_notes && e->notes_bytes)
		memcpy(more, e->notes, e->notes_bytes);
	memset(more + e->notes_bytes, 0, begin - e->notes_bytes);
	e->notes = e->copied_notes = more;
	e->notes_bytes = begin + bytes;
	return more + begin;
}

static int add_notes(struct elf *e, const struct headers *h, const Elf64_Phdr *ph,
		     struct ptwalk_error *err)
{
	size_t begin = (e->notes_bytes + 3) & ~(size_t)3;
	unsigned char *to;

	if (ph->p_filesz > ELF_MAX_NOTES - begin)
		return fail(err, -EBADMSG, "%s has more than %u bytes of notes", h->path,
			    ELF_MAX_NOTES);
	if (ph->p_offset > h->size || ph->p_filesz > h->size - ph->p_offset)
		return fail(err, -EBADMSG, "%s ends within its notes", h->path);
	if (!ph->p_filesz)
		return 0;
	if (e->mapped && !e->notes_bytes) {
		e->notes = e->mapped + ph->p_offset;
		e->notes_bytes = ph->p_filesz;
		return 0;
	}
	to = more_notes(e, begin, ph->p_filesz);
	if (!to)
		return fail(err, -ENOMEM, "no memory for notes");
	return read_part(e, h, ph->p_offset, to, ph->p_filesz, "notes", err);
}

static int take_headers(struct elf *e, const struct headers *h, struct ptwalk_error *err)
{
	Elf64_Phdr ph;
	int ret = 0;

	e->segments = calloc(h->nr, sizeof(*e->segments));
	if (!e->segments)
		return fail(err, -ENOMEM, "no memory for %zu segments", h->nr);
	for (size_t i = 0; i < h->nr && ret == 0; i++) {
		memcpy(&ph, h->phdrs + i * sizeof(ph), sizeof(ph));
		if (ph.p_type == PT_LOAD)
			ret = add_segment(e, h, &ph, err);
		else if (ph.p_type == PT_NOTE)
			ret = add_notes(e, h, &ph, err);
	}
	return ret;
}

/* What /proc says of a file's size is not what can be read of it. */
static uint64_t size_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return ~0ULL;
	return st.st_blocks || !st.st_size ? (uint64_t)st.st_size : ~0ULL;
}

static int read_all(struct elf *e, struct headers *h, struct ptwalk_error *err)
{
	int ret = read_headers(e, h, err);

	if (ret == 0)
		ret = take_headers(e, h, err);
	free(h->copied);
	if (ret < 0)
		elf_close(e);
	return ret;
}

int elf_open(struct elf *e, const char *path, struct ptwalk_error *err)
{
	struct headers h = { .path = path };

	memset(e, 0, sizeof(*e));
	e->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (e->fd < 0)
		return fail(err, -errno, "%s: %s", path, strerror(errno));
	h.size = size_of(e->fd);
	return read_all(e, &h, err);
}

int elf_open_mapped(struct elf *e, const char *path, const unsigned char *mapped, uint64_t bytes,
		    struct ptwalk_error *err)
{
	struct headers h = { .path = path, .size = bytes };

	*e = (struct elf){ .fd = -1, .mapped = mapped, .mapped_bytes = bytes };
	return read_all(e, &h, err);
}

void elf_close(struct elf *e)
{
	if (e->fd >= 0)
		close(e->fd);
	e->fd = -1;
	free(e->segments);
	free(e->copied_notes);
	e->segments = NULL;
	e->copied_notes = NULL;
	e->notes = NULL;
	e->notes_bytes = 0;
}

const void *elf_find_note(const struct elf *e, const char *name, uint32_t type, size_t *size)
{
	struct note note;
	size_t at = 0;

	while (notes_next(e->notes, e->notes_bytes, &at, &note)) {
		if (!note_is(&note, name, type))
			continue;
		*size = note.bytes;
		return note.contents;
	}
	return NULL;
}
