/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_level.h - live bytes of (segment, device, type) after each event.
 *
 *	read:  event 1   event 2   event 3 | sync: 36 K are live after event 3
 *	out:   event 1 -> 36 K less what 2 and 3 change; and so on
 *
 * A level is known from a sync (a snapshot that holds exactly the events read so far)
 * until something is lost or does not tell its bytes. It is never guessed.
 */
#ifndef TTATOP_EVENT_LEVEL_H
#define TTATOP_EVENT_LEVEL_H

#include "event.h"
#include "event_map.h"

struct event_levels {
	struct event_map accounts;
	struct event_map breaks; /* per segment: gaps read and gone */
	bool failed;		 /* out of memory: everything is unknown */
};

void event_levels_init(struct event_levels *levels);
/* @event was read and has its arrival: book it. Sets `told`. */
void event_levels_read(struct event_levels *levels, struct event *event);
/* After all events up to @arrival, @bytes are live. SNAP_UNKNOWN: nobody knows. */
void event_levels_sync(struct event_levels *levels, uint64_t segment, uint32_t device,
		       uint32_t type, uint64_t arrival, uint64_t bytes);
/* Is there a sync for it still to be wished? */
bool event_levels_known(const struct event_levels *levels, uint64_t segment,
			uint32_t device, uint32_t type);
/* @event leaves: its level. */
uint64_t event_levels_leave(struct event_levels *levels, const struct event *event);
/* The segment is gone and its events are out. */
void event_levels_forget(struct event_levels *levels, uint64_t segment);
void event_levels_fini(struct event_levels *levels);

#endif
