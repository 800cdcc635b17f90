// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_elf.c - an ELF core file as physical memory: kdump's /proc/vmcore, what qemu and
 * libvirt write. It is mapped; only headers and notes are touched. Sources:
 * fs/proc/vmcore.c (6.1), whose notes of CPUs have no CR3; dump/dump.c of qemu 7.2: with
 * paging=on the same memory stands in several segments, and what is no RAM has the
 * offset ~0 and no bytes.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf.h"
#include "notes.h"
#include "phys.h"

struct elf_memory {
	struct mapped_file file;
	struct elf elf;
	struct phys_range *ranges;
	struct phys_cpu *cpus;
};

static void elf_memory_free(struct elf_memory *e)
{
	free(e->cpus);
	free(e->ranges);
	elf_close(&e->elf);
	mapped_file_close(&e->file);
	free(e);
}

static void elf_phys_close(struct phys *m)
{
	elf_memory_free(m->state);
}

static const struct phys_ops elf_ops = {
	.format = PTWALK_FORMAT_ELF,
	.close = elf_phys_close,
};

/* Of a segment of physical memory; 0 where it is none. */
static uint64_t promised_bytes(const struct elf_segment *s)
{
	return s->pa == ~0ULL ? 0 : s->file_bytes + s->cut_bytes;
}

/* A process's core has no physical addresses: they are all 0. */
static bool is_of_process(const struct elf *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->nr_segments; i++) {
		if (!promised_bytes(&e->segments[i]))
			continue;
		if (e->segments[i].pa)
			return false;
		n++;
	}
	return n > 1;
}

/* That a CPU of this kind wrote it, and that its segments can be memory. */
static int check(const struct elf *e, const char *path, struct ptwalk_error *err)
{
	if (e->machine != EM_X86_64)
		return fail(err, -EOPNOTSUPP, "%s is of machine %u; only x86-64 is known", path,
			    e->machine);
	if (is_of_process(e))
		return fail(err, -EOPNOTSUPP,
			    "%s is a process's core file: it has no physical addresses", path);
	for (size_t i = 0; i < e->nr_segments; i++) {
		const struct elf_segment *s = &e->segments[i];

		if (s->pa + promised_bytes(s) < s->pa)
			return fail(err, -EBADMSG, "%s has a segment that goes up to 2^64", path);
	}
	return 0;
}

/* What is in the file, or (@promised) what should be. Returns how many. */
static size_t collect(const struct elf_memory *e, struct phys_range *ranges, bool promised)
{
	size_t n = 0;

	for (size_t i = 0; i < e->elf.nr_segments; i++) {
		const struct elf_segment *s = &e->elf.segments[i];
		uint64_t bytes = promised ? promised_bytes(s) : s->file_bytes;

		if (s->pa == ~0ULL || !bytes)
			continue;
		ranges[n++] = (struct phys_range){
			.pa = s->pa,
			.bytes = bytes,
			.data = promised ? NULL : e->file.data + s->offset,
		};
	}
	return phys_order(ranges, n);
}

static uint64_t sum(const struct phys_range *ranges, size_t n)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += ranges[i].bytes;
	return bytes;
}

static bool is_cut(const struct elf *e)
{
	for (size_t i = 0; i < e->nr_segments; i++)
		if (e->segments[i].cut_bytes && e->segments[i].pa != ~0ULL)
			return true;
	return false;
}

/* Segments overlap, so what is cut off of one may be there in another. */
static int count_missing(struct phys *m, const struct elf_memory *e, struct ptwalk_error *err)
{
	uint64_t there = sum(e->ranges, m->nr_ranges), all;
	struct phys_range *ranges;

	if (!is_cut(&e->elf))
		return 0;
	ranges = calloc(e->elf.nr_segments, sizeof(*ranges));
	if (!ranges)
		return fail(err, -ENOMEM, "no memory for %zu segments", e->elf.nr_segments);
	all = sum(ranges, collect(e, ranges, true));
	m->missing_bytes = all > there ? all - there : 0;
	free(ranges);
	return 0;
}

static int set_ranges(struct phys *m, struct elf_memory *e, struct ptwalk_error *err)
{
	e->ranges = calloc(e->elf.nr_segments + 1, sizeof(*e->ranges));
	if (!e->ranges)
		return fail(err, -ENOMEM, "no memory for %zu segments", e->elf.nr_segments);
	m->nr_ranges = collect(e, e->ranges, false);
	m->ranges = e->ranges;
	return count_missing(m, e, err);
}

static int read_notes(struct phys *m, struct elf_memory *e, struct ptwalk_error *err)
{
	const void *notes = e->elf.notes;
	size_t bytes = e->elf.notes_bytes;

	m->vmcoreinfo = notes_vmcoreinfo(notes, bytes, &m->vmcoreinfo_bytes);
	if (!m->vmcoreinfo_bytes)
		m->vmcoreinfo = NULL;
	if (notes_cpus(notes, bytes, &e->cpus, &m->nr_cpus) < 0)
		return fail(err, -ENOMEM, "no memory for the registers of CPUs");
	m->cpus = e->cpus;
	return 0;
}

static void describe(struct phys *m, const struct elf *e)
{
	char cpus[40] = "";

	if (m->nr_cpus)
		snprintf(cpus, sizeof(cpus), "the notes of %zu CPU%s", m->nr_cpus,
			 m->nr_cpus == 1 ? "" : "s");
	snprintf(m->detail, sizeof(m->detail), "an ELF core file of %zu segment%s%s%s%s%s",
		 e->nr_segments, e->nr_segments == 1 ? "" : "s",
		 m->nr_cpus || m->vmcoreinfo ? ", with " : "", cpus,
		 m->nr_cpus && m->vmcoreinfo ? " and " : "", m->vmcoreinfo ? "VMCOREINFO" : "");
}

static int setup(struct phys *m, struct elf_memory *e, const char *path, struct ptwalk_error *err)
{
	int ret = elf_open_mapped(&e->elf, path, e->file.data, e->file.bytes, err);

	if (ret == 0)
		ret = check(&e->elf, path, err);
	if (ret == 0)
		ret = set_ranges(m, e, err);
	if (ret == 0)
		ret = read_notes(m, e, err);
	if (ret == 0)
		describe(m, &e->elf);
	return ret;
}

int elf_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	struct elf_memory *e = calloc(1, sizeof(*e));
	int ret;

	if (!e)
		return fail(err, -ENOMEM, "no memory");
	e->elf.fd = -1;
	memset(m, 0, sizeof(*m));
	ret = mapped_file_open(&e->file, o->paths[0], err);
	if (ret == 0)
		ret = setup(m, e, o->paths[0], err);
	if (ret < 0) {
		elf_memory_free(e);
		memset(m, 0, sizeof(*m));
		return ret;
	}
	m->ops = &elf_ops;
	m->state = e;
	return 0;
}
