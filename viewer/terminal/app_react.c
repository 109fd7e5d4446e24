/* SPDX-License-Identifier: BSD-2-Clause */
/* app_react.c - what keys ask for and a view_state cannot do itself. */
#include <errno.h>
#include <stdio.h>

#include "app_state.h"
#include "base.h"

void app_suspend(struct app *app)
{
	terminal_suspend(app->term);
	signals_raise(&app->signals, SIGTSTP);
	terminal_resume(app->term);
	app_resize(app);
}

/* The message stays: showing new rows does not clear it. */
static void app_base_named(struct app *app)
{
	struct view_state *state = &app->state;
	char error[BASE_ERROR_SIZE];
	int err = base_load(state, &app->sampler, state->base_wanted, error);

	if (err) {
		snprintf(state->message, sizeof(state->message), "%.120s", error);
		return;
	}
	state->show_delta = true;
	app_update(app);
}

static void app_baseline(struct app *app)
{
	base_set(&app->state, &app->sampler);
	app->state.show_delta = true;
	app_update(app);
}

static void app_quit(struct app *app)
{
	app->done = true;
}

static void app_rows(struct app *app)
{
	if (view_rows(&app->state))
		app_fail(app, -ENOMEM);
}

static void app_timer(struct app *app)
{
	app->next_ns = app_now_ns() + app_delay_ns(app);
}

static void app_redraw(struct app *app)
{
	app->redraw = true;
}

/* In this order, when several are asked for. */
static const struct {
	enum reaction reaction;
	void (*act)(struct app *app);
} reactions[] = {
	{REACT_QUIT, app_quit},
	{REACT_BASELINE, app_baseline},
	{REACT_BASE_NAMED, app_base_named},
	{REACT_ROWS, app_rows},
	{REACT_TIMER, app_timer},
	{REACT_REDRAW, app_redraw},
	{REACT_SUSPEND, app_suspend},
};

void app_react(struct app *app, unsigned reaction)
{
	for (size_t i = 0; i < sizeof(reactions) / sizeof(*reactions); i++)
		if (reaction & reactions[i].reaction)
			reactions[i].act(app);
	if (reaction)
		app->draw = true;
}
