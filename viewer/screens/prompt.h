/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prompt.h - a line of text that is typed at the bottom, and what becomes of it.
 */
#ifndef TTATOP_PROMPT_H
#define TTATOP_PROMPT_H

#include "state.h"

/* What "older than" is in the filter. */
#define PROMPT_OLDER_TERM "age>"

struct prompt {
	const char *label, *hint;
	/* state->line is another; what is wrong with it goes to state->wrong. */
	unsigned (*changed)(struct view_state *state);
	/* Enter, with nothing wrong: the line is closed already. */
	unsigned (*accept)(struct view_state *state);
	/* Esc: the line is closed already. NULL: nothing to do. */
	unsigned (*cancel)(struct view_state *state);
};

/* NULL: nothing is typed. */
const struct prompt *prompt_of(const struct view_state *state);
/* Begin to type, with @text to begin with. */
unsigned prompt_open(struct view_state *state, enum input_line input, const char *text);
unsigned prompt_key(struct view_state *state, uint32_t key);
/* Show everything again. */
void prompt_clear_filter(struct view_state *state);

#endif
