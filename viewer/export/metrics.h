/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * metrics.h - a look at the machine as metrics: per device and memory type, never per
 * buffer. What nobody knows has no sample.
 */
#ifndef TTATOP_METRICS_H
#define TTATOP_METRICS_H

#include "counters.h"
#include "metrics_text.h"

struct metrics_look {
	const struct snapshot *snapshot; /* NULL: it failed */
	uint64_t took_ns;		 /* SNAP_UNKNOWN: it was no look */
	enum metrics_dialect dialect;
	bool per_process;
};

/* 0 or -ENOMEM; write errors stay in @file. */
int metrics_write(FILE *file, const struct metrics_look *look,
		  const struct counters *counters);

#endif
