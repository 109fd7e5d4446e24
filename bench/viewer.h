/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * viewer.h - a process that looks as ttatop does: sample and snapshot, again and again.
 */
#ifndef TTA_BENCH_VIEWER_H
#define TTA_BENCH_VIEWER_H

#include <sys/types.h>
#include <time.h>

#include <tta/atomic.h>

#include "bench.h"

#define VIEWER_TICKS_MOST 4096u

struct viewer_tick {
	double wall_ms, cpu_ms;
	uint32_t processes, exact; /* seen, and of these exact */
};

/* In shared memory. */
struct viewer {
	const char *directory;
	uint64_t period_ns;
	pid_t pid;
	clockid_t cpu;
	tta_a32 looking; /* otherwise it sleeps */
	tta_a32 error;	 /* errno that it ended with */
	tta_a64 ticks;
	struct viewer_tick tick[VIEWER_TICKS_MOST]; /* the newest, by number */
};

/* It does not look yet. NULL: no memory, no process. */
struct viewer *viewer_start(const char *directory, uint64_t period_ns);
void viewer_end(struct viewer *viewer);
/* Seconds of CPU that it has used. */
double viewer_cpu_seconds(const struct viewer *viewer);

#endif
