/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.h - a selection of the rows, run one after the other, each in its own process.
 */
#ifndef TTA_BENCH_ROWS_H
#define TTA_BENCH_ROWS_H

#include "bench.h"
#include "host.h"
#include "watched.h"

struct run {
	struct host host;
	bool quick;
	bool wanted[64]; /* by row */
	struct row_result *result;
};

/* Only the rows of this comma-separated list, which is cut up. 0; -EINVAL, said aloud. */
int rows_select(struct run *run, char *names);
/* 0, or the signal that is to end the bench; -ENOMEM. */
int rows_run(struct run *run, const struct plan *plan, struct watch *watch);
/* Were all that were wanted measured? */
bool rows_measured(const struct run *run);

#endif
