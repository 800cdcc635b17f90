// SPDX-License-Identifier: GPL-2.0-only
/*
 * roots.c - where the kernel's tables begin: each source of the answer is held against
 * the tables before it is believed; see roots.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout_x86.h"
#include "release.h"
#include "root_look.h"
#include "roots.h"

#define CR0_PG (1ULL << 31)
#define CR4_LA57 (1ULL << 12)
#define ADDRESS 0x000ffffffffff000ULL
/* No processor has its encryption bit lower. */
#define LEAST_ENCRYPTION_SHIFT 32

static const char *name_of(const struct ptwalk_image_options *o)
{
	if (o->socket)
		return o->socket;
	return o->nr_paths ? o->paths[0] : "the image";
}

/* What @root and its neighbour tell of page-table isolation. */
static void learn_isolation(struct ptwalk_image *im, const struct root_look *l)
{
	uint64_t root = l->space.root.v, entries[512];

	/* Where there is isolation, each table of the kernel's has the user's behind it. */
	if (!(root & ROOT_USER_HALF) && root_read_table(im, root | ROOT_USER_HALF, entries) < 0)
		return;
	im->kernel.known |= PTWALK_KNOWN_PTI;
	im->kernel.pti = root_has_user_half(im, l);
}

static int settle(struct ptwalk_image *im, const struct root_look *l, unsigned int from,
		  unsigned int sure)
{
	im->kernel.levels = l->space.format->nr_levels;
	im->kernel.kernel_root = l->space.root.v;
	im->kernel.encryption = l->space.encryption;
	im->kernel.known |= PTWALK_KNOWN_TABLES;
	im->info.root_from = from;
	im->info.sure = sure;
	if (root_is_believed(l))
		learn_isolation(im, l);
	return 0;
}

/* ---- VMCOREINFO ---- */

static void take_notes(struct ptwalk_image *im, const struct ptwalk_info *noted,
		       const struct vmcoreinfo *v)
{
	const uint32_t facts = PTWALK_KNOWN_PHYS_BASE | PTWALK_KNOWN_KASLR | PTWALK_KNOWN_RELEASE;
	struct ptwalk_info *info = &im->kernel;

	info->known |= noted->known & facts;
	info->phys_base = noted->phys_base;
	info->image_offset = noted->image_offset;
	info->kaslr = noted->kaslr;
	if (release_is_word(noted->release))
		memcpy(info->release, noted->release, sizeof(info->release));
	else
		info->known &= ~PTWALK_KNOWN_RELEASE;
	im->vmcoreinfo = *v;
}

/* What the notes say of the root, looked at; false where the tables say otherwise. */
static bool look_at_notes(struct ptwalk_image *im, const struct vmcoreinfo *v, unsigned int levels,
			  struct ptwalk_info *noted, struct root_look *l)
{
	uint64_t va, root;

	*noted = (struct ptwalk_info){ .levels = 4 };
	if (!v->text)
		return false;
	layout_read_vmcoreinfo(noted, v);
	if (!(noted->known & PTWALK_KNOWN_PHYS_BASE) || !layout_root_va(v, &va) ||
	    va < START_KERNEL_MAP)
		return false;
	root = va - START_KERNEL_MAP + noted->phys_base;
	if (root & ~ADDRESS)
		return false;
	if (levels)
		noted->levels = levels;
	return root_look(im, noted->levels, root, noted->encryption, l) == 0 &&
	       root_is_believed(l) && (l->facts & ROOT_SELF_IMAGE);
}

/*
 * Notes that tell no root (before phys_base was noted), of tables that were found
 * otherwise: the first function that they name must be one.
 */
static void keep_or_drop_notes(struct ptwalk_image *im, const struct root_look *l)
{
	struct ptwalk_info noted = { 0 };
	struct ptw_rights r;
	struct ptw_walk w;
	uint64_t va;

	if (!im->vmcoreinfo.text)
		return;
	if (vmcoreinfo_hex(&im->vmcoreinfo, "SYMBOL(_stext)", &va) && va >= START_KERNEL_MAP &&
	    ptw_walk(&l->space, ptw_va(va), &w) == 0) {
		ptw_rights(&l->space, &w, &r);
		if (r.allowed & PTW_X) {
			layout_read_vmcoreinfo(&noted, &im->vmcoreinfo);
			take_notes(im, &noted, &im->vmcoreinfo);
			return;
		}
	}
	im->vmcoreinfo = (struct vmcoreinfo){ 0 };
}

static bool find_by_note(struct ptwalk_image *im, const struct ptwalk_image_options *o)
{
	struct ptwalk_info noted;
	struct root_look l;

	if (!look_at_notes(im, &im->vmcoreinfo, o->levels, &noted, &l))
		return false;
	take_notes(im, &noted, &im->vmcoreinfo);
	settle(im, &l, PTWALK_ROOT_VMCOREINFO, 100);
	return true;
}

/* ---- CPUs ---- */

static bool has_memory(struct ptwalk_image *im, uint64_t pa)
{
	return phys_find(&im->mem, pa) != NULL;
}

/* The encryption bit in a CR3, where it points at no memory but for one high bit. */
static uint64_t encryption_in(struct ptwalk_image *im, uint64_t cr3)
{
	uint64_t pa = cr3 & ADDRESS;

	for (unsigned int i = LEAST_ENCRYPTION_SHIFT; i < 52; i++)
		if (pa >> i == 1 && !has_memory(im, pa) && has_memory(im, pa ^ 1ULL << i))
			return 1ULL << i;
	return 0;
}

/* The mask that the notes tell, or that CR3 shows; one that cannot be is none. */
static uint64_t encryption_of(struct ptwalk_image *im, uint64_t cr3)
{
	struct ptwalk_info noted = { 0 };

	if (im->vmcoreinfo.text)
		layout_read_vmcoreinfo(&noted, &im->vmcoreinfo);
	return noted.encryption & ~ADDRESS || !noted.encryption ? encryption_in(im, cr3) :
								  noted.encryption;
}

/*
 * The kernel's table of a CPU. With isolation, one that runs a process's code has the
 * user's half in CR3: the kernel's is its neighbour. Return: 1, 0 where neither is
 * believed and @l is what CR3 says, -ENXIO where that is no memory.
 */
static int look_at_cpu(struct ptwalk_image *im, const struct phys_cpu *cpu, unsigned int levels,
		       struct root_look *l)
{
	uint64_t encryption = encryption_of(im, cpu->cr3);
	uint64_t root = cpu->cr3 & ADDRESS & ~encryption;
	struct root_look kernel;

	if (!levels)
		levels = cpu->cr4 & CR4_LA57 ? 5 : 4;
	if (root_look(im, levels, root, encryption, l) < 0)
		return -ENXIO;
	if (root_is_believed(l))
		return 1;
	if (!(root & ROOT_USER_HALF) ||
	    root_look(im, levels, root & ~ROOT_USER_HALF, encryption, &kernel) < 0 ||
	    !root_is_believed(&kernel) || !root_has_user_half(im, &kernel))
		return 0;
	*l = kernel;
	return 1;
}

static bool find_by_cpus(struct ptwalk_image *im, const struct ptwalk_image_options *o)
{
	struct root_look l, best = { .score = 0 };

	for (size_t i = 0; i < im->mem.nr_cpus; i++) {
		const struct phys_cpu *cpu = &im->mem.cpus[i];

		/* One that was not started yet has no paging. */
		if ((cpu->cr0 && !(cpu->cr0 & CR0_PG)) ||
		    look_at_cpu(im, cpu, o->levels, &l) <= 0 || l.score <= best.score)
			continue;
		best = l;
		im->cpu = cpu;
	}
	if (!best.score)
		return false;
	root_prefer_own(im, &best);
	settle(im, &best, PTWALK_ROOT_CPU, 100);
	keep_or_drop_notes(im, &best);
	return true;
}

/* ---- the memory ---- */

/* A page that begins as the notes do, and what became of it. */
struct reading {
	struct ptwalk_image *im;
	unsigned int levels;
	struct root_look look;
	struct ptwalk_info noted;
	bool no_memory;
};

/* Old notes, and copies of them, tell of tables that are no more. */
static bool read_note(void *ctx, const struct vmcoreinfo *v)
{
	struct reading *r = ctx;

	if (!look_at_notes(r->im, v, r->levels, &r->noted, &r->look))
		return false;
	r->im->found_vmcoreinfo = malloc(v->bytes + 1);
	r->no_memory = !r->im->found_vmcoreinfo;
	if (r->no_memory)
		return true;
	memcpy(r->im->found_vmcoreinfo, v->text, v->bytes);
	r->im->found_vmcoreinfo[v->bytes] = '\0';
	r->im->vmcoreinfo = (struct vmcoreinfo){ r->im->found_vmcoreinfo, v->bytes };
	return true;
}

static int find_in_memory(struct ptwalk_image *im, const struct ptwalk_image_options *o,
			  struct ptwalk_error *err)
{
	struct reading r = { .im = im, .levels = o->levels };
	struct root_found found;
	int ret = root_search(im, o->levels, read_note, &r, &found);

	if (ret < 0 || r.no_memory)
		return fail(err, -ENOMEM, "no memory");
	if (ret > 0) {
		take_notes(im, &r.noted, &im->vmcoreinfo);
		return settle(im, &r.look, PTWALK_ROOT_VMCOREINFO_IN_MEMORY, 100);
	}
	if (found.look.score) {
		settle(im, &found.look, PTWALK_ROOT_SEARCH, found.sure);
		keep_or_drop_notes(im, &found.look);
		return 0;
	}
	im->vmcoreinfo = (struct vmcoreinfo){ 0 };
	return fail(
		err, -ENOENT,
		"the kernel's page tables are not in %s: %s, %s, and none of its %llu pages is a "
		"top table",
		name_of(o),
		im->mem.vmcoreinfo ? "its VMCOREINFO does not fit" : "it has no VMCOREINFO",
		im->mem.nr_cpus ? "no CPU's CR3 fits" : "no CPU's registers",
		(unsigned long long)found.pages);
}

/* ---- as the caller orders ---- */

/* What the notes say of the paging mode, where they say no more. */
static void read_mode(struct ptwalk_image *im, unsigned int *levels, uint64_t *encryption)
{
	struct ptwalk_info noted = { 0 };

	if (im->vmcoreinfo.text)
		layout_read_vmcoreinfo(&noted, &im->vmcoreinfo);
	*encryption = noted.encryption;
	if (!*levels)
		*levels = noted.levels;
	if (!*levels && im->mem.nr_cpus)
		*levels = im->mem.cpus[0].cr4 & CR4_LA57 ? 5 : 4;
}

static int take_root(struct ptwalk_image *im, const struct ptwalk_image_options *o,
		     struct ptwalk_error *err)
{
	unsigned int levels = o->levels;
	uint64_t encryption;
	struct root_look l, other;
	int ret;

	read_mode(im, &levels, &encryption);
	ret = root_look(im, levels ? levels : 4, o->root, encryption, &l);
	if (ret == -EINVAL)
		ret = root_look(im, levels ? levels : 4, o->root, 0, &l);
	if (ret < 0)
		return fail(err, -EINVAL, "%s has no memory at the root %llx", name_of(o),
			    (unsigned long long)o->root);
	if (!levels && root_look(im, 5, o->root, encryption, &other) == 0 &&
	    !root_is_believed(&l) && root_is_believed(&other))
		l = other;
	settle(im, &l, PTWALK_ROOT_GIVEN, 100);
	keep_or_drop_notes(im, &l);
	return 0;
}

static int take_cpu(struct ptwalk_image *im, const struct ptwalk_image_options *o,
		    struct ptwalk_error *err)
{
	const struct phys_cpu *cpu;
	struct root_look l;

	if (o->cpu >= im->mem.nr_cpus)
		return fail(err, -EINVAL, "there is no CPU %u: %s has the registers of %zu", o->cpu,
			    name_of(o), im->mem.nr_cpus);
	cpu = &im->mem.cpus[o->cpu];
	if (look_at_cpu(im, cpu, o->levels, &l) < 0)
		return fail(err, -EINVAL, "%s has no memory at CR3 of CPU %u, %llx", name_of(o),
			    o->cpu, (unsigned long long)cpu->cr3);
	im->cpu = cpu;
	settle(im, &l, PTWALK_ROOT_CPU, 100);
	keep_or_drop_notes(im, &l);
	return 0;
}

int root_find(struct ptwalk_image *im, const struct ptwalk_image_options *o,
	      struct ptwalk_error *err)
{
	if (im->mem.nr_cpus)
		im->cpu = &im->mem.cpus[0];
	if (o->flags & PTWALK_IMAGE_ROOT)
		return take_root(im, o, err);
	if (o->flags & PTWALK_IMAGE_CR3)
		return take_cpu(im, o, err);
	if (find_by_note(im, o) || find_by_cpus(im, o))
		return 0;
	return find_in_memory(im, o, err);
}
