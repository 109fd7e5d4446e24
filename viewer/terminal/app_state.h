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
	int error;	   /* that ended it, 0 = none */
	int signal_number; /* that ended it, 0 = none */
};

uint64_t app_now_ns(void);
uint64_t app_delay_ns(const struct app *app);
/* End, because of @err. */
void app_fail(struct app *app, int err);
/* Show the newest snapshot against the baseline. */
void app_update(struct app *app);
/* Take over the terminal's size. */
void app_resize(struct app *app);
void app_suspend(struct app *app);
/* After the first frame: what has happened so far. */
void app_events_begin(struct app *app);
/* When to read events again. */
void app_events_plan(struct app *app);
/* If it is time to. */
void app_events_read(struct app *app);
/* Do what keys asked for: a set of enum reaction. */
void app_react(struct app *app, unsigned reaction);

#endif
