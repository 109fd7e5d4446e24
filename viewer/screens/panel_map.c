/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panel_map.c - one bank of a memory as a picture, and the span under the cursor in
 * words. Left and Right choose spans, Up and Down the memory.
 */
#include <stdio.h>
#include <string.h>

#include "action.h"
#include "map_text.h"
#include "map_view.h"
#include "panel.h"
#include "prompt.h"
#include "utf8.h"

#define ROWS_MIN   2
#define ROWS_MAX   16
#define LINES_MAX  32
#define ZOOM_MAX   40
#define LEGEND_MAX 200

/* Words that were wrapped into lines, the most important ones first. */
struct words {
	struct {
		char text[256];
		unsigned attr;
	} lines[LINES_MAX];
	int count, cols;
};

/* ---- words ---- */

/* Bytes of @text that fit into @cols, cut at a blank where there is one. */
static size_t fitting(const char *text, int cols)
{
	size_t at = 0, blank = 0, most = sizeof((struct words){0}.lines->text) - 8;
	int width = 0;

	while (text[at]) {
		struct utf8_char next = utf8_next(text + at);

		if (width + next.width > cols || at + next.bytes > most)
			return blank ? blank : at;
		if (text[at] == ' ')
			blank = at;
		width += next.width;
		at += next.bytes;
	}
	return at;
}

/* Move the text into @most lines, and empty it. */
static void words_take_some(struct words *words, struct detail_text *text, unsigned attr,
			    int most)
{
	int indent = 0, last = words->count + most;
	const char *rest = text->text;

	last = last < LINES_MAX ? last : LINES_MAX;
	while (*rest && words->count < last && words->cols > indent) {
		size_t bytes = fitting(rest, words->cols - indent);

		if (bytes == 0)
			break;
		snprintf(words->lines[words->count].text, sizeof(words->lines->text),
			 "%*s%.*s", indent, "", (int)bytes, rest);
		words->lines[words->count++].attr = attr;
		rest += bytes;
		rest += strspn(rest, " ");
		indent = 2;
	}
	text->used = 0;
	text->text[0] = '\0';
}

static void words_take(struct words *words, struct detail_text *text, unsigned attr)
{
	words_take_some(words, text, attr, LINES_MAX);
}

static unsigned span_attr(const struct map_span *span)
{
	if (span->flags & SPAN_TWICE)
		return ATTR_SUSPICIOUS;
	return span->flags & SPAN_DEAD ? ATTR_ORPHAN : ATTR_NORMAL;
}

static void say_legend(struct words *words, const struct address_map *map)
{
	struct detail_text text = {.text = ""};
	char legend[LEGEND_MAX];

	map_legend(map, 1, legend, sizeof(legend));
	detail_add(&text, "%s  _ chosen", legend);
	words_take(words, &text, ATTR_DIM);
}

static void say_all(const struct view_state *state, const struct address_map *map,
		    const struct map_window *window, int rows, struct words *words)
{
	const struct snap_device *device = &map->snapshot->devices[map->device];
	struct detail_text text = {.text = ""};

	map_say_span(&text, map, window->chosen);
	words_take_some(words, &text, span_attr(window->chosen),
			(rows - 1 - ROWS_MIN) / 2);
	if (state->map.bytes) {
		map_say_fit(&text, map, state->map.bytes, state->map.alignment);
		words_take(words, &text, ATTR_TITLE);
	}
	map_say_numbers(&text, map);
	words_take(words, &text, ATTR_NORMAL);
	map_say_doubts(&text, map);
	words_take(words, &text, ATTR_SUSPICIOUS);
	if (address_map_draws(map, "CB")) {
		detail_headroom(&text, device);
		words_take(words, &text, ATTR_NORMAL);
	}
	say_legend(words, map);
}

/* ---- drawing ---- */

static void draw_words(const struct words *words, struct grid *grid, struct rect area)
{
	for (int i = 0; i < words->count && i < area.rows; i++)
		grid_put(grid, rect_line(area, i), 0, words->lines[i].attr,
			 words->lines[i].text);
}

/* Lines of @area from @from on, @rows at most. */
static struct rect part(struct rect area, int from, int rows)
{
	int left = area.rows > from ? area.rows - from : 0;

	return (struct rect){area.row + from, area.col, rows < left ? rows : left,
			     area.cols};
}

static void draw_title(const struct address_map *map, const struct map_window *window,
		       struct grid *grid, struct rect line, struct rect picture)
{
	const struct snap_device *device = &map->snapshot->devices[map->device];
	struct detail_text text = {.text = ""};

	detail_add(&text, "dev %u  ", device->number);
	map_title(&text, map, map_cell_bytes(window, picture));
	detail_draw(&text, grid, line, ATTR_TITLE);
}

/* The picture gets what the words leave. */
static void draw_map(const struct view_state *state, const struct address_map *map,
		     struct grid *grid, struct rect area)
{
	struct map_window window = map_view_window(state, map);
	struct words words = {.cols = area.cols};
	struct rect picture;
	int rows;

	say_all(state, map, &window, area.rows, &words);
	rows = area.rows - 2 - words.count;
	rows = rows < ROWS_MIN ? ROWS_MIN : rows > ROWS_MAX ? ROWS_MAX : rows;
	picture = part(area, 1, rows);
	draw_title(map, &window, grid, rect_line(area, 0), picture);
	map_draw(map, &window, grid, picture);
	/* a blank line between, where there is room */
	rows += area.rows - 1 - words.count > rows;
	draw_words(&words, grid, part(area, 1 + rows, area.rows));
}

static void draw(const struct view_state *state, struct grid *grid, struct rect area)
{
	struct words words = {.cols = area.cols};
	struct detail_text text = {.text = ""};
	struct address_map map;
	struct map_place place;

	if (!map_view_place(state, &place)) {
		detail_add(&text, "This device is not there any more. Esc goes back.");
	} else if (address_map_make(state->snapshot, place, &map)) {
		detail_add(&text, "There is no memory for the map.");
	} else if (map.trouble == MAP_DRAWN) {
		draw_map(state, &map, grid, area);
		address_map_free(&map);
	} else {
		detail_add(&text, "dev %u ",
			   state->snapshot->devices[place.device].number);
		map_say_trouble(&text, &map);
	}
	words_take(&words, &text, ATTR_SUSPICIOUS);
	draw_words(&words, grid, area);
}

/* ---- keys ---- */

/* From span @at to the next that is live twice or of the dead, around the end. */
static size_t next_suspicious(const struct address_map *map, size_t at)
{
	for (size_t i = 1; i <= map->span_count; i++) {
		size_t span = (at + i) % map->span_count;

		if (map->spans[span].flags)
			return span;
	}
	return at;
}

static size_t move_span(const struct address_map *map, size_t at, uint32_t key)
{
	switch (key) {
	case KC_LEFT:
		return at ? at - 1 : 0;
	case KC_RIGHT:
		return at + 1 < map->span_count ? at + 1 : at;
	case KC_HOME:
		return 0;
	case KC_END:
		return map->span_count - 1;
	default:
		return next_suspicious(map, at);
	}
}

static unsigned choose_span(struct view_state *state, const struct address_map *map,
			    uint32_t key)
{
	size_t at = address_map_find(map, state->map.address);

	state->map.address = map->spans[move_span(map, at, key)].begin;
	return REACT_DRAW;
}

/* The buffers of the device, the one of the span selected. */
static unsigned show_buffers(struct view_state *state, const struct address_map *map)
{
	const struct map_span *span =
		&map->spans[address_map_find(map, state->map.address)];
	const struct snap_device *device = &state->snapshot->devices[map->device];
	struct screen_state *to = &state->screens[SCREEN_BUFFERS];

	if (state->zoom_depth == STATE_ZOOM_MAX)
		return REACT_NONE;
	state->zoom[state->zoom_depth++] =
		(struct zoom){state->screen, state->scope, PANEL_MAP};
	state->scope =
		(struct scope){.device = true, .device_key = row_device_key(device)};
	snprintf(state->scope.text, sizeof(state->scope.text), "dev %u", device->number);
	to->moved = span->count > 0;
	if (span->count > 0) {
		const struct snap_buffer *buffer = map->buffers[span->first].buffer;

		to->selected = (struct row_id){
			.segment = buffer->segment,
			.device = row_device_key(device),
			.type = row_text_key(buffer->type),
			.address = buffer->addr,
			.serial = buffer->serial,
		};
	}
	return action_show_screen(state, SCREEN_BUFFERS);
}

static unsigned zoom(struct view_state *state, bool in)
{
	if (in && state->map.zoom < ZOOM_MAX)
		state->map.zoom++;
	else if (!in && state->map.zoom > 0)
		state->map.zoom--;
	return REACT_DRAW;
}

/* Keys that need the map itself. */
static unsigned on_map(struct view_state *state, uint32_t key)
{
	unsigned reaction = REACT_NONE;
	struct address_map map;
	struct map_place place;

	if (!map_view_place(state, &place) ||
	    address_map_make(state->snapshot, place, &map))
		return REACT_NONE;
	if (map.trouble == MAP_DRAWN)
		reaction = key == KC_ENTER ? show_buffers(state, &map)
					   : choose_span(state, &map, key);
	address_map_free(&map);
	return reaction;
}

static bool key(struct view_state *state, uint32_t key, unsigned *ret_reaction)
{
	*ret_reaction = REACT_DRAW;
	switch (key) {
	case KC_UP:
	case KC_DOWN:
	case KC_PAGE_UP:
	case KC_PAGE_DOWN:
		map_view_step(state, key == KC_UP || key == KC_PAGE_UP,
			      key == KC_PAGE_UP || key == KC_PAGE_DOWN);
		return true;
	case KC_LEFT:
	case KC_RIGHT:
	case KC_HOME:
	case KC_END:
	case KC_ENTER:
	case 'n':
		*ret_reaction = on_map(state, key);
		return true;
	case '+':
	case '-':
		*ret_reaction = zoom(state, key == '+');
		return true;
	case 'f':
		*ret_reaction = prompt_open(state, INPUT_FIT, state->map.asked);
		return true;
	case 'm':
		*ret_reaction = panel_close(state);
		return true;
	default:
		return false;
	}
}

const struct panel panel_map = {
	.title = "Map",
	.keys = "Left/Right span  Up/Down type  f fit?  n next !  +- zoom  Enter buffers "
		" Esc",
	.draw = draw,
	.key = key,
};
