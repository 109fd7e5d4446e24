/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace_levels.h"

#include <stdlib.h>
#include <string.h>

#include "export_names.h"
#include "json_write.h"

/* The pid that stands for a device; a new one has its name put. */
static uint32_t device_pid(struct trace_levels *levels, struct trace_out *out,
			   const char *device)
{
	char *name;

	for (size_t i = 0; i < levels->count; i++)
		if (strcmp(levels->list[i].device, device) == 0)
			return levels->list[i].pid;
	if (asprintf(&name, "device %s", device) < 0) {
		out->failed = true;
	} else {
		trace_put_name(out, TRACE_DEVICE_PID + levels->device_count, name);
		free(name);
	}
	return TRACE_DEVICE_PID + levels->device_count++;
}

/* NULL without memory. */
static struct trace_level *level_of(struct trace_levels *levels, struct trace_out *out,
				    const char *device, const char *type)
{
	struct trace_level *list, *level;

	for (size_t i = 0; i < levels->count; i++)
		if (strcmp(levels->list[i].device, device) == 0 &&
		    strcmp(levels->list[i].type, type) == 0)
			return &levels->list[i];
	list = reallocarray(levels->list, levels->count + 1, sizeof(*list));
	if (!list)
		return NULL;
	levels->list = list;
	level = &list[levels->count];
	*level = (struct trace_level){.pid = device_pid(levels, out, device),
				      .used = SNAP_UNKNOWN};
	level->device = strdup(device);
	level->type = strdup(type);
	if (level->device && level->type) {
		levels->count++;
		return level;
	}
	free(level->device);
	free(level->type);
	return NULL;
}

static void put_level(struct trace_out *out, struct trace_level *level, uint64_t used,
		      uint64_t time_ns)
{
	json_t *args = json_object();
	bool failed = false;

	json_put(args, "bytes", json_number(used), &failed);
	trace_put(out, &(struct trace_event){.phase = 'C',
					     .name = level->type,
					     .pid = level->pid,
					     .time_ns = trace_time(out, time_ns),
					     .args = json_whole(args, failed)});
	level->used = used;
}

/* "tenstorrent:0", with the stable id of a device that has one. */
static const char *full_name(struct arena *arena, const struct export_device *device)
{
	return device->uid[0] ? arena_printf(arena, "%s %s", device->name, device->uid)
			      : device->name;
}

void trace_levels_put(struct trace_levels *levels, struct trace_out *out,
		      const struct snapshot *snapshot, bool all)
{
	struct arena *arena = arena_new();
	const struct export_device *names =
		arena ? export_devices(snapshot, arena) : NULL;

	out->failed |= !names;
	for (size_t i = 0; names && i < snapshot->device_count; i++) {
		const struct snap_device *device = &snapshot->devices[i];

		for (size_t j = 0; j < device->memory_count; j++) {
			const struct snap_device_memory *row = &device->memory[j];
			struct trace_level *level = level_of(
				levels, out, full_name(arena, &names[i]), row->type);

			out->failed |= !level;
			if (level && row->used != SNAP_UNKNOWN &&
			    (all || row->used != level->used))
				put_level(out, level, row->used, snapshot->time_ns);
		}
	}
	arena_free(arena);
}

void trace_levels_fini(struct trace_levels *levels)
{
	for (size_t i = 0; i < levels->count; i++) {
		free(levels->list[i].device);
		free(levels->list[i].type);
	}
	free(levels->list);
}
