/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * measure.h - loops that run in turns, round after round.
 *
 * Whatever disturbs the machine then disturbs all loops alike. The value of a loop is
 * the median of its rounds; a limit is its fastest round.
 */
#ifndef TTA_BENCH_MEASURE_H
#define TTA_BENCH_MEASURE_H

#include "bench.h"

#define LOOPS_MOST  12u
#define ROUNDS_MOST 64u

struct loop {
	void (*run)(void *state, uint64_t iterations);
	void *state;
	double events; /* per iteration */
	/* NULL: all of run() counts; else where run() leaves the ticks that do */
	const uint64_t *spent;
};

struct stats {
	double median, fastest, p10, p90; /* ns per event */
};

struct contest {
	const struct plan *plan;
	unsigned count, rounds;
	struct loop loop[LOOPS_MOST];
	uint64_t iterations[LOOPS_MOST];
	double rate[LOOPS_MOST][ROUNDS_MOST]; /* ns per event, by round */
	struct stats stats[LOOPS_MOST];
};

/* The number of the new loop. */
unsigned contest_add(struct contest *contest, struct loop loop);
/* Sizes the rounds, warms up, runs them, fills stats. */
void contest_run(struct contest *contest);

struct stats stats_of(double *samples, unsigned count);

/* Value, limit, ratio and spread of a row from two loops. */
void result_from(struct row_result *result, const struct contest *contest, unsigned ours,
		 unsigned limit);

#endif
