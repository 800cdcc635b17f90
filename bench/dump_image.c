// SPDX-License-Identifier: GPL-2.0-only
/* dump_image.c - a dump, opened by the library and mapped besides; random addresses. */
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dump.h"

#define ADDRESS 0xffffffffff000ULL

void dump_map_bytes(struct dump *d)
{
	const Elf64_Ehdr *e;
	const Elf64_Phdr *ph;
	struct stat st;
	char *file;
	int fd = open(d->path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st))
		die("cannot open %s", d->path);
	file = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		die("cannot map %s", d->path);
	close(fd);
	d->size = st.st_size;
	e = (const Elf64_Ehdr *)file;
	if (memcmp(e->e_ident, ELFMAG, SELFMAG) == 0) {
		ph = (const Elf64_Phdr *)(file + e->e_phoff);
		d->size = 0;
		for (unsigned int i = 0; i < e->e_phnum; i++) {
			if (ph[i].p_type != PT_LOAD || ph[i].p_filesz <= d->size)
				continue;
			d->size = ph[i].p_filesz;
			d->pa = ph[i].p_paddr;
			d->file_offset = ph[i].p_offset;
		}
	}
	d->bytes = file + d->file_offset - d->pa;
}

/* The top table of the process, which the bare loop needs. */
static u64 root_of_pid(const struct dump *d)
{
	struct ptwalk_process process;
	struct ptwalk_error err;
	struct ptwalk_processes *it = ptwalk_image_processes_begin(d->image, &err);
	u64 root = 0;

	if (!it)
		die("%s", err.text);
	while (!root && ptwalk_processes_next(it, &process) > 0)
		if (process.pid == d->pid)
			root = process.root;
	ptwalk_processes_end(it);
	if (!root)
		die("the dump has no process %u", d->pid);
	return root & ADDRESS;
}

static void open_process(struct dump *d, uint64_t root)
{
	struct ptwalk_open_options options = { .image = d->image, .pid = d->pid };
	struct ptwalk_error err;

	if (!d->pid && !root)
		return;
	if (root) {
		options.pid = 0;
		options.flags = PTWALK_OPEN_ROOT;
		options.root = root;
	}
	d->process = ptwalk_open(&options, &err);
	if (!d->process)
		die("%s", err.text);
	d->process_root = root ? root & ADDRESS : root_of_pid(d);
}

void dump_open(struct dump *d, const char *path, uint32_t pid, uint64_t process_root)
{
	struct ptwalk_image_options options = { .paths = &path, .nr_paths = 1 };
	struct ptwalk_open_options kernel = { 0 };
	const struct ptwalk_info *info;
	struct ptwalk_error err;

	*d = (struct dump){ .path = path, .pid = pid, .command = d->command };
	d->image = ptwalk_image_open(&options, &err);
	if (!d->image)
		die("%s", err.text);
	kernel.image = d->image;
	d->kernel = ptwalk_open(&kernel, &err);
	if (!d->kernel)
		die("%s", err.text);
	info = ptwalk_get_info(d->kernel);
	d->kernel_root = info->kernel_root & ADDRESS;
	d->levels = info->levels;
	open_process(d, process_root);
	dump_map_bytes(d);
}

void dump_close(struct dump *d)
{
	ptwalk_close(d->process);
	ptwalk_close(d->kernel);
	ptwalk_image_close(d->image);
}

/* Ranges of one kind, with how many pages lie before the end of each. */
struct choice {
	const struct dump *d;
	enum kind kind;
	struct ptwalk_range *ranges;
	u64 *until;
	u64 nr, room;
	u64 pages;
};

static bool is_kind(const struct choice *c, const struct ptwalk *p, const struct ptwalk_range *r)
{
	const struct ptwalk_region *region = ptwalk_region_at(p, r->start);

	if (r->what != PTWALK_LEAF)
		return false;
	switch (c->kind) {
	case KIND_USER:
		return r->page_bytes == PAGE;
	case KIND_USER_HUGE:
		return r->page_bytes > PAGE;
	case KIND_VMALLOC:
		return region && region->kind == PTWALK_IN_VMALLOC;
	default:
		return region && region->kind == PTWALK_IN_DIRECT_MAP;
	}
}

static void keep(struct choice *c, const struct ptwalk_range *r)
{
	if (c->nr == c->room) {
		c->room = c->room ? 2 * c->room : 4096;
		c->ranges = realloc(c->ranges, c->room * sizeof(*c->ranges));
		c->until = realloc(c->until, c->room * sizeof(*c->until));
		if (!c->ranges || !c->until)
			die("no memory for the ranges");
	}
	c->pages += (r->end - r->start) / PAGE;
	c->ranges[c->nr] = *r;
	c->until[c->nr++] = c->pages;
}

static void collect(struct choice *c, struct ptwalk *p, uint64_t start, uint64_t end)
{
	struct ptwalk_range ranges[256];
	struct ptwalk_error err;
	struct ptwalk_map *m = ptwalk_map_begin(p, start, end, 0, &err);
	int n;

	if (!m)
		die("%s", err.text);
	while ((n = ptwalk_map_next(m, ranges, 256, &err)) > 0)
		for (int i = 0; i < n; i++)
			if (is_kind(c, p, &ranges[i]))
				keep(c, &ranges[i]);
	if (n < 0)
		die("%s", err.text);
	ptwalk_map_end(m);
}

/* splitmix64 */
static u64 mixed(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static uint64_t nth_page(const struct choice *c, u64 page)
{
	u64 low = 0, high = c->nr - 1;

	while (low < high) {
		u64 middle = (low + high) / 2;

		if (c->until[middle] <= page)
			low = middle + 1;
		else
			high = middle;
	}
	return c->ranges[low].end - (c->until[low] - page) * PAGE;
}

bool addresses_choose(struct addresses *a, const struct dump *d, enum kind kind, u64 n)
{
	static const char * const names[] = { "vmalloc", "direct map", "user, 4 KiB pages",
					      "user, huge pages" };
	bool user = kind == KIND_USER || kind == KIND_USER_HUGE;
	struct choice c = { .d = d, .kind = kind };
	u64 state = 1;

	*a = (struct addresses){ .name = names[kind], .n = n };
	a->space = user ? d->process : d->kernel;
	a->root = user ? d->process_root : d->kernel_root;
	if (!a->space)
		return false;
	collect(&c, a->space, user ? 0 : 1ULL << 63, user ? 1ULL << 63 : 0);
	a->pages = c.pages;
	a->va = malloc(n * sizeof(*a->va));
	if (!a->va)
		die("no memory for the addresses");
	for (u64 i = 0; i < n && c.pages; i++)
		a->va[i] = nth_page(&c, mixed(&state) % c.pages) + mixed(&state) % PAGE;
	free(c.ranges);
	free(c.until);
	if (!c.pages)
		addresses_free(a);
	return c.pages;
}

void addresses_free(struct addresses *a)
{
	free(a->va);
	a->va = NULL;
}
