/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_viewer.c - what a viewer at 10 Hz costs those who publish.
 *
 * All CPUs publish; windows with and without the viewer alternate. What it takes from
 * the CPUs it takes from them; anything beyond that would be interference.
 */
#include <errno.h>
#include <sched.h>
#include <time.h>

#include "clock.h"
#include "crowd.h"
#include "measure.h"
#include "viewer.h"

#define LIVE	  100u /* buffers of each */
#define WINDOW_NS 400000000
#define PERIOD_NS 100000000u

struct scene {
	struct crowd *crowd;
	struct viewer *viewer;
	unsigned publishers;
};

struct window {
	double rate;  /* events a second, over all */
	double share; /* of all CPUs, taken by the viewer */
};

static struct window window(const struct scene *scene, uint32_t looking)
{
	const struct timespec length = {.tv_nsec = WINDOW_NS};
	uint64_t start, events;
	double used, seconds;

	tta_store_relaxed32(&scene->viewer->looking, looking);
	used = viewer_cpu_seconds(scene->viewer);
	start = now_ns();
	events = crowd_events(scene->crowd);
	nanosleep(&length, NULL);
	seconds = (double)(now_ns() - start) * 1e-9;
	used = viewer_cpu_seconds(scene->viewer) - used;
	return (struct window){
		.rate = (double)(crowd_events(scene->crowd) - events) / seconds,
		.share = used / seconds / scene->publishers,
	};
}

static void compare(struct row_result *result, const struct scene *scene, unsigned rounds)
{
	double loss[ROUNDS_MOST], share[ROUNDS_MOST];
	struct window before = window(scene, 0);
	struct stats stats;

	for (unsigned i = 0; i < rounds; i++) {
		struct window with = window(scene, 1);
		struct window after = window(scene, 0);

		loss[i] = 100 - 200 * with.rate / (before.rate + after.rate);
		share[i] = 100 * with.share;
		before = after;
	}
	stats = stats_of(loss, rounds);
	result->value = stats.median;
	result->p10 = stats.p10;
	result->p90 = stats.p90;
	result->limit = stats_of(share, rounds).median;
	result->ratio = result->value / result->limit;
}

/* The row's own process is pinned, its children are not to be. */
static void unpin(const struct plan *plan)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (int cpu = plan->cpu; cpu <= plan->cpu_last; cpu++)
		CPU_SET((size_t)cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

int row_viewer_10hz(const struct plan *plan, struct row_result *result)
{
	unsigned rounds = plan->quick ? 3 : 41;
	struct scene scene = {.publishers = plan->cpus};
	uint64_t samples;
	int err;

	unpin(plan);
	err = crowd_start_busy(scene.publishers, LIVE, 0, &scene.crowd);
	if (err)
		return result_fail(result, err, "publishers");
	scene.viewer = viewer_start(plan->directory, PERIOD_NS);
	if (!scene.viewer)
		return result_fail(result, -ENOMEM, "viewer");
	window(&scene, 1);
	compare(result, &scene, rounds);
	samples = tta_load_relaxed64(&scene.viewer->ticks);
	if (samples < rounds)
		return result_fail(result, -EPROTO, "the viewer did not sample");
	result_detail(result, "samples", (double)samples);
	result_detail(result, "publishers", scene.publishers);
	result->ok = result->value <= result->limit + 3.0;
	return 0;
}
