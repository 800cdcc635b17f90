// SPDX-License-Identifier: GPL-2.0-only
/*
 * snapshot_code.c - a snapshot's bytes: numbers, ranges, the checksum.
 */
#include <errno.h>
#include <string.h>

#include "pass.h"
#include "snapshot_code.h"

/* ECMA-182, bits reversed. */
#define POLYNOMIAL 0xc96c5795d7870f42ULL

/* Slots that a shape may stand in. */
#define NEAR 8U

void crc64_init(struct crc64 *c)
{
	c->value = ~0ULL;
	for (unsigned int i = 0; i < 256; i++) {
		uint64_t x = i;

		for (unsigned int bit = 0; bit < 8; bit++)
			x = x >> 1 ^ (x & 1 ? POLYNOMIAL : 0);
		c->table[i] = x;
	}
}

void crc64_add(struct crc64 *c, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;

	for (size_t i = 0; i < n; i++)
		c->value = c->value >> 8 ^ c->table[(c->value ^ b[i]) & 255];
}

uint64_t crc64_sum(const struct crc64 *c)
{
	return ~c->value;
}

uint64_t take_fixed(struct bytes_in *in, unsigned int bytes)
{
	uint64_t value = 0;

	if ((size_t)(in->end - in->at) < bytes) {
		in->broken = true;
		in->at = in->end;
		return 0;
	}
	for (unsigned int i = 0; i < bytes; i++)
		value |= (uint64_t)*in->at++ << 8 * i;
	return value;
}

uint64_t take_number(struct bytes_in *in)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; in->at < in->end; shift += 7) {
		unsigned char byte = *in->at++;

		/* The tenth byte has the last bit. */
		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 127) << shift;
		if (!(byte & 128))
			return value;
	}
	in->broken = true;
	return 0;
}

void take_text(struct bytes_in *in, char *to, size_t bytes)
{
	if ((size_t)(in->end - in->at) < bytes) {
		in->broken = true;
		bytes = 0;
	}
	memcpy(to, in->at, bytes);
	in->at += bytes;
}

unsigned char *put_fixed(unsigned char *to, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		*to++ = (unsigned char)(value >> 8 * i);
	return to;
}

unsigned char *put_number(unsigned char *to, uint64_t value)
{
	for (; value > 127; value >>= 7)
		*to++ = (unsigned char)(value | 128);
	*to++ = (unsigned char)value;
	return to;
}

/* A number that may be negative: 0 -1 1 -2 2 ... are 0 1 2 3 4. */
static uint64_t take_signed(struct bytes_in *in)
{
	uint64_t n = take_number(in);

	return n >> 1 ^ -(n & 1);
}

static unsigned char *put_signed(unsigned char *to, uint64_t value)
{
	return put_number(to, value << 1 ^ -(value >> 63));
}

void range_code_init(struct range_code *c, bool has_entries, uint64_t start)
{
	memset(c, 0, sizeof(*c));
	c->has_entries = has_entries;
	c->at = start;
}

static struct shape shape_of(const struct range_code *c, const struct ptwalk_range *r)
{
	struct shape s = {
		.what = r->what,
		.level = r->level,
		.rights = r->rights,
		.page_shift = r->page_bytes ? __builtin_ctzll(r->page_bytes) : 0,
		.flags = r->flags,
	};

	if (r->what == PTWALK_LEAF && c->has_entries)
		s.bits = r->entry ^ (r->pa & ~(r->page_bytes - 1));
	return s;
}

static bool same_shape(const struct shape *a, const struct shape *b)
{
	return a->what == b->what && a->level == b->level && a->rights == b->rights &&
	       a->page_shift == b->page_shift && a->flags == b->flags && a->bits == b->bits;
}

/*
 * Where the shape stands, or is to stand: in one of the few slots that its hash allows, so
 * that two shapes which are met in turns do not put each other out.
 */
static unsigned int slot_of(const struct range_code *c, const struct shape *s)
{
	uint64_t x = s->bits ^ s->flags ^ (uint64_t)s->what << 32 ^ (uint64_t)s->level << 40 ^
		     (uint64_t)s->rights << 48 ^ (uint64_t)s->page_shift << 56;
	unsigned int first, i;

	x *= 0x9e3779b97f4a7c15ULL;
	first = (x >> 56) & ~(NEAR - 1);
	for (i = 0; i < NEAR; i++)
		if (same_shape(&c->shapes[first + i], s) || !c->shapes[first + i].what)
			return first + i;
	return first + (x >> 40) % NEAR;
}

static unsigned char *put_shape(unsigned char *to, const struct shape *s)
{
	*to++ = s->what;
	*to++ = s->level;
	*to++ = s->rights;
	*to++ = s->page_shift;
	to = put_fixed(to, s->flags, 4);
	return put_fixed(to, s->bits, 8);
}

static struct shape take_shape(struct bytes_in *in)
{
	struct shape s;

	s.what = take_fixed(in, 1);
	s.level = take_fixed(in, 1);
	s.rights = take_fixed(in, 1);
	s.page_shift = take_fixed(in, 1);
	s.flags = take_fixed(in, 4);
	s.bits = take_fixed(in, 8);
	return s;
}

static bool has_note(const struct ptwalk_range *r)
{
	return r->what == PTWALK_SOFTWARE || r->what == PTWALK_MALFORMED;
}

/* What comes next starts from here. */
static void move_on(struct range_code *c, const struct ptwalk_range *r)
{
	c->at = r->end;
	if (r->what == PTWALK_LEAF)
		c->pa = r->pa + frame_bytes(r);
	else if (has_note(r))
		c->entry = r->entry;
}

size_t range_encode(struct range_code *c, const struct ptwalk_range *r, unsigned char *to)
{
	const struct shape s = shape_of(c, r);
	const uint64_t below = (1ULL << SNAPSHOT_UNIT_SHIFT) - 1;
	unsigned char *begin = to;
	unsigned int slot = slot_of(c, &s);
	bool is_new = !same_shape(&c->shapes[slot], &s);

	if ((r->start | r->end | r->pa) & below)
		return 0;
	to = put_number(to, 1 + is_new + 2 * slot);
	if (is_new)
		to = put_shape(to, &s);
	c->shapes[slot] = s;
	to = put_number(to, (r->start - c->at) >> SNAPSHOT_UNIT_SHIFT);
	to = put_number(to, range_bytes(r) >> SNAPSHOT_UNIT_SHIFT);
	if (r->what == PTWALK_LEAF)
		to = put_signed(to, (uint64_t)((int64_t)(r->pa - c->pa) >> SNAPSHOT_UNIT_SHIFT));
	else if (has_note(r) && c->has_entries)
		to = put_signed(to, r->entry - c->entry);
	move_on(c, r);
	return to - begin;
}

size_t range_encode_end(unsigned char *to)
{
	*to = 0;
	return 1;
}

static uint64_t page_bytes_of(const struct shape *s)
{
	return s->page_shift && s->page_shift < 64 ? 1ULL << s->page_shift : 0;
}

int range_decode(struct range_code *c, struct bytes_in *in, struct ptwalk_range *r)
{
	uint64_t token = take_number(in);
	struct shape *s = &c->shapes[(token - 1) / 2 % SNAPSHOT_SHAPES];

	if (in->broken || token > 2 * SNAPSHOT_SHAPES)
		return -EBADMSG;
	if (!token)
		return 0;
	if (!(token & 1))
		*s = take_shape(in);
	*r = (struct ptwalk_range){
		.page_bytes = page_bytes_of(s),
		.what = s->what,
		.level = s->level,
		.rights = s->rights,
		.flags = s->flags,
	};
	r->start = c->at + (take_number(in) << SNAPSHOT_UNIT_SHIFT);
	r->end = r->start + (take_number(in) << SNAPSHOT_UNIT_SHIFT);
	if (r->what == PTWALK_LEAF) {
		r->pa = c->pa + (take_signed(in) << SNAPSHOT_UNIT_SHIFT);
		r->entry = c->has_entries ? s->bits ^ (r->pa & ~(r->page_bytes - 1)) : 0;
	} else if (has_note(r) && c->has_entries) {
		r->entry = c->entry + take_signed(in);
	}
	move_on(c, r);
	return in->broken ? -EBADMSG : 1;
}
