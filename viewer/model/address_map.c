/* SPDX-License-Identifier: BSD-2-Clause */
#include "address_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bank.h"
#include "extent_sort.h"

/* A map while it is made. */
struct making {
	struct address_map *map;
	struct bank bank;
	struct extent *extents, *other;
	size_t extent_count;
	bool *holds; /* by memory row of the device: does it lie in the bank? */
};

static const struct snap_device *device_of(const struct address_map *map)
{
	return &map->snapshot->devices[map->device];
}

static size_t row_of(const struct snap_device *device, const char *type)
{
	size_t row = 0;

	while (row < device->memory_count && strcmp(device->memory[row].type, type) != 0)
		row++;
	return row;
}

/* Guests of a bank are looked at in the bank of their host. */
static size_t host_row(const struct snap_device *device, size_t row)
{
	for (size_t i = 0; i < device->memory_count; i++)
		if (bank_guest(device->memory[row].type, device->memory[i].type))
			return i;
	return row;
}

static bool is_dead(const struct address_map *map, const struct snap_buffer *buffer)
{
	return !snap_state_counts(map->snapshot->processes[buffer->process].state);
}

/* ---- buffers ---- */

/* Views alone own nothing; what is not in the bank at all is not on the map. */
static void add_buffer(struct making *making, struct snap_buffer *buffer, size_t row)
{
	struct address_map *map = making->map;
	uint64_t end;

	if (buffer->refs == 0)
		return;
	if (!bank_buffer_end(buffer, device_of(map)->memory[row].banks, &end)) {
		map->unplaced++;
		return;
	}
	if (end == buffer->addr)
		return;
	map->outside += buffer->addr < map->begin || end > map->end;
	if (end <= map->begin || buffer->addr >= map->end)
		return;
	making->extents[making->extent_count++] =
		(struct extent){.begin = buffer->addr, .end = end, .buffer = buffer};
}

static void gather_buffers(struct making *making)
{
	const struct address_map *map = making->map;
	const struct snapshot *snapshot = map->snapshot;
	const struct snap_device *device = device_of(map);
	const char *type = NULL;
	size_t row = 0;

	for (size_t i = 0; i < snapshot->buffer_count; i++) {
		struct snap_buffer *buffer = &snapshot->buffers[i];

		if (buffer->device != map->device)
			continue;
		if (buffer->type != type) {
			type = buffer->type;
			row = row_of(device, type);
		}
		if (row < device->memory_count && making->holds[row])
			add_buffer(making, buffer, row);
	}
}

static int take_buffers(struct making *making)
{
	struct address_map *map = making->map;
	const struct extent *sorted;

	making->extents = reallocarray(NULL, map->snapshot->buffer_count + 1,
				       sizeof(struct extent));
	making->other = reallocarray(NULL, map->snapshot->buffer_count + 1,
				     sizeof(struct extent));
	if (!making->extents || !making->other)
		return -ENOMEM;
	gather_buffers(making);
	sorted = extents_sort(making->extents, making->other, making->extent_count);
	map->buffers =
		reallocarray(NULL, making->extent_count + 1, sizeof(*map->buffers));
	if (!map->buffers)
		return -ENOMEM;
	map->buffer_count = making->extent_count;
	for (size_t i = 0; i < map->buffer_count; i++)
		map->buffers[i] = (struct map_buffer){
			.begin = sorted[i].begin > map->begin ? sorted[i].begin
							      : map->begin,
			.end = sorted[i].end < map->end ? sorted[i].end : map->end,
			.buffer = sorted[i].buffer,
		};
	return 0;
}

/* ---- spans ---- */

static void add_span(struct address_map *map, const struct map_span *span)
{
	map->spans[map->span_count++] = *span;
}

static void add_gap(struct making *making, uint64_t begin, uint64_t end)
{
	struct address_map *map = making->map;
	struct bank_gap gap;

	while (bank_next_gap(&making->bank, &begin, end, &gap)) {
		uint64_t bytes = gap.end - gap.begin;

		add_span(map, &(struct map_span){
				      .begin = gap.begin,
				      .end = gap.end,
				      .apart = gap.apart,
			      });
		if (gap.apart)
			continue;
		map->free += bytes;
		map->gaps++;
		if (bytes > map->largest_gap)
			map->largest_gap = bytes;
	}
}

/* Buffers of the living that claim the same bytes; the dead claim nothing any more. */
static uint32_t flags_of(const struct address_map *map, const struct map_span *span)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < span->count; i++) {
		const struct snap_buffer *buffer = map->buffers[span->first + i].buffer;

		if (is_dead(map, buffer))
			flags |= SPAN_DEAD;
		if (buffer->flags & (SNAP_FLAG_DUP | SNAP_FLAG_OVERLAP))
			flags |= SPAN_TWICE;
	}
	return flags;
}

/* Bytes that no living owner claims. */
static uint64_t dead_bytes(const struct address_map *map, const struct map_span *span)
{
	uint64_t dead = 0, at = span->begin;

	if (!(span->flags & SPAN_DEAD))
		return 0;
	for (size_t i = 0; i < span->count; i++) {
		const struct map_buffer *buffer = &map->buffers[span->first + i];

		if (is_dead(map, buffer->buffer))
			continue;
		if (buffer->begin > at)
			dead += buffer->begin - at;
		if (buffer->end > at)
			at = buffer->end;
	}
	return dead + (span->end > at ? span->end - at : 0);
}

/* From buffer @first on, all that overlap. */
static void add_occupied(struct making *making, size_t first)
{
	struct address_map *map = making->map;
	struct map_span span = {
		.begin = map->buffers[first].begin,
		.end = map->buffers[first].end,
		.first = first,
	};
	uint64_t claimed = 0;

	while (first + span.count < map->buffer_count) {
		const struct map_buffer *buffer = &map->buffers[first + span.count];

		if (buffer->begin >= span.end)
			break;
		if (buffer->end > span.end)
			span.end = buffer->end;
		claimed = snap_sum(claimed, buffer->end - buffer->begin);
		span.count++;
	}
	span.flags = flags_of(map, &span);
	map->used += span.end - span.begin;
	map->dead += dead_bytes(map, &span);
	if (claimed != SNAP_UNKNOWN)
		claimed -= span.end - span.begin;
	map->shared = snap_sum(map->shared, claimed);
	add_span(map, &span);
}

static int make_spans(struct making *making)
{
	struct address_map *map = making->map;
	size_t pieces = 2 * (making->bank.apart_count + 1);
	uint64_t at = map->begin;

	map->spans =
		reallocarray(NULL, 2 * map->buffer_count + pieces, sizeof(*map->spans));
	if (!map->spans)
		return -ENOMEM;
	for (size_t i = 0; i < map->buffer_count;) {
		const struct map_span *span;

		add_gap(making, at, map->buffers[i].begin);
		add_occupied(making, i);
		span = &map->spans[map->span_count - 1];
		at = span->end;
		i += span->count;
	}
	add_gap(making, at, map->end);
	return 0;
}

/* ---- what is missing ---- */

static bool holds_some(const struct making *making, const struct snap_process *process)
{
	const struct snap_device *device = device_of(making->map);

	for (size_t i = 0; i < process->memory_count; i++) {
		const struct snap_memory *memory = &process->memory[i];

		if (memory->device != making->map->device ||
		    (memory->used == 0 && memory->buffers == 0))
			continue;
		if (making->holds[row_of(device, memory->type)])
			return true;
	}
	return false;
}

static void find_missing(struct making *making)
{
	struct address_map *map = making->map;
	const struct snap_device *device = device_of(map);

	for (size_t i = 0; i < device->memory_count; i++)
		map->hidden |= making->holds[i] && device->memory[i].hidden;
	for (size_t i = 0; i < map->snapshot->process_count; i++) {
		const struct snap_process *process = &map->snapshot->processes[i];

		if (process->exact || !holds_some(making, process))
			continue;
		if (map->inexact++ == 0 && process->inexact_reason_count)
			map->reason = process->inexact_reasons[0];
	}
}

/* ---- the map ---- */

static enum map_trouble find_bank(struct making *making, size_t row)
{
	struct address_map *map = making->map;
	const struct snap_device *device = device_of(map);

	map->type = device->memory[row].type;
	map->banks = device->memory[row].banks;
	if (!map->snapshot->has_buffers)
		return MAP_NO_BUFFERS;
	if (!bank_of(device, row, &making->bank))
		return MAP_NO_GEOMETRY;
	if (map->banks == SNAP_UNKNOWN || map->banks == 0)
		return MAP_NO_BANKS;
	map->begin = making->bank.begin;
	map->end = making->bank.end;
	return MAP_DRAWN;
}

static int fill(struct making *making)
{
	const struct snap_device *device = device_of(making->map);
	int err;

	making->holds = calloc(device->memory_count + 1, sizeof(bool));
	if (!making->holds)
		return -ENOMEM;
	for (size_t i = 0; i < device->memory_count; i++)
		making->holds[i] = bank_holds(&making->bank, device->memory[i].type);
	err = take_buffers(making);
	if (!err)
		err = make_spans(making);
	if (!err)
		find_missing(making);
	return err;
}

int address_map_make(const struct snapshot *snapshot, struct map_place place,
		     struct address_map *map)
{
	struct making making = {.map = map};
	int err = 0;

	*map = (struct address_map){
		.snapshot = snapshot, .device = place.device, .reason = ""};
	map->trouble =
		find_bank(&making, host_row(&snapshot->devices[place.device], place.row));
	if (map->trouble == MAP_DRAWN)
		err = fill(&making);
	free(making.holds);
	free(making.extents);
	free(making.other);
	if (err)
		address_map_free(map);
	return err;
}

bool address_map_draws(const struct address_map *map, const char *type)
{
	const struct snap_device *device = device_of(map);
	struct bank bank;

	return bank_of(device, row_of(device, map->type), &bank) &&
	       bank_holds(&bank, type);
}

void address_map_free(struct address_map *map)
{
	free(map->spans);
	free(map->buffers);
	map->spans = NULL;
	map->buffers = NULL;
	map->span_count = map->buffer_count = 0;
}

bool address_map_estimated(const struct address_map *map)
{
	return map->unplaced || map->outside || map->hidden || map->inexact;
}

unsigned address_map_fragmentation(const struct address_map *map)
{
	if (map->free == 0)
		return 0;
	return (unsigned)(100.0 * (double)(map->free - map->largest_gap) /
				  (double)map->free +
			  0.5);
}

size_t address_map_find(const struct address_map *map, uint64_t address)
{
	size_t low = 0, high = map->span_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (map->spans[middle].begin <= address)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Bytes of a gap behind its first aligned address. */
static uint64_t aligned_room(const struct map_span *gap, uint64_t alignment,
			     uint64_t *ret_begin)
{
	uint64_t skip = alignment ? -gap->begin & (alignment - 1) : 0;
	uint64_t bytes = gap->end - gap->begin;

	*ret_begin = gap->begin + (skip < bytes ? skip : bytes);
	return gap->end - *ret_begin;
}

struct map_fit address_map_fit(const struct address_map *map, uint64_t bytes,
			       uint64_t alignment)
{
	struct map_fit fit = {.per_bank = bytes / map->banks + (bytes % map->banks != 0),
			      .left = UINT64_MAX};
	uint64_t most = 0;

	for (size_t i = 0; i < map->span_count; i++) {
		uint64_t begin, room;

		if (map->spans[i].count || map->spans[i].apart)
			continue;
		room = aligned_room(&map->spans[i], alignment, &begin);
		most = room > most ? room : most;
		if (room == 0 || room < fit.per_bank)
			continue;
		fit.gaps++;
		if (room - fit.per_bank < fit.left) {
			fit.left = room - fit.per_bank;
			fit.begin = begin;
		}
	}
	fit.fits = fit.gaps > 0;
	if (!fit.fits)
		fit.left = 0;
	fit.missing = fit.fits ? 0 : fit.per_bank - most;
	return fit;
}
