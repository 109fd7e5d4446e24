/* SPDX-License-Identifier: BSD-2-Clause */
/* history_tick.c - what a history keeps of a sample. */
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
