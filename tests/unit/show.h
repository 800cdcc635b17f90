/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * show.h - answers as text, on stderr, for a test that has found two of them.
 */
#ifndef TEST_SHOW_H
#define TEST_SHOW_H

#include "../../core/scan.h"
#include "model.h"

const char *show_what(enum ptw_what what);
void show_walk(const char *whose, const struct ptw_walk *w);
void show_rights(const char *whose, const struct ptw_rights *r);
void show_soft(const char *whose, const struct ptw_soft *soft);
void show_range(const char *whose, const struct ptw_range *r);
void show_model(const struct model *m);

/* True when every documented field is the same. */
bool same_walk(const struct ptw_walk *a, const struct ptw_walk *b);
bool same_rights(const struct ptw_rights *a, const struct ptw_rights *b);
bool same_soft(const struct ptw_soft *a, const struct ptw_soft *b);
bool same_range(const struct ptw_range *a, const struct ptw_range *b);

#endif
