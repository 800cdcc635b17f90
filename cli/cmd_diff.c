// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_diff.c - ptwalk diff: what changed from one dump, snapshot or moment to another.
 */
#include <string.h>

#include "diff_records.h"
#include "space.h"

/* One of the two: a file, or the machine that runs. */
struct operand {
	const char *word;
	struct ptwalk_image *image; /* NULL for the machine */
	struct ptwalk *p;
};

struct diff {
	struct out *out;
	struct operand before;
	struct operand after;
};

static int open_operand(struct operand *o, struct cli *c, const char *word)
{
	struct ptwalk_open_options open = c->open;
	struct ptwalk_error err;

	o->word = word;
	if (strcmp(word, "live") != 0) {
		o->image = open_image_file(c, word);
		if (!o->image)
			return TROUBLE;
		open.image = o->image;
		open.source = PTWALK_SOURCE_AUTO;
	}
	o->p = open_own_tables(&open, &err);
	if (o->p)
		return 0;
	if (o->image && strstr(err.text, word))
		return complain_of_image(o->image, &err);
	return complain("%.80s: %s", word, err.text);
}

static void close_operand(struct operand *o)
{
	ptwalk_close(o->p);
	ptwalk_image_close(o->image);
}

static void fill_side(struct side_record *s, const struct ptwalk *p, const struct ptwalk_range *r)
{
	*s = (struct side_record){
		.is = ptwalk_what_name(r->what),
		.mapped = r->what == PTWALK_LEAF,
		.pa = r->pa,
		.page_bytes = r->page_bytes,
		.level = r->page_bytes ? level_name(p, r->level) : NULL,
		.rights_of = r->what == PTWALK_LEAF ? rights_of(r->flags) : NULL,
		.repeats = r->flags & PTWALK_REPEATS,
		.has_note = r->what == PTWALK_SOFTWARE && r->entry,
	};
	if (s->mapped)
		fill_rights(s->rights, r->rights);
	if (s->has_note)
		fill_note(&s->note, p, r->start, r->level, r->entry);
}

static int found(void *ctx, const struct ptwalk_change *change)
{
	struct diff *d = ctx;
	const struct ptwalk *known = change->after.what == PTWALK_NONE ? d->before.p : d->after.p;
	struct change_record r = {
		.start = change->start,
		.end = change->end,
		.bytes = change->end - change->start,
		.change = ptwalk_change_name(change->kind),
		.region = region_of(known, change->start),
	};

	fill_side(&r.before, d->before.p, &change->before);
	fill_side(&r.after, d->after.p, &change->after);
	emit(d->out, &change_type, &r);
	return d->out->error ? STOPPED : 0;
}

static void tell_sum(struct diff *d, const struct ptwalk_diff_sum *sum)
{
	const struct diff_record r = {
		.is_process = ptwalk_pid(d->before.p) != 0,
		.pid = ptwalk_pid(d->before.p),
		.before = d->before.word,
		.after = d->after.word,
		.before_source = ptwalk_source_name(d->before.p),
		.after_source = ptwalk_source_name(d->after.p),
		.before_bytes = sum->before_bytes,
		.after_bytes = sum->after_bytes,
		.same_bytes = sum->same_bytes,
		.changes = sum->changes[0],
		.appeared = sum->changes[PTWALK_CHANGE_APPEARED],
		.vanished = sum->changes[PTWALK_CHANGE_VANISHED],
		.frame = sum->changes[PTWALK_CHANGE_FRAME],
		.rights = sum->changes[PTWALK_CHANGE_RIGHTS],
		.size = sum->changes[PTWALK_CHANGE_SIZE],
		.note = sum->changes[PTWALK_CHANGE_NOTE],
	};

	emit(d->out, &diff_type, &r);
}

/* With other random offsets nothing is where it was, which is worth a word. */
static void note_another_boot(const struct diff *d)
{
	const struct ptwalk_info *a = ptwalk_get_info(d->before.p);
	const struct ptwalk_info *b = ptwalk_get_info(d->after.p);

	if (!ptwalk_pid(d->before.p) && (a->known & b->known & PTWALK_KNOWN_PAGE_OFFSET) &&
	    a->page_offset != b->page_offset)
		out_notice(d->out,
			   "ptwalk: the two are not of one boot: the direct map begins at %llx "
			   "before, at %llx after\n",
			   (unsigned long long)a->page_offset, (unsigned long long)b->page_offset);
}

static int diff(struct diff *d)
{
	struct ptwalk_diff_sum sum;
	struct ptwalk_error err;
	struct watch w = { 0 };
	int ret;

	note_another_boot(d);
	watch(&w, d->before.p, d->out, NULL);
	ret = ptwalk_diff(d->before.p, d->after.p, found, d, &sum, &err);
	watch_end(&w);
	if (ret < 0)
		return complain_err(&err);
	if (ret == 0)
		tell_sum(d, &sum);
	return sum.changes[0] ? FINDING : DONE;
}

static int run(struct cli *c, int argc, char **argv)
{
	struct diff d = { .out = c->out };
	int operands = parse_words(c, NULL, argc, argv);
	int status;

	if (operands < 0)
		return TROUBLE;
	if (operands != 2)
		return complain("diff: two of them, please: each a dump, a snapshot, or live");
	if (c->open.image)
		return complain("diff takes its two files as words, not by -f or -g");
	status = open_operand(&d.before, c, argv[0]);
	if (!status)
		status = open_operand(&d.after, c, argv[1]);
	if (!status)
		status = diff(&d);
	close_operand(&d.before);
	close_operand(&d.after);
	return status;
}

const struct verb verb_diff = {
	.name = "diff",
	.common = "[-p PID] ",
	.words = "BEFORE AFTER",
	.summary = "what changed: ranges that appeared, vanished, moved, changed rights",
	.help = "Each is a dump, a snapshot, or `live`, the machine that runs. The kernel's half is\n"
		"compared, or that of the process after -p in both.\n"
		"  +  is mapped in AFTER alone  -  is mapped in BEFORE alone\n"
		"  ~  has another frame, other rights, another page size, or another note\n"
		"What the processor sets by itself (accessed, dirty) is no change.\n"
		"Exit status: 0 where nothing changed, 1 where something did, 2 for trouble.\n",
	.run = run,
};
