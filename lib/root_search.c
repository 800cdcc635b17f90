// SPDX-License-Identifier: GPL-2.0-only
/*
 * root_search.c - one pass over all memory, for the kernel's top table and for its
 * notes on itself (VMCOREINFO fills a page of its own: kernel/crash_core.c, 6.1).
 *
 * Of nearly every page two words are read: the last entry, which must lead to the image,
 * and the first bytes. What a page is in full is looked at where all else fits.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout_x86.h"
#include "root_look.h"

#define PAGE_BYTES 4096ULL
#define ENTRIES 512
#define LAST_ENTRY 511
#define IMAGE_PUD 510 /* of START_KERNEL_MAP, in the table below the last entry */

#define P (1ULL << 0)
#define PSE (1ULL << 7)
#define NX (1ULL << 63)
#define ADDRESS 0x000ffffffffff000ULL
/* No processor has its encryption bit lower. */
#define LEAST_ENCRYPTION (1ULL << 32)

/* In full; what garbage can cost is bounded by it. */
#define MOST_LOOKS 16384
/* Kernels: the one that runs, and what is left of those before it. */
#define MOST_KERNELS 8
/* Two that are as good as this are rivals. */
#define RIVAL_SCORE 70
#define SURE_OF_RIVALS 50

/* ELF note header with the name VMCOREINFO, padded, before the text. */
#define NOTE_BYTES 24

/**
 * struct kernel - tables that map one image
 * @entry: the last entry, which they share
 * @votes: how many top tables have it
 */
struct kernel {
	struct root_look look;
	uint64_t entry;
	unsigned int votes;
	unsigned int levels;
};

struct search {
	struct ptwalk_image *im;
	unsigned int levels;
	uint64_t address_bits; /* that memory can have */
	unsigned int looks_left;
	unsigned int nr_kernels;
	struct kernel kernels[MOST_KERNELS];
};

static uint64_t load(const unsigned char *page, unsigned int index)
{
	uint64_t entry;

	memcpy(&entry, page + index * sizeof(entry), sizeof(entry));
	return entry;
}

/* The bit of the address that is none but says "encrypted", where there is such. */
static uint64_t encryption_of(const struct search *s, uint64_t entry)
{
	return entry & ADDRESS & ~s->address_bits;
}

static bool is_one_bit(uint64_t x)
{
	return x && !(x & (x - 1));
}

/* Points at a table, below which something may be executed. */
static bool may_lead_to_text(const struct search *s, uint64_t entry)
{
	uint64_t high = encryption_of(s, entry);

	return (entry & (P | PSE | NX)) == P && (entry & ADDRESS & s->address_bits) &&
	       (!high || (is_one_bit(high) && high >= LEAST_ENCRYPTION));
}

/* The entry of the table that @entry points at; 0 where it is no memory. */
static uint64_t below(const struct search *s, uint64_t entry, unsigned int index)
{
	uint64_t pa = entry & ADDRESS & s->address_bits;
	uint64_t next;

	if (phys_read(&s->im->mem, pa + index * sizeof(next), &next, sizeof(next)) < 0)
		return 0;
	return next;
}

/* Whether there is a table for the image at the level above pages of 2 MiB. */
static bool leads_to_image(const struct search *s, uint64_t entry, unsigned int levels)
{
	if (levels == 5) {
		entry = below(s, entry, LAST_ENTRY);
		if (!may_lead_to_text(s, entry))
			return false;
	}
	return may_lead_to_text(s, below(s, entry, IMAGE_PUD));
}

static bool has_upper_half(const unsigned char *page)
{
	unsigned int there = 0;

	for (unsigned int i = ENTRIES / 2; i < ENTRIES; i++) {
		uint64_t entry = load(page, i);

		if (entry & PSE)
			return false;
		there += (entry & P) && i < ROOT_FIXED_ENTRY;
	}
	return there >= ROOT_LEAST_UPPER;
}

static bool has_lower_half(const unsigned char *page)
{
	for (unsigned int i = 0; i < ENTRIES / 2; i++)
		if (load(page, i))
			return true;
	return false;
}

static struct kernel *find_kernel(struct search *s, uint64_t entry, unsigned int levels)
{
	for (unsigned int i = 0; i < s->nr_kernels; i++)
		if (s->kernels[i].entry == entry && s->kernels[i].levels == levels)
			return &s->kernels[i];
	return NULL;
}

/* Where all are taken, the least makes room. */
static struct kernel *add_kernel(struct search *s, unsigned int score)
{
	struct kernel *least = &s->kernels[0];

	if (s->nr_kernels < MOST_KERNELS)
		return &s->kernels[s->nr_kernels++];
	for (unsigned int i = 1; i < MOST_KERNELS; i++)
		if (s->kernels[i].look.score < least->look.score)
			least = &s->kernels[i];
	return least->look.score < score ? least : NULL;
}

static void look_in_full(struct search *s, uint64_t pa, uint64_t entry, unsigned int levels,
			 struct kernel *known)
{
	struct root_look l;

	if (!s->looks_left)
		return;
	s->looks_left--;
	if (root_look(s->im, levels, pa, encryption_of(s, entry), &l) < 0 || !root_is_believed(&l))
		return;
	if (!known) {
		known = add_kernel(s, l.score);
		if (known)
			*known = (struct kernel){ .entry = entry, .levels = levels };
	}
	if (!known)
		return;
	known->votes++;
	if (l.score > known->look.score)
		known->look = l;
}

static void look_at_page(struct search *s, uint64_t pa, const unsigned char *page)
{
	uint64_t entry = load(page, LAST_ENTRY);

	for (unsigned int levels = 4; levels <= 5; levels++) {
		struct kernel *known;

		if (s->levels && levels != s->levels)
			continue;
		if (!leads_to_image(s, entry, levels) || !has_upper_half(page))
			continue;
		known = find_kernel(s, entry, levels);
		/* A process's table of a kernel that is known is no better than the first. */
		if (known && has_lower_half(page))
			known->votes++;
		else
			look_in_full(s, pa, entry, levels, known);
	}
}

/* The text that @page begins with, up to its NUL; false where it begins otherwise. */
static bool is_note(const unsigned char *page, size_t bytes, struct vmcoreinfo *v)
{
	const uint32_t name_bytes = 11;
	const char *text = (const char *)page;

	if (memcmp(page, &name_bytes, sizeof(name_bytes)) == 0 &&
	    memcmp(page + 12, "VMCOREINFO", 11) == 0) {
		text += NOTE_BYTES;
		bytes -= NOTE_BYTES;
	}
	if (memcmp(text, "OSRELEASE=", 10) != 0)
		return false;
	*v = (struct vmcoreinfo){ .text = text, .bytes = strnlen(text, bytes) };
	return true;
}

typedef bool (*note_fn)(void *ctx, const struct vmcoreinfo *v);

/* One page, @bytes of which, or more, lie at @page. True where @note ends it. */
static bool visit(struct search *s, uint64_t pa, const unsigned char *page, size_t bytes,
		  note_fn note, void *ctx)
{
	struct vmcoreinfo v;

	if (may_lead_to_text(s, load(page, LAST_ENTRY)))
		look_at_page(s, pa, page);
	return note && (*page == 'O' || *page == 11) && is_note(page, bytes, &v) && note(ctx, &v);
}

static bool visit_range(struct search *s, const struct phys_range *r, note_fn note, void *ctx,
			uint64_t *pages)
{
	unsigned char buffer[PAGE_BYTES];
	uint64_t offset = -r->pa & (PAGE_BYTES - 1);

	for (; offset < r->bytes && r->bytes - offset >= PAGE_BYTES; offset += PAGE_BYTES) {
		const unsigned char *page = r->data ? r->data + offset : buffer;
		size_t bytes = PAGE_BYTES;

		if (!r->data && phys_read(&s->im->mem, r->pa + offset, buffer, PAGE_BYTES) < 0)
			continue;
		/* The note's text goes on into a second page. */
		if (r->data && r->bytes - offset >= 2 * PAGE_BYTES)
			bytes = 2 * PAGE_BYTES;
		++*pages;
		if (visit(s, r->pa + offset, page, bytes, note, ctx))
			return true;
	}
	return false;
}

static bool is_better(const struct kernel *a, const struct kernel *b)
{
	if (a->look.score != b->look.score)
		return a->look.score > b->look.score;
	return a->votes > b->votes;
}

/* EFI's tables and the trampoline's are of the same kernel. */
static bool is_rival(const struct kernel *a, const struct kernel *b)
{
	return a->look.score >= RIVAL_SCORE &&
	       (a->look.text_pa != b->look.text_pa || a->look.page_offset != b->look.page_offset);
}

static void choose(const struct search *s, struct root_found *found)
{
	const struct kernel *best = &s->kernels[0];
	bool rivals = false;

	if (!s->nr_kernels)
		return;
	for (unsigned int i = 1; i < s->nr_kernels; i++)
		if (is_better(&s->kernels[i], best))
			best = &s->kernels[i];
	for (unsigned int i = 0; i < s->nr_kernels; i++)
		rivals |= is_rival(&s->kernels[i], best);
	found->look = best->look;
	found->levels = best->levels;
	found->sure = best->look.score;
	if (rivals && found->sure > SURE_OF_RIVALS)
		found->sure = SURE_OF_RIVALS;
}

int root_search(struct ptwalk_image *im, unsigned int levels, note_fn note, void *ctx,
		struct root_found *found)
{
	struct search *s = calloc(1, sizeof(*s));
	const struct phys *m = &im->mem;
	bool ended = false;

	memset(found, 0, sizeof(*found));
	if (!s)
		return -ENOMEM;
	s->im = im;
	s->levels = levels;
	s->looks_left = MOST_LOOKS;
	s->address_bits = PAGE_BYTES - 1;
	for (size_t i = 0; i < m->nr_ranges; i++)
		while (m->ranges[i].pa + m->ranges[i].bytes - 1 > s->address_bits)
			s->address_bits = s->address_bits << 1 | 1;
	for (size_t i = 0; i < m->nr_ranges && !ended; i++)
		ended = visit_range(s, &m->ranges[i], note, ctx, &found->pages);
	choose(s, found);
	free(s);
	return ended;
}
