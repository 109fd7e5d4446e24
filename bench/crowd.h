/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowd.h - many processes that publish some buffers each and then wait.
 */
#ifndef TTA_BENCH_CROWD_H
#define TTA_BENCH_CROWD_H

#include "bench.h"

/* Until the row's process ends. 0 once all have published; -errno; -ETIMEDOUT. */
int crowd_start(uint32_t processes, uint32_t buffers_each);

#endif
