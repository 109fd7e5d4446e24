/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print.h - the results as a table, and as JSON (schema tta.bench).
 */
#ifndef TTA_BENCH_PRINT_H
#define TTA_BENCH_PRINT_H

#include <stdio.h>

#include "bench.h"
#include "host.h"

struct run {
	struct host host;
	bool quick;
	bool wanted[64]; /* by row */
	struct row_result *result;
};

void print_table(FILE *out, const struct run *run);
void print_json(FILE *out, const struct run *run);

#endif
