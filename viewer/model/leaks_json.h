/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaks_json.h - leaks as a document (schema ttatop.leaks, version 1).
 */
#ifndef TTATOP_LEAKS_JSON_H
#define TTATOP_LEAKS_JSON_H

#include <stdio.h>

#include "leaks.h"

/* How the leaks were asked for, beside the query. */
struct leaks_request {
	const char *since;     /* as given, NULL = not */
	uint64_t window_ns;    /* between the looks, 0 = one look */
	uint64_t fail;	       /* limit in bytes, SNAP_UNKNOWN = none */
	size_t groups;	       /* at most so many */
	bool addresses, fails; /* list buffers; more than the limit */
};

/* 0, -ENOMEM, -EIO. */
int leaks_write(const struct leaks *leaks, const struct leaks_query *query,
		const struct leaks_request *request, FILE *file);

#endif
