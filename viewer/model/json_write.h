/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_write.h - values as our documents spell them; for those who write documents.
 *
 * Without memory the functions return NULL, which jansson's *_new() calls pass on.
 */
#ifndef TTATOP_JSON_WRITE_H
#define TTATOP_JSON_WRITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "snapshot.h"

/* null when unknown. */
json_t *json_number(uint64_t value);
/* "0x..", null when @absent. */
json_t *json_hex(uint64_t value, bool absent);
/* null when "". */
json_t *json_text(const char *text);
/* RFC 3339, null when unknown. */
json_t *json_time(uint64_t realtime_ns);
/* Names of SNAP_FLAG_*. */
json_t *json_flags(uint32_t flags);
/* A live buffer as every document has it; @device as that document counts devices. */
json_t *json_buffer(const struct snap_buffer *buffer, uint64_t device);
/* object[key] = value, which is consumed; remembers a failure in @failed. */
void json_put(json_t *object, const char *key, json_t *value, bool *failed);
/* The object, or NULL (and freed) when something failed on the way. */
json_t *json_whole(json_t *object, bool failed);
/* An array of @make(base, index); NULL without memory. */
json_t *json_list(const void *base, size_t count,
		  json_t *(*make)(const void *base, size_t index));
/* Write, newline at the end, and free. 0, -ENOMEM when @document is NULL, -EIO. */
int json_finish(json_t *document, FILE *file, bool one_line);

#endif
