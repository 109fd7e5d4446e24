/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scaling.c - a crowd of each size, and before it viewers of each rate in turn.
 *
 * All processes publish without a pause, also when there are many more than CPUs. They
 * are nice to the viewer, or it would hardly ever have its turn among a thousand of them.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "clock.h"
#include "crowd.h"
#include "measure.h"
#include "scaling.h"
#include "scratch.h"
#include "viewer.h"

#define LIVE		  10u /* buffers of each process */
#define NICENESS	  19
#define SIZE_SECONDS_MOST 300u
#define PATIENCE_NS	  UINT64_C(60000000000)

static const unsigned rates[SCALING_RATES] = {0, 1, 10, 100};
static const unsigned sizes[SCALING_SIZES] = {1, 10, 100, 1000};

struct order {
	const struct plan *plan;
	struct scaling_size *size;
	unsigned processes;
};

static void sleep_ns(uint64_t ns)
{
	const struct timespec length = {.tv_sec = (time_t)(ns / 1000000000),
					.tv_nsec = (long)(ns % 1000000000)};

	nanosleep(&length, NULL);
}

/* A viewer that has attached to everybody; NULL. */
static struct viewer *viewer_ready(const struct plan *plan, unsigned hz)
{
	struct viewer *viewer = viewer_start(plan->directory, 1000000000u / hz);
	uint64_t start = now_ns();

	if (!viewer)
		return NULL;
	tta_store_relaxed32(&viewer->looking, 1);
	while (tta_load_acquire64(&viewer->ticks) == 0) {
		if (tta_load_acquire32(&viewer->error) ||
		    now_ns() - start > PATIENCE_NS) {
			viewer_end(viewer);
			return NULL;
		}
		sleep_ns(1000000);
	}
	return viewer;
}

/* The ticks from number @first up to @end. */
static void take_ticks(struct scaling_cell *cell, const struct viewer *viewer,
		       uint64_t first, uint64_t end)
{
	static double wall[VIEWER_TICKS_MOST], cpu[VIEWER_TICKS_MOST];

	if (end - first > VIEWER_TICKS_MOST)
		first = end - VIEWER_TICKS_MOST;
	for (uint64_t i = first; i < end; i++) {
		const struct viewer_tick *tick = &viewer->tick[i % VIEWER_TICKS_MOST];

		wall[cell->ticks] = tick->wall_ms;
		cpu[cell->ticks++] = tick->cpu_ms;
		cell->seen += tick->processes;
		cell->exact += tick->exact;
	}
	if (cell->ticks == 0)
		return;
	cell->tick_ms = stats_of(wall, cell->ticks).median;
	cell->tick_p99_ms = wall[cell->ticks - 1 - cell->ticks / 100];
	cell->tick_cpu_ms = stats_of(cpu, cell->ticks).median;
}

static int measure(const struct plan *plan, const struct crowd *crowd,
		   struct scaling_cell *cell)
{
	struct viewer *viewer = cell->hz ? viewer_ready(plan, cell->hz) : NULL;
	uint64_t window = plan->quick ? 400000000u : 4000000000u;
	uint64_t first = viewer ? tta_load_acquire64(&viewer->ticks) : 0;
	double used = viewer ? viewer_cpu_seconds(viewer) : NAN;
	uint64_t start = now_ns(), events = crowd_events(crowd);
	int err;

	if (cell->hz && !viewer)
		return -EAGAIN;
	sleep_ns(cell->hz == 1 ? window + 1000000000u : window);
	cell->seconds = (double)(now_ns() - start) * 1e-9;
	cell->events_per_second = (double)(crowd_events(crowd) - events) / cell->seconds;
	if (!viewer)
		return 0;
	cell->viewer_cpu = (viewer_cpu_seconds(viewer) - used) / cell->seconds;
	take_ticks(cell, viewer, first, tta_load_acquire64(&viewer->ticks));
	err = -(int)tta_load_acquire32(&viewer->error);
	viewer_end(viewer);
	return err;
}

static void run_size(void *arg)
{
	struct order *order = arg;
	struct scaling_size *size = order->size;
	struct crowd *crowd;
	int err = crowd_start_busy(order->processes, LIVE, NICENESS, &crowd);

	for (unsigned i = 0; !err && i < SCALING_RATES; i++) {
		size->cell[i] = (struct scaling_cell){.processes = order->processes,
						      .hz = rates[i],
						      .viewer_cpu = NAN,
						      .tick_ms = NAN,
						      .tick_p99_ms = NAN,
						      .tick_cpu_ms = NAN};
		err = measure(order->plan, crowd, &size->cell[i]);
		size->cells += !err;
	}
	if (err)
		snprintf(size->failure, sizeof(size->failure), "%u processes: %s",
			 order->processes, strerror(-err));
}

int scaling_run(struct scaling *scaling, const struct plan *plan, struct watch *watch)
{
	int number = 0;

	scaling->size = mmap(NULL, SCALING_SIZES * sizeof(*scaling->size),
			     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (scaling->size == MAP_FAILED)
		return -ENOMEM;
	scaling->sizes = plan->quick ? SCALING_SIZES - 1 : SCALING_SIZES;
	for (unsigned i = 0; i < scaling->sizes && !number; i++) {
		struct order order = {plan, &scaling->size[i], sizes[i]};

		fprintf(stderr, "tta-bench: %u processes\n", sizes[i]);
		number = watch_run(watch, -1, SIZE_SECONDS_MOST, run_size, &order,
				   order.size->failure);
		scratch_clear(plan->directory, 0);
	}
	return number;
}

bool scaling_measured(const struct scaling *scaling)
{
	for (unsigned i = 0; i < scaling->sizes; i++)
		if (scaling->size[i].failure[0])
			return false;
	return true;
}
