// SPDX-License-Identifier: GPL-2.0-only
/*
 * btfbytes.c - made-up BTF. Source: Documentation/bpf/btf.rst.
 */
#include <linux/btf.h>
#include <string.h>

#include "btfbytes.h"

/* Types are numbered from 1, in the order in which they are put there. */
enum {
	U64 = 1,
	U32,
	CHAR,
	PID_T,
	CONST_PID,
	LIST_HEAD,
	LIST_POINTER,
	COMM,
	MM,
	MM_POINTER,
	INNER,
	UNION,
	TASK,
};

/* struct making - types, and strings of which the first is empty */
struct making {
	unsigned char types[768];
	size_t nr_types;
	char strings[256];
	size_t nr_strings;
};

static uint32_t add_string(struct making *m, const char *text)
{
	size_t at = m->nr_strings;

	if (!*text)
		return 0;
	memcpy(m->strings + at, text, strlen(text) + 1);
	m->nr_strings += strlen(text) + 1;
	return (uint32_t)at;
}

static void add(struct making *m, const void *data, size_t bytes)
{
	memcpy(m->types + m->nr_types, data, bytes);
	m->nr_types += bytes;
}

static void add_type(struct making *m, const char *name, uint32_t kind, uint32_t vlen,
		     uint32_t size_or_type)
{
	const struct btf_type t = {
		.name_off = add_string(m, name),
		.info = kind << 24 | vlen,
		.size = size_or_type,
	};

	add(m, &t, sizeof(t));
}

static void add_int(struct making *m, const char *name, uint32_t bytes)
{
	const uint32_t bits = bytes * 8;

	add_type(m, name, BTF_KIND_INT, 0, bytes);
	add(m, &bits, sizeof(bits));
}

static void add_member(struct making *m, const char *name, uint32_t type, uint32_t bits)
{
	const struct btf_member member = { add_string(m, name), type, bits };

	add(m, &member, sizeof(member));
}

#define KIND_FLAG (1u << 7) /* of a kind: offsets have a bit-field's size in their top byte */

static size_t add_types(struct making *m)
{
	const struct btf_array comm = { .type = CHAR, .index_type = U32, .nelems = 16 };
	size_t knot;

	add_int(m, "u64", 8);
	add_int(m, "u32", 4);
	add_int(m, "char", 1);
	add_type(m, "pid_t", BTF_KIND_TYPEDEF, 0, U32);
	add_type(m, "", BTF_KIND_CONST, 0, PID_T);
	add_type(m, "list_head", BTF_KIND_STRUCT, 2, 16);
	add_member(m, "next", LIST_POINTER, 0);
	add_member(m, "prev", LIST_POINTER, 64);
	add_type(m, "", BTF_KIND_PTR, 0, LIST_HEAD);
	add_type(m, "", BTF_KIND_ARRAY, 0, 0);
	add(m, &comm, sizeof(comm));
	add_type(m, "mm_struct", BTF_KIND_STRUCT, 2, 16);
	add_member(m, "users", U64, 0);
	add_member(m, "pgd", U64, 64);
	add_type(m, "", BTF_KIND_PTR, 0, MM);
	add_type(m, "", BTF_KIND_STRUCT, 2, 8);
	knot = m->nr_types + offsetof(struct btf_member, type);
	add_member(m, "low", U32, 0);
	add_member(m, "deep", PID_T, 32);
	add_type(m, "", BTF_KIND_UNION, 2, 8);
	add_member(m, "whole", U64, 0);
	add_member(m, "", INNER, 0);
	add_type(m, "task_struct", BTF_KIND_STRUCT | KIND_FLAG, 7, 64);
	add_member(m, "flags", U64, 0);
	add_member(m, "tasks", LIST_HEAD, 64);
	add_member(m, "tgid", CONST_PID, 192);
	add_member(m, "bits", U32, 3u << 24 | 224);
	add_member(m, "comm", COMM, 256);
	add_member(m, "mm", MM_POINTER, 384);
	add_member(m, "", UNION, 448);
	return knot;
}

void btfbytes_make(struct btfbytes *b)
{
	struct making m = { .nr_strings = 1 };
	size_t knot = add_types(&m);
	const struct btf_header h = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(h),
		.type_len = (uint32_t)m.nr_types,
		.str_off = (uint32_t)m.nr_types,
		.str_len = (uint32_t)m.nr_strings,
	};

	memcpy(b->data, &h, sizeof(h));
	memcpy(b->data + sizeof(h), m.types, m.nr_types);
	memcpy(b->data + sizeof(h) + m.nr_types, m.strings, m.nr_strings);
	b->bytes = sizeof(h) + m.nr_types + m.nr_strings;
	b->knot = sizeof(h) + knot;
}

void btfbytes_tie_knot(struct btfbytes *b)
{
	const uint32_t type = UNION, name = 0;

	memcpy(b->data + b->knot, &type, sizeof(type));
	memcpy(b->data + b->knot - offsetof(struct btf_member, type), &name, sizeof(name));
}
