/* SPDX-License-Identifier: BSD-2-Clause */
#include "screen.h"

static const struct screen *const screens[SCREEN_COUNT] = {
	[SCREEN_PROCESSES] = &screen_processes,
	[SCREEN_DEVICES] = &screen_devices,
	[SCREEN_BUFFERS] = &screen_buffers,
	[SCREEN_EVENTS] = &screen_events,
};

const struct screen *screen_get(enum screen_id id)
{
	return screens[id];
}

const struct screen *screen_of(const struct view_state *state)
{
	return screens[state->screen];
}

static void format_cell(const void *context, size_t row, size_t column,
			struct table_text *text)
{
	const struct view_state *state = context;

	screen_of(state)->format(state, row, column, text);
}

struct table screen_table(const struct view_state *state)
{
	const struct screen *screen = screen_of(state);

	return (struct table){screen->columns, screen->column_count, format_cell, state};
}
