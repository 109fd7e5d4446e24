/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_log.h - the newest rows of events, as they came, with what is needed to show them
 * long after: names are copied, so that nothing else has to be kept. Constant memory.
 *
 *
 *	| kept: of older rows, what is suspicious, | the newest rows, all of them |
 *	| and what is of buffers that still live   |                              |
 *
 * Rows have running numbers, which grow; in both parts the oldest are forgotten when
 * there is no room.
 */
#ifndef TTATOP_EVENT_LOG_H
#define TTATOP_EVENT_LOG_H

#include "event_json.h"

#define EVENT_LOG_ROWS	10000u
#define EVENT_LOG_KEPT	4000u
#define EVENT_LOG_TICKS 512u

struct event_log_row {
	struct event event;
	uint64_t number;
	uint32_t uid;
	char comm[20], user[24], type[28];
	char text[64]; /* the label, or the name of a mark */
};

/* Of all rows so far, those that are forgotten too. */
struct event_counts {
	uint64_t rows;	     /* without what was overwritten before the first look */
	uint64_t lost;	     /* events in gaps */
	uint64_t suspicious; /* without gaps */
	uint64_t dup, size, unknown, unmatched, dangling, failed; /* of these, records */
	uint64_t left; /* of these, ends with something left */
};

/* Per second. */
struct event_rates {
	double events, allocs, frees, bytes_up, bytes_down;
};

struct event_log;

/* Room for the newest @rows, and for @kept older ones. NULL without memory. */
struct event_log *event_log_new(size_t rows, size_t kept);
void event_log_free(struct event_log *log);

void event_log_push(struct event_log *log, const struct event *event,
		    const struct event_names *names);
/* All that are there, the oldest first; positions change with each push. */
size_t event_log_count(const struct event_log *log);
const struct event_log_row *event_log_at(const struct event_log *log, size_t position);
/* The number of the row to come. */
uint64_t event_log_next(const struct event_log *log);
/* Was any row forgotten? */
bool event_log_forgets(const struct event_log *log);
/* NULL: forgotten, or not there yet. */
const struct event_log_row *event_log_row(const struct event_log *log, uint64_t number);
struct event_names event_log_names(const struct event_log_row *row);
const struct event_counts *event_log_counts(const struct event_log *log);

/* What was pushed since the last tick is of the time since then. */
void event_log_tick(struct event_log *log, uint64_t mono_ns);
/* Over the last second at least; false: not known yet. */
bool event_log_rates(const struct event_log *log, struct event_rates *ret_rates);
/* Allocs and frees per second at the newest ticks, oldest first; either may be NULL.
 * Returns how many, and the seconds that they span. */
size_t event_log_past(const struct event_log *log, uint64_t *allocs, uint64_t *frees,
		      size_t room, double *ret_span);

/* An address of one process. */
struct event_place {
	uint64_t segment, address;
	uint32_t device; /* the publisher's number */
	const char *type;
};

bool event_log_is_at(const struct event_log_row *row, const struct event_place *place);
/* The newest row with a number below @before that is about @place, or a gap or the end of
 * its process; NULL: none. */
const struct event_log_row *event_log_before(const struct event_log *log, uint64_t before,
					     const struct event_place *place);

#endif
