/* SPDX-License-Identifier: BSD-2-Clause */
/* Per device and memory type: geometry as described, and what the processes hold. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_build.h"

/* One mention of a (device, type): by a description, or because somebody holds some. */
struct mention {
	uint32_t device;
	const char *type;
	const struct tta_geometry *geometry; /* NULL = not a description */
	bool counts;			     /* by a process not proven dead */
};

/* Descriptions first, those of the living before those of the dead. */
static int compare_mentions(const void *a, const void *b)
{
	const struct mention *left = a, *right = b;
	int order;

	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	order = snap_type_compare(left->type, right->type);
	if (order == 0)
		order = (left->geometry == NULL) - (right->geometry == NULL);
	if (order == 0)
		order = right->counts - left->counts;
	return order;
}

static size_t mentions_of(struct build *build, size_t process, struct mention *list)
{
	const struct tta_process *from = &build->sample->processes[process];
	const struct snap_process *to = &build->snapshot->processes[process];
	const struct build_places *places = &build->places[process];
	bool counts = snap_state_counts(to->state);
	size_t count = 0;

	for (size_t i = 0; i < places->count; i++) {
		const struct tta_device *device = places->list[i].described;

		for (size_t j = 0; device && j < device->geometry_count; j++)
			list[count++] = (struct mention){
				.device = places->list[i].device,
				.type = build_type(build, from, device->geometry[j].type),
				.geometry = &device->geometry[j],
				.counts = counts,
			};
	}
	for (size_t i = 0; i < to->memory_count; i++)
		list[count++] = (struct mention){.device = to->memory[i].device,
						 .type = to->memory[i].type,
						 .counts = counts};
	return count;
}

/* Sorts like @other, behind it: it would be left out of the rows. */
static bool says_nothing_new(const struct mention *mention, const struct mention *other)
{
	return mention->device == other->device && mention->type == other->type &&
	       !mention->geometry == !other->geometry && mention->counts == other->counts;
}

/*
 * Mentions of all processes into @list. Many processes on one machine say the same, so
 * what is like the one beside it in the process before is left out.
 */
static size_t all_mentions(struct build *build, struct mention *list,
			   struct mention *before)
{
	size_t count = 0, before_count = 0;

	for (size_t i = 0; i < build->sample->process_count; i++) {
		struct mention *mine = &list[count];
		size_t mine_count = mentions_of(build, i, mine);

		for (size_t j = 0; j < mine_count; j++) {
			struct mention mention = mine[j];

			if (j >= before_count || !says_nothing_new(&mention, &before[j]))
				list[count++] = mention;
			before[j] = mention;
		}
		before_count = mine_count;
	}
	return count;
}

static size_t mentions_room(const struct build *build)
{
	size_t room = 0;

	for (size_t i = 0; i < build->sample->process_count; i++) {
		const struct tta_process *process = &build->sample->processes[i];

		room += process->memory_count;
		for (size_t j = 0; j < process->device_count; j++)
			room += process->devices[j].geometry_count;
	}
	return room;
}

static uint64_t known(uint64_t value)
{
	return value ? value : SNAP_UNKNOWN;
}

/* `free` holds what is there for buffers, until it is known what is used. */
static struct snap_device_memory new_row(const struct mention *mention)
{
	const struct tta_geometry *geometry = mention->geometry;
	struct snap_device_memory row = {
		.type = mention->type,
		.capacity = SNAP_UNKNOWN,
		.peak = SNAP_UNKNOWN,
		.free = SNAP_UNKNOWN,
		.largest_free = SNAP_UNKNOWN,
		.banks = SNAP_UNKNOWN,
		.bank_size = SNAP_UNKNOWN,
		.base = SNAP_UNKNOWN,
	};

	if (!geometry)
		return row;
	row.capacity = known(geometry->capacity);
	row.banks = known(geometry->banks);
	row.bank_size = known(geometry->bank_size);
	row.base = geometry->base;
	if (geometry->capacity > geometry->reserved)
		row.free = geometry->capacity - geometry->reserved;
	return row;
}

static int fill_rows(struct build *build, struct mention *list, size_t count)
{
	size_t rows = 0;

	qsort(list, count, sizeof(*list), compare_mentions);
	build->memory = arena_array(build->arena, count, sizeof(*build->memory));
	if (!build->memory)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct snap_device *device = &build->snapshot->devices[list[i].device];

		if (i > 0 && list[i].device == list[i - 1].device &&
		    list[i].type == list[i - 1].type)
			continue;
		if (!device->memory)
			device->memory = &build->memory[rows];
		device->memory_count++;
		build->memory[rows++] = new_row(&list[i]);
	}
	return 0;
}

struct snap_device_memory *build_row(const struct build *build, uint32_t device,
				     const char *type)
{
	const struct snap_device *of = &build->snapshot->devices[device];

	for (size_t i = 0; i < of->memory_count; i++)
		if (of->memory[i].type == type)
			return &of->memory[i];
	return NULL;
}

/*
 * Peaks of several processes need not have been at the same time: a device's peak is
 * known only when one process alone ever held some.
 */
static int find_peaks(struct build *build, size_t rows)
{
	uint64_t *holders = arena_array(build->scratch, rows, sizeof(*holders));

	if (!holders)
		return -ENOMEM;
	for (size_t i = 0; i < build->snapshot->process_count; i++) {
		const struct snap_process *process = &build->snapshot->processes[i];

		for (size_t j = 0; j < process->memory_count; j++) {
			const struct snap_memory *memory = &process->memory[j];
			size_t row =
				(size_t)(build_row(build, memory->device, memory->type) -
					 build->memory);

			if (!snap_state_counts(process->state))
				continue;
			build->memory[row].peak =
				holders[row]++ == 0 ? memory->peak : SNAP_UNKNOWN;
		}
	}
	return 0;
}

static void find_free(struct build *build, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		struct snap_device_memory *row = &build->memory[i];

		if (row->free == SNAP_UNKNOWN || row->used == SNAP_UNKNOWN)
			row->free = SNAP_UNKNOWN;
		else
			row->free = row->free > row->used ? row->free - row->used : 0;
	}
}

int build_device_memory(struct build *build)
{
	size_t room = mentions_room(build), rows = 0;
	struct mention *list = arena_room(build->scratch, room, sizeof(*list));
	struct mention *before = arena_room(build->scratch, room, sizeof(*before));
	int err;

	if (!list || !before)
		return -ENOMEM;
	err = fill_rows(build, list, all_mentions(build, list, before));
	if (err)
		return err;
	for (size_t i = 0; i < build->snapshot->device_count; i++)
		rows += build->snapshot->devices[i].memory_count;
	err = find_peaks(build, rows);
	if (err)
		return err;
	snapshot_sum_up(build->snapshot);
	find_free(build, rows);
	return 0;
}
