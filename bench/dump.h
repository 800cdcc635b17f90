/* SPDX-License-Identifier: GPL-2.0-only */
/* dump.h - what the benchmarks of dumps share: the dump, its bytes, its addresses. */
#ifndef BENCH_DUMP_H
#define BENCH_DUMP_H

#include "bench.h"
#include "ptwalk.h"

/*
 * struct dump - a dump, as the library has it and as bare bytes
 * @path, @pid: as the command line has them; @pid 0 where there is no process
 * @image, @kernel, @process: the library's; @process NULL where there is none
 * @kernel_root, @process_root: without the bits that are no address
 * @levels: of page tables; the bare loop knows 4 alone
 * @bytes: the largest part of memory, mapped; physical address pa is @bytes[pa - @pa]
 * @command: the ptwalk command
 */
struct dump {
	const char *path;
	const char *command;
	uint32_t pid;
	struct ptwalk_image *image;
	struct ptwalk *kernel;
	struct ptwalk *process;
	u64 kernel_root;
	u64 process_root;
	unsigned int levels;
	const char *bytes;
	u64 pa;
	u64 size;
	u64 file_offset;
};

void dump_open(struct dump *d, const char *path, uint32_t pid, uint64_t process_root);
/* Fills in @bytes, @pa, @size and @file_offset of @path. */
void dump_map_bytes(struct dump *d);

void dump_close(struct dump *d);

/* The path of a program that lies beside this one. It stays for seven more calls. */
char *program(const char *name);

/* struct addresses - random addresses of mapped pages of one kind */
struct addresses {
	const char *name;
	struct ptwalk *space;
	u64 root;
	u64 n;
	u64 pages; /* that they were chosen from */
	uint64_t *va;
};

enum kind { KIND_VMALLOC, KIND_DIRECT, KIND_USER, KIND_USER_HUGE, NR_KINDS };

/* False where the dump has no such pages. */
bool addresses_choose(struct addresses *a, const struct dump *d, enum kind kind, u64 n);
void addresses_free(struct addresses *a);

/*
 * The bare pointer loop: 4 levels, present, page size, nothing else. It believes all
 * that it reads. PTWALK_NOT_MAPPED where an entry is not present.
 */
static inline uint64_t bare_walk(const char *bytes, u64 root, uint64_t va)
{
	uint64_t entry = root;

	for (int shift = 39; shift >= 12; shift -= 9) {
		const char *table = bytes + (entry & 0xffffffffff000ULL);

		entry = *(const uint64_t *)(table + ((va >> shift) & 511) * 8);
		if (!(entry & 1))
			return PTWALK_NOT_MAPPED;
		if (shift == 12 || (entry & 0x80)) {
			uint64_t offset = (1ULL << shift) - 1;

			return (entry & 0xffffffffff000ULL & ~offset) | (va & offset);
		}
	}
	return PTWALK_NOT_MAPPED;
}

/* libkdumpfile's addrxlat, where it was there when this was compiled. */
struct peer;
struct peer *addrxlat_open(const char *path, u64 root, unsigned int levels, const char **why);
uint64_t addrxlat_find(struct peer *x, uint64_t va);
void addrxlat_close(struct peer *x);

/* Waits for it. Return: its exit status, 128 where a signal ended it. */
int run_program(char **argv, const char *input, const char *output);

/* One benchmark each, printed. Return: how many goals were missed. */
unsigned int bench_start(const struct dump *d, unsigned int rounds);
unsigned int bench_addresses(const struct dump *d, unsigned int rounds);
unsigned int bench_compressed(const struct dump *d, const char *kdump, unsigned int rounds);
unsigned int bench_text(const struct dump *d, unsigned int rounds);
unsigned int bench_space(const struct dump *d, unsigned int rounds);
unsigned int bench_search(const char *raw, unsigned int rounds);
/* A qemu that runs; the figures of the peer are its own, see there. */
unsigned int bench_machine(const char *socket, unsigned int rounds);
unsigned int bench_crash(const struct dump *d, unsigned int rounds);
unsigned int bench_processes(const struct dump *d, unsigned int rounds);

#endif
