/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delta_json.h - a delta as a document (schema ttatop.diff, version 1).
 */
#ifndef TTATOP_DELTA_JSON_H
#define TTATOP_DELTA_JSON_H

#include <stdio.h>

#include "delta_by.h"

/* @totals: of the same two snapshots. @base_name, @now_name: what was compared, as it was
 * asked for. 0, -ENOMEM, -EIO. */
int delta_write(const struct delta *totals, const struct delta_by *delta,
		const struct delta_query *query, const char *base_name,
		const char *now_name, bool one_line, FILE *file);

#endif
