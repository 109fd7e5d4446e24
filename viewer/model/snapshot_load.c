/* SPDX-License-Identifier: BSD-2-Clause */
/* A document back to a snapshot: every index and name is checked. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "json_read.h"
#include "snapshot_json.h"
#include "snapshot_unpublished.h"

static void load_warnings(struct json_reader *in, json_t *document, struct snapshot *to)
{
	json_t *list, *object;

	to->warnings = json_take_list(in, document, "warnings", sizeof(*to->warnings),
				      &list, &to->warning_count);
	in->list = "warnings";
	json_array_foreach(list, in->index, object) to->warnings[in->index] =
		(struct snap_warning){
			.id = json_take_text(in, object, "id"),
			.text = json_take_text(in, object, "text"),
			.count = json_take_number(in, object, "count"),
		};
	in->list = NULL;
}

static void load_device_memory(struct json_reader *in, json_t *from,
			       struct snap_device *to)
{
	json_t *list, *row;
	size_t i;

	to->memory = json_take_list(in, from, "memory", sizeof(*to->memory), &list,
				    &to->memory_count);
	json_array_foreach(list, i, row) to->memory[i] = (struct snap_device_memory){
		.type = json_take_text(in, row, "type"),
		.capacity = json_take_number(in, row, "capacity"),
		.peak = json_take_number(in, row, "peak"),
		.free = json_take_number(in, row, "free"),
		.largest_free = json_take_number(in, row, "largest_free"),
		.banks = json_take_number(in, row, "banks"),
		.bank_size = json_take_number(in, row, "bank_size"),
		.base = SNAP_UNKNOWN,
	};
}

static void load_headroom(struct json_reader *in, json_t *from, struct snap_device *to)
{
	json_t *headroom = json_object_get(from, "l1_headroom");

	to->l1_headroom = to->cb_end = to->lowest_l1 = SNAP_UNKNOWN;
	if (json_is_null(headroom))
		return;
	if (!json_is_object(headroom)) {
		json_fail(in, "l1_headroom", "is not an object");
		return;
	}
	to->l1_headroom = json_take_number(in, headroom, "bytes");
	to->cb_end = json_take_hex(in, headroom, "cb_end", SNAP_UNKNOWN);
	to->lowest_l1 = json_take_hex(in, headroom, "lowest_l1", SNAP_UNKNOWN);
}

static void load_devices(struct json_reader *in, json_t *document, struct snapshot *to)
{
	json_t *list, *object;

	to->devices = json_take_list(in, document, "devices", sizeof(*to->devices), &list,
				     &to->device_count);
	in->list = "devices";
	json_array_foreach(list, in->index, object)
	{
		struct snap_device *device = &to->devices[in->index];

		device->id = json_take_u32(in, object, "id");
		device->number = json_take_u32(in, object, "number");
		device->kind = json_take_text(in, object, "kind");
		device->uid = json_take_text(in, object, "uid");
		device->arch = json_take_text(in, object, "arch");
		if (device->id != in->index)
			json_fail(in, "id", "is not its index");
		load_device_memory(in, object, device);
		load_headroom(in, object, device);
	}
	in->list = NULL;
}

static uint32_t load_device(struct json_reader *in, json_t *object,
			    const struct snapshot *snapshot)
{
	uint32_t device = json_take_u32(in, object, "device");

	if (device < snapshot->device_count)
		return device;
	json_fail(in, "device", "is not in the list of devices");
	return 0;
}

static void load_memory(struct json_reader *in, json_t *from,
			const struct snapshot *snapshot, struct snap_process *to)
{
	json_t *list, *row;
	size_t i;

	to->memory = json_take_list(in, from, "memory", sizeof(*to->memory), &list,
				    &to->memory_count);
	json_array_foreach(list, i, row) to->memory[i] = (struct snap_memory){
		.device = load_device(in, row, snapshot),
		.type = json_take_text(in, row, "type"),
		.used = json_take_number(in, row, "used"),
		.peak = json_take_number(in, row, "peak"),
		.buffers = json_take_number(in, row, "buffers"),
		.refs = json_take_number(in, row, "refs"),
		.allocs = json_take_number(in, row, "allocs"),
		.frees = json_take_number(in, row, "frees"),
	};
}

static void load_reasons(struct json_reader *in, json_t *from, struct snap_process *to)
{
	json_t *list, *reason;
	size_t i;

	to->inexact_reasons = json_take_list(in, from, "inexact_reasons", sizeof(char *),
					     &list, &to->inexact_reason_count);
	json_array_foreach(list, i, reason)
	{
		if (!json_is_string(reason))
			json_fail(in, "inexact_reasons",
				  "holds something else than strings");
		else
			to->inexact_reasons[i] =
				arena_string(in->arena, json_string_value(reason));
	}
}

static enum snap_state load_state(struct json_reader *in, json_t *object)
{
	int state = snap_state_parse(json_take_text(in, object, "state"));

	if (state >= 0)
		return (enum snap_state)state;
	json_fail(in, "state", "is not a state");
	return SNAP_STATE_UNKNOWN;
}

static void load_owner(struct json_reader *in, json_t *from, struct snap_process *to)
{
	to->segment = json_take_hex(in, from, "segment", 0);
	to->file = "";
	to->pid = json_take_u32(in, from, "pid");
	to->start_time = SNAP_UNKNOWN;
	to->start_realtime_ns = json_take_time(in, from, "start_time");
	to->pidns = json_take_number(in, from, "pidns");
	if (to->pidns == SNAP_UNKNOWN)
		to->pidns = 0;
	to->uid = json_is_null(json_object_get(from, "uid"))
			  ? SNAP_UID_UNKNOWN
			  : json_take_u32(in, from, "uid");
	to->user = json_take_text(in, from, "user");
	to->comm = json_take_text(in, from, "comm");
	to->cmdline = json_take_text(in, from, "cmdline");
	to->run_id = json_take_text(in, from, "run_id");
	to->state = load_state(in, from);
	to->source = json_take_text(in, from, "source");
	to->note = "";
	to->unpublished = strcmp(to->source, SNAP_SOURCE_DRIVER) == 0;
	if (to->unpublished)
		to->segment = snap_unpublished_key(to->pid, SNAP_UNKNOWN);
}

/* Devices that the driver says an unpublished process holds. */
static void load_held(struct json_reader *in, json_t *from, struct snap_process *to)
{
	json_t *list, *number;
	uint32_t *held;
	size_t i;

	held = json_take_list(in, from, "held", sizeof(*held), &list, &to->held_count);
	json_array_foreach(list, i, number)
	{
		if (json_integer_value(number) < 0 ||
		    json_integer_value(number) > UINT32_MAX || !json_is_integer(number))
			json_fail(in, "held", "holds something else than device numbers");
		else
			held[i] = (uint32_t)json_integer_value(number);
	}
	to->held = held;
}

static void load_process(struct json_reader *in, json_t *from,
			 const struct snapshot *snapshot, struct snap_process *to)
{
	load_owner(in, from, to);
	to->exact = json_take_bool(in, from, "exact");
	load_reasons(in, from, to);
	to->events = json_take_number(in, from, "events");
	to->last_event_ns = json_take_time(in, from, "last_event");
	to->lost = json_take_number(in, from, "lost");
	to->uncertain = json_take_number(in, from, "uncertain");
	to->unknown_frees = json_take_number(in, from, "unknown_frees");
	to->unmatched = json_take_number(in, from, "unmatched");
	to->closed = json_take_number(in, from, "closed");
	to->dups = to->size_changes = to->dangling = SNAP_UNKNOWN;
	to->alloc_failed = to->dropped = SNAP_UNKNOWN;
	load_memory(in, from, snapshot, to);
	if (to->unpublished) {
		load_held(in, from, to);
		to->note = to->inexact_reason_count ? to->inexact_reasons[0] : "";
	}
	to->has_buffers = true;
	for (size_t i = 0; i < to->memory_count; i++)
		if (to->memory[i].buffers == SNAP_UNKNOWN)
			to->has_buffers = false;
}

static void load_processes(struct json_reader *in, json_t *document, struct snapshot *to)
{
	json_t *list, *object;

	to->processes = json_take_list(in, document, "processes", sizeof(*to->processes),
				       &list, &to->process_count);
	in->list = "processes";
	json_array_foreach(list, in->index, object)
		load_process(in, object, to, &to->processes[in->index]);
	in->list = NULL;
}

static uint32_t load_flags(struct json_reader *in, json_t *from)
{
	json_t *list = json_object_get(from, "flags"), *name;
	uint32_t flags = 0;
	size_t i;

	if (!json_is_array(list))
		json_fail(in, "flags", "is not an array");
	json_array_foreach(list, i, name)
	{
		const char *text = json_string_value(name);
		uint32_t flag = 1;

		while (flag <= SNAP_FLAG_STALE && text &&
		       strcmp(snap_flag_name((enum snap_flag)flag), text) != 0)
			flag <<= 1;
		if (!text || flag > SNAP_FLAG_STALE)
			json_fail(in, "flags", "holds something that is no flag");
		flags |= flag;
	}
	return flags;
}

/* Buffers of one process mostly follow each other: look there first. */
static uint32_t load_process_index(struct json_reader *in,
				   const struct snapshot *snapshot, uint64_t segment,
				   uint32_t near)
{
	if (near < snapshot->process_count &&
	    snapshot->processes[near].segment == segment)
		return near;
	for (uint32_t i = 0; i < snapshot->process_count; i++)
		if (snapshot->processes[i].segment == segment)
			return i;
	json_fail(in, "segment", "is not in the list of processes");
	return 0;
}

static void load_buffer(struct json_reader *in, json_t *from,
			const struct snapshot *snapshot, uint32_t near,
			struct snap_buffer *to)
{
	to->segment = json_take_hex(in, from, "segment", 0);
	to->process = load_process_index(in, snapshot, to->segment, near);
	to->pid = json_take_u32(in, from, "pid");
	to->device = load_device(in, from, snapshot);
	to->type = json_take_text(in, from, "type");
	to->addr = json_take_hex(in, from, "addr", SNAP_UNKNOWN);
	to->size = json_take_number(in, from, "size");
	to->bank_size = json_take_number(in, from, "bank_size");
	to->serial = json_take_hex(in, from, "serial", SNAP_UNKNOWN);
	to->refs = json_take_number(in, from, "refs");
	to->views = json_take_number(in, from, "views");
	to->allocs = json_take_number(in, from, "allocs");
	to->frees = json_take_number(in, from, "frees");
	to->time_ns = json_take_time(in, from, "time");
	to->age_ns = json_take_number(in, from, "age_ns");
	to->label = json_take_text(in, from, "label");
	to->group = json_take_hex(in, from, "group", 0);
	to->site = json_take_hex(in, from, "site", 0);
	to->flags = load_flags(in, from);
}

static void load_buffers(struct json_reader *in, json_t *document, struct snapshot *to)
{
	uint32_t near = 0;
	json_t *list, *object;

	to->has_buffers = json_is_array(json_object_get(document, "buffers"));
	if (!to->has_buffers) /* null or not asked for */
		return;
	to->buffers = json_take_list(in, document, "buffers", sizeof(*to->buffers), &list,
				     &to->buffer_count);
	in->list = "buffers";
	json_array_foreach(list, in->index, object)
	{
		load_buffer(in, object, to, near, &to->buffers[in->index]);
		near = to->buffers[in->index].process;
	}
	in->list = NULL;
}

static void load_mark_memory(struct json_reader *in, json_t *from,
			     const struct snapshot *snapshot, struct snap_mark *to)
{
	json_t *list, *row;
	size_t i;

	to->memory = json_take_list(in, from, "memory", sizeof(*to->memory), &list,
				    &to->memory_count);
	json_array_foreach(list, i, row) to->memory[i] = (struct snap_mark_memory){
		.device = load_device(in, row, snapshot),
		.type = json_take_text(in, row, "type"),
		.bytes = json_take_number(in, row, "bytes"),
		.buffers = json_take_number(in, row, "buffers"),
		.refs = json_take_number(in, row, "refs"),
	};
}

static void load_marks(struct json_reader *in, json_t *document, struct snapshot *to)
{
	json_t *list, *object;

	if (!json_object_get(document, "marks"))
		return;
	to->marks = json_take_list(in, document, "marks", sizeof(*to->marks), &list,
				   &to->mark_count);
	in->list = "marks";
	json_array_foreach(list, in->index, object)
	{
		struct snap_mark *mark = &to->marks[in->index];

		mark->segment = json_take_hex(in, object, "segment", 0);
		mark->pid = json_take_u32(in, object, "pid");
		mark->name = json_take_text(in, object, "name");
		mark->time_ns = json_take_time(in, object, "time");
		mark->exact = json_take_bool(in, object, "exact");
		load_mark_memory(in, object, to, mark);
	}
	in->list = NULL;
}

static void load_head(struct json_reader *in, json_t *document, struct snapshot *to)
{
	const char *schema = json_string_value(json_object_get(document, "schema"));

	if (!schema || strcmp(schema, "ttatop.snapshot") != 0)
		json_fail(in, "schema", "is not ttatop.snapshot: no snapshot of ours");
	else if (json_take_number(in, document, "schema_version") != 1)
		json_fail(in, "schema_version", "is not 1: made by a newer ttatop?");
	to->tool = json_take_text(in, document, "tool");
	to->host = json_take_text(in, document, "host");
	to->boot_id = json_take_text(in, document, "boot_id");
	to->time_ns = json_take_time(in, document, "time");
	to->mono_ns = json_take_number(in, document, "mono_ns");
	to->exact = json_take_bool(in, document, "exact");
}

static void load_document(struct json_reader *in, json_t *document, struct snapshot *to)
{
	load_head(in, document, to);
	load_warnings(in, document, to);
	load_devices(in, document, to);
	load_processes(in, document, to);
	load_buffers(in, document, to);
	load_marks(in, document, to);
	if (in->failed)
		return;
	snapshot_sort_buffers(to);
	snapshot_sum_up(to); /* `totals` follows from the rest */
}

static int load(json_t *document, struct json_reader *in, struct snapshot **ret_snapshot)
{
	struct snapshot *snapshot;
	int err = snapshot_new(NULL, &snapshot);

	if (err)
		return err;
	in->arena = snapshot->arena;
	load_document(in, document, snapshot);
	if (arena_failed(snapshot->arena))
		err = -ENOMEM;
	else if (in->failed)
		err = -EINVAL;
	if (err)
		snapshot_free(snapshot);
	else
		*ret_snapshot = snapshot;
	return err;
}

int snapshot_load(FILE *file, const char *name, struct snapshot **ret_snapshot,
		  char error[SNAPSHOT_ERROR_SIZE])
{
	struct json_reader in = {
		.name = name, .error = error, .error_size = SNAPSHOT_ERROR_SIZE};
	json_error_t problem;
	json_t *document = json_loadf(file, JSON_REJECT_DUPLICATES, &problem);
	int err;

	if (!document) {
		snprintf(error, SNAPSHOT_ERROR_SIZE, "%s: line %d: %s", name,
			 problem.line, problem.text);
		return -EINVAL;
	}
	err = load(document, &in, ret_snapshot);
	json_decref(document);
	return err;
}
