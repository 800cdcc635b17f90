// SPDX-License-Identifier: GPL-2.0-only
/*
 * model.c - a naive reference of what the core should answer; see model.h.
 *
 * Levels are counted as the manual draws them here: 5 is the PML5 table, 1 the
 * page table. The core counts from the root down; depth_of() is the bridge.
 */
#include <string.h>

#include "model.h"

enum depth { PT = 1, PD = 2, PDPT = 3, PML4 = 4, PML5 = 5 };

#define P_BIT (1ULL << 0)
#define RW_BIT (1ULL << 1)
#define US_BIT (1ULL << 2)
#define A_BIT (1ULL << 5)
#define D_BIT (1ULL << 6)
#define PS_BIT (1ULL << 7)
#define G_BIT (1ULL << 8)
#define XD_BIT (1ULL << 63)

/* The bits from @low to @high, both included, as the manual writes them. */
static u64 bits(unsigned int high, unsigned int low)
{
	u64 mask = 0;

	for (unsigned int bit = low; bit <= high && bit < 64; bit++)
		mask |= 1ULL << bit;
	return mask;
}

static enum depth depth_of(const struct model *m, unsigned int level)
{
	return (enum depth)(m->levels - level);
}

/* Bytes that an entry of a table covers. */
static u64 covers(enum depth depth)
{
	switch (depth) {
	case PML5:
		return 1ULL << 48;
	case PML4:
		return 1ULL << 39;
	case PDPT:
		return 1ULL << 30;
	case PD:
		return 1ULL << 21;
	case PT:
		break;
	}
	return 1ULL << 12;
}

/* Which nine bits of an address choose the entry of a table. */
static unsigned int index_of(enum depth depth, u64 va)
{
	return (va / covers(depth)) % 512;
}

/* Where the manual has "physical address of ..." in an entry: bits 51 down. */
static u64 address_field(enum depth depth, bool maps_page)
{
	if (maps_page && depth == PDPT)
		return bits(51, 30);
	if (maps_page && depth == PD)
		return bits(51, 21);
	return bits(51, 12);
}

static u64 address_in(const struct model *m, enum depth depth, bool maps_page, u64 entry)
{
	return entry & address_field(depth, maps_page) & ~m->encryption;
}

bool model_canonical(const struct model *m, u64 va)
{
	u64 gap_start = m->levels == 5 ? 1ULL << 56 : 1ULL << 47;

	return va < gap_start || va >= -gap_start;
}

/* Tables 4-14 to 4-20, each entry format a case of its own. */
static bool maps_page(enum depth depth, u64 entry)
{
	switch (depth) {
	case PT:
		return true;
	case PD:
	case PDPT:
		return entry & PS_BIT;
	case PML4:
	case PML5:
		break;
	}
	return false;
}

static u64 reserved(enum depth depth, u64 entry)
{
	switch (depth) {
	case PML5:
	case PML4:
		return PS_BIT;
	case PDPT:
		return entry & PS_BIT ? bits(29, 13) : 0;
	case PD:
		return entry & PS_BIT ? bits(20, 13) : 0;
	case PT:
		break;
	}
	return 0;
}

static enum ptw_what classify(const struct model *m, enum depth depth, u64 entry)
{
	bool page = maps_page(depth, entry);
	u64 address = address_in(m, depth, page, entry);

	if (!(entry & P_BIT))
		return entry & ~(A_BIT | D_BIT) ? PTW_SOFTWARE : PTW_NONE;
	if (entry & reserved(depth, entry))
		return PTW_MALFORMED;
	if (m->pa_bits < 52 && address & bits(51, m->pa_bits))
		return PTW_MALFORMED;
	return page ? PTW_LEAF : PTW_TABLE;
}

enum ptw_what model_classify(const struct model *m, unsigned int level, u64 entry)
{
	return classify(m, depth_of(m, level), entry);
}

u64 model_entry_pa(const struct model *m, unsigned int level, u64 entry)
{
	enum depth depth = depth_of(m, level);

	return address_in(m, depth, maps_page(depth, entry), entry);
}

static int ends(struct ptw_walk *w, enum ptw_what end, u64 bytes, int ret)
{
	w->end = end;
	w->page_bytes = bytes;
	if (end == PTW_UNREADABLE)
		w->error = ret;
	return ret;
}

/* One entry: 1 to go on to the table in *@table, else as model_walk(). */
static int one_step(const struct model *m, enum depth depth, u64 *table, struct ptw_walk *w)
{
	struct ptw_step *step = &w->steps[w->nr_steps];
	u64 entry, at = *table + 8 * index_of(depth, w->va.v);
	int error = mem_read(m->mem, at, &entry);

	if (error && !w->nr_steps) /* the root: this half of the addresses is all alike */
		return ends(w, PTW_UNREADABLE, m->levels == 5 ? 1ULL << 56 : 1ULL << 47, error);
	if (error)
		return ends(w, PTW_UNREADABLE, covers((enum depth)(depth + 1)), error);
	*step = (struct ptw_step){ ptw_pa(at), entry, classify(m, depth, entry) };
	w->nr_steps++;
	switch (step->is) {
	case PTW_NONE:
	case PTW_SOFTWARE:
		return ends(w, step->is, covers(depth), -ENOENT);
	case PTW_MALFORMED:
		return ends(w, step->is, covers(depth), -EBADMSG);
	case PTW_LEAF:
		w->pa.v = address_in(m, depth, true, entry) + w->va.v % covers(depth);
		return ends(w, step->is, covers(depth), 0);
	default:
		*table = address_in(m, depth, false, entry);
		return 1;
	}
}

int model_walk(const struct model *m, u64 va, struct ptw_walk *w)
{
	u64 table = m->cr3 & bits(51, 12) & ~m->encryption;
	enum depth depth = m->levels == 5 ? PML5 : PML4;
	int ret = 1;

	memset(w, 0, sizeof(*w));
	w->va.v = va;
	if (!model_canonical(m, va))
		return ends(w, PTW_NONCANONICAL, 0, -EINVAL);
	for (; ret == 1; depth--)
		ret = one_step(m, depth, &table, w);
	return ret;
}

/* Section 4.6: each right needs it of every entry on the way. */
void model_rights(const struct model *m, const struct ptw_walk *w, struct ptw_rights *r)
{
	memset(r, 0, sizeof(*r));
	if (w->end != PTW_LEAF) {
		for (unsigned int i = 0; i < PTW_NR_RIGHTS; i++)
			r->decided[i] = w->nr_steps ? w->nr_steps - 1 : 0;
		return;
	}
	r->allowed = PTW_R | PTW_W | PTW_X | PTW_U;
	for (unsigned int i = 0; i < PTW_NR_RIGHTS; i++)
		r->decided[i] = m->levels;
	for (unsigned int i = w->nr_steps; i-- > 0;) {
		u64 entry = w->steps[i].entry;

		if (!(entry & RW_BIT)) {
			r->allowed &= ~PTW_W;
			r->decided[1] = i;
		}
		if (entry & XD_BIT) {
			r->allowed &= ~PTW_X;
			r->decided[2] = i;
		}
		if (!(entry & US_BIT)) {
			r->allowed &= ~PTW_U;
			r->decided[3] = i;
		}
	}
}

/* include/linux/swap.h with the configs of Debian's cloud kernels. */
static enum ptw_soft_kind swap_kind(enum model_release release, unsigned int type)
{
	if (release == MODEL_6_1) {
		if (type == 31)
			return PTW_SOFT_SWAPIN_ERROR;
		if (type == 30)
			return PTW_SOFT_MARKER;
		return type >= 27 ? PTW_SOFT_MIGRATION : PTW_SOFT_SWAP;
	}
	if (type == 31)
		return PTW_SOFT_MARKER;
	if (type >= 28)
		return PTW_SOFT_MIGRATION;
	return type == 27 ? PTW_SOFT_HWPOISON : PTW_SOFT_SWAP;
}

/* SWP_PFN_BITS: MAX_PHYSMEM_BITS is 46, or 52 with five levels. */
static unsigned int swap_frame_bits(const struct model *m)
{
	return m->levels == 5 ? 40 : 34;
}

/* TYPE (59-63) | ~OFFSET (9-58) | ..., pgtable_64.h */
static struct ptw_soft swap_entry(const struct model *m, u64 entry)
{
	struct ptw_soft soft = { .type = entry >> 59 };
	u64 offset = (~entry & bits(58, 9)) >> 9;

	soft.kind = swap_kind(m->release, soft.type);
	if (soft.kind == PTW_SOFT_SWAP || soft.kind == PTW_SOFT_MARKER) {
		soft.offset = offset;
		return soft;
	}
	soft.has_pa = true;
	soft.pa.v = (offset & bits(swap_frame_bits(m) - 1, 0)) << 12;
	return soft;
}

struct ptw_soft model_soft(const struct model *m, u64 va, unsigned int level, u64 entry)
{
	enum depth depth = depth_of(m, level);
	u64 plain = address_in(m, depth, true, entry);
	u64 flipped = address_in(m, depth, true, ~entry);
	struct ptw_soft soft = { .kind = PTW_SOFT_UNKNOWN };

	if (depth > PDPT) /* nothing of the kernel's stands there */
		return soft;
	if (va >> 63)
		soft.kind = PTW_SOFT_UNMAPPED;
	else if (entry & G_BIT)
		soft.kind = PTW_SOFT_PROTNONE;
	else if (entry & PS_BIT && depth > PT)
		soft.kind = PTW_SOFT_SPLITTING;
	else if (entry & PS_BIT)
		return soft;
	else
		return swap_entry(m, entry);
	soft.has_pa = true;
	soft.pa.v = flipped;
	/* KFENCE leaves the address as it was: of the two the one that is low. */
	if (soft.kind == PTW_SOFT_UNMAPPED && plain < flipped)
		soft.pa.v = plain;
	return soft;
}

/* One page, or the whole hole that one entry stands for, cut to the scan. */
static struct ptw_range piece_at(struct model_scan *s)
{
	struct ptw_rights rights;
	struct ptw_range r = { .start = ptw_va(s->at) };
	struct ptw_walk w;
	u64 gap_start = s->m->levels == 5 ? 1ULL << 56 : 1ULL << 47;

	model_walk(s->m, s->at, &w);
	model_rights(s->m, &w, &rights);
	r.what = w.end;
	r.error = w.error;
	if (w.end == PTW_NONCANONICAL) {
		r.end.v = -gap_start;
	} else if (!w.nr_steps) {
		r.level = s->m->levels;
		r.end.v = s->at < gap_start ? gap_start : 0;
	} else {
		r.end.v = s->at - s->at % w.page_bytes + w.page_bytes;
		if (w.end != PTW_NONE) {
			r.level = w.nr_steps - 1;
			r.page_bytes = w.page_bytes;
		}
		if (w.end != PTW_NONE && w.end != PTW_UNREADABLE)
			r.entry = w.steps[w.nr_steps - 1].entry;
		r.rights = rights.allowed;
		r.pa = w.pa;
	}
	if (s->end && (!r.end.v || r.end.v > s->end))
		r.end.v = s->end;
	return r;
}

/* Bits of an entry that hold the address, frame or swap slot. */
static u64 counting_bits(const struct model *m, const struct ptw_range *r)
{
	enum depth depth = depth_of(m, r->level);

	if (r->what == PTW_LEAF)
		return address_field(depth, true) & ~m->encryption;
	if (r->what != PTW_SOFTWARE)
		return 0;
	switch (model_soft(m, r->start.v, r->level, r->entry).kind) {
	case PTW_SOFT_PROTNONE:
	case PTW_SOFT_SPLITTING:
	case PTW_SOFT_UNMAPPED:
		return address_field(depth, true) & ~m->encryption;
	case PTW_SOFT_SWAP:
		return bits(58, 9);
	case PTW_SOFT_UNKNOWN:
	case PTW_SOFT_MARKER:
		return 0;
	default:
		return bits(9 + swap_frame_bits(m) - 1, 9);
	}
}

/* What is counted up from page to page, and by how much; false: nothing is. */
static bool counted(const struct model *m, const struct ptw_range *r, u64 *value, u64 *step)
{
	struct ptw_soft soft;

	*step = r->page_bytes;
	*value = r->pa.v - r->start.v % (r->page_bytes ? r->page_bytes : 1);
	if (r->what == PTW_LEAF)
		return true;
	if (r->what != PTW_SOFTWARE)
		return false;
	soft = model_soft(m, r->start.v, r->level, r->entry);
	*value = soft.pa.v;
	if (soft.kind == PTW_SOFT_SWAP) {
		*value = soft.offset;
		*step = r->page_bytes / covers(PT);
		return true;
	}
	return soft.has_pa;
}

static bool alike(const struct model_scan *s, const struct ptw_range *a, const struct ptw_range *b)
{
	struct ptw_soft sa, sb;

	if (a->what != b->what || a->level != b->level || a->rights != b->rights ||
	    a->error != b->error)
		return false;
	if ((a->entry ^ b->entry) & s->compare & ~counting_bits(s->m, a))
		return false;
	if (a->what != PTW_SOFTWARE)
		return true;
	sa = model_soft(s->m, a->start.v, a->level, a->entry);
	sb = model_soft(s->m, b->start.v, b->level, b->entry);
	if (sa.kind == PTW_SOFT_MARKER && sa.offset != sb.offset)
		return false;
	return sa.kind == sb.kind && sa.type == sb.type;
}

/*
 * Takes @next into @range, whose last page is @last, when both mean one thing.
 * The second page decides whether the range goes on or repeats.
 */
static bool join(const struct model_scan *s, struct ptw_range *range, const struct ptw_range *last,
		 const struct ptw_range *next)
{
	bool first = range->start.v == last->start.v;
	u64 a, b, step;

	if (!alike(s, range, next))
		return false;
	if (!counted(s->m, last, &a, &step)) {
		range->repeats = range->what == PTW_MALFORMED || range->what == PTW_SOFTWARE;
		return true;
	}
	counted(s->m, next, &b, &step);
	if (b == a && (first || range->repeats)) {
		range->repeats = true;
		return true;
	}
	return b == a + step && !range->repeats;
}

/* The next piece in @s->next; false at the scan's end. */
static bool look(struct model_scan *s)
{
	if (s->held)
		return true;
	if (s->over || !s->pieces_left)
		return false;
	s->pieces_left--;
	s->next = piece_at(s);
	s->at = s->next.end.v;
	s->over = s->at == s->end;
	s->held = true;
	return true;
}

void model_scan_init(struct model_scan *s, const struct model *m, u64 start, u64 end, u64 compare,
		     unsigned long pieces)
{
	*s = (struct model_scan){
		.m = m,
		.compare = compare,
		.at = start,
		.end = end,
		.pieces_left = pieces,
	};
	s->over = start == end && start;
}

bool model_scan_next(struct model_scan *s, struct ptw_range *range)
{
	struct ptw_range last;

	if (!look(s))
		return false;
	last = *range = s->next;
	s->held = false;
	while (look(s) && join(s, range, &last, &s->next)) {
		last = s->next;
		range->end = last.end;
		s->held = false;
	}
	return true;
}
