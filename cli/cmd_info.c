// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_info.c - ptwalk info and ptwalk version.
 */
#include <string.h>

#include "cli.h"

static void fill_info(struct info_record *r, struct ptwalk *p)
{
	const struct ptwalk_info *i = ptwalk_get_info(p);

	*r = (struct info_record){
		.source = ptwalk_source_name(p),
		.unlocked = ptwalk_source_unlocked(p),
		.release = ptwalk_kernel_release(p),
		.format = *i->format ? i->format : NULL,
		.knows_tables = i->known & PTWALK_KNOWN_TABLES,
		.levels = i->levels,
		.encryption = i->encryption,
		.kernel_root = i->kernel_root,
		.knows_pa_bits = i->known & PTWALK_KNOWN_PA_BITS,
		.pa_bits = i->pa_bits,
		.knows_pti = i->known & PTWALK_KNOWN_PTI,
		.pti = i->pti,
		.knows_kaslr = i->known & PTWALK_KNOWN_KASLR,
		.kaslr = i->kaslr,
		.image_offset = i->image_offset,
		.knows_phys_base = i->known & PTWALK_KNOWN_PHYS_BASE,
		.phys_base = i->phys_base,
		.knows_page_offset = i->known & PTWALK_KNOWN_PAGE_OFFSET,
		.page_offset = i->page_offset,
		.nr_regions = i->nr_regions,
	};
}

static void fill_regions(struct region_record *regions, const struct ptwalk_info *info)
{
	for (uint32_t i = 0; i < info->nr_regions; i++)
		regions[i] = (struct region_record){
			.name = ptwalk_region_name(info->regions[i].kind),
			.start = info->regions[i].start,
			.end = info->regions[i].end,
		};
}

/* The notices would say the same again. */
static void tell_image(struct out *out, const struct ptwalk_image *image)
{
	const struct ptwalk_image_info *i = ptwalk_image_get_info(image);
	const struct image_record r = {
		.format = ptwalk_image_format_name(i->format),
		.taken_for = i->taken_for,
		.guessed = i->guessed,
		.mapped = i->mapped,
		.memory_bytes = i->memory_bytes,
		.mapped_bytes = i->mapped_bytes,
		.ranges = i->nr_ranges,
		.is_cut = i->missing_bytes,
		.missing_bytes = i->missing_bytes,
		.end_pa = i->end_pa,
		.cpus = i->nr_cpus,
		.root_from = ptwalk_root_from_name(i->root_from),
		.sure = i->sure,
		.has_memory = i->format != PTWALK_FORMAT_SNAPSHOT,
	};

	out->notices[0] = '\0';
	emit(out, &image_type, &r);
}

static int run_info(struct cli *c, int argc, char **argv)
{
	struct region_record regions[PTWALK_INFO_MAX_REGIONS];
	int operands = parse_words(c, NULL, argc, argv);
	struct info_record r;
	struct ptwalk *p;

	if (operands < 0)
		return TROUBLE;
	if (operands)
		return complain("info takes no word %.40s", argv[0]);
	if (c->open.image)
		tell_image(c->out, c->open.image);
	p = open_space(c);
	if (!p)
		return TROUBLE;
	fill_info(&r, p);
	fill_regions(regions, ptwalk_get_info(p));
	r.regions = regions;
	emit(c->out, &info_type, &r);
	ptwalk_close(p);
	return DONE;
}

const struct verb verb_info = {
	.name = "info",
	.words = "",
	.summary = "paging mode, regions, KASLR offsets; the source of it",
	.help = "Of an image first what it was taken for, how much memory is in it, and by what the\n"
		"kernel's tables were found.\n"
		"Exit status: 0, or 2 where no kernel was found.\n",
	.run = run_info,
};

static int run_version(struct cli *c, int argc, char **argv)
{
	struct version_record r = { .version = PTWALK_VERSION, .library = ptwalk_version() };
	char words[256], *rest = words;
	const char *word;
	int operands;

	/* As in cmd_help.c. */
	c->in_verb = false;
	operands = parse_words(c, NULL, argc, argv);
	if (operands < 0)
		return TROUBLE;
	if (operands)
		return complain("version takes no word %.40s", argv[0]);
	strncpy(words, ptwalk_features(), sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	while ((word = strsep(&rest, " ")) && r.nr_features < 15)
		r.features[r.nr_features++] = word;
	r.features[r.nr_features++] = "json";
	emit(c->out, &version_type, &r);
	return DONE;
}

const struct verb verb_version = {
	.name = "version",
	.common = "",
	.words = "",
	.summary = "the version, and the features that are built in",
	.help = "",
	.run = run_version,
};
