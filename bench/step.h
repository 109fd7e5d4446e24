/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.h - instructions of one iteration, counted exactly and without hardware counters.
 */
#ifndef TTA_BENCH_STEP_H
#define TTA_BENCH_STEP_H

#include "measure.h"

/*
 * Runs the loop in a traced child for N and for 2 N iterations, one instruction at a
 * time; the difference over N is an iteration. NaN when tracing is not permitted.
 * The loop runs on a copy of the state where that is private memory.
 */
double instructions_of(const struct loop *loop);

#endif
