// SPDX-License-Identifier: GPL-2.0-only
/*
 * types.c - where members lie, by the BTF that a kernel carries: the one file that knows
 * libbpf. Source: Documentation/bpf/btf.rst and include/uapi/linux/btf.h (6.1, 6.12);
 * the bytes lie between the symbols __start_BTF and __stop_BTF (5.2 and later).
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "symbols.h"
#include "types.h"
#include "types_bytes.h"

#define MOST_BYTES (64ULL << 20)

/* Anonymous structs and unions that are looked into for one name; and typedefs, const
 * and the like around one type. No kernel's need a tenth of it. */
#define MOST_NESTED 256
#define MOST_MODIFIERS 32

struct types {
	struct btf *btf;
};

/* What is used of libbpf. */
static struct btf *(*bpf_btf_new)(const void *data, __u32 size);
static void (*bpf_btf_free)(struct btf *btf);
static __s32 (*bpf_find)(const struct btf *btf, const char *name, __u32 kind);
static const struct btf_type *(*bpf_type)(const struct btf *btf, __u32 id);
static const char *(*bpf_name)(const struct btf *btf, __u32 offset);
static __s64 (*bpf_size)(const struct btf *btf, __u32 id);
static libbpf_print_fn_t (*bpf_set_print)(libbpf_print_fn_t fn);

static int load_libbpf(struct ptwalk_error *err)
{
	static const struct load_symbol symbols[] = {
		{ "btf__new", (void **)&bpf_btf_new },
		{ "btf__free", (void **)&bpf_btf_free },
		{ "btf__find_by_name_kind", (void **)&bpf_find },
		{ "btf__type_by_id", (void **)&bpf_type },
		{ "btf__name_by_offset", (void **)&bpf_name },
		{ "btf__resolve_size", (void **)&bpf_size },
		{ "libbpf_set_print", (void **)&bpf_set_print },
		{ 0 },
	};

	return load_library("libbpf.so.1", "the types of an image", symbols, err);
}

/* libbpf believes more of its input than is good: this is held against the size before. */
static bool check_header(const void *data, size_t bytes)
{
	struct btf_header h;
	size_t room;

	if (bytes < sizeof(h))
		return false;
	memcpy(&h, data, sizeof(h));
	if (h.magic != BTF_MAGIC || h.version != BTF_VERSION || h.hdr_len < sizeof(h) ||
	    h.hdr_len > bytes)
		return false;
	room = bytes - h.hdr_len;
	return h.type_off <= room && h.type_len <= room - h.type_off && h.str_off <= room &&
	       h.str_len <= room - h.str_off && h.type_off % 4 == 0 && h.str_len > 0;
}

int types_open_bytes(struct types **types, const void *data, size_t bytes, struct ptwalk_error *err)
{
	libbpf_print_fn_t print;
	struct types *t;
	int ret;

	if (bytes > MOST_BYTES || !check_header(data, bytes))
		return fail(err, -EBADMSG, "the kernel's types (BTF) in the image are broken");
	ret = load_libbpf(err);
	if (ret < 0)
		return ret;
	t = calloc(1, sizeof(*t));
	if (!t)
		return fail(err, -ENOMEM, "no memory");
	/* It says what it dislikes on standard error, where it has a function to do so. */
	print = bpf_set_print(NULL);
	errno = 0;
	t->btf = bpf_btf_new(data, (__u32)bytes);
	ret = errno;
	bpf_set_print(print);
	if (t->btf) {
		*types = t;
		return 0;
	}
	free(t);
	if (ret == ENOMEM)
		return fail(err, -ENOMEM, "no memory for the kernel's types");
	return fail(err, -EBADMSG, "the kernel's types (BTF) in the image are broken");
}

/* Where the BTF lies: [*start, *end). */
static int locate(struct ptwalk_image *im, uint64_t *start, uint64_t *end, struct ptwalk_error *err)
{
	struct symbols *symbols;
	int ret = image_symbols(im, &symbols, err);

	if (ret < 0)
		return ret;
	if (symbols_find(symbols, "__start_BTF", start) < 0 ||
	    symbols_find(symbols, "__stop_BTF", end) < 0)
		return fail(err, -EOPNOTSUPP,
			    "there are no types: the kernel in the image was built without BTF");
	if (*end <= *start || *end - *start > MOST_BYTES)
		return fail(err, -EBADMSG,
			    "the kernel's types cannot lie from %llx to %llx in the image",
			    (unsigned long long)*start, (unsigned long long)*end);
	return 0;
}

/* The bytes as they lie in the file, where they do so in one piece; else NULL. */
static const void *lend(struct ptwalk_image *im, uint64_t start, uint64_t end)
{
	const unsigned char *first = NULL;
	struct ptw_walk w;
	uint64_t part;

	for (uint64_t va = start; va < end; va += part) {
		const struct phys_range *r;

		if (ptw_walk(&im->space, ptw_va(va), &w) < 0)
			return NULL;
		r = phys_find(&im->mem, w.pa.v);
		part = w.page_bytes - (va & (w.page_bytes - 1));
		if (part > end - va)
			part = end - va;
		if (!r || !r->data || part > r->bytes - (w.pa.v - r->pa))
			return NULL;
		if (!first)
			first = r->data + (w.pa.v - r->pa);
		else if (r->data + (w.pa.v - r->pa) != first + (va - start))
			return NULL;
	}
	return first;
}

static int open_copy(struct types **types, struct ptwalk_image *im, uint64_t start, uint64_t end,
		     struct ptwalk_error *err)
{
	void *data = malloc(end - start);
	int ret;

	if (!data)
		return fail(err, -ENOMEM, "no memory for the kernel's types");
	if (image_read_kernel(im, start, data, end - start) < 0)
		ret = fail(err, -EBADMSG,
			   "the kernel's types, %llx to %llx, are not all in the image",
			   (unsigned long long)start, (unsigned long long)end);
	else
		ret = types_open_bytes(types, data, end - start, err);
	free(data);
	return ret;
}

int types_open(struct types **types, struct ptwalk_image *im, struct ptwalk_error *err)
{
	uint64_t start, end;
	const void *data;
	int ret = locate(im, &start, &end, err);

	if (ret < 0)
		return ret;
	data = lend(im, start, end);
	if (data)
		return types_open_bytes(types, data, end - start, err);
	return open_copy(types, im, start, end, err);
}

void types_close(struct types *t)
{
	if (!t)
		return;
	bpf_btf_free(t->btf);
	free(t);
}

/* What is left of a type without its typedefs, const, volatile ...; NULL for none. */
static const struct btf_type *plain_type(const struct types *t, __u32 id)
{
	const struct btf_type *type = bpf_type(t->btf, id);

	for (unsigned int i = 0; type && i < MOST_MODIFIERS; i++) {
		if (!btf_is_mod(type) && !btf_is_typedef(type))
			return type;
		type = bpf_type(t->btf, type->type);
	}
	return NULL;
}

/* A struct or union, and where it begins in the outermost one. */
struct place {
	const struct btf_type *type;
	uint64_t bits;
};

/* struct search - those that are left to be looked into */
struct search {
	struct place place[MOST_NESTED];
	unsigned int next;
	unsigned int n;
};

static void look_into(struct search *s, const struct btf_type *type, uint64_t bits)
{
	if (type && btf_is_composite(type) && s->n < MOST_NESTED)
		s->place[s->n++] = (struct place){ type, bits };
}

/* The member of that name in one of them, and where it begins in the outermost one. */
static const struct btf_member *search_place(const struct types *t, struct search *s,
					     const char *name, size_t length, uint64_t *bits)
{
	const struct place place = s->place[s->next++];
	const struct btf_member *m = btf_members(place.type);

	for (unsigned int i = 0; i < btf_vlen(place.type); i++, m++) {
		const char *its = bpf_name(t->btf, m->name_off);

		*bits = place.bits + btf_member_bit_offset(place.type, i);
		if (!its || !*its) {
			look_into(s, plain_type(t, m->type), *bits);
			continue;
		}
		if (strncmp(its, name, length) == 0 && !its[length] &&
		    !btf_member_bitfield_size(place.type, i))
			return m;
	}
	return NULL;
}

/* One name of a path, in @in. */
static const struct btf_member *find_member(const struct types *t, const struct btf_type *in,
					    const char *name, size_t length, uint64_t *bits)
{
	const struct btf_member *m = NULL;
	struct search s = { .n = 0 };

	look_into(&s, in, 0);
	while (!m && s.next < s.n)
		m = search_place(t, &s, name, length, bits);
	return m;
}

int types_member(struct types *t, const char *type, const char *path, uint64_t *offset,
		 uint64_t *bytes)
{
	__s32 id = bpf_find(t->btf, type, BTF_KIND_STRUCT);
	const struct btf_type *in = id > 0 ? bpf_type(t->btf, (__u32)id) : NULL;
	const struct btf_member *m = NULL;
	uint64_t total = 0, bits;
	__s64 size;

	while (*path) {
		size_t length = strcspn(path, ".");

		m = length ? find_member(t, in, path, length, &bits) : NULL;
		if (!m || bits % 8)
			return -ENOENT;
		total += bits / 8;
		in = plain_type(t, m->type);
		path += length + (path[length] == '.');
	}
	size = m ? bpf_size(t->btf, m->type) : -ENOENT;
	if (size < 0)
		return -ENOENT;
	*offset = total;
	*bytes = (uint64_t)size;
	return 0;
}
