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

static json_t *row_json(const void *base, size_t index)
{
	const struct delta_row *row = (const struct delta_row *)base + index;
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "segment", json_hex(row->segment, false), &failed);
	json_put(object, "pid", json_number(row->pid), &failed);
	json_put(object, "comm", json_text(row->comm), &failed);
	json_put(object, "state", json_text(snap_state_name(row->state)), &failed);
	json_put(object, "new", json_boolean(row->is_new), &failed);
	json_put(object, "gone", json_boolean(row->is_gone), &failed);
	json_put(object, "device",
		 device_json(row->device_kind, row->device_uid, row->device_number),
		 &failed);
	json_put(object, "type", json_text(row->type), &failed);
	json_put(object, "bytes", measure_json(&row->bytes), &failed);
	json_put(object, "buffers", measure_json(&row->buffers), &failed);
	json_put(object, "refs", measure_json(&row->refs), &failed);
	return json_whole(object, failed);
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

int delta_write(const struct delta *delta, const char *base_name, const char *now_name,
		FILE *file)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "schema", json_string("ttatop.diff"), &failed);
	json_put(object, "schema_version", json_integer(1), &failed);
	json_put(object, "tool", json_text(delta->now->tool), &failed);
	json_put(object, "base", side_json(delta->base, base_name), &failed);
	json_put(object, "now", side_json(delta->now, now_name), &failed);
	json_put(object, "different", json_boolean(delta->different), &failed);
	json_put(object, "rows", json_list(delta->rows, delta->row_count, row_json),
		 &failed);
	json_put(object, "totals",
		 json_list(delta->totals, delta->total_count, total_json), &failed);
	json_put(object, "bytes", measure_json(&delta->bytes), &failed);
	json_put(object, "buffers", measure_json(&delta->buffers), &failed);
	json_put(object, "refs", measure_json(&delta->refs), &failed);
	return json_finish(json_whole(object, failed), file, false);
}
