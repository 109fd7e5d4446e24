/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where buffers lie inside a bank: overlaps, the largest gap, L1 headroom. All banks of
 * an interleaved buffer look alike, so one bank is looked at. Whatever was not told or
 * described stays unknown.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_build.h"

/* A buffer's range in each bank. */
struct extent {
	struct snap_buffer *buffer;
	uint32_t space; /* extents of different spaces never overlap */
	uint64_t begin, end;
};

#define SPACE_SHARED 0u /* what all living processes see alike */

static uint64_t bank_bytes(const struct build *build, const struct snap_buffer *buffer)
{
	const struct build_row *row;

	if (buffer->bank_size != SNAP_UNKNOWN)
		return buffer->bank_size;
	row = build_row(build, buffer->device, buffer->type);
	if (!row || !row->geometry || row->geometry->banks == 0)
		return SNAP_UNKNOWN;
	return buffer->size / row->geometry->banks +
	       (buffer->size % row->geometry->banks != 0);
}

static bool bank_range(const struct build *build, struct snap_buffer *buffer,
		       struct extent *ret_extent)
{
	uint64_t bytes = bank_bytes(build, buffer), end;

	if (bytes == SNAP_UNKNOWN || __builtin_add_overflow(buffer->addr, bytes, &end))
		return false;
	*ret_extent =
		(struct extent){.buffer = buffer, .begin = buffer->addr, .end = end};
	return true;
}

static bool counts(const struct build *build, const struct snap_buffer *buffer)
{
	return snap_state_counts(build->snapshot->processes[buffer->process].state);
}

/* Host addresses mean something in one process only, those of the dead in none. */
static uint32_t space_of(const struct build *build, const struct snap_buffer *buffer)
{
	enum snap_state state = build->snapshot->processes[buffer->process].state;
	bool living = state == SNAP_LIVE || state == SNAP_IDLE;
	bool host =
		strcmp(buffer->type, "HOST") == 0 || strcmp(buffer->type, "SYSTEM") == 0;

	return living && !host ? SPACE_SHARED : buffer->process + 1;
}

static int compare_extents(const void *a, const void *b)
{
	const struct extent *left = a, *right = b;

	if (left->buffer->device != right->buffer->device)
		return left->buffer->device < right->buffer->device ? -1 : 1;
	if (left->buffer->type != right->buffer->type)
		return snap_type_compare(left->buffer->type, right->buffer->type);
	if (left->space != right->space)
		return left->space < right->space ? -1 : 1;
	if (left->begin != right->begin)
		return left->begin < right->begin ? -1 : 1;
	return left->end < right->end ? -1 : left->end > right->end;
}

static bool same_space(const struct extent *a, const struct extent *b)
{
	return a->buffer->device == b->buffer->device &&
	       a->buffer->type == b->buffer->type && a->space == b->space;
}

/* In order of begin: one that begins before the farthest end so far overlaps it. */
static void flag_overlaps(struct extent *extents, size_t count)
{
	struct extent *farthest = NULL;

	qsort(extents, count, sizeof(*extents), compare_extents);
	for (size_t i = 0; i < count; i++) {
		struct extent *extent = &extents[i];

		if (!farthest || !same_space(farthest, extent)) {
			farthest = extent;
			continue;
		}
		if (extent->begin < farthest->end) {
			extent->buffer->flags |= SNAP_FLAG_OVERLAP;
			farthest->buffer->flags |= SNAP_FLAG_OVERLAP;
		}
		if (extent->end > farthest->end)
			farthest = extent;
	}
}

static int find_overlaps(struct build *build)
{
	struct snapshot *snapshot = build->snapshot;
	struct extent *extents =
		arena_array(build->scratch, snapshot->buffer_count, sizeof(*extents));
	size_t count = 0;

	if (!extents)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->buffer_count; i++) {
		struct snap_buffer *buffer = &snapshot->buffers[i];

		/* Views alone own nothing, and nothing has no range. */
		if (buffer->refs == 0 || !bank_range(build, buffer, &extents[count]) ||
		    extents[count].begin == extents[count].end)
			continue;
		extents[count++].space = space_of(build, buffer);
	}
	flag_overlaps(extents, count);
	return 0;
}

/* Rows where the tables do not show everything that is held. */
static void find_hidden(struct build *build)
{
	for (size_t i = 0; i < build->sample->process_count; i++) {
		const struct tta_process *process = &build->sample->processes[i];

		if (!snap_state_counts(build->snapshot->processes[i].state))
			continue;
		for (size_t j = 0; j < process->memory_count; j++) {
			const struct tta_memory *memory = &process->memory[j];

			if (memory->buffers == TTA_UNKNOWN ||
			    memory->no_detail_bytes != 0)
				build_row(build, build_device(build, i, memory->device),
					  build_type(build, process, memory->type))
					->hidden = true;
		}
	}
}

static bool is_hidden(const struct build *build, uint32_t device, const char *type)
{
	const struct build_row *row = build_row(build, device, type);

	return row && row->hidden;
}

/* Buffers of one device: snapshot.buffers is sorted by device. */
struct slice {
	struct snap_buffer *first;
	size_t count;
};

static struct slice device_slice(struct snapshot *snapshot, uint32_t device,
				 size_t *position)
{
	struct slice slice = {&snapshot->buffers[*position], 0};

	while (*position < snapshot->buffer_count &&
	       snapshot->buffers[*position].device == device) {
		slice.count++;
		(*position)++;
	}
	return slice;
}

/* What lies in a bank of @type: circular buffers and kernels share L1. */
static bool shares_bank(const char *type, const char *other)
{
	return type == other ||
	       (strcmp(type, "L1") == 0 &&
		(strcmp(other, "CB") == 0 || strcmp(other, "KERNEL") == 0));
}

static int compare_begins(const void *a, const void *b)
{
	const struct extent *left = a, *right = b;

	return left->begin < right->begin ? -1 : left->begin > right->begin;
}

static uint64_t largest_gap(struct extent *extents, size_t count, uint64_t begin,
			    uint64_t end)
{
	uint64_t gap = 0, free_from = begin;

	qsort(extents, count, sizeof(*extents), compare_begins);
	for (size_t i = 0; i < count; i++) {
		if (extents[i].begin > free_from && extents[i].begin - free_from > gap)
			gap = extents[i].begin - free_from;
		if (extents[i].end > free_from)
			free_from = extents[i].end;
	}
	return end > free_from && end - free_from > gap ? end - free_from : gap;
}

static bool hides_some(const struct build *build, const struct snap_device *device,
		       const char *type)
{
	for (size_t i = 0; i < device->memory_count; i++)
		if (shares_bank(type, device->memory[i].type) &&
		    is_hidden(build, device->id, device->memory[i].type))
			return true;
	return false;
}

static void find_gap(const struct build *build, const struct snap_device *device,
		     struct snap_device_memory *row, struct slice slice,
		     struct extent *extents)
{
	const struct tta_geometry *geometry =
		build_row(build, device->id, row->type)->geometry;
	size_t count = 0;

	if (!geometry || geometry->bank_size == 0 || hides_some(build, device, row->type))
		return;
	for (size_t i = 0; i < slice.count; i++) {
		struct snap_buffer *buffer = &slice.first[i];

		if (!shares_bank(row->type, buffer->type) || !counts(build, buffer))
			continue;
		if (!bank_range(build, buffer, &extents[count++]))
			return;
	}
	row->largest_free = largest_gap(extents, count, geometry->base,
					geometry->base + geometry->bank_size);
}

/* Circular buffers grow up from the base of L1, other buffers down from its end. */
static void find_headroom(const struct build *build, struct snap_device *device,
			  struct slice slice)
{
	const char *l1 = snap_builtin_type(TTA_L1), *cb = snap_builtin_type(TTA_CB);
	const struct build_row *row = build_row(build, device->id, l1);
	struct extent extent;
	uint64_t cb_end, lowest;

	if (!row || !row->geometry || row->geometry->bank_size == 0 || row->hidden ||
	    is_hidden(build, device->id, cb))
		return;
	cb_end = row->geometry->base;
	lowest = row->geometry->base + row->geometry->bank_size;
	for (size_t i = 0; i < slice.count; i++) {
		struct snap_buffer *buffer = &slice.first[i];

		if (!counts(build, buffer))
			continue;
		if (buffer->type == l1 && buffer->addr < lowest)
			lowest = buffer->addr;
		if (buffer->type != cb)
			continue;
		if (!bank_range(build, buffer, &extent))
			return;
		if (extent.end > cb_end)
			cb_end = extent.end;
	}
	device->cb_end = cb_end;
	device->lowest_l1 = lowest;
	device->l1_headroom = lowest > cb_end ? lowest - cb_end : 0;
}

int build_extents(struct build *build)
{
	struct snapshot *snapshot = build->snapshot;
	struct extent *extents =
		arena_array(build->scratch, snapshot->buffer_count, sizeof(*extents));
	size_t position = 0;

	if (!extents)
		return -ENOMEM;
	if (!snapshot->has_buffers)
		return 0;
	find_hidden(build);
	for (uint32_t i = 0; i < snapshot->device_count; i++) {
		struct snap_device *device = &snapshot->devices[i];
		struct slice slice = device_slice(snapshot, i, &position);

		for (size_t j = 0; j < device->memory_count; j++)
			find_gap(build, device, &device->memory[j], slice, extents);
		find_headroom(build, device, slice);
	}
	return find_overlaps(build);
}
