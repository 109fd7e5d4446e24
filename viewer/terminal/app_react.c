/* SPDX-License-Identifier: BSD-2-Clause */
/* app_react.c - what keys ask for and a view_state cannot do itself. */
#include <errno.h>
#include <stdio.h>

#include "app_state.h"
#include "header.h"

void app_suspend(struct app *app)
{
	terminal_suspend(app->term);
	signals_raise(&app->signals, SIGTSTP);
	terminal_resume(app->term);
	app_resize(app);
}

static void app_baseline(struct app *app)
{
	char clock[16];

	sampler_set_base(&app->sampler, app->sampler.now);
	header_clock(clock, app->sampler.now->time_ns);
	snprintf(app->state.base_name, sizeof(app->state.base_name), "%s", clock);
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

/* In this order, when several are asked for. */
static const struct {
	enum reaction reaction;
	void (*act)(struct app *app);
} reactions[] = {
	{REACT_QUIT, app_quit},	    {REACT_BASELINE, app_baseline},
	{REACT_ROWS, app_rows},	    {REACT_TIMER, app_timer},
	{REACT_REDRAW, app_redraw}, {REACT_SUSPEND, app_suspend},
};

void app_react(struct app *app, unsigned reaction)
{
	for (size_t i = 0; i < sizeof(reactions) / sizeof(*reactions); i++)
		if (reaction & reactions[i].reaction)
			reactions[i].act(app);
	if (reaction)
		app->draw = true;
}
