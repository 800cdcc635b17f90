// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump_peer.c - libkdumpfile's addrxlat, walking the tables below a root. Compiled
 * without it where it is not installed (HAVE_ADDRXLAT).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "dump.h"

#ifdef HAVE_ADDRXLAT

#include <libkdumpfile/addrxlat.h>
#include <libkdumpfile/kdumpfile.h>

struct peer {
	int fd;
	kdump_ctx_t *dump;
	addrxlat_ctx_t *ctx;
	addrxlat_sys_t *sys;
	addrxlat_meth_t meth;
};

/* qemu's kdump does not say the architecture. */
static bool take(struct peer *x)
{
	return x->dump && kdump_open_fd(x->dump, x->fd) == KDUMP_OK &&
	       kdump_set_string_attr(x->dump, KDUMP_ATTR_ARCH_NAME, KDUMP_ARCH_X86_64) ==
		       KDUMP_OK &&
	       kdump_set_string_attr(x->dump, KDUMP_ATTR_OSTYPE, "linux") == KDUMP_OK &&
	       kdump_get_addrxlat(x->dump, &x->ctx, &x->sys) == KDUMP_OK;
}

struct peer *addrxlat_open(const char *path, u64 root, unsigned int levels, const char **why)
{
	struct peer *x = calloc(1, sizeof(*x));

	if (!x)
		die("no memory");
	x->dump = kdump_new();
	x->fd = open(path, O_RDONLY);
	if (x->fd < 0 || !take(x)) {
		*why = x->dump ? kdump_get_err(x->dump) : "no memory";
		return NULL;
	}
	x->meth = (addrxlat_meth_t){
		.kind = ADDRXLAT_PGT,
		.target_as = ADDRXLAT_MACHPHYSADDR,
		.param.pgt = {
			.root = { root, ADDRXLAT_MACHPHYSADDR },
			.pf = {
				.pte_format = ADDRXLAT_PTE_X86_64,
				.nfields = (unsigned short)(levels + 1),
				.fieldsz = { 12, 9, 9, 9, 9, 9 },
			},
		},
	};
	return x;
}

uint64_t addrxlat_find(struct peer *x, uint64_t va)
{
	addrxlat_step_t step = { .ctx = x->ctx, .sys = x->sys, .meth = &x->meth };

	step.base.addr = va;
	if (addrxlat_walk(&step) == ADDRXLAT_OK)
		return step.base.addr;
	addrxlat_ctx_clear_err(x->ctx);
	return PTWALK_NOT_MAPPED;
}

void addrxlat_close(struct peer *x)
{
	if (!x)
		return;
	addrxlat_ctx_decref(x->ctx);
	addrxlat_sys_decref(x->sys);
	kdump_free(x->dump);
	close(x->fd);
	free(x);
}

#else

struct peer *addrxlat_open(const char *path, u64 root, unsigned int levels, const char **why)
{
	(void)path;
	(void)root;
	(void)levels;
	*why = "libaddrxlat was not installed when this was compiled";
	return NULL;
}

uint64_t addrxlat_find(struct peer *x, uint64_t va)
{
	(void)x;
	(void)va;
	return PTWALK_NOT_MAPPED;
}

void addrxlat_close(struct peer *x)
{
	(void)x;
}

#endif
