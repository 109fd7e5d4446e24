/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace_put.h - one event of the Trace Event Format, which Perfetto and Chrome read.
 */
#ifndef TTATOP_TRACE_PUT_H
#define TTATOP_TRACE_PUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct trace_out {
	FILE *file;
	uint64_t begin_ns;  /* CLOCK_REALTIME of time 0 */
	uint64_t newest_ns; /* of all times that were asked for */
	bool any;	    /* something is in the array */
	bool failed;	    /* out of memory */
};

struct trace_event {
	char phase; /* M, C, b, e, i */
	const char *name;
	uint32_t pid, tid;
	uint64_t time_ns; /* CLOCK_REALTIME, not before begin_ns; not of M */
	uint64_t id;	  /* of b and e */
	json_t *args;	  /* consumed */
};

void trace_put(struct trace_out *out, const struct trace_event *event);
/* What the track of a process is called. */
void trace_put_name(struct trace_out *out, uint32_t pid, const char *name);
/* A time that may be put: not before the beginning. */
uint64_t trace_time(struct trace_out *out, uint64_t time_ns);
/* The end of the array. */
void trace_put_end(struct trace_out *out);

#endif
