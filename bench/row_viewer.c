/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row_viewer.c - what a viewer at 10 Hz costs those who publish.
 *
 * All CPUs publish; windows with and without the viewer alternate. What it takes from
 * the CPUs it takes from them; anything beyond that would be interference.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <tta/reader.h>

#include "child.h"
#include "clock.h"
#include "measure.h"
#include "publishing.h"
#include "snapshot.h"

#define PUBLISHERS_MOST 64u
#define LIVE		100u /* buffers of each */
#define WINDOW_NS	400000000

struct viewer_publisher {
	tta_a64 events;
	int number;
} __attribute__((aligned(64)));

struct viewer {
	struct viewer_publisher publisher[PUBLISHERS_MOST];
	unsigned count;
	const char *directory;
	tta_a64 samples;
	tta_a32 looking; /* the viewer samples; otherwise it sleeps */
	clockid_t cpu;	 /* of the viewer */
};

struct window {
	double rate;  /* events a second, over all */
	double share; /* of all CPUs, taken by the viewer */
};

static void publish(void *arg)
{
	struct viewer_publisher *self = arg;
	uint64_t events = 0;

	for (uint64_t i = 1; i <= LIVE; i++)
		tta_alloc(0, TTA_DRAM, i * 4096, 4096);
	for (;;) {
		for (uint64_t i = 1; i <= LIVE; i++) {
			tta_free(0, TTA_DRAM, i * 4096);
			tta_alloc(0, TTA_DRAM, i * 4096, 4096);
		}
		events += 2 * LIVE;
		tta_store_relaxed64(&self->events, events);
	}
}

static int look(struct tta_reader *reader)
{
	struct tta_sample *sample;
	struct snapshot *snapshot;
	int err = tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample);

	if (err)
		return err;
	err = snapshot_from_sample(sample, &snapshot);
	tta_sample_free(sample);
	if (!err)
		snapshot_free(snapshot);
	return err;
}

static void view(void *arg)
{
	const struct timespec period = {.tv_nsec = 100000000};
	struct viewer *viewer = arg;
	struct tta_reader *reader;

	if (tta_reader_open(viewer->directory, &reader))
		_exit(1);
	for (;;) {
		if (tta_load_relaxed32(&viewer->looking)) {
			if (look(reader))
				_exit(1);
			tta_add_relaxed64(&viewer->samples, 1);
		}
		nanosleep(&period, NULL);
	}
}

static uint64_t events_of(const struct viewer *viewer)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < viewer->count; i++)
		sum += tta_load_relaxed64(&viewer->publisher[i].events);
	return sum;
}

static double cpu_seconds(const struct viewer *viewer)
{
	struct timespec used = {0};

	clock_gettime(viewer->cpu, &used);
	return (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
}

static struct window window(struct viewer *viewer, uint32_t looking)
{
	const struct timespec length = {.tv_nsec = WINDOW_NS};
	uint64_t start, events;
	double used, seconds;

	tta_store_relaxed32(&viewer->looking, looking);
	used = cpu_seconds(viewer);
	start = now_ns();
	events = events_of(viewer);
	nanosleep(&length, NULL);
	seconds = (double)(now_ns() - start) * 1e-9;
	return (struct window){
		.rate = (double)(events_of(viewer) - events) / seconds,
		.share = (cpu_seconds(viewer) - used) / seconds / viewer->count,
	};
}

static struct viewer *viewer_new(const struct plan *plan)
{
	struct viewer *viewer = mmap(NULL, sizeof(*viewer), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;

	if (viewer == MAP_FAILED)
		return NULL;
	viewer->count = plan->cpus < PUBLISHERS_MOST ? plan->cpus : PUBLISHERS_MOST;
	viewer->directory = plan->directory;
	for (unsigned i = 0; i < viewer->count; i++)
		if (child_start(-1, publish, &viewer->publisher[i]) < 0)
			return NULL;
	child = child_start(-1, view, viewer);
	if (child < 0 || clock_getcpuclockid(child, &viewer->cpu))
		return NULL;
	return viewer;
}

static void compare(struct row_result *result, struct viewer *viewer, unsigned rounds)
{
	double loss[ROUNDS_MOST], share[ROUNDS_MOST];
	struct window before = window(viewer, 0);
	struct stats stats;

	for (unsigned i = 0; i < rounds; i++) {
		struct window with = window(viewer, 1);
		struct window after = window(viewer, 0);

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
	struct viewer *viewer;
	uint64_t samples;

	unpin(plan);
	viewer = viewer_new(plan);
	if (!viewer)
		return result_fail(result, -ENOMEM, "publishers");
	window(viewer, 1);
	compare(result, viewer, rounds);
	samples = tta_load_relaxed64(&viewer->samples);
	if (samples < rounds)
		return result_fail(result, -EPROTO, "the viewer did not sample");
	result_detail(result, "samples", (double)samples);
	result_detail(result, "publishers", viewer->count);
	result->ok = result->value <= result->limit + 3.0;
	return 0;
}
