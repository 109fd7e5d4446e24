/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot_unpublished.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "format.h"
#include "place_key.h"
#include "snapshot_user.h"

#define DEVICES_TEXT 64

/* Real segments have random numbers of 64 bits. */
uint64_t snap_unpublished_key(uint32_t pid, uint64_t start_time)
{
	const uint64_t parts[] = {pid, start_time};

	return place_bytes_key(parts, sizeof(parts));
}

bool snap_holds_device(const struct snap_process *process,
		       const struct snap_device *device)
{
	/* One that nobody described may be of this kind. */
	if (*device->kind && strcmp(device->kind, SNAP_DRIVER_KIND) != 0)
		return false;
	for (size_t i = 0; i < process->held_count; i++)
		if (process->held[i] == device->number)
			return true;
	return false;
}

static const char *note_of(struct arena *arena, const struct snap_unpublished *from)
{
	char devices[DEVICES_TEXT];

	format_ranges(devices, sizeof(devices), from->devices, from->device_count);
	return arena_printf(arena, "holds device %s, does not publish: %s", devices,
			    from->why);
}

static int fill_in(struct arena *arena, const struct snap_unpublished *from,
		   struct snap_process *to)
{
	uint32_t *held = arena_room(arena, from->device_count, sizeof(*held));
	const char **reasons = arena_room(arena, 1, sizeof(*reasons));

	if (!held || !reasons)
		return -ENOMEM;
	memcpy(held, from->devices, from->device_count * sizeof(*held));
	*to = (struct snap_process){
		.segment = snap_unpublished_key(from->pid, from->start_time),
		.file = "",
		.pid = from->pid,
		.start_time = from->start_time,
		.start_realtime_ns = from->start_realtime_ns,
		.uid = from->uid,
		.user = snap_user_name(arena, from->uid),
		.comm = arena_string(arena, from->comm),
		.cmdline = "",
		.run_id = "",
		.state = SNAP_STATE_UNKNOWN,
		.source = SNAP_SOURCE_DRIVER,
		.note = note_of(arena, from),
		.inexact_reasons = reasons,
		.inexact_reason_count = 1,
		.events = SNAP_UNKNOWN,
		.last_event_ns = SNAP_UNKNOWN,
		.lost = SNAP_UNKNOWN,
		.uncertain = SNAP_UNKNOWN,
		.unknown_frees = SNAP_UNKNOWN,
		.unmatched = SNAP_UNKNOWN,
		.closed = SNAP_UNKNOWN,
		.dups = SNAP_UNKNOWN,
		.size_changes = SNAP_UNKNOWN,
		.dangling = SNAP_UNKNOWN,
		.alloc_failed = SNAP_UNKNOWN,
		.dropped = SNAP_UNKNOWN,
		.unpublished = true,
		.held = held,
		.held_count = from->device_count,
	};
	reasons[0] = to->note;
	return 0;
}

static int compare_processes(const void *a, const void *b)
{
	const struct snap_process *left = a, *right = b;

	if (left->pid != right->pid)
		return left->pid < right->pid ? -1 : 1;
	if (left->start_time != right->start_time)
		return left->start_time < right->start_time ? -1 : 1;
	if (left->segment != right->segment)
		return left->segment < right->segment ? -1 : 1;
	return 0;
}

/* Buffers lead to their process by its place. */
static void move_buffers(struct snapshot *snapshot, const uint32_t *places)
{
	for (size_t i = 0; i < snapshot->buffer_count; i++)
		snapshot->buffers[i].process = places[snapshot->buffers[i].process];
}

/* Put the @count new ones in @added, sorted, between those that are there. */
static void merge(struct snapshot *snapshot, const struct snap_process *added,
		  size_t count, struct snap_process *to, uint32_t *places)
{
	size_t old = 0, new = 0, at = 0;

	while (old < snapshot->process_count || new < count) {
		bool take_old =
			new == count ||
			(old < snapshot->process_count &&
			 compare_processes(&snapshot->processes[old], &added[new]) <= 0);

		if (take_old)
			places[old] = (uint32_t)at;
		to[at++] = take_old ? snapshot->processes[old++] : added[new ++];
	}
}

int snapshot_add_unpublished(struct snapshot *snapshot,
			     const struct snap_unpublished *list, size_t count)
{
	struct arena *arena = snapshot->arena;
	size_t all = snapshot->process_count + count;
	struct snap_process *to = arena_room(arena, all, sizeof(*to));
	struct snap_process *added = calloc(count + 1, sizeof(*added));
	uint32_t *places = calloc(snapshot->process_count + 1, sizeof(*places));
	int err = to && added && places ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && !err; i++)
		err = fill_in(arena, &list[i], &added[i]);
	if (!err && arena_failed(arena))
		err = -ENOMEM;
	if (!err && count > 0) {
		qsort(added, count, sizeof(*added), compare_processes);
		merge(snapshot, added, count, to, places);
		move_buffers(snapshot, places);
		snapshot->processes = to;
		snapshot->process_count = all;
	}
	free(added);
	free(places);
	return err;
}
