// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_lab.c - ptwalk lab: what the kernel's allocators give, and where it lies.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "space.h"

#define DEFAULT_BYTES 4096
#define DEFAULT_REPEAT 1
#define LIST_BATCH 64

/**
 * struct lab - the words of the command
 * @first, @last: sizes, each twice the one before; the same without --sweep
 */
struct lab {
	struct ptwalk_lab *lab;
	struct out *out;
	uint64_t first;
	uint64_t last;
	uint64_t repeat;
	bool hold;
	bool series; /* more than one object: what cannot be had is a line of the table */
	bool any; /* line of the table */
	bool got; /* object */
};

static void fill_sizes(struct lab_record *r, const struct ptwalk_object *o)
{
	for (unsigned int i = 0; i < 3; i++)
		if (o->pages[i])
			r->size_items[r->nr_sizes++] =
				(struct size_record){ 4096ULL << 9 * i, o->pages[i] };
	r->sizes = r->size_items;
}

static void tell_object(struct lab *l, const struct ptwalk_object *o)
{
	struct lab_record r = {
		.kept = o->id && (o->flags & PTWALK_OBJECT_HELD),
		.id = o->id,
		.held = o->flags & PTWALK_OBJECT_HELD,
		.allocator = ptwalk_allocator_name(o->allocator),
		.bytes = o->bytes,
		.given = true,
		.va = o->va,
		.region = ptwalk_region_name(o->region),
		.macro_pa = o->macro_pa,
		.macro_valid = o->flags & PTWALK_OBJECT_MACRO_VALID,
		.walk_pa = o->walk_pa,
		.same = o->flags & PTWALK_OBJECT_SAME,
		.runs = o->runs,
		.longest_run_bytes = o->longest_run_bytes,
		.node = o->node,
		.has_times = o->flags & PTWALK_OBJECT_HAS_TIMES,
		.alloc_ns = o->alloc_ns,
		.touch_ns = o->touch_ns,
		.free_ns = o->free_ns,
		.repeat = o->repeat,
		.head = !l->any,
	};

	fill_sizes(&r, o);
	l->any = true;
	l->got = true;
	emit(l->out, &lab_type, &r);
}

static void tell_refusal(struct lab *l, uint32_t allocator, uint64_t bytes, const char *why)
{
	struct lab_record r = {
		.allocator = ptwalk_allocator_name(allocator),
		.bytes = bytes,
		.refused = why,
		.head = !l->any,
	};

	l->any = true;
	emit(l->out, &lab_type, &r);
}

/* What is said of a size that cannot be had, and is no fault of the laboratory's. */
static bool is_refusal(int code)
{
	return code == -ENOSPC || code == -E2BIG || code == -ENOMEM;
}

static int make(struct lab *l, uint32_t allocator, uint64_t bytes)
{
	struct ptwalk_object object;
	struct ptwalk_error err;
	int ret = ptwalk_lab_alloc(l->lab, allocator, bytes, (uint32_t)l->repeat,
				   l->hold ? PTWALK_OBJECT_HELD : 0, &object, &err);

	if (ret < 0 && l->series && is_refusal(ret)) {
		tell_refusal(l, allocator, bytes, err.text);
		return 0;
	}
	if (ret < 0)
		return complain_err(&err);
	tell_object(l, &object);
	/* One at a time: the limit is for each, not for the series. */
	if (object.id && !l->hold && ptwalk_lab_free(l->lab, object.id, &err) < 0)
		return complain_err(&err);
	return 0;
}

static bool is_allocated(uint32_t allocator)
{
	return allocator != PTWALK_BY_STATIC_DATA && allocator != PTWALK_BY_TEXT &&
	       allocator != PTWALK_BY_STACK;
}

static int make_series(struct lab *l, uint32_t allocator)
{
	uint64_t bytes = l->first;
	int status = make(l, allocator, bytes);

	while (!status && !l->out->error && is_allocated(allocator) && bytes <= l->last / 2) {
		bytes *= 2;
		status = make(l, allocator, bytes);
	}
	return status;
}

static int make_all(struct lab *l, const char *name)
{
	bool all = strcmp(name, "all") == 0;
	int status = 0;

	l->series = all || l->first != l->last;
	for (uint32_t i = 0; i < PTWALK_ALLOCATORS && !status && !l->out->error; i++)
		if (all || strcmp(name, ptwalk_allocator_name(i)) == 0)
			status = make_series(l, i);
	if (status)
		return status;
	return l->got ? DONE : FINDING;
}

static int list(struct lab *l)
{
	struct ptwalk_object objects[LIST_BATCH];
	struct ptwalk_error err;
	uint64_t after = 0;
	int n;

	while ((n = ptwalk_lab_list(l->lab, after, objects, LIST_BATCH, &err)) > 0) {
		for (int i = 0; i < n; i++)
			tell_object(l, &objects[i]);
		after = objects[n - 1].id;
	}
	return n < 0 ? complain_err(&err) : DONE;
}

static int free_ids(struct lab *l, int n, char **words)
{
	int status = DONE;

	for (int i = 0; i < n; i++) {
		struct freed_record r;
		struct ptwalk_error err;

		if (strspn(words[i], "0123456789") != strlen(words[i]) ||
		    parse_size(words[i], &r.id))
			return complain("%.40s is no object's id (ptwalk lab list)", words[i]);
		if (ptwalk_lab_free(l->lab, r.id, &err) < 0)
			status = complain_err(&err);
		else
			emit(l->out, &freed_type, &r);
	}
	return status;
}

/* "8:8M" */
static int parse_sweep(struct lab *l, const char *text)
{
	const char *colon = strchr(text, ':');
	char first[32];

	if (!colon || (size_t)(colon - text) >= sizeof(first))
		return complain("--sweep: %.40s is not FROM:TO, two sizes", text);
	memcpy(first, text, colon - text);
	first[colon - text] = '\0';
	if (parse_size(first, &l->first) || parse_size(colon + 1, &l->last) || !l->first ||
	    l->last < l->first)
		return complain("--sweep: %.40s is not FROM:TO, two sizes", text);
	return 0;
}

static bool is_allocator(const char *name)
{
	if (strcmp(name, "all") == 0)
		return true;
	for (uint32_t i = 0; i < PTWALK_ALLOCATORS; i++)
		if (strcmp(name, ptwalk_allocator_name(i)) == 0)
			return true;
	return false;
}

/* ALLOCATOR [SIZE], checked before anything is opened. */
static int check_words(struct lab *l, const char *sweep, int operands, char **argv)
{
	const char *wrong;

	if (!is_allocator(argv[0]))
		return complain("there is no allocator %.40s (ptwalk help lab lists them)",
				argv[0]);
	if (operands > 2 || (operands == 2 && sweep))
		return complain("lab takes an allocator and a size, or --sweep");
	if (l->repeat < 1 || l->repeat > PTWALK_LAB_MAX_ROUNDS)
		return complain("--repeat takes 1 to %d rounds", PTWALK_LAB_MAX_ROUNDS);
	l->first = DEFAULT_BYTES;
	wrong = operands == 2 ? parse_size(argv[1], &l->first) : NULL;
	if (wrong)
		return complain("%.40s %s", argv[1], wrong);
	l->last = l->first;
	return sweep ? parse_sweep(l, sweep) : 0;
}

static int run_opened(struct lab *l, int operands, char **argv)
{
	if (strcmp(argv[0], "list") == 0)
		return list(l);
	if (strcmp(argv[0], "free") == 0)
		return free_ids(l, operands - 1, argv + 1);
	return make_all(l, argv[0]);
}

static int check_verb(struct lab *l, const char *sweep, int operands, char **argv)
{
	if (strcmp(argv[0], "list") == 0)
		return operands == 1 ? 0 : complain("lab list takes no word %.40s", argv[1]);
	if (strcmp(argv[0], "free") == 0)
		return operands > 1 ? 0 : complain("lab free: which object? (ptwalk lab list)");
	return check_words(l, sweep, operands, argv);
}

static int run(struct cli *c, int argc, char **argv)
{
	struct lab l = { .out = c->out, .repeat = DEFAULT_REPEAT };
	const char *sweep = NULL;
	const struct option options[] = {
		{ "sweep", 0, OPTION_WORD, &sweep, NULL },
		{ "repeat", 0, OPTION_SIZE, &l.repeat, NULL },
		{ "hold", 0, OPTION_FLAG, &l.hold, NULL },
		{ 0 },
	};
	int operands = parse_words(c, options, argc, argv);
	struct ptwalk_error err;
	int status;

	if (operands < 0)
		return TROUBLE;
	if (!operands)
		return complain("lab: which allocator? (all, or see ptwalk help lab)");
	if (c->open.image)
		return complain("lab takes memory of the machine that runs, not of an image");
	if (c->open.pid || c->open.source > PTWALK_SOURCE_DEVICE)
		return complain("the laboratory is the module's, in the kernel's space");
	if (check_verb(&l, sweep, operands, argv))
		return TROUBLE;
	l.lab = ptwalk_lab_open(&err);
	if (!l.lab)
		return complain_err(&err);
	status = run_opened(&l, operands, argv);
	ptwalk_lab_close(l.lab);
	return status;
}

const struct verb verb_lab = {
	.name = "lab",
	.common = "",
	.words = "[--sweep FROM:TO] [--repeat N] [--hold] ALLOCATOR|all [SIZE] | list | free ID...",
	.summary = "takes kernel memory from an allocator, and shows where it lies",
	.help = "ALLOCATOR is kmalloc, kmem_cache, alloc_pages, alloc_pages_exact, kvmalloc, vmalloc,\n"
		"vmalloc_huge, vmap, percpu or dma_coherent; and for comparison static_data, text or\n"
		"stack, which have no size. SIZE is 4096 bytes where none is given.\n"
		"  --sweep FROM:TO  a series of sizes, each twice the one before, as 8:8M\n"
		"  --repeat N       times are medians of N rounds, 1 to 1000\n"
		"  --hold           keep the objects until they are freed by id; else each is\n"
		"                   freed at once\n"
		"lab list shows what is held, lab free ID... frees it. Needs the module.\n"
		"Exit status: 0, or 1 where a series gave no object at all.\n",
	.run = run,
};
