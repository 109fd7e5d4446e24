/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_filter.h - an expression held against an event, the same in `events` and on the
 * screen.
 */
#ifndef TTATOP_EVENT_FILTER_H
#define TTATOP_EVENT_FILTER_H

#include "event_json.h"
#include "filter.h"

/*
 * The event as a filter knows things: a buffer of its process, at that instant. @process:
 * NULL = not known; @more_text: NULL or what words look at as well. A NULL @filter
 * matches.
 */
bool event_matches(const struct filter *filter, const struct event *event,
		   const struct event_names *names, const struct snap_process *process,
		   const char *more_text);

#endif
