/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_read.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

void json_fail(struct json_reader *reader, const char *key, const char *what)
{
	if (reader->failed)
		return;
	reader->failed = true;
	if (reader->list)
		snprintf(reader->error, reader->error_size, "%s: %s[%zu]: '%s' %s",
			 reader->name, reader->list, reader->index, key, what);
	else
		snprintf(reader->error, reader->error_size, "%s: '%s' %s", reader->name,
			 key, what);
}

/* NULL, and a failure, when it is not there. */
static json_t *take(struct json_reader *reader, json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	if (!value)
		json_fail(reader, key, "is missing");
	return value;
}

uint64_t json_take_number(struct json_reader *reader, json_t *object, const char *key)
{
	json_t *value = take(reader, object, key);

	if (!value || json_is_null(value))
		return UINT64_MAX;
	if (json_is_integer(value) && json_integer_value(value) >= 0)
		return (uint64_t)json_integer_value(value);
	json_fail(reader, key, "is not a whole number");
	return UINT64_MAX;
}

uint32_t json_take_u32(struct json_reader *reader, json_t *object, const char *key)
{
	uint64_t value = json_take_number(reader, object, key);

	if (value <= UINT32_MAX)
		return (uint32_t)value;
	json_fail(reader, key, "is out of range");
	return 0;
}

uint64_t json_take_hex(struct json_reader *reader, json_t *object, const char *key,
		       uint64_t absent)
{
	json_t *value = take(reader, object, key);
	const char *text = json_string_value(value);
	char *end = NULL;
	uint64_t number;

	if (!value || json_is_null(value))
		return absent;
	errno = 0;
	if (text && strncmp(text, "0x", 2) == 0 && isxdigit((unsigned char)text[2])) {
		number = strtoull(text + 2, &end, 16);
		if (errno == 0 && *end == '\0')
			return number;
	}
	json_fail(reader, key, "is not a hexadecimal string");
	return absent;
}

const char *json_take_text(struct json_reader *reader, json_t *object, const char *key)
{
	json_t *value = take(reader, object, key);

	if (!value || json_is_null(value))
		return "";
	if (json_is_string(value))
		return arena_string(reader->arena, json_string_value(value));
	json_fail(reader, key, "is not a string");
	return "";
}

uint64_t json_take_time(struct json_reader *reader, json_t *object, const char *key)
{
	json_t *value = take(reader, object, key);
	uint64_t time = UINT64_MAX;

	if (!value || json_is_null(value))
		return UINT64_MAX;
	if (!json_is_string(value) || !format_time_parse(json_string_value(value), &time))
		json_fail(reader, key,
			  "is not a time like 2026-01-31T12:34:56.123456789Z");
	return time;
}

bool json_take_bool(struct json_reader *reader, json_t *object, const char *key)
{
	json_t *value = take(reader, object, key);

	if (value && !json_is_boolean(value))
		json_fail(reader, key, "is not true or false");
	return json_is_true(value);
}

void *json_take_list(struct json_reader *reader, json_t *object, const char *key,
		     size_t size, json_t **ret_list, size_t *ret_count)
{
	json_t *value = take(reader, object, key);
	void *room = NULL;

	if (value && !json_is_array(value))
		json_fail(reader, key, "is not an array");
	if (!reader->failed)
		room = arena_array(reader->arena, json_array_size(value), size);
	*ret_list = room ? value : NULL;
	*ret_count = json_array_size(*ret_list);
	return room;
}
