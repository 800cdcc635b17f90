// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_stat.c - ptwalk stat: a space in figures.
 */
#include "space.h"

/* What the library counted, and its records: too large for a stack. */
struct stat {
	struct ptwalk_stat figures;
	struct stat_record record;
	struct part_record parts[PTWALK_INFO_MAX_REGIONS + 1];
};

static void fill_runs(struct part_record *r, const struct ptwalk_stat_part *part)
{
	r->nr_contiguity = 0;
	for (unsigned int shift = 0; shift < PTWALK_STAT_SHIFTS; shift++)
		if (part->run_count[shift])
			r->run_items[r->nr_contiguity++] = (struct runs_record){
				.from_bytes = 1ULL << shift,
				.runs = part->run_count[shift],
				.bytes = part->run_bytes[shift],
			};
	r->contiguity = r->run_items;
}

static void fill_part(struct part_record *r, const struct ptwalk_stat_part *part)
{
	r->region = ptwalk_region_name(part->region.kind);
	r->start = part->region.start;
	r->end = part->region.end;
	r->mapped_bytes = part->mapped_bytes;
	r->software_bytes = part->software_bytes;
	r->runs = part->runs;
	r->longest_run_bytes = part->longest_run_bytes;
	for (uint32_t i = 0; i < part->nr_sizes; i++) {
		r->size_items[i].page_bytes = part->sizes[i].page_bytes;
		r->size_items[i].pages = part->sizes[i].pages;
	}
	r->sizes = r->size_items;
	r->nr_sizes = part->nr_sizes;
	fill_runs(r, part);
}

static void fill_tables(struct stat_record *r, const struct ptwalk *p, const struct ptwalk_stat *s)
{
	r->has_tables = s->has_tables;
	r->table_bytes = s->table_bytes;
	r->unreadable_tables = s->unreadable_tables;
	for (uint32_t i = 0; s->has_tables && i < ptwalk_get_info(p)->levels; i++)
		r->table_items[r->nr_tables++] = (struct tables_record){
			.level = ptwalk_level_name(p, i),
			.pages = s->tables[i],
		};
	r->tables = r->table_items;
}

/* Regions in which something is mapped. */
static void fill_regions(struct stat *s)
{
	struct stat_record *r = &s->record;

	for (uint32_t i = 0; i < s->figures.nr_parts; i++) {
		const struct ptwalk_stat_part *part = &s->figures.parts[i];

		if (part->mapped_bytes || part->software_bytes)
			fill_part(&s->parts[r->nr_regions++], part);
	}
	r->regions = s->parts;
}

static void tell(struct stat *s, const struct ptwalk *p, struct out *out)
{
	struct stat_record *r = &s->record;

	r->is_process = ptwalk_pid(p) != 0;
	r->pid = ptwalk_pid(p);
	r->source = ptwalk_source_name(p);
	r->unlocked = ptwalk_source_unlocked(p);
	fill_part(&r->whole, &s->figures.whole);
	fill_regions(s);
	fill_tables(r, p, &s->figures);
	emit(out, &stat_type, r);
}

static int run(struct cli *c, int argc, char **argv)
{
	static struct stat s;
	int operands = parse_words(c, NULL, argc, argv);
	struct watch w = { 0 };
	struct ptwalk_error err;
	struct ptwalk *p;
	int ret;

	if (operands < 0)
		return TROUBLE;
	if (operands)
		return complain("stat takes no word %.40s", argv[0]);
	p = open_space(c);
	if (!p)
		return TROUBLE;
	watch(&w, p, c->out, NULL);
	ret = ptwalk_stat(p, PTWALK_STAT_TABLES, &s.figures, &err);
	watch_end(&w);
	if (ret == 0)
		tell(&s, p, c->out);
	ptwalk_close(p);
	return ret < 0 ? complain_err(&err) : DONE;
}

const struct verb verb_stat = {
	.name = "stat",
	.words = "",
	.summary = "page sizes, table pages, fragmentation and contiguity, in figures",
	.help = "Of the kernel's space, or of the process after -p: what is mapped, by region and\n"
		"page size; how much of the direct map is in pages of each size; physically\n"
		"contiguous runs by powers of two; the table pages of each level, each counted\n"
		"once, however many entries point at it.\n",
	.run = run,
};
