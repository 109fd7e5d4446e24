/* SPDX-License-Identifier: BSD-2-Clause */
/* history_tick.c - what rates need of a sample, and the rates between two. */
#include <errno.h>
#include <stdlib.h>

#include "history_parts.h"
#include "place_key.h"

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_segments(const void *a, const void *b)
{
	const struct tick_process *left = a, *right = b;

	return compare_numbers(left->segment, right->segment);
}

/* Places and what begins with one. */
int place_compare(const void *a, const void *b)
{
	const struct history_place *left = a, *right = b;
	int order = compare_numbers(left->segment, right->segment);

	if (order == 0)
		order = compare_numbers(left->device, right->device);
	return order ? order : compare_numbers(left->type, right->type);
}

static size_t place_room(const struct snapshot *snapshot)
{
	size_t room = 1;

	for (size_t i = 0; i < snapshot->device_count; i++)
		room += snapshot->devices[i].memory_count;
	for (size_t i = 0; i < snapshot->process_count; i++)
		room += snapshot->processes[i].memory_count;
	return room;
}

static void add_devices(const struct snapshot *snapshot, const uint64_t *keys,
			struct tick *tick)
{
	for (size_t i = 0; i < snapshot->device_count; i++) {
		const struct snap_device *device = &snapshot->devices[i];

		for (size_t k = 0; k < device->memory_count; k++)
			tick->places[tick->place_count++] = (struct tick_place){
				.place = {0, keys[i],
					  place_text_key(device->memory[k].type)},
				.used = device->memory[k].used,
				.allocs = SNAP_UNKNOWN,
				.frees = SNAP_UNKNOWN,
			};
	}
}

static void add_process(const struct snap_process *process, const uint64_t *keys,
			struct tick *tick)
{
	tick->processes[tick->count++] = (struct tick_process){
		.segment = process->segment,
		.events = process->events,
		.pid = process->pid,
		.state = process->state,
	};
	for (size_t k = 0; k < process->memory_count; k++) {
		const struct snap_memory *memory = &process->memory[k];

		tick->places[tick->place_count++] = (struct tick_place){
			.place = {process->segment, keys[memory->device],
				  place_text_key(memory->type)},
			.used = memory->used,
			.allocs = memory->allocs,
			.frees = memory->frees,
		};
	}
}

void tick_free(struct tick *tick)
{
	free(tick->processes);
	free(tick->places);
	*tick = (struct tick){0};
}

int tick_take(const struct snapshot *snapshot, struct tick *ret_tick)
{
	uint64_t *keys = calloc(snapshot->device_count + 1, sizeof(*keys));
	struct tick tick = {.time_ns = snapshot->mono_ns,
			    .realtime_ns = snapshot->time_ns};

	tick.processes = calloc(snapshot->process_count + 1, sizeof(*tick.processes));
	tick.places = calloc(place_room(snapshot), sizeof(*tick.places));
	if (!keys || !tick.processes || !tick.places) {
		free(keys);
		tick_free(&tick);
		return -ENOMEM;
	}
	for (size_t i = 0; i < snapshot->device_count; i++)
		keys[i] = place_device_key(&snapshot->devices[i]);
	add_devices(snapshot, keys, &tick);
	for (size_t i = 0; i < snapshot->process_count; i++)
		add_process(&snapshot->processes[i], keys, &tick);
	qsort(tick.processes, tick.count, sizeof(*tick.processes), compare_segments);
	qsort(tick.places, tick.place_count, sizeof(*tick.places), place_compare);
	free(keys);
	*ret_tick = tick;
	return 0;
}

const struct tick_process *tick_find(const struct tick *tick, uint64_t segment)
{
	const struct tick_process key = {.segment = segment};

	return tick->count ? bsearch(&key, tick->processes, tick->count, sizeof(key),
				     compare_segments)
			   : NULL;
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
	const struct tick_process *then = tick_find(&history->before, now->segment);

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
	const struct tick_process *now;
	uint64_t events;
	double seconds;

	if (!seconds_between(history, &seconds))
		return false;
	now = tick_find(&history->last, segment);
	if (!now || !events_since(history, now, &events))
		return false;
	*ret_rate = (double)events / seconds;
	return true;
}

/* A process that holds nothing of a place yet has no row there: that is a zero. */
static bool place_before(const struct history *history, const struct tick_place *now,
			 struct tick_place *ret_then)
{
	const struct tick *before = &history->before;
	const struct tick_place *then;

	if (!tick_find(before, now->place.segment))
		return false;
	then = before->place_count ? bsearch(now, before->places, before->place_count,
					     sizeof(*now), place_compare)
				   : NULL;
	*ret_then = then ? *then : (struct tick_place){.place = now->place};
	return true;
}

static bool is_of(const struct history_place *of, const struct tick_place *place)
{
	return place->place.segment != 0 &&
	       (!of->segment || of->segment == place->place.segment) &&
	       (!of->device || of->device == place->place.device) &&
	       (!of->type || of->type == place->place.type);
}

static bool count_known(const struct tick_place *place)
{
	return place->used != SNAP_UNKNOWN && place->allocs != SNAP_UNKNOWN &&
	       place->frees != SNAP_UNKNOWN;
}

/* The first place of a segment. */
static size_t first_of(const struct tick *tick, uint64_t segment)
{
	size_t low = 0, high = tick->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tick->places[middle].place.segment < segment)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool history_rate(const struct history *history, const struct history_place *place,
		  struct history_rate *ret_rate)
{
	const struct tick *last = &history->last;
	struct tick_place then;
	struct history_rate sum = {0};
	bool any = false;
	double seconds;

	if (!seconds_between(history, &seconds))
		return false;
	for (size_t i = first_of(last, place->segment); i < last->place_count; i++) {
		const struct tick_place *now = &last->places[i];

		if (place->segment && now->place.segment != place->segment)
			break;
		if (!is_of(place, now) || !place_before(history, now, &then))
			continue;
		if (!count_known(now) || !count_known(&then))
			return false;
		any = true;
		sum.allocs += (double)now->allocs - (double)then.allocs;
		sum.frees += (double)now->frees - (double)then.frees;
		sum.bytes += (double)now->used - (double)then.used;
	}
	*ret_rate = (struct history_rate){sum.allocs / seconds, sum.frees / seconds,
					  sum.bytes / seconds};
	return any || !place->segment; /* where nobody holds anything nothing moves */
}
