/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

#include "json_write.h"
#include "leaks_json.h"

/* With the publisher's number of the device: this document has no list of devices. */
static json_t *buffer_json(const struct leaks *leaks, const struct snap_buffer *buffer)
{
	return json_buffer(buffer, leaks->now->devices[buffer->device].number);
}

static json_t *buffers_json(const struct leaks *leaks, const struct leaks_group *group)
{
	json_t *list = json_array();

	for (size_t i = 0; i < group->count; i++)
		if (json_array_append_new(
			    list, buffer_json(leaks, leaks->buffers[group->begin + i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *devices_json(const struct leaks *leaks, const struct leaks_group *group)
{
	uint32_t *numbers = calloc(group->count + 1, sizeof(*numbers));
	json_t *list = numbers ? json_array() : NULL;
	size_t count = numbers ? leaks_devices(leaks, group, numbers) : 0;

	for (size_t i = 0; list && i < count; i++)
		json_array_append_new(list, json_number(numbers[i]));
	free(numbers);
	return list;
}

/* What its buffers have in common; what was not asked for is missing. */
static void put_keys(json_t *object, const struct leaks *leaks,
		     const struct snap_buffer *buffer, unsigned by, bool *failed)
{
	if (by & LEAKS_LABEL)
		json_put(object, "label", json_text(buffer->label), failed);
	if (by & LEAKS_TYPE)
		json_put(object, "type", json_text(buffer->type), failed);
	if (by & LEAKS_SIZE)
		json_put(object, "size", json_number(buffer->size), failed);
	if (by & LEAKS_GROUP)
		json_put(object, "group", json_hex(buffer->group, buffer->group == 0),
			 failed);
	if (by & LEAKS_SITE)
		json_put(object, "site", json_hex(buffer->site, buffer->site == 0),
			 failed);
	if (by & LEAKS_PROCESS) {
		json_put(object, "segment", json_hex(buffer->segment, false), failed);
		json_put(object, "pid", json_number(buffer->pid), failed);
		json_put(object, "comm",
			 json_text(leaks->now->processes[buffer->process].comm), failed);
	}
}

static json_t *group_json(const struct leaks *leaks, const struct leaks_group *group,
			  unsigned by, bool addresses)
{
	bool watched = group->trend != LEAKS_UNWATCHED, failed = false;
	json_t *object = json_object();

	put_keys(object, leaks, group->first, by, &failed);
	json_put(object, "devices", devices_json(leaks, group), &failed);
	json_put(object, "bytes", json_number(group->bytes), &failed);
	json_put(object, "buffers", json_number(group->count), &failed);
	json_put(object, "refs", json_number(group->refs), &failed);
	json_put(object, "oldest_ns", json_number(group->oldest_ns), &failed);
	json_put(object, "orphan_buffers", json_number(group->orphan), &failed);
	json_put(object, "exited_buffers", json_number(group->exited), &failed);
	json_put(object, "trend",
		 watched ? json_string(leaks_trend_name(group->trend)) : json_null(),
		 &failed);
	json_put(object, "change", watched ? json_integer(group->change) : json_null(),
		 &failed);
	if (addresses)
		json_put(object, "addresses", buffers_json(leaks, group), &failed);
	return json_whole(object, failed);
}

static json_t *groups_json(const struct leaks *leaks, unsigned by,
			   const struct leaks_request *request)
{
	json_t *list = json_array();

	for (size_t i = 0; i < leaks->group_count && i < request->groups; i++)
		if (json_array_append_new(list, group_json(leaks, &leaks->groups[i], by,
							   request->addresses))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *keys_json(unsigned by)
{
	json_t *list = json_array();

	for (unsigned key = 1; list && key <= LEAKS_PROCESS; key <<= 1)
		if (by & key)
			json_array_append_new(list, json_string(leaks_key_name(key)));
	return list;
}

static json_t *age_json(const void *base, size_t index)
{
	const struct leaks_age *age = (const struct leaks_age *)base + index;
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "from_ns", json_number(age->from_ns), &failed);
	json_put(object, "to_ns", json_number(age->to_ns), &failed);
	json_put(object, "buffers", json_number(age->buffers), &failed);
	json_put(object, "bytes", json_number(age->bytes), &failed);
	return json_whole(object, failed);
}

static json_t *totals_json(const struct leaks *leaks)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "bytes", json_number(leaks->bytes), &failed);
	json_put(object, "buffers", json_number(leaks->buffer_count), &failed);
	json_put(object, "refs", json_number(leaks->refs), &failed);
	json_put(object, "groups", json_number(leaks->group_count), &failed);
	json_put(object, "orphan_buffers", json_number(leaks->orphan), &failed);
	json_put(object, "exited_buffers", json_number(leaks->exited), &failed);
	json_put(object, "unknown_age", json_number(leaks->unknown_age), &failed);
	return json_whole(object, failed);
}

int leaks_write(const struct leaks *leaks, const struct leaks_query *query,
		const struct leaks_request *request, FILE *file)
{
	json_t *object = json_object();
	bool failed = false;

	json_put(object, "schema", json_string("ttatop.leaks"), &failed);
	json_put(object, "schema_version", json_integer(1), &failed);
	json_put(object, "tool", json_text(leaks->now->tool), &failed);
	json_put(object, "host", json_text(leaks->now->host), &failed);
	json_put(object, "time", json_time(leaks->now->time_ns), &failed);
	json_put(object, "exact", json_boolean(leaks->now->exact), &failed);
	json_put(object, "by", keys_json(query->by), &failed);
	json_put(object, "older_ns", json_number(query->older_ns), &failed);
	json_put(object, "since", json_text(request->since ? request->since : ""),
		 &failed);
	json_put(object, "window_ns",
		 query->earlier ? json_number(request->window_ns) : json_null(), &failed);
	json_put(object, "fail", json_number(request->fail), &failed);
	json_put(object, "fails", json_boolean(request->fails), &failed);
	json_put(object, "groups", groups_json(leaks, query->by, request), &failed);
	json_put(object, "ages", json_list(leaks->ages, LEAKS_AGES, age_json), &failed);
	json_put(object, "totals", totals_json(leaks), &failed);
	return json_finish(json_whole(object, failed), file, false);
}
