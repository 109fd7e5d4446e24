/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "keymap.h"
#include "panel.h"

/* What the tables mean; the keys follow. */
static const char *const words[] = {
	"Sizes are in powers of 1024: 36.0K = 36,864 bytes. '-' is zero, '?' is unknown;",
	"a sum with unknown parts is written with a sign for 'at least'.",
	"",
	"S state  L live  i idle: no event for 10 s  O orphan: died, never freed",
	"         X exited, something left  C corrupt  ? cannot be told",
	"FLAGS    DUP allocated while live   SZ with another size   OVL overlaps",
	"         DANG views without owner   ORPH owner dead   EXIT owner ended",
	"         STALE the table is frozen  NEW not in the baseline",
	"",
};
#define WORD_LINES (sizeof(words) / sizeof(*words))

/* The binding on line @index, without those that --readonly takes away; NULL = behind. */
static const struct binding *binding_at(const struct view_state *state, size_t index)
{
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);

	for (size_t i = 0; i < count; i++)
		if (view_action_allowed(state, bindings[i].action) && index-- == 0)
			return &bindings[i];
	return NULL;
}

static size_t lines(const struct view_state *state)
{
	size_t count = 0;

	while (binding_at(state, count))
		count++;
	return WORD_LINES + count;
}

static void draw_binding(struct grid *grid, struct rect line,
			 const struct binding *binding)
{
	char name[KEYMAP_NAME_SIZE];
	int at = 1;

	for (size_t i = 0; i < KEYMAP_KEYS && binding->keys[i]; i++)
		at = 1 + grid_put(grid, line, at, ATTR_TITLE,
				  keymap_name(name, binding->keys[i]));
	grid_put(grid, line, 14, ATTR_NORMAL, binding->help);
}

static void draw(const struct view_state *state, struct grid *grid, struct rect area)
{
	for (int i = 0; i < area.rows; i++) {
		size_t line = state->panel_top + (size_t)i;
		const struct binding *binding;

		if (line < WORD_LINES)
			grid_put(grid, rect_line(area, i), 1, ATTR_NORMAL, words[line]);
		else if ((binding = binding_at(state, line - WORD_LINES)))
			draw_binding(grid, rect_line(area, i), binding);
	}
}

const struct panel panel_help = {
	.title = "Help",
	.lines = lines,
	.draw = draw,
};
