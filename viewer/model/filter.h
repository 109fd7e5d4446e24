/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter.h - expressions that choose processes, devices and buffers.
 *
 * Words are text, in upper or lower case; blanks are and, | is or, and binds least.
 * Terms are KEY OP VALUE, with the keys pid dev type size addr age refs label user state
 * flag run and the operators = != < <= > >=. Lists go with = and !=: dev=0,2-5. Names
 * know *. Quotes hold blanks together. What nobody knows matches no term.
 */
#ifndef TTATOP_FILTER_H
#define TTATOP_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshot.h"

#define FILTER_LENGTH_MAX 4096

struct filter;

struct filter_error {
	size_t column; /* from 1, in characters */
	char message[96];
};

/* 0; -EINVAL with *ret_error; -ENOMEM. Any bytes are allowed in @text. */
int filter_parse(const char *text, struct filter **ret_filter,
		 struct filter_error *ret_error);
void filter_free(struct filter *filter);

/* Does it look at text at all? */
bool filter_has_words(const struct filter *filter);

/* What an expression is held against; NULL = the row is not about one of these. */
struct filter_row {
	const struct snapshot *snapshot; /* that all of the following are part of */
	const struct snap_process *process;
	const struct snap_device *device;
	const char *type;
	const struct snap_buffer *buffer;
	const char *text, *more_text; /* what words look at */
};

/* About one buffer. */
struct filter_row filter_row_of_buffer(const struct snapshot *snapshot,
				       const struct snap_buffer *buffer);

/*
 * Terms that are not about the row itself are matched through one thing below it: a
 * process matches size>1M when one of its buffers does. A NULL @filter matches.
 */
bool filter_matches(const struct filter *filter, const struct filter_row *row);
/* The same, but nothing below the row is looked at. */
bool filter_matches_itself(const struct filter *filter, const struct filter_row *row);
/* False when the expression excludes this place, whoever holds it. */
bool filter_allows_place(const struct filter *filter, const struct snap_device *device,
			 const char *type);

#endif
