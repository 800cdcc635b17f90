// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_walk.c - pages of every kind of a process, its own and another's: what
 * WALK, MAP and READ say, held against /proc/PID/pagemap, against the memory's own
 * bytes and against each other.
 *
 * usage: device_walk [pti]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"

#define PM_PRESENT (1ULL << 63)
#define PM_FRAME ((1ULL << 55) - 1)

/* The kernel moves pages now and then: what differs three times counts. */
#define TRIES 3

enum kind { SMALL, HUGE, HUGETLB, PROTNONE, SHARED, FILE_PAGES, UNTOUCHED, ZERO, DEVICE, NR_KINDS };

static const char * const kind_names[NR_KINDS] = {
	"4K", "THP", "hugetlb", "PROT_NONE", "shared", "file", "untouched", "zero", "MMIO-mapped",
};

/* What this process maps, and a child of it too. */
static struct area {
	char *at;
	size_t bytes;
} areas[NR_KINDS];

static int fd;
static bool pti;
static struct ptwalk_ioc_info info;

static char *map_or_die(enum kind kind, size_t bytes, int flags, int file)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, file, 0);

	if (at == MAP_FAILED)
		die("mmap of %s", kind_names[kind]);
	areas[kind] = (struct area){ at, bytes };
	return at;
}

/* Every 8 bytes hold their own address, and who wrote them. */
static void write_pattern(enum kind kind, u64 who)
{
	u64 *word = (u64 *)areas[kind].at;
	size_t i;

	for (i = 0; i < areas[kind].bytes / sizeof(*word); i++)
		word[i] = (uintptr_t)&word[i] ^ who << 56;
}

static void set_sysctl(const char *path, const char *value)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(value, file) < 0 || fclose(file))
		die("%s", path);
}

/* Huge pages at a place that is aligned to them; one is split, by other rights. */
static void fill_huge(u64 who)
{
	char *at = areas[HUGE].at;

	if (mmap(at, areas[HUGE].bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at)
		die("mmap of THP");
	if (madvise(at, areas[HUGE].bytes, MADV_HUGEPAGE))
		die("madvise of THP");
	write_pattern(HUGE, who);
	mprotect(at + HUGE_PAGE, 5 * PAGE, PROT_READ);
}

static void make_huge(void)
{
	char *at = map_or_die(HUGE, 16 * HUGE_PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	/* By itself the kernel has none where there is little memory. */
	set_sysctl("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	areas[HUGE].at = (char *)(((uintptr_t)at + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	areas[HUGE].bytes = 15 * HUGE_PAGE;
	fill_huge(1);
}

/* The other process gets as many. */
static void make_hugetlb(void)
{
	set_sysctl("/proc/sys/vm/nr_hugepages", "8");
	map_or_die(HUGETLB, 4 * HUGE_PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
	write_pattern(HUGETLB, 1);
}

static void make_file(void)
{
	int file = open("/tmp/device_walk", O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (file < 0 || ftruncate(file, 64 * PAGE))
		die("a file in /tmp");
	map_or_die(FILE_PAGES, 64 * PAGE, MAP_SHARED, file);
	write_pattern(FILE_PAGES, 1);
	close(file);
}

/* Registers of some PCI device, as sysfs lets one map them. */
static void make_device(void)
{
	glob_t found;
	size_t i;

	if (glob("/sys/bus/pci/devices/*/resource[0-9]", 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc && !areas[DEVICE].at; i++) {
		int file = open(found.gl_pathv[i], O_RDWR);
		char *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, 0);

		if (at != MAP_FAILED)
			areas[DEVICE] = (struct area){ at, PAGE };
		close(file);
	}
	globfree(&found);
}

static void touch_zero(void)
{
	volatile char *zero = areas[ZERO].at;
	size_t i;

	for (i = 0; i < areas[ZERO].bytes; i += PAGE)
		(void)zero[i];
}

static void make_areas(void)
{
	map_or_die(SMALL, 3000 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(areas[SMALL].at, areas[SMALL].bytes, MADV_NOHUGEPAGE);
	write_pattern(SMALL, 1);
	make_huge();
	make_hugetlb();
	map_or_die(PROTNONE, 50 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	write_pattern(PROTNONE, 1);
	mprotect(areas[PROTNONE].at, areas[PROTNONE].bytes, PROT_NONE);
	map_or_die(SHARED, 100 * PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	write_pattern(SHARED, 1);
	make_file();
	map_or_die(UNTOUCHED, 1000 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map_or_die(ZERO, 20 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(areas[ZERO].at, areas[ZERO].bytes, MADV_NOHUGEPAGE);
	touch_zero();
	make_device();
}

static int pagemap_of(pid_t pid)
{
	char path[64];
	int file;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	file = open(path, O_RDONLY);
	if (file < 0)
		die("%s", path);
	return file;
}

static u64 pagemap_entry(int pagemap, u64 va)
{
	u64 entry;

	if (pread(pagemap, &entry, sizeof(entry), va / PAGE * sizeof(entry)) != sizeof(entry))
		die("pagemap");
	return entry;
}

/* The frame in the last entry, which a page without access has flipped (L1TF). */
static u64 protnone_pa(const struct ptwalk_ioc_walk *walk)
{
	u64 pa = ~walk->steps[walk->nr_steps - 1].entry & ENTRY_PA;

	if (walk->page_bytes > PAGE)
		pa = (pa & ~(walk->page_bytes - 1)) | (walk->va & (walk->page_bytes - 1));
	return pa;
}

/* Where WALK says that a page lies; ~0 for nowhere. */
static u64 walked_pa(enum kind kind, const struct ptwalk_ioc_walk *walk)
{
	if (walk->end == PTWALK_IS_LEAF)
		return walk->pa;
	if (kind == PROTNONE && walk->end == PTWALK_IS_SOFTWARE)
		return protnone_pa(walk);
	return ~0ULL;
}

static bool agrees(enum kind kind, int pagemap, const struct ptwalk_ioc_walk *walk)
{
	u64 entry = pagemap_entry(pagemap, walk->va);
	u64 pa = walked_pa(kind, walk);

	/* pagemap does not tell of pages that have no struct page. */
	if (kind == DEVICE)
		return pa != ~0ULL && !device_read(fd, kernel_space(), pa, NULL, 0, 0);
	if (!(entry & PM_PRESENT))
		return pa == ~0ULL;
	return (entry & PM_FRAME) * PAGE == pa;
}

static void check_shape(const struct ptwalk_ioc_walk *walk)
{
	bool leaf = walk->end == PTWALK_IS_LEAF;
	unsigned int i;

	if (walk->nr_steps < 1 || walk->nr_steps > info.levels)
		fail("%llx: %u steps", walk->va, walk->nr_steps);
	if (walk->page_bytes != 1ULL << (12 + 9 * (info.levels - walk->nr_steps)))
		fail("%llx: page of %llx at step %u", walk->va, walk->page_bytes, walk->nr_steps);
	if (leaf != !!walk->rights || leaf != !!walk->pa || walk->reserved)
		fail("%llx: end %u, rights %x, pa %llx", walk->va, walk->end, walk->rights,
		     walk->pa);
	for (i = walk->nr_steps; i < PTWALK_MAX_LEVELS; i++)
		if (walk->steps[i].entry_pa || walk->steps[i].entry)
			fail("%llx: step %u is not zero", walk->va, i);
	for (i = 0; i + 1 < walk->nr_steps; i++)
		if ((walk->steps[i].entry & ENTRY_PA) !=
		    (walk->steps[i + 1].entry_pa & ~(PAGE - 1)))
			fail("%llx: step %u does not lead to the next", walk->va, i);
}

/* Each right by hand: the first step that takes it, or none. */
static void check_rights(const struct ptwalk_ioc_walk *walk)
{
	static const struct {
		u64 bit;
		bool takes;
	} rules[] = { { 0, true }, { 2, false }, { 1ULL << 63, true }, { 4, false } };
	unsigned int right, i, rights = 0;

	for (right = 0; right < 4; right++) {
		for (i = 0; i < walk->nr_steps; i++)
			if (rules[right].bit &&
			    !!(walk->steps[i].entry & rules[right].bit) == rules[right].takes)
				break;
		rights |= (i == walk->nr_steps) << right;
		if (i == walk->nr_steps)
			i = info.levels;
		if (walk->decided[right] != i)
			fail("%llx: right %u is decided by %u, not %u", walk->va, right,
			     walk->decided[right], i);
	}
	if (walk->rights != rights)
		fail("%llx: rights %x, not %x", walk->va, walk->rights, rights);
}

static void check_page(enum kind kind, struct ptwalk_ioc_space space, int pagemap,
		       struct ptwalk_ioc_walk *walk)
{
	int i;

	check_shape(walk);
	if (walk->end == PTWALK_IS_LEAF)
		check_rights(walk);
	for (i = 0; i < TRIES; i++) {
		if (agrees(kind, pagemap, walk))
			return;
		*walk = walk_one(fd, space, walk->va);
	}
	fail("%s %llx: walk ends in %u at %llx, pagemap has %llx", kind_names[kind], walk->va,
	     walk->end, walked_pa(kind, walk), pagemap_entry(pagemap, walk->va));
}

/* The same page by MAP: each range of the area, page by page. */
static void check_map(enum kind kind, struct ptwalk_ioc_space space,
		      const struct ptwalk_ioc_walk *walks, uint32_t batch)
{
	u64 at = (uintptr_t)areas[kind].at, end = at + areas[kind].bytes;
	struct ranges ranges;
	size_t i;

	device_map(fd, space, at, end, batch, 0, &ranges);
	for (i = 0; i < ranges.nr; i++) {
		const struct ptwalk_ioc_range *r = &ranges.at[i];

		if (r->start != at)
			fail("%s: range %zu begins at %llx, not %llx", kind_names[kind], i,
			     r->start, at);
		for (; at < r->end; at += PAGE, walks++) {
			u64 pa = r->flags & PTWALK_RANGE_REPEATS ? r->pa : r->pa + (at - r->start);

			if (r->is != walks->end || r->rights != walks->rights)
				fail("%s %llx: MAP has %u %x, WALK %u %x", kind_names[kind],
				     walks->va, r->is, r->rights, walks->end, walks->rights);
			if (r->is == PTWALK_IS_LEAF && pa != walks->pa)
				fail("%s %llx: MAP has %llx, WALK %llx", kind_names[kind],
				     walks->va, pa, walks->pa);
		}
	}
	if (at != end)
		fail("%s: MAP ends at %llx, not %llx", kind_names[kind], at, end);
	free(ranges.at);
}

static bool readable(enum kind kind)
{
	return kind != PROTNONE && kind != UNTOUCHED && kind != DEVICE;
}

/* READ by either address: the words say where they are, and whose. */
static void check_bytes(enum kind kind, struct ptwalk_ioc_space space, u64 who,
			const struct ptwalk_ioc_walk *walk)
{
	u64 virtual[8] = { 0 }, physical[8] = { 0 };
	u64 want = kind == ZERO ? 0 : (walk->va + 64 * 8) ^ who << 56;
	long long got;

	got = device_read(fd, space, walk->va + 64 * 8, virtual, sizeof(virtual), 0);
	if (got != sizeof(virtual) || virtual[0] != want)
		fail("%s %llx: READ gives %lld, %llx", kind_names[kind], walk->va, got, virtual[0]);
	got = device_read(fd, kernel_space(), walk->pa + 64 * 8, physical, sizeof(physical),
			  PTWALK_READ_PHYSICAL);
	if (got != sizeof(physical) || memcmp(virtual, physical, sizeof(virtual)))
		fail("%s %llx: READ of %llx gives %lld, %llx", kind_names[kind], walk->va, walk->pa,
		     got, physical[0]);
}

static void check_no_bytes(enum kind kind, struct ptwalk_ioc_space space, u64 va)
{
	int want = kind == DEVICE ? -EIO : -ENXIO;
	char byte;
	long long got = device_read(fd, space, va, &byte, 1, 0);

	if (got != want)
		fail("%s %llx: READ gives %lld", kind_names[kind], va, got);
}

static void count(enum kind kind, const struct ptwalk_ioc_walk *walks, size_t n)
{
	size_t i, leaves = 0, huge = 0;

	for (i = 0; i < n; i++) {
		leaves += walked_pa(kind, &walks[i]) != ~0ULL;
		huge += walks[i].end == PTWALK_IS_LEAF && walks[i].page_bytes == HUGE_PAGE;
	}
	printf("  %-12s %6zu pages, %6zu mapped, %6zu in leaves of 2 MiB\n", kind_names[kind], n,
	       leaves, huge);
	if (kind == UNTOUCHED ? leaves != 0 : leaves != n)
		fail("%s: %zu of %zu are mapped", kind_names[kind], leaves, n);
	if (kind == HUGETLB && huge != n)
		fail("hugetlb: only %zu of %zu in leaves of 2 MiB", huge, n);
	if (kind == HUGE && (huge == 0 || huge == n))
		fail("THP: %zu of %zu in leaves of 2 MiB", huge, n);
}

static void check_area(enum kind kind, struct ptwalk_ioc_space space, int pagemap, u64 who)
{
	size_t i, n = areas[kind].bytes / PAGE;
	u64 *addresses = calloc(n, sizeof(*addresses));
	struct ptwalk_ioc_walk *walks = calloc(n, sizeof(*walks));

	for (i = 0; i < n; i++)
		addresses[i] = (uintptr_t)areas[kind].at + i * PAGE;
	device_walk(fd, space, addresses, walks, n);
	for (i = 0; i < n; i++)
		check_page(kind, space, pagemap, &walks[i]);
	for (i = 0; i < n; i += i < 40 ? 1 : 37) {
		if (readable(kind))
			check_bytes(kind, space, who, &walks[i]);
		else
			check_no_bytes(kind, space, addresses[i]);
	}
	check_map(kind, space, walks, 4096);
	check_map(kind, space, walks, 1);
	count(kind, walks, n);
	free(addresses);
	free(walks);
}

static void check_process(const char *what, struct ptwalk_ioc_space space, u64 who)
{
	int pagemap = pagemap_of(space.pid);
	enum kind kind;

	printf("# %s\n", what);
	for (kind = 0; kind < NR_KINDS; kind++)
		if (areas[kind].at)
			check_area(kind, space, pagemap, who);
	close(pagemap);
}

/* Consecutive, and each other than the one before it. */
static void check_consecutive(const struct ranges *ranges, u64 start)
{
	size_t i;

	for (i = 0; i < ranges->nr; i++) {
		const struct ptwalk_ioc_range *r = &ranges->at[i];

		if (r->start != start || r->end <= r->start)
			fail("range %zu of the lower half: [%llx, %llx)", i, r->start, r->end);
		start = r->end;
	}
}

/* A process that holds still: maps of it in calls of any size give the same. */
static void check_cursor(struct ptwalk_ioc_space space)
{
	static const uint32_t batches[] = { 1, 2, 7, 63, 64, 65, 1000 };
	u64 end = 1ULL << (info.levels == 5 ? 56 : 47);
	struct ranges all, some;
	u64 mapped = 0;
	size_t i, j, k;

	device_map(fd, space, 0, end, 4096, 0, &all);
	check_consecutive(&all, 0);
	for (i = 0; i < all.nr; i++)
		mapped += all.at[i].is == PTWALK_IS_LEAF ? all.at[i].end - all.at[i].start : 0;
	printf("# its lower half: %zu ranges, %llu KiB mapped\n", all.nr, mapped / 1024);
	for (i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
		u64 got = 0;

		device_map(fd, space, 0, end, batches[i], 0, &some);
		check_consecutive(&some, 0);
		for (j = 0; j < some.nr; j++)
			got += some.at[j].is == PTWALK_IS_LEAF ? some.at[j].end - some.at[j].start :
								 0;
		if (got != mapped)
			fail("in calls of %u: %llu bytes, not %llu", batches[i], got, mapped);
		free(some.at);
		device_map(fd, space, 0, end, batches[i], PTWALK_MAP_NO_HOLES, &some);
		for (j = 0, k = 0; j < some.nr; j++) {
			while (k < all.nr && all.at[k].end <= some.at[j].start)
				k++;
			if (k == all.nr || some.at[j].start < all.at[k].start ||
			    some.at[j].is != all.at[k].is || some.at[j].is == PTWALK_IS_NONE)
				fail("in calls of %u without holes: range %zu", batches[i], j);
		}
		free(some.at);
	}
	free(all.at);
}

static const struct {
	enum kind kind;
	uint32_t page_kind;
	uint32_t order;
	int mapcount;
} page_rows[] = {
	{ SMALL, PTWALK_PAGE_ANON, 0, 1 },	{ HUGE, PTWALK_PAGE_ANON, 9, 1 },
	{ HUGETLB, PTWALK_PAGE_HUGETLB, 9, 1 }, { SHARED, PTWALK_PAGE_FILE, 0, 1 },
	{ FILE_PAGES, PTWALK_PAGE_FILE, 0, 1 }, { UNTOUCHED, PTWALK_PAGE_NONE, 0, 0 },
	{ ZERO, PTWALK_PAGE_ZERO, 0, 0 },	{ DEVICE, PTWALK_PAGE_NONE, 0, 0 },
};

/* @maps: how many processes map the shared ones. */
static void check_details(struct ptwalk_ioc_space space, int maps)
{
	size_t i;

	for (i = 0; i < sizeof(page_rows) / sizeof(page_rows[0]); i++) {
		enum kind kind = page_rows[i].kind;
		bool shared = kind == SHARED || kind == FILE_PAGES;
		int want = page_rows[i].mapcount * (shared ? maps : 1);
		struct ptwalk_ioc_page page;

		if (!areas[kind].at)
			continue;
		page = page_of(fd, space, (uintptr_t)areas[kind].at);
		if (page.kind != page_rows[i].page_kind || page.order != page_rows[i].order)
			fail("%s: page of kind %u, order %u", kind_names[kind], page.kind,
			     page.order);
		if (page.mapcount != want)
			fail("%s: mapped %d times, not %d", kind_names[kind], page.mapcount, want);
		if (page.kind != PTWALK_PAGE_NONE && (!page.zone[0] || page.node))
			fail("%s: zone '%.12s', node %d", kind_names[kind], page.zone, page.node);
		if (want && page.refcount < want)
			fail("%s: %d references", kind_names[kind], page.refcount);
	}
}

/* Isolation: two roots, the same tables below; the kernel's may not run user code. */
static void check_user_half(pid_t pid)
{
	struct ptwalk_ioc_space user = { .kind = PTWALK_SPACE_USER, .pid = pid };
	u64 code = (uintptr_t)check_user_half;
	struct ptwalk_ioc_walk ours = walk_one(fd, process_space(pid), code);
	struct ptwalk_ioc_walk theirs = walk_one(fd, user, code);

	check_process("the user half", user, pid == getpid() ? 1 : 2);
	if (theirs.steps[0].entry_pa != ours.steps[0].entry_pa + PAGE)
		fail("the user's root is not behind the kernel's");
	if (memcmp(&ours.steps[1], &theirs.steps[1], sizeof(ours.steps) - sizeof(ours.steps[0])))
		fail("the two roots lead to different tables");
	if (theirs.rights != (PTWALK_RIGHT_R | PTWALK_RIGHT_X | PTWALK_RIGHT_U))
		fail("code in the user half: rights %x", theirs.rights);
	if (ours.rights & PTWALK_RIGHT_X || ours.decided[2] != 0)
		fail("code in the kernel's half: rights %x, decided %u", ours.rights,
		     ours.decided[2]);
}

/* The other process: it has the same areas, with copies of its own in the private. */
static pid_t make_child(void)
{
	int ready[2];
	pid_t child;
	char byte;

	if (pipe(ready))
		die("pipe");
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		write_pattern(SMALL, 2);
		fill_huge(2);
		write_pattern(HUGETLB, 2);
		touch_zero();
		write_pattern(SHARED, 2);
		write_pattern(FILE_PAGES, 2);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (child < 0 || read(ready[0], &byte, 1) != 1)
		die("the other process");
	return child;
}

int main(int argc, char **argv)
{
	pid_t child;

	pti = argc > 1 && !strcmp(argv[1], "pti");
	fd = device_open();
	device_info(fd, &info);
	if (pti != !!(info.flags & PTWALK_INFO_PTI))
		fail("flags are %x", info.flags);
	make_areas();
	if (!areas[DEVICE].at)
		printf("no device's memory could be mapped\n");
	check_process("itself", process_space(getpid()), 1);
	check_details(process_space(getpid()), 1);
	if (pti)
		check_user_half(getpid());

	child = make_child();
	check_process("another process", process_space(child), 2);
	check_cursor(process_space(child));
	check_details(process_space(child), 2);
	if (pti)
		check_user_half(child);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return device_finish("pages of every kind");
}
