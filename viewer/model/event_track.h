/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_track.h - addresses whose history is seen, in the order of time: what an address
 * held before an event. A bounded number of addresses; beyond it nothing is known of new
 * ones.
 */
#ifndef TTATOP_EVENT_TRACK_H
#define TTATOP_EVENT_TRACK_H

#include "event.h"
#include "event_map.h"

#define EVENT_TRACK_LIMIT 262144u

struct event_track {
	struct event_map addresses;
};

/* @limit: addresses at most, 0 = EVENT_TRACK_LIMIT. */
void event_track_init(struct event_track *track, size_t limit);
/*
 * Follow @event: fills in what was before, and the delta when that decides it. A gap
 * forgets its segment's addresses.
 */
void event_track_follow(struct event_track *track, struct event *event);
/* The segment is gone and its events are out. */
void event_track_forget(struct event_track *track, uint64_t segment);
void event_track_fini(struct event_track *track);

#endif
