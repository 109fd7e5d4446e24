/* SPDX-License-Identifier: BSD-2-Clause */
#include "map_view.h"

#include <stdio.h>
#include <string.h>

#include "filter_values.h"
#include "panel.h"
#include "screen.h"
#include "snapshot_unpublished.h"
#include "tally.h"

static const struct snap_device *find_device(const struct view_state *state, uint64_t key)
{
	const struct snapshot *snapshot = state->snapshot;

	for (size_t i = 0; i < snapshot->device_count; i++)
		if (row_device_key(&snapshot->devices[i]) == key)
			return &snapshot->devices[i];
	return NULL;
}

/* The memory of that type; without one the DRAM, else the first. */
static size_t find_row(const struct snap_device *device, uint64_t type_key)
{
	size_t dram = 0;

	for (size_t i = 0; i < device->memory_count; i++) {
		if (row_text_key(device->memory[i].type) == type_key)
			return i;
		if (memory_class(device->memory[i].type) == MEMORY_DRAM)
			dram = i;
	}
	return dram;
}

static bool holds(const struct snap_process *process, const struct snap_device *device)
{
	return process->memory_count ? process->memory[0].device == device->id
				     : snap_holds_device(process, device);
}

/* The first device that the process of that segment holds, else any. */
static const struct snap_device *first_device(const struct view_state *state,
					      uint64_t segment)
{
	const struct snapshot *snapshot = state->snapshot;
	const struct snap_process *process = NULL;

	for (size_t i = 0; i < snapshot->process_count && !process; i++)
		if (snapshot->processes[i].segment == segment)
			process = &snapshot->processes[i];
	for (size_t i = 0; process && i < snapshot->device_count; i++)
		if (holds(process, &snapshot->devices[i]))
			return &snapshot->devices[i];
	return snapshot->device_count ? &snapshot->devices[0] : NULL;
}

static void show(struct view_state *state, const struct snap_device *device, size_t row)
{
	state->map.device_key = row_device_key(device);
	state->map.type_key = row_text_key(device->memory[row].type);
	state->map.address = device->memory[row].base;
	state->map.zoom = 0;
}

unsigned map_view_open(struct view_state *state)
{
	const struct row_id *id = &view_selected(state)->id;
	const struct snap_device *device = id->device ? find_device(state, id->device)
						      : first_device(state, id->segment);

	if (!device || device->memory_count == 0)
		return REACT_NONE;
	show(state, device, find_row(device, id->type));
	if (id->serial || id->address)
		state->map.address = id->address;
	return panel_open(state, PANEL_MAP);
}

bool map_view_place(const struct view_state *state, struct map_place *ret_place)
{
	const struct snap_device *device = find_device(state, state->map.device_key);

	if (!device || device->memory_count == 0)
		return false;
	*ret_place =
		(struct map_place){device->id, find_row(device, state->map.type_key)};
	return true;
}

/* Described, or with buffers: worth a stop. */
static bool is_worth_it(const struct snap_device_memory *memory)
{
	return memory->bank_size != SNAP_UNKNOWN || memory->buffers > 0;
}

static bool step(const struct snapshot *snapshot, struct map_place *place, bool back)
{
	const struct snap_device *device = &snapshot->devices[place->device];

	if (back && place->row > 0) {
		place->row--;
		return true;
	}
	if (!back && place->row + 1 < device->memory_count) {
		place->row++;
		return true;
	}
	if (back ? place->device == 0 : place->device + 1 >= snapshot->device_count)
		return false;
	place->device += back ? UINT32_MAX : 1;
	device = &snapshot->devices[place->device];
	place->row = back && device->memory_count ? device->memory_count - 1 : 0;
	return true;
}

void map_view_step(struct view_state *state, bool back, bool device)
{
	const struct snapshot *snapshot = state->snapshot;
	struct map_place from, place;

	if (!map_view_place(state, &from))
		return;
	place = from;
	while (step(snapshot, &place, back)) {
		const struct snap_device *at = &snapshot->devices[place.device];

		if (place.row >= at->memory_count ||
		    (device ? place.device == from.device
			    : !is_worth_it(&at->memory[place.row])))
			continue;
		show(state, at, device ? find_row(at, state->map.type_key) : place.row);
		return;
	}
}

struct map_window map_view_window(const struct view_state *state,
				  const struct address_map *map)
{
	const struct map_span *chosen =
		&map->spans[address_map_find(map, state->map.address)];
	uint64_t bytes = map->end - map->begin, at = chosen->begin - map->begin;
	struct map_window window = map_whole(map);

	for (unsigned i = 0; i < state->map.zoom && bytes > 1; i++)
		bytes -= bytes / 2;
	window.begin = map->begin + at / bytes * bytes;
	if (bytes < map->end - window.begin)
		window.end = window.begin + bytes;
	window.chosen = chosen;
	return window;
}

bool map_view_parse(const char *text, uint64_t *ret_bytes, uint64_t *ret_alignment)
{
	char bytes[STATE_TEXT_SIZE], alignment[STATE_TEXT_SIZE];
	int words = sscanf(text, "%127s %127s %*s", bytes, alignment);

	*ret_bytes = *ret_alignment = 0;
	if (words < 1)
		return true;
	if (!filter_value_bytes(bytes, ret_bytes) ||
	    (words > 1 && !filter_value_bytes(alignment, ret_alignment)))
		return false;
	return *ret_bytes > 0 && (*ret_alignment & (*ret_alignment - 1)) == 0;
}
