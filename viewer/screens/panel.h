/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panel.h - what covers the screen for a while: the help, and everything that asks. One
 * const struct each; the panel on show is state->panel.
 */
#ifndef TTATOP_PANEL_H
#define TTATOP_PANEL_H

#include "grid.h"
#include "state.h"

struct panel {
	const char *title; /* on its tab */
	const char *keys;  /* in place of the key bar; NULL = the key bar */
	/* Lines of its text; movement scrolls through them. NULL: it does not scroll. */
	size_t (*lines)(const struct view_state *state);
	/* Everything between title and key bar, from line state->panel_top on. */
	void (*draw)(const struct view_state *state, struct grid *grid, struct rect area);
	/* False: the key means here what it means everywhere. NULL: each does. */
	bool (*key)(struct view_state *state, uint32_t key, unsigned *ret_reaction);
	bool list; /* drawn by panel_list_draw(): a click chooses a line */
};

extern const struct panel panel_help, panel_map, panel_setup, panel_users, panel_devices,
	panel_types, panel_signal, panel_confirm;

/* NULL: no panel is open. */
const struct panel *panel_of(const struct view_state *state);
unsigned panel_open(struct view_state *state, enum panel_id id);
unsigned panel_close(struct view_state *state);

#endif
