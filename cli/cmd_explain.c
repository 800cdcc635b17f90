// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_explain.c - ptwalk explain: what the processor would do with an access, and why.
 */
#include <stdio.h>
#include <string.h>

#include "explain_records.h"
#include "space.h"

#define BATCH 256

/* A record and what it points at. */
struct answer {
	struct explain_record record;
	struct walk_text walk;
	struct passed_record passed[MAX_LEVELS];
	char why[200];
	char oops[80];
};

static const char *level_of(const struct ptwalk *p, const struct ptwalk_explanation *e)
{
	const char *name = level_name(p, e->level);

	return name ? name : "top";
}

/* An access that goes well although an entry is against it, or for no reason but rights. */
static const char *why_allowed(const struct ptwalk_explanation *e)
{
	if ((e->access & PTWALK_ACCESS_WRITE) && !(e->walk.rights & PTWALK_W))
		return "there is no RW, but CR0.WP is clear, so the kernel may write all the same";
	if (!(e->access & PTWALK_ACCESS_USER) && (e->walk.rights & PTWALK_U))
		return "every level lets it, and neither SMEP nor SMAP keeps the kernel from user "
		       "pages";
	return "every level lets it";
}

static void say_why(struct answer *a, const struct ptwalk *p, const struct ptwalk_explanation *e)
{
	const char *level = level_of(p, e);
	bool user = e->access & PTWALK_ACCESS_USER;
	size_t n = sizeof(a->why);

	switch (e->verdict) {
	case PTWALK_ALLOWED:
		snprintf(a->why, n, "%s", why_allowed(e));
		break;
	case PTWALK_FAULT_WRITE:
		snprintf(a->why, n, "the %s entry has no RW%s", level,
			 user ? "" : ", and CR0.WP is set");
		break;
	case PTWALK_FAULT_USER:
		snprintf(a->why, n, "the %s entry has no USER", level);
		break;
	case PTWALK_FAULT_EXECUTE:
		snprintf(a->why, n, "the %s entry has NX", level);
		break;
	case PTWALK_FAULT_SMEP:
		snprintf(a->why, n,
			 "every level has USER, and CR4.SMEP keeps the kernel from executing that");
		break;
	case PTWALK_FAULT_SMAP:
		snprintf(a->why, n,
			 "every level has USER, and CR4.SMAP keeps the kernel from touching that "
			 "(unless EFLAGS.AC is set)");
		break;
	case PTWALK_FAULT_RESERVED:
		snprintf(a->why, n, "the %s entry has reserved bits set", level);
		break;
	case PTWALK_FAULT_NONCANONICAL:
		snprintf(a->why, n, "the address is not canonical: #GP, or #SS by the stack");
		break;
	default:
		snprintf(a->why, n, "%s", a->walk.record.why);
	}
}

/* The sentences and names of the kernel's own: arch/x86/mm/fault.c,
 * show_fault_oops(), and arch/x86/include/asm/trap_pf.h, 6.1. */
static void fill_fault(struct answer *a, const struct ptwalk_explanation *e)
{
	static const char * const bits[] = { "PROT", "WRITE", "USER", "RSVD", "INSTR" };
	struct explain_record *r = &a->record;
	uint32_t code = e->error_code;
	bool user = code & PTWALK_PF_U;

	r->is_page_fault = e->verdict != PTWALK_ALLOWED &&
			   e->verdict != PTWALK_FAULT_NONCANONICAL &&
			   e->verdict != PTWALK_FAULT_UNKNOWN;
	if (!r->is_page_fault)
		return;
	r->error_code = code;
	for (unsigned int i = 0; i < MAX_ERROR_BITS; i++)
		if (code & (1u << i))
			r->error_bits[r->nr_error_bits++] = bits[i];
	snprintf(a->oops, sizeof(a->oops), "%s %s in %s mode", user ? "user" : "supervisor",
		 code & PTWALK_PF_I ? "instruction fetch" :
		 code & PTWALK_PF_W ? "write access" :
				      "read access",
		 user ? "user" : "kernel");
	r->oops = a->oops;
	r->oops_why = !(code & PTWALK_PF_P) ? "not-present page" :
		      code & PTWALK_PF_RSVD ? "reserved bit violation" :
					      "permissions violation";
}

/* Of the control registers, what counts for an access of the kernel. */
static void fill_registers(struct explain_record *r, const struct ptwalk_explanation *e)
{
	const struct {
		const char *name;
		bool is_set;
		uint32_t known;
	} bits[MAX_REGISTERS] = {
		{ "CR0.WP", e->wp, PTWALK_EXPLAIN_KNOWS_CR0 },
		{ "CR4.SMEP", e->smep, PTWALK_EXPLAIN_KNOWS_CR4 },
		{ "CR4.SMAP", e->smap, PTWALK_EXPLAIN_KNOWS_CR4 },
	};

	if (e->access & PTWALK_ACCESS_USER)
		return;
	for (unsigned int i = 0; i < MAX_REGISTERS; i++) {
		if (bits[i].is_set)
			r->set[r->nr_set++] = bits[i].name;
		if (!(e->known & bits[i].known))
			r->assumed[r->nr_assumed++] = bits[i].name;
	}
}

static void fill_passed(struct passed_record *r, const struct step_record *s, uint8_t allows)
{
	*r = (struct passed_record){
		.level = s->level,
		.entry_pa = s->entry_pa,
		.entry = s->entry,
		.is = s->is,
		.malformed = s->malformed,
		.nr_attributes = s->nr_attributes,
	};
	memcpy(r->attributes, s->attributes, sizeof(r->attributes));
	fill_rights(r->allows, allows);
}

static void fill(struct answer *a, const struct ptwalk *p, const struct ptwalk_explanation *e)
{
	struct explain_record *r = &a->record;
	uint32_t access = e->access;

	fill_vtop(&a->walk, p, &e->walk, NULL);
	*r = (struct explain_record){
		.va = e->walk.va,
		.access = access & PTWALK_ACCESS_WRITE	 ? "write" :
			  access & PTWALK_ACCESS_EXECUTE ? "execute" :
							   "read",
		.mode = access & PTWALK_ACCESS_USER ? "user" : "kernel",
		.allowed = e->verdict == PTWALK_ALLOWED,
		.verdict = ptwalk_verdict_name(e->verdict),
		.why = a->why,
		.level = level_name(p, e->level),
		.mapped = a->walk.record.mapped,
		.pa = a->walk.record.pa,
		.walk = a->passed,
		.nr_walk = a->walk.record.nr_walk,
		.has_note = a->walk.record.has_note,
		.note = a->walk.record.note,
		.region = a->walk.record.region,
		.source = a->walk.record.source,
		.unlocked = a->walk.record.unlocked,
	};
	for (size_t i = 0; i < r->nr_walk; i++)
		fill_passed(&a->passed[i], &a->walk.steps[i], e->allows[i]);
	say_why(a, p, e);
	fill_fault(a, e);
	fill_registers(r, e);
}

/* FINDING where the processor would not do it. */
static int answer(struct out *out, struct ptwalk *p, uint64_t va, uint32_t access)
{
	struct ptwalk_explanation e;
	struct ptwalk_error err;
	struct answer a;

	if (ptwalk_explain(p, va, access, &e, &err) < 0)
		return complain_err(&err);
	fill(&a, p, &e);
	emit(out, &explain_type, &a.record);
	return e.verdict == PTWALK_ALLOWED ? DONE : FINDING;
}

static int answer_all(struct out *out, struct ptwalk *p, struct input *input, uint32_t access)
{
	uint64_t va[BATCH];
	int status = DONE, n;

	while ((n = input_next(input, va, BATCH)) > 0) {
		for (int i = 0; i < n; i++) {
			int one = answer(out, p, va[i], access);

			if (one == TROUBLE)
				return TROUBLE;
			status = one == FINDING ? FINDING : status;
		}
		if (input->reading && n < BATCH)
			out_flush(out);
		if (out->error)
			return TROUBLE;
	}
	return n < 0 ? TROUBLE : status;
}

static int parse_access(const char *word, uint32_t *access)
{
	static const struct {
		const char *letter;
		const char *word;
		uint32_t access;
	} words[] = {
		{ "r", "read", 0 },
		{ "w", "write", PTWALK_ACCESS_WRITE },
		{ "x", "execute", PTWALK_ACCESS_EXECUTE },
	};

	for (size_t i = 0; word && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i].letter) == 0 || strcmp(word, words[i].word) == 0) {
			*access |= words[i].access;
			return 0;
		}
	return word ? complain("--access is r, w or x, not %.40s", word) : 0;
}

static int run(struct cli *c, int argc, char **argv)
{
	static struct input input;
	const char *word = NULL;
	bool user = false;
	const struct option options[] = {
		{ "access", 0, OPTION_WORD, &word, NULL },
		/* Here it says who accesses; which tables count follows from that. */
		{ "user", 'u', OPTION_FLAG, &user, NULL },
		{ 0 },
	};
	int operands = parse_words(c, options, argc, argv);
	uint32_t access = user ? PTWALK_ACCESS_USER : 0;
	struct ptwalk *p;
	int status;

	if (operands < 0 || parse_access(word, &access))
		return TROUBLE;
	if (!operands)
		return complain("explain: which address? (- reads them from standard input)");
	p = user ? open_own_space(c) : open_space(c);
	if (!p)
		return TROUBLE;
	input_init(&input, operands, argv);
	input.names = p;
	status = answer_all(c->out, p, &input, access);
	ptwalk_close(p);
	return status;
}

const struct verb verb_explain = {
	.name = "explain",
	.words = "[--access r|w|x] [--user] ADDR...",
	.summary = "what the processor would do with an access, level by level",
	.help = "ADDR is hexadecimal, or a kernel symbol; - reads addresses from standard input.\n"
		"What is left of the rights at each level, the verdict, and for a fault the error\n"
		"code, as the kernel would print it.\n"
		"  --access r|w|x  read (the default), write or execute\n"
		"  --user, -u      by user mode; else by the kernel's\n"
		"CR0.WP, CR4.SMEP and CR4.SMAP are those of the dump; where they are not known they\n"
		"are taken as set, and it says so.\n"
		"Exit status: 0 where all of them are allowed, 1 where one is not.\n",
	.run = run,
};
