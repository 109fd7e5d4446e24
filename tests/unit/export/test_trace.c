/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sample_builder.h"
#include "trace.h"
#include "trace_levels.h"

#define BEGIN_NS SAMPLE_REALTIME_NS

/* A machine with one process of pid 10 and, when @used, a buffer of that size at 0x1000.
 */
static struct snapshot *machine(uint64_t used, uint64_t later_ns)
{
	struct sample_builder *b = sample_new();
	struct snapshot *snapshot;

	strcpy(sample_process(b, 10)->comm, "a\"b\n\xff");
	sample_device(b, 2, "tenstorrent", "");
	sample_geometry(b, TTA_DRAM, 1, 1000);
	if (used)
		sample_buffer(b, 2, TTA_DRAM, 0x1000, used)->label_text = "kv";
	sample_of(b)->realtime_ns += later_ns;
	snapshot = sample_snapshot(b);
	sample_delete(b);
	return snapshot;
}

/* A trace under test. */
struct probe {
	struct trace *trace;
	FILE *file;
	char *text;
	size_t size;
	json_t *events;
};

/* @p stays where it is: the stream writes to it. */
static void begin_with(struct probe *p, struct snapshot *first)
{
	*p = (struct probe){0};
	p->file = open_memstream(&p->text, &p->size);
	cr_assert_eq(trace_begin(p->file, first, &p->trace), 0);
	snapshot_free(first);
}

static void begin(struct probe *p, uint64_t used)
{
	begin_with(p, machine(used, 0));
}

static void row(struct probe *p, uint64_t at_ns, struct tta_event record)
{
	const struct event_names names = {.comm = "x",
					  .user = "",
					  .type = "DRAM",
					  .label = "",
					  .mark = record.op == TTA_OP_MARK ? "m\"1"
									   : NULL};
	struct event event = {.kind = EVENT_RECORD,
			      .key = BEGIN_NS + at_ns,
			      .time_ns = BEGIN_NS + at_ns,
			      .record = record};

	event.record.nonce = event.record.pid = 10;
	event.record.device = 2;
	event.record.type = TTA_DRAM;
	cr_assert_eq(trace_row(p->trace, &event, &names), 0);
}

/* The last look is a second later. */
static void finish(struct probe *p, uint64_t used)
{
	struct snapshot *last = machine(used, 1000000000);
	json_error_t error;

	cr_assert_eq(trace_end(p->trace, last), 0);
	snapshot_free(last);
	trace_free(p->trace);
	fclose(p->file);
	p->events = json_loads(p->text, JSON_REJECT_DUPLICATES, &error);
	cr_assert(json_is_array(p->events), "%s in\n%s", error.text, p->text);
}

static void done(struct probe *p)
{
	json_decref(p->events);
	free(p->text);
}

/* Events of @phase; of @name when it is given. */
static size_t count(const struct probe *p, const char *phase, const char *name)
{
	size_t found = 0, i;
	json_t *event;

	json_array_foreach(p->events, i, event)
	{
		const char *its = json_string_value(json_object_get(event, "name"));

		found += strcmp(json_string_value(json_object_get(event, "ph")), phase) ==
				 0 &&
			 (!name || strcmp(its, name) == 0);
	}
	return found;
}

/* The one event of @phase that is number @which. */
static json_t *nth(const struct probe *p, const char *phase, size_t which)
{
	json_t *event;
	size_t i;

	json_array_foreach(p->events, i, event)
	{
		if (strcmp(json_string_value(json_object_get(event, "ph")), phase) == 0 &&
		    which-- == 0)
			return event;
	}
	cr_assert_fail("no such event");
	return NULL;
}

static double ts(json_t *event)
{
	return json_number_value(json_object_get(event, "ts"));
}

static const char *arg(json_t *event, const char *key)
{
	return json_string_value(json_object_get(json_object_get(event, "args"), key));
}

static struct tta_event alloc_of(uint64_t address, uint64_t size)
{
	return (struct tta_event){
		.op = TTA_OP_ALLOC, .address = address, .size = size, .refs = 1};
}

static struct tta_event free_of(uint64_t address)
{
	return (struct tta_event){.op = TTA_OP_FREE, .address = address, .size = 5};
}

Test(trace, a_buffer_is_a_slice_from_alloc_to_free)
{
	struct probe p;

	begin(&p, 0);
	row(&p, 1500, alloc_of(0x2000, 5));
	row(&p, 2500001, free_of(0x2000));
	finish(&p, 0);
	cr_assert_eq(count(&p, "b", "5"), 1);
	cr_assert_eq(count(&p, "e", "5"), 1);
	cr_assert_float_eq(ts(nth(&p, "b", 0)), 1.5, 1e-9);
	cr_assert_float_eq(ts(nth(&p, "e", 0)), 2500.001, 1e-9);
	cr_assert_str_eq(json_string_value(json_object_get(nth(&p, "b", 0), "id")),
			 json_string_value(json_object_get(nth(&p, "e", 0), "id")));
	cr_assert_str_eq(arg(nth(&p, "b", 0), "addr"), "0x2000");
	cr_assert_null(arg(nth(&p, "e", 0), "end"));
	cr_assert_eq(count(&p, "i", NULL), 0);
	done(&p);
}

Test(trace, what_is_live_at_both_ends_is_cut_there)
{
	struct probe p;

	begin(&p, 100);
	finish(&p, 100);
	cr_assert_eq(count(&p, "b", "kv"), 1);
	cr_assert_float_eq(ts(nth(&p, "b", 0)), 0, 0);
	cr_assert_str_eq(arg(nth(&p, "b", 0), "time"), "2026-01-05T12:34:51.123456789Z");
	cr_assert_float_eq(ts(nth(&p, "e", 0)), 1e6, 1e-9);
	cr_assert_str_eq(arg(nth(&p, "e", 0), "end"), "still there");
	done(&p);
}

Test(trace, what_went_or_came_without_a_record_is_there)
{
	struct probe p;

	begin(&p, 100);
	finish(&p, 0);
	cr_assert_str_eq(arg(nth(&p, "e", 0), "end"), "not seen");
	done(&p);
	begin(&p, 0);
	finish(&p, 100);
	cr_assert_eq(count(&p, "b", "kv"), 1);
	cr_assert_str_eq(arg(nth(&p, "e", 0), "end"), "still there");
	done(&p);
}

Test(trace, a_record_of_what_the_first_look_saw_makes_no_second_slice)
{
	struct snapshot *first = machine(100, 0);
	struct probe p;

	/* while the first look was taken; the clocks are read twice */
	first->buffers[0].time_ns = BEGIN_NS + 500;
	begin_with(&p, first);
	row(&p, 501, alloc_of(0x1000, 100));
	finish(&p, 100);
	cr_assert_eq(count(&p, "b", NULL), 1);
	done(&p);
}

Test(trace, an_address_may_live_again)
{
	struct probe p;

	begin(&p, 100);
	row(&p, 100, free_of(0x1000));
	row(&p, 200, alloc_of(0x1000, 7));
	finish(&p, 7);
	cr_assert_eq(count(&p, "b", NULL), 2);
	cr_assert_eq(count(&p, "e", NULL), 2);
	done(&p);
}

Test(trace, a_free_that_was_missed_ends_the_slice_before)
{
	struct probe p;

	begin(&p, 100);
	row(&p, 5000, alloc_of(0x1000, 7));
	finish(&p, 7);
	cr_assert_eq(count(&p, "b", NULL), 2);
	cr_assert_str_eq(arg(nth(&p, "e", 0), "end"), "not seen");
	cr_assert_float_eq(ts(nth(&p, "e", 0)), 5, 1e-9);
	done(&p);
}

Test(trace, oddities_are_instants)
{
	struct probe p;
	struct tta_event dup = alloc_of(0x1000, 120), lost = free_of(0x9000), view;

	begin(&p, 100);
	dup.flags = TTA_RECORD_DUP | TTA_RECORD_SIZE;
	dup.refs = 2;
	row(&p, 10, dup);
	lost.flags = TTA_RECORD_UNKNOWN;
	row(&p, 20, lost);
	lost.flags = 0;
	row(&p, 30, lost); /* nobody saw it beginning */
	view = free_of(0x1000);
	view.views = 1; /* not the end */
	row(&p, 40, view);
	row(&p, 50, (struct tta_event){.op = TTA_OP_ALLOC_FAILED, .size = 9});
	row(&p, 60, (struct tta_event){.op = TTA_OP_MARK});
	finish(&p, 120);
	cr_assert_eq(count(&p, "b", NULL), 1);
	cr_assert_eq(count(&p, "i", "dup"), 1);
	cr_assert_eq(count(&p, "i", "size"), 1);
	cr_assert_eq(count(&p, "i", "unknown free"), 1);
	cr_assert_eq(count(&p, "i", "free"), 1);
	cr_assert_eq(count(&p, "i", "oom"), 1);
	cr_assert_eq(count(&p, "i", "m\"1"), 1);
	cr_assert_eq(count(&p, "i", NULL), 6);
	done(&p);
}

Test(trace, what_was_before_the_first_look_is_left_out)
{
	struct probe p;

	begin(&p, 0);
	row(&p, (uint64_t)-1, alloc_of(0x2000, 5));
	finish(&p, 0);
	cr_assert_eq(count(&p, "b", NULL), 0);
	done(&p);
}

Test(trace, counters_are_what_the_looks_say)
{
	struct probe p;
	struct snapshot *same = machine(100, 1000), *other = machine(30, 2000),
			*unknown = machine(40, 3000);

	begin(&p, 100);
	cr_assert_eq(trace_look(p.trace, same), 0);
	cr_assert_eq(trace_look(p.trace, other), 0);
	unknown->devices[0].memory[0].used = SNAP_UNKNOWN;
	cr_assert_eq(trace_look(p.trace, unknown), 0);
	finish(&p, 50);
	cr_assert_eq(count(&p, "C", "DRAM"), 3);
	for (size_t i = 0; i < 3; i++) {
		static const int64_t used[] = {100, 30, 50};
		json_t *event = nth(&p, "C", i);
		json_t *args = json_object_get(event, "args");

		cr_assert_eq(json_integer_value(json_object_get(args, "bytes")), used[i]);
		cr_assert_eq(json_integer_value(json_object_get(event, "pid")),
			     TRACE_DEVICE_PID);
	}
	snapshot_free(same);
	snapshot_free(other);
	snapshot_free(unknown);
	done(&p);
}

Test(trace, tracks_have_names_that_are_clean)
{
	struct probe p;

	begin(&p, 100);
	finish(&p, 100);
	cr_assert_eq(count(&p, "M", NULL), 2);
	cr_assert_str_eq(arg(nth(&p, "M", 0), "name"), "a\"b\n?");
	cr_assert_str_eq(arg(nth(&p, "M", 1), "name"), "device tenstorrent:2");
	done(&p);
}
