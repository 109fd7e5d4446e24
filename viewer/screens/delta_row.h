/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delta_row.h - one row of the delta screen: what it is called, what it is, and which
 * buffers are in it. For screen_delta.c and what belongs to it.
 */
#ifndef TTATOP_DELTA_ROW_H
#define TTATOP_DELTA_ROW_H

#include "grid.h"
#include "state.h"
#include "table.h"

const struct delta_by_row *delta_row_of(const struct view_state *state,
					const struct row *row);
struct row_id delta_row_id(const struct view_state *state,
			   const struct delta_by_row *row);

/* "python 1906102", "0-3", "24.0K", "kv_cache", "0x3ffff000 1906102" */
void delta_row_group(const struct view_state *state, const struct delta_by_row *row,
		     char *text, size_t room);
/* To sort by the above: a text, or a number when that is NULL. */
const char *delta_row_sort_text(const struct view_state *state,
				const struct delta_by_row *row);
uint64_t delta_row_sort_number(const struct view_state *state,
			       const struct delta_by_row *row);
/* "new ORPHAN x8 dev", "grown", "gone" */
void delta_row_state(const struct view_state *state, const struct delta_by_row *row,
		     char *text, size_t room);
enum attr delta_row_attr(const struct view_state *state, const struct delta_by_row *row);
/* Of its oldest buffer now, SNAP_UNKNOWN without one. */
uint64_t delta_row_age(const struct view_state *state, const struct delta_by_row *row);
/* What its process held of this in the last minute. */
void delta_row_past(const struct view_state *state, const struct delta_by_row *row,
		    struct table_text *text);

/* What words look at. */
void delta_row_words(const struct view_state *state, const struct delta_by_row *row,
		     char *text, size_t room);
/* Its type, and its process where it is of one that is there now. */
void delta_row_about(const struct view_state *state, const struct delta_by_row *row,
		     struct filter_row *about);
/* By itself, or by one of its buffers now. */
bool delta_row_matches(const struct view_state *state, const struct delta_by_row *row,
		       const struct filter *filter);
/* Its buffers: of its process and device, where it has one. */
void delta_row_scope(const struct view_state *state, const struct delta_by_row *row,
		     struct scope *scope);

/* It in words, what dead processes left, what is never freed, what to do next. */
void delta_row_detail(const struct view_state *state, const struct delta_by_row *row,
		      struct grid *grid, struct rect area);

#endif
