/* SPDX-License-Identifier: BSD-2-Clause */
#include "prompt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "action.h"
#include "filter_text.h"
#include "filter_values.h"
#include "map_view.h"
#include "utf8.h"

/* Replace *filter by what @text says; an expression that makes no sense changes nothing.
 */
bool action_set_filter(struct view_state *state, struct filter **filter, const char *text)
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

/* ---- find ---- */

static unsigned find_accept(struct view_state *state)
{
	(void)state;
	return REACT_DRAW; /* the row is selected already */
}

/* ---- filter ---- */

/* Every change that makes sense shows at once. */
static unsigned filter_changed(struct view_state *state)
{
	if (!action_set_filter(state, &state->filtering, state->line))
		return REACT_DRAW;
	snprintf(state->filter, sizeof(state->filter), "%s", state->line);
	return REACT_ROWS;
}

static unsigned filter_accept(struct view_state *state)
{
	(void)state;
	return REACT_ROWS;
}

void prompt_clear_filter(struct view_state *state)
{
	*state->filter = '\0';
	action_set_filter(state, &state->filtering, "");
}

static unsigned filter_cancel(struct view_state *state)
{
	prompt_clear_filter(state);
	return REACT_ROWS;
}

/* ---- will it fit ---- */

static unsigned fit_changed(struct view_state *state)
{
	uint64_t bytes, alignment;

	state->wrong = (struct filter_error){0};
	if (!map_view_parse(state->line, &bytes, &alignment)) {
		state->wrong.column = 1;
		snprintf(state->wrong.message, sizeof(state->wrong.message),
			 "not a size: 64K, 1.5M, or 1.5M 4K with an alignment");
	}
	return REACT_DRAW;
}

static unsigned fit_accept(struct view_state *state)
{
	map_view_parse(state->line, &state->map.bytes, &state->map.alignment);
	snprintf(state->map.asked, sizeof(state->map.asked), "%s", state->line);
	return REACT_DRAW;
}

/* ---- older than ---- */

/* The filter with it as a term. */
static bool older_filter(const struct view_state *state, char filter[STATE_TEXT_SIZE])
{
	return filter_text_set(state->filter, PROMPT_OLDER_TERM,
			       *state->line ? state->line : NULL, filter,
			       STATE_TEXT_SIZE);
}

static unsigned older_changed(struct view_state *state)
{
	char filter[STATE_TEXT_SIZE];
	struct filter *tried = NULL;
	uint64_t ns;

	if (!older_filter(state, filter))
		state->wrong = (struct filter_error){1, "the filter would be too long"};
	else if (*state->line && !filter_value_ns(state->line, &ns))
		state->wrong = (struct filter_error){1, "not an age, as in 60s or 5m"};
	else
		action_set_filter(state, &tried, filter);
	filter_free(tried);
	return REACT_DRAW;
}

static unsigned older_accept(struct view_state *state)
{
	char filter[STATE_TEXT_SIZE];

	if (older_filter(state, filter) &&
	    action_set_filter(state, &state->filtering, filter))
		snprintf(state->filter, sizeof(state->filter), "%s", filter);
	return REACT_ROWS;
}

/* ---- baseline ---- */

static unsigned base_changed(struct view_state *state)
{
	state->wrong = (struct filter_error){0};
	return REACT_DRAW;
}

static unsigned base_accept(struct view_state *state)
{
	if (!*state->line || strcmp(state->line, "@") == 0)
		return REACT_DRAW;
	snprintf(state->base_wanted, sizeof(state->base_wanted), "%s", state->line);
	return REACT_BASE_NAMED;
}

/* ---- file names ---- */

static unsigned name_changed(struct view_state *state)
{
	(void)state;
	return REACT_DRAW;
}

static unsigned rows_accept(struct view_state *state)
{
	return *state->line ? REACT_WRITE_ROWS : REACT_NONE;
}

static unsigned snapshot_accept(struct view_state *state)
{
	return *state->line ? REACT_WRITE_SNAPSHOT : REACT_NONE;
}

/* ---- the line ---- */

static const struct prompt prompts[INPUT_COUNT] = {
	[INPUT_FIND] = {"Find: ", "F3 next  Enter keep  Esc back", action_find_typed,
			find_accept, action_find_end},
	[INPUT_FILTER] = {"Filter: ", "Enter keep  Esc clear", filter_changed,
			  filter_accept, filter_cancel},
	[INPUT_FIT] = {"Will fit: ", "Enter ask  Esc cancel  empty: no more", fit_changed,
		       fit_accept, NULL},
	[INPUT_OLDER] = {"Older than: ", "as in 60s, 5m  Enter show  Esc cancel",
			 older_changed, older_accept, NULL},
	[INPUT_BASE] = {"Baseline: ", "@NAME or FILE  Enter load  Esc cancel",
			base_changed, base_accept, NULL},
	[INPUT_WRITE_ROWS] = {"Write rows to: ", "as CSV to NAME.csv  Esc cancel",
			      name_changed, rows_accept, NULL},
	[INPUT_WRITE_SNAPSHOT] = {"Save snapshot to: ", "Enter save  Esc cancel",
				  name_changed, snapshot_accept, NULL},
};

const struct prompt *prompt_of(const struct view_state *state)
{
	return state->input == INPUT_NONE ? NULL : &prompts[state->input];
}

unsigned prompt_open(struct view_state *state, enum input_line input, const char *text)
{
	state->input = input;
	state->wrong = (struct filter_error){0};
	snprintf(state->line, sizeof(state->line), "%s", text);
	return REACT_DRAW;
}

static unsigned line_accept(struct view_state *state)
{
	const struct prompt *prompt = prompt_of(state);

	if (*state->wrong.message)
		return REACT_DRAW;
	state->input = INPUT_NONE;
	return prompt->accept(state) | REACT_DRAW;
}

static unsigned line_cancel(struct view_state *state)
{
	const struct prompt *prompt = prompt_of(state);

	state->input = INPUT_NONE;
	return (prompt->cancel ? prompt->cancel(state) : REACT_NONE) | REACT_DRAW;
}

unsigned prompt_key(struct view_state *state, uint32_t key)
{
	char character[5];
	size_t length = strlen(state->line), bytes;

	if (state->input == INPUT_FIND && (key == KC_F3 || key == KC_F15) &&
	    state->finding)
		return (key == KC_F3 ? action_find_next(state)
				     : action_find_previous(state)) |
		       REACT_DRAW;
	if (key == KC_ESCAPE)
		return line_cancel(state);
	if (key == KC_ENTER)
		return line_accept(state);
	if (key == KC_BACKSPACE || key == KC_CTRL('H')) {
		utf8_chop(state->line);
		return prompt_of(state)->changed(state);
	}
	if (key == KC_CTRL('U')) {
		*state->line = '\0';
		return prompt_of(state)->changed(state);
	}
	bytes = key < ' ' || key >= KC_SPECIAL ? 0 : utf8_encode(character, key);
	if (bytes == 0 || length + bytes >= sizeof(state->line))
		return REACT_NONE;
	memcpy(state->line + length, character, bytes + 1);
	return prompt_of(state)->changed(state);
}
