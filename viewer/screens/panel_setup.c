/* SPDX-License-Identifier: BSD-2-Clause */
/* panel_setup.c - settings, and the columns of every screen; changes show at once. */
#include <stdio.h>

#include "panel_list.h"
#include "screen.h"

/* A line: a setting, or a column of a screen. */
struct line {
	size_t setting; /* settings_values() = it is a column */
	enum screen_id screen;
	size_t position; /* among the columns on show, then among the others */
	uint8_t column;
	bool shown;
};

static bool choice_has(const struct table_choice *choice, size_t column)
{
	for (size_t i = 0; i < choice->count; i++)
		if (choice->columns[i] == column)
			return true;
	return false;
}

/* The columns on show in their order, then the others. */
static struct line column_line(const struct view_state *state, enum screen_id id,
			       size_t position)
{
	const struct table_choice *choice = &state->screens[id].choice;
	struct line line = {settings_values(), id, position, 0, true};
	size_t left = position - choice->count;

	if (position < choice->count) {
		line.column = choice->columns[position];
		return line;
	}
	line.shown = false;
	for (uint8_t i = 0; i < screen_get(id)->column_count; i++)
		if (!choice_has(choice, i) && left-- == 0)
			line.column = i;
	return line;
}

static struct line line_at(const struct view_state *state, size_t index)
{
	int id = 0;

	if (index < settings_values())
		return (struct line){.setting = index};
	index -= settings_values();
	while (id + 1 < SCREEN_COUNT &&
	       index >= screen_get((enum screen_id)id)->column_count)
		index -= screen_get((enum screen_id)id++)->column_count;
	return column_line(state, (enum screen_id)id, index);
}

static size_t count(const struct view_state *state)
{
	size_t lines = settings_values();

	(void)state;
	for (int id = 0; id < SCREEN_COUNT; id++)
		lines += screen_get((enum screen_id)id)->column_count;
	return lines;
}

static void text(const struct view_state *state, size_t index,
		 char words[PANEL_LIST_TEXT])
{
	struct line line = line_at(state, index);
	char name[SETTING_NAME_SIZE], value[SETTING_VALUE_SIZE];
	const struct screen *screen = screen_get(line.screen);

	if (line.setting < settings_values())
		snprintf(words, PANEL_LIST_TEXT, "%-10s %-8.40s %s",
			 settings_name(index, name), settings_get(state, index, value),
			 settings_help(index));
	else
		snprintf(words, PANEL_LIST_TEXT, "%-10s [%c] %s", screen->name,
			 line.shown ? 'x' : ' ', screen->columns[line.column].key);
}

static void draw(const struct view_state *state, struct grid *grid, struct rect area)
{
	panel_list_draw(state, grid, area,
			view_action_allowed(state, ACTION_WRITE_CONFIG)
				? "Setup: shows at once; W keeps it in the configuration"
				: "Setup: shows at once",
			count(state), text);
}

/* On or off; one column always stays. */
static void column_flip(struct view_state *state, const struct line *line)
{
	struct table_choice *choice = &state->screens[line->screen].choice;

	if (!line->shown) {
		choice->columns[choice->count++] = line->column;
		return;
	}
	if (choice->count == 1)
		return;
	choice->count--;
	for (size_t i = line->position; i < choice->count; i++)
		choice->columns[i] = choice->columns[i + 1];
}

/* Change places with its neighbour; the chosen line goes with it. */
static void column_move(struct view_state *state, const struct line *line, int direction)
{
	struct table_choice *choice = &state->screens[line->screen].choice;
	size_t to = line->position + (size_t)direction; /* below 0 is far too large */

	if (!line->shown || to >= choice->count)
		return;
	choice->columns[line->position] = choice->columns[to];
	choice->columns[to] = line->column;
	state->panel_cursor += (size_t)direction;
}

static void change(struct view_state *state, int direction)
{
	struct line line = line_at(state, state->panel_cursor);

	if (line.setting < settings_values()) {
		settings_step(state, line.setting, direction ? direction : 1);
		return;
	}
	if (direction)
		column_move(state, &line, direction);
	else
		column_flip(state, &line);
	state->screens[line.screen].choice.chosen = false;
}

static bool key(struct view_state *state, uint32_t code, unsigned *ret_reaction)
{
	if (code == KC_ENTER || code == ' ')
		change(state, 0);
	else if (code == KC_RIGHT || code == '+')
		change(state, 1);
	else if (code == KC_LEFT || code == '-')
		change(state, -1);
	else if (code == KC_F2)
		*ret_reaction = panel_close(state);
	else
		return panel_list_key(state, code, count(state), ret_reaction);
	*ret_reaction |= REACT_SETTINGS | REACT_ROWS | REACT_DRAW;
	return true;
}

const struct panel panel_setup = {
	.title = "Setup",
	.keys = "Enter on/off  Left Right change, move  Esc back",
	.lines = count,
	.draw = draw,
	.key = key,
	.list = true,
};
