/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <string.h>

#include "history.h"
#include "place_key.h"
#include "sample_builder.h"

/* A sample @seconds after the first, of one process. */
static void push(struct history *history, uint64_t seconds, uint64_t bytes,
		 uint64_t events)
{
	struct sample_builder *b = sample_new();
	struct snapshot *snapshot;

	sample_of(b)->mono_ns += seconds * 1000000000;
	sample_process(b, 10)->events = events;
	sample_buffer(b, 0, TTA_DRAM, 1, bytes);
	snapshot = sample_snapshot(b);
	cr_assert_eq(history_push(history, snapshot), 0);
	snapshot_free(snapshot);
	sample_delete(b);
}

Test(history, keeps_the_newest_points_oldest_first)
{
	struct history *history = history_new(3);
	uint64_t values[8] = {0};

	for (uint64_t i = 1; i <= 5; i++)
		push(history, i, i * 10, 0);
	cr_assert_eq(history_used(history, NULL, values, 8), 3);
	cr_assert_eq(values[0], 30);
	cr_assert_eq(values[2], 50);
	cr_assert_eq(history_used(history, "DRAM", values, 2), 2);
	cr_assert_eq(values[0], 40);
	cr_assert_eq(history_used(history, "L1", values, 8), 0);
	cr_assert_float_eq(history_span(history), 2.0, 1e-9);
	history_free(history);
}

Test(history, rates_need_two_samples_of_a_process)
{
	struct history *history = history_new(4);
	double rate;

	cr_assert_not(history_event_rate(history, &rate));
	push(history, 1, 10, 100);
	cr_assert_not(history_event_rate(history, &rate));
	push(history, 3, 10, 500);
	cr_assert(history_event_rate(history, &rate));
	cr_assert_float_eq(rate, 200.0, 1e-9);
	cr_assert(history_process_rate(history, 10, &rate));
	cr_assert_float_eq(rate, 200.0, 1e-9);
	cr_assert_not(history_process_rate(history, 11, &rate));
	history_free(history);
	history_free(NULL);
}

/* One sample: device 0 of process 10, and perhaps process 11. */
struct moment {
	uint64_t seconds, bytes, allocs, frees;
	bool second;
	bool dead;	  /* process 10 */
	const char *mark; /* it set a second ago */
	bool old_mark;	  /* no, much earlier */
};

static void push_moment(struct history *history, const struct moment *moment)
{
	struct sample_builder *b = sample_new();
	uint64_t ns = moment->seconds * 1000000000;
	struct tta_process *process;
	struct tta_memory *memory;
	struct snapshot *snapshot;

	sample_of(b)->mono_ns += ns;
	sample_of(b)->realtime_ns += ns;
	process = sample_process(b, 10);
	process->verdict = moment->dead ? TTA_VERDICT_ORPHAN : TTA_VERDICT_ALIVE;
	process->last_event_ns += ns;
	if (moment->bytes)
		sample_buffer(b, 0, TTA_DRAM, 0x1000, moment->bytes);
	memory = sample_memory(b, 0, TTA_DRAM);
	memory->allocs = moment->allocs;
	memory->frees = moment->frees;
	if (moment->mark)
		sample_mark(b, moment->mark, 0)->time_ns =
			sample_of(b)->mono_ns -
			(moment->old_mark ? 3000000000 : 1000000000);
	if (moment->second) {
		sample_process(b, 11);
		sample_buffer(b, 0, TTA_DRAM, 0x9000, 1);
		sample_buffer(b, 0, TTA_L1, 0x9000, 7);
	}
	snapshot = sample_snapshot(b);
	cr_assert_eq(history_push(history, snapshot), 0);
	if (moment->mark && *moment->mark == 'B')
		history_base(history, snapshot, "run1", true);
	snapshot_free(snapshot);
	sample_delete(b);
}

/* The four numbers, and by name what else there is. */
#define MOMENT(history, at, held, allocated, freed, ...)                                 \
	push_moment(history, &(struct moment){.seconds = (at),                           \
					      .bytes = (held),                           \
					      .allocs = (allocated),                     \
					      .frees = (freed),                          \
					      __VA_ARGS__})

static struct history_place place_of(uint64_t segment, const char *type)
{
	static const struct snap_device device = {.kind = "", .uid = ""};

	return (struct history_place){segment, place_device_key(&device),
				      place_text_key(type)};
}

Test(history, rates_of_a_place_are_what_happened_between_two_samples)
{
	struct history *history = history_new(4);
	struct history_place process = {.segment = 10}, all = place_of(0, "DRAM"),
			     dram = place_of(10, "DRAM"), l1 = place_of(10, "L1");
	struct history_rate rate;

	MOMENT(history, 0, 1000, 100, 50);
	cr_assert_not(history_rate(history, &process, &rate));
	MOMENT(history, 2, 600, 130, 90, .second = true);
	cr_assert(history_rate(history, &process, &rate));
	cr_assert_float_eq(rate.allocs, 15, 1e-9);
	cr_assert_float_eq(rate.frees, 20, 1e-9);
	cr_assert_float_eq(rate.bytes, -200, 1e-9);
	cr_assert(history_rate(history, &dram, &rate));
	cr_assert_float_eq(rate.allocs, 15, 1e-9);
	cr_assert_not(history_rate(history, &l1, &rate), "it holds nothing there");
	cr_assert(history_rate(history, &all, &rate));
	cr_assert_float_eq(rate.allocs, 15, 1e-9, "who is new has no rate yet");
	process.segment = 11;
	cr_assert_not(history_rate(history, &process, &rate));
	history_free(history);
}

Test(history, an_unknown_count_has_no_rate)
{
	struct history *history = history_new(4);
	struct history_place process = {.segment = 10};
	struct history_rate rate;

	MOMENT(history, 0, 1000, 100, 50);
	MOMENT(history, 1, 1000, SNAP_UNKNOWN, 50);
	cr_assert_not(history_rate(history, &process, &rate));
	history_free(history);
}

Test(history, places_are_followed_and_forgotten)
{
	struct history *history = history_new(200);
	struct history_place first = place_of(10, "DRAM"), device = place_of(0, "DRAM"),
			     second = place_of(11, "L1");
	uint64_t values[HISTORY_TRACK_POINTS];
	uint64_t i = 0;

	for (; i < 5; i++)
		MOMENT(history, i, 10 * (i + 1), 1, 0, .second = i == 3);
	cr_assert_eq(history_track(history, &first, values, 64), 5);
	cr_assert_eq(values[0], 10);
	cr_assert_eq(values[4], 50);
	cr_assert_eq(history_track(history, &first, values, 2), 2);
	cr_assert_eq(values[0], 40);
	cr_assert_eq(history_track(history, &device, values, 64), 5);
	cr_assert_eq(values[3], 41, "both processes");
	cr_assert_eq(history_track(history, &second, values, 64), 2);
	cr_assert_eq(values[0], 7);
	cr_assert_eq(values[1], 0, "what is gone holds nothing");
	second.type = second.device = 0;
	cr_assert_eq(history_track(history, &second, values, 64), 2);
	cr_assert_eq(values[0], 8, "all that it held");
	for (; i < 4 + HISTORY_TRACK_POINTS; i++)
		MOMENT(history, i, 60, 1, 0, .second = false);
	cr_assert_eq(history_track(history, &second, values, 64), 0);
	cr_assert_eq(history_track(history, &first, values, 64), 64);
	history_free(history);
}

Test(history, the_last_minute_is_cut_into_cells)
{
	struct history *history = history_new(64);
	struct history_place place = place_of(10, "DRAM");
	uint64_t values[6];

	MOMENT(history, 0, 5, 1, 0);
	cr_assert_eq(history_track_past(history, &place, 60, values, 6), 1);
	MOMENT(history, 25, 50, 1, 0);
	MOMENT(history, 31, 30, 1, 0);
	MOMENT(history, 34, 20, 1, 0);
	cr_assert_eq(history_track_past(history, &place, 60, values, 6), 4);
	cr_assert_eq(values[3], 50);
	cr_assert_eq(values[2], 5, "held since before");
	cr_assert_eq(values[0], 5);
	history_free(history);
}

static bool has_mark(const struct history *history, const char *text)
{
	struct history_mark marks[HISTORY_MARKS];
	size_t count = history_marks(history, marks, HISTORY_MARKS);
	char own[HISTORY_NAME_SIZE + 16];

	for (size_t i = 0; i < count; i++)
		if (strcmp(history_mark_text(&marks[i], own), text) == 0)
			return true;
	return false;
}

Test(history, what_happens_is_marked_once)
{
	struct history *history = history_new(64);
	struct history_mark marks[HISTORY_MARKS];

	MOMENT(history, 0, 5, 1, 0, .mark = "early");
	cr_assert_eq(history_marks(history, marks, HISTORY_MARKS), 0,
		     "what was before is not news");
	MOMENT(history, 2, 5, 1, 0, .second = true, .mark = "warm");
	cr_assert(has_mark(history, "new 11"));
	cr_assert(has_mark(history, "warm"));
	MOMENT(history, 4, 5, 1, 0, .mark = "Base");
	cr_assert(has_mark(history, "gone 11"));
	cr_assert(has_mark(history, "B run1"));
	MOMENT(history, 6, 5, 1, 0, .dead = true);
	cr_assert(has_mark(history, "died 10"));
	MOMENT(history, 8, 5, 1, 0, .dead = true, .mark = "known", .old_mark = true);
	cr_assert_eq(history_marks(history, marks, HISTORY_MARKS), 6);
	cr_assert_eq(marks[0].kind, HISTORY_NEW);
	cr_assert_eq(history_samples_ago(history, marks[0].mono_ns), 3);
	cr_assert_eq(history_samples_ago(history, marks[5].mono_ns), 1);
	cr_assert_eq(history_samples_ago(history, 1), SIZE_MAX);
	cr_assert_eq(history_samples_since(history, SAMPLE_REALTIME_NS + 4000000000), 3);
	cr_assert_eq(history_samples_since(history, 0), 5);
	history_free(history);
}

Test(history, marks_are_bounded)
{
	struct history *history = history_new(4);
	struct history_mark marks[HISTORY_MARKS];

	for (uint64_t i = 0; i < 2 * HISTORY_MARKS; i++)
		MOMENT(history, i, 5, 1, 0, .second = i % 2 == 1);
	cr_assert_eq(history_marks(history, marks, HISTORY_MARKS), HISTORY_MARKS);
	cr_assert_eq(history_marks(history, marks, 2), 2);
	cr_assert_eq(marks[1].kind, HISTORY_NEW);
	cr_assert_eq(history_samples_ago(history, marks[1].mono_ns), 0);
	history_free(history);
}

Test(history, the_peak_since_the_baseline_is_sampled_since_then)
{
	struct history *history = history_new(64);
	struct history_place place = place_of(0, "DRAM");
	uint64_t peak;

	MOMENT(history, 0, 90, 1, 0);
	cr_assert_not(history_peak_since_base(history, &place, &peak));
	MOMENT(history, 1, 20, 1, 0, .mark = "Base");
	cr_assert(history_peak_since_base(history, &place, &peak));
	cr_assert_eq(peak, 20);
	MOMENT(history, 2, 50, 1, 0);
	MOMENT(history, 3, 10, 1, 0);
	cr_assert(history_peak_since_base(history, &place, &peak));
	cr_assert_eq(peak, 50);
	history_free(history);
}
