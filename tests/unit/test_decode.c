// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_decode.c - what single entries mean: kind, address, rights, attributes.
 */
#include <string.h>

#include "hand.h"

#define C_BIT (1ULL << 47)
#define USER_VA 0x7f0000000000ULL

static void kinds_of_entries(void **state)
{
	static const struct {
		unsigned int level;
		u64 entry;
		enum ptw_what what;
	} rows[] = {
		{ PTE, 0, PTW_NONE }, /* empty */
		{ PTE, X_A, PTW_NONE }, /* erratum: accessed in an empty entry */
		{ PTE, X_D, PTW_NONE }, /* erratum: dirty */
		{ PGD, X_A | X_D, PTW_NONE }, /* erratum: both, in a table's place */
		{ PTE, X_A | X_D | X_RW, PTW_SOFTWARE }, /* more than the erratum */
		{ PTE, X_PROTNONE | X_A, PTW_SOFTWARE }, /* PROT_NONE of frame 0, not flipped */
		{ PTE, X_NX, PTW_SOFTWARE }, /* highest bit alone */
		{ PGD, X_P, PTW_TABLE }, /* nothing but present */
		{ PUD, X_TABLE, PTW_TABLE },
		{ PMD, X_TABLE, PTW_TABLE },
		{ PTE, X_P, PTW_LEAF }, /* the last level has no tables */
		{ PTE, X_P | X_PAT, PTW_LEAF }, /* bit 7 is PAT there */
		{ PMD, X_P | X_PSE, PTW_LEAF },
		{ PUD, X_P | X_PSE, PTW_LEAF },
		{ PGD, X_P | X_PSE, PTW_MALFORMED }, /* reserved in a PML4E */
		{ PGD, X_TABLE | BITS(62, 52) | X_NX, PTW_TABLE }, /* ignored bits and XD */
		{ PUD, X_TABLE | X_D | X_G | BITS(11, 9), PTW_TABLE }, /* ignored in a table */
		{ PMD, X_HUGE | X_PAT_LARGE, PTW_LEAF }, /* not reserved */
		{ PMD, X_HUGE | BITS(13, 13), PTW_MALFORMED }, /* lowest reserved bit */
		{ PMD, X_HUGE | BITS(20, 20), PTW_MALFORMED }, /* highest */
		{ PMD, X_HUGE | BITS(21, 21), PTW_LEAF }, /* address */
		{ PUD, X_HUGE | X_PAT_LARGE, PTW_LEAF },
		{ PUD, X_HUGE | BITS(13, 13), PTW_MALFORMED },
		{ PUD, X_HUGE | BITS(29, 29), PTW_MALFORMED },
		{ PUD, X_HUGE | BITS(30, 30), PTW_LEAF }, /* address */
		{ PUD, X_TABLE | BITS(29, 13), PTW_TABLE }, /* in a table it is address */
		{ PTE, X_PAGE | BITS(51, 12), PTW_LEAF }, /* every address bit */
		{ PTE, X_PAGE | BITS(62, 52), PTW_LEAF }, /* software's and the key's */
	};
	struct ptw_space sp = space_of(&ptw_x86_64_4level, 0, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(ptw_classify(&sp, rows[i].level, rows[i].entry), rows[i].what);
}

/* Both top levels of five refuse PSE, and take a table. */
static void kinds_with_5_levels(void **state)
{
	struct ptw_space sp = space_of(&ptw_x86_64_5level, 0, 0);

	(void)state;
	for (unsigned int level = 0; level < 2; level++) {
		assert_int_equal(ptw_classify(&sp, level, X_HUGE), PTW_MALFORMED);
		assert_int_equal(ptw_classify(&sp, level, X_TABLE), PTW_TABLE);
	}
	assert_int_equal(ptw_classify(&sp, 2, X_HUGE), PTW_LEAF);
	assert_int_equal(ptw_classify(&sp, 3, X_HUGE), PTW_LEAF);
	assert_int_equal(ptw_classify(&sp, 4, X_PAGE), PTW_LEAF);
}

/* An address that the machine has not got is malformed; the encryption bit is none. */
static void addresses_above_the_limit(void **state)
{
	static const struct {
		unsigned int level;
		unsigned int pa_bits;
		u64 encryption;
		u64 entry;
		enum ptw_what what;
	} rows[] = {
		{ PTE, 36, 0, X_PAGE | 1ULL << 35, PTW_LEAF }, /* highest there is */
		{ PTE, 36, 0, X_PAGE | 1ULL << 36, PTW_MALFORMED }, /* one above */
		{ PTE, 36, 0, X_PAGE | 1ULL << 51, PTW_MALFORMED }, /* highest of the field */
		{ PTE, 36, 0, X_PAGE | 1ULL << 52, PTW_LEAF }, /* no address */
		{ PMD, 36, 0, X_HUGE | 1ULL << 36, PTW_MALFORMED },
		{ PUD, 36, 0, X_HUGE | 1ULL << 36, PTW_MALFORMED },
		{ PGD, 36, 0, X_TABLE | 1ULL << 36, PTW_MALFORMED }, /* tables too */
		{ PMD, 36, 0, X_TABLE | 1ULL << 35, PTW_TABLE },
		{ PTE, 43, C_BIT, X_PAGE | C_BIT, PTW_LEAF }, /* SME takes bits off the top */
		{ PGD, 43, C_BIT, X_TABLE | C_BIT, PTW_TABLE },
		{ PTE, 43, C_BIT, X_PAGE | C_BIT << 1, PTW_MALFORMED },
		{ PTE, 43, 0, X_PAGE | C_BIT, PTW_MALFORMED }, /* not told of SME */
		{ PTE, 36, 0, 1ULL << 40, PTW_SOFTWARE }, /* not present: software's affair */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ptw_space sp =
			space_of(&ptw_x86_64_4level, rows[i].encryption, rows[i].pa_bits);

		assert_int_equal(ptw_classify(&sp, rows[i].level, rows[i].entry), rows[i].what);
	}
}

/* trap 5, trap 6: what of an entry is address, by level and kind */
static void trap05_trap06_addresses_in_entries(void **state)
{
	static const struct {
		unsigned int level;
		u64 entry;
		u64 pa;
	} rows[] = {
		{ PTE, ~C_BIT, BITS(51, 12) & ~C_BIT }, /* everything set */
		{ PTE, ~0ULL, BITS(51, 12) & ~C_BIT }, /* with the encryption bit */
		{ PMD, ~0ULL & ~BITS(20, 13), BITS(51, 21) & ~C_BIT }, /* PAT is not in it */
		{ PUD, ~0ULL & ~BITS(29, 13), BITS(51, 30) & ~C_BIT },
		{ PGD, ~0ULL & ~X_PSE, BITS(51, 12) & ~C_BIT },
		{ PUD, ~0ULL & ~X_PSE, BITS(51, 12) & ~C_BIT }, /* table: down to bit 12 */
		{ PMD, ~0ULL & ~X_PSE, BITS(51, 12) & ~C_BIT },
		{ PTE, 0x8000000123456067, 0x123456000 }, /* an everyday page */
		{ PMD, 0x80000001236001e3, 0x123600000 }, /* and an everyday huge one */
	};
	struct ptw_space sp = space_of(&ptw_x86_64_4level, C_BIT, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(ptw_entry_pa(&sp, rows[i].level, rows[i].entry).v, rows[i].pa);
}

/* trap 8: rights are those of all levels, and the one nearest the root decides */
static void trap08_rights_of_all_levels(void **state)
{
	enum { ALL = PTW_ALL_RIGHTS, N = 4 };
	static const struct {
		u64 clear[4]; /* bits taken from pgd, pud, pmd, pte */
		u64 set[4];
		u8 allowed;
		u8 decided[PTW_NR_RIGHTS]; /* R W X U; N: nobody took it */
	} rows[] = {
		/* everything allowed */
		{ { 0 }, { 0 }, ALL, { N, N, N, N } },
		/* each right taken by the leaf */
		{ { 0, 0, 0, X_RW }, { 0 }, ALL & ~PTW_W, { N, PTE, N, N } },
		{ { 0, 0, 0, X_US }, { 0 }, ALL & ~PTW_U, { N, N, N, PTE } },
		{ { 0 }, { 0, 0, 0, X_NX }, ALL & ~PTW_X, { N, N, PTE, N } },
		/* by the root: the leaf would allow it */
		{ { X_RW }, { 0 }, ALL & ~PTW_W, { N, PGD, N, N } },
		{ { X_US }, { 0 }, ALL & ~PTW_U, { N, N, N, PGD } },
		{ { 0 }, { X_NX }, ALL & ~PTW_X, { N, N, PGD, N } },
		/* in between */
		{ { 0, X_US }, { 0 }, ALL & ~PTW_U, { N, N, N, PUD } },
		{ { 0, 0, X_RW }, { 0 }, ALL & ~PTW_W, { N, PMD, N, N } },
		{ { 0 }, { 0, X_NX }, ALL & ~PTW_X, { N, N, PUD, N } },
		/* by two: the upper one is named */
		{ { 0, X_RW, 0, X_RW }, { 0 }, ALL & ~PTW_W, { N, PUD, N, N } },
		{ { 0 }, { 0, 0, X_NX, X_NX }, ALL & ~PTW_X, { N, N, PMD, N } },
		/* each by another level */
		{ { X_US, X_RW }, { 0, 0, X_NX }, PTW_R, { N, PUD, PMD, PGD } },
		/* all by all */
		{ { X_US | X_RW, X_US | X_RW, X_US | X_RW, X_US | X_RW },
		  { X_NX, X_NX, X_NX, X_NX },
		  PTW_R,
		  { N, PGD, PGD, PGD } },
	};
	struct ptw_rights r;
	struct ptw_walk w;
	struct hand h;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		hand_init(&h, &ptw_x86_64_4level);
		hand_put(&h, USER_VA, PTE, 0x7654000 | X_PAGE);
		for (unsigned int level = PTE + 1; level-- > PGD;) {
			u64 *entry = hand_entry(&h, USER_VA, level);

			*entry = (*entry & ~rows[i].clear[level]) | rows[i].set[level];
		}
		assert_int_equal(ptw_walk(&h.space, ptw_va(USER_VA), &w), 0);
		ptw_rights(&h.space, &w, &r);
		assert_int_equal(r.allowed, rows[i].allowed);
		assert_memory_equal(r.decided, rows[i].decided, PTW_NR_RIGHTS);
		hand_deinit(&h);
	}
}

/* A huge leaf decides at its own level; where nothing decides it is nr_levels. */
static void rights_of_a_huge_leaf(void **state)
{
	static const u8 decided[] = { 5, 3, 3, 5 };
	struct ptw_rights r;
	struct ptw_walk w;
	struct hand h;

	(void)state;
	hand_init(&h, &ptw_x86_64_5level);
	hand_put(&h, USER_VA, PMD + 1, (X_HUGE & ~X_RW) | X_NX);
	assert_int_equal(ptw_walk(&h.space, ptw_va(USER_VA), &w), 0);
	ptw_rights(&h.space, &w, &r);
	assert_int_equal(r.allowed, PTW_R | PTW_U);
	assert_memory_equal(r.decided, decided, PTW_NR_RIGHTS);
	hand_deinit(&h);
}

/* What is not mapped has no rights; its last step decided that. */
static void rights_of_what_is_not_mapped(void **state)
{
	static const struct {
		unsigned int level;
		u64 entry;
		u8 decided;
	} rows[] = {
		{ PTE, 0, PTE }, /* hole */
		{ PMD, 0, PMD }, /* a larger one */
		{ PGD, 0, PGD }, /* nothing at all */
		{ PTE, X_PROTNONE | X_A, PTE }, /* software */
		{ PMD, X_HUGE | 1 << 13, PMD }, /* malformed */
		{ PUD, 0xdead000 | X_TABLE, PUD }, /* unreadable: the entry above */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ptw_rights r;
		struct ptw_walk w;
		struct hand h;

		hand_init(&h, &ptw_x86_64_4level);
		hand_put(&h, USER_VA, rows[i].level, rows[i].entry);
		assert_int_not_equal(ptw_walk(&h.space, ptw_va(USER_VA), &w), 0);
		ptw_rights(&h.space, &w, &r);
		assert_int_equal(r.allowed, 0);
		for (unsigned int k = 0; k < PTW_NR_RIGHTS; k++)
			assert_int_equal(r.decided[k], rows[i].decided);
		hand_deinit(&h);
	}
}

/* The names of an entry, with a blank between two. */
static const char *names_of(const struct ptw_space *sp, unsigned int level, u64 entry)
{
	static char text[256];
	const char *names[PTW_MAX_ATTRIBUTES];
	unsigned int n = ptw_attributes(sp, level, entry, names, PTW_MAX_ATTRIBUTES);

	assert_in_range(n, 0, PTW_MAX_ATTRIBUTES);
	text[0] = '\0';
	for (unsigned int i = 0; i < n; i++) {
		if (i)
			strcat(text, " ");
		strcat(text, names[i]);
	}
	return text;
}

/* trap 6: PAT at both places, PSE and PAT by level; the type that they choose */
static void trap06_attributes(void **state)
{
	static const struct {
		unsigned int level;
		u64 entry;
		const char *names;
	} rows[] = {
		{ PTE, X_P, "PRESENT WB" },
		{ PTE, X_P | X_PWT, "PRESENT PWT WC" },
		{ PTE, X_P | X_PCD, "PRESENT PCD UC-" },
		{ PTE, X_P | X_PCD | X_PWT, "PRESENT PWT PCD UC" },
		/* bit 7 of the last level */
		{ PTE, X_P | X_PAT, "PRESENT PAT WB" },
		{ PTE, X_P | X_PAT | X_PWT, "PRESENT PWT PAT WP" },
		{ PTE, X_P | X_PAT | X_PCD, "PRESENT PCD PAT UC-" },
		{ PTE, X_P | X_PAT | X_PCD | X_PWT, "PRESENT PWT PCD PAT WT" },
		/* bit 12 of the last level is address */
		{ PTE, X_P | X_PAT_LARGE, "PRESENT WB" },
		/* above it bit 7 is PSE and bit 12 PAT */
		{ PMD, X_P | X_PSE, "PSE PRESENT WB" },
		{ PMD, X_P | X_PSE | X_PAT_LARGE | X_PWT, "PSE PRESENT PWT PAT WP" },
		{ PUD, X_P | X_PSE | X_PAT_LARGE | X_PCD | X_PWT, "PSE PRESENT PWT PCD PAT WT" },
		{ PUD, X_P | X_PSE | X_PCD | X_PWT, "PSE PRESENT PWT PCD UC" },
		/* all that a leaf may have; protection key 15 */
		{ PTE, ~0ULL & ~C_BIT,
		  "PRESENT RW USER PWT PCD ACCESSED DIRTY PAT GLOBAL SPECIAL UFFD_WP SOFT_DIRTY"
		  " SW57 SW58 PKEY15 NX WT" },
		{ PTE, X_P | 1ULL << 59, "PRESENT PKEY1 WB" },
		{ PTE, X_P | 8ULL << 59, "PRESENT PKEY8 WB" },
		/* a table's D and G are ignored, its keys too; no type is shown for it */
		{ PMD, ~0ULL & ~(X_PSE | C_BIT), "PRESENT RW USER PWT PCD ACCESSED SW57 SW58 NX" },
		{ PGD, X_TABLE, "PRESENT RW USER" },
		/* trap 5: the encryption bit is shown, in tables and leaves */
		{ PTE, X_P | C_BIT, "PRESENT WB ENC" },
		{ PGD, X_TABLE | C_BIT, "PRESENT RW USER ENC" },
		/* neither table nor leaf: no attributes */
		{ PTE, 0, "" },
		{ PTE, ~0ULL & ~X_P, "" },
		{ PGD, X_HUGE, "" },
		{ PMD, X_HUGE | 1 << 13, "" },
	};
	struct ptw_space sp = space_of(&ptw_x86_64_4level, C_BIT, 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(names_of(&sp, rows[i].level, rows[i].entry), rows[i].names);
}

static void attributes_stay_in_the_room_given(void **state)
{
	struct ptw_space sp = space_of(&ptw_x86_64_4level, C_BIT, 0);
	const char *names[] = { NULL, NULL, NULL };

	(void)state;
	assert_int_equal(ptw_attributes(&sp, PTE, ~0ULL, names, 0), 0);
	assert_null(names[0]);
	assert_int_equal(ptw_attributes(&sp, PTE, ~0ULL, names, 2), 2);
	assert_non_null(names[1]);
	assert_null(names[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_entries),
		cmocka_unit_test(kinds_with_5_levels),
		cmocka_unit_test(addresses_above_the_limit),
		cmocka_unit_test(trap05_trap06_addresses_in_entries),
		cmocka_unit_test(trap08_rights_of_all_levels),
		cmocka_unit_test(rights_of_a_huge_leaf),
		cmocka_unit_test(rights_of_what_is_not_mapped),
		cmocka_unit_test(trap06_attributes),
		cmocka_unit_test(attributes_stay_in_the_room_given),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
