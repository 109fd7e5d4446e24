/* SPDX-License-Identifier: BSD-2-Clause */
#include "event.h"

#define ODD_FLAGS                                                                        \
	(TTA_RECORD_DUP | TTA_RECORD_SIZE | TTA_RECORD_UNKNOWN | TTA_RECORD_UNMATCHED |  \
	 TTA_RECORD_DANGLING)

/* Entries of the table: what the flags say besides the size. */
static bool alloc_delta(const struct tta_event *r, int64_t *ret_delta)
{
	if (r->flags & TTA_RECORD_SIZE && !(r->flags & TTA_RECORD_NO_DETAIL))
		return false; /* it depends on the size before */
	*ret_delta = r->flags & TTA_RECORD_DUP ? 0 : (int64_t)r->size;
	return true;
}

static bool free_delta(const struct tta_event *r, int64_t *ret_delta)
{
	if (r->flags & TTA_RECORD_UNSIZED)
		return false;
	if (r->flags & TTA_RECORD_NO_DETAIL)
		*ret_delta = -(int64_t)r->size;
	else if (r->flags & (TTA_RECORD_UNKNOWN | TTA_RECORD_UNMATCHED) || r->refs > 0)
		*ret_delta = 0;
	else
		*ret_delta = -(int64_t)r->size; /* 0 in the record when a view went */
	return true;
}

bool event_delta(const struct tta_event *record, int64_t *ret_delta)
{
	*ret_delta = 0;
	switch (record->op) {
	case TTA_OP_ALLOC:
		return alloc_delta(record, ret_delta);
	case TTA_OP_FREE:
	case TTA_OP_CLOSE:
		return free_delta(record, ret_delta);
	default:
		return true;
	}
}

bool event_is_suspicious(const struct event *event)
{
	switch (event->kind) {
	case EVENT_RECORD:
		return event->record.flags & ODD_FLAGS ||
		       event->record.op == TTA_OP_ALLOC_FAILED;
	case EVENT_GAP:
		return true;
	case EVENT_EXIT:
		return event->left_bytes > 0 || event->left_buffers > 0;
	case EVENT_EARLIER:
		break;
	}
	return false;
}

const char *event_op_name(const struct event *event)
{
	static const char *const names[TTA_OP_COUNT] = {
		[TTA_OP_ALLOC] = "alloc",      [TTA_OP_FREE] = "free",
		[TTA_OP_VIEW] = "view",	       [TTA_OP_FREE_VIEW] = "free_view",
		[TTA_OP_ALLOC_FAILED] = "oom", [TTA_OP_CLOSE] = "close",
		[TTA_OP_MARK] = "mark",
	};

	switch (event->kind) {
	case EVENT_GAP:
		return "gap";
	case EVENT_EARLIER:
		return "earlier";
	case EVENT_EXIT:
		return event->state == SNAP_ORPHAN ? "orphan" : "exit";
	case EVENT_RECORD:
		break;
	}
	if (event->record.op >= TTA_OP_COUNT || !names[event->record.op])
		return "?";
	return names[event->record.op];
}

char event_op_mark(const struct event *event)
{
	if (event->kind != EVENT_RECORD || !event_is_suspicious(event))
		return 0;
	if (event->record.flags & (TTA_RECORD_UNKNOWN | TTA_RECORD_UNMATCHED))
		return '?';
	return '!';
}

const char *event_flag_name(uint32_t flag)
{
	switch (flag) {
	case TTA_RECORD_DUP:
		return "dup";
	case TTA_RECORD_SIZE:
		return "size";
	case TTA_RECORD_UNKNOWN:
		return "unknown";
	case TTA_RECORD_UNMATCHED:
		return "unmatched";
	case TTA_RECORD_DANGLING:
		return "dangling";
	case TTA_RECORD_NO_DETAIL:
		return "no_detail";
	case TTA_RECORD_UNSIZED:
		return "unsized";
	case TTA_RECORD_DEFERRED:
		return "deferred";
	default:
		return NULL;
	}
}

bool event_has_place(const struct event *event)
{
	return event->kind == EVENT_RECORD && event->record.op != TTA_OP_MARK;
}

bool event_has_address(const struct event *event)
{
	return event_has_place(event) && event->record.op != TTA_OP_ALLOC_FAILED;
}

bool event_has_size(const struct event *event)
{
	const struct tta_event *r = &event->record;

	if (!event_has_place(event) || r->flags & TTA_RECORD_UNSIZED)
		return false;
	/* A free that met nothing has the size that it was given, if any. */
	return r->size > 0 || !(r->flags & (TTA_RECORD_UNKNOWN | TTA_RECORD_UNMATCHED));
}

bool event_has_refs(const struct event *event)
{
	return event_has_address(event) &&
	       !(event->record.flags &
		 (TTA_RECORD_UNKNOWN | TTA_RECORD_UNMATCHED | TTA_RECORD_NO_DETAIL));
}
