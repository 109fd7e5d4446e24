/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_feed.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define FEED_ROOM 32768u /* events held at most, more than the log keeps */
/* Which rings are the busy ones is not known: as if all events came from one thread, half
 * of its ring may fill. */
#define RING_SHARE  512u
#define PACE_MIN_NS UINT64_C(5000000)
#define COST_SHARE  50u /* reading takes at most this part of the time */

struct event_feed {
	struct events_run run;
	struct event_log *log;
	uint64_t read_ns; /* CLOCK_MONOTONIC, when it was read last */
	uint64_t pace_ns;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static int push_row(void *arg, struct event *event)
{
	struct event_feed *feed = arg;
	char unnamed[32];
	struct event_names names = events_names(&feed->run.book, event, unnamed);

	event_log_push(feed->log, event, &names);
	return 0;
}

int event_feed_open(struct event_feed **ret_feed, struct tta_reader *reader,
		    const struct selection *selection)
{
	struct event_feed *feed = calloc(1, sizeof(*feed));
	const struct events_wish wish = {
		.selection = selection,
		.earlier = true,
		.room = FEED_ROOM,
		.row = push_row,
		.arg = feed,
	};

	if (!feed)
		return -ENOMEM;
	feed->pace_ns = UINT64_MAX;
	feed->log = event_log_new(EVENT_LOG_ROWS, EVENT_LOG_KEPT);
	events_run_init(&feed->run, reader, &wish);
	if (!feed->log) {
		event_feed_close(feed);
		return -ENOMEM;
	}
	*ret_feed = feed;
	return 0;
}

void event_feed_close(struct event_feed *feed)
{
	if (!feed)
		return;
	events_run_fini(&feed->run);
	event_log_free(feed->log);
	free(feed);
}

const struct event_log *event_feed_log(const struct event_feed *feed)
{
	return feed->log;
}

int event_feed_first(struct event_feed *feed)
{
	int err = events_sample(&feed->run);

	if (!err)
		err = events_first_look(&feed->run);
	if (!err)
		err = events_show_last(&feed->run, 0);
	/* What was there before is nobody's rate. */
	feed->read_ns = now_ns();
	event_log_tick(feed->log, feed->read_ns);
	return err;
}

/* By what came this time, and what it cost. */
static void set_pace(struct event_feed *feed, uint64_t begun_ns)
{
	uint64_t cost = now_ns() - begun_ns, since = begun_ns - feed->read_ns;
	uint64_t delivered = feed->run.delivered, pace = UINT64_MAX;

	if (feed->run.overrun)
		pace = PACE_MIN_NS;
	else if (delivered > 0)
		pace = since / delivered * RING_SHARE;
	pace = pace < PACE_MIN_NS ? PACE_MIN_NS : pace;
	feed->pace_ns = pace < cost * COST_SHARE ? cost * COST_SHARE : pace;
	feed->read_ns = begun_ns;
}

int event_feed_read(struct event_feed *feed)
{
	uint64_t begun = now_ns();
	int err;

	if (!feed->run.following)
		return 0;
	/* Held until the next sample tells names; the rings hold what has no room. */
	if (feed->run.window.count >= FEED_ROOM) {
		feed->pace_ns = UINT64_MAX;
		return 0;
	}
	err = events_read(&feed->run);
	set_pace(feed, begun);
	return err;
}

int event_feed_sampled(struct event_feed *feed, const struct tta_sample *sample,
		       const struct snapshot *snapshot)
{
	int err;

	if (!feed->run.following)
		return 0;
	err = events_sampled(&feed->run, sample, snapshot);
	if (!err)
		err = events_show_ready(&feed->run,
					sample->realtime_ns - EVENT_WINDOW_NS);
	event_log_tick(feed->log, sample->mono_ns);
	return err;
}

uint64_t event_feed_pace(const struct event_feed *feed)
{
	return feed->pace_ns;
}
