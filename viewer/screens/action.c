/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * action.c - keys and actions change a view_state. What they cannot do themselves
 * (quit, take a baseline, wait less) they ask for with reaction bits.
 */
#include "action.h"

#include <stdio.h>

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

		state->scope = zoom->scope;
		return action_show_screen(state, zoom->screen);
	}
	if (!*state->filter)
		return REACT_NONE;
	prompt_clear_filter(state);
	return REACT_ROWS;
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
		return panel_of(state) ? panel_close(state)
				       : panel_open(state, PANEL_HELP);
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
	case ACTION_EVENTS:
		return choose_screen(state, SCREEN_EVENTS);
	case ACTION_NEXT_VIEW:
		return choose_screen(
			state, (enum screen_id)((state->screen + 1) % SCREEN_COUNT));
	case ACTION_ENTER:
	case ACTION_EVENTS_OF:
	case ACTION_ONLY_PROCESS:
		return action_scope(state, action);
	case ACTION_BACK:
		return go_back(state);
	case ACTION_FIND:
		return prompt_open(state, INPUT_FIND, "");
	case ACTION_FIND_NEXT:
		return action_find_next(state);
	case ACTION_FILTER:
		return prompt_open(state, INPUT_FILTER, state->filter);
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
	bool covered = panel_of(state) != NULL;

	switch (action) {
	case ACTION_TREE:
		return screen_of(state)->has_tree && !covered;
	case ACTION_ENTER:
	case ACTION_EVENTS_OF:
	case ACTION_ONLY_PROCESS:
		return screen_of(state)->zoom && view_selected(state) && !covered;
	case ACTION_DELTA:
		return state->base && !covered;
	case ACTION_BASELINE:
		return state->snapshot && !covered;
	case ACTION_FIND:
	case ACTION_FILTER:
	case ACTION_SORT_NEXT:
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
