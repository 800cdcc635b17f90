// SPDX-License-Identifier: GPL-2.0-only
/*
 * src_kdump.c - kdump-compressed dumps. kdump_file.c finds a page's bytes, libkdumpfile
 * (0.5.1) decompresses them. It never sees the file: what it opens is a small dump of
 * our own in memory, with headers that are right and some pages' room, and each
 * compressed page is put into one of these before it is read there. So none of what it
 * believes of a dump (notes, bitmaps, sizes) comes from one.
 */
#include <errno.h>
#include <libkdumpfile/kdumpfile.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kdump_file.h"
#include "load.h"
#include "notes.h"
#include "source.h"

#define PAGE KDUMP_PAGE_BYTES
#define MAX_FILES 256

/*
 * libkdumpfile keeps the last pages that it read. A room is used again only after all
 * others were, and it keeps fewer than that.
 */
#define ROOMS 64
#define KEPT_PAGES 8

static struct {
	kdump_ctx_t *(*new)(void);
	void (*free)(kdump_ctx_t *ctx);
	kdump_status (*open_fdset)(kdump_ctx_t *ctx, unsigned int nfds, const int *fds);
	kdump_status (*set_attr)(kdump_ctx_t *ctx, const char *key, const kdump_attr_t *value);
	kdump_status (*read)(kdump_ctx_t *ctx, kdump_addrspace_t as, kdump_addr_t addr,
			     void *buffer, size_t *bytes);
	const char *(*get_err)(kdump_ctx_t *ctx);
} lib;

static const struct load_symbol symbols[] = {
	{ "kdump_new", (void **)&lib.new },
	{ "kdump_free", (void **)&lib.free },
	{ "kdump_open_fdset", (void **)&lib.open_fdset },
	{ "kdump_set_attr", (void **)&lib.set_attr },
	{ "kdump_read", (void **)&lib.read },
	{ "kdump_get_err", (void **)&lib.get_err },
	{ NULL, NULL },
};

/* The dump of our own: see kdump_file.c for what the fields are. */
struct own_page {
	uint64_t offset;
	uint32_t bytes;
	uint32_t flags;
	uint64_t page_flags;
};

struct own_dump {
	union {
		struct {
			char signature[8];
			int32_t version;
			char utsname[6][65];
			char pad[6];
			uint64_t timestamp[2];
			uint32_t status;
			int32_t block_size;
			int32_t sub_header_blocks;
			uint32_t bitmap_blocks;
			uint32_t max_pfn;
		} __attribute__((packed));
		unsigned char header[PAGE];
	};
	unsigned char sub_header[PAGE];
	unsigned char bitmaps[2][PAGE];
	union {
		struct own_page pages[ROOMS];
		unsigned char descriptors[PAGE];
	};
	unsigned char rooms[ROOMS][PAGE];
};

struct kdump {
	size_t nr_files;
	struct kdump_file *files;
	struct kdump_index index;
	struct phys_cpu *cpus;
	kdump_ctx_t *ctx;
	struct own_dump *own;
	unsigned int room; /* the next one */
	int fd; /* of @own */
};

static void kdump_destroy(struct kdump *k)
{
	if (k->ctx)
		lib.free(k->ctx);
	if (k->own)
		munmap(k->own, sizeof(*k->own));
	if (k->fd >= 0)
		close(k->fd);
	kdump_index_destroy(&k->index);
	for (size_t i = 0; i < k->nr_files; i++)
		kdump_file_close(&k->files[i]);
	free(k->files);
	free(k->cpus);
	free(k);
}

/* ---- decompressing ---- */

/* The dump of our own, empty: version 1 has neither notes nor parts. */
static int own_create(struct kdump *k)
{
	struct own_dump *o;

	k->fd = memfd_create("ptwalk-kdump", MFD_CLOEXEC);
	if (k->fd < 0 || ftruncate(k->fd, sizeof(*o)) < 0)
		return -errno;
	o = mmap(NULL, sizeof(*o), PROT_READ | PROT_WRITE, MAP_SHARED, k->fd, 0);
	if (o == MAP_FAILED)
		return -errno;
	k->own = o;
	memcpy(o->signature, "KDUMP   ", sizeof(o->signature));
	o->version = 1;
	o->block_size = PAGE;
	o->sub_header_blocks = 1;
	o->bitmap_blocks = 2;
	o->max_pfn = ROOMS;
	memset(o->bitmaps[0], 0xff, ROOMS / 8);
	memset(o->bitmaps[1], 0xff, ROOMS / 8);
	for (unsigned int i = 0; i < ROOMS; i++)
		o->pages[i].offset = offsetof(struct own_dump, rooms) + i * PAGE;
	return 0;
}

static kdump_status set_number(kdump_ctx_t *ctx, const char *key, uint64_t number)
{
	const kdump_attr_t attr = { .type = KDUMP_NUMBER, .val.number = number };

	return lib.set_attr(ctx, key, &attr);
}

static int own_open(struct kdump *k, struct ptwalk_error *err)
{
	const kdump_attr_t arch = { .type = KDUMP_STRING, .val.string = KDUMP_ARCH_X86_64 };
	int ret = own_create(k);

	if (ret < 0)
		return fail(err, ret, "no memory for decompressed pages: %s", strerror(-ret));
	k->ctx = lib.new();
	if (!k->ctx)
		return fail(err, -ENOMEM, "no memory");
	/* Mapped, so that what is put into a room is seen there. */
	if (set_number(k->ctx, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_ALWAYS) != KDUMP_OK ||
	    set_number(k->ctx, "cache.size", KEPT_PAGES) != KDUMP_OK ||
	    lib.open_fdset(k->ctx, 1, &k->fd) != KDUMP_OK ||
	    lib.set_attr(k->ctx, KDUMP_ATTR_ARCH_NAME, &arch) != KDUMP_OK)
		return fail(err, -EOPNOTSUPP, "libkdumpfile is not as it is known: %s",
			    lib.get_err(k->ctx));
	return 0;
}

static kdump_status decompress(struct kdump *k, const struct kdump_page *page,
			       unsigned char *buffer)
{
	unsigned int room = k->room++ % ROOMS;
	struct own_page *own = &k->own->pages[room];
	size_t bytes = PAGE;

	memcpy(k->own->rooms[room], page->data, page->bytes);
	own->bytes = page->bytes;
	own->flags = page->compressed;
	return lib.read(k->ctx, KDUMP_MACHPHYSADDR, (kdump_addr_t)room * PAGE, buffer, &bytes);
}

static int kdump_read_phys(struct phys *m, uint64_t pa, void *buffer, size_t bytes)
{
	unsigned char whole[PAGE];
	struct kdump *k = m->state;
	struct kdump_page page;
	int ret = kdump_index_page(&k->index, k->files, pa, &page);

	if (ret < 0)
		return ret;
	if (!page.compressed) {
		memcpy(buffer, page.data + pa % PAGE, bytes);
		return 0;
	}
	if (decompress(k, &page, whole) != KDUMP_OK)
		return -EIO;
	memcpy(buffer, whole + pa % PAGE, bytes);
	return 0;
}

static void kdump_close(struct phys *m)
{
	kdump_destroy(m->state);
}

static const struct phys_ops kdump_ops = {
	.format = PTWALK_FORMAT_KDUMP,
	.read = kdump_read_phys,
	.close = kdump_close,
};

/* ---- what is known of it ---- */

static const char *compression_name(uint32_t compressed)
{
	if (compressed & KDUMP_ZLIB)
		return "zlib";
	if (compressed & KDUMP_LZO)
		return "lzo";
	return compressed & KDUMP_SNAPPY ? "snappy" : "zstd";
}

/*
 * A dump has one kind of compression: that of its first compressed page, told by @name.
 * Whether this libkdumpfile knows it is found out at once; the page's own faults are not.
 */
static int check_compression(struct kdump *k, const char **name, struct ptwalk_error *err)
{
	unsigned char buffer[PAGE];
	struct kdump_page page;
	unsigned int tries = 1024;

	*name = NULL;
	for (size_t i = 0; i < k->index.nr && tries; i++) {
		const struct phys_range *r = &k->index.ranges[i];

		for (uint64_t at = 0; at < r->bytes && tries; at += PAGE, tries--) {
			if (kdump_index_page(&k->index, k->files, r->pa + at, &page) < 0 ||
			    !page.compressed)
				continue;
			*name = compression_name(page.compressed);
			if (decompress(k, &page, buffer) != KDUMP_ERR_NOTIMPL)
				return 0;
			return fail(err, -EOPNOTSUPP,
				    "%s has pages compressed with %s, which this libkdumpfile "
				    "was built without",
				    k->files[0].path, *name);
		}
	}
	return 0;
}

/* Of the first file that has them; a note of vmcoreinfo where the header has none. */
static int take_notes(struct phys *m, struct kdump *k)
{
	for (size_t i = 0; i < k->nr_files; i++) {
		const struct kdump_file *f = &k->files[i];

		if (!k->cpus && notes_cpus(f->notes, f->notes_bytes, &k->cpus, &m->nr_cpus) < 0)
			return -ENOMEM;
		if (!m->vmcoreinfo && f->vmcoreinfo) {
			m->vmcoreinfo = f->vmcoreinfo;
			m->vmcoreinfo_bytes = f->vmcoreinfo_bytes;
		} else if (!m->vmcoreinfo) {
			m->vmcoreinfo =
				notes_vmcoreinfo(f->notes, f->notes_bytes, &m->vmcoreinfo_bytes);
		}
	}
	m->cpus = k->cpus;
	return 0;
}

static int open_files(struct kdump *k, const struct ptwalk_image_options *o,
		      struct ptwalk_error *err)
{
	int ret;

	k->files = calloc(o->nr_paths, sizeof(*k->files));
	if (!k->files)
		return fail(err, -ENOMEM, "no memory for %u files", o->nr_paths);
	for (; k->nr_files < o->nr_paths; k->nr_files++) {
		ret = kdump_file_open(&k->files[k->nr_files], o->paths[k->nr_files], err);
		if (ret < 0)
			return ret;
	}
	return kdump_index_create(&k->index, k->files, k->nr_files, err);
}

static int set_up(struct phys *m, struct kdump *k, const struct ptwalk_image_options *o,
		  struct ptwalk_error *err)
{
	const char *compression;
	int ret = open_files(k, o, err);

	if (ret == 0)
		ret = load_library("libkdumpfile.so.10", "kdump-compressed dumps", symbols, err);
	if (ret == 0)
		ret = own_open(k, err);
	if (ret == 0)
		ret = check_compression(k, &compression, err);
	if (ret == 0 && take_notes(m, k) < 0)
		ret = fail(err, -ENOMEM, "no memory for the notes of %s", o->paths[0]);
	if (ret < 0)
		return ret;
	snprintf(m->detail, sizeof(m->detail), "a kdump-compressed dump%s%s",
		 compression ? ", " : "", compression ? compression : "");
	if (k->nr_files > 1)
		snprintf(m->detail, sizeof(m->detail), "a kdump-compressed dump%s%s, of %zu files",
			 compression ? ", " : "", compression ? compression : "", k->nr_files);
	return 0;
}

int kdump_phys_open(struct phys *m, const struct ptwalk_image_options *o, struct ptwalk_error *err)
{
	struct kdump *k;
	int ret;

	memset(m, 0, sizeof(*m));
	if (!o->nr_paths || o->nr_paths > MAX_FILES)
		return fail(err, -EINVAL, "a dump is of 1 to %u files, not %u", MAX_FILES,
			    o->nr_paths);
	k = calloc(1, sizeof(*k));
	if (!k)
		return fail(err, -ENOMEM, "no memory");
	k->fd = -1;
	ret = set_up(m, k, o, err);
	if (ret < 0) {
		kdump_destroy(k);
		memset(m, 0, sizeof(*m));
		return ret;
	}
	m->ops = &kdump_ops;
	m->state = k;
	m->format = PTWALK_FORMAT_KDUMP;
	m->nr_ranges = k->index.nr;
	m->ranges = k->index.ranges;
	m->missing_bytes = k->index.missing_bytes;
	return 0;
}
