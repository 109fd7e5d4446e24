/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_history.h - what happened at the address of a buffer, as far as it is known.
 */
#ifndef TTATOP_EVENT_HISTORY_H
#define TTATOP_EVENT_HISTORY_H

#include "event_log.h"

#define EVENT_HISTORY_ROWS 32u

/* What is known of the time before the oldest row. */
enum event_history_begin {
	HISTORY_WHOLE,	   /* it begins with an alloc, and nothing was lost since */
	HISTORY_LOST,	   /* events of the process were lost meanwhile */
	HISTORY_EARLIER,   /* they were overwritten before anybody looked */
	HISTORY_FORGOTTEN, /* the log is full and forgets the oldest */
	HISTORY_UNKNOWN,   /* nobody knows why: detail was off, or it is yet to come */
};

struct event_history {
	const struct event_log_row *rows[EVENT_HISTORY_ROWS]; /* newest first */
	size_t count;
	size_t total; /* with those that were too many */
	enum event_history_begin begin;
	uint64_t lost_ns; /* of the newest gap, SNAP_UNKNOWN = none */
};

/* Records at @place and the end of its process, the newest that fit. */
void event_history_find(struct event_history *history, const struct event_log *log,
			const struct event_place *place);

#endif
