/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_tick.c - what one refresh of ttatop costs with many processes.
 *
 * A tick is a sample of everything and the snapshot made from it, by a reader that
 * stays open, as in the live view. Drawing is not in it. The crowd is at rest; what
 * it costs when every process has moved is told beside it.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "crowd.h"
#include "measure.h"
#include "observer.h"
#include "peer_htop.h"

#define TICKS_MOST ROUNDS_MOST

static double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

/* Buffers seen, or -errno. */
static int64_t tick(const struct observer *observer, unsigned parts)
{
	struct snapshot *snapshot;
	int64_t buffers;
	int err = observer_look(observer, parts, &snapshot);

	if (err)
		return err;
	buffers = (int64_t)snapshot->buffer_count;
	snapshot_free(snapshot);
	return buffers;
}

struct ticks {
	double wall[TICKS_MOST], cpu[TICKS_MOST];
	unsigned count;
};

/* @parts: asked for in turns. Other ones than before are copied anew, as after events. */
static int run_ticks(const struct observer *observer, const unsigned parts[2],
		     struct ticks *ticks, int64_t buffers, struct row_result *result)
{
	for (unsigned i = 0; i < ticks->count; i++) {
		double wall = (double)now_ns() * 1e-6, cpu = cpu_ms();
		int64_t seen = tick(observer, parts[i % 2]);

		if (seen != buffers)
			return result_fail(result, -EPROTO,
					   "%lld buffers of %lld were seen",
					   (long long)seen, (long long)buffers);
		ticks->wall[i] = (double)now_ns() * 1e-6 - wall;
		ticks->cpu[i] = cpu_ms() - cpu;
	}
	return 0;
}

static void report(struct row_result *result, struct ticks *ticks)
{
	struct stats wall = stats_of(ticks->wall, ticks->count);
	struct stats cpu = stats_of(ticks->cpu, ticks->count);

	result->value = wall.median;
	result->p10 = wall.p10;
	result->p90 = wall.p90;
	result_detail(result, "cpu_ms_per_tick", cpu.median);
	result_detail(result, "cpu_percent_at_1_hz", cpu.median / 10);
	result_detail(result, "fastest_ms", wall.fastest);
}

/* Ticks at rest, then ticks that copy every table. */
static int measure(const struct observer *observer, struct ticks *ticks, int64_t buffers,
		   struct row_result *result)
{
	const unsigned same[2] = {TTA_SAMPLE_ALL, TTA_SAMPLE_ALL};
	const unsigned other[2] = {TTA_SAMPLE_BUFFERS, TTA_SAMPLE_ALL};
	int err = run_ticks(observer, same, ticks, buffers, result);

	if (err)
		return err;
	report(result, ticks);
	err = run_ticks(observer, other, ticks, buffers, result);
	if (err)
		return err;
	result_detail(result, "cpu_ms_all_moved",
		      stats_of(ticks->cpu, ticks->count).median);
	return 0;
}

static int row_tick(const struct plan *plan, struct row_result *result, uint32_t each,
		    double most_ms)
{
	uint32_t processes = plan->quick ? 100 : 1000;
	struct ticks ticks = {.count = plan->quick ? 7 : 31};
	struct observer observer;
	double first;
	int64_t all = (int64_t)processes * each;
	int err = crowd_start(processes, each);

	if (!err)
		err = observer_open(plan->directory, &observer);
	if (err)
		return result_fail(result, err, "%u processes", processes);
	first = (double)now_ns() * 1e-6;
	if (tick(&observer, TTA_SAMPLE_ALL) != all)
		return result_fail(result, -EPROTO, "not all buffers were seen");
	result_detail(result, "first_tick_ms", (double)now_ns() * 1e-6 - first);
	result_detail(result, "processes", processes);
	result_detail(result, "buffers", (double)all);
	err = measure(&observer, &ticks, all, result);
	observer_close(&observer);
	if (err)
		return err;
	peer_htop(plan, result);
	result->ok = result->value <= most_ms;
	return 0;
}

int row_tick_10k(const struct plan *plan, struct row_result *result)
{
	return row_tick(plan, result, 10, 10.0);
}

int row_tick_100k(const struct plan *plan, struct row_result *result)
{
	return row_tick(plan, result, 100, 40.0);
}
