/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_write.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "snapshot.h"

json_t *json_number(uint64_t value)
{
	/* an integer of JSON has 63 bits; SNAP_UNKNOWN does not fit on purpose */
	return value > INT64_MAX ? json_null() : json_integer((json_int_t)value);
}

json_t *json_hex(uint64_t value, bool absent)
{
	return absent ? json_null() : json_sprintf("0x%" PRIx64, value);
}

/* Names of programs are bytes; JSON wants UTF-8. */
static json_t *json_bytes(const char *text)
{
	char *copy = strdup(text);
	json_t *value;

	for (char *c = copy; c && *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	value = copy ? json_string(copy) : NULL;
	free(copy);
	return value;
}

json_t *json_text(const char *text)
{
	json_t *value = text[0] ? json_string(text) : json_null();

	return value ? value : json_bytes(text);
}

json_t *json_time(uint64_t realtime_ns)
{
	char text[FORMAT_TIME_SIZE];

	if (realtime_ns == UINT64_MAX)
		return json_null();
	return json_string(format_time(text, realtime_ns));
}

json_t *json_flags(uint32_t flags)
{
	json_t *list = json_array();

	for (uint32_t flag = 1; list && flag <= SNAP_FLAG_STALE; flag <<= 1)
		if (flags & flag &&
		    json_array_append_new(
			    list, json_string(snap_flag_name((enum snap_flag)flag)))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

void json_put(json_t *object, const char *key, json_t *value, bool *failed)
{
	if (json_object_set_new(object, key, value))
		*failed = true;
}

json_t *json_whole(json_t *object, bool failed)
{
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

json_t *json_list(const void *base, size_t count,
		  json_t *(*make)(const void *base, size_t index))
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < count; i++) {
		if (json_array_append_new(list, make(base, i))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

int json_finish(json_t *document, FILE *file, bool one_line)
{
	size_t flags = one_line ? JSON_COMPACT : JSON_INDENT(1);
	int err = document ? 0 : -ENOMEM;

	if (!err && (json_dumpf(document, file, flags) || fputc('\n', file) == EOF))
		err = -EIO;
	json_decref(document);
	return err;
}
