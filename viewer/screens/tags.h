/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tags.h - rows that the user has marked, by what they are: actions take all of them.
 */
#ifndef TTATOP_TAGS_H
#define TTATOP_TAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "grid.h"
#include "rows.h"

struct view_state;
struct table_plan;

struct tags {
	struct row_id *ids;
	size_t count, room;
};

void tags_fini(struct tags *tags);
bool tags_have(const struct tags *tags, const struct row_id *id);
/* Put a row in, or take it out. 0 or -ENOMEM. */
int tags_flip(struct tags *tags, const struct row_id *id);

/* Rows on show that are tagged; parts of a tagged row are in it already. */
size_t tags_shown(const struct view_state *state);
/* "3 tagged: 36.0K", in the first line of @line. */
void tags_draw_sum(const struct view_state *state, struct grid *grid, struct rect line);
/* A row that is tagged: its colour, and an asterisk where there is none. */
void tags_draw_row(struct grid *grid, struct rect line, const struct table_plan *plan);

#endif
