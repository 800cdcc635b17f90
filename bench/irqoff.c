// SPDX-License-Identifier: GPL-2.0-only
/* irqoff.c - loads ptwirqoff.ko, which measures; this process is what it looks at. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

#define MODULE "ptwirqoff.ko"
#define REGION_BYTES (512 * MIB)

void bench_irqoff(void)
{
	struct region region;
	char command[256];

	if (access(MODULE, R_OK)) {
		printf("\nInterrupts off: not measured, there is no " MODULE " here\n");
		return;
	}
	region_init(&region, REGION_BYTES);
	printf("\nInterrupts off: each section, the process has a region of %llu MiB in pages of 4 KiB\n",
	       REGION_BYTES / MIB);
	fflush(stdout);
	snprintf(command, sizeof(command),
		 "insmod " MODULE " pid=%d && rmmod ptwirqoff &&"
		 " dmesg | sed -n 's/.*ptwirqoff: /  /p'",
		 getpid());
	if (system(command))
		die("%s could not be loaded", MODULE);
	region_deinit(&region);
}
