// SPDX-License-Identifier: GPL-2.0-only
/*
 * snapshot.c - opens a snapshot, and sees to it that it makes sense. docs/snapshot.md has
 * the format. The checksum finds what went wrong by chance; nothing else is believed for
 * it: the ranges are looked through once when the file is opened, and again, by the same
 * rules, when a space of it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "convert.h"
#include "pass.h"
#include "snapshot_file.h"

#define PA_LIMIT (1ULL << 52)

static int broken(struct ptwalk_error *err, const char *path, const char *what)
{
	return fail(err, -EBADMSG, "%s is a broken snapshot: %s", path, what);
}

/* ---- the head ---- */

static const char *take_regions(struct bytes_in *in, struct ptwalk_info *info)
{
	uint64_t before = 0;

	for (uint32_t i = 0; i < info->nr_regions; i++) {
		struct ptwalk_region *r = &info->regions[i];

		r->start = take_fixed(in, 8);
		r->end = take_fixed(in, 8);
		r->kind = take_fixed(in, 4);
		if ((i && (!before || r->start < before)) || r->start > r->end - 1)
			return "its regions are not in order";
		before = r->end;
	}
	return NULL;
}

static bool is_text(const char *text, size_t bytes)
{
	return memchr(text, '\0', bytes) != NULL;
}

/* Returns what is wrong, or NULL. */
static const char *take_info(struct bytes_in *in, struct ptwalk_info *info)
{
	const uint32_t all = PTWALK_KNOWN_TABLES | PTWALK_KNOWN_PA_BITS | PTWALK_KNOWN_PTI |
			     PTWALK_KNOWN_KASLR | PTWALK_KNOWN_PHYS_BASE |
			     PTWALK_KNOWN_PAGE_OFFSET | PTWALK_KNOWN_RELEASE;

	info->known = take_fixed(in, 4);
	info->levels = take_fixed(in, 4);
	info->pa_bits = take_fixed(in, 4);
	info->pti = take_fixed(in, 4);
	info->kaslr = take_fixed(in, 4);
	info->nr_regions = take_fixed(in, 4);
	info->encryption = take_fixed(in, 8);
	info->kernel_root = take_fixed(in, 8);
	info->page_offset = take_fixed(in, 8);
	info->phys_base = take_fixed(in, 8);
	info->image_offset = take_fixed(in, 8);
	take_text(in, info->format, sizeof(info->format));
	take_text(in, info->release, sizeof(info->release));
	if ((info->known & ~all) || info->pa_bits > 52 || info->pti > 1 || info->kaslr > 1 ||
	    (info->levels && info->levels != 4 && info->levels != 5) ||
	    info->nr_regions > PTWALK_INFO_MAX_REGIONS)
		return "its head has numbers that cannot be";
	if (!is_text(info->format, sizeof(info->format)) ||
	    !is_text(info->release, sizeof(info->release)))
		return "a name in its head has no end";
	return take_regions(in, info);
}

/* ---- ranges ---- */

static const char *check_place(const struct snapshot_space *s, const struct ptwalk_range *r,
			       uint64_t before)
{
	const struct ptw_format *f = s->format;

	if (r->start < before || r->start > r->end - 1)
		return "its ranges are not in order";
	if (r->start >> 63 != (s->pid == 0) || (r->end - 1) >> 63 != (s->pid == 0))
		return "a range is not in its space's half";
	if (f && (!ptw_canonical(f, ptw_va(r->start)) || !ptw_canonical(f, ptw_va(r->end - 1))))
		return "a range is of addresses that do not exist";
	return NULL;
}

/* A level that is named must be one, and have pages of that size where it has pages. */
static bool level_fits(const struct snapshot_space *s, const struct ptwalk_range *r)
{
	const struct ptw_format *f = s->format;

	if (r->level == PTWALK_NO_LEVEL)
		return r->what == PTWALK_UNREADABLE || !s->has_entries;
	if (!s->has_entries && !r->level)
		return true;
	return f && r->level < f->nr_levels &&
	       (!r->page_bytes || r->page_bytes == ptw_level_bytes(f, r->level));
}

static bool has_pages(const struct ptwalk_range *r)
{
	return r->what == PTWALK_LEAF || r->what == PTWALK_SOFTWARE || r->what == PTWALK_MALFORMED;
}

static const char *check_pages(const struct snapshot_space *s, const struct ptwalk_range *r)
{
	if (!has_pages(r) && r->what != PTWALK_UNREADABLE && r->what != PTWALK_UNKNOWN)
		return "a range is of no kind that there is";
	if (r->page_bytes && r->page_bytes < (1ULL << SNAPSHOT_UNIT_SHIFT))
		return "a page is smaller than 4096 bytes";
	if (!r->page_bytes != !has_pages(r) || !level_fits(s, r))
		return "a range's page size is not its level's";
	if (r->what == PTWALK_LEAF && (r->pa >= PA_LIMIT || frame_bytes(r) > PA_LIMIT - r->pa))
		return "a frame lies beyond physical memory";
	if (r->what != PTWALK_LEAF && (r->rights || r->pa))
		return "what is not mapped has rights";
	if (s->has_entries && has_pages(r) && ((r->start | r->end | r->pa) & (r->page_bytes - 1)))
		return "a range begins or ends within a page";
	if (r->rights > (PTWALK_R | PTWALK_W | PTWALK_X | PTWALK_U) ||
	    (r->flags & ~SNAPSHOT_RANGE_FLAGS))
		return "a range has rights or flags that do not exist";
	return NULL;
}

int snapshot_next(struct snapshot_reader *rd, struct ptwalk_range *r, const char **what)
{
	uint64_t before = rd->code.at;
	int ret;

	*what = "it ends within a range";
	/* Behind a range that goes up to 2^64 there is nothing. */
	ret = range_decode(&rd->code, &rd->in, r);
	if (ret <= 0)
		return ret;
	*what = rd->any && !before ? "its ranges are not in order" :
				     check_place(rd->space, r, before);
	if (!*what)
		*what = check_pages(rd->space, r);
	rd->any = true;
	return *what ? -EBADMSG : 1;
}

void snapshot_begin(struct snapshot_reader *rd, const struct snapshot_space *space,
		    const unsigned char *end)
{
	rd->space = space;
	rd->any = false;
	rd->in = (struct bytes_in){ .at = space->ranges, .end = end };
	range_code_init(&rd->code, space->has_entries, space->pid ? 0 : UPPER_HALF);
}

/* ---- spaces ---- */

/* Looks all of its ranges through, and counts them. */
static const char *count_ranges(struct snapshot_space *s, struct bytes_in *in)
{
	struct snapshot_reader rd;
	struct ptwalk_range r;
	const char *what;
	int ret;

	snapshot_begin(&rd, s, in->end);
	while ((ret = snapshot_next(&rd, &r, &what)) > 0) {
		s->nr_ranges++;
		if (r.what == PTWALK_LEAF)
			s->mapped_bytes += range_bytes(&r);
	}
	in->at = rd.in.at;
	return ret < 0 ? what : NULL;
}

static const struct ptw_format *format_of(unsigned int levels)
{
	return levels == 4 ? &ptw_x86_64_4level : levels == 5 ? &ptw_x86_64_5level : NULL;
}

static const char *take_space(struct bytes_in *in, struct snapshot_space *s)
{
	unsigned int levels, flags, bytes;

	s->pid = take_fixed(in, 4);
	levels = take_fixed(in, 1);
	flags = take_fixed(in, 1);
	s->root = take_fixed(in, 8);
	bytes = take_fixed(in, 1);
	if (bytes > SNAPSHOT_NAME_BYTES)
		return "a space's name is too long";
	take_text(in, s->name, bytes);
	if (in->broken)
		return "it ends within the head of a space";
	s->format = format_of(levels);
	s->has_entries = flags & SNAPSHOT_HAS_ENTRIES;
	s->user_half = flags & SNAPSHOT_USER_HALF;
	if ((levels && !s->format) || (s->has_entries && !s->format) ||
	    (flags & ~(SNAPSHOT_HAS_ENTRIES | SNAPSHOT_USER_HALF)) || s->pid > INT32_MAX)
		return "the head of a space has numbers that cannot be";
	s->ranges = in->at;
	return count_ranges(s, in);
}

/* Between the head and the checksum: @n spaces, and nothing else. */
static const char *take_spaces(struct snapshot *snapshot, struct bytes_in *in, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct snapshot_space *s = &snapshot->spaces[i];
		const char *what = take_space(in, s);

		if (what)
			return what;
		if (i && s->pid <= s[-1].pid)
			return "its spaces are not in order";
	}
	return in->at == in->end ? NULL : "something follows its last space";
}

/* ---- the file ---- */

static bool checksum_fits(const struct mapped_file *f)
{
	size_t n = f->bytes - SNAPSHOT_CHECKSUM_BYTES;
	struct bytes_in sum = { .at = f->data + n, .end = f->data + f->bytes };
	struct crc64 crc;

	crc64_init(&crc);
	crc64_add(&crc, f->data, n);
	return crc64_sum(&crc) == take_fixed(&sum, SNAPSHOT_CHECKSUM_BYTES);
}

static int take_all(struct snapshot *s, struct ptwalk_info *info, const char *path,
		    struct ptwalk_error *err)
{
	struct bytes_in in = { .at = s->file.data + SNAPSHOT_MAGIC_BYTES,
			       .end = s->file.data + s->file.bytes - SNAPSHOT_CHECKSUM_BYTES };
	uint32_t version = take_fixed(&in, 4), n = take_fixed(&in, 4);
	const char *what;

	if (version != SNAPSHOT_VERSION)
		return fail(err, -EPROTO, "%s is a snapshot of version %u; this ptwalk reads %u",
			    path, version, SNAPSHOT_VERSION);
	what = take_info(&in, info);
	if (what || in.broken)
		return broken(err, path, what ? what : "it ends within its head");
	if (!n || n > (size_t)(in.end - in.at) / SNAPSHOT_MIN_SPACE)
		return broken(err, path, "it cannot have as many spaces as it says");
	s->spaces = calloc(n, sizeof(*s->spaces));
	if (!s->spaces)
		return fail(err, -ENOMEM, "no memory for %u spaces", n);
	s->nr_spaces = n;
	s->end = in.end;
	what = take_spaces(s, &in, n);
	return what ? broken(err, path, what) : 0;
}

/* Whether it begins as one; asked of every file that is opened as an image. */
static int recognise(const char *path, struct ptwalk_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[SNAPSHOT_MAGIC_BYTES];
	struct stat st;
	ssize_t n = -1;

	if (fd < 0)
		return fail(err, -errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = pread(fd, magic, sizeof(magic), 0);
	close(fd);
	if (n != sizeof(magic) || memcmp(magic, SNAPSHOT_MAGIC, sizeof(magic)) != 0)
		return fail(err, -ENOEXEC, "%s is no snapshot", path);
	return 0;
}

int snapshot_parse(struct snapshot *s, struct ptwalk_info *info, const char *path,
		   struct ptwalk_error *err)
{
	struct ptwalk p = { .ops = &snapshot_ops };
	int ret;

	if (s->file.bytes < SNAPSHOT_MIN_FILE)
		return broken(err, path, "it ends within its head");
	if (!checksum_fits(&s->file))
		return broken(err, path, "its checksum is not that of its content");
	ret = take_all(s, &p.info, path, err);
	/* The encryption mask must be one that entries can have. */
	if (ret == 0 && p.info.levels && space_setup(&p, NULL, NULL) < 0)
		ret = broken(err, path, "its head has an encryption mask that cannot be");
	*info = p.info;
	return ret;
}

int snapshot_open(struct snapshot **snapshot, struct ptwalk_image *im, const char *path,
		  struct ptwalk_error *err)
{
	struct snapshot *s;
	int ret = recognise(path, err);

	if (ret < 0)
		return ret;
	s = calloc(1, sizeof(*s));
	if (!s)
		return fail(err, -ENOMEM, "no memory");
	ret = mapped_file_open(&s->file, path, err);
	if (ret == 0)
		ret = snapshot_parse(s, &im->kernel, path, err);
	if (ret < 0) {
		snapshot_close(s);
		return ret;
	}
	fail(&im->root_err, -EOPNOTSUPP, "%s is a snapshot: it has ranges, and no memory", path);
	*snapshot = s;
	return 0;
}

void snapshot_close(struct snapshot *s)
{
	if (!s)
		return;
	mapped_file_close(&s->file);
	free(s->spaces);
	free(s);
}

int snapshot_process(const struct snapshot *s, size_t i, struct ptwalk_process *process)
{
	const struct snapshot_space *space = &s->spaces[i];

	if (i >= s->nr_spaces)
		return -ENOENT;
	memset(process, 0, sizeof(*process));
	process->pid = space->pid;
	process->root = space->root;
	process->resident_pages = space->mapped_bytes >> SNAPSHOT_UNIT_SHIFT;
	memcpy(process->name, space->name, sizeof(space->name));
	return 0;
}
