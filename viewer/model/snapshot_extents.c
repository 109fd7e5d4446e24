/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where buffers lie inside a bank: overlaps, the largest gap, L1 headroom. All banks of
 * an interleaved buffer look alike, so one bank is looked at. Whatever was not told or
 * described stays unknown.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bank.h"
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

/* Which of the rows of all devices is the first of @device. */
static size_t first_row(const struct build *build, const struct snap_device *device)
{
	return device->memory ? (size_t)(device->memory - build->memory) : 0;
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

	if (!bank_buffer_end(buffer, device->memory[row].banks, &end))
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

/* Everything placed in the bank, as one group, in @look->other. */
static size_t gather_bank(const struct look *look, const struct bank *bank)
{
	const char *type = NULL;
	size_t count = 0;
	bool held = false;

	for (size_t i = 0; i < look->count; i++) {
		const struct extent *extent = &look->list[i];

		if (extent->buffer->type != type) {
			type = extent->buffer->type;
			held = bank_holds(bank, type);
		}
		if (!held || !counts(look->build, extent->buffer))
			continue;
		look->other[count] = *extent;
		look->other[count++].group = 0;
	}
	return count;
}

/* The largest free piece of [@begin, @end), if larger than @gap. */
static uint64_t larger_gap(const struct bank *bank, uint64_t begin, uint64_t end,
			   uint64_t gap)
{
	struct bank_gap piece;

	while (bank_next_gap(bank, &begin, end, &piece))
		if (!piece.apart && piece.end - piece.begin > gap)
			gap = piece.end - piece.begin;
	return gap;
}

static uint64_t largest_gap(const struct extent *sorted, size_t count,
			    const struct bank *bank)
{
	uint64_t gap = 0, free_from = bank->begin;

	for (size_t i = 0; i < count && free_from < bank->end; i++) {
		uint64_t until =
			sorted[i].begin < bank->end ? sorted[i].begin : bank->end;

		gap = larger_gap(bank, free_from, until, gap);
		if (sorted[i].end > free_from)
			free_from = sorted[i].end;
	}
	return larger_gap(bank, free_from, bank->end, gap);
}

/* Unknown unless all that lies in the bank is known, and where. */
static bool bank_is_known(const struct look *look, const struct bank *bank)
{
	const struct snap_device *device = look->device;

	for (size_t i = 0; i < device->memory_count; i++)
		if (bank_holds(bank, device->memory[i].type) &&
		    (look->unplaced[i] || device->memory[i].hidden))
			return false;
	return true;
}

static void find_gap(const struct look *look, size_t row)
{
	struct snap_device_memory *memory = &look->device->memory[row];
	struct bank bank;
	size_t count;

	if (!bank_of(look->device, row, &bank) || !bank_is_known(look, &bank))
		return;
	count = gather_bank(look, &bank);
	memory->largest_free =
		largest_gap(extents_sort(look->other, look->third, count), count, &bank);
}

/* Is it known where each buffer of @type lies, of all that are held? */
static bool row_is_known(const struct look *look, const char *type)
{
	uint32_t row = row_of(look->device, type);

	return row == look->device->memory_count ||
	       (!look->device->memory[row].hidden && !look->unplaced[row]);
}

/* Circular buffers grow up from the base of L1, other buffers down from its end. */
static void find_headroom(const struct look *look)
{
	const char *l1 = snap_builtin_type(TTA_L1), *cb = snap_builtin_type(TTA_CB);
	struct snap_device *device = look->device;
	uint32_t row = row_of(device, l1);
	uint64_t cb_end, lowest;
	struct bank bank;

	if (row == device->memory_count || !bank_of(device, row, &bank) ||
	    !row_is_known(look, l1) || !row_is_known(look, cb))
		return;
	cb_end = bank.begin;
	lowest = bank.end;
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
