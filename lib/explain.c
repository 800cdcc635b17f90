// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain.c - what the processor would do with an access.
 *
 * Source: Intel SDM volume 3A, 4.6.1 "Determination of access rights" and 4.7 "Page-fault
 * exceptions"; AMD APM volume 2, 5.6. Not looked at are protection keys, control-flow
 * enforcement and what a hypervisor maps below. EFLAGS.AC is taken as clear, as it is but
 * for the moment in which the kernel copies from and to user memory.
 */
#include <errno.h>
#include <string.h>

#include "phys.h"
#include "source.h"

#define CR0_WP (1ULL << 16)
#define CR4_SMEP (1ULL << 20)
#define CR4_SMAP (1ULL << 21)
#define EFER_NXE (1ULL << 11)

/* An access, and the machine that it meets. */
struct access {
	bool write;
	bool execute;
	bool user;
	bool nxe;
};

const char *ptwalk_verdict_name(uint32_t verdict)
{
	static const char * const names[] = {
		[PTWALK_ALLOWED] = "allowed",
		[PTWALK_FAULT_NOT_PRESENT] = "not-present",
		[PTWALK_FAULT_RESERVED] = "reserved",
		[PTWALK_FAULT_WRITE] = "write",
		[PTWALK_FAULT_USER] = "user",
		[PTWALK_FAULT_EXECUTE] = "execute",
		[PTWALK_FAULT_SMEP] = "smep",
		[PTWALK_FAULT_SMAP] = "smap",
		[PTWALK_FAULT_NONCANONICAL] = "noncanonical",
		[PTWALK_FAULT_UNKNOWN] = "unknown",
	};

	return verdict < ARRAY_SIZE(names) ? names[verdict] : "";
}

/* The rights that the rows take away for @entry. */
static uint8_t denied(const struct ptw_denial *row, uint64_t entry)
{
	uint8_t takes = 0;

	for (; row->takes; row++)
		if ((entry & row->when.mask) == row->when.val)
			takes |= row->takes;
	return takes;
}

static uint8_t denied_by(const struct ptwalk *p, unsigned int level, const struct ptwalk_step *step)
{
	const struct ptw_level *lv = &p->space.format->levels[level];

	switch (step->is) {
	case PTWALK_TABLE:
		return denied(lv->table_denials, step->entry);
	case PTWALK_LEAF:
		return denied(lv->leaf_denials, step->entry);
	default:
		return PTW_ALL_RIGHTS;
	}
}

static void fill_allows(const struct ptwalk *p, struct ptwalk_explanation *e)
{
	uint8_t left = PTW_ALL_RIGHTS;

	for (unsigned int i = 0; i < e->walk.nr_steps && i < p->space.format->nr_levels; i++) {
		left &= ~denied_by(p, i, &e->walk.steps[i]);
		e->allows[i] = left;
	}
}

static void fill_registers(const struct ptwalk *p, struct ptwalk_explanation *e, struct access *a)
{
	const struct phys_cpu *cpu = p->cpu;

	e->wp = e->smep = e->smap = 1;
	a->nxe = true;
	if (!cpu)
		return;
	e->known = PTWALK_EXPLAIN_KNOWS_CR0 | PTWALK_EXPLAIN_KNOWS_CR4;
	e->wp = !!(cpu->cr0 & CR0_WP);
	e->smep = !!(cpu->cr4 & CR4_SMEP);
	e->smap = !!(cpu->cr4 & CR4_SMAP);
	a->nxe = !cpu->has_efer || (cpu->efer & EFER_NXE);
}

/*
 * The first level whose entry ends the way down. Without EFER.NXE the bit that would
 * forbid execution is a reserved one, and must be 0.
 */
static uint32_t find_end(const struct ptwalk *p, const struct access *a,
			 struct ptwalk_explanation *e)
{
	const struct ptwalk_walk *w = &e->walk;

	for (unsigned int i = 0; i < w->nr_steps; i++) {
		const struct ptwalk_step *s = &w->steps[i];

		e->level = i;
		if (s->is == PTWALK_MALFORMED)
			return PTWALK_FAULT_RESERVED;
		if (s->is != PTWALK_TABLE && s->is != PTWALK_LEAF)
			return PTWALK_FAULT_NOT_PRESENT;
		if (!a->nxe && (denied_by(p, i, s) & PTWALK_X))
			return PTWALK_FAULT_RESERVED;
	}
	if (w->end == PTWALK_LEAF)
		return PTWALK_ALLOWED;
	if (!w->nr_steps)
		e->level = PTWALK_NO_LEVEL;
	return w->end == PTWALK_NONCANONICAL ? PTWALK_FAULT_NONCANONICAL : PTWALK_FAULT_UNKNOWN;
}

/* Who has the right, and whether the registers let the kernel do it all the same. */
static uint32_t check_rights(const struct access *a, const struct ptwalk_explanation *e)
{
	uint8_t rights = e->walk.rights;
	bool user_page = rights & PTWALK_U;

	if (a->user && !user_page)
		return PTWALK_FAULT_USER;
	if (!a->user && user_page && a->execute && e->smep)
		return PTWALK_FAULT_SMEP;
	if (!a->user && user_page && !a->execute && e->smap)
		return PTWALK_FAULT_SMAP;
	if (a->write && !(rights & PTWALK_W) && (a->user || e->wp))
		return PTWALK_FAULT_WRITE;
	if (a->execute && !(rights & PTWALK_X))
		return PTWALK_FAULT_EXECUTE;
	return PTWALK_ALLOWED;
}

static uint32_t deciding_level(const struct ptwalk_explanation *e)
{
	switch (e->verdict) {
	case PTWALK_FAULT_WRITE:
		return e->walk.decided[1];
	case PTWALK_FAULT_EXECUTE:
		return e->walk.decided[2];
	case PTWALK_FAULT_USER:
		return e->walk.decided[3];
	default:
		return PTWALK_NO_LEVEL;
	}
}

static uint32_t error_code(const struct access *a, const struct ptwalk_explanation *e)
{
	uint32_t code = 0;

	if (e->verdict == PTWALK_ALLOWED || e->verdict == PTWALK_FAULT_NONCANONICAL ||
	    e->verdict == PTWALK_FAULT_UNKNOWN)
		return 0;
	if (e->verdict != PTWALK_FAULT_NOT_PRESENT)
		code |= PTWALK_PF_P;
	if (e->verdict == PTWALK_FAULT_RESERVED)
		code |= PTWALK_PF_RSVD;
	if (a->write)
		code |= PTWALK_PF_W;
	if (a->user)
		code |= PTWALK_PF_U;
	if (a->execute && (a->nxe || e->smep))
		code |= PTWALK_PF_I;
	return code;
}

static int check_question(const struct ptwalk *p, uint32_t access, struct ptwalk_error *err)
{
	if (access & ~(PTWALK_ACCESS_WRITE | PTWALK_ACCESS_EXECUTE | PTWALK_ACCESS_USER))
		return fail(err, -EINVAL, "there are no access bits %x", access);
	if ((access & PTWALK_ACCESS_WRITE) && (access & PTWALK_ACCESS_EXECUTE))
		return fail(err, -EINVAL, "an access writes or executes, not both at once");
	if (!p->has_tables || p->ops->ranges_only)
		return fail(err, -EOPNOTSUPP, "%s shows no tables, and tables are what decides",
			    p->ops->name);
	return 0;
}

int ptwalk_explain(struct ptwalk *p, uint64_t va, uint32_t access, struct ptwalk_explanation *e,
		   struct ptwalk_error *err)
{
	struct access a = {
		.write = access & PTWALK_ACCESS_WRITE,
		.execute = access & PTWALK_ACCESS_EXECUTE,
		.user = access & PTWALK_ACCESS_USER,
	};
	int ret = check_question(p, access, err);

	if (ret < 0)
		return ret;
	memset(e, 0, sizeof(*e));
	e->access = access;
	ret = ptwalk_walk(p, &va, 1, &e->walk, err);
	if (ret < 0)
		return ret;
	fill_registers(p, e, &a);
	fill_allows(p, e);
	e->verdict = find_end(p, &a, e);
	if (e->verdict == PTWALK_ALLOWED) {
		e->verdict = check_rights(&a, e);
		e->level = deciding_level(e);
	}
	e->error_code = error_code(&a, e);
	return 0;
}
