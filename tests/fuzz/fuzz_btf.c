// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_btf.c - arbitrary bytes as BTF, which libbpf reads.
 *
 * Whatever they are: they are refused by a sentence, or members are found in them or not.
 * libbpf itself is not instrumented; a copy of exactly the input's size shows what it
 * reads beyond.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/types_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct types *t)
{
	static const char * const paths[] = { "tasks", "tasks.next", "comm",	"mm",
					      "deep",  "bits",	     "no_such", "a.b.c" };
	uint64_t offset, bytes;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		types_member(t, "task_struct", paths[i], &offset, &bytes);
	types_member(t, "mm_struct", "pgd", &offset, &bytes);
	types_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptwalk_error err = { .code = 0 };
	struct types *t;
	int ret = types_open_bytes(&t, data, size, &err);

	if (ret == -EOPNOTSUPP) {
		fprintf(stderr, "%s\n", err.text);
		exit(0);
	}
	if (ret == 0)
		ask(t);
	else if (ret != err.code || !*err.text)
		abort();
	return 0;
}
