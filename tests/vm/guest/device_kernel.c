// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_kernel.c - the kernel's space, held against what the kernel itself says:
 * /proc/iomem, vmallocinfo, kallsyms, kcore, version; and, where there is one,
 * debugfs's page_tables/kernel: the same ranges with the same rights.
 *
 * usage: device_kernel [5-level] [nokaslr]
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"

#define IMAGE_MAP 0xffffffff80000000ULL
/* Where x86-64 kernels are linked to begin (CONFIG_PHYSICAL_START). */
#define LINKED_TEXT 0xffffffff81000000ULL

/* The kernel goes on working meanwhile. */
#define TRIES 5

static int fd;
static struct ptwalk_ioc_info info;

static FILE *open_or_die(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		die("%s", path);
	return file;
}

static u64 symbol(const char *name)
{
	FILE *file = open_or_die("/proc/kallsyms");
	char line[512], found[256], type;
	u64 address, result = 0;

	while (!result && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx %c %255s", &address, &type, found) == 3 &&
		    !strcmp(found, name))
			result = address;
	fclose(file);
	if (!result)
		die("no %s in /proc/kallsyms", name);
	return result;
}

/* Where the first resource of that name begins. */
static u64 resource(const char *name)
{
	FILE *file = open_or_die("/proc/iomem");
	char line[256], found[128];
	u64 start, end;

	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " %llx-%llx : %127[^\n]", &start, &end, found) != 3 ||
		    strcmp(found, name))
			continue;
		fclose(file);
		return start;
	}
	die("no %s in /proc/iomem", name);
}

static u64 pa_of(u64 va)
{
	struct ptwalk_ioc_walk walk = walk_one(fd, kernel_space(), va);

	return walk.end == PTWALK_IS_LEAF ? walk.pa : ~0ULL;
}

static void check_regions(void)
{
	u64 before = 0;
	unsigned int i;

	for (i = 0; i < info.nr_regions; i++) {
		const struct ptwalk_ioc_region *r = &info.regions[i];

		printf("  %016llx-%016llx kind %u\n", r->start, r->end, r->kind);
		if (r->start < before || r->end <= r->start || r->reserved)
			fail("region %u is [%llx, %llx)", i, r->start, r->end);
		before = r->end;
	}
	for (; i < PTWALK_MAX_REGIONS; i++)
		if (info.regions[i].start || info.regions[i].end || info.regions[i].kind)
			fail("region %u is not zero", i);
}

static unsigned int region_of(u64 va)
{
	unsigned int i;

	for (i = 0; i < info.nr_regions; i++)
		if (va >= info.regions[i].start && va < info.regions[i].end)
			return info.regions[i].kind;
	return 0;
}

static u64 module_address(void)
{
	FILE *file = open_or_die("/proc/modules");
	char line[512];
	u64 address = 0;

	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, "ptwalk ", 7))
			sscanf(line, "%*s %*s %*s %*s %*s %llx", &address);
	fclose(file);
	return address;
}

static void check_info(unsigned int levels, bool kaslr)
{
	u64 text = symbol("_text");
	u64 text_pa = resource("Kernel code");

	if (info.abi != PTWALK_ABI_VERSION || info.format != PTWALK_FORMAT_X86_64)
		fail("abi %u, format %u", info.abi, info.format);
	if (info.levels != levels)
		fail("%u levels, not %u", info.levels, levels);
	if (info.image_offset != text - LINKED_TEXT)
		fail("the image is moved by %llx, not %llx", info.image_offset, text - LINKED_TEXT);
	if (!!(info.flags & PTWALK_INFO_KASLR) != !!info.image_offset)
		fail("flags %x", info.flags);
	if (!kaslr && info.image_offset)
		fail("nokaslr, and moved by %llx", info.image_offset);
	if (pa_of(text) != text_pa)
		fail("_text lies at %llx, not %llx", pa_of(text), text_pa);
	if (info.phys_base != text_pa - (text - IMAGE_MAP))
		fail("phys_base is %llx", info.phys_base);
	if (region_of(text) != PTWALK_REGION_IMAGE)
		fail("_text is in region %u", region_of(text));
	if (region_of(module_address()) != PTWALK_REGION_MODULES)
		fail("the module at %llx is in region %u", module_address(),
		     region_of(module_address()));
	if (walk_one(fd, kernel_space(), ~0ULL << 40).steps[0].entry_pa - info.kernel_root >= PAGE)
		fail("the root is not %llx", info.kernel_root);
}

/* The lower half is empty, though this process has something there. */
static void check_lower_half(void)
{
	static int here;
	struct ptwalk_ioc_walk walk = walk_one(fd, kernel_space(), (uintptr_t)&here);
	u64 half = 1ULL << (info.levels == 5 ? 56 : 47);
	struct ranges ranges;

	if (walk.end != PTWALK_IS_NONE || walk.nr_steps != 1 || walk.steps[0].entry)
		fail("the lower half: end %u, %u steps", walk.end, walk.nr_steps);
	device_map(fd, kernel_space(), 0, -half, 10, 0, &ranges);
	if (ranges.nr != 2 || ranges.at[0].is != PTWALK_IS_NONE || ranges.at[0].end != half ||
	    ranges.at[1].is != PTWALK_IS_NONCANONICAL)
		fail("the lower half and the gap are %zu ranges", ranges.nr);
	free(ranges.at);
	walk = walk_one(fd, kernel_space(), half);
	if (walk.end != PTWALK_IS_NONCANONICAL || walk.nr_steps || walk.page_bytes)
		fail("%llx: end %u", half, walk.end);
}

/* Each page of RAM by the direct map. Returns how many are not mapped there. */
static u64 check_ram(u64 start, u64 end)
{
	static struct ptwalk_ioc_walk walks[BATCH];
	static u64 addresses[BATCH];
	u64 missing = 0;
	unsigned int i, n;

	for (; start < end; start += n * PAGE) {
		n = (end - start) / PAGE < BATCH ? (end - start) / PAGE : BATCH;
		for (i = 0; i < n; i++)
			addresses[i] = info.page_offset + start + i * PAGE + 8 * i % PAGE;
		device_walk(fd, kernel_space(), addresses, walks, n);
		for (i = 0; i < n; i++) {
			missing += walks[i].end != PTWALK_IS_LEAF;
			if (walks[i].end == PTWALK_IS_LEAF &&
			    walks[i].pa != addresses[i] - info.page_offset)
				fail("direct map: %llx lies at %llx", addresses[i], walks[i].pa);
		}
	}
	return missing;
}

static void check_iomem(void)
{
	FILE *file = open_or_die("/proc/iomem");
	u64 start, end, pages = 0, missing = 0;
	char line[256];

	while (fgets(line, sizeof(line), file)) {
		if (line[0] == ' ' || !strstr(line, ": System RAM"))
			continue;
		sscanf(line, "%llx-%llx", &start, &end);
		start = (start + PAGE - 1) & ~(PAGE - 1);
		end = (end + 1) & ~(PAGE - 1);
		pages += (end - start) / PAGE;
		missing += check_ram(start, end);
	}
	fclose(file);
	printf("# /proc/iomem: %llu pages of RAM, %llu not in the direct map\n", pages, missing);
	if (pages < 50000 || missing > pages / 100)
		fail("%llu of %llu pages of RAM are not mapped", missing, pages);
}

/* @n pages from @start are mapped, and where @phys is set they are those from @pa on. */
static bool pages_are_there(u64 start, u64 n, bool phys, u64 pa)
{
	static struct ptwalk_ioc_walk walks[BATCH];
	static u64 addresses[BATCH];
	u64 i;

	for (i = 0; i < n; i++)
		addresses[i] = start + i * PAGE;
	device_walk(fd, kernel_space(), addresses, walks, n);
	for (i = 0; i < n; i++)
		if (walks[i].end != PTWALK_IS_LEAF || (phys && walks[i].pa != pa + i * PAGE))
			return false;
	return true;
}

/* A line of vmallocinfo: all its pages. */
static bool vmalloc_line_is_right(u64 start, const char *line)
{
	const char *phys = strstr(line, "phys="), *pages = strstr(line, "pages=");
	u64 pa = phys ? strtoull(phys + 5, NULL, 16) : 0;
	u64 i, n, part, size;

	if (sscanf(line, "%*s %llu", &size) != 1 || (!phys && !pages))
		return true;
	/* The guard page counts as well. */
	n = pages ? strtoull(pages + 6, NULL, 10) : size / PAGE - 1;
	for (i = 0; i < n; i += part) {
		part = n - i < BATCH ? n - i : BATCH;
		if (!pages_are_there(start + i * PAGE, part, phys, pa + i * PAGE))
			return false;
	}
	return true;
}

static bool is_still_there(const char *line)
{
	FILE *file = open_or_die("/proc/vmallocinfo");
	char now[512];
	bool found = false;

	while (!found && fgets(now, sizeof(now), file))
		found = !strcmp(now, line);
	fclose(file);
	return found;
}

static void check_vmalloc(void)
{
	FILE *file = open_or_die("/proc/vmallocinfo");
	unsigned int lines = 0, devices = 0;
	char line[512];
	u64 start;

	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "0x%llx-", &start) != 1 || !start)
			die("a line of vmallocinfo: %s", line);
		lines++;
		devices += !!strstr(line, "phys=");
		if (!vmalloc_line_is_right(start, line) && is_still_there(line))
			fail("vmallocinfo has %s", line);
		if (region_of(start) != PTWALK_REGION_VMALLOC &&
		    region_of(start) != PTWALK_REGION_MODULES)
			fail("vmallocinfo has %llx, in region %u", start, region_of(start));
	}
	fclose(file);
	printf("# /proc/vmallocinfo: %u areas, %u of devices\n", lines, devices);
	if (lines < 20 || !devices)
		fail("vmallocinfo has %u lines, %u of devices", lines, devices);
}

static void check_kcore_part(const Elf64_Phdr *part)
{
	u64 last = (part->p_memsz - 1) & ~(PAGE - 1);
	u64 at[] = { 0, (last / 2) & ~(PAGE - 1), last };
	unsigned int i;

	if (part->p_type != PT_LOAD || part->p_paddr == ~0ULL)
		return;
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		u64 pa = pa_of(part->p_vaddr + at[i]);

		if (pa != ~0ULL && pa != part->p_paddr + at[i])
			fail("kcore has %lx at %lx + %llx, WALK at %llx", part->p_vaddr,
			     part->p_paddr, at[i], pa);
	}
	if (part->p_vaddr < IMAGE_MAP && part->p_vaddr - part->p_paddr != info.page_offset)
		fail("page_offset is %llx, kcore has %lx", info.page_offset,
		     part->p_vaddr - part->p_paddr);
}

/* The bytes at @va, as /proc/kcore has them. */
static void kcore_read(int kcore, const Elf64_Phdr *parts, unsigned int n, u64 va, char *to,
		       size_t bytes)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (parts[i].p_type == PT_LOAD && va >= parts[i].p_vaddr &&
		    va - parts[i].p_vaddr < parts[i].p_memsz)
			if (pread(kcore, to, bytes, parts[i].p_offset + va - parts[i].p_vaddr) ==
			    (ssize_t)bytes)
				return;
	die("/proc/kcore has no %llx", va);
}

static void check_kcore(void)
{
	int kcore = open("/proc/kcore", O_RDONLY);
	u64 banner = symbol("linux_banner");
	char ours[PAGE], theirs[PAGE];
	Elf64_Phdr parts[64];
	unsigned int i, n;
	Elf64_Ehdr head;

	if (kcore < 0)
		die("/proc/kcore");
	if (pread(kcore, &head, sizeof(head), 0) != sizeof(head))
		die("/proc/kcore");
	n = head.e_phnum < 64 ? head.e_phnum : 64;
	if (pread(kcore, parts, n * sizeof(parts[0]), head.e_phoff) < 0)
		die("/proc/kcore");
	for (i = 0; i < n; i++)
		check_kcore_part(&parts[i]);
	/* Constants: the same bytes by virtual and physical address, and by kcore. */
	kcore_read(kcore, parts, n, banner, theirs, sizeof(theirs));
	if (device_read(fd, kernel_space(), banner, ours, sizeof(ours), 0) != sizeof(ours) ||
	    memcmp(ours, theirs, sizeof(ours)))
		fail("READ of linux_banner is not what /proc/kcore has");
	memset(ours, 0, sizeof(ours));
	if (device_read(fd, kernel_space(), pa_of(banner), ours, 512, PTWALK_READ_PHYSICAL) !=
		    512 ||
	    memcmp(ours, theirs, 512))
		fail("READ of linux_banner's frame is not what /proc/kcore has");
	close(kcore);
}

static void check_banner(void)
{
	FILE *file = open_or_die("/proc/version");
	char want[512], got[512];
	size_t n = fread(want, 1, sizeof(want), file);

	fclose(file);
	if (device_read(fd, kernel_space(), symbol("linux_banner"), got, n, 0) != (long long)n ||
	    memcmp(got, want, n))
		fail("linux_banner is not /proc/version");
	if (!strstr(want, info.release))
		fail("release is %s", info.release);
}

static u64 last_page(const struct ptwalk_ioc_range *r)
{
	return (r->end - 1) & ~(PAGE - 1);
}

/* What WALK says of a range's first and last page is what the range says. */
static bool agrees(const struct ptwalk_ioc_range *r, const struct ptwalk_ioc_walk *first,
		   const struct ptwalk_ioc_walk *last)
{
	if (first->end != r->is || last->end != r->is || first->rights != r->rights ||
	    last->rights != r->rights)
		return false;
	if (r->is != PTWALK_IS_LEAF)
		return true;
	if (first->page_bytes != 1ULL << r->page_shift || first->nr_steps != r->level + 1)
		return false;
	return first->pa == r->pa &&
	       (r->flags & PTWALK_RANGE_REPEATS || last->pa == r->pa + (last_page(r) - r->start));
}

static bool walk_agrees(const struct ptwalk_ioc_range *r)
{
	struct ptwalk_ioc_walk first = walk_one(fd, kernel_space(), r->start);
	struct ptwalk_ioc_walk last = walk_one(fd, kernel_space(), last_page(r));

	return agrees(r, &first, &last);
}

/* A range that differs is looked up again, lest the kernel have changed it. */
static bool differs_still(const struct ptwalk_ioc_range *r)
{
	struct ranges now;
	bool differs = true;
	int i;

	for (i = 0; differs && i < TRIES; i++) {
		device_map(fd, kernel_space(), r->start, r->end, 100, 0, &now);
		differs = now.nr != 1 || !walk_agrees(&now.at[0]);
		/* Many ranges in the place of one: the kernel has changed it. */
		if (now.nr > 1)
			differs = false;
		free(now.at);
	}
	return differs;
}

/* In batches: KASAN's shadow has ranges by the hundred thousand. */
static void check_ranges(const struct ptwalk_ioc_range *r, unsigned int n)
{
	static struct ptwalk_ioc_walk walks[BATCH];
	static u64 addresses[BATCH];
	unsigned int i;

	for (i = 0; i < n; i++) {
		addresses[2 * i] = r[i].start;
		addresses[2 * i + 1] = last_page(&r[i]);
	}
	device_walk(fd, kernel_space(), addresses, walks, 2 * n);
	for (i = 0; i < n; i++) {
		if (!agrees(&r[i], &walks[2 * i], &walks[2 * i + 1]) && differs_still(&r[i]))
			fail("MAP has %llx-%llx is %u, rights %x, at %llx", r[i].start, r[i].end,
			     r[i].is, r[i].rights, r[i].pa);
		if (r[i].is == PTWALK_IS_LEAF && r[i].rights & PTWALK_RIGHT_U)
			fail("%llx: user mode may access the kernel", r[i].start);
	}
}

static void check_map(void)
{
	u64 start = info.levels == 5 ? -1ULL << 56 : -1ULL << 47, at = start;
	struct ranges ranges;
	size_t i, n;

	device_map(fd, kernel_space(), start, 0, BATCH, 0, &ranges);
	for (i = 0; i < ranges.nr; i++) {
		const struct ptwalk_ioc_range *r = &ranges.at[i];

		if (r->start != at || (r->end && r->end <= at))
			fail("range %zu is [%llx, %llx), not from %llx", i, r->start, r->end, at);
		at = r->end;
	}
	if (at)
		fail("MAP ends at %llx", at);
	for (i = 0; i < ranges.nr; i += n) {
		n = ranges.nr - i < BATCH / 2 ? ranges.nr - i : BATCH / 2;
		check_ranges(&ranges.at[i], n);
	}
	printf("# the upper half: %zu ranges\n", ranges.nr);
	free(ranges.at);
}

/* A line of page_tables/kernel, its attributes as the kernel prints them. */
struct line {
	u64 start;
	u64 end;
	char text[48];
};

struct lines {
	struct line *at;
	size_t nr;
	size_t room;
};

static bool is_espfix(u64 va)
{
	return region_of(va) == PTWALK_REGION_ESPFIX;
}

/* Neighbours that read the same are one: the kernel begins a line at each marker. */
static void add_line(struct lines *lines, u64 start, u64 end, const char *text)
{
	struct line *last = lines->nr ? &lines->at[lines->nr - 1] : NULL;

	/* Of this region the kernel prints the first lines only. */
	if (is_espfix(start))
		return;
	if (last && last->end == start && !strcmp(last->text, text)) {
		last->end = end;
		return;
	}
	if (lines->nr == lines->room) {
		lines->room = 2 * lines->room + 1024;
		lines->at = realloc(lines->at, lines->room * sizeof(*lines->at));
		if (!lines->at)
			die("no memory for lines");
	}
	lines->at[lines->nr] = (struct line){ .start = start, .end = end };
	strncpy(lines->at[lines->nr].text, text, sizeof(lines->at[0].text) - 1);
	lines->nr++;
}

/* What the kernel prints for an entry (printk_prot(), arch/x86/mm/dump_pagetables.c). */
static void print_entry(const struct ptwalk_ioc_range *r, char *text, size_t room)
{
	bool small = r->page_shift == 12;
	u64 e = r->entry;

	snprintf(text, room, "%s%s%s%s%s%s%s%s%s", e & 4 ? "USR " : "", e & 2 ? "RW " : "ro ",
		 e & 8 ? "PWT " : "", e & 16 ? "PCD " : "", !small ? "PSE " : "",
		 e & (small ? 1ULL << 7 : 1ULL << 12) ? "PAT " : "", e & 256 ? "GLB " : "",
		 e >> 63 ? "NX " : "x ",
		 small		     ? "pte" :
		 r->page_shift == 21 ? "pmd" :
				       "pud");
}

static void lines_of_map(struct lines *lines)
{
	struct ranges ranges;
	char text[64];
	size_t i;

	*lines = (struct lines){ 0 };
	device_map(fd, kernel_space(), info.levels == 5 ? -1ULL << 56 : -1ULL << 47, 0, BATCH,
		   PTWALK_MAP_NO_HOLES, &ranges);
	for (i = 0; i < ranges.nr; i++) {
		const struct ptwalk_ioc_range *r = &ranges.at[i];

		if (r->is != PTWALK_IS_LEAF)
			continue;
		print_entry(r, text, sizeof(text));
		add_line(lines, r->start, r->end, text);
		/* The tables above take nothing away in the kernel's own half. */
		if (!(r->rights & PTWALK_RIGHT_W) != !(r->entry & 2) ||
		    !(r->rights & PTWALK_RIGHT_X) != !!(r->entry >> 63))
			fail("%llx: rights %x, entry %llx", r->start, r->rights, r->entry);
	}
	free(ranges.at);
}

static void lines_of_kernel(struct lines *lines)
{
	FILE *file = open_or_die("/sys/kernel/debug/page_tables/kernel");
	char line[256], text[64], *word;
	u64 start, end;
	int n;

	*lines = (struct lines){ 0 };
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "0x%llx-0x%llx %*s %n", &start, &end, &n) != 2)
			continue;
		text[0] = 0;
		for (word = strtok(line + n, " \n"); word; word = strtok(NULL, " \n")) {
			if (text[0])
				strcat(text, " ");
			strcat(text, word);
		}
		/* A level alone is a hole. */
		if (strchr(text, ' '))
			add_line(lines, start, end, text);
	}
	fclose(file);
}

static size_t first_difference(const struct lines *a, const struct lines *b)
{
	size_t i;

	for (i = 0; i < a->nr && i < b->nr; i++)
		if (a->at[i].start != b->at[i].start || a->at[i].end != b->at[i].end ||
		    strcmp(a->at[i].text, b->at[i].text))
			return i;
	return a->nr == b->nr ? (size_t)-1 : i;
}

static void print_line(const char *who, const struct lines *lines, size_t i)
{
	if (i < lines->nr)
		printf("  %-7s %016llx-%016llx %s\n", who, lines->at[i].start, lines->at[i].end,
		       lines->at[i].text);
}

/* Only a kernel that held still meanwhile can be compared: MAP before and after. */
static void check_ptdump(void)
{
	struct lines before, kernel, after;
	size_t at;
	int i;

	if (access("/sys/kernel/debug/page_tables/kernel", R_OK)) {
		printf("# no page_tables/kernel in this kernel\n");
		return;
	}
	for (i = 0; i < 10 * TRIES; i++) {
		lines_of_map(&before);
		lines_of_kernel(&kernel);
		lines_of_map(&after);
		at = first_difference(&before, &kernel);
		if (at == (size_t)-1) {
			printf("# page_tables/kernel: %zu lines, all the same\n", kernel.nr);
			if (kernel.nr < 100)
				fail("page_tables/kernel has %zu lines", kernel.nr);
			return;
		}
		if (first_difference(&before, &after) == (size_t)-1)
			break;
	}
	fail("page_tables/kernel: line %zu of %zu (MAP: %zu) differs", at, kernel.nr, before.nr);
	print_line("kernel", &kernel, at);
	print_line("MAP", &before, at);
}

int main(int argc, char **argv)
{
	unsigned int levels = 4;
	bool kaslr = true;

	while (argc-- > 1) {
		if (!strcmp(argv[argc], "5-level"))
			levels = 5;
		kaslr &= strcmp(argv[argc], "nokaslr") != 0;
	}
	fd = device_open();
	device_info(fd, &info);
	check_regions();
	check_info(levels, kaslr);
	check_lower_half();
	check_banner();
	check_iomem();
	check_vmalloc();
	if (!access("/proc/kcore", R_OK))
		check_kcore();
	else
		printf("# no /proc/kcore in this kernel\n");
	check_map();
	check_ptdump();
	return device_finish("the kernel's space");
}
