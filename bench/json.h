/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json.h - writing JSON: no commas of their own, unknown numbers as null.
 */
#ifndef TTA_BENCH_JSON_H
#define TTA_BENCH_JSON_H

#include "host.h"

void json_string(FILE *out, const char *text);
/* "key":value, null when @value is not finite. */
void json_number(FILE *out, const char *key, double value);
void json_text(FILE *out, const char *key, const char *value);
/* Schema, host, tool and quick: the head of every document, without its end. */
void json_begin(FILE *out, const char *schema, const struct host *host, bool quick);

#endif
