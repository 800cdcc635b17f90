// SPDX-License-Identifier: GPL-2.0-only
/*
 * kdump_file.c - the layout of kdump-compressed files. Source: makedumpfile 1.7.2,
 * diskdump_mod.h and IMPLEMENTATION; crash 8.0.2, diskdump.h. Blocks of 4096 bytes:
 * header, sub header, two bitmaps of equal size (memory; pages that are dumped), then
 * a descriptor for each dumped page, then the pages. All little-endian on x86-64.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "kdump_file.h"

/* struct disk_dump_header of a 64-bit machine. */
struct header {
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

#define UTSNAME_MACHINE 4

/* struct kdump_sub_header of a 64-bit machine; later versions have more of it. */
struct sub_header {
	uint64_t phys_base;
	int32_t dump_level;
	int32_t split; /* from version 2 on */
	uint64_t start_pfn;
	uint64_t end_pfn;
	uint64_t vmcoreinfo_at; /* from version 3 on */
	uint64_t vmcoreinfo_bytes;
	uint64_t notes_at; /* from version 4 on */
	uint64_t notes_bytes;
	uint64_t eraseinfo_at;
	uint64_t eraseinfo_bytes;
	uint64_t start_pfn_64; /* from version 6 on */
	uint64_t end_pfn_64;
	uint64_t max_pfn_64;
} __attribute__((packed));

/* struct page_desc. */
struct page_desc {
	uint64_t offset;
	uint32_t bytes;
	uint32_t flags;
	uint64_t page_flags;
};

/* x86-64 has physical addresses of 52 bits at most. */
#define MAX_PFN (1ULL << 40)

static bool within(const struct kdump_file *f, uint64_t at, uint64_t bytes)
{
	return at <= f->file.bytes && bytes <= f->file.bytes - at;
}

/* ---- headers ---- */

static int check_header(const struct kdump_file *f, const struct header *h,
			struct ptwalk_error *err)
{
	const char *machine = h->utsname[UTSNAME_MACHINE];

	if (h->block_size != KDUMP_PAGE_BYTES)
		return fail(err, -ENOTSUP, "%s has blocks of %d bytes; only %d is known", f->path,
			    h->block_size, KDUMP_PAGE_BYTES);
	if (*machine && strncmp(machine, "x86_64", sizeof(h->utsname[0])) != 0)
		return fail(err, -ENOTSUP, "%s is of another machine; only x86-64 is known",
			    f->path);
	if (h->version < 1)
		return fail(err, -ENOTSUP, "%s has a header of version %d; 1 is the first known",
			    f->path, h->version);
	if (h->sub_header_blocks < 1)
		return fail(err, -EBADMSG, "%s has a sub header of %d blocks", f->path,
			    h->sub_header_blocks);
	return 0;
}

static int take_header(struct kdump_file *f, struct header *h, struct ptwalk_error *err)
{
	if (f->file.bytes < sizeof(h->signature) ||
	    (memcmp(f->file.data, "KDUMP   ", sizeof(h->signature)) != 0 &&
	     memcmp(f->file.data, "DISKDUMP", sizeof(h->signature)) != 0))
		return fail(err, -ENOEXEC, "%s is no kdump-compressed dump", f->path);
	if (!within(f, KDUMP_PAGE_BYTES, sizeof(struct sub_header)))
		return fail(err, -EBADMSG, "%s ends within its headers", f->path);
	memcpy(h, f->file.data, sizeof(*h));
	return check_header(f, h, err);
}

static int take_notes(struct kdump_file *f, const struct header *h, const struct sub_header *s,
		      struct ptwalk_error *err)
{
	if (h->version >= 4 && s->notes_bytes) {
		if (!within(f, s->notes_at, s->notes_bytes))
			return fail(err, -EBADMSG, "%s ends within its notes", f->path);
		f->notes = f->file.data + s->notes_at;
		f->notes_bytes = s->notes_bytes;
	}
	if (h->version >= 3 && s->vmcoreinfo_bytes) {
		if (!within(f, s->vmcoreinfo_at, s->vmcoreinfo_bytes))
			return fail(err, -EBADMSG, "%s ends within its vmcoreinfo", f->path);
		f->vmcoreinfo = (const char *)f->file.data + s->vmcoreinfo_at;
		f->vmcoreinfo_bytes = s->vmcoreinfo_bytes;
	}
	return 0;
}

static int take_sub_header(struct kdump_file *f, const struct header *h, struct ptwalk_error *err)
{
	struct sub_header s;

	memcpy(&s, f->file.data + KDUMP_PAGE_BYTES, sizeof(s));
	f->max_pfn = h->version >= 6 ? s.max_pfn_64 : h->max_pfn;
	f->start_pfn = 0;
	f->end_pfn = f->max_pfn;
	if (h->version >= 2 && s.split) {
		f->start_pfn = h->version >= 6 ? s.start_pfn_64 : s.start_pfn;
		f->end_pfn = h->version >= 6 ? s.end_pfn_64 : s.end_pfn;
		if (f->start_pfn > f->end_pfn)
			return fail(err, -EBADMSG,
				    "%s is a part of a dump that ends at page "
				    "%llu and begins at %llu",
				    f->path, (unsigned long long)f->end_pfn,
				    (unsigned long long)f->start_pfn);
		if (f->end_pfn > f->max_pfn)
			f->end_pfn = f->max_pfn;
	}
	return take_notes(f, h, &s, err);
}

/* Two bitmaps, of which the second one counts; one where two could not have all pages. */
static int take_bitmap(struct kdump_file *f, const struct header *h, struct ptwalk_error *err)
{
	uint64_t at = (1 + (uint64_t)h->sub_header_blocks) * KDUMP_PAGE_BYTES;
	uint64_t bytes = (uint64_t)h->bitmap_blocks * KDUMP_PAGE_BYTES;
	uint64_t half = (uint64_t)h->bitmap_blocks / 2 * KDUMP_PAGE_BYTES;

	if (!within(f, at, bytes))
		return fail(err, -EBADMSG, "%s ends within its bitmaps", f->path);
	if (!f->max_pfn || f->max_pfn > MAX_PFN || f->max_pfn > bytes * 8)
		return fail(err, -EBADMSG, "%s has bitmaps of %llu bytes for %llu pages", f->path,
			    (unsigned long long)bytes, (unsigned long long)f->max_pfn);
	f->pages_at = at + bytes;
	f->bitmap = f->file.data + at;
	f->bitmap_bytes = bytes;
	if (f->max_pfn <= half * 8) {
		f->bitmap += half;
		f->bitmap_bytes = half;
	}
	return 0;
}

int kdump_file_open(struct kdump_file *f, const char *path, struct ptwalk_error *err)
{
	struct header h;
	int ret;

	memset(f, 0, sizeof(*f));
	f->path = path;
	ret = mapped_file_open(&f->file, path, err);
	if (ret < 0)
		return ret;
	ret = take_header(f, &h, err);
	if (ret == 0)
		ret = take_sub_header(f, &h, err);
	if (ret == 0)
		ret = take_bitmap(f, &h, err);
	if (ret < 0)
		kdump_file_close(f);
	return ret;
}

void kdump_file_close(struct kdump_file *f)
{
	mapped_file_close(&f->file);
}

/* ---- which pages there are ---- */

/* An index that is being made of file number @file. */
struct making {
	struct kdump_index *x;
	const struct kdump_file *f;
	uint32_t file;
	uint64_t page_at; /* the next descriptor */
	size_t room;
};

static bool bit(const struct kdump_file *f, uint64_t pfn)
{
	return f->bitmap[pfn / 8] >> (pfn % 8) & 1;
}

/* The first page from @pfn on whose bit is @set, or end_pfn. */
static uint64_t next_bit(const struct kdump_file *f, uint64_t pfn, bool set)
{
	const uint64_t plain = set ? 0 : ~0ULL;

	while (pfn < f->end_pfn) {
		uint64_t word;

		if (pfn % 64 == 0 && f->end_pfn - pfn >= 64) {
			memcpy(&word, f->bitmap + pfn / 8, sizeof(word));
			if (word == plain) {
				pfn += 64;
				continue;
			}
		}
		if (bit(f, pfn) == set)
			return pfn;
		pfn++;
	}
	return f->end_pfn;
}

static int make_room(struct making *m)
{
	size_t room = m->room ? 2 * m->room : 64;
	struct phys_range *ranges;
	struct kdump_run *runs;

	if (m->x->nr < m->room)
		return 0;
	ranges = reallocarray(m->x->ranges, room, sizeof(*ranges));
	if (!ranges)
		return -ENOMEM;
	m->x->ranges = ranges;
	runs = reallocarray(m->x->runs, room, sizeof(*runs));
	if (!runs)
		return -ENOMEM;
	m->x->runs = runs;
	m->room = room;
	return 0;
}

/* Pages whose descriptors the file lacks are not there. */
static int add_run(struct making *m, uint64_t pfn, uint64_t pages)
{
	uint64_t whole = (m->f->file.bytes - m->page_at) / sizeof(struct page_desc);
	struct kdump_index *x = m->x;

	if (whole > pages)
		whole = pages;
	x->missing_bytes += (pages - whole) * KDUMP_PAGE_BYTES;
	if (!whole)
		return 0;
	if (make_room(m) < 0)
		return -ENOMEM;
	x->ranges[x->nr] = (struct phys_range){ .pa = pfn * KDUMP_PAGE_BYTES,
						.bytes = whole * KDUMP_PAGE_BYTES };
	x->runs[x->nr++] = (struct kdump_run){ .page_at = m->page_at, .file = m->file };
	m->page_at += whole * sizeof(struct page_desc);
	return 0;
}

static int add_file(struct making *m)
{
	uint64_t end, pfn = next_bit(m->f, m->f->start_pfn, true);

	m->page_at = m->f->pages_at;
	for (; pfn < m->f->end_pfn; pfn = next_bit(m->f, end, true)) {
		end = next_bit(m->f, pfn, false);
		if (add_run(m, pfn, end - pfn) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct kdump_file *x = a, *y = b;

	return (x->start_pfn > y->start_pfn) - (x->start_pfn < y->start_pfn);
}

static int check_parts(const struct kdump_file *files, size_t n, struct ptwalk_error *err)
{
	for (size_t i = 1; i < n; i++)
		if (files[i].start_pfn < files[i - 1].end_pfn)
			return fail(err, -EBADMSG, "%s and %s are not parts of one split dump",
				    files[i - 1].path, files[i].path);
	return 0;
}

/* What was cut off, and a descriptor that was never written (0, 0), is not there. */
static int page_at(const struct kdump_file *f, uint64_t at, struct kdump_page *page)
{
	struct page_desc d;

	memcpy(&d, f->file.data + at, sizeof(d));
	if (!within(f, d.offset, d.bytes) || (!d.offset && !d.bytes))
		return -ENXIO;
	page->data = f->file.data + d.offset;
	page->bytes = d.bytes;
	page->compressed = d.flags & KDUMP_COMPRESSED;
	/* What compression does not make smaller is stored as it is. */
	if (d.offset < f->pages_at || !d.bytes || d.bytes > KDUMP_PAGE_BYTES ||
	    (!page->compressed && d.bytes != KDUMP_PAGE_BYTES))
		return -EIO;
	return 0;
}

/*
 * Pages whose bytes lie behind their file's end: pages are written in order, so that a
 * file that was cut off lacks its last ones.
 */
static void count_cut_off(struct kdump_index *x, const struct kdump_file *files)
{
	uint32_t whole = UINT32_MAX; /* the file whose last page is there */
	struct kdump_page page;

	for (size_t i = x->nr; i > 0; i--) {
		const struct kdump_run *run = &x->runs[i - 1];
		uint64_t left = x->ranges[i - 1].bytes / KDUMP_PAGE_BYTES;

		for (; run->file != whole && left; left--) {
			uint64_t at = run->page_at + (left - 1) * sizeof(struct page_desc);

			if (page_at(&files[run->file], at, &page) == -ENXIO)
				x->missing_bytes += KDUMP_PAGE_BYTES;
			else
				whole = run->file;
		}
	}
}

int kdump_index_create(struct kdump_index *x, struct kdump_file *files, size_t n,
		       struct ptwalk_error *err)
{
	struct making m = { .x = x };
	int ret;

	memset(x, 0, sizeof(*x));
	qsort(files, n, sizeof(*files), by_start);
	ret = check_parts(files, n, err);
	if (ret < 0)
		return ret;
	for (size_t i = 0; i < n; i++) {
		m.f = &files[i];
		m.file = (uint32_t)i;
		if (add_file(&m) < 0) {
			kdump_index_destroy(x);
			return fail(err, -ENOMEM, "no memory for the pages of %s", files[i].path);
		}
	}
	count_cut_off(x, files);
	return 0;
}

void kdump_index_destroy(struct kdump_index *x)
{
	free(x->ranges);
	free(x->runs);
	memset(x, 0, sizeof(*x));
}

int kdump_index_page(const struct kdump_index *x, const struct kdump_file *files, uint64_t pa,
		     struct kdump_page *page)
{
	const struct phys m = { .nr_ranges = x->nr, .ranges = x->ranges };
	const struct phys_range *r = phys_find(&m, pa);
	const struct kdump_run *run;

	if (!r)
		return -ENXIO;
	run = &x->runs[r - x->ranges];
	return page_at(&files[run->file],
		       run->page_at + (pa - r->pa) / KDUMP_PAGE_BYTES * sizeof(struct page_desc),
		       page);
}
