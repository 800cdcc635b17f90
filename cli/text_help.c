// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_help.c - the help records.
 */
#include "records.h"

static const char common_options[] =
	"Options of every verb:\n"
	"  -p, --pid PID     a process's address space; without it, the kernel's\n"
	"  -j, --json        JSON Lines instead of text\n"
	"  -f, --file FILE   a memory dump or a snapshot; again for the parts of a split one\n"
	"  -g, --gdb SOCKET  a running virtual machine, by its gdbstub: HOST:PORT, :PORT, a path\n"
	"  --source NAME     device, kcore or pagemap, instead of the first that is there\n"
	"  --user            with page-table isolation, the process's own half\n"
	"  --help            this, or a verb's own\n"
	"Of a file or a virtual machine, instead of finding it out:\n"
	"  --format NAME     elf, lime, raw, kdump, flattened or snapshot\n"
	"  --base PA         where a raw image lies; or OFFSET:PA:BYTES, of each part\n"
	"  --root PA         the kernel's top table\n"
	"  --levels N        4 or 5 levels of page tables\n"
	"  --cr3 CPU         the top table is what CR3 of this CPU holds\n";

static void help_text(struct out *o, const void *record)
{
	const struct help_record *r = record;

	if (!r->verb) {
		out_printf(o, "usage: ptwalk %s\n\n", r->words);
		out_text(o, common_options);
		out_text(o, "\nVerbs (ptwalk help VERB tells more):\n");
		return;
	}
	out_printf(o, "usage: ptwalk %s[-j] %s%s%s\n%s\n\n", r->common, r->verb,
		   *r->words ? " " : "", r->words, r->summary);
	out_text(o, r->help);
	if (*r->help)
		out_char(o, '\n');
	out_text(o, common_options);
}

static void verb_text(struct out *o, const void *record)
{
	const struct help_record *r = record;

	out_printf(o, "  %-8s %s\n", r->verb, r->summary);
}

static const struct field help_fields[] = {
	FIELD(TEXT, struct help_record, verb),
	FIELD(TEXT, struct help_record, words),
	FIELD(TEXT, struct help_record, summary),
	FIELD(TEXT, struct help_record, help),
	{ 0 },
};

const struct record_type help_type = { .name = "help", .fields = help_fields, .text = help_text };
const struct record_type verb_type = { .name = "verb", .fields = help_fields, .text = verb_text };
