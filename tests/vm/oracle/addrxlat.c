// SPDX-License-Identifier: GPL-2.0-only
/*
 * addrxlat.c - libkdumpfile's addrxlat as an oracle: the physical address of each
 * virtual one on standard input, as `ptwalk vtop --brief` has it.
 *
 * usage: addrxlat DUMP [ROOT LEVELS]
 *
 * Without ROOT addresses are the kernel's, and found as the library finds them, by
 * VMCOREINFO; with it they are walked from the top table ROOT. "VA !WHY" is printed
 * where it refuses. Exit status: 0, or 1 where the library does not take the dump.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <libkdumpfile/addrxlat.h>
#include <libkdumpfile/kdumpfile.h>

struct oracle {
	addrxlat_ctx_t *ctx;
	addrxlat_sys_t *sys;
	bool is_walk;
	addrxlat_meth_t meth;
};

static void open_dump(struct oracle *o, const char *path)
{
	kdump_ctx_t *dump = kdump_new();
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "%s", path);
	if (!dump || kdump_open_fd(dump, fd) != KDUMP_OK ||
	    kdump_set_string_attr(dump, KDUMP_ATTR_OSTYPE, "linux") != KDUMP_OK ||
	    kdump_get_addrxlat(dump, &o->ctx, &o->sys) != KDUMP_OK)
		errx(1, "%s: %s", path, dump ? kdump_get_err(dump) : "no memory");
}

static void set_root(struct oracle *o, uint64_t root, int levels)
{
	o->is_walk = true;
	o->meth = (addrxlat_meth_t){
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
}

static addrxlat_status translate(struct oracle *o, uint64_t va, uint64_t *pa)
{
	addrxlat_fulladdr_t at = { va, ADDRXLAT_KVADDR };
	addrxlat_status status;

	if (o->is_walk) {
		addrxlat_step_t step = { .ctx = o->ctx, .sys = o->sys, .meth = &o->meth };

		step.base.addr = va;
		status = addrxlat_walk(&step);
		at = step.base;
	} else {
		status = addrxlat_fulladdr_conv(&at, ADDRXLAT_MACHPHYSADDR, o->ctx, o->sys);
	}
	*pa = at.addr;
	return status;
}

int main(int argc, char **argv)
{
	struct oracle o = { 0 };
	uint64_t va, pa;

	if (argc != 2 && argc != 4)
		errx(2, "usage: addrxlat DUMP [ROOT LEVELS]");
	open_dump(&o, argv[1]);
	if (argc == 4)
		set_root(&o, strtoull(argv[2], NULL, 16), atoi(argv[3]));
	while (scanf("%" SCNx64, &va) == 1) {
		addrxlat_status status = translate(&o, va, &pa);

		if (status == ADDRXLAT_OK)
			printf("%" PRIx64 " %" PRIx64 "\n", va, pa);
		else if (status == ADDRXLAT_ERR_NOTPRESENT)
			printf("%" PRIx64 " -\n", va);
		else
			printf("%" PRIx64 " !%s\n", va, addrxlat_ctx_get_err(o.ctx));
		addrxlat_ctx_clear_err(o.ctx);
	}
	return 0;
}
