/* SPDX-License-Identifier: BSD-2-Clause */
/* action_tag.c - what happens to chosen rows: tags, files, and the question for more. */
#include <stdio.h>
#include <time.h>

#include "action.h"
#include "panel.h"
#include "prompt.h"

unsigned action_tag(struct view_state *state)
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

unsigned action_untag(struct view_state *state)
{
	tags_fini(&view_screen(state)->tags);
	return REACT_DRAW;
}

unsigned action_kill(struct view_state *state)
{
	if (targets_collect(state))
		action_say(state, "out of memory", "");
	if (state->targets.count == 0)
		return REACT_DRAW;
	state->targets.reap = state->targets.ended == state->targets.count;
	return panel_open(state, state->targets.reap ? PANEL_CONFIRM : PANEL_SIGNAL);
}

unsigned action_write(struct view_state *state, enum action action)
{
	time_t seconds = (time_t)(state->snapshot->time_ns / UINT64_C(1000000000));
	char name[STATE_TEXT_SIZE];
	struct tm parts;

	if (action == ACTION_WRITE_ROWS)
		return prompt_open(state, INPUT_WRITE_ROWS, "");
	if (!localtime_r(&seconds, &parts) ||
	    strftime(name, sizeof(name), "ttatop-%Y%m%d-%H%M%S.json", &parts) == 0)
		snprintf(name, sizeof(name), "ttatop.json");
	return prompt_open(state, INPUT_WRITE_SNAPSHOT, name);
}
