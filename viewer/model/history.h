/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history.h - the last samples: totals per type, rates, what each place held, and what
 * happened meanwhile. Bounded memory.
 */
#ifndef TTATOP_HISTORY_H
#define TTATOP_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

#define HISTORY_TRACK_POINTS 64 /* samples that are kept of a place */
#define HISTORY_MARKS	     128
#define HISTORY_NAME_SIZE    24

struct history;

/* @points: samples kept per series. NULL without memory. */
struct history *history_new(size_t points);
void history_free(struct history *history);

/* Add one sample; 0 or -ENOMEM (the sample is then not added). */
int history_push(struct history *history, const struct snapshot *snapshot);

/* Bytes used of @type (NULL = all types) over all live processes, oldest first. */
size_t history_used(const struct history *history, const char *type, uint64_t *values,
		    size_t room);
/* Events per second over the last two samples; false: not known yet. */
bool history_event_rate(const struct history *history, double *ret_rate);
bool history_process_rate(const struct history *history, uint64_t segment,
			  double *ret_rate);
/* Seconds between the oldest and the newest sample. */
double history_span(const struct history *history);

/* Some process on some device with some type: keys of place_key.h, 0 = all. */
struct history_place {
	uint64_t segment, device, type;
};

/* Per second, between the last two samples. */
struct history_rate {
	double allocs, frees;
	double bytes; /* what used bytes moved by */
};

/* Of processes that are in both samples; false: none is, or a count is unknown. Without a
 * segment: all that live. */
bool history_rate(const struct history *history, const struct history_place *place,
		  struct history_rate *ret_rate);
/*
 * Bytes used, oldest first; at most HISTORY_TRACK_POINTS. Without a segment the device
 * and the type must be given: what live processes hold there. Some 4,000 places are
 * followed; 0 for the others.
 */
size_t history_track(const struct history *history, const struct history_place *place,
		     uint64_t *values, size_t room);
/*
 * The same over the last @seconds, cut into @cells: the largest sample of each, or what
 * was held before it. Fewer are filled when less is known.
 */
size_t history_track_past(const struct history *history,
			  const struct history_place *place, double seconds,
			  uint64_t *values, size_t cells);
/*
 * The largest sample of a device's memory since the baseline; false when that was not
 * set while samples were taken, or the place is not followed.
 */
bool history_peak_since_base(const struct history *history,
			     const struct history_place *place, uint64_t *ret_bytes);

enum history_mark_kind {
	HISTORY_BASE, /* the baseline was set */
	HISTORY_NEW,  /* a process is there that was not */
	HISTORY_GONE, /* and is no longer: it ended with nothing left, or is not selected
		       */
	HISTORY_EXIT, /* it ended orderly with something left */
	HISTORY_DIED, /* it died with something left */
	HISTORY_MARK, /* a mark that a publisher set */
};

struct history_mark {
	enum history_mark_kind kind;
	uint64_t mono_ns;
	uint32_t pid;		      /* but for a baseline */
	char name[HISTORY_NAME_SIZE]; /* of a baseline or mark, else "" */
};

/* The baseline: @snapshot. Peaks since then begin now when @live. */
void history_base(struct history *history, const struct snapshot *snapshot,
		  const char *name, bool live);
/* The newest of them, oldest first. */
size_t history_marks(const struct history *history, struct history_mark *marks,
		     size_t room);
/* The sample that first knew of @mono_ns: 0 = the newest; SIZE_MAX: before all. */
size_t history_samples_ago(const struct history *history, uint64_t mono_ns);
/* How many samples were taken since @realtime_ns. */
size_t history_samples_since(const struct history *history, uint64_t realtime_ns);
/* "B run1", "died 1906102", "after close" */
const char *history_mark_text(const struct history_mark *mark,
			      char text[HISTORY_NAME_SIZE + 16]);

#endif
