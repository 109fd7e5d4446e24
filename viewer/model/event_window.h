/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_window.h - lanes merged by time, holding back a bounded number of events.
 *
 * Events come lane after lane, each lane in its order; they leave by time. One that comes
 * with an earlier time than what has left already is late: it leaves as the next, marked.
 */
#ifndef TTATOP_EVENT_WINDOW_H
#define TTATOP_EVENT_WINDOW_H

#include "event.h"

#define EVENT_WINDOW_RECORDS 65536u
#define EVENT_WINDOW_NS	     UINT64_C(200000000)

struct event_window {
	struct event *heap; /* the earliest first */
	size_t count, room;
	uint64_t arrivals;
	uint64_t front; /* key of the newest event that has left */
	uint64_t late;	/* events that left out of order */
};

/* Takes a copy and numbers it. 0 or -ENOMEM. */
int event_window_push(struct event_window *window, const struct event *event);
/*
 * Take the earliest event when its key is at most @until, or when more than @limit are
 * held. False: nothing to take.
 */
bool event_window_pop(struct event_window *window, uint64_t until, size_t limit,
		      struct event *ret_event);
/* Sort all that is held; heap[0 .. count) is then in order, and still a heap. */
void event_window_sort(struct event_window *window);
void event_window_fini(struct event_window *window);

#endif
