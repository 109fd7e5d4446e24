/* SPDX-License-Identifier: BSD-2-Clause */
/* Each function makes one kind of object of the document. */
#include <errno.h>

#include "json_write.h"
#include "snapshot_json.h"

static json_t *warning_json(const void *base, size_t index)
{
	const struct snap_warning *warning = (const struct snap_warning *)base + index;
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "id", json_text(warning->id), &failed);
	json_put(object, "text", json_text(warning->text), &failed);
	json_put(object, "count", json_number(warning->count), &failed);
	return json_whole(object, failed);
}

static json_t *device_memory_json(const void *base, size_t index)
{
	const struct snap_device_memory *row =
		(const struct snap_device_memory *)base + index;
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "type", json_text(row->type), &failed);
	json_put(object, "capacity", json_number(row->capacity), &failed);
	json_put(object, "used", json_number(row->used), &failed);
	json_put(object, "peak", json_number(row->peak), &failed);
	json_put(object, "free", json_number(row->free), &failed);
	json_put(object, "largest_free", json_number(row->largest_free), &failed);
	json_put(object, "banks", json_number(row->banks), &failed);
	json_put(object, "bank_size", json_number(row->bank_size), &failed);
	json_put(object, "buffers", json_number(row->buffers), &failed);
	json_put(object, "orphan_bytes", json_number(row->orphan_bytes), &failed);
	json_put(object, "allocs", json_number(row->allocs), &failed);
	json_put(object, "frees", json_number(row->frees), &failed);
	return json_whole(object, failed);
}

static json_t *headroom_json(const struct snap_device *device)
{
	json_t *object;
	bool failed = false;

	if (device->l1_headroom == SNAP_UNKNOWN)
		return json_null();
	object = json_object();
	json_put(object, "bytes", json_number(device->l1_headroom), &failed);
	json_put(object, "cb_end", json_hex(device->cb_end, false), &failed);
	json_put(object, "lowest_l1", json_hex(device->lowest_l1, false), &failed);
	return json_whole(object, failed);
}

static json_t *device_json(const void *base, size_t index)
{
	const struct snap_device *device = (const struct snap_device *)base + index;
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "id", json_number(device->id), &failed);
	json_put(object, "number", json_number(device->number), &failed);
	json_put(object, "kind", json_text(device->kind), &failed);
	json_put(object, "uid", json_text(device->uid), &failed);
	json_put(object, "arch", json_text(device->arch), &failed);
	json_put(object, "memory",
		 json_list(device->memory, device->memory_count, device_memory_json),
		 &failed);
	json_put(object, "l1_headroom", headroom_json(device), &failed);
	return json_whole(object, failed);
}

static json_t *memory_json(const void *base, size_t index)
{
	const struct snap_memory *memory = (const struct snap_memory *)base + index;
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "device", json_number(memory->device), &failed);
	json_put(object, "type", json_text(memory->type), &failed);
	json_put(object, "used", json_number(memory->used), &failed);
	json_put(object, "peak", json_number(memory->peak), &failed);
	json_put(object, "buffers", json_number(memory->buffers), &failed);
	json_put(object, "refs", json_number(memory->refs), &failed);
	json_put(object, "allocs", json_number(memory->allocs), &failed);
	json_put(object, "frees", json_number(memory->frees), &failed);
	return json_whole(object, failed);
}

static json_t *reason_json(const void *base, size_t index)
{
	return json_text(((const char *const *)base)[index]);
}

static json_t *held_json(const void *base, size_t index)
{
	return json_number(((const uint32_t *)base)[index]);
}

static void put_owner(json_t *object, const struct snap_process *process, bool redact,
		      bool *failed)
{
	json_put(object, "segment", json_hex(process->segment, process->unpublished),
		 failed);
	json_put(object, "pid", json_number(process->pid), failed);
	json_put(object, "start_time", json_time(process->start_realtime_ns), failed);
	json_put(object, "pidns",
		 process->pidns ? json_number(process->pidns) : json_null(), failed);
	json_put(object, "uid",
		 process->uid == SNAP_UID_UNKNOWN ? json_null()
						  : json_number(process->uid),
		 failed);
	json_put(object, "user", json_text(redact ? "" : process->user), failed);
	json_put(object, "comm", json_text(process->comm), failed);
	json_put(object, "cmdline", json_text(redact ? "" : process->cmdline), failed);
	json_put(object, "run_id", json_text(process->run_id), failed);
	json_put(object, "state", json_text(snap_state_name(process->state)), failed);
	json_put(object, "source", json_text(process->source), failed);
}

static json_t *process_json(const struct snap_process *process, bool redact)
{
	json_t *object = json_object();
	bool failed = false;

	put_owner(object, process, redact, &failed);
	json_put(object, "exact", json_boolean(process->exact), &failed);
	json_put(object, "inexact_reasons",
		 json_list(process->inexact_reasons, process->inexact_reason_count,
			   reason_json),
		 &failed);
	json_put(object, "events", json_number(process->events), &failed);
	json_put(object, "last_event", json_time(process->last_event_ns), &failed);
	json_put(object, "lost", json_number(process->lost), &failed);
	json_put(object, "uncertain", json_number(process->uncertain), &failed);
	json_put(object, "unknown_frees", json_number(process->unknown_frees), &failed);
	json_put(object, "unmatched", json_number(process->unmatched), &failed);
	json_put(object, "closed", json_number(process->closed), &failed);
	json_put(object, "memory",
		 json_list(process->memory, process->memory_count, memory_json), &failed);
	if (process->unpublished)
		json_put(object, "held",
			 json_list(process->held, process->held_count, held_json),
			 &failed);
	return json_whole(object, failed);
}

static json_t *process_full_json(const void *base, size_t index)
{
	return process_json((const struct snap_process *)base + index, false);
}

static json_t *process_redacted_json(const void *base, size_t index)
{
	return process_json((const struct snap_process *)base + index, true);
}

json_t *json_buffer(const struct snap_buffer *buffer, uint64_t device)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "segment", json_hex(buffer->segment, false), &failed);
	json_put(object, "pid", json_number(buffer->pid), &failed);
	json_put(object, "device", json_number(device), &failed);
	json_put(object, "type", json_text(buffer->type), &failed);
	json_put(object, "addr", json_hex(buffer->addr, false), &failed);
	json_put(object, "size", json_number(buffer->size), &failed);
	json_put(object, "bank_size", json_number(buffer->bank_size), &failed);
	json_put(object, "serial", json_hex(buffer->serial, false), &failed);
	json_put(object, "refs", json_number(buffer->refs), &failed);
	json_put(object, "views", json_number(buffer->views), &failed);
	json_put(object, "allocs", json_number(buffer->allocs), &failed);
	json_put(object, "frees", json_number(buffer->frees), &failed);
	json_put(object, "time", json_time(buffer->time_ns), &failed);
	json_put(object, "age_ns", json_number(buffer->age_ns), &failed);
	json_put(object, "label", json_text(buffer->label), &failed);
	json_put(object, "group", json_hex(buffer->group, buffer->group == 0), &failed);
	json_put(object, "site", json_hex(buffer->site, buffer->site == 0), &failed);
	json_put(object, "flags", json_flags(buffer->flags), &failed);
	return json_whole(object, failed);
}

static json_t *buffer_json(const void *base, size_t index)
{
	const struct snap_buffer *buffer = (const struct snap_buffer *)base + index;

	return json_buffer(buffer, buffer->device);
}

static json_t *mark_memory_json(const void *base, size_t index)
{
	const struct snap_mark_memory *memory =
		(const struct snap_mark_memory *)base + index;
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "device", json_number(memory->device), &failed);
	json_put(object, "type", json_text(memory->type), &failed);
	json_put(object, "bytes", json_number(memory->bytes), &failed);
	json_put(object, "buffers", json_number(memory->buffers), &failed);
	json_put(object, "refs", json_number(memory->refs), &failed);
	return json_whole(object, failed);
}

static json_t *mark_json(const void *base, size_t index)
{
	const struct snap_mark *mark = (const struct snap_mark *)base + index;
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "segment", json_hex(mark->segment, false), &failed);
	json_put(object, "pid", json_number(mark->pid), &failed);
	json_put(object, "name", json_text(mark->name), &failed);
	json_put(object, "time", json_time(mark->time_ns), &failed);
	json_put(object, "exact", json_boolean(mark->exact), &failed);
	json_put(object, "memory",
		 json_list(mark->memory, mark->memory_count, mark_memory_json), &failed);
	return json_whole(object, failed);
}

static json_t *totals_json(const struct snap_totals *totals)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "used", json_number(totals->used), &failed);
	json_put(object, "buffers", json_number(totals->buffers), &failed);
	json_put(object, "refs", json_number(totals->refs), &failed);
	json_put(object, "processes", json_number(totals->processes), &failed);
	json_put(object, "orphans", json_number(totals->orphans), &failed);
	json_put(object, "orphan_bytes", json_number(totals->orphan_bytes), &failed);
	json_put(object, "orphan_buffers", json_number(totals->orphan_buffers), &failed);
	json_put(object, "exited", json_number(totals->exited), &failed);
	json_put(object, "residue_bytes", json_number(totals->residue_bytes), &failed);
	json_put(object, "residue_buffers", json_number(totals->residue_buffers),
		 &failed);
	return json_whole(object, failed);
}

static void put_head(json_t *object, const struct snapshot *snapshot, bool *failed)
{
	json_put(object, "tool", json_text(snapshot->tool), failed);
	json_put(object, "host", json_text(snapshot->host), failed);
	json_put(object, "boot_id", json_text(snapshot->boot_id), failed);
	json_put(object, "time", json_time(snapshot->time_ns), failed);
	json_put(object, "mono_ns", json_number(snapshot->mono_ns), failed);
	json_put(object, "exact", json_boolean(snapshot->exact), failed);
	json_put(object, "warnings",
		 json_list(snapshot->warnings, snapshot->warning_count, warning_json),
		 failed);
}

/* What was not asked for is not there. */
static json_t *snapshot_json(const struct snapshot *snapshot, unsigned flags)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "schema", json_string("ttatop.snapshot"), &failed);
	json_put(object, "schema_version", json_integer(1), &failed);
	put_head(object, snapshot, &failed);
	if (!(flags & SNAPSHOT_NO_DEVICES))
		json_put(object, "devices",
			 json_list(snapshot->devices, snapshot->device_count,
				   device_json),
			 &failed);
	json_put(object, "processes",
		 json_list(snapshot->processes, snapshot->process_count,
			   flags & SNAPSHOT_REDACT ? process_redacted_json
						   : process_full_json),
		 &failed);
	if (snapshot->has_buffers && !(flags & SNAPSHOT_NO_BUFFERS))
		json_put(object, "buffers",
			 json_list(snapshot->buffers, snapshot->buffer_count,
				   buffer_json),
			 &failed);
	if (!(flags & SNAPSHOT_NO_MARKS))
		json_put(object, "marks",
			 json_list(snapshot->marks, snapshot->mark_count, mark_json),
			 &failed);
	json_put(object, "totals", totals_json(&snapshot->totals), &failed);
	return json_whole(object, failed);
}

int snapshot_write(const struct snapshot *snapshot, FILE *file, unsigned flags)
{
	return json_finish(snapshot_json(snapshot, flags), file,
			   flags & SNAPSHOT_ONE_LINE);
}

/* ---- the same as lines of schema ttatop.tick ---- */

static int write_line(FILE *file, const char *record, json_t *part)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "schema", json_string("ttatop.tick"), &failed);
	json_put(object, "schema_version", json_integer(1), &failed);
	json_put(object, "record", json_string(record), &failed);
	json_put(object, record, part, &failed);
	return json_finish(json_whole(object, failed), file, true);
}

static int write_lines(FILE *file, const char *record, const void *base, size_t count,
		       json_t *(*make)(const void *base, size_t index))
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = write_line(file, record, make(base, i));
	return err;
}

static json_t *head_json(const struct snapshot *snapshot)
{
	json_t *object = json_object();
	bool failed = false;

	put_head(object, snapshot, &failed);
	json_put(object, "totals", totals_json(&snapshot->totals), &failed);
	return json_whole(object, failed);
}

int snapshot_write_lines(const struct snapshot *snapshot, FILE *file)
{
	int err = write_line(file, "snapshot", head_json(snapshot));

	if (!err)
		err = write_lines(file, "device", snapshot->devices,
				  snapshot->device_count, device_json);
	if (!err)
		err = write_lines(file, "process", snapshot->processes,
				  snapshot->process_count, process_full_json);
	if (!err)
		err = write_lines(file, "buffer", snapshot->buffers,
				  snapshot->buffer_count, buffer_json);
	if (!err)
		err = write_lines(file, "mark", snapshot->marks, snapshot->mark_count,
				  mark_json);
	return err;
}
