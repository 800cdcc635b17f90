// SPDX-License-Identifier: GPL-2.0-only
/*
 * out_json.c - records as JSON Lines, by their tables of fields. docs/json.md says
 * what each record has.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"
#include "out.h"

static const void *at(const void *record, size_t offset)
{
	return (const char *)record + offset;
}

static size_t count_of(const struct field *f, const void *record)
{
	return *(const size_t *)at(record, f->count);
}

static json_t *hex_value(uint64_t value)
{
	char digits[16];

	return json_stringn(digits, format_hex(digits, value, 1));
}

static json_t *bytes_value(const unsigned char *bytes, size_t n)
{
	char *digits = malloc(2 * n + 1);
	json_t *value;

	if (!digits)
		return NULL;
	for (size_t i = 0; i < n; i++)
		format_hex(digits + 2 * i, bytes[i], 2);
	value = json_stringn(digits, 2 * n);
	free(digits);
	return value;
}

static json_t *words_value(const char * const *words, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(words[i]));
	return list;
}

static json_t *text_value(const char *text)
{
	json_t *value = json_string(text);

	/* A file's name need not be UTF-8. */
	return value ? value : json_string("?");
}

/* A field that has no parts. */
static json_t *plain_value(const struct field *f, const void *value)
{
	switch (f->kind) {
	case FIELD_HEX:
		return hex_value(*(const uint64_t *)value);
	case FIELD_SIZE:
		return json_integer((json_int_t) * (const uint64_t *)value);
	case FIELD_U32:
		return json_integer(*(const uint32_t *)value);
	case FIELD_S32:
		return json_integer(*(const int32_t *)value);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)value);
	case FIELD_TEXT:
		return text_value(*(const char * const *)value);
	case FIELD_CHARS:
		return text_value(value);
	default:
		return NULL;
	}
}

static bool is_left_out(const struct field *f, const void *record)
{
	if (f->has_when && !*(const bool *)at(record, f->when))
		return true;
	return f->kind == FIELD_TEXT && !*(const char * const *)at(record, f->offset);
}

/*
 * An object below another one. Records nest as their types do, two deep at most;
 * the depth is bounded by the tables, not by what is printed.
 */
static void add_fields(json_t *object, const struct record_type *type, const void *record);

static json_t *object_value(const struct record_type *type, const void *record)
{
	json_t *object = json_object();

	add_fields(object, type, record);
	return object;
}

static json_t *list_value(const struct record_type *type, const char *items, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, object_value(type, items + i * type->size));
	return list;
}

static json_t *value_of(const struct field *f, const void *record)
{
	const void *value = at(record, f->offset);

	switch (f->kind) {
	case FIELD_BYTES:
		return bytes_value(*(const unsigned char * const *)value, count_of(f, record));
	case FIELD_WORDS:
		return words_value(value, count_of(f, record));
	case FIELD_OBJECT:
		return object_value(f->item, value);
	case FIELD_LIST:
		return list_value(f->item, *(const char * const *)value, count_of(f, record));
	default:
		return plain_value(f, value);
	}
}

static void add_fields(json_t *object, const struct record_type *type, const void *record)
{
	for (const struct field *f = type->fields; f->key; f++)
		if (!is_left_out(f, record))
			json_object_set_new_nocheck(object, f->key, value_of(f, record));
}

static int write_part(const char *bytes, size_t length, void *out)
{
	out_bytes(out, bytes, length);
	return 0;
}

void json_record(struct out *o, const struct record_type *type, const void *record)
{
	json_t *object = json_object();

	json_object_set_new(object, "ptwalk", json_integer(1));
	json_object_set_new(object, "type", json_string(type->name));
	add_fields(object, type, record);
	json_dump_callback(object, write_part, o, JSON_COMPACT);
	json_decref(object);
	out_char(o, '\n');
}
