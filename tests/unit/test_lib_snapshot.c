// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lib_snapshot.c - what is saved comes back; and how it is written.
 */
#include "saved.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/snapshot_code.h"

#define MOST 4096

/* ---- there and back ---- */

static int next_of(struct ptwalk_map *m, struct ptwalk_range *r)
{
	struct ptwalk_error err;
	int n = ptwalk_map_next(m, r, 1, &err);

	assert_true(n >= 0);
	return n;
}

static void same_ranges(struct ptwalk *p, struct ptwalk *q, uint64_t start, uint64_t end)
{
	struct ptwalk_map *a = ptwalk_map_begin(p, start, end, 0, NULL);
	struct ptwalk_map *b = ptwalk_map_begin(q, start, end, 0, NULL);
	struct ptwalk_range x, y;
	int n, k;

	do {
		n = next_of(a, &x);
		k = next_of(b, &y);
		assert_int_equal(n, k);
		if (n)
			assert_memory_equal(&x, &y, sizeof(x));
	} while (n);
	ptwalk_map_end(a);
	ptwalk_map_end(b);
}

static void three_spaces_come_back(void **state)
{
	static struct ptwalk_range ranges[3][16];
	static const char * const names[] = { "pagemap's", NULL, "a name" };
	struct space kernel, tables, pagemap;
	struct ptwalk *all[] = { &pagemap.p, &kernel.p, &tables.p };
	struct ptwalk_image *image;
	struct ptwalk *p;

	(void)state;
	made_space(&kernel, ranges[0], kernel_ranges(ranges[0]), 0, true);
	made_space(&tables, ranges[1], process_ranges(ranges[1]), 7, true);
	made_space(&pagemap, ranges[2], pagemap_ranges(ranges[2]), 9, false);
	assert_int_equal(ptwalk_snapshot_write(path, all, names, 3, NULL), 0);
	assert_int_equal(files_in_folder(), 1);
	image = load(NULL);
	assert_non_null(image);
	assert_int_equal(ptwalk_image_get_info(image)->format, PTWALK_FORMAT_SNAPSHOT);
	p = space_of_image(image, 0);
	assert_memory_equal(ptwalk_get_info(p), &kernel.p.info, sizeof(kernel.p.info));
	assert_string_equal(ptwalk_source_name(p), "snapshot");
	same_ranges(&kernel.p, p, 1ULL << 63, 0);
	ptwalk_close(p);
	p = space_of_image(image, 7);
	same_ranges(&tables.p, p, 0, 1ULL << 63);
	ptwalk_close(p);
	p = space_of_image(image, 9);
	same_ranges(&pagemap.p, p, 0, 1ULL << 63);
	ptwalk_close(p);
	ptwalk_image_close(image);
}

static void a_walk_has_the_leaf_and_no_steps(void **state)
{
	static struct ptwalk_range ranges[16];
	const uint64_t va[] = { KERNEL + 2 * PAGE + 5,
				KERNEL + 9 * HUGE_PAGE,
				KERNEL + 4 * GIB + 77 * PAGE + 3,
				0x1000,
				1ULL << 60,
				KERNEL + 5 * GIB,
				~0ULL };
	const uint8_t ends[] = { PTWALK_LEAF,	      PTWALK_NONE,     PTWALK_LEAF, PTWALK_UNKNOWN,
				 PTWALK_NONCANONICAL, PTWALK_SOFTWARE, PTWALK_LEAF };
	struct ptwalk_walk w[7];
	struct ptwalk_image *image;
	struct space kernel;
	struct ptwalk *p;

	(void)state;
	made_space(&kernel, ranges, kernel_ranges(ranges), 0, true);
	assert_int_equal(save(&kernel.p, NULL), 0);
	image = load(NULL);
	p = space_of_image(image, 0);
	assert_int_equal(ptwalk_walk(p, va, 7, w, NULL), 0);
	for (unsigned int i = 0; i < 7; i++) {
		assert_int_equal(w[i].end, ends[i]);
		assert_int_equal(w[i].nr_steps, 0);
		assert_int_equal(w[i].va, va[i]);
	}
	assert_int_equal(w[0].pa, 0x12005);
	assert_int_equal(w[0].rights, R | W);
	assert_int_equal(w[0].level, 3);
	assert_int_equal(w[2].pa, 0x5003);
	assert_int_equal(w[2].page_bytes, PAGE);
	assert_int_equal(w[6].pa, 0x1000000000fffULL - PAGE + PAGE);
	assert_int_equal(ptwalk_read(p, KERNEL, w, 8, NULL), -EOPNOTSUPP);
	assert_int_equal(ptwalk_read_phys(p, 0, w, 8, NULL), -EOPNOTSUPP);
	ptwalk_close(p);
	ptwalk_image_close(image);
}

static void entries_keep_their_meaning(void **state)
{
	static struct ptwalk_range ranges[16];
	const char *names[PTWALK_ATTRIBUTES];
	struct ptwalk_range r;
	struct ptwalk_note note;
	struct ptwalk_image *image;
	struct ptwalk_map *m;
	struct space process;
	struct ptwalk *p;

	(void)state;
	made_space(&process, ranges, process_ranges(ranges), 7, true);
	assert_int_equal(save(&process.p, NULL), 0);
	image = load(NULL);
	p = space_of_image(image, 7);
	assert_string_equal(ptwalk_level_name(p, 3), "pte");
	/* From within a range of swap slots: the third of them. */
	m = ptwalk_map_begin(p, 0x22000, 0x23000, 0, NULL);
	assert_int_equal(next_of(m, &r), 1);
	ptwalk_read_note(p, r.start, r.level, r.entry, &note);
	assert_int_equal(note.kind, PTWALK_NOTE_SWAP);
	assert_int_equal(note.offset, 102);
	assert_int_equal(note.type, 2);
	ptwalk_map_end(m);
	/* And of the frames behind PROT_NONE. */
	m = ptwalk_map_begin(p, 0x43000, 0x50000, 0, NULL);
	assert_int_equal(next_of(m, &r), 1);
	ptwalk_read_note(p, r.start, r.level, r.entry, &note);
	assert_int_equal(note.kind, PTWALK_NOTE_PROTNONE);
	assert_int_equal(note.pa, 0x77a000);
	ptwalk_map_end(m);
	m = ptwalk_map_begin(p, 0x12000, 0x13000, 0, NULL);
	assert_int_equal(next_of(m, &r), 1);
	assert_int_equal(r.entry, 0x22000 | NX | 4 | P);
	assert_true(ptwalk_attributes(p, r.level, r.entry, names, PTWALK_ATTRIBUTES) >= 3);
	ptwalk_map_end(m);
	ptwalk_close(p);
	ptwalk_image_close(image);
}

/* Without an entry to look at, a walk's flags say what the note was. */
static void a_walk_tells_notes(void **state)
{
	static struct ptwalk_range ranges[16];
	const uint64_t va[] = { 0x22000, 0x43000 };
	struct ptwalk_walk w[2];
	struct ptwalk_image *image;
	struct space process;
	struct ptwalk *p;

	(void)state;
	made_space(&process, ranges, process_ranges(ranges), 7, true);
	assert_int_equal(save(&process.p, NULL), 0);
	image = load(NULL);
	p = space_of_image(image, 7);
	assert_int_equal(ptwalk_walk(p, va, 2, w, NULL), 0);
	assert_int_equal(w[0].flags, PTWALK_WALK_SWAPPED);
	assert_int_equal(w[1].flags, PTWALK_WALK_NO_ACCESS);
	ptwalk_close(p);
	ptwalk_image_close(image);
}

/* pagemap's levels are the processor's; that tables were seen is not said. */
static void levels_that_nobody_saw(void **state)
{
	static struct ptwalk_range ranges[16];
	struct ptwalk_image *image;
	struct space process;
	struct ptwalk *p;

	(void)state;
	made_space(&process, ranges, pagemap_ranges(ranges), 9, false);
	process.p.info.levels = 0;
	assert_int_equal(save(&process.p, NULL), 0);
	image = load(NULL);
	p = space_of_image(image, 9);
	assert_int_equal(ptwalk_get_info(p)->levels, 0);
	assert_string_equal(ptwalk_level_name(p, 3), "pte");
	ptwalk_close(p);
	ptwalk_image_close(image);
}

/* With holes, every address is told once. */
static void a_scan_with_holes_has_no_gap(void **state)
{
	static struct ptwalk_range ranges[16];
	struct ptwalk_range r;
	struct ptwalk_image *image;
	struct ptwalk_map *m;
	struct space kernel;
	struct ptwalk *p;
	uint64_t at = 0;
	unsigned int n = 0;

	(void)state;
	made_space(&kernel, ranges, kernel_ranges(ranges), 0, true);
	assert_int_equal(save(&kernel.p, NULL), 0);
	image = load(NULL);
	p = space_of_image(image, 0);
	m = ptwalk_map_begin(p, 0, 0, PTWALK_MAP_HOLES, NULL);
	while (next_of(m, &r)) {
		assert_int_equal(r.start, at);
		assert_true(r.what == (n == 0 ? PTWALK_UNKNOWN :
				       n == 1 ? PTWALK_NONCANONICAL :
						r.what));
		at = r.end;
		n++;
	}
	assert_int_equal(at, 0);
	assert_int_equal(n, 2 + 9 + 8);
	ptwalk_map_end(m);
	ptwalk_close(p);
	ptwalk_image_close(image);
}

static void spaces_are_asked_for_by_pid(void **state)
{
	static struct ptwalk_range ranges[16];
	struct ptwalk_open_options o = { .pid = 8 };
	struct ptwalk_error err;
	struct space process;
	uint64_t va;
	struct ptwalk *p;

	(void)state;
	made_space(&process, ranges, process_ranges(ranges), 7, true);
	assert_int_equal(save(&process.p, NULL), 0);
	o.image = load(NULL);
	assert_null(ptwalk_open(&o, &err));
	assert_int_equal(err.code, -ESRCH);
	o.pid = 0;
	assert_null(ptwalk_open(&o, &err));
	assert_int_equal(err.code, -ESRCH);
	o.pid = 7;
	o.flags = PTWALK_OPEN_USER_HALF;
	assert_null(ptwalk_open(&o, &err));
	assert_int_equal(err.code, -EOPNOTSUPP);
	o.flags = 0;
	p = ptwalk_open(&o, &err);
	assert_non_null(p);
	assert_int_equal(ptwalk_symbol(p, "init_task", &va, &err), -EOPNOTSUPP);
	ptwalk_close(p);
	ptwalk_image_close(o.image);
}

/* ---- random spaces, and size ---- */

static void random_spaces_come_back(void **state)
{
	static struct ptwalk_range ranges[MOST];
	uint64_t seed = 7;

	(void)state;
	for (unsigned int round = 0; round < 20; round++) {
		struct ptwalk_image *image;
		struct space kernel;
		struct ptwalk *p;

		random_ranges(ranges, 500, false, &seed);
		made_space(&kernel, ranges, 500, 0, false);
		assert_int_equal(save(&kernel.p, NULL), 0);
		image = load(NULL);
		p = space_of_image(image, 0);
		same_ranges(&kernel.p, p, 1ULL << 63, 0);
		ptwalk_close(p);
		ptwalk_image_close(image);
	}
}

static void ten_thousand_ranges_are_small(void **state)
{
	static struct ptwalk_range ranges[10000];
	static const uint64_t bits[] = { NX, NX | 0x62, GLOBAL | NX, 0x60, 0x18 | NX };
	uint64_t seed = 3, va = KERNEL;
	struct stat st;
	struct space kernel;

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		va += next_random(&seed) % 20 * PAGE;
		ranges[i] = leaf(va, next_random(&seed) % (1ULL << 24) * PAGE,
				 1 + next_random(&seed) % 16, 3, bits[next_random(&seed) % 5],
				 R | W);
		va = ranges[i].end;
	}
	made_space(&kernel, ranges, 10000, 0, true);
	assert_int_equal(save(&kernel.p, NULL), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size < 100000);
}

/* ---- writing ---- */

static int stop(void *ctx, uint64_t at)
{
	(void)ctx;
	(void)at;
	return 5;
}

static void what_is_stopped_leaves_nothing(void **state)
{
	static struct ptwalk_range ranges[16];
	struct ptwalk_error err;
	struct bytes before, after;
	struct space s;

	(void)state;
	before = some_file();
	made_space(&s, ranges, kernel_ranges(ranges), 0, true);
	ptwalk_set_progress(&s.p, stop, NULL);
	assert_int_equal(save(&s.p, &err), 5);
	assert_int_equal(files_in_folder(), 1);
	/* What was there is still there. */
	after = read_file();
	assert_int_equal(after.n, before.n);
	assert_memory_equal(after.data, before.data, after.n);
	free(before.data);
	free(after.data);
}

static void refusals_of_the_writer(void **state)
{
	static struct ptwalk_range ranges[16];
	struct ptwalk_error err;
	struct space s, t;
	struct ptwalk *twice[] = { &s.p, &t.p }, *one = &s.p;
	struct bytes before = some_file(), after;

	(void)state;
	made_space(&s, ranges, kernel_ranges(ranges), 0, true);
	made_space(&t, ranges, kernel_ranges(ranges), 0, true);
	assert_int_equal(ptwalk_snapshot_write(path, NULL, NULL, 0, &err), -EINVAL);
	assert_int_equal(ptwalk_snapshot_write(path, twice, NULL, 2, &err), -EINVAL);
	assert_int_equal(ptwalk_snapshot_write("/dev/null", &one, NULL, 1, &err), -EINVAL);
	assert_int_equal(ptwalk_snapshot_write(folder, &one, NULL, 1, &err), -EINVAL);
	assert_int_equal(ptwalk_snapshot_write("/nowhere/at/all", &one, NULL, 1, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nowhere/at/all"));
	ranges[0].start += 8;
	assert_int_equal(save(&s.p, &err), -EINVAL);
	assert_int_equal(files_in_folder(), 1);
	after = read_file();
	assert_int_equal(after.n, before.n);
	free(before.data);
	free(after.data);
}

static int ended(struct ptwalk *p, struct cursor *c, struct ptwalk_range *ranges, unsigned int max,
		 struct ptwalk_error *err)
{
	(void)p;
	(void)c;
	(void)ranges;
	(void)max;
	(void)err;
	return -ESRCH;
}

static void a_process_that_ends_meanwhile(void **state)
{
	static struct ptwalk_range ranges[2][16];
	struct space kernel, process;
	struct ptwalk *all[] = { &kernel.p, &process.p };
	struct ptwalk_image *image;
	struct source_ops ops;

	(void)state;
	made_space(&kernel, ranges[0], kernel_ranges(ranges[0]), 0, true);
	made_space(&process, ranges[1], process_ranges(ranges[1]), 7, true);
	ops = *process.p.ops;
	ops.scan = ended;
	process.p.ops = &ops;
	assert_int_equal(ptwalk_snapshot_write(path, all + 1, NULL, 1, NULL), -ESRCH);
	assert_int_equal(ptwalk_snapshot_write(path, all, NULL, 2, NULL), 0);
	image = load(NULL);
	ptwalk_close(space_of_image(image, 7));
	ptwalk_image_close(image);
}

/* As docs/snapshot.md describes them, byte by byte. */
static void ranges_are_written_as_described(void **state)
{
	static const unsigned char want[] = {
		/* slot 0 with its shape, 16 and 2 units, frame +5 */
		2,
		2,
		3,
		11,
		12,
		0,
		0,
		0,
		0,
		5,
		0,
		0,
		0,
		0,
		0,
		0,
		128,
		16,
		2,
		10,
		/* the same shape, no gap, a frame of 1 unit behind 7: -2 */
		1,
		0,
		1,
		3,
		/* slot 1: a frame that repeats; the last one ends at 6; the next at 9 */
		4,
		2,
		3,
		11,
		12,
		0,
		0,
		1,
		0,
		5,
		0,
		0,
		0,
		0,
		0,
		0,
		128,
		1,
		130,
		1,
		4,
		1,
		3,
		1,
		0,
		/* slot 2: swap, its entry */
		6,
		3,
		3,
		0,
		12,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		0,
		1,
		128,
		4,
		0,
	};
	struct bytes_in in = { .at = want, .end = want + sizeof(want) };
	static const struct {
		uint64_t start, pages, pa, entry;
	} expected[] = {
		{ 0x10000, 2, 0x5000, 0x5000 | NX | 5 },
		{ 0x12000, 1, 0x5000, 0x5000 | NX | 5 },
		{ 0x14000, 130, 0x8000, 0x8000 | NX | 5 },
		{ 0x99000, 1, 0x9000, 0x9000 | NX | 5 },
		{ 0x9a000, 1, 0, 0x100 },
	};
	static struct range_code code;
	struct ptwalk_range r;

	(void)state;
	range_code_init(&code, true, 0);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_int_equal(range_decode(&code, &in, &r), 1);
		assert_int_equal(r.start, expected[i].start);
		assert_int_equal(r.end - r.start, expected[i].pages * PAGE);
		assert_int_equal(r.pa, expected[i].pa);
		assert_int_equal(r.entry, expected[i].entry);
		assert_int_equal(r.flags, i == 2 ? PTWALK_REPEATS : 0);
	}
	assert_int_equal(range_decode(&code, &in, &r), 0);
	assert_true(in.at == in.end && !in.broken);
}

static void the_checksum_is_the_one_that_it_says(void **state)
{
	struct crc64 crc;

	(void)state;
	crc64_init(&crc);
	crc64_add(&crc, "123456789", 9);
	assert_int_equal(crc64_sum(&crc), 0x995dc9bbdf1939faULL);
}

static void numbers_of_every_length(void **state)
{
	unsigned char bytes[16];

	(void)state;
	for (unsigned int shift = 0; shift < 64; shift++) {
		uint64_t value = ~0ULL >> shift;
		struct bytes_in in = { .at = bytes, .end = put_number(bytes, value) };

		assert_int_equal(take_number(&in), value);
		assert_true(in.at == in.end && !in.broken);
		/* One byte less. */
		in = (struct bytes_in){ .at = bytes, .end = in.end - 1 };
		assert_int_equal(take_number(&in), 0);
		assert_true(in.broken);
	}
	/* 65 bits. */
	memset(bytes, 255, 9);
	bytes[9] = 2;
	assert_true(take_number(&(struct bytes_in){ .at = bytes, .end = bytes + 10 }) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_spaces_come_back),
		cmocka_unit_test(a_walk_has_the_leaf_and_no_steps),
		cmocka_unit_test(entries_keep_their_meaning),
		cmocka_unit_test(a_walk_tells_notes),
		cmocka_unit_test(levels_that_nobody_saw),
		cmocka_unit_test(a_scan_with_holes_has_no_gap),
		cmocka_unit_test(spaces_are_asked_for_by_pid),
		cmocka_unit_test(random_spaces_come_back),
		cmocka_unit_test(ten_thousand_ranges_are_small),
		cmocka_unit_test(what_is_stopped_leaves_nothing),
		cmocka_unit_test(refusals_of_the_writer),
		cmocka_unit_test(a_process_that_ends_meanwhile),
		cmocka_unit_test(ranges_are_written_as_described),
		cmocka_unit_test(the_checksum_is_the_one_that_it_says),
		cmocka_unit_test(numbers_of_every_length),
	};

	return cmocka_run_group_tests(tests, saved_begin, saved_end);
}
