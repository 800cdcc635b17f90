// SPDX-License-Identifier: GPL-2.0-only
/*
 * machine.c - the memory of a small machine with a Linux kernel's tables in it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/layout_x86.h"
#include "machine.h"

#define ADDRESS 0x000ffffffffff000ULL
#define TABLES_PA 0x100000ULL

u64 *machine_word(struct machine *m, uint64_t pa)
{
	assert_true(pa < MACHINE_BYTES);
	return &m->mem.words[pa / sizeof(uint64_t)];
}

uint64_t machine_page(struct machine *m)
{
	uint64_t pa = m->next_table;

	m->next_table += MEM_PAGE;
	memset(machine_word(m, pa), 0, MEM_PAGE);
	return pa;
}

static unsigned int shift_of(const struct machine *m, unsigned int level)
{
	return 12 + 9 * (m->levels - 1 - level);
}

u64 *machine_entry(struct machine *m, uint64_t root, uint64_t va, unsigned int level)
{
	uint64_t table = root;

	for (unsigned int i = 0;; i++) {
		u64 *entry = machine_word(m, table + 8 * (va >> shift_of(m, i) & 511));

		if (i == level)
			return entry;
		if (!*entry)
			*entry = machine_page(m) | M_TABLE | m->encryption;
		table = *entry & ADDRESS & ~m->encryption;
	}
}

void machine_map(struct machine *m, uint64_t root, uint64_t va, uint64_t entry, uint64_t bytes)
{
	unsigned int level = m->levels - 1;

	for (; bytes > 4096; bytes >>= 9)
		level--;
	*machine_entry(m, root, va, level) = entry | m->encryption;
}

/* The tables of the image lie behind the root, in a row. */
static void map_image(struct machine *m)
{
	uint64_t next = m->next_table;

	m->next_table = m->root + 0x4000;
	machine_map(m, m->root, m->text, MACHINE_TEXT_PA | M_TEXT, 4096);
	for (uint64_t i = 1; i < MACHINE_IMAGE_PAGES; i++)
		machine_map(m, m->root, m->text + i * 4096, (MACHINE_TEXT_PA + i * 4096) | M_DATA,
			    4096);
	machine_map(m, m->root, 0xffffffffff5ff000, 0xfee00000 | M_DATA, 4096);
	m->next_table = next;
}

static void map_rest(struct machine *m)
{
	/* Page 0 by itself, as a direct map has it that was split. */
	for (uint64_t pa = 0; pa < 2 << 20; pa += 4096)
		machine_map(m, m->root, m->page_offset + pa, pa | M_DATA, 4096);
	for (uint64_t pa = 2 << 20; pa < MACHINE_BYTES; pa += 2 << 20)
		machine_map(m, m->root, m->page_offset + pa, pa | M_DATA | M_PSE, 2 << 20);
	machine_map(m, m->root, m->vmalloc + 0x3000, 0x5000 | M_DATA, 4096);
	/* What a CPU has of its own lies at the end, and tables are made before use. */
	machine_map(m, m->root, m->vmalloc + vmalloc_bytes(m->levels) - 0x2000, 0x6000 | M_DATA,
		    4096);
	machine_entry(m, m->root, m->vmalloc + (1ULL << 40), m->levels - 3);
	machine_map(m, m->root, m->vmemmap, M_DATA | M_PSE, 2 << 20);
	machine_map(m, m->root, CPU_ENTRY_START, 0x7000 | M_DATA, 4096);
}

/* The user's half of a pair: the entry code, and one page of the direct map. */
static void isolate(struct machine *m, uint64_t root)
{
	uint64_t user = root + 4096;

	machine_map(m, user, m->text, MACHINE_TEXT_PA | M_TEXT, 4096);
	machine_map(m, user, m->page_offset + 0x8000, 0x8000 | M_DATA, 4096);
}

static void write_note(struct machine *m)
{
	int64_t phys_base = (int64_t)(MACHINE_TEXT_PA - (m->text - START_KERNEL_MAP));

	snprintf(m->note, sizeof(m->note),
		 "OSRELEASE=6.1.0-made-up\nPAGESIZE=4096\nSYMBOL(_stext)=%llx\n"
		 "NUMBER(phys_base)=%lld\nSYMBOL(init_top_pgt)=%llx\n"
		 "NUMBER(pgtable_l5_enabled)=%d\nKERNELOFFSET=%llx\nNUMBER(sme_mask)=%llu\n",
		 (unsigned long long)m->text, (long long)phys_base,
		 (unsigned long long)(m->text + m->root - MACHINE_TEXT_PA), m->levels == 5,
		 (unsigned long long)(m->text - LINKED_TEXT), (unsigned long long)m->encryption);
}

static void place(struct machine *m, unsigned int flags)
{
	bool five = m->levels == 5;

	m->text = 0xffffffff97000000;
	m->page_offset = five ? 0xff472816c0000000 : 0xffff8aaa80000000;
	m->vmalloc = five ? 0xff73c96b80000000 : 0xffffd2ae80000000;
	m->vmemmap = five ? 0xffb53025c0000000 : 0xfffffb2100000000;
	if (!(flags & MACHINE_NO_KASLR))
		return;
	m->text = START_KERNEL_MAP + MACHINE_TEXT_PA;
	m->page_offset = lowest_page_offset(m->levels);
	m->vmalloc = five ? 0xffa0000000000000 : 0xffffc90000000000;
	m->vmemmap = five ? 0xffd4000000000000 : 0xffffea0000000000;
}

void machine_init(struct machine *m, unsigned int levels, unsigned int flags)
{
	memset(m, 0, sizeof(*m));
	mem_init(&m->mem, 0, MACHINE_BYTES / MEM_PAGE, flags & MACHINE_LIVE);
	m->levels = levels;
	m->pti = flags & MACHINE_PTI;
	m->encryption = flags & MACHINE_ENCRYPTED ? MACHINE_ENCRYPTION : 0;
	m->root = MACHINE_ROOT;
	m->next_table = TABLES_PA;
	place(m, flags);
	if (!(flags & MACHINE_EMPTY)) {
		map_image(m);
		map_rest(m);
		if (m->pti)
			isolate(m, m->root);
	}
	write_note(m);
	m->ranges[0] = (struct phys_range){ .pa = 0,
					    .bytes = MACHINE_BYTES,
					    .data = (const unsigned char *)m->mem.words };
	m->im.mem.ranges = m->ranges;
	m->im.mem.nr_ranges = 1;
	m->im.mem.cpus = m->cpus;
	m->im.tables = &m->mem.ops;
}

void machine_deinit(struct machine *m)
{
	if (m->mem.breach)
		fail_msg("%s", m->mem.breach);
	free(m->im.found_vmcoreinfo);
	mem_deinit(&m->mem);
}

uint64_t machine_process(struct machine *m)
{
	uint64_t root;

	m->next_table = (m->next_table + 0x1fff) & ~0x1fffULL;
	root = machine_page(m);
	machine_page(m);
	memcpy(machine_word(m, root + 2048), machine_word(m, m->root + 2048), 2048);
	machine_map(m, root, 0x400000, 0x9000 | 0x25, 4096);
	if (!m->pti)
		return root;
	*machine_word(m, root + 4096) = *machine_word(m, root);
	*machine_word(m, root) |= M_NX;
	isolate(m, root);
	return root;
}

void machine_found(struct machine *m)
{
	const struct ptw_format *f = m->levels == 5 ? &ptw_x86_64_5level : &ptw_x86_64_4level;

	m->im.kernel.levels = m->levels;
	m->im.kernel.kernel_root = m->root;
	m->im.kernel.encryption = m->encryption;
	m->im.kernel.pti = m->pti;
	m->im.kernel.known = PTWALK_KNOWN_TABLES | PTWALK_KNOWN_PTI;
	assert_int_equal(ptw_space_init(&m->im.space, f, m->im.tables, m->root, m->encryption, 0),
			 0);
}

void machine_take_note(struct machine *m)
{
	m->im.mem.vmcoreinfo = m->note;
	m->im.mem.vmcoreinfo_bytes = strlen(m->note);
	m->im.vmcoreinfo.text = m->note;
	m->im.vmcoreinfo.bytes = strlen(m->note);
}

static int read_memory(struct phys *phys, uint64_t pa, void *buffer, size_t bytes)
{
	struct machine *m = phys->state;

	assert_true((pa & 4095) + bytes <= 4096);
	if (m->mem.error[pa / MEM_PAGE])
		return m->mem.error[pa / MEM_PAGE];
	memcpy(buffer, (char *)m->mem.words + pa, bytes);
	return 0;
}

void machine_unmap(struct machine *m)
{
	m->phys_ops.read = read_memory;
	m->im.mem.ops = &m->phys_ops;
	m->im.mem.state = m;
	for (size_t i = 0; i < m->im.mem.nr_ranges; i++)
		m->ranges[i].data = NULL;
}

void machine_cpu(struct machine *m, size_t cpu, uint64_t cr3)
{
	m->cpus[cpu] = (struct phys_cpu){ .cr0 = 0x80050033,
					  .cr3 = cr3,
					  .cr4 = m->levels == 5 ? 0x16f0 : 0x6f0 };
	if (m->im.mem.nr_cpus <= cpu)
		m->im.mem.nr_cpus = cpu + 1;
}
