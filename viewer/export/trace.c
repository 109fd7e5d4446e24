/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "json_write.h"
#include "trace_levels.h"
#include "trace_put.h"
#include "trace_slices.h"

/* Two conversions of one CLOCK_MONOTONIC time differ by what the clocks drift. */
#define SAME_TIME_NS UINT64_C(1000000)

struct trace {
	struct trace_out out;
	struct trace_slices slices;
	struct trace_levels levels;
	struct event_map processes; /* by segment: its name is out */
};

static int outcome(const struct trace *trace)
{
	return trace->out.failed ? -ENOMEM : 0;
}

/* ---- names ---- */

/* Once for each segment. */
static void name_process(struct trace *trace, uint64_t segment, uint32_t pid,
			 const char *comm)
{
	uint64_t *known =
		event_map_add(&trace->processes, (struct event_key){segment, 0, 0});

	if (!known) {
		trace->out.failed = true;
		return;
	}
	if (!*known)
		trace_put_name(&trace->out, pid, comm);
	*known = 1;
}

static void name_processes(struct trace *trace, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->process_count; i++)
		name_process(trace, snapshot->processes[i].segment,
			     snapshot->processes[i].pid, snapshot->processes[i].comm);
}

/* ---- slices ---- */

static void put_slice(struct trace *trace, const struct trace_slice *slice, char phase,
		      uint64_t time_ns, json_t *args)
{
	trace_put(&trace->out,
		  &(struct trace_event){.phase = phase,
					.name = slice->name,
					.pid = slice->pid,
					.tid = slice->pid,
					.time_ns = trace_time(&trace->out, time_ns),
					.id = slice->id,
					.args = args});
}

/* @how: NULL = it was freed. */
static void close_slice(struct trace *trace, struct trace_slice *slice, uint64_t time_ns,
			const char *how)
{
	json_t *args = json_object();
	bool failed = false;

	if (how)
		json_put(args, "end", json_string(how), &failed);
	/* A look and a ring tell the same instant a little apart. */
	if (time_ns < slice->since_ns)
		time_ns = slice->since_ns;
	put_slice(trace, slice, 'e', time_ns, json_whole(args, failed));
	trace_slices_close(&trace->slices, slice);
}

/* What a buffer has to say at its beginning, whoever tells it. */
struct birth {
	uint64_t address, size, bank_size, refs, time_ns;
	uint32_t pid, device;
	const char *type, *label;
};

static json_t *birth_args(const struct birth *birth)
{
	json_t *args = json_object();
	bool failed = false;

	json_put(args, "device", json_number(birth->device), &failed);
	json_put(args, "type", json_text(birth->type), &failed);
	json_put(args, "addr", json_hex(birth->address, false), &failed);
	json_put(args, "size", json_number(birth->size), &failed);
	json_put(args, "bank_size", json_number(birth->bank_size), &failed);
	json_put(args, "refs", json_number(birth->refs), &failed);
	json_put(args, "label", json_text(birth->label), &failed);
	json_put(args, "time", json_time(birth->time_ns), &failed);
	return json_whole(args, failed);
}

static void open_slice(struct trace *trace, struct event_key key,
		       const struct birth *birth)
{
	struct trace_slice *slice = trace_slices_open(&trace->slices, key);
	char size[FORMAT_SIZE];

	if (!slice) {
		trace->out.failed = true;
		return;
	}
	slice->pid = birth->pid;
	slice->since_ns = birth->time_ns;
	snprintf(slice->name, sizeof(slice->name), "%s",
		 birth->label[0] ? birth->label
				 : format_bytes(size, birth->size, false, false));
	put_slice(trace, slice, 'b', birth->time_ns, birth_args(birth));
}

static bool key_of_buffer(struct trace *trace, const struct snapshot *snapshot,
			  const struct snap_buffer *buffer, struct event_key *ret_key)
{
	int err = trace_slices_key(&trace->slices, buffer->segment,
				   snapshot->devices[buffer->device].number, buffer->type,
				   buffer->addr, ret_key);

	trace->out.failed |= err != 0;
	return err == 0;
}

/* Every buffer of @snapshot that has no slice yet; all are marked as seen. */
static void see_buffers(struct trace *trace, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->buffer_count && !trace->out.failed; i++) {
		const struct snap_buffer *buffer = &snapshot->buffers[i];
		const struct birth birth = {
			.address = buffer->addr,
			.size = buffer->size,
			.bank_size = buffer->bank_size,
			.refs = buffer->refs,
			.time_ns = buffer->time_ns,
			.pid = buffer->pid,
			.device = snapshot->devices[buffer->device].number,
			.type = buffer->type,
			.label = buffer->label,
		};
		struct trace_slice *slice;
		struct event_key key;

		if (!key_of_buffer(trace, snapshot, buffer, &key))
			return;
		if (!trace_slices_find(&trace->slices, key))
			open_slice(trace, key, &birth);
		slice = trace_slices_find(&trace->slices, key);
		if (slice)
			slice->seen = true;
	}
}

/* ---- rows ---- */

static json_t *row_args(const struct event *event, const struct event_names *names)
{
	char text[EVENT_NOTE_SIZE];
	json_t *args = json_object();
	bool failed = false;

	json_put(args, "note", json_text(event_note(text, event, names->mark)), &failed);
	if (event_has_address(event)) {
		json_put(args, "device", json_number(event->record.device), &failed);
		json_put(args, "type", json_text(names->type), &failed);
		json_put(args, "addr", json_hex(event->record.address, false), &failed);
	}
	if (event_has_size(event))
		json_put(args, "size", json_number(event->record.size), &failed);
	if (event_has_refs(event))
		json_put(args, "refs", json_number(event->record.refs), &failed);
	return json_whole(args, failed);
}

static void put_instant(struct trace *trace, const struct event *event,
			const struct event_names *names, const char *name)
{
	uint32_t pid = event->record.pid;
	bool has_thread = event->kind == EVENT_RECORD;

	trace_put(&trace->out,
		  &(struct trace_event){.phase = 'i',
					.name = name,
					.pid = pid,
					.tid = has_thread ? event->record.thread : pid,
					.time_ns = trace_time(&trace->out, event->key),
					.args = row_args(event, names)});
}

/* What looks wrong in a record, one instant for each. */
static void put_oddities(struct trace *trace, const struct event *event,
			 const struct event_names *names)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} odd[] = {
		{TTA_RECORD_DUP, "dup"},
		{TTA_RECORD_SIZE, "size"},
		{TTA_RECORD_UNKNOWN, "unknown free"},
		{TTA_RECORD_UNMATCHED, "unmatched free"},
		{TTA_RECORD_DANGLING, "dangling"},
	};

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (event->record.flags & odd[i].flag)
			put_instant(trace, event, names, odd[i].name);
}

/* The first look may have seen it already. */
static void row_alloc(struct trace *trace, const struct event *event,
		      const struct event_names *names, struct event_key key)
{
	const struct tta_event *r = &event->record;
	struct trace_slice *slice = trace_slices_find(&trace->slices, key);
	const struct birth birth = {
		.address = r->address,
		.size = r->size,
		.bank_size = SNAP_UNKNOWN, /* not in a record */
		.refs = r->refs,
		.time_ns = event->key,
		.pid = r->pid,
		.device = r->device,
		.type = names->type,
		.label = names->label,
	};

	if (r->flags & TTA_RECORD_DUP && slice)
		return;
	if (slice && event->key <= slice->since_ns + SAME_TIME_NS)
		return;
	if (slice)
		close_slice(trace, slice, event->key, "not seen");
	open_slice(trace, key, &birth);
}

static void row_free(struct trace *trace, const struct event *event,
		     const struct event_names *names, struct event_key key)
{
	const struct tta_event *r = &event->record;
	struct trace_slice *slice = trace_slices_find(&trace->slices, key);

	if (r->refs || r->views)
		return;
	if (!slice)
		put_instant(trace, event, names, event_op_name(event));
	else if (event->key + SAME_TIME_NS >= slice->since_ns)
		close_slice(trace, slice, event->key, NULL);
}

static void row_record(struct trace *trace, const struct event *event,
		       const struct event_names *names)
{
	const struct tta_event *r = &event->record;
	struct event_key key;

	put_oddities(trace, event, names);
	if (r->flags & (TTA_RECORD_NO_DETAIL | TTA_RECORD_UNKNOWN | TTA_RECORD_UNMATCHED))
		return; /* not of an entry of the table */
	if (trace_slices_key(&trace->slices, r->nonce, r->device, names->type, r->address,
			     &key)) {
		trace->out.failed = true;
		return;
	}
	switch (r->op) {
	case TTA_OP_ALLOC:
		row_alloc(trace, event, names, key);
		break;
	case TTA_OP_FREE:
	case TTA_OP_FREE_VIEW:
	case TTA_OP_CLOSE:
		row_free(trace, event, names, key);
		break;
	case TTA_OP_ALLOC_FAILED:
		put_instant(trace, event, names, "oom");
		break;
	case TTA_OP_MARK:
		put_instant(trace, event, names, names->mark ? names->mark : "mark");
		break;
	default:
		break;
	}
}

int trace_row(struct trace *trace, const struct event *event,
	      const struct event_names *names)
{
	if (event->key < trace->out.begin_ns || event->kind == EVENT_EARLIER)
		return 0;
	name_process(trace, event->record.nonce, event->record.pid, names->comm);
	if (event->kind == EVENT_RECORD)
		row_record(trace, event, names);
	else
		put_instant(trace, event, names, event_op_name(event));
	return outcome(trace);
}

/* ---- looks ---- */

int trace_begin(FILE *file, const struct snapshot *first, struct trace **ret_trace)
{
	struct trace *trace = calloc(1, sizeof(*trace));
	int err;

	if (!trace)
		return -ENOMEM;
	trace->out = (struct trace_out){
		.file = file, .begin_ns = first->time_ns, .newest_ns = first->time_ns};
	trace->processes.value_size = sizeof(uint64_t);
	trace_slices_init(&trace->slices);
	name_processes(trace, first);
	trace_levels_put(&trace->levels, &trace->out, first, true);
	see_buffers(trace, first);
	err = outcome(trace);
	if (err)
		trace_free(trace);
	else
		*ret_trace = trace;
	return err;
}

int trace_look(struct trace *trace, const struct snapshot *snapshot)
{
	name_processes(trace, snapshot);
	trace_levels_put(&trace->levels, &trace->out, snapshot, false);
	return outcome(trace);
}

int trace_end(struct trace *trace, const struct snapshot *last)
{
	uint64_t end_ns;

	for (size_t i = 0; i < trace->slices.count; i++)
		trace->slices.list[i].seen = false;
	name_processes(trace, last);
	trace_levels_put(&trace->levels, &trace->out, last, true);
	see_buffers(trace, last);
	end_ns = trace_time(&trace->out, last->time_ns);
	end_ns = trace->out.newest_ns > end_ns ? trace->out.newest_ns : end_ns;
	for (size_t i = 0; i < trace->slices.count; i++) {
		struct trace_slice *slice = &trace->slices.list[i];

		if (slice->id)
			close_slice(trace, slice, end_ns,
				    slice->seen ? "still there" : "not seen");
	}
	trace_put_end(&trace->out);
	return outcome(trace);
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	trace_slices_fini(&trace->slices);
	event_map_fini(&trace->processes);
	trace_levels_fini(&trace->levels);
	free(trace);
}
