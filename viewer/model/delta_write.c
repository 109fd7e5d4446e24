/* SPDX-License-Identifier: BSD-2-Clause */
#include "delta_json.h"

#include "json_write.h"

static json_t *measure_json(const struct delta_measure *measure)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "base", json_number(measure->base), &failed);
	json_put(object, "now", json_number(measure->now), &failed);
	json_put(object, "change",
		 measure->known ? json_integer(measure->change) : json_null(), &failed);
	return json_whole(object, failed);
}

static json_t *device_json(const char *kind, const char *uid, uint32_t number)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "number", json_number(number), &failed);
	json_put(object, "kind", json_text(kind), &failed);
	json_put(object, "uid", json_text(uid), &failed);
	return json_whole(object, failed);
}

/* By class no single process is meant. */
static void put_process(json_t *object, const struct delta_by_row *row,
			const struct delta_query *query, bool *failed)
{
	const struct snap_process *process = row->process;
	bool one = query->match == MATCH_ADDRESS;

	json_put(object, "segment", json_hex(process->segment, !one), failed);
	json_put(object, "pid", one ? json_number(process->pid) : json_null(), failed);
	json_put(object, "comm", json_text(process->comm), failed);
	json_put(object, "state",
		 one ? json_text(snap_state_name(process->state)) : json_null(), failed);
}

static json_t *numbers_json(const uint32_t *numbers, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < count; i++)
		json_array_append_new(list, json_number(numbers[i]));
	return list;
}

static void put_place(json_t *object, const struct delta_by_row *row,
		      const struct delta_query *query, bool *failed)
{
	if (query->by & DELTA_DEV && query->devices_merged)
		json_put(object, "devices", numbers_json(row->devices, row->device_count),
			 failed);
	else if (query->by & DELTA_DEV)
		json_put(object, "device",
			 device_json(row->device->kind, row->device->uid,
				     row->device->number),
			 failed);
	if (query->by & DELTA_TYPE)
		json_put(object, "type", json_text(row->type), failed);
}

static void put_buffer(json_t *object, const struct snap_buffer *buffer, unsigned by,
		       bool *failed)
{
	if (by & DELTA_SIZE)
		json_put(object, "size", json_number(buffer->size), failed);
	if (by & DELTA_LABEL)
		json_put(object, "label", json_text(buffer->label), failed);
	if (by & DELTA_ADDR)
		json_put(object, "addr", json_hex(buffer->addr, false), failed);
}

static json_t *row_json(const struct delta_by_row *row, const struct delta_query *query)
{
	json_t *object = json_object();
	bool failed = false;

	if (query->by & DELTA_PROC)
		put_process(object, row, query, &failed);
	if (query->by & DELTA_USER)
		json_put(object, "user", json_text(row->process->user), &failed);
	json_put(object, "new", json_boolean(row->is_new), &failed);
	json_put(object, "gone", json_boolean(row->is_gone), &failed);
	json_put(object, "change", json_string(delta_change_name(row->change)), &failed);
	put_place(object, row, query, &failed);
	put_buffer(object, row->buffer, query->by, &failed);
	json_put(object, "bytes", measure_json(&row->bytes), &failed);
	json_put(object, "buffers", measure_json(&row->buffers), &failed);
	json_put(object, "refs", measure_json(&row->refs), &failed);
	return json_whole(object, failed);
}

static json_t *rows_json(const struct delta_by *delta, const struct delta_query *query)
{
	json_t *list = json_array();

	for (size_t i = 0; i < delta->row_count; i++)
		if (json_array_append_new(list, row_json(&delta->rows[i], query))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *keys_json(unsigned by)
{
	json_t *list = json_array();

	for (unsigned key = 1; list && key <= DELTA_ADDR; key <<= 1)
		if (by & key)
			json_array_append_new(list, json_string(delta_key_name(key)));
	return list;
}

static json_t *total_json(const void *base, size_t index)
{
	const struct delta_total *total = (const struct delta_total *)base + index;
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "device",
		 device_json(total->device_kind, total->device_uid, total->device_number),
		 &failed);
	json_put(object, "type", json_text(total->type), &failed);
	json_put(object, "bytes", measure_json(&total->bytes), &failed);
	json_put(object, "buffers", measure_json(&total->buffers), &failed);
	json_put(object, "refs", measure_json(&total->refs), &failed);
	return json_whole(object, failed);
}

static json_t *side_json(const struct snapshot *snapshot, const char *name)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "name", json_text(name), &failed);
	json_put(object, "host", json_text(snapshot->host), &failed);
	json_put(object, "boot_id", json_text(snapshot->boot_id), &failed);
	json_put(object, "time", json_time(snapshot->time_ns), &failed);
	json_put(object, "exact", json_boolean(snapshot->exact), &failed);
	return json_whole(object, failed);
}

int delta_write(const struct delta *totals, const struct delta_by *delta,
		const struct delta_query *query, const char *base_name,
		const char *now_name, bool one_line, FILE *file)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "schema", json_string("ttatop.diff"), &failed);
	json_put(object, "schema_version", json_integer(1), &failed);
	json_put(object, "tool", json_text(totals->now->tool), &failed);
	json_put(object, "base", side_json(totals->base, base_name), &failed);
	json_put(object, "now", side_json(totals->now, now_name), &failed);
	json_put(object, "match", json_string(match_name(query->match)), &failed);
	json_put(object, "by", keys_json(query->by), &failed);
	json_put(object, "different", json_boolean(delta->different), &failed);
	json_put(object, "rows", rows_json(delta, query), &failed);
	json_put(object, "totals",
		 json_list(totals->totals, totals->total_count, total_json), &failed);
	json_put(object, "bytes", measure_json(&totals->bytes), &failed);
	json_put(object, "buffers", measure_json(&totals->buffers), &failed);
	json_put(object, "refs", measure_json(&totals->refs), &failed);
	return json_finish(json_whole(object, failed), file, one_line);
}
