/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_feed.h - events for the screens: read at every sample, and in between while there
 * are so many that rings would be overwritten; the rows go into a log.
 */
#ifndef TTATOP_EVENT_FEED_H
#define TTATOP_EVENT_FEED_H

#include "event_log.h"
#include "events_run.h"

struct event_feed;

/* @reader and @selection are borrowed. 0 or -ENOMEM. */
int event_feed_open(struct event_feed **ret_feed, struct tta_reader *reader,
		    const struct selection *selection);
/* NULL is a no-op. */
void event_feed_close(struct event_feed *feed);
const struct event_log *event_feed_log(const struct event_feed *feed);

/* What rings hold already; samples by itself. Until then nothing is read. 0 or -errno. */
int event_feed_first(struct event_feed *feed);
/*
 * Between samples, as often as event_feed_pace() says: what was written up to now. @hold:
 * no row is to come of it yet, however many wait. 0 or -errno.
 */
int event_feed_between(struct event_feed *feed, bool hold);
/* The same before each sample. */
int event_feed_before_sample(struct event_feed *feed);
/* After it: rows for what was read. @sample is lent for the call, @snapshot until the
 * next one. 0 or -errno. */
int event_feed_sampled(struct event_feed *feed, const struct tta_sample *sample,
		       const struct snapshot *snapshot);
/* Nanoseconds until it should be read again, from the last time on; UINT64_MAX: with the
 * next sample. */
uint64_t event_feed_pace(const struct event_feed *feed);

/* What one reading of the rings was like. */
struct event_feed_reading {
	uint64_t since_ns; /* the one before */
	uint64_t cost_ns;  /* of processor time */
	uint64_t busiest;  /* events of one ring, at most */
	bool overrun;
};

/* The pace that follows: often enough for the rings, as far as that costs little. */
uint64_t event_feed_pace_after(const struct event_feed_reading *reading);

#endif
