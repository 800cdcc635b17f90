/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snapshot_code.h - a snapshot's bytes: numbers, ranges, the checksum. What both who
 * writes and who reads one must agree on. docs/snapshot.md describes it. Private.
 */
#ifndef LIB_SNAPSHOT_CODE_H
#define LIB_SNAPSHOT_CODE_H

#include <stddef.h>

#include "source.h"

#define SNAPSHOT_MAGIC "ptwsnap\n"
#define SNAPSHOT_MAGIC_BYTES 8
#define SNAPSHOT_VERSION 1
#define SNAPSHOT_CHECKSUM_BYTES 8

/* Flags of a space. */
#define SNAPSHOT_HAS_ENTRIES 1u
#define SNAPSHOT_USER_HALF 2u

#define SNAPSHOT_NAME_BYTES 67 /* struct ptwalk_process has one more, for the NUL */

/* The unit of addresses, sizes and frames. */
#define SNAPSHOT_UNIT_SHIFT 12

/* ---- the checksum ---- */

/*
 * CRC-64/XZ: polynomial of ECMA-182, bits reversed, begun with and ended by all ones.
 * Of "123456789" it is 995dc9bbdf1939fa.
 */
struct crc64 {
	uint64_t value;
	uint64_t table[256];
};

void crc64_init(struct crc64 *c);
void crc64_add(struct crc64 *c, const void *bytes, size_t n);
uint64_t crc64_sum(const struct crc64 *c);

/* ---- numbers ---- */

/**
 * struct bytes_in - bytes that are read; behind their end there are zeros
 * @broken: more was asked for than there is, or a number has more than 64 bits
 */
struct bytes_in {
	const unsigned char *at;
	const unsigned char *end;
	bool broken;
};

uint64_t take_fixed(struct bytes_in *in, unsigned int bytes);
uint64_t take_number(struct bytes_in *in);
void take_text(struct bytes_in *in, char *to, size_t bytes);

/* Each returns where the next byte goes. */
unsigned char *put_fixed(unsigned char *to, uint64_t value, unsigned int bytes);
unsigned char *put_number(unsigned char *to, uint64_t value); /* 10 bytes at most */

/* ---- ranges ---- */

/* What ranges have in common, so that it need not be written again. */
struct shape {
	uint8_t what;
	uint8_t level;
	uint8_t rights;
	uint8_t page_shift; /* 0 where page_bytes is 0 */
	uint32_t flags;
	uint64_t bits; /* of a leaf's entry, less the frame */
};

#define SNAPSHOT_SHAPES 256
#define SNAPSHOT_MAX_RANGE 64 /* bytes that one range takes up, at most */

/**
 * struct range_code - what is known behind a range, for the next one
 * @shapes: that were met, by a hash of them
 * @at: where the last one ended
 * @pa: behind the last frame; @entry: of the last note
 */
struct range_code {
	bool has_entries;
	uint64_t at;
	uint64_t pa;
	uint64_t entry;
	struct shape shapes[SNAPSHOT_SHAPES];
};

/* @start: of the space's half */
void range_code_init(struct range_code *c, bool has_entries, uint64_t start);

/*
 * Writes @r behind the ranges before it: how many bytes, or 0 where it cannot be (an
 * address that is no multiple of 4096).
 */
size_t range_encode(struct range_code *c, const struct ptwalk_range *r, unsigned char *to);
/* The mark behind the last one. */
size_t range_encode_end(unsigned char *to);

/* 1 with @r, 0 at the mark; or -EBADMSG. Whether @r makes sense is not looked at. */
int range_decode(struct range_code *c, struct bytes_in *in, struct ptwalk_range *r);

#endif
