// SPDX-License-Identifier: GPL-2.0-only
/*
 * kallsyms.c - reads the kernel's table of names: kallsyms.h says what it looks like.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"

/* u16 offsets cannot reach further. */
#define MOST_TOKEN_BYTES 65536
#define MOST_SYMBOLS (16u << 20)
#define GROUP 256 /* symbols for one marker */

static const char banner_name[] = "linux_banner";
static const char banner_text[] = "Linux version ";

/**
 * struct kallsyms - see kallsyms.h
 * @names: from the names on to the token table: names, markers, and perhaps seqs
 * @markers: where in @names the markers begin
 * @seqs: of the symbols by name; 0 bytes where there is no such table
 * @offsets_of_percpu: an offset that is not negative is an address itself
 */
struct kallsyms {
	const struct kernel_memory *memory;
	struct kallsyms_tables at;
	struct kernel_bytes names;
	struct kernel_bytes offsets;
	struct kernel_bytes seqs;
	uint32_t nr;
	uint32_t nr_markers;
	size_t markers;
	uint64_t relative_base;
	bool offsets_of_percpu;
	uint16_t token_index[KALLSYMS_TOKENS];
	char tokens[MOST_TOKEN_BYTES];
};

static uint32_t get_u32(const unsigned char *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

/* Where in @names symbol @group * GROUP begins; behind all names for what is broken. */
static size_t marker(struct kallsyms *k, uint32_t group)
{
	const unsigned char *bytes = kernel_bytes_at(&k->names, k->markers + 4ULL * group, 4);

	return bytes ? get_u32(bytes) : k->markers;
}

/* The codes of the symbol at *@at, which is moved to the next one; NULL where broken. */
static const unsigned char *next_codes(struct kallsyms *k, size_t *at, unsigned int *length)
{
	const unsigned char *bytes = kernel_bytes_at(&k->names, *at, 1);
	const unsigned char *codes;
	size_t begin = *at + 1;

	if (!bytes)
		return NULL;
	*length = bytes[0];
	if (*length & 0x80) {
		bytes = kernel_bytes_at(&k->names, begin++, 1);
		if (!bytes)
			return NULL;
		*length = (*length & 0x7f) | (unsigned int)bytes[0] << 7;
	}
	if (!*length)
		return NULL;
	codes = kernel_bytes_at(&k->names, begin, *length);
	*at = begin + *length;
	return codes;
}

/* As strcmp() of @name with what the codes stand for, the type's character left out. */
static int compare(const struct kallsyms *k, const char *name, const unsigned char *codes,
		   unsigned int length)
{
	bool past_type = false;

	for (unsigned int i = 0; i < length; i++) {
		const char *token = k->tokens + k->token_index[codes[i]];

		if (!past_type && *token) {
			past_type = true;
			token++;
		}
		for (; *token; token++, name++)
			if (*token != *name)
				return (unsigned char)*name - (unsigned char)*token;
	}
	return (unsigned char)*name;
}

/* Where symbol @seq begins. */
static bool find_codes(struct kallsyms *k, uint32_t seq, size_t *at)
{
	unsigned int length;

	*at = marker(k, seq / GROUP);
	for (uint32_t i = 0; i < seq % GROUP; i++)
		if (!next_codes(k, at, &length))
			return false;
	return true;
}

/* The symbol that is at place @i by name. */
static bool read_seq(struct kallsyms *k, uint32_t i, uint32_t *seq)
{
	const unsigned char *bytes = kernel_bytes_at(&k->seqs, 3ULL * i, 3);

	if (!bytes)
		return false;
	*seq = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
	return *seq < k->nr;
}

static bool compare_place(struct kallsyms *k, const char *name, uint32_t i, uint32_t *seq,
			  int *order)
{
	const unsigned char *codes;
	unsigned int length;
	size_t at;

	if (!read_seq(k, i, seq) || !find_codes(k, *seq, &at))
		return false;
	codes = next_codes(k, &at, &length);
	if (!codes)
		return false;
	*order = compare(k, name, codes, length);
	return true;
}

/* By halves, to the first place of that name. */
static bool find_by_halves(struct kallsyms *k, const char *name, uint32_t *found)
{
	uint32_t low = 0, high = k->nr, seq;
	bool any = false;
	int order;

	while (k->seqs.bytes && low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (!compare_place(k, name, middle, &seq, &order))
			return any;
		if (order > 0) {
			low = middle + 1;
			continue;
		}
		high = middle;
		if (order == 0) {
			any = true;
			*found = seq;
		}
	}
	return any;
}

static bool find_one_by_one(struct kallsyms *k, const char *name, uint32_t *found)
{
	const unsigned char *codes;
	unsigned int length;
	size_t at = 0;

	for (uint32_t i = 0; i < k->nr; i++) {
		codes = next_codes(k, &at, &length);
		if (!codes)
			return false;
		if (compare(k, name, codes, length) == 0) {
			*found = i;
			return true;
		}
	}
	return false;
}

/*
 * kernel/kallsyms.c, kallsyms_sym_address(). With KALLSYMS_ABSOLUTE_PERCPU, symbols of
 * the per-CPU area have their value as the offset, all others -1 - their distance.
 */
static bool address_of(struct kallsyms *k, uint32_t seq, uint64_t *va)
{
	const unsigned char *bytes = kernel_bytes_at(&k->offsets, 4ULL * seq, 4);
	int32_t offset;

	if (!bytes)
		return false;
	offset = (int32_t)get_u32(bytes);
	if (!k->offsets_of_percpu)
		*va = k->relative_base + (uint32_t)offset;
	else if (offset >= 0)
		*va = (uint32_t)offset;
	else
		*va = k->relative_base - 1 - (uint64_t)(int64_t)offset;
	return true;
}

/*
 * Where names were sorted as they are without their suffix (clang's LTO), halves may
 * miss one that is there: then all are looked through.
 */
int kallsyms_find(struct kallsyms *k, const char *name, uint64_t *va)
{
	uint32_t seq;

	if (!find_by_halves(k, name, &seq) && !find_one_by_one(k, name, &seq))
		return -ENOENT;
	return address_of(k, seq, va) ? 0 : -ENOENT;
}

static bool read_tokens(struct kallsyms *k)
{
	uint64_t bytes = k->at.token_index - k->at.token_table;
	size_t at = 0;

	if (bytes > sizeof(k->tokens) ||
	    k->memory->read(k->memory->ctx, k->at.token_table, k->tokens, bytes) < 0 ||
	    k->memory->read(k->memory->ctx, k->at.token_index, k->token_index,
			    sizeof(k->token_index)) < 0)
		return false;
	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		const char *end = at < bytes ? memchr(k->tokens + at, '\0', bytes - at) : NULL;

		if (!end || k->token_index[i] != at)
			return false;
		at = (size_t)(end - k->tokens) + 1;
	}
	return true;
}

/* Whether the markers begin at @at, right behind the names. */
static bool check_markers(struct kallsyms *k, size_t at)
{
	size_t last = 0, end;

	k->markers = at;
	if (marker(k, 0) != 0)
		return false;
	for (uint32_t i = 1; i < k->nr_markers; i++) {
		size_t next = marker(k, i);

		/* No symbol takes less than 2 bytes. */
		if (next < last + 2 * GROUP || next >= at)
			return false;
		last = next;
	}
	if (!find_codes(k, k->nr - 1, &end) || !next_codes(k, &end, &(unsigned int){ 0 }))
		return false;
	return end <= at && at - end < 8;
}

/* The markers end where the token table begins, or where the seqs do that are before it. */
static bool find_markers(struct kallsyms *k, bool *has_seqs)
{
	size_t bytes = KALLSYMS_ALIGN(4ULL * k->nr_markers);
	size_t seqs = KALLSYMS_ALIGN(3ULL * k->nr);

	*has_seqs = false;
	if (bytes > k->names.bytes)
		return false;
	if (check_markers(k, k->names.bytes - bytes))
		return true;
	*has_seqs = true;
	return bytes + seqs <= k->names.bytes && check_markers(k, k->names.bytes - bytes - seqs);
}

static bool read_numbers(struct kallsyms *k)
{
	const struct kernel_memory *m = k->memory;

	if (m->read(m->ctx, k->at.num_syms, &k->nr, sizeof(k->nr)) < 0 ||
	    m->read(m->ctx, k->at.relative_base, &k->relative_base, sizeof(k->relative_base)) < 0)
		return false;
	k->nr_markers = (k->nr + GROUP - 1) / GROUP;
	return k->nr && k->nr <= MOST_SYMBOLS;
}

/* The seqs are a help only: without them, names are looked through one by one. */
static int open_seqs(struct kallsyms *k, bool before_tokens)
{
	uint64_t va = 0;

	if (before_tokens)
		va = k->at.token_table - KALLSYMS_ALIGN(3ULL * k->nr);
	else if (k->at.relative_base > k->at.token_index)
		va = k->at.relative_base + 8;
	return kernel_bytes_init(&k->seqs, k->memory, va, va ? 3ULL * k->nr : 0);
}

/* What linux_banner names must be the banner; its offset tells of which kind they are. */
static bool check_banner(struct kallsyms *k)
{
	char text[sizeof(banner_text) - 1];
	uint64_t va;

	k->offsets_of_percpu = true;
	if (kallsyms_find(k, banner_name, &va) < 0)
		return false;
	if (va <= INT32_MAX) {
		k->offsets_of_percpu = false;
		va += k->relative_base;
	}
	return k->memory->read(k->memory->ctx, va, text, sizeof(text)) == 0 &&
	       memcmp(text, banner_text, sizeof(text)) == 0;
}

static bool is_aligned(const struct kallsyms_tables *t)
{
	uint64_t all = t->num_syms | t->names | t->token_table | t->token_index | t->offsets |
		       t->relative_base;

	return all % 8 == 0;
}

static int check_tables(struct kallsyms *k)
{
	bool has_seqs;
	int ret;

	if (!is_aligned(&k->at) || k->at.names >= k->at.token_table || !read_numbers(k) ||
	    !read_tokens(k))
		return -EBADMSG;
	ret = kernel_bytes_init(&k->names, k->memory, k->at.names, k->at.token_table - k->at.names);
	if (ret < 0)
		return ret;
	if (!find_markers(k, &has_seqs))
		return -EBADMSG;
	ret = open_seqs(k, has_seqs);
	if (ret == 0)
		ret = kernel_bytes_init(&k->offsets, k->memory, k->at.offsets, 4ULL * k->nr);
	if (ret < 0)
		return ret;
	return check_banner(k) ? 0 : -EBADMSG;
}

int kallsyms_open(struct kallsyms **out, const struct kallsyms_tables *where,
		  const struct kernel_memory *memory)
{
	struct kallsyms *k = calloc(1, sizeof(*k));
	int ret;

	if (!k)
		return -ENOMEM;
	k->at = *where;
	k->memory = memory;
	ret = check_tables(k);
	if (ret == 0) {
		*out = k;
		return 0;
	}
	kallsyms_close(k);
	return ret == -ENOMEM ? ret : -EBADMSG;
}

void kallsyms_close(struct kallsyms *k)
{
	if (!k)
		return;
	kernel_bytes_deinit(&k->names);
	kernel_bytes_deinit(&k->offsets);
	kernel_bytes_deinit(&k->seqs);
	free(k);
}
