// SPDX-License-Identifier: GPL-2.0-only
/*
 * core.c - the walker, compiled in. One file that includes it all, because its
 * objects would lie in core/, where another module's build makes them too.
 */
#include "../core/walk.c"
#include "../core/scan.c"
#include "../core/decode.c"
/* Last: its one-letter macros are to reach nobody else. */
#include "../core/fmt_x86.c"
