/* SPDX-License-Identifier: BSD-2-Clause */
#include "panel_list.h"

size_t panel_list_top(const struct view_state *state, int rows)
{
	size_t room = rows > 0 ? (size_t)rows : 1;

	return state->panel_cursor >= room ? state->panel_cursor - room + 1 : 0;
}

void panel_list_draw(const struct view_state *state, struct grid *grid, struct rect area,
		     const char *heading, size_t count, panel_list_text *text)
{
	size_t top = panel_list_top(state, area.rows - 1);
	char line[PANEL_LIST_TEXT];

	grid_put(grid, rect_line(area, 0), 1, ATTR_TITLE, heading);
	for (int i = 1; i < area.rows; i++) {
		size_t at = top + (size_t)i - 1;
		struct rect row = rect_line(area, i);

		if (at >= count)
			return;
		text(state, at, line);
		grid_put(grid, row, 2, ATTR_NORMAL, line);
		if (at == state->panel_cursor) {
			grid_put(grid, row, 0, ATTR_NORMAL, ">");
			grid_mark(grid, row, ATTR_SELECTED);
		}
	}
}

static size_t moved(const struct view_state *state, enum action action, size_t last)
{
	size_t cursor = state->panel_cursor;
	size_t page = state->lines > 4 ? (size_t)state->lines - 3 : 1;

	switch (action) {
	case ACTION_UP:
		return cursor ? cursor - 1 : 0;
	case ACTION_DOWN:
		return cursor + 1;
	case ACTION_PAGE_UP:
		return cursor > page ? cursor - page : 0;
	case ACTION_PAGE_DOWN:
		return cursor + page;
	case ACTION_HOME:
		return 0;
	default:
		return last;
	}
}

bool panel_list_key(struct view_state *state, uint32_t key, size_t count,
		    unsigned *ret_reaction)
{
	enum action action = keymap_action(key);
	size_t last = count ? count - 1 : 0, to;

	if (action >= ACTION_UP && action <= ACTION_END) {
		to = moved(state, action, last);
		state->panel_cursor = to < last ? to : last;
		*ret_reaction = REACT_DRAW;
		return true;
	}
	if (key != KC_ESCAPE && key != 'q')
		return false;
	*ret_reaction = panel_close(state);
	return true;
}
