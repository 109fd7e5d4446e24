/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace_levels.h - the counters of a trace: bytes of each type on each device.
 */
#ifndef TTATOP_TRACE_LEVELS_H
#define TTATOP_TRACE_LEVELS_H

#include "snapshot.h"
#include "trace_put.h"

/* Pids that stand for devices: above all that Linux gives out. */
#define TRACE_DEVICE_PID ((1u << 22) + 1)

struct trace_level {
	char *device, *type;
	uint32_t pid;
	uint64_t used; /* as it was put, SNAP_UNKNOWN = not yet */
};

/* All zeros at the beginning. */
struct trace_levels {
	struct trace_level *list;
	size_t count;
	uint32_t device_count;
};

/* What has changed, or @all; what nobody knows has no value. */
void trace_levels_put(struct trace_levels *levels, struct trace_out *out,
		      const struct snapshot *snapshot, bool all);
void trace_levels_fini(struct trace_levels *levels);

#endif
