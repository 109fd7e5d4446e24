/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Merging devices: processes number them as they like, so one device is known by
 * (kind, stable id) when somebody described it so, else by (kind, number).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_build.h"

static const char *place_kind(const struct build_place *place)
{
	return place->described ? place->described->kind : "";
}

static const char *place_uid(const struct build_place *place)
{
	return place->described ? place->described->stable_id : "";
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/* By number; described ones first, so that they survive place_unique(). */
static int compare_places(const void *a, const void *b)
{
	const struct build_place *left = a, *right = b;

	if (left->number != right->number)
		return compare_numbers(left->number, right->number);
	return (left->described == NULL) - (right->described == NULL);
}

static bool places_sorted(const struct build_place *list, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (compare_places(&list[i - 1], &list[i]) > 0)
			return false;
	return true;
}

static size_t places_unique(struct build_place *list, size_t count)
{
	size_t kept = 0;

	if (!places_sorted(list, count))
		qsort(list, count, sizeof(*list), compare_places);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || list[kept - 1].number != list[i].number)
			list[kept++] = list[i];
	return kept;
}

static size_t places_room(const struct tta_process *process)
{
	size_t room = process->device_count + process->memory_count;

	for (size_t i = 0; i < process->buffer_count; i = build_run_end(process, i))
		room++;
	for (size_t i = 0; i < process->mark_count; i++)
		room += process->marks[i].memory_count;
	return room;
}

/* Memory rows are sorted by device, and almost every device has one. */
static bool has_row(const struct tta_process *process, uint32_t device)
{
	size_t low = 0, high = process->memory_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (process->memory[middle].device == device)
			return true;
		if (process->memory[middle].device < device)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Every device number that a process mentions anywhere. */
static int places_of(struct build *build, const struct tta_process *process,
		     struct build_places *places)
{
	struct build_place *list =
		arena_array(build->scratch, places_room(process), sizeof(*list));
	size_t count = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = process->device_count; i-- > 0;)
		list[count++] = (struct build_place){.number = process->devices[i].number,
						     .described = &process->devices[i]};
	for (size_t i = 0; i < process->memory_count; i++)
		list[count++].number = process->memory[i].device;
	for (size_t i = 0; i < process->buffer_count; i = build_run_end(process, i))
		if (!has_row(process, process->buffers[i].device))
			list[count++].number = process->buffers[i].device;
	for (size_t i = 0; i < process->mark_count; i++)
		for (size_t j = 0; j < process->marks[i].memory_count; j++)
			list[count++].number = process->marks[i].memory[j].device;
	places->list = list;
	places->count = places_unique(list, count);
	return 0;
}

/* Equal keys are one device. */
static int compare_keys(const struct build_place *a, const struct build_place *b)
{
	int order = strcmp(place_kind(a), place_kind(b));

	if (order == 0)
		order = strcmp(place_uid(a), place_uid(b));
	if (order == 0 && place_uid(a)[0] == '\0')
		order = compare_numbers(a->number, b->number);
	return order;
}

static int compare_by_key(const void *a, const void *b)
{
	const struct build_place *left = *(struct build_place *const *)a;
	const struct build_place *right = *(struct build_place *const *)b;
	int order = compare_keys(left, right);

	return order ? order : compare_numbers(left->number, right->number);
}

/* Places of one device, and what the device is shown as. */
struct device_group {
	struct build_place **places;
	size_t count;
	struct snap_device device;
};

static int compare_groups(const void *a, const void *b)
{
	const struct snap_device *left = &((const struct device_group *)a)->device;
	const struct snap_device *right = &((const struct device_group *)b)->device;
	int order = strcmp(left->kind, right->kind);

	if (order == 0)
		order = compare_numbers(left->number, right->number);
	return order ? order : strcmp(left->uid, right->uid);
}

/*
 * A process that sees some of the devices numbers them from 0, so nobody's number is
 * larger than the machine's: the largest one is shown.
 */
static struct snap_device group_device(struct build *build,
				       const struct device_group *group)
{
	const struct build_place *last = group->places[group->count - 1];
	struct snap_device device = {
		.number = last->number,
		.kind = arena_string(build->arena, place_kind(last)),
		.uid = arena_string(build->arena, place_uid(last)),
		.arch = "",
		.l1_headroom = SNAP_UNKNOWN,
		.cb_end = SNAP_UNKNOWN,
		.lowest_l1 = SNAP_UNKNOWN,
	};

	for (size_t i = 0; i < group->count && device.arch[0] == '\0'; i++)
		if (group->places[i]->described)
			device.arch = arena_string(build->arena,
						   group->places[i]->described->arch);
	return device;
}

static size_t group_places(struct build *build, struct build_place **sorted, size_t count,
			   struct device_group *groups)
{
	size_t group_count = 0;

	qsort(sorted, count, sizeof(*sorted), compare_by_key);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || compare_keys(sorted[i - 1], sorted[i]) != 0)
			groups[group_count++].places = &sorted[i];
		groups[group_count - 1].count++;
	}
	for (size_t i = 0; i < group_count; i++)
		groups[i].device = group_device(build, &groups[i]);
	qsort(groups, group_count, sizeof(*groups), compare_groups);
	return group_count;
}

static bool same_description(const struct tta_device *a, const struct tta_device *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a->kind, b->kind) == 0 && strcmp(a->stable_id, b->stable_id) == 0 &&
	       strcmp(a->arch, b->arch) == 0;
}

/* Many processes on one machine say the same: a place that is like the one beside it in
 * the process before says nothing new, and need not be sorted. */
static const struct build_place *like_before(const struct build *build, size_t process,
					     size_t at)
{
	const struct build_place *place = &build->places[process].list[at], *other;

	if (process == 0 || at >= build->places[process - 1].count)
		return NULL;
	other = &build->places[process - 1].list[at];
	if (place->number != other->number ||
	    !same_description(place->described, other->described))
		return NULL;
	return other->like ? other->like : other;
}

static void take_over_devices(struct build *build)
{
	for (size_t i = 0; i < build->sample->process_count; i++)
		for (size_t j = 0; j < build->places[i].count; j++) {
			struct build_place *place = &build->places[i].list[j];

			if (place->like)
				place->device = place->like->device;
		}
}

static int merge_places(struct build *build, size_t count)
{
	struct snapshot *snapshot = build->snapshot;
	struct build_place **sorted = arena_array(build->scratch, count, sizeof(*sorted));
	struct device_group *groups = arena_array(build->scratch, count, sizeof(*groups));
	size_t filled = 0;

	if (!sorted || !groups)
		return -ENOMEM;
	for (size_t i = 0; i < build->sample->process_count; i++)
		for (size_t j = 0; j < build->places[i].count; j++) {
			struct build_place *place = &build->places[i].list[j];

			place->like = like_before(build, i, j);
			if (!place->like)
				sorted[filled++] = place;
		}
	snapshot->device_count = group_places(build, sorted, filled, groups);
	snapshot->devices = arena_array(build->arena, snapshot->device_count,
					sizeof(*snapshot->devices));
	if (!snapshot->devices)
		return -ENOMEM;
	for (uint32_t i = 0; i < snapshot->device_count; i++) {
		snapshot->devices[i] = groups[i].device;
		snapshot->devices[i].id = i;
		for (size_t j = 0; j < groups[i].count; j++)
			groups[i].places[j]->device = i;
	}
	take_over_devices(build);
	return 0;
}

int build_devices(struct build *build)
{
	size_t count = build->sample->process_count, places = 0;
	int err = 0;

	build->places = arena_array(build->scratch, count, sizeof(*build->places));
	if (!build->places)
		return -ENOMEM;
	for (size_t i = 0; i < count && !err; i++) {
		err = places_of(build, &build->sample->processes[i], &build->places[i]);
		places += build->places[i].count;
	}
	return err ? err : merge_places(build, places);
}
