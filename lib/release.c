// SPDX-License-Identifier: GPL-2.0-only
/*
 * release.c - which release the kernel is. Notes tell it when an image is opened. Where
 * there are none, the banner does, which is found by the kernel's symbols: these may have
 * to be searched for, so that is left until somebody asks. Source of the banner's form:
 * init/version-timestamp.c (6.12), init/version.c (6.1).
 */
#include <string.h>

#include "convert.h"
#include "release.h"
#include "symbols.h"

static const char before[] = "Linux version ";

bool release_is_word(const char *release)
{
	const char *at = release;

	while (*at >= '!' && *at <= '~')
		at++;
	return at > release && !*at;
}

/* The word behind @before, which a blank must end. */
static bool parse_banner(const char *text, size_t bytes, struct ptwalk_info *info)
{
	const char *word = text + sizeof(before) - 1;
	const char *end = memchr(word, ' ', bytes - (sizeof(before) - 1));
	char copy[sizeof(((struct ptwalk_info *)NULL)->release)] = "";

	if (memcmp(text, before, sizeof(before) - 1) != 0 || !end ||
	    (size_t)(end - word) >= sizeof(copy))
		return false;
	memcpy(copy, word, (size_t)(end - word));
	if (!release_is_word(copy))
		return false;
	memcpy(info->release, copy, sizeof(copy));
	return true;
}

static void learn_from_banner(struct ptwalk_image *im)
{
	/* uname has 64 characters for a release. */
	char text[sizeof(before) + 64];
	struct symbols *symbols;
	uint64_t va;

	if (image_symbols(im, &symbols, NULL) < 0 ||
	    symbols_find(symbols, "linux_banner", &va) < 0 ||
	    image_read_kernel(im, va, text, sizeof(text)) < 0 ||
	    !parse_banner(text, sizeof(text), &im->kernel))
		return;
	im->kernel.known |= PTWALK_KNOWN_RELEASE;
	im->space.swap = swap_types_of(im->kernel.release);
}

void space_learn_release(struct ptwalk *p)
{
	struct ptwalk_image *im = p->image;

	if (!im || im->snapshot || (p->info.known & PTWALK_KNOWN_RELEASE))
		return;
	if (!im->asked_release && !(im->kernel.known & PTWALK_KNOWN_RELEASE))
		learn_from_banner(im);
	im->asked_release = true;
	if (!(im->kernel.known & PTWALK_KNOWN_RELEASE))
		return;
	p->info.known |= PTWALK_KNOWN_RELEASE;
	memcpy(p->info.release, im->kernel.release, sizeof(p->info.release));
	p->space.swap = im->space.swap;
}

const char *ptwalk_kernel_release(struct ptwalk *p)
{
	space_learn_release(p);
	return p->info.known & PTWALK_KNOWN_RELEASE ? p->info.release : NULL;
}
