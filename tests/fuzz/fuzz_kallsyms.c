// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_kallsyms.c - arbitrary bytes as the memory in which a kernel's kallsyms lie.
 *
 * The input begins with where the tables are said to lie; what follows is the memory.
 * Whatever it is: the tables are refused, or every name has an answer, linux_banner one
 * where "Linux version" stands; with the tables listed and searched.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/kallsyms.h"

#define BASE 0xffffffff81000000ULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes from BASE to each table: num_syms names token_table token_index offsets base. */
struct header {
	uint32_t table[6];
};

struct memory {
	const uint8_t *data;
	size_t bytes;
};

/* Whole pages, filled up with zeros. */
static int read_memory(void *ctx, uint64_t va, void *buffer, size_t bytes)
{
	const struct memory *m = ctx;
	uint64_t end = BASE + ((m->bytes + 4095) & ~4095ULL);
	size_t at, there;

	if (va < BASE || va > end || bytes > end - va)
		return -ENXIO;
	at = (size_t)(va - BASE);
	there = at < m->bytes ? m->bytes - at : 0;
	if (there > bytes)
		there = bytes;
	memcpy(buffer, m->data + (there ? at : 0), there);
	memset((char *)buffer + there, 0, bytes - there);
	return 0;
}

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void ask(struct kallsyms *k, const struct kernel_memory *memory)
{
	static const char banner[] = "Linux version ";
	char text[sizeof(banner)] = "";
	uint64_t va = 0, other = 0;

	require(kallsyms_find(k, "linux_banner", &va) == 0, "the banner was there before");
	require(memory->read(memory->ctx, va, text, sizeof(banner) - 1) == 0 &&
			strcmp(text, banner) == 0,
		"the banner is not where its symbol is");
	kallsyms_find(k, "sym_7", &other);
	kallsyms_find(k, "sys_call", &other);
	require(kallsyms_find(k, "no such name", &other) == -ENOENT, "a name without a symbol");
	kallsyms_close(k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory m = { data + sizeof(struct header), size - sizeof(struct header) };
	const struct kernel_memory memory = { .read = read_memory, .ctx = &m };
	struct kallsyms_span span;
	struct kallsyms_tables at;
	struct kallsyms *k;
	struct header h;
	uint64_t *table = &at.num_syms;

	if (size <= sizeof(h))
		return 0;
	memcpy(&h, data, sizeof(h));
	for (unsigned int i = 0; i < 6; i++)
		table[i] = BASE + h.table[i];
	if (kallsyms_open(&k, &at, &memory) == 0)
		ask(k, &memory);
	span = (struct kallsyms_span){ BASE, BASE + m.bytes };
	if (kallsyms_search(&k, &span, 1, &memory) == 0)
		ask(k, &memory);
	return 0;
}
