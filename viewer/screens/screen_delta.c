/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * screen_delta.c - what changed since the baseline, in the groups that were chosen.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "delta_row.h"
#include "delta_summary.h"
#include "detail.h"
#include "rate.h"
#include "screen.h"
#include "sparkline.h"
#include "tally.h"

enum {
	COL_GROUP,
	COL_DEV,
	COL_TYPE,
	COL_BASE,
	COL_NOW,
	COL_BYTES,
	COL_BUF,
	COL_BUF_CHANGE,
	COL_REFS_CHANGE,
	COL_AGE,
	COL_PAST,
	COL_STATE,
	COL_COUNT,
};

#define NUMBER (TABLE_RIGHT | TABLE_FALLING)
#define CHANGE (NUMBER | TABLE_SIGNED)

static const struct table_column columns[COL_COUNT] = {
	[COL_GROUP] = {"group", "GROUP", NULL, 12, 30, 100, 0, 0},
	[COL_DEV] = {"dev", "DEV", NULL, 3, 12, 60, 0, 0},
	[COL_TYPE] = {"type", "TYPE", NULL, 4, 8, 80, 0, 0},
	[COL_BASE] = {"base", "BASE", NULL, 5, 20, 50, 0, NUMBER},
	[COL_NOW] = {"now", "NOW", NULL, 5, 20, 55, 0, NUMBER},
	[COL_BYTES] = {"bytes", "ΔBYTES", "D:BYTES", 7, 20, 95, 0, CHANGE},
	[COL_BUF] = {"buf", "BUF", NULL, 4, 10, 40, 0, NUMBER},
	[COL_BUF_CHANGE] = {"dbuf", "ΔBUF", "D:BUF", 5, 10, 70, 0, CHANGE},
	[COL_REFS_CHANGE] = {"drefs", "ΔREFS", "D:REFS", 5, 10, 35, 90, CHANGE},
	[COL_AGE] = {"age", "AGE", NULL, 4, 6, 30, 90, NUMBER},
	[COL_PAST] = {"past", "60s", NULL, PAST_CELLS, PAST_CELLS, 20, 110, 0},
	[COL_STATE] = {"state", "STATE", NULL, 6, 0, 65, 0, TABLE_REST},
};

static int prepare(struct view_state *state)
{
	if (!state->base || !state->snapshot)
		return 0;
	return delta_view_compute(&state->grouped, state->base, state->snapshot);
}

/* Groups of buffers need them on both sides, or everything would be new or gone. */
static bool lacks_buffers(const struct view_state *state)
{
	return state->base && state->grouped.query.by & DELTA_KEYS_BUFFER &&
	       (!state->base->has_buffers || !state->snapshot->has_buffers);
}

/* Nothing then, nothing now: a type that was only published. */
static bool is_nothing(const struct delta_by_row *row)
{
	return row->bytes.base == 0 && row->bytes.now == 0 && row->buffers.base == 0 &&
	       row->buffers.now == 0;
}

static int collect(const struct view_state *state, struct row_list *list)
{
	const struct delta_by *delta = state->grouped.rows;

	for (size_t i = 0; delta && !lacks_buffers(state) && i < delta->row_count; i++) {
		struct row *row;

		if (is_nothing(&delta->rows[i]))
			continue;
		row = rows_add(list);
		if (!row)
			return -ENOMEM;
		row->index = (uint32_t)i;
		row->id = delta_row_id(state, &delta->rows[i]);
	}
	return 0;
}

static void key(const struct view_state *state, struct row *row, size_t column)
{
	const struct delta_by_row *of = delta_row_of(state, row);

	switch (column) {
	case COL_GROUP:
		row->text = delta_row_sort_text(state, of);
		row->number = delta_row_sort_number(state, of);
		break;
	case COL_TYPE:
		row->text = of->type;
		break;
	case COL_DEV:
		row->number = of->devices[0];
		break;
	case COL_BASE:
		row->number = of->bytes.base;
		break;
	case COL_NOW:
		row->number = of->bytes.now;
		break;
	case COL_BYTES:
		row->number = row_signed(of->bytes.change);
		break;
	case COL_BUF:
		row->number = of->buffers.now;
		break;
	case COL_BUF_CHANGE:
		row->number = row_signed(of->buffers.change);
		break;
	case COL_REFS_CHANGE:
		row->number = row_signed(of->refs.change);
		break;
	case COL_AGE:
		row->number = delta_row_age(state, of);
		break;
	default:
		row->number = of->change;
	}
}

static void format_measure(const struct delta_measure *measure, bool exact,
			   struct table_text *text)
{
	char number[FORMAT_SIZE];

	snprintf(text->text, sizeof(text->text), "%s",
		 format_change(number, measure->change, measure->known, exact));
	text->attr = detail_change_attr(measure->change, measure->known);
}

static void format_size(const struct view_state *state, uint64_t bytes,
			struct table_text *text)
{
	char number[FORMAT_SIZE];

	snprintf(text->text, sizeof(text->text), "%s",
		 format_bytes(number, bytes, false, state->bytes));
}

static void format_number(const struct view_state *state, const struct delta_by_row *row,
			  size_t column, struct table_text *text)
{
	char number[FORMAT_SIZE];

	switch (column) {
	case COL_BASE:
		format_size(state, row->bytes.base, text);
		break;
	case COL_NOW:
		format_size(state, row->bytes.now, text);
		break;
	case COL_BYTES:
		format_measure(&row->bytes, state->bytes, text);
		break;
	case COL_BUF:
		snprintf(text->text, sizeof(text->text), "%s",
			 format_count(number, row->buffers.now, false));
		break;
	case COL_BUF_CHANGE:
		format_measure(&row->buffers, true, text);
		break;
	case COL_REFS_CHANGE:
		format_measure(&row->refs, true, text);
		break;
	default:
		if (row->first != DELTA_NO_BUFFER)
			snprintf(text->text, sizeof(text->text), "%s",
				 format_age(number, delta_row_age(state, row)));
	}
}

static void format(const struct view_state *state, size_t index, size_t column,
		   struct table_text *text)
{
	const struct delta_by_row *row = delta_row_of(state, &state->rows.rows[index]);

	switch (column) {
	case COL_GROUP:
		delta_row_group(state, row, text->text, sizeof(text->text));
		if (delta_view_has_process(&state->grouped))
			text->attr = detail_state_attr(row->process->state);
		break;
	case COL_DEV:
		if (state->grouped.query.by & DELTA_DEV)
			format_ranges(text->text, 13, row->devices, row->device_count);
		else
			strcpy(text->text, "*");
		break;
	case COL_TYPE:
		snprintf(text->text, sizeof(text->text), "%.40s", row->type);
		text->attr = memory_attr(memory_class(row->type));
		break;
	case COL_PAST:
		delta_row_past(state, row, text);
		break;
	case COL_STATE:
		delta_row_state(state, row, text->text, sizeof(text->text));
		text->attr = delta_row_attr(state, row);
		break;
	default:
		format_number(state, row, column, text);
	}
}

static void haystack(const struct view_state *state, const struct row *row,
		     char text[SCREEN_HAYSTACK_SIZE])
{
	delta_row_words(state, delta_row_of(state, row), text, SCREEN_HAYSTACK_SIZE);
}

static void about(const struct view_state *state, const struct row *row,
		  struct filter_row *about)
{
	delta_row_about(state, delta_row_of(state, row), about);
}

static bool matches(const struct view_state *state, const struct row *row,
		    const struct filter *filter)
{
	return delta_row_matches(state, delta_row_of(state, row), filter);
}

static bool suspicious(const struct view_state *state, const struct row *row)
{
	return delta_row_of(state, row)->bytes.change > 0;
}

static uint32_t hidden(const struct view_state *state)
{
	bool past = state->history && !state->plain &&
		    delta_view_has_process(&state->grouped);

	return past ? 0 : 1u << COL_PAST;
}

static const char *choice(const struct view_state *state)
{
	return delta_view_choice(&state->grouped);
}

static bool empty(const struct view_state *state, struct grid *grid, struct rect area)
{
	const char *what = "Neither then nor now is anything held.";
	const char *next = "";

	if (!state->base) {
		what = "No baseline: there is nothing to compare with.";
		next = "Press b (F7) to set one now, B to load @NAME or a file.";
	} else if (lacks_buffers(state)) {
		what = "The baseline or this moment tells totals, not buffers.";
		next = "Press g for another group: process, device or type.";
	}
	grid_put(grid, rect_line(area, 0), 0, ATTR_NORMAL, what);
	grid_put(grid, rect_line(area, 1), 0, ATTR_NORMAL, next);
	return true;
}

static void detail(const struct view_state *state, const struct row *row,
		   struct grid *grid, struct rect area)
{
	delta_row_detail(state, delta_row_of(state, row), grid, area);
}

static enum screen_id zoom(const struct view_state *state, const struct row *row,
			   struct scope *scope)
{
	delta_row_scope(state, delta_row_of(state, row), scope);
	return SCREEN_BUFFERS;
}

const struct screen screen_delta = {
	.name = "delta",
	.title = "Delta",
	.digit = '5',
	.columns = columns,
	.column_count = COL_COUNT,
	.sort = COL_BYTES,
	.prepare = prepare,
	.collect = collect,
	.key = key,
	.format = format,
	.haystack = haystack,
	.about = about,
	.matches = matches,
	.suspicious = suspicious,
	.hidden = hidden,
	.summary = delta_summary_draw,
	.summary_lines = delta_summary_lines,
	.choice = choice,
	.empty = empty,
	.detail = detail,
	.zoom = zoom,
};
