// SPDX-License-Identifier: GPL-2.0-only
/*
 * names.c - what numbers and entries are called.
 */
#include <string.h>

#include "source.h"

/* The library's numbers are the core's: a cast does. */
_Static_assert((int)PTWALK_NONE == PTW_NONE && (int)PTWALK_TABLE == PTW_TABLE &&
		       (int)PTWALK_LEAF == PTW_LEAF && (int)PTWALK_SOFTWARE == PTW_SOFTWARE &&
		       (int)PTWALK_MALFORMED == PTW_MALFORMED &&
		       (int)PTWALK_UNREADABLE == PTW_UNREADABLE &&
		       (int)PTWALK_NONCANONICAL == PTW_NONCANONICAL,
	       "enum ptwalk_what is not the core's");
_Static_assert(PTWALK_R == PTW_R && PTWALK_W == PTW_W && PTWALK_X == PTW_X && PTWALK_U == PTW_U,
	       "the rights are not the core's");
_Static_assert((int)PTWALK_NOTE_PROTNONE == PTW_SOFT_PROTNONE &&
		       (int)PTWALK_NOTE_SWAP == PTW_SOFT_SWAP &&
		       (int)PTWALK_NOTE_DEVICE == PTW_SOFT_DEVICE &&
		       (int)PTWALK_NOTE_MARKER == PTW_SOFT_MARKER,
	       "enum ptwalk_note_kind is not the core's");
_Static_assert(PTWALK_ATTRIBUTES == PTW_MAX_ATTRIBUTES && PTWALK_LEVELS == PTW_MAX_LEVELS,
	       "a limit is not the core's");

struct name {
	const char *name;
	const char *title;
};

static const struct name region_names[] = {
	[PTWALK_IN_NONE] = { "none", "No Region" },
	[PTWALK_IN_USER] = { "user", "User Space" },
	[PTWALK_IN_DIRECT_MAP] = { "direct-map", "Low Kernel Mapping" },
	[PTWALK_IN_VMALLOC] = { "vmalloc", "vmalloc() Area" },
	[PTWALK_IN_VMEMMAP] = { "vmemmap", "Vmemmap" },
	[PTWALK_IN_KASAN] = { "kasan-shadow", "KASAN shadow" },
	[PTWALK_IN_CPU_ENTRY] = { "cpu-entry", "CPU entry Area" },
	[PTWALK_IN_LDT] = { "ldt", "LDT remap" },
	[PTWALK_IN_ESPFIX] = { "espfix", "ESPfix Area" },
	[PTWALK_IN_EFI] = { "efi", "EFI Runtime Services" },
	[PTWALK_IN_IMAGE] = { "image", "High Kernel Mapping" },
	[PTWALK_IN_MODULES] = { "modules", "Modules" },
	[PTWALK_IN_FIXMAP] = { "fixmap", "Fixmap Area" },
};

static const struct name what_names[] = {
	[PTWALK_NONE] = { .name = "none" },
	[PTWALK_TABLE] = { .name = "table" },
	[PTWALK_LEAF] = { .name = "leaf" },
	[PTWALK_SOFTWARE] = { .name = "software" },
	[PTWALK_MALFORMED] = { .name = "malformed" },
	[PTWALK_UNREADABLE] = { .name = "unreadable" },
	[PTWALK_NONCANONICAL] = { .name = "noncanonical" },
	[PTWALK_UNKNOWN] = { .name = "unknown" },
};

static const struct name note_names[] = {
	[PTWALK_NOTE_UNKNOWN] = { .name = "unknown" },
	[PTWALK_NOTE_PROTNONE] = { .name = "protnone" },
	[PTWALK_NOTE_SPLITTING] = { .name = "splitting" },
	[PTWALK_NOTE_UNMAPPED] = { .name = "unmapped" },
	[PTWALK_NOTE_SWAP] = { .name = "swap" },
	[PTWALK_NOTE_MIGRATION] = { .name = "migration" },
	[PTWALK_NOTE_DEVICE] = { .name = "device" },
	[PTWALK_NOTE_HWPOISON] = { .name = "hwpoison" },
	[PTWALK_NOTE_SWAPIN_ERROR] = { .name = "swapin-error" },
	[PTWALK_NOTE_MARKER] = { .name = "marker" },
};

static const struct name page_names[] = {
	[PTWALK_FRAME_NONE] = { .name = "none" },
	[PTWALK_FRAME_FREE] = { .name = "free" },
	[PTWALK_FRAME_SLAB] = { .name = "slab" },
	[PTWALK_FRAME_TABLE] = { .name = "page-table" },
	[PTWALK_FRAME_ANON] = { .name = "anon" },
	[PTWALK_FRAME_FILE] = { .name = "file" },
	[PTWALK_FRAME_HUGETLB] = { .name = "hugetlb" },
	[PTWALK_FRAME_RESERVED] = { .name = "reserved" },
	[PTWALK_FRAME_KERNEL] = { .name = "kernel" },
	[PTWALK_FRAME_ZERO] = { .name = "zero" },
};

static const struct name format_names[] = {
	[PTWALK_FORMAT_AUTO] = { .name = "auto" },
	[PTWALK_FORMAT_ELF] = { .name = "elf" },
	[PTWALK_FORMAT_LIME] = { .name = "lime" },
	[PTWALK_FORMAT_RAW] = { .name = "raw" },
	[PTWALK_FORMAT_KDUMP] = { .name = "kdump" },
	[PTWALK_FORMAT_FLATTENED] = { .name = "flattened" },
	[PTWALK_FORMAT_GDB] = { .name = "gdb" },
	[PTWALK_FORMAT_SNAPSHOT] = { .name = "snapshot" },
};

static const struct name root_from_names[] = {
	[PTWALK_ROOT_UNKNOWN] = { .name = "unknown" },
	[PTWALK_ROOT_GIVEN] = { .name = "given" },
	[PTWALK_ROOT_VMCOREINFO] = { .name = "vmcoreinfo" },
	[PTWALK_ROOT_CPU] = { .name = "cpu" },
	[PTWALK_ROOT_VMCOREINFO_IN_MEMORY] = { .name = "vmcoreinfo-in-memory" },
	[PTWALK_ROOT_SEARCH] = { .name = "search" },
	[PTWALK_ROOT_SNAPSHOT] = { .name = "snapshot" },
};

static const struct name *name_of(const struct name *names, size_t nr, uint32_t i)
{
	static const struct name unknown = { "unknown", "Unknown" };

	return i < nr && names[i].name ? &names[i] : &unknown;
}

const char *ptwalk_region_name(uint32_t kind)
{
	return name_of(region_names, ARRAY_SIZE(region_names), kind)->name;
}

const char *ptwalk_region_title(uint32_t kind)
{
	return name_of(region_names, ARRAY_SIZE(region_names), kind)->title;
}

const char *ptwalk_what_name(uint32_t what)
{
	return name_of(what_names, ARRAY_SIZE(what_names), what)->name;
}

const char *ptwalk_note_name(uint32_t kind)
{
	return name_of(note_names, ARRAY_SIZE(note_names), kind)->name;
}

const char *ptwalk_image_format_name(uint32_t format)
{
	return name_of(format_names, ARRAY_SIZE(format_names), format)->name;
}

const char *ptwalk_root_from_name(uint32_t from)
{
	return name_of(root_from_names, ARRAY_SIZE(root_from_names), from)->name;
}

const char *ptwalk_page_kind_name(uint32_t kind)
{
	return name_of(page_names, ARRAY_SIZE(page_names), kind)->name;
}

static bool has_level(const struct ptwalk *p, unsigned int level)
{
	return p->space.format && level < p->space.format->nr_levels;
}

const char *ptwalk_level_name(const struct ptwalk *p, unsigned int level)
{
	return has_level(p, level) ? p->space.format->levels[level].name : "";
}

uint64_t ptwalk_level_bytes(const struct ptwalk *p, unsigned int level)
{
	return has_level(p, level) ? ptw_level_bytes(p->space.format, level) : 0;
}

unsigned int ptwalk_attributes(const struct ptwalk *p, unsigned int level, uint64_t entry,
			       const char **names, unsigned int max)
{
	if (!p->has_tables || !has_level(p, level))
		return 0;
	return ptw_attributes(&p->space, level, entry, names, max);
}

uint64_t ptwalk_entry_pa(const struct ptwalk *p, unsigned int level, uint64_t entry)
{
	return has_level(p, level) ? ptw_entry_pa(&p->space, level, entry).v : 0;
}

void ptwalk_read_note(const struct ptwalk *p, uint64_t va, unsigned int level, uint64_t entry,
		      struct ptwalk_note *note)
{
	struct ptw_soft soft;

	memset(note, 0, sizeof(*note));
	if (!has_level(p, level))
		return;
	soft = ptw_soft(&p->space, ptw_va(va), level, entry);
	note->kind = soft.kind;
	note->has_pa = soft.has_pa;
	note->type = soft.type;
	note->offset = soft.offset;
	note->pa = soft.pa.v;
}

const char *ptwalk_version(void)
{
	return PTWALK_VERSION;
}

const char *ptwalk_features(void)
{
	return "device kcore pagemap elf lime raw kdump flattened gdb snapshot x86-64";
}
