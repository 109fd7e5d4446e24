/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * action.c - keys and actions change a view_state. What they cannot do themselves
 * (quit, take a baseline, wait less) they ask for with reaction bits.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "screen.h"
#include "state.h"
#include "utf8.h"

static void say(struct view_state *state, const char *words, const char *what)
{
	snprintf(state->message, sizeof(state->message), "%s%.80s", words, what);
}

/* Replace *filter by what @text says; an expression that makes no sense changes nothing.
 */
static bool set_filter(struct view_state *state, struct filter **filter, const char *text)
{
	struct filter *parsed = NULL;
	int err = 0;

	state->wrong = (struct filter_error){0};
	if (*text)
		err = filter_parse(text, &parsed, &state->wrong);
	if (err == -ENOMEM)
		snprintf(state->wrong.message, sizeof(state->wrong.message),
			 "out of memory");
	if (err)
		return false;
	filter_free(*filter);
	*filter = parsed;
	return true;
}

static unsigned show_screen(struct view_state *state, enum screen_id id)
{
	state->screen = id;
	state->help = false;
	return REACT_ROWS;
}

/* A view chosen by its own key shows everything again. */
static unsigned choose_screen(struct view_state *state, enum screen_id id)
{
	state->zoom_depth = 0;
	state->scope = (struct scope){0};
	return show_screen(state, id);
}

static unsigned zoom_in(struct view_state *state)
{
	const struct screen *screen = screen_of(state);
	const struct row *row = view_selected(state);
	struct scope scope = {0};

	if (!row || !screen->zoom || state->zoom_depth == STATE_ZOOM_MAX)
		return REACT_NONE;
	screen->zoom(state, row, &scope);
	state->zoom[state->zoom_depth++] = (struct zoom){state->screen, state->scope};
	state->scope = scope;
	state->screens[SCREEN_BUFFERS].moved = false;
	return show_screen(state, SCREEN_BUFFERS);
}

static unsigned go_back(struct view_state *state)
{
	if (state->help) {
		state->help = false;
		return REACT_DRAW;
	}
	if (state->zoom_depth > 0) {
		const struct zoom *zoom = &state->zoom[--state->zoom_depth];

		state->scope = zoom->scope;
		return show_screen(state, zoom->screen);
	}
	if (!*state->filter)
		return REACT_NONE;
	*state->filter = '\0';
	set_filter(state, &state->filtering, "");
	return REACT_ROWS;
}

static unsigned move_to(struct view_state *state, size_t position)
{
	struct screen_state *own = view_screen(state);

	if (state->rows.count == 0)
		return REACT_NONE;
	own->cursor = position < state->rows.count ? position : state->rows.count - 1;
	own->moved = true;
	own->selected = state->rows.rows[own->cursor].id;
	view_resize(state, state->lines, state->cols);
	return REACT_DRAW;
}

static size_t page_lines(const struct view_state *state)
{
	struct layout layout;

	view_layout(state, &layout);
	return layout.table.rows > 1 ? (size_t)layout.table.rows : 1;
}

static unsigned move(struct view_state *state, enum action action)
{
	size_t cursor = view_screen(state)->cursor, page = page_lines(state);

	switch (action) {
	case ACTION_UP:
		return move_to(state, cursor ? cursor - 1 : 0);
	case ACTION_DOWN:
		return move_to(state, cursor + 1);
	case ACTION_PAGE_UP:
		return move_to(state, cursor > page ? cursor - page : 0);
	case ACTION_PAGE_DOWN:
		return move_to(state, cursor + page);
	case ACTION_END:
		return move_to(state, SIZE_MAX);
	default:
		move_to(state, 0);
		view_screen(state)->moved = false;
		return REACT_DRAW;
	}
}

/* The help has lines instead of rows. */
static unsigned move_help(struct view_state *state, enum action action)
{
	size_t lines = screen_help_lines(), page = (size_t)state->lines,
	       top = state->help_top;
	size_t last = lines + 2 > page ? lines + 2 - page : 0;

	if (action == ACTION_UP)
		top = top ? top - 1 : 0;
	else if (action == ACTION_DOWN)
		top++;
	else if (action == ACTION_PAGE_UP)
		top = top > page ? top - page : 0;
	else if (action == ACTION_PAGE_DOWN)
		top += page;
	else
		top = action == ACTION_END ? last : 0;
	state->help_top = top < last ? top : last;
	return REACT_DRAW;
}

static unsigned sort_by(struct view_state *state, size_t column)
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
			return sort_by(state, (size_t)column);
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
	return sort_by(state, own->choice.columns[at]);
}

static unsigned sort_action(struct view_state *state, enum action action)
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

/* Without a text: the next row that deserves a look. */
static unsigned find_next(struct view_state *state)
{
	const struct screen *screen = screen_of(state);
	size_t count = state->rows.count, start = view_screen(state)->cursor;

	for (size_t i = 1; i <= count; i++) {
		size_t at = (start + i) % count;
		const struct row *row = &state->rows.rows[at];

		if (state->finding ? view_row_matches(state, row, state->finding)
				   : screen->suspicious(state, row))
			return move_to(state, at);
	}
	say(state, *state->find ? "not found: " : "no suspicious row", state->find);
	return REACT_DRAW;
}

static unsigned change_delay(struct view_state *state, bool faster)
{
	static const double steps[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60};
	const size_t count = sizeof(steps) / sizeof(*steps);
	size_t at = 0;

	while (at + 1 < count && steps[at] < state->delay)
		at++;
	if (faster)
		state->delay = steps[at ? at - 1 : 0];
	else if (steps[at] <= state->delay && at + 1 < count)
		state->delay = steps[at + 1];
	else
		state->delay = steps[at];
	snprintf(state->message, sizeof(state->message), "every %g s", state->delay);
	return REACT_TIMER | REACT_DRAW;
}

static unsigned open_line(struct view_state *state, enum input_line input,
			  const char *text)
{
	state->input = input;
	state->wrong = (struct filter_error){0};
	snprintf(state->line, sizeof(state->line), "%s", text);
	return REACT_DRAW;
}

static unsigned flip(bool *flag, unsigned reaction)
{
	*flag = !*flag;
	return reaction;
}

static unsigned set_option(struct view_state *state, enum action action)
{
	switch (action) {
	case ACTION_TREE:
		return flip(&view_screen(state)->tree, REACT_ROWS);
	case ACTION_DELTA:
		return flip(&state->show_delta, REACT_DRAW);
	case ACTION_HEADER:
		return flip(&state->hide_header, REACT_ROWS);
	case ACTION_PAUSE:
		return flip(&state->paused, REACT_TIMER | REACT_DRAW);
	default:
		state->help_top = 0;
		return flip(&state->help, REACT_DRAW);
	}
}

/* Actions that are one call each. */
static unsigned act(struct view_state *state, enum action action)
{
	switch (action) {
	case ACTION_PROCESSES:
		return choose_screen(state, SCREEN_PROCESSES);
	case ACTION_DEVICES:
		return choose_screen(state, SCREEN_DEVICES);
	case ACTION_BUFFERS:
		return choose_screen(state, SCREEN_BUFFERS);
	case ACTION_NEXT_VIEW:
		return choose_screen(
			state, (enum screen_id)((state->screen + 1) % SCREEN_COUNT));
	case ACTION_ENTER:
		return zoom_in(state);
	case ACTION_BACK:
		return go_back(state);
	case ACTION_FIND:
		return open_line(state, INPUT_FIND, "");
	case ACTION_FIND_NEXT:
		return find_next(state);
	case ACTION_FILTER:
		return open_line(state, INPUT_FILTER, state->filter);
	case ACTION_BASELINE:
		return REACT_BASELINE | REACT_ROWS;
	case ACTION_FASTER:
	case ACTION_SLOWER:
		return change_delay(state, action == ACTION_FASTER);
	case ACTION_REDRAW:
		return REACT_REDRAW | REACT_DRAW;
	case ACTION_SUSPEND:
		return REACT_SUSPEND;
	case ACTION_QUIT:
		return REACT_QUIT;
	default:
		return set_option(state, action);
	}
}

bool view_action_works(const struct view_state *state, enum action action)
{
	switch (action) {
	case ACTION_TREE:
		return screen_of(state)->has_tree && !state->help;
	case ACTION_ENTER:
		return screen_of(state)->zoom && view_selected(state) && !state->help;
	case ACTION_DELTA:
		return state->base && !state->help;
	case ACTION_BASELINE:
		return state->snapshot && !state->help;
	case ACTION_FIND:
	case ACTION_FILTER:
	case ACTION_SORT_NEXT:
		return !state->help;
	default:
		return true;
	}
}

unsigned view_action(struct view_state *state, enum action action)
{
	if (action == ACTION_NONE || !view_action_works(state, action))
		return REACT_NONE;
	if (action >= ACTION_UP && action <= ACTION_END)
		return state->help ? move_help(state, action) : move(state, action);
	if (action >= ACTION_SORT_NEXT && action <= ACTION_SORT_AGE)
		return sort_action(state, action);
	return act(state, action);
}

/* Every change of the filter's text that makes sense shows at once. */
static unsigned line_changed(struct view_state *state)
{
	struct filter *tried = NULL;

	if (state->input == INPUT_FIND) {
		set_filter(state, &tried, state->line);
		filter_free(tried);
		return REACT_DRAW;
	}
	if (!set_filter(state, &state->filtering, state->line))
		return REACT_DRAW;
	snprintf(state->filter, sizeof(state->filter), "%s", state->line);
	return REACT_ROWS;
}

static unsigned line_accept(struct view_state *state)
{
	bool find = state->input == INPUT_FIND;

	if (*state->wrong.message)
		return REACT_DRAW;
	state->input = INPUT_NONE;
	if (!find)
		return REACT_ROWS;
	set_filter(state, &state->finding, state->line);
	snprintf(state->find, sizeof(state->find), "%s", state->line);
	return *state->find ? find_next(state) | REACT_DRAW : REACT_DRAW;
}

static unsigned line_cancel(struct view_state *state)
{
	unsigned reaction = REACT_DRAW;

	*state->line = '\0';
	if (state->input == INPUT_FILTER)
		reaction = line_changed(state);
	state->input = INPUT_NONE;
	return reaction;
}

static unsigned line_key(struct view_state *state, uint32_t key)
{
	char character[5];
	size_t length = strlen(state->line), bytes;

	if (key == KC_ESCAPE)
		return line_cancel(state);
	if (key == KC_ENTER)
		return line_accept(state);
	if (key == KC_BACKSPACE || key == KC_CTRL('H')) {
		utf8_chop(state->line);
		return line_changed(state);
	}
	if (key == KC_CTRL('U')) {
		*state->line = '\0';
		return line_changed(state);
	}
	bytes = key < ' ' || key >= KC_SPECIAL ? 0 : utf8_encode(character, key);
	if (bytes == 0 || length + bytes >= sizeof(state->line))
		return REACT_NONE;
	memcpy(state->line + length, character, bytes + 1);
	return line_changed(state);
}

unsigned view_key(struct view_state *state, uint32_t key)
{
	enum action action = keymap_action(key);
	bool control = action == ACTION_QUIT || action == ACTION_SUSPEND ||
		       action == ACTION_REDRAW;
	unsigned before = *state->message ? REACT_DRAW : REACT_NONE;

	*state->message = '\0';
	if (state->input != INPUT_NONE && !(control && key < ' '))
		return line_key(state, key);
	return before | view_action(state, action);
}
