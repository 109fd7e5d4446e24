/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fresh.h - which rows were not there a sample ago.
 */
#ifndef TTATOP_FRESH_H
#define TTATOP_FRESH_H

#include "rows.h"

/* Rows that have been seen, as sorted hashes. */
struct fresh_set {
	uint64_t *rows; /* NULL: nothing is known */
	size_t count;
};

struct fresh {
	uint64_t context; /* what is listed: other rows are not new rows */
	struct fresh_set before, now;
};

void fresh_fini(struct fresh *fresh);
/* Another sample follows. */
void fresh_next(struct fresh *fresh);
/* Mark the rows of @list that the sample before did not have. Without memory: none. */
void fresh_mark(struct fresh *fresh, uint64_t context, struct row_list *list);

#endif
