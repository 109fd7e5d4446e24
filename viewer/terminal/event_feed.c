/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_feed.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_S       UINT64_C(1000000000)
#define FEED_ROOM      16384u /* events held at most, more than the log keeps */
#define FEED_ADDRESSES 32768u /* whose past is known: 4 MiB, twice */
#define RING_SHARE     512u /* half of the busiest ring may fill, as long as it is usual */
/* Where nothing happens, so that a burst does not meet full rings. */
#define PACE_QUIET_NS UINT64_C(200000000)
#define PACE_MIN_NS   UINT64_C(5000000)
#define COST_SHARE    20u  /* reading takes at most this part of the time, */
#define QUIET_SHARE   500u /* and this where nothing happens */

struct event_feed {
	struct events_run run;
	struct event_log *log;
	uint64_t read_ns; /* CLOCK_MONOTONIC, when it was read last */
	uint64_t pace_ns;
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
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
		.addresses = FEED_ADDRESSES,
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

/* The first look holds more than all later ones. */
static void give_back(struct event_feed *feed)
{
	event_window_fini(&feed->run.batch);
	event_window_fini(&feed->run.window);
	malloc_trim(0);
}

int event_feed_first(struct event_feed *feed)
{
	int err = events_sample(&feed->run);

	if (!err)
		err = events_first_look(&feed->run);
	if (!err)
		err = events_show_last(&feed->run, 0);
	give_back(feed);
	/* What was there before is nobody's rate. */
	feed->read_ns = now_ns(CLOCK_MONOTONIC);
	event_log_tick(feed->log, feed->read_ns);
	return err;
}

uint64_t event_feed_pace_after(const struct event_feed_reading *reading)
{
	uint64_t quiet = reading->cost_ns * QUIET_SHARE;
	uint64_t least = reading->cost_ns * COST_SHARE;
	uint64_t pace = quiet < PACE_QUIET_NS ? PACE_QUIET_NS : quiet;
	uint64_t fill = reading->busiest
				? reading->since_ns / reading->busiest * RING_SHARE
				: UINT64_MAX;

	least = least < PACE_MIN_NS ? PACE_MIN_NS : least;
	if (reading->overrun)
		return least;
	pace = fill < pace ? fill : pace;
	return pace < least ? least : pace;
}

static void set_pace(struct event_feed *feed, uint64_t begun_ns, uint64_t cost_ns)
{
	const struct event_feed_reading reading = {
		.since_ns = begun_ns - feed->read_ns,
		.cost_ns = cost_ns,
		.busiest = feed->run.busiest,
		.overrun = feed->run.overrun,
	};

	if (reading.since_ns < PACE_MIN_NS) /* too short to tell a rate */
		return;
	feed->pace_ns = event_feed_pace_after(&reading);
	feed->read_ns = begun_ns;
}

/* Rows wait for the next sample, which tells names, as long as there is room. */
static int show_some(struct event_feed *feed)
{
	if (feed->run.window.count < FEED_ROOM / 2)
		return 0;
	return events_show_ready(&feed->run, now_ns(CLOCK_REALTIME) - EVENT_WINDOW_NS);
}

static int read_rings(struct event_feed *feed, int (*read)(struct events_run *run))
{
	uint64_t begun = now_ns(CLOCK_MONOTONIC), used = now_ns(CLOCK_THREAD_CPUTIME_ID);
	int err = read(&feed->run);

	set_pace(feed, begun, now_ns(CLOCK_THREAD_CPUTIME_ID) - used);
	return err;
}

int event_feed_before_sample(struct event_feed *feed)
{
	return feed->run.following ? read_rings(feed, events_read) : 0;
}

int event_feed_between(struct event_feed *feed, bool hold)
{
	int err;

	if (!feed->run.following)
		return 0;
	/* The rings hold what has no room here. */
	if (hold && feed->run.window.count >= FEED_ROOM) {
		feed->pace_ns = UINT64_MAX;
		return 0;
	}
	err = read_rings(feed, events_read_more);
	return err || hold ? err : show_some(feed);
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
