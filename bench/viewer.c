/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * viewer.c - tick by tick at a fixed rate; a tick that comes too late is left out.
 */
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "observer.h"
#include "viewer.h"

static double cpu_ms(clockid_t clock)
{
	struct timespec used = {0};

	clock_gettime(clock, &used);
	return (double)used.tv_sec * 1e3 + (double)used.tv_nsec * 1e-6;
}

static int look(const struct observer *observer, struct viewer_tick *tick)
{
	struct snapshot *snapshot;
	int err = observer_look(observer, TTA_SAMPLE_ALL, &snapshot);

	if (err)
		return err;
	tick->processes = (uint32_t)snapshot->process_count;
	for (size_t i = 0; i < snapshot->process_count; i++)
		tick->exact += snapshot->processes[i].exact;
	snapshot_free(snapshot);
	return 0;
}

static int look_timed(const struct observer *observer, struct viewer *viewer)
{
	uint64_t number = tta_load_relaxed64(&viewer->ticks), start = now_ns();
	double cpu = cpu_ms(CLOCK_THREAD_CPUTIME_ID);
	struct viewer_tick tick = {0};
	int err = look(observer, &tick);

	tick.wall_ms = (double)(now_ns() - start) * 1e-6;
	tick.cpu_ms = cpu_ms(CLOCK_THREAD_CPUTIME_ID) - cpu;
	viewer->tick[number % VIEWER_TICKS_MOST] = tick;
	tta_store_release64(&viewer->ticks, number + 1);
	return err;
}

static void view(void *arg)
{
	struct viewer *viewer = arg;
	struct observer observer;
	uint64_t next = now_ns();
	int err = observer_open(viewer->directory, &observer);

	while (!err) {
		struct timespec until;
		uint64_t now;

		if (tta_load_relaxed32(&viewer->looking))
			err = look_timed(&observer, viewer);
		now = now_ns();
		next = next + viewer->period_ns > now ? next + viewer->period_ns : now;
		until = (struct timespec){.tv_sec = (time_t)(next / 1000000000),
					  .tv_nsec = (long)(next % 1000000000)};
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	tta_store_release32(&viewer->error, (uint32_t)-err);
}

struct viewer *viewer_start(const char *directory, uint64_t period_ns)
{
	struct viewer *viewer = mmap(NULL, sizeof(*viewer), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (viewer == MAP_FAILED)
		return NULL;
	viewer->directory = directory;
	viewer->period_ns = period_ns;
	viewer->pid = child_start(-1, view, viewer);
	if (viewer->pid < 0 || clock_getcpuclockid(viewer->pid, &viewer->cpu)) {
		munmap(viewer, sizeof(*viewer));
		return NULL;
	}
	return viewer;
}

void viewer_end(struct viewer *viewer)
{
	child_end(viewer->pid, SIGKILL);
	munmap(viewer, sizeof(*viewer));
}

double viewer_cpu_seconds(const struct viewer *viewer)
{
	return cpu_ms(viewer->cpu) * 1e-3;
}
