/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * demo_events.h - what has happened in the story of demo_snapshot.h: the orphan's double
 * allocations and its death, a size that changed, a mark, a free of nothing, a loss.
 */
#ifndef TTA_TEST_DEMO_EVENTS_H
#define TTA_TEST_DEMO_EVENTS_H

#include "event_log.h"

#define DEMO_EVENT_ROWS 15u

/* The log at DEMO_TIME_NS, with a minute of rates. Aborts without memory. */
struct event_log *demo_events(void);
/* @count allocs and frees of the server more. */
void demo_events_more(struct event_log *log, unsigned count);

#endif
