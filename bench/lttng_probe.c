/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lttng_probe.c - tta-bench-lttng.so: the loop around the tracepoint.
 */
#include <stdint.h>

#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "lttng_probe.h"

__attribute__((visibility("default"))) void probe_events(uint64_t iterations);
__attribute__((visibility("default"))) int probe_enabled(void);

void probe_events(uint64_t iterations)
{
	for (uint64_t i = 0; i < iterations; i++)
		lttng_ust_tracepoint(tta_bench, event, 0x10000, i, 1, 1, 1, 0, 0, 0);
}

int probe_enabled(void)
{
	return lttng_ust_tracepoint_enabled(tta_bench, event) != 0;
}
