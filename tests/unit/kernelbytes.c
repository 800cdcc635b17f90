// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernelbytes.c - made-up kernel memory, with kallsyms. It writes the tables as
 * scripts/kallsyms.c does (6.1, 6.12), but for the choice of tokens.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernelbytes.h"

/* Whole pages are there; what of them was not put there is 0. */
static int read_bytes(void *ctx, uint64_t va, void *buffer, size_t bytes)
{
	const struct kernelbytes *k = ctx;
	uint64_t start = k->va & ~4095ULL, end = (k->va + k->bytes + 4095) & ~4095ULL;

	if (va < start || va > end || bytes > end - va)
		return -ENXIO;
	if (k->hole && va < k->hole + 4096 && va + bytes > k->hole)
		return -ENXIO;
	for (size_t i = 0; i < bytes; i++) {
		uint64_t at = va + i - k->va;

		((unsigned char *)buffer)[i] = at < k->bytes ? k->data[at] : 0;
	}
	return 0;
}

void kernelbytes_init(struct kernelbytes *k)
{
	*k = (struct kernelbytes){ .va = KERNEL_VA };
	k->memory = (struct kernel_memory){ .read = read_bytes, .ctx = k };
}

void kernelbytes_deinit(struct kernelbytes *k)
{
	free(k->data);
}

unsigned char *kernelbytes_at(const struct kernelbytes *k, uint64_t va)
{
	return k->data + (va - k->va);
}

uint64_t kernelbytes_add(struct kernelbytes *k, const void *data, size_t bytes)
{
	size_t at = (k->bytes + 7) & ~(size_t)7;

	if (at + bytes > k->room) {
		k->room = 2 * (at + bytes) + 4096;
		k->data = realloc(k->data, k->room);
		if (!k->data)
			abort();
	}
	memset(k->data + k->bytes, 0, at - k->bytes);
	memcpy(k->data + at, data, bytes);
	k->bytes = at + bytes;
	return k->va + at;
}

uint64_t kernelbytes_add_banner(struct kernelbytes *k)
{
	static const char banner[] = "Linux version 6.1.0 (made up)\n";

	return kernelbytes_add(k, banner, sizeof(banner));
}

/* Characters stand for themselves; these codes, which no name has, for more; 5 for none. */
static const char *token(unsigned int code)
{
	static const char * const words[] = { "Tsys_", "sym_", "linux", "_ban", "ner" };
	static char one[2];

	if (code < 5)
		return words[code];
	one[0] = code > ' ' && code < 0x7f ? (char)code : '\0';
	return one;
}

static size_t encode(unsigned char *codes, const char *name)
{
	size_t n = 0;

	while (*name) {
		unsigned int code = 0;

		while (code < 5 && strncmp(name, token(code), strlen(token(code))) != 0)
			code++;
		codes[n++] = code < 5 ? (unsigned char)code : (unsigned char)*name;
		name += code < 5 ? strlen(token(code)) : 1;
	}
	return n;
}

static void add_names(struct kernelbytes *k, const struct name *names, uint32_t n)
{
	unsigned char *bytes = calloc(n, 600);
	uint32_t *markers = calloc(n / 256 + 1, sizeof(*markers));
	size_t used = 0;

	if (!bytes || !markers)
		abort();
	for (uint32_t i = 0; i < n; i++) {
		unsigned char codes[600];
		size_t length = encode(codes, names[i].typed);

		if (i % 256 == 0)
			markers[i / 256] = (uint32_t)used;
		if (length > 127)
			bytes[used++] = (unsigned char)(length | 0x80);
		bytes[used++] = (unsigned char)(length > 127 ? length >> 7 : length);
		memcpy(bytes + used, codes, length);
		used += length;
	}
	k->at.num_syms = kernelbytes_add(k, &n, sizeof(n));
	k->at.names = kernelbytes_add(k, bytes, used);
	k->markers = kernelbytes_add(k, markers, 4 * ((n + 255) / 256));
	free(bytes);
	free(markers);
}

static void add_tokens(struct kernelbytes *k)
{
	char table[2048];
	uint16_t index[256];
	size_t used = 0;

	for (unsigned int i = 0; i < 256; i++) {
		index[i] = (uint16_t)used;
		memcpy(table + used, token(i), strlen(token(i)) + 1);
		used += strlen(token(i)) + 1;
	}
	k->at.token_table = kernelbytes_add(k, table, used);
	k->at.token_index = kernelbytes_add(k, index, sizeof(index));
}

static void add_offsets(struct kernelbytes *k, const struct name *names, uint32_t n, bool percpu)
{
	int32_t *offsets = calloc(n, sizeof(*offsets));
	const uint64_t base = k->va;

	if (!offsets)
		abort();
	for (uint32_t i = 0; i < n; i++) {
		offsets[i] = (int32_t)(names[i].va - base);
		if (percpu)
			offsets[i] = names[i].va >> 31 ? -1 - offsets[i] : (int32_t)names[i].va;
	}
	k->at.offsets = kernelbytes_add(k, offsets, 4ULL * n);
	k->at.relative_base = kernelbytes_add(k, &base, sizeof(base));
	free(offsets);
}

static const struct name *sorted_names;

static int by_name(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	int order = strcmp(sorted_names[*x].typed + 1, sorted_names[*y].typed + 1);

	return order ? order : (*x > *y) - (*x < *y);
}

static void add_seqs(struct kernelbytes *k, const struct name *names, uint32_t n)
{
	uint32_t *order = calloc(n, sizeof(*order));
	unsigned char *seqs = calloc(n, 3);

	if (!order || !seqs)
		abort();
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	sorted_names = names;
	qsort(order, n, sizeof(*order), by_name);
	for (uint32_t i = 0; i < n; i++) {
		seqs[3 * i] = (unsigned char)(order[i] >> 16);
		seqs[3 * i + 1] = (unsigned char)(order[i] >> 8);
		seqs[3 * i + 2] = (unsigned char)order[i];
	}
	k->seqs = kernelbytes_add(k, seqs, 3ULL * n);
	free(order);
	free(seqs);
}

void kernelbytes_add_names(struct kernelbytes *k, const struct name *names, uint32_t n,
			   enum kallsyms_order order, bool percpu)
{
	if (order != ORDER_NEW)
		add_offsets(k, names, n, percpu);
	add_names(k, names, n);
	if (order == ORDER_OLD_SEQS)
		add_seqs(k, names, n);
	add_tokens(k);
	if (order != ORDER_NEW)
		return;
	add_offsets(k, names, n, percpu);
	add_seqs(k, names, n);
}
