// SPDX-License-Identifier: GPL-2.0-only
/* tally.c - see tally.h. */
#define pr_fmt(fmt) "ptwirqoff: " fmt

#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>
#include <asm/tsc.h>

#include "tally.h"

int tally_init(struct tally *t, const char *name)
{
	*t = (struct tally){ .name = name };
	t->cycles = vzalloc(array_size(TALLY_MOST, sizeof(*t->cycles)));
	return t->cycles ? 0 : -ENOMEM;
}

void tally_deinit(struct tally *t)
{
	vfree(t->cycles);
}

void tally_clear(struct tally *t)
{
	t->kept = 0;
	t->sections = 0;
	t->most_tables = 0;
}

void tally_add(struct tally *t, u64 cycles, unsigned int tables)
{
	t->sections++;
	if (tables > t->most_tables)
		t->most_tables = tables;
	if (t->kept < TALLY_MOST)
		t->cycles[t->kept++] = min_t(u64, cycles, U32_MAX);
}

static int by_value(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static u64 to_ns(u32 cycles)
{
	return div_u64((u64)cycles * 1000000, tsc_khz);
}

/* The time that @per_mille of the sections did not exceed. */
static u64 quantile_ns(const struct tally *t, unsigned int per_mille)
{
	return to_ns(t->cycles[div_u64((u64)(t->kept - 1) * per_mille, 1000)]);
}

/* One line for each doubling of the time that has a section in it. */
static void print_histogram(const struct tally *t)
{
	unsigned int i = 0, n;
	u64 limit;

	for (limit = 128; i < t->kept; limit *= 2) {
		for (n = 0; i < t->kept && to_ns(t->cycles[i]) < limit; i++)
			n++;
		if (n)
			pr_info("  below %8llu ns %8u\n", limit, n);
	}
}

void tally_print(struct tally *t)
{
	pr_info("%s: %llu sections, at most %u tables asked for in one\n", t->name, t->sections,
		t->most_tables);
	if (!t->kept)
		return;
	sort(t->cycles, t->kept, sizeof(*t->cycles), by_value, NULL);
	pr_info("  median %llu ns, 90 %% %llu, 99 %% %llu, 99.9 %% %llu, longest %llu\n",
		quantile_ns(t, 500), quantile_ns(t, 900), quantile_ns(t, 990), quantile_ns(t, 999),
		to_ns(t->cycles[t->kept - 1]));
	print_histogram(t);
}
