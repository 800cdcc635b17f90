// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_kcore.c - the library on a /proc/kcore that was made by hand.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/source.h" /* before cmocka.h, which has a fail() too */
#include <cmocka.h>

#include "corefile.h"

/* Tables of the made-up kernel, by physical address. */
#define ROOT 0x10000
#define PUD_DIRECT 0x11000
#define PMD_DIRECT 0x12000
#define PUD_IMAGE 0x13000
#define PMD_IMAGE 0x14000
#define PTE_IMAGE 0x15000

/* It may truly be 0 (trap 12), and the image's segment then comes before all memory. */
#define PHYS_BASE 0
#define TABLE 0x63 /* present, writable, accessed, dirty */
#define LEAF 0x8000000000000163ULL /* and global, no execution */
#define HUGE 0x80000000000001e3ULL

#define TEXT_PFN 0x20
#define TEXT_VA (CORE_IMAGE_BASE + 0x400000)
#define INIT_TOP_PGT (CORE_IMAGE_BASE + ROOT - PHYS_BASE)

static const char cpuinfo_text[] = "processor\t: 0\nflags\t\t: fpu pti la57x\n"
				   "address sizes\t: 40 bits physical, 48 bits virtual\n\n";

struct fixture {
	struct corefile *core;
	struct paths paths;
	char cpuinfo[32];
	char kallsyms[32];
};

static void write_text(char *path, const char *text)
{
	FILE *f;
	int fd;

	strcpy(path, "/tmp/kcoretest.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	fputs(text, f);
	fclose(f);
}

/* The direct map is one 2 MiB leaf, the image has two pages of text and a note. */
static void make_tables(struct corefile *c)
{
	corefile_entry(c, ROOT, 273, PUD_DIRECT | TABLE); /* CORE_PAGE_OFFSET */
	corefile_entry(c, PUD_DIRECT, 0, PMD_DIRECT | TABLE);
	corefile_entry(c, PMD_DIRECT, 0, 0 | HUGE);
	corefile_entry(c, ROOT, 511, PUD_IMAGE | TABLE);
	corefile_entry(c, PUD_IMAGE, 510, PMD_IMAGE | TABLE);
	corefile_entry(c, PMD_IMAGE, 2, PTE_IMAGE | TABLE);
	corefile_entry(c, PTE_IMAGE, 0, (TEXT_PFN << 12) | 0x121);
	corefile_entry(c, PTE_IMAGE, 1, ((TEXT_PFN + 1) << 12) | 0x121);
	corefile_entry(c, PTE_IMAGE, 5, 0x7000ULL << 12 | LEAF); /* a frame beyond memory */
	corefile_entry(c, PMD_IMAGE, 3, 0x900000000ULL | TABLE); /* a table beyond memory */
	corefile_entry(c, PUD_IMAGE, 511, PUD_IMAGE | TABLE); /* a table below itself */
}

static void setup(struct fixture *f, const char *vmcoreinfo, const char *kallsyms)
{
	f->core = corefile_create();
	make_tables(f->core);
	if (vmcoreinfo)
		corefile_note(f->core, "VMCOREINFO", 0, vmcoreinfo);
	corefile_segment(f->core, CORE_IMAGE_BASE, PHYS_BASE, 0x80000, PHYS_BASE);
	/* Two segments of memory, the higher one first. */
	corefile_segment(f->core, CORE_PAGE_OFFSET + 0x40000, 0x40000, CORE_MEMORY - 0x40000,
			 0x40000);
	corefile_segment(f->core, CORE_PAGE_OFFSET + 0x1000, 0x1000, 0x3f000, 0x1000);
	corefile_empty_segment(f->core, 0xffffc90000000000, (1ULL << 45) - 1);
	corefile_empty_segment(f->core, 0xffffea0000000000, 1 << 20);
	corefile_empty_segment(f->core, 0xffffffffa0000000, 0x5f000000);
	memcpy(f->core->memory + (TEXT_PFN << 12) + 4090, "hello, world", 12);
	write_text(f->cpuinfo, cpuinfo_text);
	write_text(f->kallsyms, kallsyms);
	f->paths = (struct paths){ .device = "/nonexistent/ptwalk",
				   .kcore = corefile_write(f->core, (size_t)-1),
				   .kallsyms = f->kallsyms,
				   .cpuinfo = f->cpuinfo,
				   .proc = "/proc" };
}

static void teardown(struct fixture *f)
{
	unlink(f->cpuinfo);
	unlink(f->kallsyms);
	corefile_free(f->core);
}

static char *info_text(char *to, size_t bytes)
{
	snprintf(to, bytes,
		 "OSRELEASE=6.1.0-test\nNUMBER(phys_base)=%d\nSYMBOL(init_top_pgt)=%llx\n"
		 "NUMBER(pgtable_l5_enabled)=0\nKERNELOFFSET=0\nNUMBER(sme_mask)=0\n",
		 PHYS_BASE, INIT_TOP_PGT);
	return to;
}

static struct ptwalk *open_core(struct fixture *f)
{
	char text[512];
	struct ptwalk_error err = { 0 };
	struct ptwalk *p;

	setup(f, info_text(text, sizeof(text)), "");
	p = open_at(NULL, &f->paths, &err);
	if (!p)
		fail_msg("%s", err.text);
	return p;
}

static void expect_end(struct ptwalk *p, uint64_t va, unsigned int end, unsigned int steps,
		       uint64_t pa)
{
	struct ptwalk_walk w;

	assert_int_equal(ptwalk_walk(p, &va, 1, &w, NULL), 0);
	assert_int_equal(w.va, va);
	assert_int_equal(w.end, end);
	assert_int_equal(w.nr_steps, steps);
	assert_int_equal(w.pa, pa);
}

static void walks(void **state)
{
	struct ptwalk_walk w;
	struct fixture f;
	struct ptwalk *p = open_core(&f);
	uint64_t va = TEXT_VA + 0x1abc;

	(void)state;
	assert_string_equal(ptwalk_source_name(p), "kcore");
	assert_true(ptwalk_source_unlocked(p));
	assert_int_equal(ptwalk_walk(p, &va, 1, &w, NULL), 0);
	assert_int_equal(w.pa, ((TEXT_PFN + 1) << 12) + 0xabc);
	assert_int_equal(w.page_bytes, 4096);
	assert_int_equal(w.level, 3);
	assert_int_equal(w.rights, PTWALK_R | PTWALK_X);
	assert_int_equal(w.decided[0], PTWALK_NO_LEVEL);
	assert_int_equal(w.decided[1], 3); /* not writable: the pte */
	assert_int_equal(w.decided[3], 0); /* not a user's: the pgd */
	assert_int_equal(w.steps[0].entry_pa, ROOT + 8 * 511);
	assert_int_equal(w.steps[0].entry, PUD_IMAGE | TABLE);
	assert_int_equal(w.steps[3].is, PTWALK_LEAF);
	expect_end(p, CORE_PAGE_OFFSET + 0x12345, PTWALK_LEAF, 3, 0x12345);
	expect_end(p, 0, PTWALK_NONE, 1, 0);
	expect_end(p, TEXT_VA + 0x2000, PTWALK_NONE, 4, 0);
	expect_end(p, TEXT_VA + 0x200000, PTWALK_UNREADABLE, 3, 0);
	expect_end(p, 1ULL << 63, PTWALK_NONCANONICAL, 0, 0);
	/* A table that is its own pud, pmd and pte. */
	expect_end(p, 0xffffffffffffffff, PTWALK_LEAF, 4, PUD_IMAGE + 0xfff);
	ptwalk_close(p);
	teardown(&f);
}

static void expect_region(struct ptwalk *p, uint64_t va, uint32_t kind)
{
	const struct ptwalk_region *r = ptwalk_region_at(p, va);

	assert_int_equal(r ? r->kind : PTWALK_IN_NONE, kind);
}

static void what_is_known(void **state)
{
	const struct ptwalk_info *i;
	struct fixture f;
	struct ptwalk *p = open_core(&f);

	(void)state;
	i = ptwalk_get_info(p);
	assert_int_equal(i->levels, 4);
	assert_int_equal(i->kernel_root, ROOT);
	assert_int_equal(i->phys_base, PHYS_BASE);
	assert_int_equal(i->page_offset, CORE_PAGE_OFFSET);
	assert_int_equal(i->pa_bits, 40);
	assert_int_equal(i->pti, 1);
	assert_int_equal(i->kaslr, 0);
	assert_string_equal(i->release, "6.1.0-test");
	for (uint32_t n = 1; n < i->nr_regions; n++)
		assert_true(i->regions[n - 1].end <= i->regions[n].start);
	expect_region(p, 0x1000, PTWALK_IN_USER);
	expect_region(p, CORE_PAGE_OFFSET, PTWALK_IN_DIRECT_MAP);
	expect_region(p, CORE_PAGE_OFFSET + CORE_MEMORY, PTWALK_IN_NONE);
	expect_region(p, 0xffffc90000000000, PTWALK_IN_VMALLOC);
	expect_region(p, 0xffffea0000001000, PTWALK_IN_VMEMMAP);
	expect_region(p, TEXT_VA, PTWALK_IN_IMAGE);
	expect_region(p, 0xffffffffa0000000, PTWALK_IN_MODULES);
	expect_region(p, UINT64_MAX, PTWALK_IN_NONE);
	ptwalk_close(p);
	teardown(&f);
}

static void bytes(void **state)
{
	struct ptwalk_error err = { 0 };
	struct fixture f;
	struct ptwalk *p = open_core(&f);
	char text[8192];

	(void)state;
	/* Across two pages, and short where the third is not mapped. */
	assert_int_equal(ptwalk_read(p, TEXT_VA + 4090, text, 12, NULL), 12);
	assert_memory_equal(text, "hello, world", 12);
	assert_int_equal(ptwalk_read(p, TEXT_VA + 4090, text, sizeof(text), NULL), 4096 + 6);
	assert_int_equal(ptwalk_read_phys(p, (TEXT_PFN << 12) + 4090, text, 12, NULL), 12);
	assert_memory_equal(text, "hello, world", 12);
	assert_int_equal(ptwalk_read(p, TEXT_VA + 0x2000, text, 1, &err), -ENXIO);
	assert_non_null(strstr(err.text, "ffffffff80402000"));
	/* Mapped, but no memory. */
	assert_int_equal(ptwalk_read(p, TEXT_VA + 0x5000, text, 1, &err), -ENXIO);
	assert_non_null(strstr(err.text, "7000000"));
	/* Frame 0 is in no segment; the end of memory is an end. */
	assert_int_equal(ptwalk_read_phys(p, 0, text, 1, &err), -ENXIO);
	assert_int_equal(ptwalk_read_phys(p, CORE_MEMORY - 4096, text, 8192, NULL), 4096);
	assert_int_equal(ptwalk_read_phys(p, UINT64_MAX, text, 2, &err), -EOVERFLOW);
	assert_int_equal(ptwalk_read(p, 0, text, 0, &err), 0);
	ptwalk_close(p);
	teardown(&f);
}

static void expect_refused(struct fixture *f, int code, const char *says)
{
	const struct ptwalk_open_options options = { .source = PTWALK_SOURCE_KCORE };
	struct ptwalk_error err = { 0 };

	assert_null(open_at(&options, &f->paths, &err));
	assert_int_equal(err.code, code);
	if (!strstr(err.text, says))
		fail_msg("'%s' does not say '%s'", err.text, says);
}

static void root_from_kallsyms(void **state)
{
	char line[64];
	struct fixture f;
	struct ptwalk *p;

	(void)state;
	snprintf(line, sizeof(line), "ffffffff80000000 T _text\n%llx D init_top_pgt\n",
		 INIT_TOP_PGT);
	/* phys_base is then told by the image's segment. */
	setup(&f, NULL, line);
	p = open_at(NULL, &f.paths, NULL);
	assert_non_null(p);
	expect_end(p, TEXT_VA, PTWALK_LEAF, 4, TEXT_PFN << 12);
	ptwalk_close(p);
	teardown(&f);
	/* Without the right to see addresses they are all 0. */
	setup(&f, NULL, "0000000000000000 D init_top_pgt\n");
	expect_refused(&f, -ENODEV, "top table");
	teardown(&f);
}

static void refusals(void **state)
{
	struct ptwalk_open_options options = { .source = PTWALK_SOURCE_KCORE, .pid = 1 };
	struct ptwalk_error err = { 0 };
	struct fixture f;
	char text[512];

	(void)state;
	setup(&f, info_text(text, sizeof(text)), "");
	assert_null(open_at(&options, &f.paths, &err));
	assert_int_equal(err.code, -EOPNOTSUPP);
	options = (struct ptwalk_open_options){ .reserved = { 1 } };
	assert_null(open_at(&options, &f.paths, &err));
	assert_int_equal(err.code, -EINVAL);
	options = (struct ptwalk_open_options){ .source = 77 };
	assert_null(open_at(&options, &f.paths, &err));
	assert_int_equal(err.code, -EINVAL);
	options = (struct ptwalk_open_options){ .flags = 2 };
	assert_null(open_at(&options, &f.paths, &err));
	assert_int_equal(err.code, -EINVAL);
	f.core->ehdr.e_machine = EM_AARCH64;
	corefile_write(f.core, (size_t)-1);
	expect_refused(&f, -ENOTSUP, "machine 183");
	f.core->ehdr.e_machine = EM_X86_64;
	corefile_write(f.core, 100);
	expect_refused(&f, -EBADMSG, "program headers");
	/* Neither source: one sentence that says how to get either. */
	f.paths.kcore = "/nonexistent/kcore";
	assert_null(open_at(NULL, &f.paths, &err));
	assert_int_equal(err.code, -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/ptwalk"));
	assert_non_null(strstr(err.text, "/nonexistent/kcore"));
	assert_non_null(strstr(err.text, "insmod ptwalk.ko"));
	teardown(&f);
}

/* What map says of each page is what walk says. */
static void map_is_walk(void **state)
{
	struct ptwalk_range r;
	struct fixture f;
	struct ptwalk *p = open_core(&f);
	struct ptwalk_map *m = ptwalk_map_begin(p, 0, CORE_IMAGE_BASE + (1 << 30), 0, NULL);
	unsigned int mapped = 0;
	struct ptwalk_walk w;
	int n;

	(void)state;
	while ((n = ptwalk_map_next(m, &r, 1, NULL)) > 0) {
		assert_int_equal(n, 1);
		assert_int_equal(ptwalk_walk(p, &r.start, 1, &w, NULL), 0);
		assert_int_equal(w.end, r.what);
		assert_int_equal(w.pa, r.pa);
		mapped += r.what == PTWALK_LEAF;
	}
	assert_int_equal(n, 0);
	assert_int_equal(mapped, 3);
	ptwalk_map_end(m);
	assert_null(ptwalk_map_begin(p, 2, 1, 0, NULL));
	assert_null(ptwalk_map_begin(p, 0, 0, 2, NULL));
	ptwalk_close(p);
	teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks),    cmocka_unit_test(what_is_known),
		cmocka_unit_test(bytes),    cmocka_unit_test(root_from_kallsyms),
		cmocka_unit_test(refusals), cmocka_unit_test(map_is_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
