/* SPDX-License-Identifier: BSD-2-Clause */
#include "tags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "screen.h"
#include "tally.h"

void tags_fini(struct tags *tags)
{
	free(tags->ids);
	*tags = (struct tags){0};
}

static size_t tags_find(const struct tags *tags, const struct row_id *id)
{
	size_t at = 0;

	while (at < tags->count && !row_id_same(&tags->ids[at], id))
		at++;
	return at;
}

bool tags_have(const struct tags *tags, const struct row_id *id)
{
	return tags_find(tags, id) < tags->count;
}

int tags_flip(struct tags *tags, const struct row_id *id)
{
	size_t at = tags_find(tags, id);

	if (at < tags->count) {
		tags->ids[at] = tags->ids[--tags->count];
		return 0;
	}
	if (tags->count == tags->room) {
		size_t room = tags->room ? 2 * tags->room : 16;
		struct row_id *ids = reallocarray(tags->ids, room, sizeof(*ids));

		if (!ids)
			return -ENOMEM;
		tags->ids = ids;
		tags->room = room;
	}
	tags->ids[tags->count++] = *id;
	return 0;
}

static const struct tags *tags_of(const struct view_state *state)
{
	return &state->screens[state->screen].tags;
}

/* Tagged, and not part of a row that is. */
static bool is_counted(const struct view_state *state, size_t row, size_t *parent)
{
	const struct tags *tags = tags_of(state);
	const struct row *rows = state->rows.rows;

	if (rows[row].depth == 0)
		*parent = row;
	else if (tags_have(tags, &rows[*parent].id))
		return false;
	return tags_have(tags, &rows[row].id);
}

size_t tags_shown(const struct view_state *state)
{
	size_t count = 0, parent = 0;

	if (tags_of(state)->count == 0)
		return 0;
	for (size_t i = 0; i < state->rows.count; i++)
		count += is_counted(state, i, &parent);
	return count;
}

bool tags_chosen(const struct view_state *state, size_t row)
{
	if (tags_shown(state) == 0)
		return row == state->screens[state->screen].cursor;
	return tags_have(tags_of(state), &state->rows.rows[row].id);
}

/* The column that says how much a row is; -1 = this screen has none. */
static int bytes_column(const struct screen *screen)
{
	static const char *const keys[] = {"total", "used", "size", "bytes"};
	int column = -1;

	for (size_t i = 0; column < 0 && i < sizeof(keys) / sizeof(*keys); i++)
		column = table_find(screen->columns, screen->column_count, keys[i]);
	return column;
}

void tags_draw_sum(const struct view_state *state, struct grid *grid, struct rect line)
{
	const struct screen *screen = screen_of(state);
	int column = bytes_column(screen), at;
	size_t parent = 0, count = 0;
	struct tally bytes = {0};
	char text[TALLY_TEXT_SIZE];

	for (size_t i = 0; i < state->rows.count; i++) {
		struct row row = state->rows.rows[i];

		if (!is_counted(state, i, &parent))
			continue;
		count++;
		if (column < 0)
			continue;
		screen->key(state, &row, (size_t)column);
		tally_add(&bytes, row.number);
	}
	grid_fill(grid, line, ATTR_NORMAL, " ");
	at = grid_format(grid, line, 0, ATTR_TAGGED, "%zu tagged", count);
	if (column >= 0)
		at = grid_format(grid, line, at, ATTR_TAGGED, ": %s",
				 tally_bytes(text, &bytes, false, state->bytes,
					     state->ascii));
	grid_put(grid, line, at + 3, ATTR_DIM,
		 state->readonly ? "U untags" : "F9 acts on them   U untags");
}

void tags_draw_row(struct grid *grid, struct rect line, const struct table_plan *plan)
{
	int at = plan->count > 1 ? plan->slots[1].at - 1 : line.cols - 1;

	grid_paint(grid, line, ATTR_TAGGED);
	grid_put(grid, line, at, ATTR_TAGGED, "*");
}
