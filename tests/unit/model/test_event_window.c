/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "event_map.h"
#include "event_window.h"

static void push(struct event_window *window, uint64_t key, uint32_t lane)
{
	const struct event event = {.key = key, .record = {.lane = lane}};

	cr_assert_eq(event_window_push(window, &event), 0);
}

static void expect(struct event_window *window, uint64_t key, uint32_t lane, bool late)
{
	struct event event;

	cr_assert(event_window_pop(window, UINT64_MAX, SIZE_MAX, &event));
	cr_assert_eq(event.key, key, "%lu, not %lu", (unsigned long)event.key,
		     (unsigned long)key);
	cr_assert_eq(event.record.lane, lane);
	cr_assert_eq(event.late, late);
}

Test(event_window, lanes_are_merged_by_time_and_keep_their_order)
{
	struct event_window window = {0};

	push(&window, 10, 0);
	push(&window, 30, 0);
	push(&window, 30, 1); /* read later: after lane 0's of the same time */
	push(&window, 20, 1);
	push(&window, 30, 2);
	expect(&window, 10, 0, false);
	expect(&window, 20, 1, false);
	expect(&window, 30, 0, false);
	expect(&window, 30, 1, false);
	expect(&window, 30, 2, false);
	cr_assert_eq(window.late, 0);
	event_window_fini(&window);
}

Test(event_window, young_events_are_held_back_until_there_are_too_many)
{
	struct event_window window = {0};
	struct event event;

	for (uint64_t i = 1; i <= 10; i++)
		push(&window, i, 0);
	for (uint64_t i = 1; i <= 4; i++)
		cr_assert(event_window_pop(&window, 4, 100, &event));
	cr_assert_not(event_window_pop(&window, 4, 100, &event), "5 is too young");
	cr_assert(event_window_pop(&window, 4, 5, &event), "6 held, 5 may be");
	cr_assert_eq(event.key, 5);
	cr_assert_not(event_window_pop(&window, 4, 5, &event));
	cr_assert_eq(window.count, 5);
	event_window_fini(&window);
}

Test(event_window, one_that_comes_too_late_is_marked_and_counted)
{
	struct event_window window = {0};

	push(&window, 10, 0);
	expect(&window, 10, 0, false);
	push(&window, 9, 1);
	push(&window, 10, 1);
	push(&window, 11, 0);
	expect(&window, 9, 1, true);
	expect(&window, 10, 1, false);
	expect(&window, 11, 0, false);
	cr_assert_eq(window.late, 1);
	event_window_fini(&window);
}

Test(event_window, any_order_comes_out_sorted)
{
	struct event_window window = {0};
	struct event event;
	uint64_t last = 0;

	srand(7);
	for (int i = 0; i < 5000; i++)
		push(&window, (uint64_t)rand() % 1000, 0);
	event_window_sort(&window);
	for (int i = 0; i < 5000; i++)
		push(&window, (uint64_t)rand() % 1000, 0);
	for (int i = 0; i < 10000; i++) {
		cr_assert(event_window_pop(&window, UINT64_MAX, 0, &event));
		cr_assert_geq(event.key, last);
		last = event.key;
	}
	cr_assert_not(event_window_pop(&window, UINT64_MAX, 0, &event));
	event_window_fini(&window);
}

struct value {
	uint64_t number;
};

Test(event_map, holds_what_was_added_and_not_removed)
{
	static bool there[2000];
	struct event_map map = {.value_size = sizeof(struct value)};
	size_t count = 0;

	srand(11);
	for (int i = 0; i < 20000; i++) {
		uint64_t n = (uint64_t)rand() % 2000;
		struct event_key key = {n % 7, n / 7 % 5, n};
		struct value *value;

		if (rand() % 2) {
			value = event_map_add(&map, key);
			cr_assert_eq(value->number, there[n] ? n : 0);
			value->number = n;
			count += !there[n];
			there[n] = true;
		} else {
			event_map_remove(&map, key);
			count -= there[n];
			there[n] = false;
		}
		cr_assert_eq(map.count, count);
	}
	for (uint64_t n = 0; n < 2000; n++) {
		struct event_key key = {n % 7, n / 7 % 5, n};
		const struct value *value = event_map_find(&map, key);

		cr_assert_eq(value != NULL, there[n]);
		cr_assert(!value || value->number == n);
	}
	event_map_fini(&map);
}

Test(event_map, stays_within_its_limit)
{
	struct event_map map = {.value_size = sizeof(struct value), .limit = 2};

	cr_assert_not_null(event_map_add(&map, (struct event_key){1, 0, 0}));
	cr_assert_not_null(event_map_add(&map, (struct event_key){2, 0, 0}));
	cr_assert_null(event_map_add(&map, (struct event_key){3, 0, 0}));
	cr_assert_not_null(event_map_add(&map, (struct event_key){2, 0, 0}));
	event_map_fini(&map);
}
