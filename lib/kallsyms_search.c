// SPDX-License-Identifier: GPL-2.0-only
/*
 * kallsyms_search.c - finds kallsyms by what it looks like. The digits stand for
 * themselves in the token table, one behind the other, and the token index must fit it
 * to the byte; the number of symbols, the names and the markers must then fit each other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"

#define CHUNK (64u << 10)
#define INDEX_BYTES (2 * KALLSYMS_TOKENS)
#define TOKENS_MOST (65536 + 8 + INDEX_BYTES)

/* Names, markers and seqs of a kernel of a million symbols take less. */
#define NAMES_MOST (32u << 20)

/* What has not been found by then is not there, or somebody plays a game. */
#define MOST_HITS 4096
#define MOST_TABLES 16
#define MOST_TRIES 64

/* "0" to "9", each with its NUL */
/* clang-format off */
static const char digits[] = "0\0" "1\0" "2\0" "3\0" "4\0" "5\0" "6\0" "7\0" "8\0" "9";
/* clang-format on */

/**
 * struct search - a search under way
 * @hits: how many more places that look like the digits are looked at
 * @tables: how many more pairs of a token table and its index
 * @tries: how many more sets of tables that look whole
 */
struct search {
	const struct kernel_memory *memory;
	struct kallsyms *found;
	unsigned int hits;
	unsigned int tables;
	unsigned int tries;
	unsigned char chunk[CHUNK];
};

static uint16_t get_u16(const unsigned char *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

/* Where in @b each token from the digit 0 on begins, and behind the last one. */
static bool split_tokens(struct kernel_bytes *b, size_t begin[KALLSYMS_TOKENS + 1])
{
	size_t at = 0;

	for (unsigned int i = '0'; i < KALLSYMS_TOKENS; i++) {
		const unsigned char *c;

		begin[i] = at;
		do {
			c = kernel_bytes_at(b, at++, 1);
			if (!c)
				return false;
		} while (*c);
	}
	begin[KALLSYMS_TOKENS] = at;
	return true;
}

/* Whether @index has the tokens where they are. */
static bool fits(const unsigned char *index, const size_t begin[KALLSYMS_TOKENS])
{
	size_t zero = get_u16(index + 2 * '0');

	for (unsigned int i = '0'; i < KALLSYMS_TOKENS; i++)
		if (get_u16(index + 2 * i) != zero + begin[i])
			return false;
	return true;
}

/* The digit 0 is at @va: where must the tables be that it is of? */
static bool locate_tokens(const struct search *s, uint64_t va, struct kallsyms_tables *t)
{
	size_t begin[KALLSYMS_TOKENS + 1];
	const unsigned char *index = NULL;
	struct kernel_bytes b;
	bool found = false;

	if (kernel_bytes_init(&b, s->memory, va, TOKENS_MOST) == 0 && split_tokens(&b, begin)) {
		t->token_index = KALLSYMS_ALIGN(va + begin[KALLSYMS_TOKENS]);
		index = kernel_bytes_at(&b, t->token_index - va, INDEX_BYTES);
	}
	if (index && fits(index, begin)) {
		t->token_table = va - get_u16(index + 2 * '0');
		found = t->token_table % 8 == 0 && t->token_table > NAMES_MOST;
	}
	kernel_bytes_deinit(&b);
	return found;
}

/* Opens the tables at @t if the rest of them lies where one of the two orders has it. */
static int try_orders(struct search *s, struct kallsyms_tables *t, uint32_t nr)
{
	uint64_t bytes = KALLSYMS_ALIGN(4ULL * nr);
	int ret;

	t->offsets = KALLSYMS_ALIGN(t->token_index + INDEX_BYTES);
	t->relative_base = t->offsets + bytes;
	ret = kallsyms_open(&s->found, t, s->memory);
	if (ret != -EBADMSG)
		return ret;
	t->relative_base = t->num_syms - 8;
	t->offsets = t->relative_base - bytes;
	return kallsyms_open(&s->found, t, s->memory);
}

/* Whether @nr names may begin at @names bytes of @b: the first marker is 0. */
static bool may_begin(struct kernel_bytes *b, size_t names, uint32_t nr)
{
	uint64_t markers = KALLSYMS_ALIGN((nr + 255ULL) / 256 * 4);
	uint64_t seqs = KALLSYMS_ALIGN(3ULL * nr), room = b->bytes - names;
	static const unsigned char zero[4];
	const unsigned char *first;

	if (!nr || room < 2ULL * nr + markers)
		return false;
	first = kernel_bytes_at(b, b->bytes - markers, 4);
	if (first && memcmp(first, zero, 4) == 0)
		return true;
	if (room < 2ULL * nr + markers + seqs)
		return false;
	first = kernel_bytes_at(b, b->bytes - markers - seqs, 4);
	return first && memcmp(first, zero, 4) == 0;
}

/* From the token table back: the number of symbols, with the names behind it. */
static int look_back(struct search *s, struct kernel_bytes *b, struct kallsyms_tables *t)
{
	for (size_t at = b->bytes; at >= 16 && s->tries;) {
		const unsigned char *bytes;
		uint32_t nr[2];
		int ret;

		at -= 8;
		bytes = kernel_bytes_at(b, at, 8);
		if (!bytes)
			break;
		memcpy(nr, bytes, sizeof(nr));
		/* A u32, and what fills it up to 8 bytes. */
		if (nr[1] || !may_begin(b, at + 8, nr[0]))
			continue;
		s->tries--;
		t->num_syms = b->va + at;
		t->names = t->num_syms + 8;
		ret = try_orders(s, t, nr[0]);
		if (ret != -EBADMSG)
			return ret;
	}
	return -ENOENT;
}

/* The digits are at @va: 0 where the tables are opened, -ENOENT or -ENOMEM. */
static int look_at(struct search *s, uint64_t va)
{
	struct kallsyms_tables t = { 0 };
	struct kernel_bytes b;
	int ret;

	if (!locate_tokens(s, va, &t) || !s->tables)
		return -ENOENT;
	s->tables--;
	ret = kernel_bytes_init(&b, s->memory, t.token_table - NAMES_MOST, NAMES_MOST);
	if (ret == 0)
		ret = look_back(s, &b, &t);
	kernel_bytes_deinit(&b);
	return ret;
}

static int look_through_chunk(struct search *s, uint64_t va, size_t bytes)
{
	const unsigned char *at = s->chunk, *end = s->chunk + bytes;

	while (s->hits && (at = memmem(at, (size_t)(end - at), digits, sizeof(digits)))) {
		int ret = look_at(s, va + (uint64_t)(at - s->chunk));

		if (ret != -ENOENT)
			return ret;
		s->hits--;
		at++;
	}
	return -ENOENT;
}

/* Chunks overlap, so that nothing is cut in two. What cannot be read is passed over. */
static int look_through(struct search *s, const struct kallsyms_span *span)
{
	uint64_t at = span->start;
	int ret = -ENOENT;

	while (ret == -ENOENT && s->hits && span->end - at >= sizeof(digits)) {
		uint64_t left = span->end - at;
		size_t bytes = left < CHUNK ? (size_t)left : CHUNK;

		if (s->memory->read(s->memory->ctx, at, s->chunk, bytes) == 0)
			ret = look_through_chunk(s, at, bytes);
		if (bytes == left)
			break;
		at += bytes - sizeof(digits);
	}
	return ret;
}

int kallsyms_search(struct kallsyms **k, const struct kallsyms_span *spans, size_t n,
		    const struct kernel_memory *memory)
{
	struct search *s = calloc(1, sizeof(*s));
	int ret = -ENOENT;

	if (!s)
		return -ENOMEM;
	s->memory = memory;
	s->hits = MOST_HITS;
	s->tables = MOST_TABLES;
	s->tries = MOST_TRIES;
	for (size_t i = 0; i < n && ret == -ENOENT; i++)
		ret = look_through(s, &spans[i]);
	*k = s->found;
	free(s);
	return ret;
}
