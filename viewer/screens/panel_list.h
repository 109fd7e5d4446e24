/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panel_list.h - panels that are a list of lines under a heading, one of them chosen.
 */
#ifndef TTATOP_PANEL_LIST_H
#define TTATOP_PANEL_LIST_H

#include "panel.h"

#define PANEL_LIST_TEXT 256

/* Draw the line of the panel's list into @text. */
typedef void panel_list_text(const struct view_state *state, size_t index,
			     char text[PANEL_LIST_TEXT]);

void panel_list_draw(const struct view_state *state, struct grid *grid, struct rect area,
		     const char *heading, size_t count, panel_list_text *text);
/* The first line on show when there is room for @rows. */
size_t panel_list_top(const struct view_state *state, int rows);
/* Movement; Esc and q close. True when the key was one of these. */
bool panel_list_key(struct view_state *state, uint32_t key, size_t count,
		    unsigned *ret_reaction);

#endif
