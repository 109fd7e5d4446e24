/* SPDX-License-Identifier: BSD-2-Clause */
/* app_events.c - events are read more often than the screen changes, also while it is
 * paused: rings do not wait. */
#include <stdio.h>
#include <string.h>

#include "app_state.h"

void app_events_plan(struct app *app)
{
	const struct event_feed *feed = app->sampler.feed;
	uint64_t pace = feed ? event_feed_pace(feed) : UINT64_MAX;

	/* A pause has no samples, which would read them. */
	if (feed && app->state.paused && pace > app_delay_ns(app))
		pace = app_delay_ns(app);
	app->events_ns = pace == UINT64_MAX ? UINT64_MAX : app_now_ns() + pace;
}

/* The log may have forgotten rows by now that are on the screen. */
static int rows_again(struct app *app, uint64_t before)
{
	if (app->state.screen != SCREEN_EVENTS ||
	    event_log_next(app->state.events) == before)
		return 0;
	return view_rows(&app->state);
}

void app_events_read(struct app *app)
{
	uint64_t before;
	int err;

	if (app_now_ns() < app->events_ns)
		return;
	before = event_log_next(app->state.events);
	err = sampler_read_events(&app->sampler, app->state.paused);
	if (!err)
		err = rows_again(app, before);
	if (err)
		app_fail(app, err);
	app_events_plan(app);
}

/* They are not needed for the first frame, and it is not to wait for them. */
void app_events_begin(struct app *app)
{
	int err = sampler_follow_events(&app->sampler);

	app->state.events = sampler_events(&app->sampler);
	app_update(app);
	app_events_plan(app);
	if (err)
		snprintf(app->state.message, sizeof(app->state.message), "no events: %s",
			 strerror(-err));
}
