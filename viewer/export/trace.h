/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace.h - what happens for a while, as a trace for Perfetto or Chrome.
 *
 *	process tracks	real pids: one slice from alloc to free for each buffer (they
 *			overlap, so they are asynchronous), instants for oddities, marks,
 *ends "device N"	a counter of bytes in use for each memory type
 *
 * Time 0 is the first look. What was live then begins there; what is live in the last
 * look ends with the trace. A free of something that nobody saw beginning is an instant.
 */
#ifndef TTATOP_TRACE_H
#define TTATOP_TRACE_H

#include <stdio.h>

#include "event.h"
#include "event_json.h"
#include "snapshot.h"

struct trace;

/* 0 or -ENOMEM. */
int trace_begin(FILE *file, const struct snapshot *first, struct trace **ret_trace);
/* Rows in the order of time; what was before the first look is left out. */
int trace_row(struct trace *trace, const struct event *event,
	      const struct event_names *names);
/* Another look: counters, and names of new processes. */
int trace_look(struct trace *trace, const struct snapshot *snapshot);
/* The last look. */
int trace_end(struct trace *trace, const struct snapshot *last);
void trace_free(struct trace *trace);

#endif
