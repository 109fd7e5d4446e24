/* SPDX-License-Identifier: BSD-2-Clause */
/* action_scope.c - less on the screen: what belongs to the selected row; Esc leads back.
 */
#include <stdio.h>

#include "action.h"

static bool same_scope(const struct scope *a, const struct scope *b)
{
	return a->process == b->process && a->device == b->device &&
	       a->buffer == b->buffer && a->segment == b->segment &&
	       a->device_key == b->device_key && a->type_key == b->type_key &&
	       a->address == b->address;
}

static unsigned narrow(struct view_state *state, enum screen_id to,
		       const struct scope *scope)
{
	bool stays = to == state->screen;

	if (state->zoom_depth == STATE_ZOOM_MAX ||
	    (stays && same_scope(scope, &state->scope)))
		return REACT_NONE;
	state->zoom[state->zoom_depth++] = (struct zoom){state->screen, state->scope};
	state->scope = *scope;
	if (!stays)
		state->screens[to].moved = false;
	return action_show_screen(state, to);
}

static unsigned only_process(struct view_state *state, const struct scope *row)
{
	struct scope scope = {.process = true, .segment = row->segment, .pid = row->pid};

	if (!row->process) {
		action_say(state, "this row is of no single process", "");
		return REACT_DRAW;
	}
	snprintf(scope.text, sizeof(scope.text), "pid %u", row->pid);
	return narrow(state, state->screen, &scope);
}

unsigned action_scope(struct view_state *state, enum action action)
{
	const struct row *row = view_selected(state);
	struct scope scope = {0};
	enum screen_id to;

	if (!row || !screen_of(state)->zoom)
		return REACT_NONE;
	to = screen_of(state)->zoom(state, row, &scope);
	if (action == ACTION_ONLY_PROCESS)
		return only_process(state, &scope);
	return narrow(state, action == ACTION_EVENTS_OF ? SCREEN_EVENTS : to, &scope);
}
