/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rate.h - columns that tell how fast something moves, and how it went before.
 */
#ifndef TTATOP_RATE_H
#define TTATOP_RATE_H

#include "history.h"
#include "state.h"
#include "table.h"
#include "tally.h"

#define PAST_CELLS   10
#define PAST_SECONDS 60

enum rate_column {
	RATE_ALLOCS,
	RATE_FREES,
	RATE_BYTES, /* signed: what used bytes moved by */
	RATE_MOVES, /* allocs and frees: "155/150" */
};

/* SNAP_UNKNOWN when nobody knows; RATE_BYTES as row_signed(). */
uint64_t rate_key(const struct view_state *state, struct history_place place,
		  enum rate_column column);
void rate_format(const struct view_state *state, struct history_place place,
		 enum rate_column column, struct table_text *text);
/* The last minute of a place, of one class; MEMORY_CLASS_COUNT: as @place says. */
void rate_past(const struct view_state *state, struct history_place place,
	       enum memory_class which, struct table_text *text);

#endif
