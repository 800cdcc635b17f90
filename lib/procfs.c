// SPDX-License-Identifier: GPL-2.0-only
/*
 * procfs.c - /proc/cpuinfo, /proc/kallsyms, uname.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "procfs.h"

/* Whether @word is among the words of a line of cpuinfo. */
static bool has_word(const char *line, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = line; (at = strstr(at, word)); at += length)
		if (at > line && at[-1] == ' ' &&
		    (at[length] == ' ' || at[length] == '\n' || !at[length]))
			return true;
	return false;
}

struct cpu_facts read_cpuinfo(const char *path)
{
	struct cpu_facts facts = { 0 };
	FILE *f = fopen(path, "re");
	size_t room = 0;
	char *line = NULL;

	/* An empty line ends the first processor. */
	while (f && getline(&line, &room, f) > 1) {
		facts.known = true;
		if (strncmp(line, "flags\t", 6) == 0) {
			facts.la57 = has_word(line, "la57");
			facts.pti = has_word(line, "pti");
		}
		if (sscanf(line, "address sizes : %u bits physical", &facts.pa_bits) == 1 &&
		    facts.pa_bits > 52)
			facts.pa_bits = 0;
	}
	free(line);
	if (f)
		fclose(f);
	return facts;
}

uint64_t find_kallsym(const char *path, const char *name)
{
	unsigned long long address = 0, found = 0;
	FILE *f = fopen(path, "re");
	char line[1024], symbol[512];

	while (f && !found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %*c %511s", &address, symbol) == 2 &&
		    strcmp(symbol, name) == 0)
			found = address;
	if (f)
		fclose(f);
	return found;
}

void add_cpu_facts(struct ptwalk_info *info, const struct cpu_facts *facts)
{
	if (!facts->known)
		return;
	info->known |= PTWALK_KNOWN_PTI;
	info->pti = facts->pti;
	if (!facts->pa_bits)
		return;
	info->known |= PTWALK_KNOWN_PA_BITS;
	info->pa_bits = facts->pa_bits;
}

void add_release(struct ptwalk_info *info)
{
	struct utsname name;

	if (uname(&name) < 0)
		return;
	snprintf(info->release, sizeof(info->release), "%s", name.release);
	info->known |= PTWALK_KNOWN_RELEASE;
}
