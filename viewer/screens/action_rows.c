/* SPDX-License-Identifier: BSD-2-Clause */
/* action_rows.c - rows are tagged, chosen by menus, written, and asked about. */
#include <stdio.h>
#include <time.h>

#include "action.h"
#include "panel.h"
#include "prompt.h"

/* Or pause, where the screen says so. */
static unsigned tag(struct view_state *state)
{
	struct screen_state *own = view_screen(state);
	const struct row *row = view_selected(state);

	if (screen_of(state)->space_pauses)
		return view_action(state, ACTION_PAUSE);
	if (!row)
		return REACT_NONE;
	if (tags_flip(&own->tags, &row->id))
		action_say(state, "out of memory", "");
	action_move_to(state, own->cursor + 1);
	return REACT_DRAW;
}

static unsigned untag(struct view_state *state)
{
	tags_fini(&view_screen(state)->tags);
	return REACT_DRAW;
}

/* The menu of what may be done to the chosen processes. */
static unsigned ask_kill(struct view_state *state)
{
	if (targets_collect(state))
		action_say(state, "out of memory", "");
	if (state->targets.count == 0)
		return REACT_DRAW;
	state->targets.reap = state->targets.ended == state->targets.count;
	return panel_open(state, state->targets.reap ? PANEL_CONFIRM : PANEL_SIGNAL);
}

/* A name that is not there yet, most likely. */
static unsigned ask_snapshot(struct view_state *state)
{
	time_t seconds = (time_t)(state->snapshot->time_ns / UINT64_C(1000000000));
	char name[STATE_TEXT_SIZE];
	struct tm parts;

	if (!localtime_r(&seconds, &parts) ||
	    strftime(name, sizeof(name), "ttatop-%Y%m%d-%H%M%S.json", &parts) == 0)
		snprintf(name, sizeof(name), "ttatop.json");
	return prompt_open(state, INPUT_WRITE_SNAPSHOT, name);
}

unsigned action_on_rows(struct view_state *state, enum action action)
{
	switch (action) {
	case ACTION_TAG:
		return tag(state);
	case ACTION_UNTAG:
		return untag(state);
	case ACTION_KILL:
		return ask_kill(state);
	case ACTION_CHOOSE_USER:
		return panel_open(state, PANEL_USERS);
	case ACTION_CHOOSE_DEVICE:
		return panel_open(state, PANEL_DEVICES);
	case ACTION_CHOOSE_TYPE:
		return panel_open(state, PANEL_TYPES);
	case ACTION_MERGE:
		state->merge = !state->merge;
		return REACT_ROWS;
	case ACTION_WRITE_ROWS:
		return prompt_open(state, INPUT_WRITE_ROWS, "");
	case ACTION_SAVE_SNAPSHOT:
		return ask_snapshot(state);
	default:
		return REACT_WRITE_CONFIG | REACT_DRAW;
	}
}
