/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.c - the table of all rows; selecting and running them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "rows.h"
#include "scratch.h"

#define ROW_SECONDS_MOST 600u

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

int rows_select(struct run *run, char *names)
{
	char *rest = NULL;

	memset(run->wanted, 0, sizeof(run->wanted));
	for (char *name = strtok_r(names, ",", &rest); name;
	     name = strtok_r(NULL, ",", &rest)) {
		size_t i = 0;

		while (i < row_count && strcmp(rows[i].name, name))
			i++;
		if (i == row_count) {
			fprintf(stderr, "tta-bench: row '%s': no such row: try --help\n",
				name);
			return -EINVAL;
		}
		run->wanted[i] = true;
	}
	return 0;
}

struct order {
	const struct row *row;
	const struct plan *plan;
	struct row_result *result;
};

static void run_row(void *arg)
{
	struct order *order = arg;

	order->row->run(order->plan, order->result);
}

int rows_run(struct run *run, const struct plan *plan, struct watch *watch)
{
	int number = 0;

	run->result = mmap(NULL, row_count * sizeof(*run->result), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run->result == MAP_FAILED)
		return -ENOMEM;
	for (size_t i = 0; i < row_count && !number; i++) {
		struct order order = {&rows[i], plan, &run->result[i]};

		result_clear(order.result);
		if (!run->wanted[i])
			continue;
		fprintf(stderr, "tta-bench: %s\n", rows[i].name);
		number = watch_run(watch, plan->cpu, ROW_SECONDS_MOST, run_row, &order,
				   order.result->failure);
		order.result->ok &= order.result->failure[0] == '\0';
		scratch_clear(plan->directory, 0);
	}
	return number;
}

bool rows_measured(const struct run *run)
{
	for (size_t i = 0; i < row_count; i++)
		if (run->wanted[i] && run->result[i].failure[0])
			return false;
	return true;
}
