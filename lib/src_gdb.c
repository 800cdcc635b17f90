// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_gdb.c - a virtual machine that runs, through qemu's gdbstub. It stands still while
 * we look, and runs on when we go, if it ran when we came.
 *
 * Its memory is read where qemu has it, if that is on this machine and we may: mapped,
 * when it is a shared file's, else by /proc/PID/mem. Neither is believed before pages of
 * it were compared with what the stub says. The last resort is the stub itself, in its
 * mode for physical memory (Qqemu.PhyMemMode, since 4.1).
 *
 * The stub answers for every address, also where there is none (zeros), and a device's
 * registers may do something when they are read. So nothing is read but what the
 * monitor calls RAM or ROM. Where there is no monitor, the holes below 1 MiB and
 * below 4 GiB are left out, and what else is no memory cannot be told.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gdb_host.h"
#include "gdb_machine.h"
#include "source.h"

#define PAGE 4096
#define MAX_BLOCKS 16
/* Pages of a block that are compared, where that many have something in them. */
#define SAMPLES 12
#define LEAST_SAMPLES 4
#define MOST_TAKEN_OVER (256U << 10)

/**
 * struct block - a block of qemu's memory
 * @name: lent by a part
 * @bytes: as far as parts reach
 * @host: in qemu's process; 0 where that is not known
 * @file: mapped, or its data is NULL
 * @peek: it is read at @host
 */
struct block {
	const char *name;
	uint64_t bytes;
	uint64_t host;
	struct mapped_file file;
	bool peek;
};

struct gdb {
	struct gdb_remote remote;
	bool physical; /* the stub is in that mode */
	int memory; /* /proc/PID/mem, or -1 */
	struct phys_cpu *cpus;
	size_t nr_parts;
	struct gdb_part parts[GDB_MAX_PARTS];
	struct phys_range ranges[GDB_MAX_PARTS];
	size_t nr_blocks;
	struct block blocks[MAX_BLOCKS];
	struct block *block_of[GDB_MAX_PARTS];
};

/* ---- coming and going ---- */

/*
 * The machine runs on, if it ran when we came; so too where the stub has said nothing
 * yet, since it may hear us later. Whatever went wrong, this is tried; not for long.
 */
static void leave(struct gdb *g)
{
	struct gdb_remote *r = &g->remote;
	char answer[512];
	unsigned int said = 0;

	r->broken = 0;
	r->out_bytes = 0;
	r->answer_ms = r->answer_ms < 1000 ? r->answer_ms : 1000;
	if (g->physical)
		said += gdb_send(r, "Qqemu.PhyMemMode:0", NULL) == 0;
	if (r->stopped_it || !r->answered)
		said += gdb_send(r, "D", NULL) == 0;
	while (said-- && gdb_receive(r, answer, sizeof(answer), NULL) >= 0)
		;
	gdb_disconnect(r);
}

static void gdb_destroy(struct gdb *g)
{
	leave(g);
	for (size_t i = 0; i < g->nr_blocks; i++)
		mapped_file_close(&g->blocks[i].file);
	if (g->memory >= 0)
		close(g->memory);
	free(g->cpus);
	free(g);
}

static int enter_physical(struct gdb *g, struct ptwalk_error *err)
{
	struct gdb_remote *r = &g->remote;
	char answer[512];
	int ret = gdb_ask(r, "qqemu.PhyMemMode", answer, sizeof(answer), err);

	if (ret < 0)
		return ret;
	if (strcmp(answer, "0") != 0 && strcmp(answer, "1") != 0)
		return fail(err, -EOPNOTSUPP,
			    "the gdbstub at %s does not read physical memory, as qemu's does "
			    "since 4.1",
			    r->name);
	g->physical = true;
	ret = gdb_ask(r, "Qqemu.PhyMemMode:1", answer, sizeof(answer), err);
	if (ret < 0)
		return ret;
	if (strcmp(answer, "OK") != 0)
		return fail(err, -EOPNOTSUPP, "the gdbstub at %s refuses to read physical memory",
			    r->name);
	return 0;
}

/* ---- what lies where ---- */

/* Where nobody tells: all but what is never memory on a PC. */
static void guess_parts(struct gdb *g)
{
	static const struct gdb_part all[] = {
		{ .pa = 0, .bytes = 0xa0000 },
		{ .pa = 0x100000, .bytes = 0xe0000000 - 0x100000 },
		{ .pa = 1ULL << 32, .bytes = (1ULL << 46) - (1ULL << 32) },
	};

	memcpy(g->parts, all, sizeof(all));
	g->nr_parts = ARRAY_SIZE(all);
}

static struct block *find_block(struct gdb *g, const char *name)
{
	for (size_t i = 0; i < g->nr_blocks; i++)
		if (strcmp(g->blocks[i].name, name) == 0)
			return &g->blocks[i];
	if (g->nr_blocks == MAX_BLOCKS)
		return NULL;
	g->blocks[g->nr_blocks].name = name;
	return &g->blocks[g->nr_blocks++];
}

static void take_blocks(struct gdb *g)
{
	for (size_t i = 0; i < g->nr_parts; i++) {
		const struct gdb_part *p = &g->parts[i];
		struct block *b = find_block(g, p->block);

		if (b && b->bytes < p->offset + p->bytes)
			b->bytes = p->offset + p->bytes;
		g->block_of[i] = b;
	}
}

static int learn_parts(struct gdb *g, struct ptwalk_error *err)
{
	struct ptwalk_error why;
	int ret = gdb_machine_parts(&g->remote, g->parts, &why);

	if (ret > 0) {
		g->nr_parts = (size_t)ret;
		take_blocks(g);
		return 0;
	}
	if (g->remote.broken)
		return fail(err, ret, "%s", why.text);
	guess_parts(g);
	return 0;
}

/* ---- qemu's own memory ---- */

static int read_block(const struct gdb *g, const struct block *b, uint64_t offset, void *buffer,
		      size_t bytes)
{
	if (!b->file.data)
		return gdb_host_read(g->memory, b->host + offset, buffer, bytes);
	if (offset > b->file.bytes || bytes > b->file.bytes - offset)
		return -EIO;
	memcpy(buffer, b->file.data + offset, bytes);
	return 0;
}

static bool has_content(const unsigned char *page)
{
	return memcmp(page, page + 1, PAGE - 1) != 0;
}

/* Compares the first page with something in it from @at on, but not far. */
static bool same_page(struct gdb *g, const struct block *b, const struct gdb_part *p, uint64_t at,
		      unsigned int *compared)
{
	unsigned char mine[PAGE], theirs[PAGE];

	for (unsigned int i = 0; i < 64 && at + PAGE <= p->bytes; i++, at += PAGE) {
		if (read_block(g, b, p->offset + at, mine, PAGE) < 0)
			return false;
		if (!has_content(mine))
			continue;
		++*compared;
		return gdb_read_memory(&g->remote, p->pa + at, theirs, PAGE, NULL) == 0 &&
		       memcmp(mine, theirs, PAGE) == 0;
	}
	return true;
}

/* Is the block what the stub reads? Pages all over it, and of each part, tell. */
static bool same_block(struct gdb *g, const struct block *b)
{
	uint64_t step = (b->bytes / SAMPLES + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	unsigned int compared = 0;

	for (size_t i = 0; i < g->nr_parts; i++) {
		const struct gdb_part *p = &g->parts[i];

		if (g->block_of[i] != b)
			continue;
		for (uint64_t at = 0; at < p->bytes; at += step)
			if (!same_page(g, b, p, at, &compared))
				return false;
	}
	return compared >= LEAST_SAMPLES || b->bytes <= SAMPLES * PAGE;
}

static uint64_t find_host(struct gdb *g, const struct block *b)
{
	uint64_t va;

	for (size_t i = 0; i < g->nr_parts; i++) {
		if (g->block_of[i] != b)
			continue;
		if (gdb_machine_host_va(&g->remote, g->parts[i].pa, &va, NULL) < 0)
			return 0;
		return va > g->parts[i].offset ? va - g->parts[i].offset : 0;
	}
	return 0;
}

static void close_block(struct block *b)
{
	mapped_file_close(&b->file);
	b->peek = false;
}

/* A small block, the firmware's as a rule, is taken over whole: then all is mapped. */
static void take_over(const struct gdb *g, struct block *b)
{
	void *copy;

	if (b->bytes > MOST_TAKEN_OVER)
		return;
	copy = mmap(NULL, b->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (copy == MAP_FAILED)
		return;
	if (gdb_host_read(g->memory, b->host, copy, b->bytes) < 0) {
		munmap(copy, b->bytes);
		return;
	}
	b->file = (struct mapped_file){ .data = copy, .bytes = b->bytes };
	b->peek = false;
}

/* Finds the block in qemu's process, mapped or to be read. */
static void take_from_host(struct gdb *g, pid_t pid, struct block *b)
{
	b->host = find_host(g, b);
	if (!b->host)
		return;
	if (gdb_host_map(pid, b->host, b->bytes, &b->file) == 0 && same_block(g, b))
		return;
	close_block(b);
	if (g->memory < 0)
		g->memory = gdb_host_open_memory(pid);
	b->peek = g->memory >= 0 && same_block(g, b);
	if (b->peek)
		take_over(g, b);
}

/* The file that the caller names is the largest block, if it is any: 1 or 0. */
static int take_file(struct gdb *g, const char *path, struct ptwalk_error *err)
{
	struct mapped_file file;
	struct block *largest = NULL;
	int ret = mapped_file_open(&file, path, err);

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < g->nr_blocks; i++)
		if (!largest || g->blocks[i].bytes > largest->bytes)
			largest = &g->blocks[i];
	if (!largest) {
		mapped_file_close(&file);
		return 0;
	}
	largest->file = file;
	if (file.bytes >= largest->bytes && same_block(g, largest))
		return 1;
	close_block(largest);
	return 0;
}

static void take_all_from_host(struct gdb *g)
{
	pid_t pid = gdb_host_peer(g->remote.fd);

	for (size_t i = 0; pid && i < g->nr_blocks && !g->remote.broken; i++)
		if (!g->blocks[i].file.data)
			take_from_host(g, pid, &g->blocks[i]);
}

/* ---- the memory as a whole ---- */

static int gdb_read_phys(struct phys *m, uint64_t pa, void *buffer, size_t bytes)
{
	const struct phys_range *r = phys_find(m, pa);
	struct gdb *g = m->state;
	const struct block *b;
	size_t i;
	int ret;

	if (!r || bytes > r->bytes - (pa - r->pa))
		return -ENXIO;
	i = (size_t)(r - m->ranges);
	b = g->block_of[i];
	if (b && b->peek)
		return gdb_host_read(g->memory, b->host + g->parts[i].offset + (pa - r->pa), buffer,
				     bytes);
	ret = gdb_read_memory(&g->remote, pa, buffer, bytes, NULL);
	return ret == 0 || ret == -ENXIO ? ret : -EIO;
}

static void gdb_close(struct phys *m)
{
	gdb_destroy(m->state);
}

static const struct phys_ops gdb_ops = {
	.format = PTWALK_FORMAT_GDB,
	.read = gdb_read_phys,
	.close = gdb_close,
};

/* How most of the memory is read. */
static const char *how(const struct gdb *g)
{
	uint64_t mapped = 0, peeked = 0, all = 0;

	for (size_t i = 0; i < g->nr_blocks; i++) {
		const struct block *b = &g->blocks[i];

		all += b->bytes;
		mapped += b->file.data ? b->bytes : 0;
		peeked += b->peek ? b->bytes : 0;
	}
	if (mapped > all / 2)
		return "mapped";
	return peeked > all / 2 ? "read from qemu's process" : "read through the gdbstub";
}

static void fill_ranges(struct phys *m, struct gdb *g)
{
	for (size_t i = 0; i < g->nr_parts; i++) {
		const struct gdb_part *p = &g->parts[i];
		const struct block *b = g->block_of[i];

		g->ranges[i] = (struct phys_range){
			.pa = p->pa,
			.bytes = p->bytes,
			.data = b && b->file.data ? b->file.data + p->offset : NULL,
		};
	}
	m->nr_ranges = g->nr_parts;
	m->ranges = g->ranges;
}

static int set_up(struct phys *m, struct gdb *g, const struct ptwalk_image_options *o,
		  struct ptwalk_error *err)
{
	int is_file = 1, ret = gdb_greet(&g->remote, err);

	if (ret == 0)
		ret = enter_physical(g, err);
	if (ret == 0)
		ret = gdb_machine_cpus(&g->remote, &g->cpus, &m->nr_cpus, err);
	if (ret == 0)
		ret = learn_parts(g, err);
	if (ret == 0 && o->nr_paths)
		ret = is_file = take_file(g, o->paths[0], err);
	if (ret < 0)
		return ret;
	take_all_from_host(g);
	if (g->remote.broken)
		return fail(err, g->remote.broken, "the gdbstub at %s stopped to answer",
			    g->remote.name);
	m->cpus = g->cpus;
	fill_ranges(m, g);
	snprintf(m->detail, sizeof(m->detail), "a virtual machine, its memory %s%s", how(g),
		 is_file ? "" : "; the file named is not its memory");
	return 0;
}

/* On the connection that is there; it is closed in the end, whatever happens. */
static int open_on(struct phys *m, struct gdb *g, const struct ptwalk_image_options *o,
		   struct ptwalk_error *err)
{
	int ret = set_up(m, g, o, err);

	if (ret < 0) {
		gdb_destroy(g);
		memset(m, 0, sizeof(*m));
		return ret;
	}
	m->ops = &gdb_ops;
	m->state = g;
	m->format = PTWALK_FORMAT_GDB;
	return 0;
}

static struct gdb *gdb_create(struct phys *m, struct ptwalk_error *err)
{
	struct gdb *g = calloc(1, sizeof(*g));

	memset(m, 0, sizeof(*m));
	if (!g) {
		fail(err, -ENOMEM, "no memory");
		return NULL;
	}
	g->memory = -1;
	return g;
}

int gdb_phys_open_fd(struct phys *m, int fd, unsigned int answer_ms,
		     const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	struct gdb *g = gdb_create(m, err);

	if (!g) {
		close(fd);
		return -ENOMEM;
	}
	gdb_take(&g->remote, fd, o->socket);
	g->remote.answer_ms = answer_ms;
	return open_on(m, g, o, err);
}

int gdb_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	struct gdb *g = gdb_create(m, err);
	int ret;

	if (!g)
		return -ENOMEM;
	ret = gdb_connect(&g->remote, o->socket, err);
	if (ret < 0) {
		free(g);
		return ret;
	}
	return open_on(m, g, o, err);
}
