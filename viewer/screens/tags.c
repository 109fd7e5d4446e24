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

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_ids(const struct row_id *a, const struct row_id *b)
{
	int order = compare(a->segment, b->segment);

	if (!order)
		order = compare(a->address, b->address);
	if (!order)
		order = compare(a->device, b->device);
	if (!order)
		order = compare(a->type, b->type);
	return order ? order : compare(a->serial, b->serial);
}

/* Where it is, or would be: they are in order, for every row on show is looked up. */
static size_t tags_find(const struct tags *tags, const struct row_id *id, bool *ret_there)
{
	size_t low = 0, high = tags->count;

	*ret_there = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_ids(&tags->ids[middle], id);

		if (order == 0) {
			*ret_there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool tags_have(const struct tags *tags, const struct row_id *id)
{
	bool there;

	tags_find(tags, id, &there);
	return there;
}

/* Room for one more. */
static int tags_grow(struct tags *tags)
{
	size_t room = tags->room ? 2 * tags->room : 16;
	struct row_id *ids;

	if (tags->count < tags->room)
		return 0;
	ids = reallocarray(tags->ids, room, sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	tags->ids = ids;
	tags->room = room;
	return 0;
}

int tags_flip(struct tags *tags, const struct row_id *id)
{
	bool there;
	size_t at = tags_find(tags, id, &there);
	struct row_id *place;

	if (!there && tags_grow(tags))
		return -ENOMEM;
	place = &tags->ids[at];
	if (there) {
		tags->count--;
		memmove(place, place + 1, (tags->count - at) * sizeof(*place));
		return 0;
	}
	memmove(place + 1, place, (tags->count - at) * sizeof(*place));
	*place = *id;
	tags->count++;
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
