/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * app_state.h - the live view while it runs; for app*.c only.
 */
#ifndef TTATOP_APP_STATE_H
#define TTATOP_APP_STATE_H

#include "app.h"
#include "sampler.h"
#include "signals.h"
#include "state.h"
#include "terminal.h"

struct app {
	struct terminal *term;
	struct signals signals;
	struct sampler sampler;
	struct view_state state;
	struct grid grid;
	uint64_t next_ns;   /* when to sample again */
	uint64_t events_ns; /* when to read events before that, UINT64_MAX = not */
	long updates;	    /* left, -1 = without end */
	bool done, draw, redraw;
	const struct options *options;
	struct mouse_event click; /* the last one, and when */
	uint64_t click_ns;
	int error;	   /* that ended it, 0 = none */
	int signal_number; /* that ended it, 0 = none */
};

uint64_t app_now_ns(void);
uint64_t app_delay_ns(const struct app *app);
/* End, because of @err. */
void app_fail(struct app *app, int err);
/* Show the newest snapshot against the baseline. */
void app_update(struct app *app);
/* Look again, now. */
void app_sample(struct app *app);
/* What the settings say. */
struct terminal_style app_style(const struct app *app);
/* Take over the terminal's size. */
void app_resize(struct app *app);
void app_suspend(struct app *app);
/* app_act.c: what changes something outside of the view; the answer is a message. */
void app_signal_targets(struct app *app);
void app_reap_targets(struct app *app);
void app_write_rows(struct app *app);
void app_write_snapshot(struct app *app);
void app_write_config(struct app *app);
/* After the first frame: what has happened so far. */
void app_events_begin(struct app *app);
/* When to read events again. */
void app_events_plan(struct app *app);
/* If it is time to. */
void app_events_read(struct app *app);
/* Do what keys asked for: a set of enum reaction. */
void app_react(struct app *app, unsigned reaction);

#endif
