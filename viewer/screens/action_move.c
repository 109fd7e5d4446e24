/* SPDX-License-Identifier: BSD-2-Clause */
/* action_move.c - the cursor moves through rows, a panel through its lines. */
#include "action.h"
#include "panel.h"

unsigned action_move_to(struct view_state *state, size_t position)
{
	struct screen_state *own = view_screen(state);

	if (state->rows.count == 0)
		return REACT_NONE;
	own->cursor = position < state->rows.count ? position : state->rows.count - 1;
	own->moved = true;
	own->selected = state->rows.rows[own->cursor].id;
	view_resize(state, state->lines, state->cols);
	return REACT_DRAW;
}

static size_t page_lines(const struct view_state *state)
{
	struct layout layout;

	view_layout(state, &layout);
	return layout.table.rows > 1 ? (size_t)layout.table.rows : 1;
}

static unsigned move_cursor(struct view_state *state, enum action action)
{
	size_t cursor = view_screen(state)->cursor, page = page_lines(state);

	switch (action) {
	case ACTION_UP:
		return action_move_to(state, cursor ? cursor - 1 : 0);
	case ACTION_DOWN:
		return action_move_to(state, cursor + 1);
	case ACTION_PAGE_UP:
		return action_move_to(state, cursor > page ? cursor - page : 0);
	case ACTION_PAGE_DOWN:
		return action_move_to(state, cursor + page);
	case ACTION_END:
		action_move_to(state, SIZE_MAX);
		view_screen(state)->moved = !view_follows(state);
		return REACT_DRAW;
	default:
		action_move_to(state, 0);
		view_screen(state)->moved = false;
		return REACT_DRAW;
	}
}

/* A panel has lines instead of rows. */
static unsigned move_panel(struct view_state *state, enum action action)
{
	const struct panel *panel = panel_of(state);
	size_t lines = panel->lines ? panel->lines(state) : 0;
	size_t page = (size_t)state->lines, top = state->panel_top;
	size_t last = lines + 2 > page ? lines + 2 - page : 0;

	if (action == ACTION_UP)
		top = top ? top - 1 : 0;
	else if (action == ACTION_DOWN)
		top++;
	else if (action == ACTION_PAGE_UP)
		top = top > page ? top - page : 0;
	else if (action == ACTION_PAGE_DOWN)
		top += page;
	else
		top = action == ACTION_END ? last : 0;
	state->panel_top = top < last ? top : last;
	return REACT_DRAW;
}

unsigned action_move(struct view_state *state, enum action action)
{
	return panel_of(state) ? move_panel(state, action) : move_cursor(state, action);
}
