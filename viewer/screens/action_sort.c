/* SPDX-License-Identifier: BSD-2-Clause */
/* action_sort.c - rows by another column, or the other way round. */
#include "action.h"

unsigned action_sort_by(struct view_state *state, size_t column)
{
	struct screen_state *own = view_screen(state);
	const struct table_column *columns = screen_of(state)->columns;

	own->sort.column = column;
	own->sort.falling = columns[column].flags & TABLE_FALLING;
	return REACT_ROWS;
}

/* By the first of these keys that the screen has. */
static unsigned sort_by_key(struct view_state *state, const char *const *keys)
{
	const struct screen *screen = screen_of(state);

	for (; *keys; keys++) {
		int column = table_find(screen->columns, screen->column_count, *keys);

		if (column >= 0)
			return action_sort_by(state, (size_t)column);
	}
	return REACT_NONE;
}

/* The next column on show, in the given direction. */
static unsigned sort_cycle(struct view_state *state, bool back)
{
	const struct screen_state *own = view_screen(state);
	uint32_t hidden = view_hidden_columns(state);
	size_t count = own->choice.count, at = 0;

	while (at < count && own->choice.columns[at] != own->sort.column)
		at++;
	if (at == count)
		at = back ? 0 : count - 1;
	for (size_t i = 0; i < count; i++) {
		at = (at + (back ? count - 1 : 1)) % count;
		if (!(hidden >> own->choice.columns[at] & 1))
			break;
	}
	return action_sort_by(state, own->choice.columns[at]);
}

unsigned action_sort(struct view_state *state, enum action action)
{
	static const char *const total[] = {"total", "used", "size", NULL};
	static const char *const l1[] = {"l1", NULL}, *const pid[] = {"pid", NULL};
	static const char *const age[] = {"age", NULL};

	switch (action) {
	case ACTION_SORT_TOTAL:
		return sort_by_key(state, total);
	case ACTION_SORT_L1:
		return sort_by_key(state, l1);
	case ACTION_SORT_PID:
		return sort_by_key(state, pid);
	case ACTION_SORT_AGE:
		return sort_by_key(state, age);
	case ACTION_SORT_INVERT:
		view_screen(state)->sort.falling = !view_screen(state)->sort.falling;
		return REACT_ROWS;
	default:
		return sort_cycle(state, action == ACTION_SORT_PREVIOUS);
	}
}
