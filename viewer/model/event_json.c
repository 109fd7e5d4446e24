/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_json.h"

#include "json_write.h"

static const char *kind_name(enum event_kind kind)
{
	static const char *const names[] = {
		[EVENT_RECORD] = "event",
		[EVENT_GAP] = "gap",
		[EVENT_EARLIER] = "earlier",
		[EVENT_EXIT] = "exit",
	};

	return names[kind];
}

static json_t *flags_json(const struct event *event)
{
	json_t *list = json_array();

	if (event->kind != EVENT_RECORD)
		return list;
	for (uint32_t flag = 1; list && flag <= TTA_RECORD_DEFERRED; flag <<= 1)
		if (event->record.flags & flag)
			json_array_append_new(list, json_string(event_flag_name(flag)));
	return list;
}

static json_t *number_if(bool known, uint64_t value)
{
	return known ? json_number(value) : json_null();
}

static void put_place(json_t *object, const struct event *event,
		      const struct event_names *names, bool *failed)
{
	const struct tta_event *r = &event->record;
	bool record = event->kind == EVENT_RECORD;
	bool placed = record && r->op != TTA_OP_MARK;
	bool lane = event->kind != EVENT_EXIT && r->lane != EVENT_NO_LANE;

	json_put(object, "segment", json_hex(r->nonce, false), failed);
	json_put(object, "pid", json_number(r->pid), failed);
	json_put(object, "uid", json_number(names->uid), failed);
	json_put(object, "comm", json_text(names->comm), failed);
	json_put(object, "tid", number_if(record, r->thread), failed);
	json_put(object, "lane", number_if(lane, r->lane), failed);
	json_put(object, "sequence", number_if(record, r->sequence), failed);
	json_put(object, "device_number", number_if(placed, r->device), failed);
	json_put(object, "type", json_text(placed ? names->type : ""), failed);
}

static void put_buffer(json_t *object, const struct event *event,
		       const struct event_names *names, bool *failed)
{
	const struct tta_event *r = &event->record;
	bool record = event->kind == EVENT_RECORD;

	json_put(object, "addr", json_hex(r->address, !event_has_address(event)), failed);
	json_put(object, "size", number_if(event_has_size(event), r->size), failed);
	json_put(object, "refs", number_if(event_has_refs(event), r->refs), failed);
	json_put(object, "views", number_if(event_has_refs(event), r->views), failed);
	json_put(object, "live", json_number(event->live), failed);
	json_put(object, "label", json_text(record ? names->label : ""), failed);
	json_put(object, "site", json_hex(r->site, !record || r->site == 0), failed);
	json_put(object, "group", json_hex(r->group, !record || r->group == 0), failed);
}

int event_write_json(FILE *file, const struct event *event,
		     const struct event_names *names)
{
	char note[EVENT_NOTE_SIZE];
	json_t *object = json_object();
	bool failed = false;
	bool gap = event->kind == EVENT_GAP || event->kind == EVENT_EARLIER;

	json_put(object, "schema", json_text("ttatop.event"), &failed);
	json_put(object, "schema_version", json_number(1), &failed);
	json_put(object, "kind", json_text(kind_name(event->kind)), &failed);
	json_put(object, "time", json_time(event->time_ns), &failed);
	json_put(object, "dt_ns", json_number(event->dt_ns), &failed);
	put_place(object, event, names, &failed);
	json_put(object, "op", json_text(event_op_name(event)), &failed);
	put_buffer(object, event, names, &failed);
	json_put(object, "flags", flags_json(event), &failed);
	json_put(object, "suspicious", json_boolean(event_is_suspicious(event)), &failed);
	json_put(object, "late", json_boolean(event->late), &failed);
	json_put(object, "lost", number_if(gap, event->lost), &failed);
	json_put(object, "note", json_text(event_note(note, event, names->mark)),
		 &failed);
	return json_finish(json_whole(object, failed), file, true);
}
