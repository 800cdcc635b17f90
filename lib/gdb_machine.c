// SPDX-License-Identifier: GPL-2.0-only
/*
 * gdb_machine.c - CPUs and memory of a machine behind qemu's gdbstub. Source: qemu 7.2,
 * gdbstub/ and gdb-xml/i386-64bit.xml (registers are numbered in order, over all files
 * of the description), softmmu/memory.c (mtree_print_flatview), monitor/misc.c
 * (gpa2hva).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdb_machine.h"

#define DESCRIPTION_BYTES (256U << 10)
#define MTREE_BYTES (1U << 20)
#define MAX_REGISTERS 4096

enum { CR0, CR3, CR4, EFER, NR_REGISTERS };

static const char * const register_names[NR_REGISTERS] = { "cr0", "cr3", "cr4", "efer" };

/* Numbers of the registers that we want, -1 where there is none, and the next number. */
struct numbers {
	int of[NR_REGISTERS];
	unsigned int next;
};

/* ---- the description of the registers ---- */

/* The value of an attribute between @tag and @end, cut to @room. */
static bool attribute(const char *tag, const char *end, const char *name, char *value, size_t room)
{
	size_t length = strlen(name), n = 0;

	for (const char *p = tag; p + length + 2 < end; p++) {
		if (p[0] != ' ' || strncmp(p + 1, name, length) != 0 ||
		    strncmp(p + 1 + length, "=\"", 2) != 0)
			continue;
		for (p += length + 3; p < end && *p != '"' && n + 1 < room; p++)
			value[n++] = *p;
		value[n] = '\0';
		return true;
	}
	return false;
}

static void take_registers(struct numbers *numbers, const char *text)
{
	char name[32], number[16];

	for (const char *tag = strstr(text, "<reg "); tag; tag = strstr(tag + 1, "<reg ")) {
		const char *end = strchr(tag, '>');

		if (!end)
			return;
		if (attribute(tag, end, "regnum", number, sizeof(number)))
			numbers->next = (unsigned int)strtoul(number, NULL, 10);
		if (numbers->next >= MAX_REGISTERS)
			return;
		if (attribute(tag, end, "name", name, sizeof(name)))
			for (unsigned int i = 0; i < NR_REGISTERS; i++)
				if (strcmp(name, register_names[i]) == 0)
					numbers->of[i] = (int)numbers->next;
		numbers->next++;
	}
}

/* Registers in comments are none. */
static void blank_comments(char *text)
{
	for (char *begin = strstr(text, "<!--"); begin; begin = strstr(begin, "<!--")) {
		char *end = strstr(begin, "-->");
		size_t length = end ? (size_t)(end + 3 - begin) : strlen(begin);

		memset(begin, ' ', length);
	}
}

/* A file of the description, without its comments. */
static int read_description(struct gdb_remote *r, const char *file, char *text,
			    struct ptwalk_error *err)
{
	int ret = gdb_read_feature(r, file, text, DESCRIPTION_BYTES, err);

	if (ret >= 0)
		blank_comments(text);
	return ret;
}

static bool is_plain(const char *file)
{
	return *file && strspn(file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789._-") == strlen(file);
}

/* The files that target.xml is made of; these include no others. */
static int take_included(struct gdb_remote *r, struct numbers *numbers, const char *target,
			 char *text, struct ptwalk_error *err)
{
	const char *tag = strstr(target, "<xi:include ");
	char file[64];

	for (unsigned int i = 0; tag && i < 16; i++, tag = strstr(tag + 1, "<xi:include ")) {
		const char *end = strchr(tag, '>');
		int ret;

		if (!end || !attribute(tag, end, "href", file, sizeof(file)) || !is_plain(file))
			continue;
		ret = read_description(r, file, text, err);
		if (ret < 0)
			return ret;
		take_registers(numbers, text);
	}
	return 0;
}

static int find_registers(struct gdb_remote *r, struct numbers *numbers, struct ptwalk_error *err)
{
	char *target = malloc(2 * DESCRIPTION_BYTES);
	int ret;

	*numbers = (struct numbers){ .of = { -1, -1, -1, -1 } };
	if (!target)
		return fail(err, -ENOMEM, "no memory");
	ret = read_description(r, "target.xml", target, err);
	if (ret >= 0) {
		take_registers(numbers, target);
		ret = take_included(r, numbers, target, target + DESCRIPTION_BYTES, err);
	}
	free(target);
	if (ret < 0)
		return ret;
	if (numbers->of[CR0] < 0 || numbers->of[CR3] < 0 || numbers->of[CR4] < 0)
		return fail(err, -EOPNOTSUPP,
			    "the gdbstub at %s tells no CR0, CR3 and CR4, as qemu's does of x86-64",
			    r->name);
	return 0;
}

/* ---- the CPUs ---- */

static int send_cpu(struct gdb_remote *r, const struct numbers *numbers, const char *thread,
		    struct ptwalk_error *err)
{
	char question[64];
	int ret;

	snprintf(question, sizeof(question), "Hg%.32s", thread);
	ret = gdb_send(r, question, err);
	for (unsigned int i = 0; i < NR_REGISTERS && ret == 0; i++) {
		if (numbers->of[i] < 0)
			continue;
		snprintf(question, sizeof(question), "p%x", (unsigned int)numbers->of[i]);
		ret = gdb_send(r, question, err);
	}
	return ret;
}

static int receive_cpu(struct gdb_remote *r, const struct numbers *numbers, struct phys_cpu *cpu,
		       struct ptwalk_error *err)
{
	uint64_t value[NR_REGISTERS] = { 0 };
	char answer[64];
	int ret = gdb_receive(r, answer, sizeof(answer), err);

	if (ret < 0)
		return ret;
	if (strcmp(answer, "OK") != 0)
		return fail(err, -EPROTO, "the gdbstub at %s does not find its own CPU", r->name);
	for (unsigned int i = 0; i < NR_REGISTERS; i++) {
		if (numbers->of[i] < 0)
			continue;
		ret = gdb_receive(r, answer, sizeof(answer), err);
		if (ret < 0)
			return ret;
		/* Little-endian, as the machine. */
		if (gdb_unhex(answer, ret, &value[i], sizeof(value[i])) < 4)
			return fail(err, -EPROTO, "the gdbstub at %s does not tell %s", r->name,
				    register_names[i]);
	}
	*cpu = (struct phys_cpu){ .cr0 = value[CR0],
				  .cr3 = value[CR3],
				  .cr4 = value[CR4],
				  .has_efer = numbers->of[EFER] >= 0,
				  .efer = value[EFER] };
	return 0;
}

/* The CPUs of one answer to q?ThreadInfo: `m1,2`. */
static int take_cpus(struct gdb_remote *r, const struct numbers *numbers, char *list,
		     struct phys_cpu *cpus, size_t *n, struct ptwalk_error *err)
{
	char *rest = NULL;

	for (char *id = strtok_r(list, ",", &rest); id; id = strtok_r(NULL, ",", &rest)) {
		int ret;

		if (*n == GDB_MAX_CPUS)
			return fail(err, -EPROTO, "the gdbstub at %s has more than %u CPUs",
				    r->name, GDB_MAX_CPUS);
		ret = send_cpu(r, numbers, id, err);
		if (ret == 0)
			ret = receive_cpu(r, numbers, &cpus[*n], err);
		if (ret < 0)
			return ret;
		++*n;
	}
	return 0;
}

static int ask_cpus(struct gdb_remote *r, struct phys_cpu *cpus, size_t *n,
		    struct ptwalk_error *err)
{
	char answer[GDB_MAX_PACKET];
	struct numbers numbers;
	int ret = find_registers(r, &numbers, err);

	for (unsigned int i = 0; ret == 0 && i <= GDB_MAX_CPUS; i++) {
		ret = gdb_ask(r, i ? "qsThreadInfo" : "qfThreadInfo", answer, sizeof(answer), err);
		if (ret < 0)
			return ret;
		if (*answer != 'm')
			break;
		ret = take_cpus(r, &numbers, answer + 1, cpus, n, err);
	}
	if (ret >= 0 && !*n)
		return fail(err, -EPROTO, "the gdbstub at %s has no CPUs", r->name);
	return ret < 0 ? ret : 0;
}

int gdb_machine_cpus(struct gdb_remote *r, struct phys_cpu **cpus, size_t *n,
		     struct ptwalk_error *err)
{
	int ret;

	*n = 0;
	*cpus = calloc(GDB_MAX_CPUS, sizeof(**cpus));
	if (!*cpus)
		return fail(err, -ENOMEM, "no memory");
	ret = ask_cpus(r, *cpus, n, err);
	if (ret < 0) {
		free(*cpus);
		*cpus = NULL;
		*n = 0;
	}
	return ret;
}

/* ---- memory ---- */

/* `  START-LAST (prio N, KIND): BLOCK[ @OFFSET]`, of RAM or ROM. */
static bool parse_part(const char *line, struct gdb_part *part)
{
	unsigned long long first, last, offset = 0;
	char kind[16], block[64] = "";
	int prio;

	if (sscanf(line, " %16llx-%16llx (prio %d, %15[^)]): %63s @%16llx", &first, &last, &prio,
		   kind, block, &offset) < 5)
		return false;
	if (strcmp(kind, "ram") != 0 && strcmp(kind, "rom") != 0)
		return false;
	if (first > last || last >= 1ULL << 52 || first % 4096 || (last + 1) % 4096 ||
	    offset % 4096 || offset >= 1ULL << 52)
		return false;
	*part = (struct gdb_part){ .pa = first, .bytes = last - first + 1, .offset = offset };
	memcpy(part->block, block, sizeof(part->block));
	return true;
}

/* A view begins with the address spaces that it is of: the CPUs' are of `system`. */
static const char *find_view(const char *text)
{
	const char *view = strstr(text, " AS \"memory\", root: system");

	if (!view)
		view = strstr(text, " Root memory region: system");
	return view;
}

size_t gdb_parse_parts(const char *text, struct gdb_part *parts)
{
	const char *line = find_view(text);
	uint64_t end = 0;
	size_t n = 0;

	for (; line && n < GDB_MAX_PARTS; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (*line != ' ')
			break; /* the view's end */
		if (!parse_part(line, &parts[n]))
			continue;
		if (parts[n].pa < end)
			return 0;
		end = parts[n].pa + parts[n].bytes;
		n++;
	}
	return n;
}

int gdb_machine_parts(struct gdb_remote *r, struct gdb_part *parts, struct ptwalk_error *err)
{
	char *text = malloc(MTREE_BYTES);
	int ret;

	if (!text)
		return fail(err, -ENOMEM, "no memory");
	ret = gdb_monitor(r, "info mtree -f", text, MTREE_BYTES, err);
	if (ret >= 0) {
		ret = (int)gdb_parse_parts(text, parts);
		if (!ret)
			ret = fail(err, -EPROTO,
				   "what the monitor at %s says of memory is not known", r->name);
	}
	free(text);
	return ret;
}

int gdb_machine_host_va(struct gdb_remote *r, uint64_t pa, uint64_t *va, struct ptwalk_error *err)
{
	char command[64], text[512];
	const char *is;
	int ret;

	snprintf(command, sizeof(command), "gpa2hva 0x%llx", (unsigned long long)pa);
	ret = gdb_monitor(r, command, text, sizeof(text), err);
	if (ret < 0)
		return ret;
	is = strstr(text, " is 0x");
	*va = is ? strtoull(is + strlen(" is "), NULL, 16) : 0;
	if (!*va)
		return fail(err, -ENOENT, "the monitor at %s does not tell where %llx is", r->name,
			    (unsigned long long)pa);
	return 0;
}
