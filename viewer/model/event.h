/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event.h - what happened, one row each: records of rings, gaps, ends of processes.
 */
#ifndef TTATOP_EVENT_H
#define TTATOP_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

enum event_kind {
	EVENT_RECORD,
	EVENT_GAP,     /* records overwritten before they were read */
	EVENT_EARLIER, /* the same, before the first look: nobody's loss */
	EVENT_EXIT,    /* a process has ended */
};

struct event {
	enum event_kind kind;
	/* CLOCK_REALTIME to sort by; never falls within a lane. */
	uint64_t key;
	uint64_t arrival; /* running number, from 1 */
	uint64_t time_ns; /* CLOCK_REALTIME, SNAP_UNKNOWN */
	/* Of a gap or an end: nonce and pid, and the lane of a gap. */
	struct tta_event record;
	uint64_t lost; /* of a gap */
	/* Of an end. */
	enum snap_state state;
	uint64_t left_bytes, left_buffers; /* SNAP_UNKNOWN possible */
	bool unseen; /* it went between two looks: events may be missing */
	/* Change of live bytes of (segment, device, type). */
	int64_t delta;
	bool delta_known;
	bool hidden;	/* not selected; it counts for levels alone */
	bool told;	/* the delta was known when it was booked, */
	int64_t booked; /* and this is it */
	/* What the address held before, when that was seen. */
	bool before_known;
	uint64_t before_size, before_time_ns;
	/* Found when the row is handed out. */
	bool late;	/* earlier than a row that is out already */
	uint64_t live;	/* bytes after the event, SNAP_UNKNOWN */
	uint64_t dt_ns; /* since the row before, SNAP_UNKNOWN */
};

/* Lane of a gap that cannot be told. */
#define EVENT_NO_LANE UINT32_MAX

/*
 * What a record says of the live bytes of its (device, type). False: the record alone
 * does not tell (a size that grew, a free without a size).
 */
bool event_delta(const struct tta_event *record, int64_t *ret_delta);
/* Dup, size, unknown free, unmatched, dangling, failed, gap, end with something left. */
bool event_is_suspicious(const struct event *event);
/* "alloc", "free", "view", "free_view", "close", "oom", "mark", "gap", "earlier", "exit",
 * "orphan". */
const char *event_op_name(const struct event *event);
/* '!', '?' or 0: how people see that it is suspicious. */
char event_op_mark(const struct event *event);
/* "dup", "size", ...: name of one TTA_RECORD_* bit, NULL = no such bit. */
const char *event_flag_name(uint32_t flag);
/* Is there a device and type, an address, a size, a reference count to show? */
bool event_has_place(const struct event *event);
bool event_has_address(const struct event *event);
bool event_has_size(const struct event *event);
bool event_has_refs(const struct event *event);

#define EVENT_NOTE_SIZE 256

/* What is to be said beside the columns; "" = nothing. @mark: name of a mark or NULL. */
const char *event_note(char text[EVENT_NOTE_SIZE], const struct event *event,
		       const char *mark);

#endif
