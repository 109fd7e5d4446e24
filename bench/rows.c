/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.c - the table of all rows.
 */
#include "bench.h"

const struct row rows[] = {
	{"off", "ns", "<= limit + 1 ns", row_off},
	{"add", "ns", "<= 2 x limit; <= mmv_inc", row_add},
	{"alloc_hot", "ns", "<= 1.4 x limit; <= 0.38 lttng_ust; <= 0.05 unix_socket",
	 row_alloc_hot},
	{"free_hot", "ns", "<= 1.4 x limit; <= 0.38 lttng_ust; <= 0.05 unix_socket",
	 row_free_hot},
	{"live_hot", "ns", "<= 1.2 x limit", row_live_hot},
	{"churn_32k", "ns", "<= 2 x limit", row_churn_32k},
	{"churn_1m", "ns", "<= 2 x limit", row_churn_1m},
	{"threads_2", "M events/s", ">= 0.95 x two processes", row_threads_2},
	{"same_device", "M events/s", ">= 0.5 x one thread", row_same_device},
	{"cross_free", "ns", "<= 12 x hot limit", row_cross_free},
	{"growth", "us", "p99.99 <= floor + 20 us; <= 16 + 8 pages in a call",
	 row_growth},
	{"viewer_10hz", "% lost", "<= CPU share + 3 %", row_viewer_10hz},
	{"tick_10k", "ms", "<= 10 ms", row_tick_10k},
	{"tick_100k", "ms", "<= 40 ms", row_tick_100k},
	{"snapshot_1m", "ms", "<= 5 x memcpy", row_snapshot_1m},
	{"drain", "M events/s", ">= 20 M events/s", row_drain},
};

const size_t row_count = sizeof(rows) / sizeof(rows[0]);
