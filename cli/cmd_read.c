// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_read.c - ptwalk read: bytes at a virtual or physical address.
 */
#include <errno.h>
#include <string.h>

#include "cli.h"

/* Bytes of one record, at most; a record ends where a multiple of it does. */
#define CHUNK 4096
#define DEFAULT_BYTES 256

struct reading {
	struct ptwalk *p;
	struct out *out;
	bool physical;
	const char *name; /* of a symbol; NULL where @at is known from the beginning */
	uint64_t at;
	uint64_t left;
	unsigned char data[CHUNK];
	struct progress progress;
};

static int64_t read_chunk(struct reading *r, struct ptwalk_error *err)
{
	uint64_t part = CHUNK - (r->at & (CHUNK - 1));

	if (part > r->left)
		part = r->left;
	return r->physical ? ptwalk_read_phys(r->p, r->at, r->data, part, err) :
			     ptwalk_read(r->p, r->at, r->data, part, err);
}

static int tell_all(struct reading *r)
{
	struct ptwalk_error err;

	while (r->left && !r->out->error) {
		int64_t n = read_chunk(r, &err);

		if (n <= 0) {
			progress_end(&r->progress);
			out_flush(r->out);
			complain_err(&err);
			return n == -ENXIO || n == -EIO ? FINDING : TROUBLE;
		}
		emit(r->out, &read_type,
		     &(struct read_record){ .address = r->at,
					    .space = r->physical ? "physical" : "virtual",
					    .bytes = n,
					    .data = r->data,
					    .nr_data = n,
					    .source = ptwalk_source_name(r->p) });
		r->at += n;
		r->left -= n;
		progress_show(&r->progress, "at %llx", (unsigned long long)r->at);
	}
	progress_end(&r->progress);
	return DONE;
}

static int check_end(const struct reading *r)
{
	if (r->at + (r->left - 1) >= r->at)
		return 0;
	return complain("%llx and %llu bytes go beyond 2^64", (unsigned long long)r->at,
			(unsigned long long)r->left);
}

static int parse_operands(struct reading *r, int operands, char **argv)
{
	const char *wrong;

	if (operands < 1 || operands > 2)
		return complain("read takes an address and, if need be, a length");
	wrong = parse_hex(argv[0], strlen(argv[0]), &r->at);
	r->name = wrong && !r->physical && may_be_symbol(argv[0]) ? argv[0] : NULL;
	if (wrong && !r->name)
		return complain("%.40s %s", argv[0], wrong);
	r->left = DEFAULT_BYTES;
	wrong = operands == 2 ? parse_size(argv[1], &r->left) : NULL;
	if (wrong)
		return complain("%.40s %s", argv[1], wrong);
	if (!r->left)
		return complain("a length of 0 is nothing to read");
	return r->name ? 0 : check_end(r);
}

/* A name is looked up when the space is open. */
static int find_name(struct reading *r)
{
	if (!r->name)
		return 0;
	if (parse_address(r->p, r->name, strlen(r->name), &r->at))
		return TROUBLE;
	return check_end(r);
}

/* Bytes by their physical address need no tables: a dump without a kernel has them too. */
static void ask_for_no_tables(struct cli *c)
{
	const struct ptwalk_image *image = c->open.image;

	if (!image || ptwalk_image_get_info(image)->root_from != PTWALK_ROOT_UNKNOWN)
		return;
	c->open.flags |= PTWALK_OPEN_ROOT;
	c->open.root = 0;
}

static int run(struct cli *c, int argc, char **argv)
{
	static struct reading r;
	const struct option options[] = {
		{ "phys", 0, OPTION_FLAG, &r.physical, NULL },
		{ 0 },
	};
	int operands = parse_words(c, options, argc, argv);
	int status;

	if (operands < 0 || parse_operands(&r, operands, argv))
		return TROUBLE;
	if (r.physical && !c->open.pid)
		ask_for_no_tables(c);
	r.out = c->out;
	r.p = open_space(c);
	if (!r.p)
		return TROUBLE;
	status = find_name(&r);
	if (!status)
		status = tell_all(&r);
	ptwalk_close(r.p);
	return status;
}

const struct verb verb_read = {
	.name = "read",
	.words = "[--phys] ADDR [LENGTH]",
	.summary = "the bytes at a virtual or physical address",
	.help = "ADDR is hexadecimal, or a kernel symbol (linux_banner). LENGTH is in bytes, decimal,\n"
		"or hexadecimal behind 0x, with K, M, G or T if need be; without it, 256.\n"
		"  --phys  ADDR is a physical address\n"
		"Only memory is read, never a device. Exit status: 0, or 1 where a page is not\n"
		"there; what came before it is shown.\n",
	.run = run,
};
