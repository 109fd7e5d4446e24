/* SPDX-License-Identifier: BSD-2-Clause */
#include "panel.h"

static const struct panel *const panels[PANEL_COUNT] = {
	[PANEL_HELP] = &panel_help,	  [PANEL_MAP] = &panel_map,
	[PANEL_SETUP] = &panel_setup,	  [PANEL_USERS] = &panel_users,
	[PANEL_DEVICES] = &panel_devices, [PANEL_TYPES] = &panel_types,
	[PANEL_SIGNAL] = &panel_signal,	  [PANEL_CONFIRM] = &panel_confirm,
};

const struct panel *panel_of(const struct view_state *state)
{
	return panels[state->panel];
}

unsigned panel_open(struct view_state *state, enum panel_id id)
{
	state->panel = id;
	state->panel_top = state->panel_cursor = 0;
	return REACT_DRAW;
}

unsigned panel_close(struct view_state *state)
{
	state->panel = PANEL_NONE;
	return REACT_DRAW;
}
