/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scaling.h - many publishing processes, and a viewer at several rates.
 */
#ifndef TTA_BENCH_SCALING_H
#define TTA_BENCH_SCALING_H

#include <stdio.h>

#include "rows.h"

#define SCALING_RATES 4u
#define SCALING_SIZES 4u

/* One number of processes with one viewer. */
struct scaling_cell {
	unsigned processes, hz; /* 0 = no viewer */
	double seconds;
	double events_per_second; /* of all together */
	double viewer_cpu;	  /* share of one CPU; NaN without a viewer */
	unsigned ticks;
	double tick_ms, tick_p99_ms, tick_cpu_ms;
	uint64_t seen, exact; /* processes, over all ticks */
};

/* The cells of one number of processes, measured in a process of its own. */
struct scaling_size {
	char failure[TEXT_SIZE];
	unsigned cells;
	struct scaling_cell cell[SCALING_RATES];
};

struct scaling {
	unsigned sizes;
	struct scaling_size *size; /* shared with those that measure */
};

/* 0, or the signal that is to end the bench; -ENOMEM. */
int scaling_run(struct scaling *scaling, const struct plan *plan, struct watch *watch);
bool scaling_measured(const struct scaling *scaling);

/* With the rows about two threads, which @run holds. */
void print_scaling_table(FILE *out, const struct scaling *scaling, const struct run *run);
void print_scaling_json(FILE *out, const struct scaling *scaling, const struct run *run);

#endif
