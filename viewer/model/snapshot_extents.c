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
	struct snap_buffer *buffers; /* all that it has: snapshot.buffers is sorted so */
	size_t buffer_count;
	struct extent *list;	      /* of what is owned: in order */
	struct extent *other, *third; /* room for as many */
	size_t count;
	bool *unplaced; /* by row: some that is owned has no known range */
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

/* ---- overlaps ---- */

/* Place of @type among the device's rows: every held type has one. */
static uint32_t row_of(const struct look *look, const char *type)
{
	uint32_t row = 0;

	while (row < look->device->memory_count && look->device->memory[row].type != type)
		row++;
	return row;
}

/* Views alone own nothing, and nothing has no range. */
static void collect(struct look *look)
{
	const struct build_row *rows = build_rows(look->build, look->device);
	const char *type = NULL;
	uint32_t row = 0;
	bool host = false;

	look->count = 0;
	for (size_t i = 0; i < look->buffer_count; i++) {
		struct snap_buffer *buffer = &look->buffers[i];
		struct extent *extent = &look->list[look->count];

		if (buffer->type != type) {
			type = buffer->type;
			row = row_of(look, type);
			host = is_host(type);
		}
		if (buffer->refs == 0 || row == look->device->memory_count)
			continue;
		extent->buffer = buffer;
		extent->begin = buffer->addr;
		extent->group = (uint64_t)row << 32 | space_of(look->build, buffer, host);
		if (!bank_end(buffer, &rows[row], &extent->end))
			look->unplaced[row] =
				look->unplaced[row] || counts(look->build, buffer);
		else if (extent->begin != extent->end)
			look->count++;
	}
}

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
	const struct build *build = look->build;
	struct snap_device *device = look->device;
	const struct build_row *row = build_row(build, device->id, l1);
	const struct build_row *cb_row = build_row(build, device->id, cb);
	uint64_t cb_end, lowest, end;

	if (!row || !row->geometry || row->geometry->bank_size == 0 || row->hidden ||
	    (cb_row && cb_row->hidden))
		return;
	cb_end = row->geometry->base;
	lowest = row->geometry->base + row->geometry->bank_size;
	for (size_t i = 0; i < look->buffer_count; i++) {
		const struct snap_buffer *buffer = &look->buffers[i];

		if (!counts(build, buffer))
			continue;
		if (buffer->type == l1 && buffer->addr < lowest)
			lowest = buffer->addr;
		if (buffer->type != cb || !cb_row)
			continue;
		if (!bank_end(buffer, cb_row, &end))
			return;
		if (end > cb_end)
			cb_end = end;
	}
	device->cb_end = cb_end;
	device->lowest_l1 = lowest;
	device->l1_headroom = lowest > cb_end ? lowest - cb_end : 0;
}

/* ---- all devices ---- */

static void look_at(struct look *look)
{
	collect(look);
	sort(look);
	flag_overlaps(look);
	for (size_t i = 0; i < look->device->memory_count; i++)
		find_gap(look, i);
	find_headroom(look);
}

static size_t device_begin(const struct build *build, size_t device)
{
	return device > 0 ? build->buffers_end[device - 1] : 0;
}

/* Room for what the largest device has. */
static int look_init(struct look *look)
{
	const struct snapshot *snapshot = look->build->snapshot;
	struct arena *scratch = look->build->scratch;
	size_t most = 0, rows = 0;

	for (size_t i = 0; i < snapshot->device_count; i++) {
		size_t count = look->build->buffers_end[i] - device_begin(look->build, i);

		most = count > most ? count : most;
		rows += snapshot->devices[i].memory_count;
	}
	look->list = arena_array(scratch, most + 1, sizeof(*look->list));
	look->other = arena_array(scratch, most + 1, sizeof(*look->other));
	look->third = arena_array(scratch, most + 1, sizeof(*look->third));
	look->unplaced = arena_array(scratch, rows, sizeof(*look->unplaced));
	return look->list && look->other && look->third && look->unplaced ? 0 : -ENOMEM;
}

int build_extents(struct build *build)
{
	struct snapshot *snapshot = build->snapshot;
	struct look look = {.build = build};

	if (!snapshot->has_buffers)
		return 0;
	if (look_init(&look))
		return -ENOMEM;
	find_hidden(build);
	for (size_t i = 0; i < snapshot->device_count; i++) {
		look.device = &snapshot->devices[i];
		look.buffers = &snapshot->buffers[device_begin(build, i)];
		look.buffer_count = build->buffers_end[i] - device_begin(build, i);
		look_at(&look);
		look.unplaced += look.device->memory_count;
	}
	return 0;
}
