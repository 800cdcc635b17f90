// SPDX-License-Identifier: GPL-2.0-only
/*
 * translate.c - many addresses, physical addresses alone.
 *
 * ptw_walk() classifies every entry by the format's data. Here the same data is
 * boiled down, once a call, to one comparison that says "a table" and one that says
 * "a leaf" for each level: all that is neither is not mapped. What cannot be said in
 * that way is left to ptw_walk().
 */
#include "sieve.h"

#define always_inline_ inline __attribute__((always_inline))

/*
 * Addresses that are on their way down at the same time, and in one section where the
 * memory has sections: with 5 levels these read fewer entries than a table page has.
 */
#define LANES 64

/* Tables above the last ones that are remembered for the addresses to come. */
#define SHORTCUTS 64

/*
 * struct hand - the windows, for the loops; all 0 where the tables of the levels are
 * not of one size
 * @data, @start, @room: tables that begin within @room bytes of @start are at @data
 * @bytes: of a table
 * @windows: those that have an index, else NULL
 */
struct hand {
	const char *data;
	u64 start;
	u64 room;
	u64 bytes;
	const struct ptw_windows *windows;
};

/*
 * struct shortcut - the way down to the table with one level below it is known
 * @part: the bits of an address above those that this table and the last one index;
 *	that it is canonical is thereby known too. No address has NO_PART.
 */
struct shortcut {
	u64 part;
	const ptw_entry_t *table;
};

#define NO_PART (~0ULL)

/*
 * struct job - what holds for all addresses of a call
 * @regular: 4 or 5 levels, a table has 512 entries, and the last level's pages 4096 bytes
 * @part_shift: address bits below a shortcut's part
 * @root: NULL where it cannot be read
 * @shortcuts: a part's place is its number modulo SHORTCUTS. With sections, they hold
 *	for one, as the root does.
 * @sieves: from the last level up
 */
struct job {
	const struct ptw_space *space;
	const ptw_entry_t *root;
	unsigned int nr_levels;
	bool regular;
	u8 part_shift;
	struct hand hand;
	struct sieve sieves[PTW_MAX_LEVELS];
	struct shortcut shortcuts[SHORTCUTS];
};

/*
 * struct crowd - addresses that have gone down to the last level, and stand before
 * their entry there
 * @to: where the address is in the caller's arrays
 */
struct crowd {
	unsigned int nr;
	const ptw_entry_t *entry[LANES];
	u8 to[LANES];
};

static struct hand hand_of(const struct ptw_space *sp)
{
	const struct ptw_windows *windows = sp->memory->windows;
	u64 bytes = table_bytes(&sp->format->levels[0]);
	struct hand h = { 0 };

	for (unsigned int i = 1; i < sp->format->nr_levels; i++)
		if (table_bytes(&sp->format->levels[i]) != bytes)
			return h;
	if (!windows)
		return h;
	if (windows->first) {
		h.windows = windows;
		h.bytes = bytes;
	}
	if (windows->likely.bytes >= bytes) {
		h.data = windows->likely.data;
		h.start = windows->likely.pa;
		h.room = windows->likely.bytes - bytes + 1;
	}
	return h;
}

/* False where ptw_walk() must do it: a format that no sieve fits, or that has one level. */
static bool job_init(struct job *job, const struct ptw_space *sp)
{
	const struct ptw_format *f = sp->format;

	if (f->nr_levels < 2)
		return false;
	job->space = sp;
	job->nr_levels = f->nr_levels;
	job->regular = f->nr_levels > 3 && f->va_bits == 12 + 9 * f->nr_levels;
	for (unsigned int below = 0; below < f->nr_levels; below++) {
		const struct ptw_level *lv = &f->levels[f->nr_levels - 1 - below];

		if (!sieve_init(&job->sieves[below], sp, lv))
			return false;
		job->regular &= lv->bits == 9 && lv->shift == 12 + 9 * below;
	}
	job->part_shift = f->levels[f->nr_levels - 2].shift + f->levels[f->nr_levels - 2].bits;
	job->hand = hand_of(sp);
	return true;
}

/* A table that is not at hand; NULL where it cannot be read. */
static noinline_ const ptw_entry_t *elsewhere(const struct job *job, unsigned int level, u64 pa)
{
	const struct ptw_space *sp = job->space;
	const ptw_entry_t *entries;

	if (memory_lend(sp->memory, &sp->format->levels[level], pa, &entries))
		return NULL;
	return entries;
}

static always_inline_ u64 answer(const struct sieve *s, u64 va, u64 entry)
{
	u64 pa = (entry & s->leaf_pa) | (va & s->low);

	return entry_fits(entry, &s->leaf) ? pa : PTW_NOT_MAPPED;
}

/* Index of @va's entry. @regular is a constant where it is called: as the shift then is. */
static always_inline_ u64 index_of(bool regular, unsigned int below, const struct sieve *s, u64 va)
{
	return regular ? (va >> (12 + 9 * below)) & 511 : (va >> s->shift) & s->last;
}

/*
 * From the table that has @below levels below it to the next one. NULL where the way
 * ends, with the answer in @pa.
 */
static always_inline_ const ptw_entry_t *down(const struct job *job, const struct hand *h,
					      bool regular, unsigned int below,
					      const ptw_entry_t *table, u64 va, u64 *pa)
{
	unsigned int level = job->nr_levels - 1 - below;
	const struct sieve *s = &job->sieves[below];
	u64 entry = READ_ONCE(table[index_of(regular, below, s, va)]);
	u64 offset = (entry & s->table_pa) - h->start;

	if (unlikely(!entry_fits(entry, &s->table))) {
		*pa = answer(s, va, entry);
		return NULL;
	}
	if (likely(offset < h->room))
		return (const ptw_entry_t *)(h->data + offset);
	table = NULL;
	if (h->windows)
		table = windows_find_first(h->windows, entry & s->table_pa, h->bytes);
	if (unlikely(!table))
		table = elsewhere(job, level + 1, entry & s->table_pa);
	if (unlikely(!table))
		*pa = PTW_NOT_MAPPED;
	return table;
}

/*
 * To the table with one level below it, from the root; what it meets there is kept. Two
 * levels are always above it; unrolled, the shifts are constants.
 */
static noinline_ const ptw_entry_t *come_down(struct job *job, bool regular, u64 va, u64 *pa)
{
	const struct hand *h = &job->hand;
	struct shortcut *shortcut = &job->shortcuts[(va >> job->part_shift) % SHORTCUTS];
	const ptw_entry_t *table = job->root;

	if (unlikely(!ptw_canonical(job->space->format, ptw_va(va))))
		return NULL;
	if (!regular)
		for (unsigned int below = job->nr_levels - 1; table && below > 1; below--)
			table = down(job, h, false, below, table, va, pa);
	if (regular && job->nr_levels == 5 && table)
		table = down(job, h, true, 4, table, va, pa);
	if (regular && likely(table))
		table = down(job, h, true, 3, table, va, pa);
	if (regular && likely(table))
		table = down(job, h, true, 2, table, va, pa);
	if (table)
		*shortcut = (struct shortcut){ va >> job->part_shift, table };
	return table;
}

/* The last level, where there are leaves alone. */
static size_t end_all(const struct job *job, const struct crowd *c, const ptw_va_t *va,
		      ptw_pa_t *pa)
{
	const struct sieve s = job->sieves[0];
	size_t mapped = 0;

	for (unsigned int k = 0; k < c->nr; k++) {
		unsigned int j = c->to[k];

		pa[j].v = answer(&s, va[j].v, READ_ONCE(*c->entry[k]));
		mapped += pa[j].v != PTW_NOT_MAPPED;
	}
	return mapped;
}

/*
 * Down to the last level one by one, through tables that few addresses share with few
 * others; there all of them wait for the memory at the same time.
 */
static always_inline_ size_t find_some(struct job *job, bool regular, const ptw_va_t *va,
				       unsigned int n, ptw_pa_t *pa)
{
	const unsigned int part_shift = regular ? 30 : job->part_shift;
	const struct sieve *s = &job->sieves[0];
	const struct hand h = job->hand;
	size_t mapped = 0;
	struct crowd c;

	c.nr = 0;
	for (unsigned int j = 0; j < n; j++) {
		u64 at = va[j].v, found = PTW_NOT_MAPPED;
		const struct shortcut *shortcut = &job->shortcuts[(at >> part_shift) % SHORTCUTS];
		const ptw_entry_t *table = shortcut->table;

		if (unlikely(shortcut->part != at >> part_shift))
			table = come_down(job, regular, at, &found);
		if (likely(table))
			table = down(job, &h, regular, 1, table, at, &found);
		if (likely(table)) {
			c.entry[c.nr] = &table[index_of(regular, 0, s, at)];
			__builtin_prefetch(c.entry[c.nr]);
			c.to[c.nr++] = j;
			continue;
		}
		pa[j].v = found;
		mapped += found != PTW_NOT_MAPPED;
	}
	return mapped + end_all(job, &c, va, pa);
}

/* At the beginning of what the memory lends: nothing is known yet but where the root is. */
static void begin(struct job *job)
{
	for (unsigned int i = 0; i < SHORTCUTS; i++)
		job->shortcuts[i] = (struct shortcut){ NO_PART, NULL };
	job->root = elsewhere(job, 0, job->space->root.v);
}

static size_t find_all(struct job *job, const ptw_va_t *va, size_t n, ptw_pa_t *pa)
{
	const struct ptw_memory *memory = job->space->memory;
	size_t mapped = 0;

	for (size_t i = 0; i < n; i += LANES) {
		unsigned int some = n - i < LANES ? n - i : LANES;

		memory_enter(memory);
		if (i == 0 || memory->leave)
			begin(job);
		if (job->regular)
			mapped += find_some(job, true, va + i, some, pa + i);
		else
			mapped += find_some(job, false, va + i, some, pa + i);
		memory_leave(memory);
	}
	return mapped;
}

static size_t walk_all(const struct ptw_space *sp, const ptw_va_t *va, size_t n, ptw_pa_t *pa)
{
	size_t mapped = 0;
	struct ptw_walk w;

	for (size_t i = 0; i < n; i++) {
		bool found = ptw_walk(sp, va[i], &w) == 0;

		pa[i].v = found ? w.pa.v : PTW_NOT_MAPPED;
		mapped += found;
	}
	return mapped;
}

size_t ptw_translate(const struct ptw_space *sp, const ptw_va_t *va, size_t n, ptw_pa_t *pa)
{
	struct job job;

	if (!job_init(&job, sp))
		return walk_all(sp, va, n, pa);
	return find_all(&job, va, n, pa);
}
