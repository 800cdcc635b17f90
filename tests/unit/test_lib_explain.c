// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_explain.c - what the processor would do, held against its rules written as a
 * table: Intel SDM volume 3A, 4.6.1 and 4.7. All accesses, all rights at two levels, all
 * settings of the control registers.
 */
#include "../../lib/phys.h"
#include "../../lib/tables.h"
/* hand.h includes cmocka.h, so it comes last. */
#include "hand.h"
#include <errno.h>
#include <string.h>

#define VA 0x7f0012345678ULL
#define ANY (-1)

static const struct source_ops ops = { .name = "tables", .walk = tables_walk };

struct fixture {
	struct hand h;
	struct ptwalk p;
	struct phys_cpu cpu;
};

static void set_up(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	hand_init(&f->h, &ptw_x86_64_4level);
	f->p.ops = &ops;
	f->p.space = f->h.space;
	f->p.has_tables = true;
	f->cpu = (struct phys_cpu){
		.cr0 = 1ULL << 16, .cr4 = 3ULL << 20, .has_efer = true, .efer = 1ULL << 11
	};
	f->p.cpu = &f->cpu;
}

static struct ptwalk_explanation ask(struct fixture *f, uint64_t va, uint32_t access)
{
	struct ptwalk_explanation e;
	struct ptwalk_error err;

	memset(&e, 0x5a, sizeof(e));
	assert_int_equal(ptwalk_explain(&f->p, va, access, &e, &err), 0);
	assert_int_equal(e.access, access);
	return e;
}

static void expect(const struct ptwalk_explanation *e, uint32_t verdict, uint32_t level,
		   uint32_t error_code)
{
	assert_int_equal(e->verdict, verdict);
	assert_int_equal(e->level, level);
	assert_int_equal(e->error_code, error_code);
}

/* ---- rights, as a table of rules ---- */

/*
 * @who: a rule is for user (1) or supervisor mode; @access: r w x; @page: U/S is 1 at all
 * levels; @needs: W (R/W is 1 at all levels) or X (XD is 0 at all levels), or 0; else
 * @verdict. The first rule that fits counts.
 */
struct rule {
	int who;
	char access;
	int page;
	int wp;
	int smep;
	int smap;
	char needs;
	uint32_t verdict;
};

/* clang-format off */
static const struct rule rules[] = {
	/* Supervisor-mode accesses, "Data may be read (implicitly or explicitly) from any
	 * supervisor-mode address"; from a user-mode one by CR4.SMAP. */
	{ 0, 'r', 0, ANY, ANY, ANY, 0, PTWALK_ALLOWED },
	{ 0, 'r', 1, ANY, ANY,   0, 0, PTWALK_ALLOWED },
	{ 0, 'r', 1, ANY, ANY,   1, 0, PTWALK_FAULT_SMAP },
	/* "Data may be written to any supervisor-mode address" by CR0.WP. */
	{ 0, 'w', 0,   0, ANY, ANY, 0, PTWALK_ALLOWED },
	{ 0, 'w', 0,   1, ANY, ANY, 'W', PTWALK_FAULT_WRITE },
	{ 0, 'w', 1, ANY, ANY,   1, 0, PTWALK_FAULT_SMAP },
	{ 0, 'w', 1,   0, ANY,   0, 0, PTWALK_ALLOWED },
	{ 0, 'w', 1,   1, ANY,   0, 'W', PTWALK_FAULT_WRITE },
	/* Instruction fetches, by CR4.SMEP from user-mode addresses. */
	{ 0, 'x', 0, ANY, ANY, ANY, 'X', PTWALK_FAULT_EXECUTE },
	{ 0, 'x', 1, ANY,   1, ANY, 0, PTWALK_FAULT_SMEP },
	{ 0, 'x', 1, ANY,   0, ANY, 'X', PTWALK_FAULT_EXECUTE },
	/* User-mode accesses. */
	{ 1, 'r', 0, ANY, ANY, ANY, 0, PTWALK_FAULT_USER },
	{ 1, 'w', 0, ANY, ANY, ANY, 0, PTWALK_FAULT_USER },
	{ 1, 'x', 0, ANY, ANY, ANY, 0, PTWALK_FAULT_USER },
	{ 1, 'r', 1, ANY, ANY, ANY, 0, PTWALK_ALLOWED },
	{ 1, 'w', 1, ANY, ANY, ANY, 'W', PTWALK_FAULT_WRITE },
	{ 1, 'x', 1, ANY, ANY, ANY, 'X', PTWALK_FAULT_EXECUTE },
};
/* clang-format on */

/* One question: two entries' rights, the registers, the access. */
struct question {
	uint64_t top;
	uint64_t leaf;
	int who;
	char access;
	int wp;
	int smep;
	int smap;
	int nxe;
};

static bool fits(const struct rule *r, const struct question *q, int page)
{
	return r->who == q->who && r->access == q->access && r->page == page &&
	       (r->wp == ANY || r->wp == q->wp) && (r->smep == ANY || r->smep == q->smep) &&
	       (r->smap == ANY || r->smap == q->smap);
}

/* "If IA32_EFER.NXE = 0 and the P flag ... is 1, the XD flag (bit 63) is reserved." */
static bool is_reserved(const struct question *q)
{
	return !q->nxe && ((q->top | q->leaf) & X_NX);
}

static uint32_t verdict_of(const struct question *q)
{
	int page = (q->top & q->leaf & X_US) != 0;
	bool writable = q->top & q->leaf & X_RW;
	bool executable = !((q->top | q->leaf) & X_NX);

	if (is_reserved(q))
		return PTWALK_FAULT_RESERVED;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *r = &rules[i];

		if (!fits(r, q, page))
			continue;
		if ((r->needs == 'W' && writable) || (r->needs == 'X' && executable))
			return PTWALK_ALLOWED;
		return r->verdict;
	}
	assert_true(false);
	return 0;
}

/* The level nearest the root at which it goes wrong. */
static uint32_t level_of(const struct question *q, uint32_t verdict)
{
	switch (verdict) {
	case PTWALK_FAULT_RESERVED:
	case PTWALK_FAULT_EXECUTE:
		return q->top & X_NX ? PGD : PTE;
	case PTWALK_FAULT_WRITE:
		return q->top & X_RW ? PTE : PGD;
	case PTWALK_FAULT_USER:
		return q->top & X_US ? PTE : PGD;
	default:
		return PTWALK_NO_LEVEL;
	}
}

/* 4.7: P, W/R, U/S, RSVD; and I/D "if CR4.SMEP = 1 or ... IA32_EFER.NXE = 1". */
static uint32_t code_of(const struct question *q, uint32_t verdict, bool present)
{
	if (verdict == PTWALK_ALLOWED)
		return 0;
	return (present ? 0x01 : 0) | (q->access == 'w' ? 0x02 : 0) | (q->who ? 0x04 : 0) |
	       (verdict == PTWALK_FAULT_RESERVED ? 0x08 : 0) |
	       (q->access == 'x' && (q->nxe || q->smep) ? 0x10 : 0);
}

static void set_registers(struct fixture *f, const struct question *q)
{
	f->cpu.cr0 = (uint64_t)q->wp << 16 | 0x80000001;
	f->cpu.cr4 = (uint64_t)q->smep << 20 | (uint64_t)q->smap << 21 | 0x20;
	f->cpu.efer = (uint64_t)q->nxe << 11 | 0x500;
}

static uint32_t access_of(const struct question *q)
{
	return (q->access == 'w' ? PTWALK_ACCESS_WRITE : 0) |
	       (q->access == 'x' ? PTWALK_ACCESS_EXECUTE : 0) | (q->who ? PTWALK_ACCESS_USER : 0);
}

/* The @n-th of all questions. */
static struct question question(unsigned int n)
{
	static const uint64_t rights[] = { X_RW, X_US, X_NX };
	struct question q = { .access = "rwx"[n % 3] };

	n /= 3;
	for (unsigned int i = 0; i < 3; i++, n /= 4) {
		q.top |= n & 1 ? rights[i] : 0;
		q.leaf |= n & 2 ? rights[i] : 0;
	}
	q.who = n & 1;
	q.wp = n >> 1 & 1;
	q.smep = n >> 2 & 1;
	q.smap = n >> 3 & 1;
	q.nxe = n >> 4 & 1;
	return q;
}

#define QUESTIONS (3 * 64 * 32)

static void every_access_to_every_page(void **state)
{
	static struct fixture f;
	unsigned int verdicts[16] = { 0 };
	u64 *top, table;

	(void)state;
	set_up(&f);
	top = hand_entry(&f.h, VA, PGD);
	hand_put(&f.h, VA, PTE, 0);
	table = *top & ~(X_RW | X_US | X_NX);
	for (unsigned int n = 0; n < QUESTIONS; n++) {
		struct question q = question(n);
		uint32_t want = verdict_of(&q);
		struct ptwalk_explanation e;

		*top = table | q.top;
		hand_put(&f.h, VA, PTE, 0x5000 | X_P | q.leaf);
		set_registers(&f, &q);
		e = ask(&f, VA, access_of(&q));
		expect(&e, want, level_of(&q, want), code_of(&q, want, true));
		assert_int_equal(e.known, PTWALK_EXPLAIN_KNOWS_CR0 | PTWALK_EXPLAIN_KNOWS_CR4);
		assert_int_equal(e.wp, q.wp);
		assert_int_equal(e.smep, q.smep);
		assert_int_equal(e.smap, q.smap);
		verdicts[e.verdict]++;
	}
	for (uint32_t v = PTWALK_ALLOWED; v <= PTWALK_FAULT_SMAP; v++)
		assert_true(v == PTWALK_FAULT_NOT_PRESENT || verdicts[v]);
	hand_deinit(&f.h);
}

/*
 * Where there is no translation the rights that were seen on the way down count for
 * nothing: P is 0, whoever asks.
 */
static void not_present_at_every_level(void **state)
{
	static const u64 entries[] = { 0, 0x123000, X_PROTNONE | 0xfff000, X_SWAP(1, 5) };
	static struct fixture f;

	(void)state;
	for (unsigned int level = PGD; level <= PTE; level++) {
		for (unsigned int n = 0; n < QUESTIONS; n++) {
			struct question q = question(n);
			struct ptwalk_explanation e;
			u64 *top;

			if (q.leaf || (q.top & X_NX))
				continue;
			set_up(&f);
			top = hand_entry(&f.h, VA, PGD);
			hand_put(&f.h, VA, level, entries[n % 4]);
			if (level > PGD)
				*top = (*top & ~(X_RW | X_US)) | q.top;
			set_registers(&f, &q);
			e = ask(&f, VA, access_of(&q));
			expect(&e, PTWALK_FAULT_NOT_PRESENT, level,
			       code_of(&q, PTWALK_FAULT_NOT_PRESENT, false));
			assert_int_equal(e.allows[level], 0);
			hand_deinit(&f.h);
		}
	}
}

/* The first entry on the way that is wrong decides, whatever lies below it. */
static void reserved_bits(void **state)
{
	static const struct {
		unsigned int level;
		u64 entry;
	} bad[] = {
		{ PGD, X_TABLE | X_PSE },
		{ PUD, X_HUGE | 1ULL << 13 },
		{ PMD, X_HUGE | 1ULL << 20 },
		{ PTE, X_PAGE | 1ULL << 45 },
	};
	static struct fixture f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct ptwalk_explanation e;

		set_up(&f);
		hand_entry(&f.h, VA, bad[i].level);
		hand_put(&f.h, VA, bad[i].level, bad[i].entry);
		assert_int_equal(ptw_space_init(&f.p.space, &ptw_x86_64_4level, f.h.space.memory,
						f.h.space.root.v, 0, 40),
				 0);
		e = ask(&f, VA, PTWALK_ACCESS_WRITE | PTWALK_ACCESS_USER);
		expect(&e, PTWALK_FAULT_RESERVED, bad[i].level, 0x0f);
		e = ask(&f, VA, 0);
		expect(&e, PTWALK_FAULT_RESERVED, bad[i].level, 0x09);
		hand_deinit(&f.h);
	}
}

static void addresses_that_do_not_exist(void **state)
{
	static struct fixture f;
	struct ptwalk_explanation e;

	(void)state;
	set_up(&f);
	e = ask(&f, 0x800000000000ULL, PTWALK_ACCESS_WRITE);
	expect(&e, PTWALK_FAULT_NONCANONICAL, PTWALK_NO_LEVEL, 0);
	e = ask(&f, 0xffff7fffffffffffULL, PTWALK_ACCESS_EXECUTE | PTWALK_ACCESS_USER);
	expect(&e, PTWALK_FAULT_NONCANONICAL, PTWALK_NO_LEVEL, 0);
	hand_deinit(&f.h);
}

static void a_table_that_cannot_be_read(void **state)
{
	static struct fixture f;
	struct ptwalk_explanation e;

	(void)state;
	set_up(&f);
	hand_put(&f.h, VA, PUD, 0x7000000000 | X_TABLE);
	e = ask(&f, VA, 0);
	expect(&e, PTWALK_FAULT_UNKNOWN, PUD, 0);
	f.p.space.root = ptw_pa(0x7000000000);
	e = ask(&f, VA, 0);
	expect(&e, PTWALK_FAULT_UNKNOWN, PTWALK_NO_LEVEL, 0);
	hand_deinit(&f.h);
}

/* Rights go down with the levels, and a huge leaf is where they end. */
static void what_is_left_at_each_level(void **state)
{
	static struct fixture f;
	struct ptwalk_explanation e;

	(void)state;
	set_up(&f);
	hand_put(&f.h, VA, PMD, X_P | X_RW | X_PSE | X_NX | 4 * MIB);
	*hand_entry(&f.h, VA, PUD) &= ~X_RW;
	e = ask(&f, VA, PTWALK_ACCESS_WRITE);
	expect(&e, PTWALK_FAULT_WRITE, PUD, 0x03);
	assert_int_equal(e.walk.nr_steps, 3);
	assert_int_equal(e.allows[PGD], PTWALK_R | PTWALK_W | PTWALK_X | PTWALK_U);
	assert_int_equal(e.allows[PUD], PTWALK_R | PTWALK_X | PTWALK_U);
	assert_int_equal(e.allows[PMD], PTWALK_R);
	assert_int_equal(e.allows[PTE], 0);
	assert_int_equal(e.walk.rights, PTWALK_R);
	hand_deinit(&f.h);
}

/* Nothing is known of the registers: they are as every Linux has them. */
static void registers_that_are_not_known(void **state)
{
	static struct fixture f;
	struct ptwalk_explanation e;

	(void)state;
	set_up(&f);
	f.p.cpu = NULL;
	hand_put(&f.h, VA, PTE, 0x5000 | X_P | X_US | X_RW | X_NX);
	e = ask(&f, VA, PTWALK_ACCESS_EXECUTE);
	expect(&e, PTWALK_FAULT_SMEP, PTWALK_NO_LEVEL, 0x11);
	assert_int_equal(e.known, 0);
	assert_true(e.wp && e.smep && e.smap);
	e = ask(&f, VA, 0);
	expect(&e, PTWALK_FAULT_SMAP, PTWALK_NO_LEVEL, 0x01);
	/* EFER that no note has is not EFER that is 0. */
	f.p.cpu = &f.cpu;
	f.cpu.has_efer = false;
	f.cpu.efer = 0;
	e = ask(&f, VA, PTWALK_ACCESS_EXECUTE | PTWALK_ACCESS_USER);
	expect(&e, PTWALK_FAULT_EXECUTE, PTE, 0x15);
	hand_deinit(&f.h);
}

static void questions_that_are_none(void **state)
{
	static struct fixture f;
	struct source_ops ranges = ops;
	struct ptwalk_explanation e;
	struct ptwalk_error err;

	(void)state;
	set_up(&f);
	assert_int_equal(ptwalk_explain(&f.p, VA, PTWALK_ACCESS_WRITE | PTWALK_ACCESS_EXECUTE, &e,
					&err),
			 -EINVAL);
	assert_int_equal(ptwalk_explain(&f.p, VA, 8, &e, &err), -EINVAL);
	f.p.has_tables = false;
	assert_int_equal(ptwalk_explain(&f.p, VA, 0, &e, &err), -EOPNOTSUPP);
	f.p.has_tables = true;
	ranges.ranges_only = true;
	f.p.ops = &ranges;
	assert_int_equal(ptwalk_explain(&f.p, VA, 0, &e, &err), -EOPNOTSUPP);
	hand_deinit(&f.h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_access_to_every_page),
		cmocka_unit_test(not_present_at_every_level),
		cmocka_unit_test(reserved_bits),
		cmocka_unit_test(addresses_that_do_not_exist),
		cmocka_unit_test(a_table_that_cannot_be_read),
		cmocka_unit_test(what_is_left_at_each_level),
		cmocka_unit_test(registers_that_are_not_known),
		cmocka_unit_test(questions_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
