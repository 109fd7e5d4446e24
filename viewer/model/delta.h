/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delta.h - what changed between two snapshots, in three measures: bytes, buffers and
 * outstanding references (allocs - frees). Times, peaks and event counts are no
 * differences. Ended processes are included on both sides.
 */
#ifndef TTATOP_DELTA_H
#define TTATOP_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

struct delta_measure {
	uint64_t base, now; /* SNAP_UNKNOWN possible */
	int64_t change;	    /* 0 when either side is unknown; see `known` */
	bool known;
};

struct delta_measure delta_measure_of(uint64_t base, uint64_t now);
void delta_measure_add(struct delta_measure *sum, const struct delta_measure *m);
/* Known on one side only is a difference; unknown on both cannot be told. */
bool delta_measure_differs(const struct delta_measure *m);

/* One (segment, device, type). */
struct delta_row {
	uint64_t segment;
	uint32_t pid;
	const char *comm;
	enum snap_state state; /* now, or as it was when gone */
	bool is_new, is_gone;  /* the segment is on one side only */
	const char *device_kind, *device_uid;
	uint32_t device_number;
	const char *type;
	struct delta_measure bytes, buffers, refs;
};

/* One (device, type) over all processes. */
struct delta_total {
	const char *device_kind, *device_uid;
	uint32_t device_number;
	const char *type;
	struct delta_measure bytes, buffers, refs;
};

struct delta {
	const struct snapshot *base, *now; /* borrowed: must outlive the delta */
	struct delta_row *rows; /* only those that changed, unless all were asked for */
	size_t row_count;
	struct delta_total *totals; /* of the rows, by (device, type) */
	size_t total_count;
	struct delta_measure bytes, buffers, refs; /* over everything */
	bool different;
};

/* 0 or -ENOMEM. @all: also rows without a change. */
int delta_compute(const struct snapshot *base, const struct snapshot *now, bool all,
		  struct delta **ret_delta);
void delta_free(struct delta *delta);

/* Change of one process (by segment), device and/or type; NULL type, device -1 = all. */
int64_t delta_process_bytes(const struct snapshot *base,
			    const struct snap_process *process, bool *ret_known);
/* True when the buffer (segment, serial) is not in @base. */
bool delta_buffer_is_new(const struct snapshot *base, const struct snap_buffer *buffer);

#endif
