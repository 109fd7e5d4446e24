/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <string.h>

#include "event_filter.h"
#include "event_history.h"
#include "event_map.h"

#define SECOND UINT64_C(1000000000)

static const struct event_names nameless = {
	.comm = "app", .user = "me", .type = "DRAM", .label = ""};

static struct event record(uint64_t segment, uint32_t op, uint64_t address, uint32_t refs)
{
	return (struct event){
		.time_ns = 7 * SECOND,
		.record = {.nonce = segment,
			   .op = op,
			   .type = TTA_DRAM,
			   .address = address,
			   .size = 64,
			   .refs = refs},
		.delta = op == TTA_OP_ALLOC && refs == 1  ? 64
			 : op == TTA_OP_FREE && refs == 0 ? -64
							  : 0,
		.delta_known = true,
	};
}

static void push(struct event_log *log, uint64_t segment, uint32_t op, uint64_t address,
		 uint32_t refs)
{
	struct event event = record(segment, op, address, refs);

	event_log_push(log, &event, &nameless);
}

static void push_gap(struct event_log *log, uint64_t segment, uint64_t lost)
{
	struct event event = {.kind = EVENT_GAP,
			      .time_ns = 9 * SECOND,
			      .record = {.nonce = segment},
			      .lost = lost};

	event_log_push(log, &event, &nameless);
}

/* Pairs of an alloc and a free of one address. */
static void churn(struct event_log *log, uint64_t segment, unsigned pairs)
{
	for (unsigned i = 0; i < pairs; i++) {
		push(log, segment, TTA_OP_ALLOC, 0x9000, 1);
		push(log, segment, TTA_OP_FREE, 0x9000, 0);
	}
}

Test(event_log, names_are_copies)
{
	struct event_log *log = event_log_new(4, 4);
	struct event event = record(1, TTA_OP_ALLOC, 0x1000, 1);
	char comm[8] = "before";
	struct event_names names = nameless;
	const struct event_log_row *row;

	names.comm = comm;
	names.label = "weights";
	event_log_push(log, &event, &names);
	strcpy(comm, "after");
	event.record.op = TTA_OP_MARK;
	names.mark = "warm";
	event_log_push(log, &event, &names);
	row = event_log_row(log, 0);
	cr_assert_str_eq(event_log_names(row).comm, "before");
	cr_assert_str_eq(event_log_names(row).label, "weights");
	cr_assert_null(event_log_names(row).mark);
	cr_assert_str_eq(event_log_names(event_log_row(log, 1)).mark, "warm");
	cr_assert_null(event_log_row(log, 2));
	event_log_free(log);
}

Test(event_log, a_full_log_forgets_what_came_and_went)
{
	struct event_log *log = event_log_new(8, 8);

	churn(log, 1, 100);
	cr_assert_eq(event_log_count(log), 8);
	cr_assert_eq(event_log_next(log), 200);
	cr_assert(event_log_forgets(log));
	cr_assert_null(event_log_row(log, 191));
	cr_assert_eq(event_log_row(log, 192)->number, 192);
	cr_assert_eq(event_log_counts(log)->rows, 200);
	event_log_free(log);
}

/* What leaked is what happened long ago. */
Test(event_log, rows_of_living_buffers_are_kept)
{
	struct event_log *log = event_log_new(8, 8);

	push(log, 1, TTA_OP_ALLOC, 0x1000, 1);
	push(log, 1, TTA_OP_ALLOC, 0x2000, 1);
	push(log, 1, TTA_OP_VIEW, 0x1000, 1);
	push(log, 1, TTA_OP_FREE, 0x2000, 0);
	churn(log, 1, 50);
	cr_assert_eq(event_log_count(log), 8 + 2);
	cr_assert_eq(event_log_at(log, 0)->number, 0);
	cr_assert_eq(event_log_at(log, 1)->number, 2);
	cr_assert_eq(event_log_row(log, 2)->event.record.op, TTA_OP_VIEW);
	cr_assert_null(event_log_row(log, 1));
	for (size_t i = 1; i < event_log_count(log); i++)
		cr_assert_lt(event_log_at(log, i - 1)->number,
			     event_log_at(log, i)->number);
	event_log_free(log);
}

/* That an address was free once is forgotten with the row that said so. */
Test(event_log, an_address_that_lives_again_is_kept_again)
{
	struct event_log *log = event_log_new(8, 8);

	push(log, 1, TTA_OP_ALLOC, 0x1000, 1);
	push(log, 1, TTA_OP_FREE, 0x1000, 0);
	churn(log, 1, 10);
	push(log, 1, TTA_OP_ALLOC, 0x1000, 1);
	churn(log, 1, 10);
	cr_assert_eq(event_log_count(log), 8 + 1);
	cr_assert_eq(event_log_at(log, 0)->event.record.address, 0x1000);
	event_log_free(log);
}

Test(event_log, suspicious_rows_are_kept_and_gaps_joined)
{
	struct event_log *log = event_log_new(8, 4);
	struct event odd = record(1, TTA_OP_FREE, 0x5000, 0);

	odd.record.flags = TTA_RECORD_UNKNOWN;
	event_log_push(log, &odd, &nameless);
	for (int i = 0; i < 20; i++) {
		push_gap(log, 1, 10);
		churn(log, 1, 3);
	}
	churn(log, 1, 4);
	cr_assert_eq(event_log_count(log), 8 + 2);
	cr_assert_eq(event_log_at(log, 0)->event.record.flags, TTA_RECORD_UNKNOWN);
	cr_assert_eq(event_log_at(log, 1)->event.lost, 200);
	cr_assert_eq(event_log_counts(log)->lost, 200);
	event_log_free(log);
}

Test(event_log, what_is_kept_is_bounded)
{
	struct event_log *log = event_log_new(8, 16);

	for (uint64_t i = 0; i < 1000; i++)
		push(log, 1, TTA_OP_ALLOC, 0x1000 * (i + 1), 1);
	cr_assert_eq(event_log_count(log), 8 + 16);
	cr_assert_eq(event_log_at(log, 0)->number, 1000 - 24);
	event_log_free(log);
}

Test(event_log, suspicious_rows_are_counted_by_kind)
{
	struct event_log *log = event_log_new(2, 2);
	struct event event = record(1, TTA_OP_ALLOC, 0x1000, 2);
	struct event end = {.kind = EVENT_EXIT, .state = SNAP_ORPHAN, .left_buffers = 1};
	const struct event_counts *counts = event_log_counts(log);

	event.record.flags = TTA_RECORD_DUP | TTA_RECORD_SIZE;
	event_log_push(log, &event, &nameless);
	event.record.flags = TTA_RECORD_DANGLING;
	event_log_push(log, &event, &nameless);
	event.record.flags = 0;
	event.record.op = TTA_OP_ALLOC_FAILED;
	event_log_push(log, &event, &nameless);
	event_log_push(log, &end, &nameless);
	push_gap(log, 1, 5);
	cr_assert_eq(counts->suspicious, 4);
	cr_assert_eq(counts->dup, 1);
	cr_assert_eq(counts->size, 1);
	cr_assert_eq(counts->dangling, 1);
	cr_assert_eq(counts->failed, 1);
	cr_assert_eq(counts->left, 1);
	cr_assert_eq(counts->lost, 5);
	event_log_free(log);
}

Test(event_log, rates_are_of_the_last_second)
{
	struct event_log *log = event_log_new(64, 4);
	struct event_rates rates;
	uint64_t allocs[8], frees[8];
	double span;

	cr_assert_not(event_log_rates(log, &rates));
	churn(log, 1, 100); /* before anybody looked */
	event_log_tick(log, 10 * SECOND);
	cr_assert_not(event_log_rates(log, &rates));
	churn(log, 1, 10);
	event_log_tick(log, 12 * SECOND);
	cr_assert(event_log_rates(log, &rates));
	cr_assert_float_eq(rates.events, 10, 1e-9);
	cr_assert_float_eq(rates.allocs, 5, 1e-9);
	cr_assert_float_eq(rates.frees, 5, 1e-9);
	cr_assert_float_eq(rates.bytes_up, 320, 1e-9);
	cr_assert_float_eq(rates.bytes_down, 320, 1e-9);
	event_log_tick(log, 13 * SECOND);
	cr_assert(event_log_rates(log, &rates));
	cr_assert_float_eq(rates.events, 0, 1e-9);
	cr_assert_eq(event_log_past(log, allocs, frees, 8, &span), 2);
	cr_assert_eq(allocs[0], 5);
	cr_assert_eq(frees[1], 0);
	cr_assert_float_eq(span, 3, 1e-9);
	event_log_free(log);
}

/* ---- the history of an address ---- */

static const struct event_place place = {.segment = 1, .address = 0x1000, .type = "DRAM"};

Test(event_history, tells_the_address_of_one_process)
{
	struct event_log *log = event_log_new(64, 8);
	struct event_history history;
	struct event end = {.kind = EVENT_EXIT, .record = {.nonce = 1}};

	push(log, 1, TTA_OP_ALLOC, 0x1000, 1);
	push(log, 2, TTA_OP_ALLOC, 0x1000, 1);
	push(log, 1, TTA_OP_ALLOC, 0x2000, 1);
	push(log, 1, TTA_OP_VIEW, 0x1000, 1);
	event_log_push(log, &end, &nameless);
	event_history_find(&history, log, &place);
	cr_assert_eq(history.count, 3);
	cr_assert_eq(history.total, 3);
	cr_assert_eq(history.begin, HISTORY_WHOLE);
	cr_assert_eq(history.rows[0]->event.kind, EVENT_EXIT);
	cr_assert_eq(history.rows[2]->number, 0);
	event_log_free(log);
}

Test(event_history, is_whole_again_after_a_loss_and_a_new_alloc)
{
	struct event_log *log = event_log_new(64, 8);
	struct event_history history;

	push(log, 1, TTA_OP_ALLOC, 0x1000, 1);
	push_gap(log, 1, 3);
	push_gap(log, 2, 3);
	event_history_find(&history, log, &place);
	cr_assert_eq(history.begin, HISTORY_LOST);
	cr_assert_eq(history.lost_ns, 9 * SECOND);
	push(log, 1, TTA_OP_ALLOC, 0x1000, 1);
	event_history_find(&history, log, &place);
	cr_assert_eq(history.begin, HISTORY_WHOLE);
	event_log_free(log);
}

Test(event_history, says_why_it_is_not_whole)
{
	struct event_log *log = event_log_new(8, 8);
	struct event_history history;
	struct event earlier = {.kind = EVENT_EARLIER, .record = {.nonce = 1}, .lost = 9};

	event_history_find(&history, log, &place);
	cr_assert_eq(history.begin, HISTORY_UNKNOWN);
	event_log_push(log, &earlier, &nameless);
	push(log, 1, TTA_OP_FREE, 0x1000, 1);
	event_history_find(&history, log, &place);
	cr_assert_eq(history.begin, HISTORY_EARLIER);
	cr_assert_eq(history.total, 1);
	churn(log, 2, 50);
	event_history_find(&history, log, &place);
	cr_assert_eq(history.begin, HISTORY_FORGOTTEN);
	event_log_free(log);
}

Test(event_history, of_a_busy_address_keeps_the_newest)
{
	struct event_log *log = event_log_new(4096, 8);
	struct event_history history;

	for (int i = 0; i < 1000; i++) {
		push(log, 1, TTA_OP_ALLOC, 0x1000, 1);
		push(log, 1, TTA_OP_FREE, 0x1000, 0);
	}
	event_history_find(&history, log, &place);
	cr_assert_eq(history.total, 2000);
	cr_assert_eq(history.count, EVENT_HISTORY_ROWS);
	cr_assert_eq(history.rows[0]->number, 1999);
	event_log_free(log);
}

/* ---- what it stands on ---- */

Test(event_map, forgets_a_segment_and_nothing_else)
{
	struct event_map map = {.value_size = sizeof(uint64_t)};

	for (uint64_t i = 0; i < 3000; i++)
		*(uint64_t *)event_map_add(&map, (struct event_key){i % 3, 0, i * 64}) =
			i;
	event_map_forget(&map, 1);
	cr_assert_eq(map.count, 2000);
	for (uint64_t i = 0; i < 3000; i++) {
		uint64_t *value =
			event_map_find(&map, (struct event_key){i % 3, 0, i * 64});

		cr_assert_eq(value == NULL, i % 3 == 1);
		cr_assert(!value || *value == i);
	}
	event_map_fini(&map);
}

static bool matches(const char *text, const struct event *event)
{
	struct filter_error error;
	struct filter *filter;
	struct event_names names = nameless;
	bool result;

	names.label = "weights";
	cr_assert_eq(filter_parse(text, &filter, &error), 0, "%s", text);
	result = event_matches(filter, event, &names, NULL, NULL);
	filter_free(filter);
	return result;
}

Test(event_filter, an_event_is_a_buffer_at_that_instant)
{
	struct event event = record(1, TTA_OP_ALLOC, 0x1000, 2);

	cr_assert(matches("addr=0x1000 type=dram refs>=2 size=64", &event));
	cr_assert(matches("alloc weights", &event));
	cr_assert_not(matches("free", &event));
	cr_assert_not(matches("dev=1", &event));
	cr_assert(event_matches(NULL, &event, &nameless, NULL, NULL));
	/* Who is not known matches no term about a process. */
	cr_assert_not(matches("pid=0", &event));
	event.record.op = TTA_OP_MARK;
	cr_assert_not(matches("dev=0", &event));
}
