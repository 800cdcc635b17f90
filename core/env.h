/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * env.h - what the core needs of its surroundings: integer types, errno,
 * READ_ONCE. The one file of the core that knows whether it is compiled into
 * the kernel or into user space, and for which processor.
 */
#ifndef PTW_ENV_H
#define PTW_ENV_H

#define noinline_ __attribute__((__noinline__))

#ifdef __KERNEL__

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/types.h>

#else

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As the kernel has them: u64 is unsigned long long on every architecture. */
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;

#ifndef READ_ONCE
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#endif
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif
#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

/*
 * A function with vectors of 32 bytes, and whether this processor has the instructions
 * for them. For user space alone: the kernel must not touch these registers.
 */
#ifdef __x86_64__
#define PTW_VECTORS __attribute__((target("avx2")))
static inline bool ptw_has_vectors(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
#define PTW_VECTORS
static inline bool ptw_has_vectors(void)
{
	return false;
}
#endif

#endif

#endif
