/* SPDX-License-Identifier: BSD-2-Clause */
/* panel_signal.c - which signal, or reap, for the chosen processes; and: are you sure? */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "panel_list.h"

static const int signals[] = {SIGTERM, SIGINT,	SIGHUP,	 SIGQUIT, SIGKILL,
			      SIGSTOP, SIGCONT, SIGUSR1, SIGUSR2, SIGABRT};
#define SIGNALS (sizeof(signals) / sizeof(*signals))

/* ---- the menu ---- */

/* Reaping comes first, where there is anything to reap. */
static size_t count(const struct view_state *state)
{
	return SIGNALS + (state->targets.ended > 0);
}

static void text(const struct view_state *state, size_t index, char line[PANEL_LIST_TEXT])
{
	size_t ended = state->targets.ended;
	int number;

	if (ended > 0 && index == 0) {
		snprintf(line, PANEL_LIST_TEXT, "reap what %zu that ended left", ended);
		return;
	}
	number = signals[index - (ended > 0)];
	snprintf(line, PANEL_LIST_TEXT, "%2d SIG%s", number, sigabbrev_np(number));
}

/* "1906544 python serve.py", or how many. */
static void describe(const struct view_state *state, bool ended, char *words, size_t room)
{
	const struct target_list *targets = &state->targets;
	size_t number = ended ? targets->ended : targets->count - targets->ended;

	for (size_t i = 0; i < targets->count && number == 1; i++)
		if (targets->items[i].ended == ended) {
			snprintf(words, room, "%u %s", targets->items[i].pid,
				 targets->items[i].command);
			return;
		}
	snprintf(words, room, "%zu processes", number);
}

static void draw(const struct view_state *state, struct grid *grid, struct rect area)
{
	char words[128], heading[160];

	describe(state, false, words, sizeof(words));
	snprintf(heading, sizeof(heading), "Send a signal to %s", words);
	panel_list_draw(state, grid, area, heading, count(state), text);
}

static bool key(struct view_state *state, uint32_t code, unsigned *ret_reaction)
{
	struct target_list *targets = &state->targets;
	size_t chosen = state->panel_cursor;

	if (code != KC_ENTER)
		return panel_list_key(state, code, count(state), ret_reaction);
	targets->reap = targets->ended > 0 && chosen == 0;
	if (!targets->reap)
		targets->signal_number = signals[chosen - (targets->ended > 0)];
	*ret_reaction = panel_open(state, PANEL_CONFIRM);
	return true;
}

const struct panel panel_signal = {
	.title = "Signal",
	.keys = "Enter choose  Esc back",
	.lines = count,
	.draw = draw,
	.key = key,
	.list = true,
};

/* ---- the question ---- */

static void draw_question(const struct view_state *state, struct grid *grid,
			  struct rect area)
{
	const struct target_list *targets = &state->targets;
	char words[128];
	int line = 1;

	describe(state, targets->reap, words, sizeof(words));
	if (targets->reap)
		grid_format(grid, rect_line(area, 0), 1, ATTR_TITLE,
			    "Reap %s: remove its segment? Evidence is kept.", words);
	else
		grid_format(grid, rect_line(area, 0), 1, ATTR_TITLE, "Send SIG%s to %s?",
			    sigabbrev_np(targets->signal_number), words);
	for (size_t i = 0; i < targets->count; i++) {
		const struct target *target = &targets->items[i];

		if (target->ended == targets->reap)
			grid_format(grid, rect_line(area, line++), 3, ATTR_NORMAL,
				    "%8u  %-10s %s", target->pid, target->user,
				    target->command);
	}
}

/* Nothing but a clear answer counts. */
static bool answer(struct view_state *state, uint32_t code, unsigned *ret_reaction)
{
	bool visible = state->lines >= LAYOUT_MIN_ROWS && state->cols >= LAYOUT_MIN_COLS;

	if ((code == 'y' || code == 'Y') && visible)
		*ret_reaction = panel_close(state) |
				(state->targets.reap ? REACT_REAP : REACT_SIGNAL);
	else if (code == 'n' || code == 'N' || code == 'q' || code == KC_ESCAPE ||
		 !visible)
		*ret_reaction = panel_close(state);
	else
		return code >= ' ';
	return true;
}

const struct panel panel_confirm = {
	.title = "Confirm",
	.keys = "y yes  n no",
	.draw = draw_question,
	.key = answer,
};
