/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print.h - the results as a table, and as JSON (schema tta.bench).
 */
#ifndef TTA_BENCH_PRINT_H
#define TTA_BENCH_PRINT_H

#include <stdio.h>

#include "rows.h"

void print_table(FILE *out, const struct run *run);
void print_json(FILE *out, const struct run *run);

/* The rows that were wanted alone, as parts of other documents. */
void print_table_rows(FILE *out, const struct run *run);
void print_json_rows(FILE *out, const struct run *run);

#endif
