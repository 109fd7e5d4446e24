/* SPDX-License-Identifier: BSD-2-Clause */
#include "rate.h"

#include <stdio.h>

#include "detail.h"
#include "place_key.h"
#include "rows.h"
#include "sparkline.h"

static bool rate_load(const struct view_state *state, const struct history_place *place,
		      struct history_rate *ret_rate)
{
	return state->history && history_rate(state->history, place, ret_rate);
}

static uint64_t whole(double rate)
{
	return rate < 0 ? 0 : (uint64_t)(rate + 0.5);
}

static int64_t whole_change(double rate)
{
	return rate < 0 ? -(int64_t)(0.5 - rate) : (int64_t)(rate + 0.5);
}

uint64_t rate_key(const struct view_state *state, struct history_place place,
		  enum rate_column column)
{
	struct history_rate rate;

	if (!rate_load(state, &place, &rate))
		return SNAP_UNKNOWN;
	switch (column) {
	case RATE_ALLOCS:
		return whole(rate.allocs);
	case RATE_FREES:
		return whole(rate.frees);
	case RATE_BYTES:
		return row_signed(whole_change(rate.bytes));
	case RATE_MOVES:
		return whole(rate.allocs + rate.frees);
	}
	return SNAP_UNKNOWN;
}

void rate_format(const struct view_state *state, struct history_place place,
		 enum rate_column column, struct table_text *text)
{
	char number[FORMAT_SIZE], more[FORMAT_SIZE];
	struct history_rate rate = {0};
	bool known = rate_load(state, &place, &rate);
	int64_t change = whole_change(rate.bytes);

	if (!known) {
		*text = (struct table_text){.text = "?", .attr = ATTR_DIM};
	} else if (column == RATE_BYTES) {
		snprintf(text->text, sizeof(text->text), "%s",
			 format_change(number, change, true, state->bytes));
		text->attr = detail_change_attr(change, true);
	} else if (column == RATE_MOVES) {
		snprintf(text->text, sizeof(text->text), "%s/%s",
			 format_count(number, whole(rate.allocs), false),
			 format_count(more, whole(rate.frees), false));
	} else {
		snprintf(text->text, sizeof(text->text), "%s",
			 format_count(number,
				      whole(column == RATE_ALLOCS ? rate.allocs
								  : rate.frees),
				      true));
	}
}

void rate_past(const struct view_state *state, struct history_place place,
	       enum memory_class which, struct table_text *text)
{
	uint64_t values[PAST_CELLS];
	const char *type = which < MEMORY_OTHER ? memory_type(which) : NULL;
	size_t count;

	if (!state->history)
		return;
	if (type)
		place.type = place_text_key(type);
	count = history_track_past(state->history, &place, PAST_SECONDS, values,
				   PAST_CELLS);
	sparkline_text(text->text, sizeof(text->text), PAST_CELLS, values, count,
		       state->ascii);
	if (which < MEMORY_OTHER)
		text->attr = memory_attr(which);
}
