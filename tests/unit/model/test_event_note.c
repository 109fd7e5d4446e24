/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include "event.h"

static void expect(const struct event *event, const char *op, char mark, bool suspicious,
		   const char *note)
{
	char text[EVENT_NOTE_SIZE];

	cr_assert_str_eq(event_op_name(event), op);
	cr_assert_eq(event_op_mark(event), mark, "%s: '%c'", op, event_op_mark(event));
	cr_assert_eq(event_is_suspicious(event), suspicious, "%s", op);
	cr_assert_str_eq(event_note(text, event, NULL), note);
}

Test(event_note, each_kind_of_record)
{
	static const struct {
		struct tta_event record;
		const char *op;
		char mark;
		const char *note;
	} rows[] = {
		{{.op = TTA_OP_ALLOC, .refs = 1}, "alloc", 0, ""},
		{{.op = TTA_OP_ALLOC, .refs = 2, .flags = TTA_RECORD_DUP},
		 "alloc",
		 '!',
		 "DUP ref 1 -> 2"},
		{{.op = TTA_OP_ALLOC,
		  .refs = 3,
		  .flags = TTA_RECORD_DUP | TTA_RECORD_SIZE},
		 "alloc",
		 '!',
		 "DUP ref 2 -> 3, SZ differs"},
		{{.op = TTA_OP_ALLOC, .flags = TTA_RECORD_NO_DETAIL},
		 "alloc",
		 0,
		 "not in the table"},
		{{.op = TTA_OP_FREE, .refs = 1}, "free", 0, "ref 2 -> 1, still live"},
		{{.op = TTA_OP_FREE}, "free", 0, ""},
		{{.op = TTA_OP_FREE, .flags = TTA_RECORD_UNKNOWN},
		 "free",
		 '?',
		 "no such live buffer"},
		{{.op = TTA_OP_FREE, .flags = TTA_RECORD_UNMATCHED},
		 "free",
		 '?',
		 "no entry: detail was dropped before"},
		{{.op = TTA_OP_FREE, .views = 2, .flags = TTA_RECORD_DANGLING},
		 "free",
		 '!',
		 "dangling: 2 views left"},
		{{.op = TTA_OP_VIEW, .flags = TTA_RECORD_DANGLING},
		 "view",
		 '!',
		 "view of an address without an owner"},
		{{.op = TTA_OP_FREE_VIEW, .refs = 1}, "free_view", 0, ""},
		{{.op = TTA_OP_CLOSE}, "close", 0, "closed with its group or device"},
		{{.op = TTA_OP_ALLOC_FAILED}, "oom", '!', "allocation failed"},
		{{.op = TTA_OP_MARK, .address = 3}, "mark", 0, "mark 3"},
		{{.op = TTA_OP_ALLOC, .refs = 1, .flags = TTA_RECORD_DEFERRED},
		 "alloc",
		 0,
		 "from a signal handler"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct event event = {.kind = EVENT_RECORD, .record = rows[i].record};

		expect(&event, rows[i].op, rows[i].mark, rows[i].mark != 0, rows[i].note);
	}
}

Test(event_note, what_was_there_before_is_told_when_it_was_seen)
{
	struct event event = {
		.record = {.op = TTA_OP_ALLOC,
			   .refs = 2,
			   .flags = TTA_RECORD_DUP | TTA_RECORD_SIZE},
		.before_known = true,
		.before_size = 4096,
		.before_time_ns = UINT64_C(1767616496000000000),
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	expect(&event, "alloc", '!', true,
	       "DUP ref 1 -> 2, live since 12:34:56, SZ was 4.00K");
}

Test(event_note, gaps_and_ends)
{
	struct event event = {.kind = EVENT_GAP, .lost = 312};
	char text[EVENT_NOTE_SIZE];

	expect(&event, "gap", 0, true, "312 events lost");
	event.kind = EVENT_EARLIER;
	event.lost = 1;
	expect(&event, "earlier", 0, false, "1 earlier event overwritten");
	event = (struct event){.kind = EVENT_EXIT, .state = SNAP_ORPHAN};
	event.left_bytes = 300;
	event.left_buffers = 19;
	expect(&event, "orphan", 0, true, "19 buffers still live");
	event.state = SNAP_EXITED;
	event.left_buffers = 0;
	expect(&event, "exit", 0, true, "300 still held");
	event.left_bytes = 0;
	expect(&event, "exit", 0, false, "nothing left");
	event.unseen = true;
	expect(&event, "exit", 0, false, "nothing left, its last events may be missing");
	event = (struct event){.record = {.op = TTA_OP_MARK}, .late = true};
	cr_assert_str_eq(event_note(text, &event, "after close"),
			 "\"after close\", out of order");
}

Test(event_note, columns_without_a_meaning_are_empty)
{
	struct event mark = {.record = {.op = TTA_OP_MARK}};
	struct event oom = {.record = {.op = TTA_OP_ALLOC_FAILED, .size = 5}};
	struct event unknown = {
		.record = {.op = TTA_OP_FREE, .flags = TTA_RECORD_UNKNOWN}};

	cr_assert_not(event_has_address(&mark));
	cr_assert_not(event_has_size(&mark));
	cr_assert_not(event_has_address(&oom));
	cr_assert(event_has_size(&oom));
	cr_assert_not(event_has_refs(&oom));
	cr_assert(event_has_address(&unknown));
	cr_assert_not(event_has_size(&unknown));
	cr_assert_not(event_has_refs(&unknown));
}
