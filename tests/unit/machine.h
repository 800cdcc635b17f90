/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine.h - the memory of a small machine with a Linux kernel's tables in it, as
 * head_64.S, kaslr.c and pti.c of the kernel lay them out; and an image of it.
 */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

/* Before cmocka.h, which has a macro fail() too. */
#include "../../lib/image.h"
#include "../../lib/roots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mem.h"

#define MACHINE_BYTES (4ULL << 20)
/* The image: its first page, which is text, then data; init_top_pgt lies in it. */
#define MACHINE_TEXT_PA (2ULL << 20)
#define MACHINE_ROOT (MACHINE_TEXT_PA + 0x10000)
#define MACHINE_IMAGE_PAGES 512

#define M_TABLE 0x67ULL /* present, writable, user, accessed, dirty */
#define M_TEXT 0x121ULL /* present, accessed, global */
#define M_DATA 0x8000000000000163ULL /* and writable, no execution */
#define M_PSE 0x80ULL
#define M_NX (1ULL << 63)

/**
 * struct machine - a memory, and what lies where in it
 * @root: of init_top_pgt
 * @next_table: where the next table page is taken from
 * @encryption: set in every entry that is written
 * @note: VMCOREINFO's text
 */
struct machine {
	struct mem mem;
	struct ptwalk_image im;
	struct phys_ops phys_ops;
	struct phys_range ranges[4];
	struct phys_cpu cpus[4];
	unsigned int levels;
	bool pti;
	uint64_t root;
	uint64_t text;
	uint64_t page_offset;
	uint64_t vmalloc;
	uint64_t vmemmap;
	uint64_t next_table;
	uint64_t encryption;
	char note[1024];
};

#define MACHINE_PTI (1u << 0)
#define MACHINE_NO_KASLR (1u << 1) /* phys_base is 0, too */
#define MACHINE_LIVE (1u << 2) /* tables are lent for a lookup alone */
#define MACHINE_EMPTY (1u << 3) /* no tables at all */
#define MACHINE_ENCRYPTED (1u << 4)

#define MACHINE_ENCRYPTION (1ULL << 47)

void machine_init(struct machine *m, unsigned int levels, unsigned int flags);
/* Fails the test when the memory's contract was broken. */
void machine_deinit(struct machine *m);

/* An empty page for a table, or for what else is wanted: its physical address. */
uint64_t machine_page(struct machine *m);
u64 *machine_word(struct machine *m, uint64_t pa);

/* An entry for @va below @root, which covers @bytes; the tables above it are made. */
void machine_map(struct machine *m, uint64_t root, uint64_t va, uint64_t entry, uint64_t bytes);
/* A page of tables' entry for @va: of the last level that is there. */
u64 *machine_entry(struct machine *m, uint64_t root, uint64_t va, unsigned int level);

/* A process's root; with isolation, of a pair. */
uint64_t machine_process(struct machine *m);
/* As a root that was found and a space that was set up: for regions_find(). */
void machine_found(struct machine *m);
/* The notes in the dump. */
void machine_take_note(struct machine *m);
/* All of the image's memory is read, not mapped. */
void machine_unmap(struct machine *m);
void machine_cpu(struct machine *m, size_t cpu, uint64_t cr3);

#endif
