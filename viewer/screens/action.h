/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * action.h - the parts of what keys do; for action*.c, prompt.c and panels only.
 */
#ifndef TTATOP_ACTION_H
#define TTATOP_ACTION_H

#include "screen.h"
#include "state.h"

/* Answer the last key with two pieces of text. */
void action_say(struct view_state *state, const char *words, const char *what);

/* The cursor to a row; behind the last is the last. */
unsigned action_move_to(struct view_state *state, size_t position);
/* ACTION_UP to ACTION_END, in rows or in the lines of the open panel. */
unsigned action_move(struct view_state *state, enum action action);
/* ACTION_SORT_NEXT to ACTION_SORT_AGE. */
unsigned action_sort(struct view_state *state, enum action action);
/* The next row with the text that is looked for; without one, the next suspicious row. */
unsigned action_find_next(struct view_state *state);
/* ACTION_ENTER, ACTION_EVENTS_OF, ACTION_ONLY_PROCESS. */
unsigned action_scope(struct view_state *state, enum action action);
/* Show another screen, as it is scoped now. */
unsigned action_show_screen(struct view_state *state, enum screen_id id);

#endif
