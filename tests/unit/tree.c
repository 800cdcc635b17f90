// SPDX-License-Identifier: GPL-2.0-only
/*
 * tree.c - random page tables in a random memory; see tree.h.
 *
 * A page is filled in segments, each of one sort of entry: neighbours that are
 * alike, or nearly, are what a scan has to tell apart.
 */
#include <assert.h>
#include <stdlib.h>

#include "tree.h"

#define P (1ULL << 0)
#define PSE (1ULL << 7)
#define PROTNONE (1ULL << 8)

u64 rng_next(struct rng *rng)
{
	u64 z = rng->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

u64 rng_below(struct rng *rng, u64 bound)
{
	return rng_next(rng) % bound;
}

bool rng_percent(struct rng *rng, unsigned int percent)
{
	return rng_below(rng, 100) < percent;
}

u64 from_environment(const char *name, u64 otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

/* Log-uniform: small numbers as likely as large ones. */
static u64 some_size(struct rng *rng, unsigned int most_bits)
{
	unsigned int bits = rng_below(rng, most_bits + 1);

	return bits ? rng_next(rng) >> (64 - bits) : 0;
}

/* RW, US, PWT, PCD, A, D, G, SW1-3, SW 52-58, pkey, NX; mostly the usual ones. */
static u64 some_flags(struct rng *rng)
{
	u64 flags = rng_next(rng) & 0x8000000000000066ULL;

	if (rng_percent(rng, 30))
		flags |= rng_next(rng) & 0x0000000000000f18ULL;
	if (rng_percent(rng, 10))
		flags |= rng_next(rng) & 0x7ff0000000000000ULL;
	return flags;
}

/* A frame anywhere; often where adding pages to it runs over something. */
static u64 some_frame(struct tree *t)
{
	static const u8 borders[] = { 12, 21, 30, 32, 36, 40, 46, 47, 51, 52 };
	unsigned int border = borders[rng_below(&t->rng, ARRAY_SIZE(borders))];

	if (rng_percent(&t->rng, 30) && t->model.pa_bits < 64)
		border = t->model.pa_bits;
	if (border > t->model.pa_bits && rng_percent(&t->rng, 80))
		border = t->model.pa_bits;
	if (rng_percent(&t->rng, 30) && t->model.encryption)
		border = __builtin_ctzll(t->model.encryption);
	if (rng_percent(&t->rng, 50))
		return some_size(&t->rng, t->model.pa_bits) & ~0xfffULL;
	return ((1ULL << border) - (some_size(&t->rng, 8) << 12)) & 0x000ffffffffff000ULL;
}

/* A table of the next level, or of any; sometimes what is no memory. */
static u64 some_table(struct tree *t, unsigned int level)
{
	u64 pa = mem_pa(&t->mem, rng_below(&t->rng, t->mem.nr_pages));

	if (rng_percent(&t->rng, 2))
		return some_frame(t);
	if (rng_percent(&t->rng, 10))
		return pa;
	for (unsigned int tries = 0; tries < 16; tries++) {
		size_t page = rng_below(&t->rng, t->mem.nr_pages);

		if (t->depth[page] == level + 1)
			return mem_pa(&t->mem, page);
	}
	return pa;
}

/* A segment: the entry i is (first + i * step) ^ flip, with flags put over it. */
struct segment {
	u64 first;
	u64 step;
	u64 flip;
	u64 flags;
	unsigned int most; /* entries; 0 for no bound */
};

/* @slot: how many entries of this memory lie before the segment. */
static struct segment leaves(struct tree *t, unsigned int level, u64 slot)
{
	static const u8 large_shift[] = { 12, 21, 30 };
	unsigned int up = t->model.levels - 1 - level; /* 0 for the last level */
	u64 bytes = 1ULL << large_shift[up > 2 ? 2 : up];
	struct segment seg = { .flags = P | some_flags(&t->rng) };

	seg.first = some_frame(t) & ~(bytes - 1);
	seg.step = rng_percent(&t->rng, 60) ? bytes : 0;
	if (rng_percent(&t->rng, 40)) {
		seg.first = (t->origin + slot * bytes) & 0x000ffffffffff000ULL;
		seg.step = bytes;
	}
	if (rng_percent(&t->rng, 5))
		seg.step = rng_next(&t->rng) & 0x000ffffffffff000ULL & ~(bytes - 1);
	if (up || rng_percent(&t->rng, 10))
		seg.flags |= PSE;
	if (up && rng_percent(&t->rng, 10))
		seg.flags |= 1ULL << (12 + rng_below(&t->rng, 18)); /* PAT, or reserved */
	if (rng_percent(&t->rng, 30))
		seg.flags |= t->model.encryption;
	return seg;
}

static struct segment tables(struct tree *t, unsigned int level)
{
	struct segment seg = { .first = some_table(t, level), .flags = P | some_flags(&t->rng) };

	if (rng_percent(&t->rng, 50))
		seg.flags |= 6; /* rights for those below to take */
	if (rng_percent(&t->rng, 50)) { /* through the memory, and a bit over its end */
		seg.step = MEM_PAGE;
		seg.most = (mem_pa(&t->mem, t->mem.nr_pages) - seg.first) / MEM_PAGE + 1;
		if (seg.most > t->mem.nr_pages)
			seg.most = 1;
	}
	if (rng_percent(&t->rng, 30))
		seg.flags |= t->model.encryption;
	return seg;
}

/* PROT_NONE and the like: a leaf with its frame flipped, or (KFENCE) as it is. */
static struct segment not_present(struct tree *t, unsigned int level, u64 slot)
{
	struct segment seg = leaves(t, level, slot);

	seg.flags &= ~P;
	if (rng_percent(&t->rng, 70))
		seg.flags |= PROTNONE;
	if (rng_percent(&t->rng, 80))
		seg.flip = 0x000ffffffffff000ULL;
	return seg;
}

static struct segment swaps(struct tree *t)
{
	u64 type = rng_percent(&t->rng, 60) ? 26 + rng_below(&t->rng, 6) : rng_below(&t->rng, 32);
	struct segment seg = { .flip = 0x07fffffffffffe00ULL };

	seg.first = type << 59 | (some_size(&t->rng, 50) & 0x3ffffffffffffULL) << 9;
	if (rng_percent(&t->rng, 30))
		seg.first = type << 59 | (some_frame(t) >> 12) << 9;
	if (rng_percent(&t->rng, 60))
		seg.step = 1ULL << (9 + (rng_percent(&t->rng, 20) ? 9 : 0));
	seg.flags = rng_next(&t->rng) & (rng_percent(&t->rng, 20) ? 0xfe : 0x6e);
	return seg;
}

static struct segment some_segment(struct tree *t, unsigned int level, u64 slot)
{
	bool last = level + 1 == t->model.levels;
	unsigned int dice = rng_below(&t->rng, 100);

	if (t->model.levels - level > 3 && dice < 90)
		return dice < 75 ? tables(t, level) : (struct segment){ 0 };
	if (!last && dice < 50)
		return tables(t, level);
	if (dice < 25)
		return (struct segment){ .flags = rng_percent(&t->rng, 30) ? 0x60 : 0 };
	if (dice < 70)
		return leaves(t, level, slot);
	if (dice < 80)
		return not_present(t, level, slot);
	if (dice < 92)
		return swaps(t);
	return (struct segment){ .first = rng_next(&t->rng) };
}

/* One entry now and then is not quite like its neighbours. */
static u64 disturb(struct tree *t, u64 entry)
{
	if (!rng_percent(&t->rng, 2))
		return entry;
	if (rng_percent(&t->rng, 50))
		return entry ^ (rng_next(&t->rng) & 0x60);
	return entry ^ 1ULL << rng_below(&t->rng, 64);
}

static void fill_page(struct tree *t, size_t page)
{
	unsigned int level = t->depth[page];
	unsigned int i = 0;

	while (i < MEM_WORDS) {
		struct segment seg = some_segment(t, level, page * MEM_WORDS + i);
		unsigned int n = 1 + some_size(&t->rng, rng_percent(&t->rng, 50) ? 9 : 10);

		for (unsigned int k = 0; k < n && i < MEM_WORDS && (!seg.most || k < seg.most);
		     k++, i++)
			*mem_at(&t->mem, page, i) =
				disturb(t, ((seg.first + k * seg.step) ^ seg.flip) | seg.flags);
	}
	/* A root that maps itself, as in many a hobby kernel. */
	if (rng_percent(&t->rng, 5))
		*mem_at(&t->mem, page, rng_below(&t->rng, MEM_WORDS)) = mem_pa(&t->mem, page) | 7;
}

static u64 some_encryption(struct rng *rng)
{
	if (rng_percent(rng, 50))
		return 0;
	if (rng_percent(rng, 80))
		return 1ULL << (30 + rng_below(rng, 22));
	return rng_next(rng) & rng_next(rng) & 0x000ffffffffff000ULL;
}

/* The memory lies where its addresses can be told: below limit and encryption. */
static u64 some_base(struct tree *t)
{
	unsigned int room = t->model.pa_bits;

	if (t->model.encryption && (unsigned int)__builtin_ctzll(t->model.encryption) < room)
		room = __builtin_ctzll(t->model.encryption);
	if (room < 20 || rng_percent(&t->rng, 20))
		return 0;
	if (rng_percent(&t->rng, 20)) /* ends where the addresses do */
		return (1ULL << room) - t->mem.nr_pages * MEM_PAGE;
	return rng_below(&t->rng, 1ULL << (room - 1)) & ~0xfffULL;
}

static void make_model(struct tree *t)
{
	static const u8 usual[] = { 36, 39, 40, 46, 52 };
	struct model *m = &t->model;

	m->mem = &t->mem;
	m->levels = rng_percent(&t->rng, 50) ? 5 : 4;
	m->encryption = some_encryption(&t->rng);
	m->pa_bits = usual[rng_below(&t->rng, ARRAY_SIZE(usual))];
	if (rng_percent(&t->rng, 20))
		m->pa_bits = 13 + rng_below(&t->rng, 40);
	m->release = rng_percent(&t->rng, 50) ? MODEL_6_1 : MODEL_6_12;
}

static void make_space(struct tree *t)
{
	const struct ptw_format *f = t->model.levels == 5 ? &ptw_x86_64_5level : &ptw_x86_64_4level;
	unsigned int pa_bits = t->model.pa_bits;
	int err;

	if (pa_bits == 52 && rng_percent(&t->rng, 50))
		pa_bits = 0;
	err = ptw_space_init(&t->space, f, &t->mem.ops, t->model.cr3, t->model.encryption, pa_bits);
	assert(!err);
	if (t->model.release == MODEL_6_1)
		t->space.swap = &ptw_swap_types_6_1;
}

void tree_init(struct tree *t, u64 seed)
{
	*t = (struct tree){ .rng = { seed } };
	make_model(t);
	mem_init(&t->mem, 0, 6 + rng_below(&t->rng, TREE_MAX_PAGES - 5), false);
	t->mem.base = some_base(t);
	t->origin = some_frame(t) & (rng_percent(&t->rng, 50) ? ~0ULL << 30 : ~0ULL);
	for (size_t page = 1; page < t->mem.nr_pages; page++) {
		t->depth[page] = t->depth[page - 1]; /* neighbours in memory and tree */
		if (page == 1 || rng_percent(&t->rng, 40))
			t->depth[page] = 1 + rng_below(&t->rng, t->model.levels - 1);
		if (rng_percent(&t->rng, 1))
			t->mem.error[page] = rng_percent(&t->rng, 50) ? -EIO : -EACCES;
	}
	if (rng_percent(&t->rng, 1))
		t->mem.error[0] = -EIO;
	for (size_t page = 0; page < t->mem.nr_pages; page++)
		fill_page(t, page);
	t->model.cr3 = t->mem.base | (rng_next(&t->rng) & 0xfff0000000000fffULL);
	if (rng_percent(&t->rng, 50))
		t->model.cr3 |= t->model.encryption;
	make_space(t);
}

void tree_deinit(struct tree *t)
{
	mem_deinit(&t->mem);
}

static unsigned int some_index(struct rng *rng)
{
	static const u16 borders[] = { 0, 1, 255, 256, 510, 511 };

	if (rng_percent(rng, 20))
		return borders[rng_below(rng, ARRAY_SIZE(borders))];
	return rng_below(rng, MEM_WORDS);
}

/* Addresses at which something ends: of the space, and of its two halves. */
static u64 border_address(struct tree *t)
{
	u64 half = t->model.levels == 5 ? 1ULL << 56 : 1ULL << 47;
	const u64 borders[] = { 0, half, -half, half * 2, 1ULL << 47, 1ULL << 63 };
	u64 at = borders[rng_below(&t->rng, ARRAY_SIZE(borders))];
	u64 off = some_size(&t->rng, 40);

	return rng_percent(&t->rng, 50) ? at + off : at - off;
}

u64 tree_address(struct tree *t)
{
	unsigned int shift = 12 + 9 * (t->model.levels - 1);
	u64 va = 0, entry, table = t->mem.base;

	if (rng_percent(&t->rng, 2))
		return rng_next(&t->rng);
	if (rng_percent(&t->rng, 5))
		return border_address(t);
	for (unsigned int level = 0; level < t->model.levels; level++, shift -= 9) {
		unsigned int index = some_index(&t->rng);

		/* Prefer the ways that go on. */
		for (unsigned int tries = 0; tries < 6; tries++) {
			if (mem_read(&t->mem, table + 8 * index, &entry))
				break;
			if (model_classify(&t->model, level, entry) == PTW_TABLE)
				break;
			index = some_index(&t->rng);
		}
		va |= (u64)index << shift;
		if (!mem_read(&t->mem, table + 8 * index, &entry))
			table = model_entry_pa(&t->model, level, entry);
	}
	if (va >> (t->model.levels == 5 ? 56 : 47))
		va |= t->model.levels == 5 ? ~0ULL << 57 : ~0ULL << 48;
	if (rng_percent(&t->rng, 30))
		return va | (rng_percent(&t->rng, 50) ? 0xfff : 0);
	return va | rng_below(&t->rng, 4096);
}
