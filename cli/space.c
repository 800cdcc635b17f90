// SPDX-License-Identifier: GPL-2.0-only
/*
 * space.c - what the verbs share that look through a whole space.
 */
#include "space.h"

struct ptwalk *open_own_tables(const struct ptwalk_open_options *o, struct ptwalk_error *err)
{
	struct ptwalk_open_options user = *o;
	struct ptwalk *p = ptwalk_open(o, err), *own;

	if (!p || !o->pid || !ptwalk_get_info(p)->pti || (o->flags & PTWALK_OPEN_USER_HALF))
		return p;
	user.flags |= PTWALK_OPEN_USER_HALF;
	own = ptwalk_open(&user, NULL);
	if (!own)
		return p;
	ptwalk_close(p);
	return own;
}

struct ptwalk *open_own_space(struct cli *c)
{
	struct ptwalk_error err;
	struct ptwalk *p = open_own_tables(&c->open, &err);

	if (!p)
		complain_of_image(c->open.image, &err);
	return p;
}

struct ptwalk_processes *begin_processes(const struct cli *c, struct ptwalk_error *err)
{
	if (c->open.image)
		return ptwalk_image_processes_begin(c->open.image, err);
	return ptwalk_processes_begin(err);
}

static int show(void *ctx, uint64_t at)
{
	struct watch *w = ctx;
	char what[32];

	progress_show(&w->progress, "%s%sat %llx",
		      tame_name(what, sizeof(what), w->what ? w->what : ""), w->what ? " " : "",
		      (unsigned long long)at);
	return w->out->error ? STOPPED : 0;
}

void watch(struct watch *w, struct ptwalk *p, const struct out *out, const char *what)
{
	w->out = out;
	w->what = what;
	ptwalk_set_progress(p, show, w);
}

void watch_end(struct watch *w)
{
	progress_end(&w->progress);
}
