/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.h - a shared library that one format or one verb needs, loaded when it is met:
 * what is linked costs every other question its start. Private.
 */
#ifndef LIB_LOAD_H
#define LIB_LOAD_H

#include "error.h"

/* One function of it: its name, and where its address goes. */
struct load_symbol {
	const char *name;
	void **to;
};

/**
 * load_library() - loads @soname and finds @symbols, which end with a NULL name
 * @what_for: for the sentence: "kdump-compressed dumps"
 *
 * It stays loaded. Return: 0, or -EOPNOTSUPP with @err.
 */
int load_library(const char *soname, const char *what_for, const struct load_symbol *symbols,
		 struct ptwalk_error *err);

#endif
