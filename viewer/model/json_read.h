/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_read.h - take values out of a document that nobody vouches for; private to the
 * model. The first thing that is wrong is kept in words; later calls do nothing.
 */
#ifndef TTATOP_JSON_READ_H
#define TTATOP_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct json_reader {
	struct arena *arena;
	const char *name; /* of the file */
	char *error;
	size_t error_size;
	const char *list; /* where we are: "processes" */
	size_t index;
	bool failed;
};

void json_fail(struct json_reader *reader, const char *key, const char *what);

/* Values of @object[key]; a missing key is an error. */
uint64_t json_take_number(struct json_reader *reader, json_t *object, const char *key);
uint32_t json_take_u32(struct json_reader *reader, json_t *object, const char *key);
/* null = @absent */
uint64_t json_take_hex(struct json_reader *reader, json_t *object, const char *key,
		       uint64_t absent);
const char *json_take_text(struct json_reader *reader, json_t *object, const char *key);
uint64_t json_take_time(struct json_reader *reader, json_t *object, const char *key);
bool json_take_bool(struct json_reader *reader, json_t *object, const char *key);
/* An array, NULL on failure; returns room for its elements of @size. */
void *json_take_list(struct json_reader *reader, json_t *object, const char *key,
		     size_t size, json_t **ret_list, size_t *ret_count);

#endif
