/* SPDX-License-Identifier: BSD-2-Clause */
/* panel_select.c - users, devices or memory types to choose from: a term of the filter.
 */
#include <stdio.h>
#include <string.h>

#include "action.h"
#include "filter_text.h"
#include "panel_list.h"

#define ITEMS_MAX  512
#define VALUE_SIZE 64

/* What there is in the snapshot, each once, in its order. */
struct items {
	char values[ITEMS_MAX][VALUE_SIZE];
	char words[ITEMS_MAX][VALUE_SIZE]; /* about it */
	size_t count;
};

static void add_item(struct items *items, const char *value, const char *words)
{
	for (size_t i = 0; i < items->count; i++)
		if (strcmp(items->values[i], value) == 0)
			return;
	if (items->count == ITEMS_MAX)
		return;
	snprintf(items->values[items->count], VALUE_SIZE, "%.63s", value);
	snprintf(items->words[items->count], VALUE_SIZE, "%.63s", words);
	items->count++;
}

static void add_types(struct items *items, const struct snap_device *device)
{
	for (size_t i = 0; i < device->memory_count; i++)
		add_item(items, device->memory[i].type, "");
}

static void collect(const struct view_state *state, struct items *items)
{
	const struct snapshot *snapshot = state->snapshot;
	char number[16];

	items->count = 0;
	add_item(items, "", "all");
	if (state->panel == PANEL_USERS) {
		for (size_t i = 0; i < snapshot->process_count; i++)
			add_item(items, snapshot->processes[i].user, "");
		return;
	}
	for (size_t i = 0; i < snapshot->device_count; i++) {
		const struct snap_device *device = &snapshot->devices[i];

		if (state->panel == PANEL_TYPES) {
			add_types(items, device);
			continue;
		}
		snprintf(number, sizeof(number), "%u", device->number);
		add_item(items, number, device->kind);
	}
}

static size_t count(const struct view_state *state)
{
	struct items items;

	collect(state, &items);
	return items.count;
}

static void text(const struct view_state *state, size_t index, char line[PANEL_LIST_TEXT])
{
	struct items items;

	collect(state, &items);
	snprintf(line, PANEL_LIST_TEXT, "%s%s%s", items.values[index],
		 *items.values[index] && *items.words[index] ? "  " : "",
		 items.words[index]);
}

static void draw(const struct view_state *state, struct grid *grid, struct rect area)
{
	panel_list_draw(state, grid, area,
			state->panel == PANEL_USERS	? "Rows of which user?"
			: state->panel == PANEL_DEVICES ? "Rows of which device?"
							: "Rows of which memory type?",
			count(state), text);
}

/* The filter with another term; when it makes no sense any more, the term alone. */
static unsigned choose(struct view_state *state)
{
	const char *head = state->panel == PANEL_USERS	   ? "user="
			   : state->panel == PANEL_DEVICES ? "dev="
							   : "type=";
	char filter[STATE_TEXT_SIZE];
	struct items items;
	const char *value;

	collect(state, &items);
	if (state->panel_cursor >= items.count)
		return panel_close(state);
	value = *items.values[state->panel_cursor] ? items.values[state->panel_cursor]
						   : NULL;
	panel_close(state);
	if (!filter_text_set(state->filter, head, value, filter, sizeof(filter))) {
		action_say(state, "the filter is too long for another term", "");
		return REACT_DRAW;
	}
	if (!action_set_filter(state, &state->filtering, filter)) {
		filter_text_set("", head, value, filter, sizeof(filter));
		action_set_filter(state, &state->filtering, filter);
	}
	snprintf(state->filter, sizeof(state->filter), "%s", filter);
	return REACT_ROWS;
}

static bool key(struct view_state *state, uint32_t code, unsigned *ret_reaction)
{
	if (code == KC_ENTER) {
		*ret_reaction = choose(state);
		return true;
	}
	return panel_list_key(state, code, count(state), ret_reaction);
}

#define SELECT_KEYS "Enter choose  Esc back"

const struct panel panel_users = {.title = "Users",
				  .keys = SELECT_KEYS,
				  .lines = count,
				  .draw = draw,
				  .key = key,
				  .list = true};
const struct panel panel_devices = {.title = "Devices",
				    .keys = SELECT_KEYS,
				    .lines = count,
				    .draw = draw,
				    .key = key,
				    .list = true};
const struct panel panel_types = {.title = "Types",
				  .keys = SELECT_KEYS,
				  .lines = count,
				  .draw = draw,
				  .key = key,
				  .list = true};
