/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diff_print.h - a delta as text on stdout.
 */
#ifndef TTATOP_DIFF_PRINT_H
#define TTATOP_DIFF_PRINT_H

#include "delta_by.h"
#include "options.h"

/* Rows, totals, and the sum; nothing without a row. 0 or -ENOMEM. */
int diff_print(const struct options *options, const struct delta_query *query,
	       const struct delta_by *delta, const struct delta *totals);
/* "frames base now" for difference flame graphs; returns rows of unknown bytes. */
size_t diff_print_folded(const struct delta_query *query, const struct delta_by *delta);

#endif
