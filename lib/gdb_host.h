/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gdb_host.h - the memory of a machine where its process has it, when that process runs
 * here. What is found is to be compared before it is believed. Private.
 */
#ifndef LIB_GDB_HOST_H
#define LIB_GDB_HOST_H

#include <sys/types.h>

#include "phys.h"

/* The process that listens at the other end of a Unix socket; 0 where nobody tells. */
pid_t gdb_host_peer(int fd);

/**
 * gdb_host_map() - maps what @pid has at [va, va + bytes), where that is a shared file's
 *
 * Return: 0, or a negative errno: -ENOENT (it is no shared file's), or of open or mmap.
 */
int gdb_host_map(pid_t pid, uint64_t va, uint64_t bytes, struct mapped_file *f);

/* /proc/PID/mem, to be read at the process's own addresses; or a negative errno. */
int gdb_host_open_memory(pid_t pid);

/* 0, or -EIO. */
int gdb_host_read(int fd, uint64_t va, void *buffer, size_t bytes);

#endif
