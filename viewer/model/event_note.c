/* SPDX-License-Identifier: BSD-2-Clause */
/* Events in words. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "event.h"
#include "format.h"

struct note {
	char *text;
	size_t used;
};

/* Append, after a comma when there is something already. */
static void say(struct note *note, const char *format, ...)
	__attribute__((__format__(__printf__, 2, 3)));

static void say(struct note *note, const char *format, ...)
{
	size_t room = EVENT_NOTE_SIZE - note->used;
	va_list args;
	int length;

	if (note->used > 0 && room > 2) {
		strcpy(note->text + note->used, ", ");
		note->used += 2;
		room -= 2;
	}
	va_start(args, format);
	length = vsnprintf(note->text + note->used, room, format, args);
	va_end(args);
	if (length > 0)
		note->used += (size_t)length < room ? (size_t)length : room - 1;
}

static void say_since(struct note *note, uint64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / UINT64_C(1000000000));
	char text[32];
	struct tm tm;

	if (localtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%H:%M:%S", &tm))
		say(note, "live since %s", text);
}

static void note_dup(struct note *note, const struct event *event)
{
	const struct tta_event *r = &event->record;
	char size[FORMAT_SIZE];

	if (r->refs > 1)
		say(note, "DUP ref %u -> %u", r->refs - 1, r->refs);
	else
		say(note, "DUP");
	if (event->before_known)
		say_since(note, event->before_time_ns);
	if (!(r->flags & TTA_RECORD_SIZE))
		return;
	if (event->before_known)
		say(note, "SZ was %s",
		    format_bytes(size, event->before_size, false, false));
	else
		say(note, "SZ differs");
}

static void note_free(struct note *note, const struct event *event)
{
	const struct tta_event *r = &event->record;

	if (r->flags & TTA_RECORD_UNKNOWN)
		say(note, "no such live buffer");
	else if (r->flags & TTA_RECORD_UNMATCHED)
		say(note, "no entry: detail was dropped before");
	else if (r->flags & TTA_RECORD_DANGLING)
		say(note, "dangling: %u view%s left", r->views, r->views == 1 ? "" : "s");
	else if (r->op == TTA_OP_FREE && r->refs > 0)
		say(note, "ref %u -> %u, still live", r->refs + 1, r->refs);
	else if (r->op == TTA_OP_CLOSE)
		say(note, "closed with its group or device");
}

static void note_record(struct note *note, const struct event *event, const char *mark)
{
	const struct tta_event *r = &event->record;

	switch (r->op) {
	case TTA_OP_ALLOC:
		if (r->flags & TTA_RECORD_DUP)
			note_dup(note, event);
		break;
	case TTA_OP_VIEW:
		if (r->flags & TTA_RECORD_DANGLING)
			say(note, "view of an address without an owner");
		break;
	case TTA_OP_ALLOC_FAILED:
		say(note, "allocation failed");
		break;
	case TTA_OP_MARK:
		if (mark)
			say(note, "\"%s\"", mark);
		else
			say(note, "mark %" PRIu64, r->address);
		break;
	default:
		note_free(note, event);
		break;
	}
	if (r->flags & TTA_RECORD_NO_DETAIL)
		say(note, "not in the table");
	if (r->flags & TTA_RECORD_UNSIZED)
		say(note, "no size told");
	if (r->flags & TTA_RECORD_DEFERRED)
		say(note, "from a signal handler");
}

static void note_exit(struct note *note, const struct event *event)
{
	char bytes[FORMAT_SIZE];

	if (event->left_buffers == SNAP_UNKNOWN && event->left_bytes == SNAP_UNKNOWN)
		say(note, "what is left is unknown");
	else if (event->left_buffers != SNAP_UNKNOWN && event->left_buffers > 0)
		say(note, "%" PRIu64 " buffer%s still live", event->left_buffers,
		    event->left_buffers == 1 ? "" : "s");
	else if (event->left_bytes > 0)
		say(note, "%s still held",
		    format_bytes(bytes, event->left_bytes, false, false));
	else
		say(note, "nothing left");
	if (event->unseen)
		say(note, "its last events may be missing");
}

const char *event_note(char text[EVENT_NOTE_SIZE], const struct event *event,
		       const char *mark)
{
	struct note note = {text, 0};

	text[0] = '\0';
	switch (event->kind) {
	case EVENT_RECORD:
		note_record(&note, event, mark);
		break;
	case EVENT_GAP:
		say(&note, "%" PRIu64 " event%s lost", event->lost,
		    event->lost == 1 ? "" : "s");
		break;
	case EVENT_EARLIER:
		say(&note, "%" PRIu64 " earlier event%s overwritten", event->lost,
		    event->lost == 1 ? "" : "s");
		break;
	case EVENT_EXIT:
		note_exit(&note, event);
		break;
	}
	if (event->late)
		say(&note, "out of order");
	return text;
}
