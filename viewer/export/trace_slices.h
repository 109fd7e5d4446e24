/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace_slices.h - buffers whose slice of a trace is open.
 */
#ifndef TTATOP_TRACE_SLICES_H
#define TTATOP_TRACE_SLICES_H

#include <stdbool.h>

#include "event_map.h"

#define TRACE_NAME_SIZE 64

struct trace_slice {
	struct event_key key;
	uint64_t id;	   /* 0: not in use */
	uint64_t since_ns; /* CLOCK_REALTIME of its alloc */
	uint32_t pid;
	bool seen; /* in the last look */
	char name[TRACE_NAME_SIZE];
};

struct trace_slices {
	struct trace_slice *list;
	size_t count, room;
	size_t *holes; /* indices that are not in use; as large as the list */
	size_t hole_count;
	struct event_map index; /* key -> index + 1 */
	char **types;		/* names, as keys count them */
	size_t type_count;
	uint64_t next_id;
};

void trace_slices_init(struct trace_slices *slices);
void trace_slices_fini(struct trace_slices *slices);
/* Of a buffer of a segment; @device is the publisher's number. 0 or -ENOMEM. */
int trace_slices_key(struct trace_slices *slices, uint64_t segment, uint32_t device,
		     const char *type, uint64_t address, struct event_key *ret_key);
/* NULL: none is open. */
struct trace_slice *trace_slices_find(struct trace_slices *slices, struct event_key key);
/* A new one, which must not be there. NULL without memory. */
struct trace_slice *trace_slices_open(struct trace_slices *slices, struct event_key key);
void trace_slices_close(struct trace_slices *slices, struct trace_slice *slice);

#endif
