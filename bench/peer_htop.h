/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TTA_BENCH_PEER_HTOP_H
#define TTA_BENCH_PEER_HTOP_H

#include "bench.h"

/* CPU milliseconds of one refresh of htop at this number of processes, as a peer. */
void peer_htop(const struct plan *plan, struct row_result *result);

#endif
