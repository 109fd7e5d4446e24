/* SPDX-License-Identifier: BSD-2-Clause */
/* action_find.c - the row with a text: while it is typed, and the ones after and before.
 */
#include <stdio.h>

#include "action.h"

/* Without a text: a row that deserves a look. */
static bool is_wanted(const struct view_state *state, size_t row)
{
	const struct row *rows = state->rows.rows;

	return state->finding ? view_row_matches(state, &rows[row], state->finding)
			      : screen_of(state)->suspicious(state, &rows[row]);
}

/* The first one from @start on, round the end; @start itself is the first to be tried. */
static unsigned find_from(struct view_state *state, size_t start, bool back)
{
	size_t count = state->rows.count;

	for (size_t i = 0; i < count; i++) {
		size_t at = (start + (back ? count - i : i)) % count;

		if (is_wanted(state, at))
			return action_move_to(state, at);
	}
	action_say(state, *state->find ? "not found: " : "no suspicious row",
		   state->find);
	return REACT_DRAW;
}

unsigned action_find_next(struct view_state *state)
{
	return find_from(state, view_screen(state)->cursor + 1, false);
}

unsigned action_find_previous(struct view_state *state)
{
	size_t cursor = view_screen(state)->cursor, count = state->rows.count;

	return find_from(state, cursor + (count ? count - 1 : 0), true);
}

unsigned action_find_begin(struct view_state *state)
{
	state->find_from = *view_screen(state);
	snprintf(state->find_before, sizeof(state->find_before), "%s", state->find);
	return REACT_DRAW;
}

/* Back to the row that it began on, or to the top. */
static void return_to_start(struct view_state *state)
{
	const struct screen_state *from = &state->find_from;
	struct screen_state *own = view_screen(state);
	size_t at = rows_find(&state->rows, &from->selected);

	action_move_to(state, at < state->rows.count ? at : from->cursor);
	own->top = from->top;
	own->moved = from->moved;
	view_resize(state, state->lines, state->cols);
}

unsigned action_find_typed(struct view_state *state)
{
	if (!action_set_filter(state, &state->finding, state->line))
		return REACT_DRAW;
	snprintf(state->find, sizeof(state->find), "%s", state->line);
	return_to_start(state);
	return *state->find ? find_from(state, view_screen(state)->cursor, false)
			    : REACT_DRAW;
}

unsigned action_find_end(struct view_state *state)
{
	return_to_start(state);
	action_set_filter(state, &state->finding, state->find_before);
	snprintf(state->find, sizeof(state->find), "%s", state->find_before);
	return REACT_DRAW;
}
