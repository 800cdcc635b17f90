// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_format.c - the formats as data, making a space, canonical addresses, and
 * the arithmetic of virt_to_phys().
 */
#include "hand.h"

static const struct ptw_format * const formats[] = { &ptw_x86_64_4level, &ptw_x86_64_5level };

/* An address is cut without gap or overlap, and nothing of it is left over. */
static void levels_cut_the_whole_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct ptw_format *f = formats[i];
		unsigned int below = 12;

		for (unsigned int level = f->nr_levels; level-- > 0;) {
			assert_int_equal(f->levels[level].shift, below);
			assert_int_equal(ptw_level_bytes(f, level), 1ULL << below);
			assert_int_equal(f->levels[level].bits, 9);
			below += f->levels[level].bits;
		}
		assert_int_equal(f->va_bits, below);
		assert_int_equal(f->pa_bits, 52);
	}
}

static void levels_have_the_kernels_names(void **state)
{
	static const char * const names[] = { "pgd", "p4d", "pud", "pmd", "pte" };

	(void)state;
	assert_int_equal(ptw_x86_64_4level.nr_levels, 4);
	assert_int_equal(ptw_x86_64_5level.nr_levels, 5);
	for (unsigned int i = 0; i < 5; i++)
		assert_string_equal(ptw_x86_64_5level.levels[i].name, names[i]);
	assert_string_equal(ptw_x86_64_4level.levels[PGD].name, "pgd");
	for (unsigned int i = PUD; i <= PTE; i++)
		assert_string_equal(ptw_x86_64_4level.levels[i].name, names[i + 1]);
}

/* Every list of rows ends, and is no longer than the room that is promised. */
static void rows_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (unsigned int level = 0; level < formats[i]->nr_levels; level++) {
			const struct ptw_level *lv = &formats[i]->levels[level];
			unsigned int leaf = 0, table = 0;

			while (lv->leaf_attrs[leaf].name)
				leaf++;
			while (lv->table_attrs[table].name)
				table++;
			assert_in_range(leaf, 1, 64);
			assert_in_range(table, 1, PTW_MAX_ATTRIBUTES - 1);
		}
}

/* A row that asks for bits outside of its mask would never be shown. */
static void rows_can_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (unsigned int level = 0; level < formats[i]->nr_levels; level++) {
			const struct ptw_attr *row = formats[i]->levels[level].leaf_attrs;

			for (; row->name; row++)
				assert_int_equal(row->val & ~row->mask, 0);
			row = formats[i]->levels[level].table_attrs;
			for (; row->name; row++)
				assert_int_equal(row->val & ~row->mask, 0);
		}
}

static int no_lend(void *ctx, ptw_pa_t pa, u64 bytes, const ptw_entry_t **entries)
{
	(void)ctx;
	(void)pa;
	(void)bytes;
	(void)entries;
	return -EIO;
}

static const struct ptw_memory no_memory = { .lend = no_lend };

/* Field by field: what ptw_space_init() makes of its arguments. */
static void space_init_fills_every_field(void **state)
{
	const u64 c_bit = 1ULL << 47;
	struct ptw_space sp;

	(void)state;
	assert_int_equal(ptw_space_init(&sp, &ptw_x86_64_4level, &no_memory,
					0x8000000012345018ULL | c_bit, c_bit, 46),
			 0);
	assert_ptr_equal(sp.format, &ptw_x86_64_4level);
	assert_ptr_equal(sp.memory, &no_memory);
	assert_int_equal(sp.root.v, 0x12345000);
	assert_int_equal(sp.encryption, c_bit);
	assert_int_equal(sp.pa_limit, (1ULL << 46) - 1);
	assert_ptr_equal(sp.swap, &ptw_swap_types_6_12);
	assert_int_equal(ptw_space_init(&sp, &ptw_x86_64_5level, &no_memory, 0, 0, 0), 0);
	assert_int_equal(sp.pa_limit, (1ULL << 52) - 1);
}

static void space_init_refuses(void **state)
{
	static const struct {
		u64 encryption;
		unsigned int pa_bits;
		int ret;
	} rows[] = {
		{ 0, 52, 0 }, /* the format's most */
		{ 0, 53, -EINVAL }, /* more than an entry can hold */
		{ 0, 64, -EINVAL }, /* a shift by 64 must not happen either */
		{ 1ULL << 51, 0, 0 }, /* highest address bit */
		{ 1ULL << 52, 0, -EINVAL }, /* software's */
		{ 1ULL << 12, 0, 0 }, /* lowest address bit */
		{ 1ULL << 11, 0, -EINVAL }, /* software's */
		{ 1ULL << 63, 0, -EINVAL }, /* NX */
		{ 1ULL << 47 | 1, 0, -EINVAL }, /* one bit right, one wrong */
	};
	struct ptw_space sp;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(ptw_space_init(&sp, &ptw_x86_64_4level, &no_memory, 0,
						rows[i].encryption, rows[i].pa_bits),
				 rows[i].ret);
}

/* trap 4: PCID, LAM and no-flush bits of CR3, and the C-bit in it */
static void trap04_pcid_and_cbit_masked(void **state)
{
	static const struct {
		u64 cr3;
		u64 encryption;
		u64 root;
	} rows[] = {
		{ 0x0000000001234000, 0, 0x1234000 }, /* nothing to mask */
		{ 0x0000000001234006, 0, 0x1234000 }, /* PCID 6 */
		{ 0x0000000001234fff, 0, 0x1234000 }, /* highest PCID */
		{ 0x000000000123401d, 0, 0x1234000 }, /* PWT and PCD without PCID */
		{ 0x8000000001234001, 0, 0x1234000 }, /* no flush */
		{ 0x6000000001234000, 0, 0x1234000 }, /* LAM_U48 and LAM_U57 */
		{ 0x0000800001234801, 1ULL << 47, 0x1234000 }, /* SME's bit, PTI user half */
		{ 0x0008000001234000, 1ULL << 51, 0x1234000 }, /* SEV's bit at 51 */
		{ 0x0008000001234000, 0, 0x8000001234000 }, /* the same without SEV: address */
		{ 0x000ffffffffff000, 0, 0xffffffffff000 }, /* all address bits */
	};
	struct ptw_space sp;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(ptw_space_init(&sp, &ptw_x86_64_4level, &no_memory, rows[i].cr3,
						rows[i].encryption, 0),
				 0);
		assert_int_equal(sp.root.v, rows[i].root);
	}
}

/* trap 3: how many bits count is the format's, not the build's */
static void trap03_canonical_borders(void **state)
{
	static const struct {
		u64 va;
		bool with_48;
		bool with_57;
	} rows[] = {
		{ 0x0000000000000000, true, true }, /* first */
		{ 0x00007fffffffffff, true, true }, /* last of the lower 48-bit half */
		{ 0x0000800000000000, false, true }, /* one more: bit 47 is not repeated */
		{ 0x0000ffffffffffff, false, true }, /* 48 bits set, none above */
		{ 0x00ffffffffffffff, false, true }, /* last of the lower 57-bit half */
		{ 0x0100000000000000, false, false }, /* one more */
		{ 0x01ffffffffffffff, false, false }, /* 57 bits set, none above */
		{ 0x8000000000000000, false, false }, /* bit 63 alone */
		{ 0xfeffffffffffffff, false, false }, /* one below the upper 57-bit half */
		{ 0xff00000000000000, false, true }, /* its first */
		{ 0xffff7fffffffffff, false, true }, /* one below the upper 48-bit half */
		{ 0xffff800000000000, true, true }, /* its first */
		{ 0xffffffffffffffff, true, true }, /* last */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(ptw_canonical(&ptw_x86_64_4level, ptw_va(rows[i].va)),
				 rows[i].with_48);
		assert_int_equal(ptw_canonical(&ptw_x86_64_5level, ptw_va(rows[i].va)),
				 rows[i].with_57);
	}
}

/* trap 1, lessons.md: the number that is right for the direct map alone */
static void trap01_virt_to_phys_is_arithmetic(void **state)
{
	const u64 direct_map_2016 = 0xffff880000000000;
	static const struct {
		u64 va;
		u64 page_offset;
		u64 phys_base;
		u64 pa;
	} rows[] = {
		/* the image: link address 0xffffffff81000000, loaded 16 MiB up */
		{ 0xffffffff81000000, 0xffff888000000000, 0x1000000, 0x2000000 },
		/* trap 12: phys_base may truly be 0 */
		{ 0xffffffff81000000, 0xffff888000000000, 0, 0x1000000 },
		/* the image's first address, and the last of the other formula */
		{ 0xffffffff80000000, 0xffff888000000000, 0x5000, 0x5000 },
		{ 0xffffffff7fffffff, 0xffff888000000000, 0x5000, 0x777f7fffffff },
		/* loaded below its link address: the sum wraps, as the kernel's does */
		{ 0xffffffff80200000, 0xffff888000000000, -0x100000ULL, 0x100000 },
		/* the direct map's first address; KASLR moved it */
		{ 0xffff9c8000000000, 0xffff9c8000000000, 0x1000000, 0 },
		/* a user address: a number that means nothing, and no trap */
		{ 0x1000, 0xffff888000000000, 0, 0x0000778000001000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(ptw_x86_virt_to_phys(ptw_va(rows[i].va), rows[i].page_offset,
						      rows[i].phys_base),
				 rows[i].pa);
	/* kmalloc.ko */
	assert_int_equal(ptw_x86_virt_to_phys(ptw_va(0xffff88008d96a000), direct_map_2016, 0),
			 0x8d96a000);
	/* vmalloc.ko: no memory is there */
	assert_int_equal(ptw_x86_virt_to_phys(ptw_va(0xffffc900106be000), direct_map_2016, 0),
			 0x4100106be000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_cut_the_whole_address),
		cmocka_unit_test(levels_have_the_kernels_names),
		cmocka_unit_test(rows_end),
		cmocka_unit_test(rows_can_fit),
		cmocka_unit_test(space_init_fills_every_field),
		cmocka_unit_test(space_init_refuses),
		cmocka_unit_test(trap01_virt_to_phys_is_arithmetic),
		cmocka_unit_test(trap03_canonical_borders),
		cmocka_unit_test(trap04_pcid_and_cbit_masked),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
