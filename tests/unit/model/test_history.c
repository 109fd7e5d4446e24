/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "history.h"
#include "sample_builder.h"

/* A sample @seconds after the first, of one process. */
static void push(struct history *history, uint64_t seconds, uint64_t bytes,
		 uint64_t events)
{
	struct sample_builder *b = sample_new();
	struct snapshot *snapshot;

	sample_of(b)->mono_ns += seconds * 1000000000;
	sample_process(b, 10)->events = events;
	sample_buffer(b, 0, TTA_DRAM, 1, bytes);
	snapshot = sample_snapshot(b);
	cr_assert_eq(history_push(history, snapshot), 0);
	snapshot_free(snapshot);
	sample_delete(b);
}

Test(history, keeps_the_newest_points_oldest_first)
{
	struct history *history = history_new(3);
	uint64_t values[8] = {0};

	for (uint64_t i = 1; i <= 5; i++)
		push(history, i, i * 10, 0);
	cr_assert_eq(history_used(history, NULL, values, 8), 3);
	cr_assert_eq(values[0], 30);
	cr_assert_eq(values[2], 50);
	cr_assert_eq(history_used(history, "DRAM", values, 2), 2);
	cr_assert_eq(values[0], 40);
	cr_assert_eq(history_used(history, "L1", values, 8), 0);
	cr_assert_float_eq(history_span(history), 2.0, 1e-9);
	history_free(history);
}

Test(history, rates_need_two_samples_of_a_process)
{
	struct history *history = history_new(4);
	double rate;

	cr_assert_not(history_event_rate(history, &rate));
	push(history, 1, 10, 100);
	cr_assert_not(history_event_rate(history, &rate));
	push(history, 3, 10, 500);
	cr_assert(history_event_rate(history, &rate));
	cr_assert_float_eq(rate, 200.0, 1e-9);
	cr_assert(history_process_rate(history, 10, &rate));
	cr_assert_float_eq(rate, 200.0, 1e-9);
	cr_assert_not(history_process_rate(history, 11, &rate));
	history_free(history);
	history_free(NULL);
}
