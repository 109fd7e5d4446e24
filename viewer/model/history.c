/* SPDX-License-Identifier: BSD-2-Clause */
#include "history_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
	tick_free(&history->last);
	tick_free(&history->before);
	tracks_free(&history->tracks);
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
		err = tick_take(snapshot, &tick);
	if (err)
		return err;
	tick_free(&history->before);
	history->before = history->last;
	history->last = tick;
	if (history->before.processes)
		tick_add_moves(&history->last, &history->before);
	tracks_push(&history->tracks, &tick, history->pushed);
	record(history, snapshot);
	history_note(history, snapshot);
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
