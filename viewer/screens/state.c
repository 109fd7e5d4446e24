/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <errno.h>

#include "screen.h"

void view_init(struct view_state *state)
{
	*state = (struct view_state){
		.lines = 24, .cols = 80, .delay = 1, .show_delta = true};
	for (int i = 0; i < SCREEN_COUNT; i++) {
		const struct screen *screen = screen_get((enum screen_id)i);
		struct screen_state *own = &state->screens[i];

		table_choose(screen->columns, screen->column_count, NULL, &own->choice);
		own->sort.column = screen->sort;
		own->sort.falling = screen->columns[screen->sort].flags & TABLE_FALLING;
		own->tree = screen->tree;
	}
}

void view_fini(struct view_state *state)
{
	rows_fini(&state->rows);
	filter_free(state->filtering);
	filter_free(state->finding);
	state->filtering = state->finding = NULL;
	delta_free(state->delta);
	state->delta = NULL;
}

struct screen_state *view_screen(struct view_state *state)
{
	return &state->screens[state->screen];
}

const struct row *view_selected(const struct view_state *state)
{
	size_t cursor = state->screens[state->screen].cursor;

	return cursor < state->rows.count ? &state->rows.rows[cursor] : NULL;
}

void view_layout(const struct view_state *state, struct layout *layout)
{
	const struct screen *screen = screen_of(state);
	bool many = state->snapshot && screen->summary_lines;
	struct layout_input input = {
		.rows = state->lines,
		.cols = state->cols,
		.devices = state->snapshot ? state->snapshot->device_count : 0,
		.meters = screen->meters,
		.summary = many ? screen->summary_lines(state) : 1,
		.detail = state->events ? screen->detail_lines : 0,
		.hide_header = state->hide_header,
	};

	layout_make(layout, &input);
}

uint32_t view_hidden_columns(const struct view_state *state)
{
	return screen_of(state)->hidden(state);
}

bool view_follows(const struct view_state *state)
{
	const struct screen *screen = screen_of(state);
	const struct table_sort *sort = &state->screens[state->screen].sort;

	return screen->stream && sort->column == screen->sort && !sort->falling;
}

/* To its row; a stream that forgets its oldest rows stands still meanwhile. */
static void cursor_find(struct view_state *state)
{
	struct screen_state *own = view_screen(state);
	size_t found = rows_find(&state->rows, &own->selected);

	if (found >= state->rows.count)
		return;
	if (view_follows(state) && found < own->cursor)
		own->top -=
			own->cursor - found < own->top ? own->cursor - found : own->top;
	own->cursor = found;
}

/* Keep the cursor on its row, or on the top, and both in sight. */
static void cursor_settle(struct view_state *state)
{
	struct screen_state *own = view_screen(state);
	struct layout layout;
	size_t page;

	view_layout(state, &layout);
	page = layout.table.rows > 0 ? (size_t)layout.table.rows : 1;
	if (own->moved)
		cursor_find(state);
	else
		own->cursor = view_follows(state) ? SIZE_MAX : 0;
	if (own->cursor >= state->rows.count)
		own->cursor = state->rows.count ? state->rows.count - 1 : 0;
	if (state->rows.count)
		own->selected = state->rows.rows[own->cursor].id;
	if (own->top + page > state->rows.count)
		own->top = state->rows.count > page ? state->rows.count - page : 0;
	if (own->cursor < own->top)
		own->top = own->cursor;
	if (own->cursor >= own->top + page)
		own->top = own->cursor - page + 1;
}

bool view_row_matches(const struct view_state *state, const struct row *row,
		      const struct filter *filter)
{
	const struct screen *screen = screen_of(state);
	char haystack[SCREEN_HAYSTACK_SIZE];
	struct filter_row about = {.snapshot = state->snapshot, .text = haystack};

	if (screen->matches)
		return screen->matches(state, row, filter);
	screen->haystack(state, row, haystack);
	screen->about(state, row, &about);
	return filter_matches(filter, &about);
}

/* Leave out what the filter does not match. */
static void rows_filter(struct view_state *state)
{
	size_t kept = 0;

	if (!state->filtering)
		return;
	for (size_t i = 0; i < state->rows.count; i++)
		if (view_row_matches(state, &state->rows.rows[i], state->filtering))
			state->rows.rows[kept++] = state->rows.rows[i];
	state->rows.count = kept;
}

/* Put the parts of each row below it. */
static int rows_expand(struct view_state *state)
{
	const struct screen *screen = screen_of(state);
	struct row_list list = {0};
	int err = 0;

	if (!screen->expand || !view_screen(state)->tree)
		return 0;
	for (size_t i = 0; !err && i < state->rows.count; i++) {
		struct row *row = rows_add(&list);

		if (!row) {
			rows_fini(&list);
			return -ENOMEM;
		}
		*row = state->rows.rows[i];
		err = screen->expand(state, &state->rows.rows[i], &list);
	}
	rows_fini(&state->rows);
	state->rows = list;
	return err;
}

int view_rows(struct view_state *state)
{
	const struct screen *screen = screen_of(state);
	struct screen_state *own = view_screen(state);
	int err;

	state->rows.count = 0;
	state->unfiltered = 0;
	if (!state->snapshot)
		return 0;
	err = screen->collect(state, &state->rows);
	state->unfiltered = state->rows.count;
	rows_filter(state);
	for (size_t i = 0; i < state->rows.count; i++)
		screen->key(state, &state->rows.rows[i], own->sort.column);
	rows_sort(&state->rows, own->sort.falling);
	if (!err)
		err = rows_expand(state);
	cursor_settle(state);
	return err;
}

int view_update(struct view_state *state, const struct snapshot *snapshot,
		const struct snapshot *base, const struct history *history)
{
	int err = 0;

	delta_free(state->delta);
	state->delta = NULL;
	state->snapshot = snapshot;
	state->base = base;
	state->history = history;
	if (base && snapshot)
		err = delta_compute(base, snapshot, true, &state->delta);
	return view_rows(state) || err ? -ENOMEM : 0;
}

void view_resize(struct view_state *state, int rows, int cols)
{
	state->lines = rows > 0 ? rows : 24;
	state->cols = cols > 0 ? cols : 80;
	cursor_settle(state);
}
