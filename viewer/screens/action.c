/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * action.c - keys and actions change a view_state. What they cannot do themselves
 * (quit, take a baseline, wait less) they ask for with reaction bits.
 */
#include "action.h"

#include <stdio.h>

#include "filter_text.h"
#include "map_view.h"
#include "panel.h"
#include "prompt.h"

void action_say(struct view_state *state, const char *words, const char *what)
{
	snprintf(state->message, sizeof(state->message), "%s%.80s", words, what);
}

unsigned action_show_screen(struct view_state *state, enum screen_id id)
{
	state->screen = id;
	panel_close(state);
	return REACT_ROWS;
}

/* A view chosen by its own key shows everything again. */
static unsigned choose_screen(struct view_state *state, enum screen_id id)
{
	state->zoom_depth = 0;
	state->scope = (struct scope){0};
	return action_show_screen(state, id);
}

static unsigned go_back(struct view_state *state)
{
	if (panel_of(state))
		return panel_close(state);
	if (state->zoom_depth > 0) {
		const struct zoom *zoom = &state->zoom[--state->zoom_depth];

		unsigned reaction;

		state->scope = zoom->scope;
		reaction = action_show_screen(state, zoom->screen);
		return reaction | (zoom->panel ? panel_open(state, zoom->panel) : 0);
	}
	if (!*state->filter)
		return REACT_NONE;
	prompt_clear_filter(state);
	return REACT_ROWS;
}

static unsigned change_delay(struct view_state *state, bool faster)
{
	settings_step(state, settings_find("delay"), faster ? -1 : 1);
	snprintf(state->message, sizeof(state->message), "every %g s", state->delay);
	return REACT_TIMER | REACT_DRAW;
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
	case ACTION_SETUP:
		return panel_open(state, PANEL_SETUP);
	case ACTION_PAUSE:
		return flip(&state->paused, REACT_TIMER | REACT_DRAW);
	default:
		return panel_of(state) ? panel_close(state)
				       : panel_open(state, PANEL_HELP);
	}
}

/* Actions that are one call each. */
static unsigned act(struct view_state *state, enum action action)
{
	char older[STATE_TEXT_SIZE];

	switch (action) {
	case ACTION_PROCESSES:
		return choose_screen(state, SCREEN_PROCESSES);
	case ACTION_DEVICES:
		return choose_screen(state, SCREEN_DEVICES);
	case ACTION_BUFFERS:
		return choose_screen(state, SCREEN_BUFFERS);
	case ACTION_EVENTS:
		return choose_screen(state, SCREEN_EVENTS);
	case ACTION_DELTA_VIEW:
		return choose_screen(state, SCREEN_DELTA);
	case ACTION_NEXT_VIEW:
		return choose_screen(
			state, (enum screen_id)((state->screen + 1) % SCREEN_COUNT));
	case ACTION_ENTER:
	case ACTION_EVENTS_OF:
	case ACTION_ONLY_PROCESS:
		return action_scope(state, action);
	case ACTION_BACK:
		return go_back(state);
	case ACTION_MAP:
		return map_view_open(state);
	case ACTION_FIND:
		return action_find_begin(state) | prompt_open(state, INPUT_FIND, "");
	case ACTION_FIND_NEXT:
		return action_find_next(state);
	case ACTION_FIND_PREVIOUS:
		return action_find_previous(state);
	case ACTION_FILTER:
		return prompt_open(state, INPUT_FILTER, state->filter);
	case ACTION_BASELINE:
		return REACT_BASELINE | REACT_ROWS;
	case ACTION_BASE_NAMED:
		return prompt_open(state, INPUT_BASE, "@");
	case ACTION_OLDER:
		filter_text_get(state->filter, PROMPT_OLDER_TERM, older, sizeof(older));
		return prompt_open(state, INPUT_OLDER, *older ? older : "60s");
	case ACTION_GROUP:
		delta_view_next_group(&state->grouped);
		return REACT_ROWS;
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

/* Does it change anything outside of the view? */
static bool changes_something(enum action action)
{
	return action == ACTION_KILL || action == ACTION_WRITE_ROWS ||
	       action == ACTION_SAVE_SNAPSHOT || action == ACTION_WRITE_CONFIG;
}

bool view_action_allowed(const struct view_state *state, enum action action)
{
	return !state->readonly || !changes_something(action);
}

bool view_action_works(const struct view_state *state, enum action action)
{
	bool covered = panel_of(state) != NULL;

	if (!view_action_allowed(state, action))
		return false;
	switch (action) {
	case ACTION_TREE:
		return screen_of(state)->has_tree && !covered;
	case ACTION_ENTER:
	case ACTION_EVENTS_OF:
	case ACTION_ONLY_PROCESS:
		return screen_of(state)->zoom && view_selected(state) && !covered;
	case ACTION_MAP:
		return view_selected(state) && !covered;
	case ACTION_DELTA:
		return state->base && !covered;
	case ACTION_BASELINE:
		return state->snapshot && !covered;
	case ACTION_GROUP:
		return state->screen == SCREEN_DELTA && !covered;
	case ACTION_KILL:
	case ACTION_TAG:
		return view_selected(state) && !covered;
	case ACTION_MERGE:
		return screen_of(state)->merge && !covered;
	case ACTION_FIND:
	case ACTION_FILTER:
	case ACTION_OLDER:
	case ACTION_BASE_NAMED:
	case ACTION_SORT_NEXT:
	case ACTION_SETUP:
	case ACTION_UNTAG:
	case ACTION_WRITE_ROWS:
	case ACTION_SAVE_SNAPSHOT:
	case ACTION_CHOOSE_USER:
	case ACTION_CHOOSE_DEVICE:
	case ACTION_CHOOSE_TYPE:
		return !covered;
	default:
		return true;
	}
}

unsigned view_action(struct view_state *state, enum action action)
{
	if (action == ACTION_NONE || !view_action_works(state, action))
		return REACT_NONE;
	if (action >= ACTION_UP && action <= ACTION_END)
		return action_move(state, action);
	if (action >= ACTION_SORT_NEXT && action <= ACTION_SORT_AGE)
		return action_sort(state, action);
	if (action >= ACTION_TAG && action <= ACTION_WRITE_CONFIG)
		return action_on_rows(state, action);
	return act(state, action);
}

unsigned view_key(struct view_state *state, uint32_t key)
{
	enum action action = keymap_action(key);
	bool control = action == ACTION_QUIT || action == ACTION_SUSPEND ||
		       action == ACTION_REDRAW;
	unsigned before = *state->message ? REACT_DRAW : REACT_NONE, taken = REACT_NONE;
	const struct panel *panel = panel_of(state);

	*state->message = '\0';
	if (state->input != INPUT_NONE && !(control && key < ' '))
		return prompt_key(state, key);
	if (panel && panel->key && panel->key(state, key, &taken))
		return before | taken;
	return before | view_action(state, action);
}
