/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "event_level.h"
#include "event_track.h"

#define SEGMENT 7

/* Events of one place, in the order in which they happen. */
struct story {
	struct event events[16];
	size_t count;
	struct event_levels levels;
	struct event_track track;
};

static void begin(struct story *story)
{
	*story = (struct story){0};
	event_levels_init(&story->levels);
	event_track_init(&story->track, 0);
}

static void end(struct story *story)
{
	event_levels_fini(&story->levels);
	event_track_fini(&story->track);
}

static struct event *add(struct story *story, uint32_t op, uint64_t address,
			 uint64_t size, uint32_t refs, uint32_t flags)
{
	struct event *event = &story->events[story->count++];

	*event = (struct event){
		.arrival = story->count,
		.time_ns = 1000 * story->count,
		.record = {.nonce = SEGMENT,
			   .op = op,
			   .address = address,
			   .size = size,
			   .refs = refs,
			   .flags = flags},
	};
	event->delta_known = event_delta(&event->record, &event->delta);
	event_levels_read(&story->levels, event);
	return event;
}

static void add_gap(struct story *story)
{
	struct event *event = &story->events[story->count++];

	*event = (struct event){.kind = EVENT_GAP,
				.arrival = story->count,
				.delta_known = true,
				.record = {.nonce = SEGMENT}};
	event_levels_read(&story->levels, event);
}

static void sync(struct story *story, uint64_t bytes)
{
	event_levels_sync(&story->levels, SEGMENT, 0, 0, story->count, bytes);
}

static void expect(struct story *story, size_t first, const uint64_t *levels,
		   size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct event *event = &story->events[first + i];
		uint64_t level;

		event_track_follow(&story->track, event);
		level = event_levels_leave(&story->levels, event);
		cr_assert_eq(level, levels[i], "event %zu: %ld, not %ld", first + i,
			     (long)level, (long)levels[i]);
	}
}

#define EXPECT(story, first, ...)                                                        \
	do {                                                                             \
		const uint64_t levels[] = {__VA_ARGS__};                                 \
		expect(story, first, levels, sizeof(levels) / sizeof(levels[0]));        \
	} while (0)
#define NONE SNAP_UNKNOWN

Test(event_level, is_computed_backwards_from_a_sync_and_forwards_after_it)
{
	struct story s;

	begin(&s);
	add(&s, TTA_OP_ALLOC, 0x10, 100, 1, 0);
	add(&s, TTA_OP_ALLOC, 0x10, 100, 2, TTA_RECORD_DUP);
	add(&s, TTA_OP_FREE, 0x10, 100, 1, 0);
	add(&s, TTA_OP_ALLOC, 0x20, 30, 1, 0);
	sync(&s, 1130);
	add(&s, TTA_OP_FREE, 0x10, 100, 0, 0);
	EXPECT(&s, 0, 1100, 1100, 1100, 1130, 1030);
	end(&s);
}

Test(event_level, without_a_sync_is_unknown_and_not_zero)
{
	struct story s;

	begin(&s);
	add(&s, TTA_OP_ALLOC, 0x10, 100, 1, 0);
	EXPECT(&s, 0, NONE);
	end(&s);
}

Test(event_level, a_gap_makes_it_unknown_until_the_next_sync)
{
	struct story s;

	begin(&s);
	add(&s, TTA_OP_ALLOC, 0x10, 100, 1, 0);
	sync(&s, 100);
	add_gap(&s);
	add(&s, TTA_OP_ALLOC, 0x20, 10, 1, 0);
	EXPECT(&s, 0, NONE, NONE, NONE);
	sync(&s, 500);
	add(&s, TTA_OP_ALLOC, 0x30, 1, 1, 0);
	EXPECT(&s, 3, 501);
	end(&s);
}

Test(event_level, nothing_before_a_gap_is_computed_back_over_it)
{
	struct story s;

	begin(&s);
	add(&s, TTA_OP_ALLOC, 0x10, 100, 1, 0);
	add_gap(&s);
	add(&s, TTA_OP_ALLOC, 0x20, 10, 1, 0);
	sync(&s, 500);
	EXPECT(&s, 0, NONE, NONE, 500);
	end(&s);
}

Test(event_level, a_size_that_grew_counts_once_it_is_known_what_was_before)
{
	struct story s;

	begin(&s);
	add(&s, TTA_OP_ALLOC, 0x10, 100, 1, 0);
	sync(&s, 100);
	add(&s, TTA_OP_ALLOC, 0x10, 160, 2, TTA_RECORD_DUP | TTA_RECORD_SIZE);
	add(&s, TTA_OP_ALLOC, 0x10, 40, 3, TTA_RECORD_DUP | TTA_RECORD_SIZE);
	add(&s, TTA_OP_CLOSE, 0x10, 160, 0, 0);
	EXPECT(&s, 0, 100, 160, 160, 0);
	cr_assert_eq(s.events[2].before_size, 160);
	end(&s);
}

Test(event_level, a_size_that_grew_from_nobody_knows_what_is_unknown_after)
{
	struct story s;

	begin(&s);
	add(&s, TTA_OP_ALLOC, 0x20, 10, 1, 0);
	add(&s, TTA_OP_ALLOC, 0x10, 160, 2, TTA_RECORD_DUP | TTA_RECORD_SIZE);
	add(&s, TTA_OP_ALLOC, 0x30, 1, 1, 0);
	sync(&s, 1000);
	EXPECT(&s, 0, NONE, 999, 1000);
	add(&s, TTA_OP_ALLOC, 0x40, 170, 2, TTA_RECORD_DUP | TTA_RECORD_SIZE);
	add(&s, TTA_OP_ALLOC, 0x50, 1, 1, 0);
	EXPECT(&s, 3, NONE, NONE);
	end(&s);
}

Test(event_level, a_gap_makes_what_was_seen_before_it_unknown)
{
	struct story s;

	begin(&s);
	add(&s, TTA_OP_ALLOC, 0x10, 100, 1, 0);
	add_gap(&s);
	add(&s, TTA_OP_ALLOC, 0x10, 160, 2, TTA_RECORD_DUP | TTA_RECORD_SIZE);
	for (size_t i = 0; i < s.count; i++)
		event_track_follow(&s.track, &s.events[i]);
	cr_assert_not(s.events[2].before_known);
	end(&s);
}

Test(event_level, of_each_kind_of_record)
{
	static const struct {
		uint32_t op, refs, flags;
		bool known;
		int64_t delta;
	} rows[] = {
		{TTA_OP_ALLOC, 1, 0, true, 64},
		{TTA_OP_ALLOC, 2, TTA_RECORD_DUP, true, 0},
		{TTA_OP_ALLOC, 2, TTA_RECORD_DUP | TTA_RECORD_SIZE, false, 0},
		{TTA_OP_ALLOC, 0, TTA_RECORD_NO_DETAIL, true, 64},
		{TTA_OP_FREE, 1, 0, true, 0},
		{TTA_OP_FREE, 0, 0, true, -64},
		{TTA_OP_FREE, 0, TTA_RECORD_DANGLING, true, -64},
		{TTA_OP_FREE, 0, TTA_RECORD_UNKNOWN, true, 0},
		{TTA_OP_FREE, 0, TTA_RECORD_UNMATCHED | TTA_RECORD_NO_DETAIL, true, -64},
		{TTA_OP_FREE, 0, TTA_RECORD_NO_DETAIL | TTA_RECORD_UNSIZED, false, 0},
		{TTA_OP_CLOSE, 0, 0, true, -64},
		{TTA_OP_VIEW, 1, 0, true, 0},
		{TTA_OP_FREE_VIEW, 1, 0, true, 0},
		{TTA_OP_ALLOC_FAILED, 0, 0, true, 0},
		{TTA_OP_MARK, 0, 0, true, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tta_event record = {.op = rows[i].op,
					   .size = 64,
					   .refs = rows[i].refs,
					   .flags = rows[i].flags};
		int64_t delta;

		cr_assert_eq(event_delta(&record, &delta), rows[i].known, "row %zu", i);
		cr_assert(!rows[i].known || delta == rows[i].delta, "row %zu", i);
	}
}
