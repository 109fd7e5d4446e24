/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * measure.c - rounds in turns; medians.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "measure.h"

unsigned contest_add(struct contest *contest, struct loop loop)
{
	if (contest->count == LOOPS_MOST)
		abort();
	contest->loop[contest->count] = loop;
	return contest->count++;
}

static uint64_t run_ns(const struct loop *loop, uint64_t iterations)
{
	uint64_t start = now_ns();

	loop->run(loop->state, iterations);
	return now_ns() - start;
}

/* Iterations that take about as long as the plan wants. */
static uint64_t fit(const struct loop *loop, uint64_t aim_ns)
{
	uint64_t iterations = 16, ns;

	while ((ns = run_ns(loop, iterations)) < aim_ns / 4)
		iterations *= ns < aim_ns / 64 ? 8 : 2;
	iterations = (uint64_t)((double)iterations * (double)aim_ns / (double)ns);
	return iterations ? iterations : 1;
}

static double round_of(const struct contest *contest, unsigned i, double ns_of_tick)
{
	const struct loop *loop = &contest->loop[i];
	double ns = (double)run_ns(loop, contest->iterations[i]);

	if (loop->spent)
		ns = (double)*loop->spent * ns_of_tick;
	return ns / ((double)contest->iterations[i] * loop->events);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct stats stats_of(double *samples, unsigned count)
{
	qsort(samples, count, sizeof(*samples), by_value);
	return (struct stats){
		.median = samples[count / 2],
		.fastest = samples[0],
		.p10 = samples[count / 10],
		.p90 = samples[count - 1 - count / 10],
	};
}

void contest_run(struct contest *contest)
{
	const struct plan *plan = contest->plan;
	double ns_of_tick = tick_ns();

	contest->rounds = plan->rounds < ROUNDS_MOST ? plan->rounds : ROUNDS_MOST;
	for (unsigned i = 0; i < contest->count; i++)
		contest->iterations[i] = fit(&contest->loop[i], plan->round_ns);
	for (unsigned r = 0; r < plan->warm_up; r++)
		for (unsigned i = 0; i < contest->count; i++)
			round_of(contest, i, ns_of_tick);
	for (unsigned r = 0; r < contest->rounds; r++)
		for (unsigned i = 0; i < contest->count; i++)
			contest->rate[i][r] = round_of(contest, i, ns_of_tick);
	for (unsigned i = 0; i < contest->count; i++) {
		double sorted[ROUNDS_MOST];

		memcpy(sorted, contest->rate[i], sizeof(sorted));
		contest->stats[i] = stats_of(sorted, contest->rounds);
	}
}

/* Each round against the limit's run just before it: what disturbs both cancels out. */
static double ratio_of_rounds(const struct contest *contest, unsigned ours,
			      unsigned limit)
{
	double ratio[ROUNDS_MOST];

	for (unsigned r = 0; r < contest->rounds; r++)
		ratio[r] = contest->rate[ours][r] / contest->rate[limit][r];
	return stats_of(ratio, contest->rounds).median;
}

void result_from(struct row_result *result, const struct contest *contest, unsigned ours,
		 unsigned limit)
{
	result->value = contest->stats[ours].median;
	result->p10 = contest->stats[ours].p10;
	result->p90 = contest->stats[ours].p90;
	result->limit = contest->stats[limit].fastest;
	result->ratio = result->value / result->limit;
	result_detail(result, "value_fastest", contest->stats[ours].fastest);
	result_detail(result, "limit_median", contest->stats[limit].median);
	result_detail(result, "ratio_by_round", ratio_of_rounds(contest, ours, limit));
}
