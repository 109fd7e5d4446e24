/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaks_print.h - leaks as text or comma-separated values on stdout.
 */
#ifndef TTATOP_LEAKS_PRINT_H
#define TTATOP_LEAKS_PRINT_H

#include "leaks_json.h"
#include "options.h"

/* 0 or -ENOMEM. */
int leaks_print(const struct options *options, const struct leaks *leaks,
		const struct leaks_query *query, const struct leaks_request *request);

#endif
