/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_history.h"

/* An alloc of what was not live: whatever was before does not matter to the buffer. */
static bool is_beginning(const struct event *event)
{
	return event->kind == EVENT_RECORD && event->record.op == TTA_OP_ALLOC &&
	       !(event->record.flags & TTA_RECORD_DUP);
}

static void add(struct event_history *history, const struct event_log_row *row)
{
	if (history->count < EVENT_HISTORY_ROWS)
		history->rows[history->count++] = row;
	history->total++;
}

struct findings {
	bool begun;   /* the newest beginning is behind us */
	bool lost;    /* a gap after it */
	bool earlier; /* overwritten before the first look */
};

static void take(struct event_history *history, struct findings *found,
		 const struct event_log_row *row)
{
	switch (row->event.kind) {
	case EVENT_GAP:
		found->lost |= !found->begun;
		if (!found->begun && history->lost_ns == SNAP_UNKNOWN)
			history->lost_ns = row->event.time_ns;
		break;
	case EVENT_EARLIER:
		found->earlier = true;
		break;
	default:
		found->begun |= is_beginning(&row->event);
		add(history, row);
	}
}

static enum event_history_begin begin_of(const struct findings *found,
					 const struct event_log *log)
{
	if (found->lost)
		return HISTORY_LOST;
	if (found->begun)
		return HISTORY_WHOLE;
	if (event_log_forgets(log))
		return HISTORY_FORGOTTEN;
	return found->earlier ? HISTORY_EARLIER : HISTORY_UNKNOWN;
}

void event_history_find(struct event_history *history, const struct event_log *log,
			const struct event_place *place)
{
	struct findings found = {0};
	uint64_t before = event_log_next(log);
	const struct event_log_row *row;

	*history = (struct event_history){.lost_ns = SNAP_UNKNOWN};
	while ((row = event_log_before(log, before, place)) != NULL) {
		take(history, &found, row);
		before = row->number;
	}
	history->begin = begin_of(&found, log);
}
