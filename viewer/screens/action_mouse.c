/* SPDX-License-Identifier: BSD-2-Clause */
/* action_mouse.c - clicks and the wheel, as the keys that they stand for. */
#include "action.h"
#include "header.h"
#include "mouse.h"
#include "panel_list.h"

#define WHEEL_ROWS 3

static bool inside(struct rect rect, const struct mouse_event *event)
{
	return event->row >= rect.row && event->row < rect.row + rect.rows;
}

static unsigned wheel(struct view_state *state, bool down)
{
	unsigned reaction = REACT_NONE;

	for (int i = 0; i < WHEEL_ROWS; i++)
		reaction |= view_key(state, down ? KC_DOWN : KC_UP);
	return reaction;
}

/* A row is selected; a second click does what Enter does. */
static unsigned click_row(struct view_state *state, const struct mouse_event *event,
			  const struct layout *layout)
{
	size_t row = view_screen(state)->top + (size_t)(event->row - layout->table.row);
	unsigned reaction;

	if (row >= state->rows.count)
		return REACT_NONE;
	reaction = action_move_to(state, row);
	return event->what == MOUSE_DOUBLE ? reaction | view_key(state, KC_ENTER)
					   : reaction;
}

/* Sort by the column; once more turns the order round. */
static unsigned click_title(struct view_state *state, const struct mouse_event *event,
			    const struct layout *layout)
{
	struct table_plan plan;

	screen_plan(state, layout, &plan);
	for (size_t i = 0; i < plan.count; i++) {
		const struct table_slot *slot = &plan.slots[i];

		if (event->col < slot->at || event->col >= slot->at + slot->width)
			continue;
		if (view_screen(state)->sort.column == slot->column)
			return view_action(state, ACTION_SORT_INVERT);
		return action_sort_by(state, slot->column);
	}
	return REACT_NONE;
}

static unsigned click_tab(struct view_state *state, const struct mouse_event *event)
{
	int id = header_tab_at(state, event->col);

	return id < 0 ? REACT_NONE
		      : view_key(state, (uint32_t)screen_get((enum screen_id)id)->digit);
}

static unsigned click_bar(struct view_state *state, const struct mouse_event *event)
{
	return view_key(state, header_bar_at(state, event->col));
}

/* Lines of a list begin below the title and its heading. */
static unsigned click_panel(struct view_state *state, const struct mouse_event *event)
{
	const struct panel *panel = panel_of(state);
	int first = 2;
	size_t line;

	if (!panel->list || event->row < first || event->row >= state->lines - 1)
		return REACT_NONE;
	line = panel_list_top(state, state->lines - 3) + (size_t)(event->row - first);
	if (line >= panel->lines(state))
		return REACT_NONE;
	state->panel_cursor = line;
	return event->what == MOUSE_DOUBLE ? view_key(state, KC_ENTER) : REACT_DRAW;
}

unsigned view_mouse(struct view_state *state, const struct mouse_event *event)
{
	struct layout layout;

	if (state->input != INPUT_NONE)
		return REACT_NONE;
	if (event->what == MOUSE_WHEEL_UP || event->what == MOUSE_WHEEL_DOWN)
		return wheel(state, event->what == MOUSE_WHEEL_DOWN);
	view_layout(state, &layout);
	if (inside(layout.bar, event))
		return click_bar(state, event);
	if (panel_of(state))
		return click_panel(state, event);
	if (inside(layout.table, event))
		return click_row(state, event, &layout);
	if (inside(layout.header, event))
		return click_title(state, event, &layout);
	if (inside(layout.tabs, event))
		return click_tab(state, event);
	return REACT_NONE;
}
