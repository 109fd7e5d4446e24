/* SPDX-License-Identifier: BSD-2-Clause */
/* app_react.c - what keys ask for and a view_state cannot do itself. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
	app_events_plan(app);
}

static void app_redraw(struct app *app)
{
	app->redraw = true;
}

struct terminal_style app_style(const struct app *app)
{
	const struct settings *settings = &app->state.settings;
	const char *no_color = getenv("NO_COLOR");

	return (struct terminal_style){
		.color = settings->color == SETTING_COLOR_ALWAYS ||
			 (settings->color == SETTING_COLOR_AUTO &&
			  !(no_color && *no_color)),
		.palette = (enum palette_id)settings->palette,
		.mouse = settings->mouse,
	};
}

static void app_settings(struct app *app)
{
	struct terminal_style style = app_style(app);

	terminal_style(app->term, &style);
	app->state.mono = !terminal_has_color(app->term);
	app_timer(app);
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
	{REACT_SETTINGS, app_settings},
	{REACT_SIGNAL, app_signal_targets},
	{REACT_REAP, app_reap_targets},
	{REACT_WRITE_ROWS, app_write_rows},
	{REACT_WRITE_SNAPSHOT, app_write_snapshot},
	{REACT_WRITE_CONFIG, app_write_config},
};

void app_react(struct app *app, unsigned reaction)
{
	for (size_t i = 0; i < sizeof(reactions) / sizeof(*reactions); i++)
		if (reaction & reactions[i].reaction)
			reactions[i].act(app);
	if (reaction)
		app->draw = true;
}
