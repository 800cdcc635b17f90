/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat.h - what the files of ptwalk_stat() share.
 */
#ifndef LIB_STAT_H
#define LIB_STAT_H

#include "pass.h"

/* Fills @stat->tables and what goes with it. Return: as ptwalk_stat(). */
int stat_count_tables(struct ptwalk *p, struct ptwalk_stat *stat, struct ptwalk_error *err);

#endif
