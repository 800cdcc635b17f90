// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_translate.c - many addresses at once: what is remembered of one address's way
 * down serves others, and only those that it is right for. Random trees are asked in
 * test_property.c.
 */
#include "hand.h"

#define NR 500

/* As ptw_walk() says, one by one. */
static void as_walked(struct hand *h, const ptw_va_t *va, size_t n)
{
	ptw_pa_t pa[NR];
	size_t mapped = 0, told = ptw_translate(&h->space, va, n, pa);

	for (size_t i = 0; i < n; i++) {
		struct ptw_walk w;
		bool found = ptw_walk(&h->space, va[i], &w) == 0;

		assert_int_equal(pa[i].v, found ? w.pa.v : PTW_NOT_MAPPED);
		mapped += found;
	}
	assert_int_equal(told, mapped);
}

/*
 * Addresses that differ in high bits alone: 64 GiB and more apart, and those that are
 * not canonical. In turn, so that each meets what the one before it left.
 */
static void far_apart(struct hand *h)
{
	static const u64 at[] = {
		5 * GIB,     5 * GIB + 64 * GIB,   5 * GIB + 1 * TIB, 5 * GIB | 1ULL << 63,
		-(59 * GIB), 5 * GIB | 1ULL << 57,
	};
	ptw_va_t va[NR];

	hand_put(h, at[0], PTE + h->space.format->nr_levels - 4, 0x1000000 | X_PAGE);
	hand_put(h, at[1], PTE + h->space.format->nr_levels - 4, 0x2000000 | X_PAGE);
	hand_put(h, at[4], PMD + h->space.format->nr_levels - 4, 0x2e00000 | X_HUGE);
	for (size_t i = 0; i < NR; i++)
		va[i] = ptw_va(at[i * 7 / 3 % ARRAY_SIZE(at)] + i % 2 * 8);
	as_walked(h, va, NR);
	mem_set_live(&h->mem, true);
	as_walked(h, va, NR);
	for (u64 choice = 0; choice < 16; choice++) {
		mem_set_live(&h->mem, false);
		mem_set_windows(&h->mem, choice);
		as_walked(h, va, NR);
	}
}

static void addresses_far_apart(void **state)
{
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	far_apart(&h);
	hand_deinit(&h);
	hand_init(&h, &ptw_x86_64_5level);
	far_apart(&h);
	hand_deinit(&h);
}

/* What could not be read is asked for again: it is no way down. */
static void an_error_is_not_remembered(void **state)
{
	ptw_va_t va[2] = { { 5 * GIB }, { 5 * GIB + 8 } };
	ptw_pa_t pa[2];
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	hand_put(&h, va[0].v, PTE, 0x1000000 | X_PAGE);
	h.mem.error[2] = -EIO; /* the root's is 0 */
	mem_count_anew(&h.mem);
	assert_int_equal(ptw_translate(&h.space, va, 2, pa), 0);
	assert_int_equal(pa[0].v, PTW_NOT_MAPPED);
	assert_int_equal(pa[1].v, PTW_NOT_MAPPED);
	assert_int_equal(h.mem.lends[1], 2);
	h.mem.error[2] = 0;
	assert_int_equal(ptw_translate(&h.space, va, 2, pa), 2);
	hand_deinit(&h);
}

/* A section is of 64 addresses, and its way down is its own: tables may be freed between two. */
static void sections_of_64_addresses(void **state)
{
	ptw_va_t va[130];
	ptw_pa_t pa[130];
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_4level);
	for (size_t i = 0; i < ARRAY_SIZE(va); i++) {
		va[i] = ptw_va(5 * GIB + i * 4 * KIB);
		hand_put(&h, va[i].v, PTE, (0x1000000 + i * 4 * KIB) | X_PAGE);
	}
	mem_set_live(&h.mem, true);
	mem_count_anew(&h.mem);
	assert_int_equal(ptw_translate(&h.space, va, ARRAY_SIZE(va), pa), ARRAY_SIZE(va));
	assert_int_equal(h.mem.sections, 3);
	for (size_t page = 0; page < 3; page++) /* pgd, pud, pmd */
		assert_int_equal(h.mem.lends[page], 3);
	assert_false(h.mem.inside);
	hand_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_far_apart),
		cmocka_unit_test(an_error_is_not_remembered),
		cmocka_unit_test(sections_of_64_addresses),
	};

	return cmocka_run_group_tests_name("translate", tests, NULL, NULL);
}
