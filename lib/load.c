// SPDX-License-Identifier: GPL-2.0-only
/*
 * load.c - shared libraries that are loaded when they are needed.
 */
#include <dlfcn.h>
#include <errno.h>

#include "load.h"

int load_library(const char *soname, const char *what_for, const struct load_symbol *symbols,
		 struct ptwalk_error *err)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return fail(err, -EOPNOTSUPP, "%s need %s, which is not installed", what_for,
			    soname);
	for (; symbols->name; symbols++) {
		*symbols->to = dlsym(library, symbols->name);
		if (!*symbols->to)
			return fail(err, -EOPNOTSUPP, "%s need %s, and this one has no %s()",
				    what_for, soname, symbols->name);
	}
	return 0;
}
