// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbols.c - the kernel's names in an image: where its kallsyms lie. VMCOREINFO lists
 * the tables since 6.0 (kernel/crash_core.c; since 6.9 kernel/vmcore_info.c); older
 * kernels, and images without it, are searched.
 */
#include <errno.h>
#include <stdlib.h>

#include "kallsyms.h"
#include "symbols.h"

/* The kernel image and what the loader keeps free for it: KERNEL_IMAGE_SIZE. */
#define IMAGE_START 0xffffffff80000000ULL
#define IMAGE_END 0xffffffffc0000000ULL

#define MOST_SPANS 256

struct symbols {
	struct ptwalk_image *im;
	struct kernel_memory memory;
	struct kallsyms *kallsyms;
};

static int read_kernel(void *ctx, uint64_t va, void *buffer, size_t bytes)
{
	return image_read_kernel(ctx, va, buffer, bytes);
}

static bool listed_tables(const struct vmcoreinfo *v, struct kallsyms_tables *t)
{
	return v->text && vmcoreinfo_hex(v, "SYMBOL(kallsyms_num_syms)", &t->num_syms) &&
	       vmcoreinfo_hex(v, "SYMBOL(kallsyms_names)", &t->names) &&
	       vmcoreinfo_hex(v, "SYMBOL(kallsyms_token_table)", &t->token_table) &&
	       vmcoreinfo_hex(v, "SYMBOL(kallsyms_token_index)", &t->token_index) &&
	       vmcoreinfo_hex(v, "SYMBOL(kallsyms_offsets)", &t->offsets) &&
	       vmcoreinfo_hex(v, "SYMBOL(kallsyms_relative_base)", &t->relative_base);
}

/* struct spans - mapped parts of the kernel image, in order of address */
struct spans {
	struct kallsyms_span at[MOST_SPANS];
	size_t n;
};

static void add_span(struct spans *s, const struct ptwalk_range *r)
{
	struct kallsyms_span *last = s->n ? &s->at[s->n - 1] : NULL;

	if (last && last->end == r->start)
		last->end = r->end;
	else if (s->n < MOST_SPANS)
		s->at[s->n++] = (struct kallsyms_span){ r->start, r->end };
}

/*
 * Read-only data is where they are; but before the kernel has protected it, or without
 * STRICT_KERNEL_RWX, it has other rights.
 */
static int collect_spans(struct ptwalk *p, struct spans *likely, struct spans *others,
			 struct ptwalk_error *err)
{
	struct ptwalk_map *m = ptwalk_map_begin(p, IMAGE_START, IMAGE_END, 0, err);
	struct ptwalk_range ranges[64];
	int n = m ? 1 : -ENOMEM;

	while (n > 0) {
		n = ptwalk_map_next(m, ranges, ARRAY_SIZE(ranges), err);
		for (int i = 0; i < n; i++)
			if (ranges[i].what == PTWALK_LEAF)
				add_span(ranges[i].rights == PTWALK_R ? likely : others,
					 &ranges[i]);
	}
	ptwalk_map_end(m);
	return n;
}

static int search(struct symbols *s, struct spans *likely, struct spans *others,
		  struct ptwalk_error *err)
{
	struct ptwalk p;
	int ret = image_kernel_space(&p, s->im, err);

	if (ret == 0)
		ret = collect_spans(&p, likely, others, err);
	if (ret < 0 && ret != -E2BIG)
		return ret;
	ret = kallsyms_search(&s->kallsyms, likely->at, likely->n, &s->memory);
	if (ret == -ENOENT)
		ret = kallsyms_search(&s->kallsyms, others->at, others->n, &s->memory);
	if (ret == -ENOMEM)
		return fail(err, ret, "no memory for the kernel's symbols");
	return ret == 0 ? 0 :
			  fail(err, -EOPNOTSUPP,
			       "there are no symbols: no kallsyms was found in the kernel's image");
}

static int find_tables(struct symbols *s, struct ptwalk_error *err)
{
	struct kallsyms_tables t;
	struct spans *spans;
	int ret;

	if (listed_tables(&s->im->vmcoreinfo, &t) &&
	    kallsyms_open(&s->kallsyms, &t, &s->memory) == 0)
		return 0;
	spans = calloc(2, sizeof(*spans));
	if (!spans)
		return fail(err, -ENOMEM, "no memory");
	ret = search(s, &spans[0], &spans[1], err);
	free(spans);
	return ret;
}

int symbols_open(struct symbols **symbols, struct ptwalk_image *im, struct ptwalk_error *err)
{
	struct symbols *s;
	int ret;

	if (im->snapshot)
		return fail(err, -EOPNOTSUPP, "there are no symbols in a snapshot");
	if (!im->space.format)
		return fail(err, -EOPNOTSUPP, "there are no symbols without the kernel's root: %s",
			    im->root_err.text);
	s = calloc(1, sizeof(*s));
	if (!s)
		return fail(err, -ENOMEM, "no memory");
	s->im = im;
	s->memory = (struct kernel_memory){ .read = read_kernel, .ctx = im };
	ret = find_tables(s, err);
	if (ret < 0) {
		symbols_close(s);
		return ret;
	}
	*symbols = s;
	return 0;
}

void symbols_close(struct symbols *s)
{
	if (!s)
		return;
	kallsyms_close(s->kallsyms);
	free(s);
}

int symbols_find(struct symbols *s, const char *name, uint64_t *va)
{
	return kallsyms_find(s->kallsyms, name, va);
}
