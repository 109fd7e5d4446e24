/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where buffers lie inside a bank: overlaps, the largest gap, L1 headroom. All banks of
 * an interleaved buffer look alike, so one bank is looked at. Whatever was not told or
 * described stays unknown.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "extent_sort.h"
#include "snapshot_build.h"

#define SPACE_SHARED 0u /* what all living processes see alike */

/* One device being looked at. */
struct look {
	struct build *build;
	struct snap_device *device;
	struct extent *list; /* of what is owned: in order */
	size_t count;
	struct extent *other, *third; /* room for as many */
	const bool *unplaced;	      /* by row */
};

static uint64_t bank_bytes(const struct snap_buffer *buffer, const struct build_row *row)
{
	if (buffer->bank_size != SNAP_UNKNOWN)
		return buffer->bank_size;
	if (!row->geometry || row->geometry->banks == 0)
		return SNAP_UNKNOWN;
	return buffer->size / row->geometry->banks +
	       (buffer->size % row->geometry->banks != 0);
}

static bool bank_end(const struct snap_buffer *buffer, const struct build_row *row,
		     uint64_t *ret_end)
{
	uint64_t bytes = bank_bytes(buffer, row);

	return bytes != SNAP_UNKNOWN &&
	       !__builtin_add_overflow(buffer->addr, bytes, ret_end);
}

static bool counts(const struct build *build, const struct snap_buffer *buffer)
{
	return snap_state_counts(build->snapshot->processes[buffer->process].state);
}

static bool is_host(const char *type)
{
	return strcmp(type, "HOST") == 0 || strcmp(type, "SYSTEM") == 0;
}

/* Host addresses mean something in one process only, those of the dead in none. */
static uint32_t space_of(const struct build *build, const struct snap_buffer *buffer,
			 bool host)
{
	enum snap_state state = build->snapshot->processes[buffer->process].state;
	bool living = state == SNAP_LIVE || state == SNAP_IDLE;

	return living && !host ? SPACE_SHARED : buffer->process + 1;
}

/* ---- taking note ---- */

int build_extents_begin(struct build *build)
{
	const struct snapshot *snapshot = build->snapshot;
	size_t rows = 0;

	for (size_t i = 0; i < snapshot->device_count; i++)
		rows += snapshot->devices[i].memory_count;
	build->extents = (struct build_extents){
		.list = arena_room(build->scratch, snapshot->buffer_count,
				   sizeof(struct extent)),
		.count = arena_array(build->scratch, snapshot->device_count,
				     sizeof(size_t)),
		.unplaced = arena_array(build->scratch, rows, sizeof(bool)),
	};
	return arena_failed(build->scratch) ? -ENOMEM : 0;
}

/* Place of @type among the device's rows: every held type has one. */
static uint32_t row_of(const struct snap_device *device, const char *type)
{
	uint32_t row = 0;

	while (row < device->memory_count && device->memory[row].type != type)
		row++;
	return row;
}

/* Which of the rows in build->rows is the first of @device. */
static size_t first_row(const struct build *build, const struct snap_device *device)
{
	return (size_t)(build_rows(build, device) - build->rows);
}

/* False when it is not known where @buffer ends. */
static bool note_extent(struct build *build, struct snap_buffer *buffer, uint32_t row,
			bool host)
{
	const struct snap_device *device = &build->snapshot->devices[buffer->device];
	size_t *count = &build->extents.count[buffer->device];
	struct extent *extent =
		&build->extents.list[build->buffers_begin[buffer->device] + *count];
	uint64_t end;

	if (!bank_end(buffer, &build_rows(build, device)[row], &end))
		return false;
	if (end == buffer->addr)
		return true;
	*extent = (struct extent){
		.group = (uint64_t)row << 32 | space_of(build, buffer, host),
		.begin = buffer->addr,
		.end = end,
		.buffer = buffer,
	};
	++*count;
	return true;
}

/* Views alone own nothing, and nothing has no range. */
void build_extents_add(struct build *build, uint32_t device, struct snap_buffer *first,
		       size_t count)
{
	const struct snap_device *of = &build->snapshot->devices[device];
	bool *unplaced = &build->extents.unplaced[first_row(build, of)];
	const char *type = NULL;
	uint32_t row = 0;
	bool host = false;

	for (size_t i = 0; i < count; i++) {
		if (first[i].type != type) {
			type = first[i].type;
			row = row_of(of, type);
			host = is_host(type);
		}
		if (first[i].refs != 0 && row < of->memory_count &&
		    !note_extent(build, &first[i], row, host) && counts(build, &first[i]))
			unplaced[row] = true;
	}
}

/* ---- overlaps ---- */

static void sort(struct look *look)
{
	struct extent *sorted = extents_sort(look->list, look->other, look->count);

	if (sorted == look->list)
		return;
	look->other = look->list;
	look->list = sorted;
}

/* In order of begin: one that begins before the farthest end so far overlaps it. */
static void flag_overlaps(const struct look *look)
{
	const struct extent *farthest = NULL;

	for (size_t i = 0; i < look->count; i++) {
		const struct extent *extent = &look->list[i];

		if (!farthest || farthest->group != extent->group) {
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

/* ---- gaps ---- */

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

/* What lies in a bank of @type: circular buffers and kernels share L1. */
static bool shares_bank(const char *type, const char *other)
{
	return type == other ||
	       (strcmp(type, "L1") == 0 &&
		(strcmp(other, "CB") == 0 || strcmp(other, "KERNEL") == 0));
}

/* Everything placed in the bank of @type, as one group, in @look->other. */
static size_t gather_bank(const struct look *look, const char *type)
{
	size_t count = 0;

	for (size_t i = 0; i < look->count; i++) {
		const struct extent *extent = &look->list[i];

		if (!shares_bank(type, extent->buffer->type) ||
		    !counts(look->build, extent->buffer))
			continue;
		look->other[count] = *extent;
		look->other[count++].group = 0;
	}
	return count;
}

static uint64_t largest_gap(const struct extent *sorted, size_t count,
			    const struct tta_geometry *geometry)
{
	uint64_t end = geometry->base + geometry->bank_size;
	uint64_t gap = 0, free_from = geometry->base;

	for (size_t i = 0; i < count; i++) {
		if (sorted[i].begin > free_from && sorted[i].begin - free_from > gap)
			gap = sorted[i].begin - free_from;
		if (sorted[i].end > free_from)
			free_from = sorted[i].end;
	}
	return end > free_from && end - free_from > gap ? end - free_from : gap;
}

/* Unknown unless all that lies in the bank is known, and where. */
static bool bank_is_known(const struct look *look, const char *type)
{
	const struct snap_device *device = look->device;

	for (size_t i = 0; i < device->memory_count; i++)
		if (shares_bank(type, device->memory[i].type) &&
		    (look->unplaced[i] ||
		     is_hidden(look->build, device->id, device->memory[i].type)))
			return false;
	return true;
}

static void find_gap(const struct look *look, size_t row)
{
	struct snap_device_memory *memory = &look->device->memory[row];
	const struct tta_geometry *geometry =
		build_rows(look->build, look->device)[row].geometry;
	size_t count;

	if (!geometry || geometry->bank_size == 0 || !bank_is_known(look, memory->type))
		return;
	count = gather_bank(look, memory->type);
	memory->largest_free = largest_gap(extents_sort(look->other, look->third, count),
					   count, geometry);
}

/* Circular buffers grow up from the base of L1, other buffers down from its end. */
static void find_headroom(const struct look *look)
{
	const char *l1 = snap_builtin_type(TTA_L1), *cb = snap_builtin_type(TTA_CB);
	struct snap_device *device = look->device;
	const struct build_row *row = build_row(look->build, device->id, l1);
	const struct build_row *cb_row = build_row(look->build, device->id, cb);
	uint64_t cb_end, lowest;

	if (!row || !row->geometry || row->geometry->bank_size == 0 || row->hidden ||
	    look->unplaced[row_of(device, l1)] ||
	    (cb_row && (cb_row->hidden || look->unplaced[row_of(device, cb)])))
		return;
	cb_end = row->geometry->base;
	lowest = row->geometry->base + row->geometry->bank_size;
	for (size_t i = 0; i < look->count; i++) {
		const struct extent *extent = &look->list[i];
		const char *type = extent->buffer->type;

		if ((type != l1 && type != cb) || !counts(look->build, extent->buffer))
			continue;
		if (type == l1 && extent->begin < lowest)
			lowest = extent->begin;
		if (type == cb && extent->end > cb_end)
			cb_end = extent->end;
	}
	device->cb_end = cb_end;
	device->lowest_l1 = lowest;
	device->l1_headroom = lowest > cb_end ? lowest - cb_end : 0;
}

/* ---- all devices ---- */

static void look_at(struct look *look)
{
	sort(look);
	flag_overlaps(look);
	for (size_t i = 0; i < look->device->memory_count; i++)
		find_gap(look, i);
	find_headroom(look);
}

/* Room for what the largest device has. */
static int look_init(struct look *look)
{
	const struct build *build = look->build;
	size_t most = 0;

	for (size_t i = 0; i < build->snapshot->device_count; i++)
		if (build->extents.count[i] > most)
			most = build->extents.count[i];
	look->other = arena_room(build->scratch, most, sizeof(*look->other));
	look->third = arena_room(build->scratch, most, sizeof(*look->third));
	return look->other && look->third ? 0 : -ENOMEM;
}

int build_extents(struct build *build)
{
	struct snapshot *snapshot = build->snapshot;
	struct look room = {.build = build};

	if (!snapshot->has_buffers)
		return 0;
	if (look_init(&room))
		return -ENOMEM;
	find_hidden(build);
	for (size_t i = 0; i < snapshot->device_count; i++) {
		struct look look = room;

		look.device = &snapshot->devices[i];
		look.list = &build->extents.list[build->buffers_begin[i]];
		look.count = build->extents.count[i];
		look.unplaced = &build->extents.unplaced[first_row(build, look.device)];
		look_at(&look);
	}
	return 0;
}
