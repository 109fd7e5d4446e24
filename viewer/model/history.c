/* SPDX-License-Identifier: BSD-2-Clause */
#include "history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One number per sample. Index 0 of the list is the sum over all types. */
struct series {
	char *type;
	uint64_t *values; /* a ring of `points` */
};

/* Event counts of every process at one sample. */
struct tick {
	uint64_t time_ns;
	struct tick_process {
		uint64_t segment, events;
	} * processes;
	size_t count;
};

struct history {
	size_t points;
	size_t pushed; /* samples so far; the next goes to pushed % points */
	uint64_t *times;
	struct series *series;
	size_t series_count;
	struct tick last, before; /* rates need two */
};

static int add_series(struct history *history, const char *type)
{
	struct series *grown =
		reallocarray(history->series, history->series_count + 1, sizeof(*grown));
	struct series new = {.type = strdup(type),
			     .values = calloc(history->points, sizeof(uint64_t))};

	if (grown)
		history->series = grown;
	if (!grown || !new.type || !new.values) {
		free(new.type);
		free(new.values);
		return -ENOMEM;
	}
	history->series[history->series_count++] = new;
	return 0;
}

struct history *history_new(size_t points)
{
	struct history *history = calloc(1, sizeof(*history));

	if (!history)
		return NULL;
	history->points = points > 0 ? points : 1;
	history->times = calloc(history->points, sizeof(*history->times));
	if (!history->times || add_series(history, "")) {
		history_free(history);
		return NULL;
	}
	return history;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	for (size_t i = 0; i < history->series_count; i++) {
		free(history->series[i].type);
		free(history->series[i].values);
	}
	free(history->series);
	free(history->times);
	free(history->last.processes);
	free(history->before.processes);
	free(history);
}

static struct series *find_series(const struct history *history, const char *type)
{
	for (size_t i = 0; i < history->series_count; i++)
		if (strcmp(history->series[i].type, type) == 0)
			return &history->series[i];
	return NULL;
}

static int ensure_series(struct history *history, const struct snapshot *snapshot)
{
	int err = 0;

	for (size_t i = 0; i < snapshot->device_count; i++) {
		const struct snap_device *device = &snapshot->devices[i];

		for (size_t j = 0; j < device->memory_count && !err; j++)
			if (!find_series(history, device->memory[j].type))
				err = add_series(history, device->memory[j].type);
	}
	return err;
}

static int compare_segments(const void *a, const void *b)
{
	const struct tick_process *left = a, *right = b;

	return left->segment < right->segment ? -1 : left->segment > right->segment;
}

static int take_tick(const struct snapshot *snapshot, struct tick *ret_tick)
{
	struct tick tick = {.time_ns = snapshot->mono_ns,
			    .count = snapshot->process_count};

	tick.processes = calloc(tick.count + 1, sizeof(*tick.processes));
	if (!tick.processes)
		return -ENOMEM;
	for (size_t i = 0; i < tick.count; i++)
		tick.processes[i] = (struct tick_process){snapshot->processes[i].segment,
							  snapshot->processes[i].events};
	qsort(tick.processes, tick.count, sizeof(*tick.processes), compare_segments);
	*ret_tick = tick;
	return 0;
}

static void record(struct history *history, const struct snapshot *snapshot)
{
	size_t at = history->pushed++ % history->points;

	history->times[at] = snapshot->mono_ns;
	for (size_t i = 0; i < history->series_count; i++)
		history->series[i].values[at] = 0;
	history->series[0].values[at] = snapshot->totals.used;
	for (size_t i = 0; i < snapshot->device_count; i++) {
		const struct snap_device *device = &snapshot->devices[i];

		for (size_t j = 0; j < device->memory_count; j++) {
			struct series *series =
				find_series(history, device->memory[j].type);

			series->values[at] =
				snap_sum(series->values[at], device->memory[j].used);
		}
	}
}

int history_push(struct history *history, const struct snapshot *snapshot)
{
	struct tick tick;
	int err = ensure_series(history, snapshot);

	if (!err)
		err = take_tick(snapshot, &tick);
	if (err)
		return err;
	free(history->before.processes);
	history->before = history->last;
	history->last = tick;
	record(history, snapshot);
	return 0;
}

static size_t kept(const struct history *history)
{
	return history->pushed < history->points ? history->pushed : history->points;
}

size_t history_used(const struct history *history, const char *type, uint64_t *values,
		    size_t room)
{
	const struct series *series = find_series(history, type ? type : "");
	size_t count = kept(history) < room ? kept(history) : room;

	if (!series)
		return 0;
	for (size_t i = 0; i < count; i++)
		values[i] =
			series->values[(history->pushed - count + i) % history->points];
	return count;
}

static bool seconds_between(const struct history *history, double *ret_seconds)
{
	if (!history->before.processes ||
	    history->last.time_ns <= history->before.time_ns)
		return false;
	*ret_seconds = (double)(history->last.time_ns - history->before.time_ns) / 1e9;
	return true;
}

/* Events of one process since the sample before; one that is new has no rate yet. */
static bool events_since(const struct history *history, const struct tick_process *now,
			 uint64_t *ret_events)
{
	const struct tick_process *then =
		bsearch(now, history->before.processes, history->before.count,
			sizeof(*now), compare_segments);

	if (!then || then->events == SNAP_UNKNOWN || now->events == SNAP_UNKNOWN)
		return false;
	*ret_events = now->events > then->events ? now->events - then->events : 0;
	return true;
}

bool history_event_rate(const struct history *history, double *ret_rate)
{
	uint64_t sum = 0, events;
	double seconds;

	if (!seconds_between(history, &seconds))
		return false;
	for (size_t i = 0; i < history->last.count; i++)
		if (events_since(history, &history->last.processes[i], &events))
			sum += events;
	*ret_rate = (double)sum / seconds;
	return true;
}

bool history_process_rate(const struct history *history, uint64_t segment,
			  double *ret_rate)
{
	const struct tick_process key = {.segment = segment};
	const struct tick_process *now;
	uint64_t events;
	double seconds;

	if (!seconds_between(history, &seconds))
		return false;
	now = bsearch(&key, history->last.processes, history->last.count, sizeof(key),
		      compare_segments);
	if (!now || !events_since(history, now, &events))
		return false;
	*ret_rate = (double)events / seconds;
	return true;
}

double history_span(const struct history *history)
{
	size_t count = kept(history);
	uint64_t oldest, newest;

	if (count == 0)
		return 0;
	oldest = history->times[(history->pushed - count) % history->points];
	newest = history->times[(history->pushed - 1) % history->points];
	return newest > oldest ? (double)(newest - oldest) / 1e9 : 0;
}
