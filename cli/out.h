/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out.h - where answers go, and records: what a printer is handed.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct out - buffered output
 * @json: print records as JSON Lines
 * @colour: a terminal, and no NO_COLOR
 * @error: the errno of a write that failed, after which all else is dropped
 * @notices: lines for standard error that belong to an answer, and wait for the first
 */
struct out {
	int fd;
	bool json;
	bool colour;
	int error;
	char notices[1024];
	size_t used;
	char buffer[1 << 16];
};

/* Copies @name with a ? for each control character, which a terminal might obey; @bytes is
 * the room at @to. Returns @to. */
char *tame_name(char *to, size_t bytes, const char *name);

/* Whether escape sequences mean something there: a terminal, and no dumb one. */
bool is_terminal(int fd);

void out_init(struct out *o, int fd);
void out_flush(struct out *o);
void out_bytes(struct out *o, const char *bytes, size_t length);
void out_text(struct out *o, const char *text);
void out_char(struct out *o, char c);
/* What a process or a dump calls itself: tame_name() of it. */
void out_name(struct out *o, const char *name);
/* At least @width digits, with zeros in front. */
void out_hex(struct out *o, uint64_t value, unsigned int width);
/* At least @width characters, with spaces in front. */
void out_hex_right(struct out *o, uint64_t value, unsigned int width);
__attribute__((format(printf, 2, 3))) void out_printf(struct out *o, const char *format, ...);

/* What stands out, where there is colour. COLOUR_NONE ends it. */
enum colour { COLOUR_NONE, COLOUR_HEAD, COLOUR_BAD, COLOUR_GOOD };
void out_colour(struct out *o, enum colour colour);

/* ---- records ---- */

enum field_kind {
	FIELD_HEX, /* uint64_t: lower-case, no 0x */
	FIELD_SIZE, /* uint64_t: an integer, in bytes where it is a size */
	FIELD_U32, /* uint32_t: an integer */
	FIELD_S32, /* int32_t: an integer */
	FIELD_BOOL, /* bool */
	FIELD_TEXT, /* const char *; left out where NULL */
	FIELD_CHARS, /* char[], ends with NUL */
	FIELD_BYTES, /* const unsigned char *, @count: two digits a byte */
	FIELD_WORDS, /* const char *[], @count: a list of words */
	FIELD_OBJECT, /* a struct of type @item: an object */
	FIELD_LIST, /* const struct of type @item *, @count: a list of objects */
};

struct record_type;

/**
 * struct field - one field of a record, by where it lies in its struct
 * @key: as JSON has it
 * @offset: of the value
 * @count: FIELD_BYTES, FIELD_WORDS, FIELD_LIST: offset of the size_t that counts
 * @has_when: the field is left out unless the bool at offset @when is true
 * @item: FIELD_OBJECT, FIELD_LIST: what it is made of
 */
struct field {
	const char *key;
	enum field_kind kind;
	size_t offset;
	size_t count;
	bool has_when;
	size_t when;
	const struct record_type *item;
};

#define FIELD(kind_, struct_, member)                                                      \
	{                                                                                  \
		.key = #member, .kind = FIELD_##kind_, .offset = offsetof(struct_, member) \
	}
/* Only where the bool @flag of the struct is true. */
#define FIELD_IF(kind_, struct_, member, flag)                                              \
	{                                                                                   \
		.key = #member, .kind = FIELD_##kind_, .offset = offsetof(struct_, member), \
		.has_when = true, .when = offsetof(struct_, flag)                           \
	}
/* Counted by the size_t nr_MEMBER of the struct. */
#define FIELD_COUNTED(kind_, struct_, member, item_)                                        \
	{                                                                                   \
		.key = #member, .kind = FIELD_##kind_, .offset = offsetof(struct_, member), \
		.count = offsetof(struct_, nr_##member), .item = item_                      \
	}
#define FIELD_NESTED(struct_, member, item_)                                               \
	{                                                                                  \
		.key = #member, .kind = FIELD_OBJECT, .offset = offsetof(struct_, member), \
		.item = item_                                                              \
	}
#define FIELD_NESTED_IF(struct_, member, item_, flag)                                      \
	{                                                                                  \
		.key = #member, .kind = FIELD_OBJECT, .offset = offsetof(struct_, member), \
		.item = item_, .has_when = true, .when = offsetof(struct_, flag)           \
	}

/**
 * struct record_type - a kind of record
 * @name: the record's "type"
 * @fields: ends with a NULL key
 * @size: of the struct; needed where it is an item of a list
 * @text: prints it for a person; NULL where it is only part of another
 */
struct record_type {
	const char *name;
	const struct field *fields;
	size_t size;
	void (*text)(struct out *o, const void *record);
};

/* A line of standard error that is said when something is answered, and not before. */
__attribute__((format(printf, 2, 3))) void out_notice(struct out *o, const char *format, ...);

/* Says the notices that wait, each once. */
void tell_notices(struct out *o);

/* Prints a record in the form that was asked for; before the first one, the notices. */
void emit(struct out *o, const struct record_type *type, const void *record);

/* out_json.c: one line of JSON. */
void json_record(struct out *o, const struct record_type *type, const void *record);

#endif
