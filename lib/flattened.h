/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flattened.h - a dump that was written as a stream: records {where, how many bytes} in
 * the order in which they came. It is put in order in memory. Private.
 */
#ifndef LIB_FLATTENED_H
#define LIB_FLATTENED_H

#include "error.h"

/*
 * What is put in order may reach this far, and takes no more memory than that: a dump
 * has few holes, and a cut stream only those that its descriptors lie in.
 */
#define FLATTENED_MAX_SPREAD 4
#define FLATTENED_MAX_SLACK (64ULL << 20)

/**
 * flattened_unpack() - the dump inside a flattened file, in order, without a file on disk
 * @fd: set to a sealed memfd, the caller's to close(); to be opened as /proc/self/fd/N
 *
 * Where records overlap the later one wins, as with a stream. A stream that ends
 * early is put in order as far as it goes: the dump inside says what is missing.
 * Return: 0, or a negative errno with @err: of open, mmap or memfd_create; -ENOEXEC
 * (not flattened), -EBADMSG (a record that cannot be, or none at all), -ENOMEM.
 */
int flattened_unpack(const char *path, int *fd, struct ptwalk_error *err);

#endif
