/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowd.h - many processes that publish some buffers each, and then wait or go on.
 */
#ifndef TTA_BENCH_CROWD_H
#define TTA_BENCH_CROWD_H

#include "bench.h"

struct crowd;

/* Until the row's process ends. 0 once all have published; -errno; -ETIMEDOUT. */
int crowd_start(uint32_t processes, uint32_t buffers_each);
/* The same, and then each, at this niceness, frees and allocates without a pause. */
int crowd_start_busy(uint32_t processes, uint32_t buffers_each, int niceness,
		     struct crowd **ret_crowd);
/* What a busy crowd has published so far, to the last round of each. */
uint64_t crowd_events(const struct crowd *crowd);

#endif
