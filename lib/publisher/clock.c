/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock.c - ticks of the header's clock; nanoseconds of CLOCK_MONOTONIC.
 */
#include <time.h>

#include "publisher.h"

uint64_t tta__clock_ticks(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}
