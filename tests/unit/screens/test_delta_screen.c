/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <string.h>

#include "delta_row.h"
#include "view_fixture.h"

static void open_delta(struct fixture *fixture, int rows, int cols)
{
	open_fixture(fixture, rows, cols);
	strcpy(fixture->state.base_name, "run1");
	cr_assert_eq(view_update(&fixture->state, fixture->state.snapshot,
				 demo_base(fixture->demo), fixture->history),
		     0);
	press(&fixture->state, '5');
}

static const struct delta_by_row *row_at(const struct fixture *fixture, size_t index)
{
	return delta_row_of(&fixture->state, &fixture->state.rows.rows[index]);
}

Test(delta_screen, says_what_to_press_without_a_baseline)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, '5');
	cr_assert_eq(fixture.state.screen, SCREEN_DELTA);
	cr_assert_eq(fixture.state.rows.count, 0);
	cr_assert(strstr(frame(&fixture), "Press b (F7)"));
	cr_assert(press(&fixture.state, 'b') & REACT_BASELINE);
	close_fixture(&fixture);
}

Test(delta_screen, what_grew_most_comes_first_and_what_went_last)
{
	struct fixture fixture;
	const struct delta_by_row *last;

	open_delta(&fixture, 24, 80);
	cr_assert_str_eq(row_at(&fixture, 0)->process->comm, "ttnn_demo");
	cr_assert_eq(row_at(&fixture, 0)->bytes.change, 1536 * 1024);
	cr_assert_eq(row_at(&fixture, 0)->change, DELTA_NEW);
	cr_assert_eq(row_at(&fixture, 2)->device_count, 8, "alike on 8 devices");
	last = row_at(&fixture, fixture.state.rows.count - 1);
	cr_assert_eq(last->change, DELTA_GONE);
	cr_assert(strstr(frame(&fixture), "new ORPHAN x8 dev"));
	cr_assert(strstr(frame(&fixture), "-1.20M    0    -1 gone"));
	cr_assert(strstr(frame(&fixture), "net +1.11M +45 buf  +45 refs"));
	close_fixture(&fixture);
}

Test(delta_screen, equal_devices_are_one_line_of_the_matrix)
{
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	cr_assert(strstr(frame(&fixture), "1-3,5-6 each      +36.0K"));
	cr_assert_not(strstr(frame(&fixture), "BUFFERS"));
	close_fixture(&fixture);
	open_delta(&fixture, 40, 120);
	cr_assert(strstr(frame(&fixture), "\n3                             +36.0K"));
	cr_assert(strstr(frame(&fixture), "BUFFERS"));
	close_fixture(&fixture);
}

Test(delta_screen, an_unknown_change_is_not_zero)
{
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	for (size_t i = 0; i < demo_snapshot(fixture.demo)->process_count; i++) {
		struct snap_process *process = &demo_snapshot(fixture.demo)->processes[i];

		for (size_t k = 0; k < process->memory_count; k++)
			if (strcmp(process->memory[k].type, "TRACE") == 0)
				process->memory[k].used = SNAP_UNKNOWN;
	}
	view_update(&fixture.state, fixture.state.snapshot, demo_base(fixture.demo),
		    NULL);
	cr_assert(strstr(frame(&fixture), "net ? +45 buf"), "%s", frame(&fixture));
	cr_assert(strstr(frame(&fixture),
			 "TRACE        ?     ?       ?    0     0 unknown"),
		  "%s", frame(&fixture));
	close_fixture(&fixture);
}

Test(delta_screen, groups_are_cycled)
{
	static const char *const words[] = {"Group: process", "Group: device",
					    "Group: type",    "Group: size",
					    "Group: label",   "Group: address"};
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	for (size_t i = 0; i < 7; i++) {
		cr_assert(strstr(frame(&fixture), words[i % 6]), "%s", words[i % 6]);
		cr_assert_gt(fixture.state.rows.count, 0);
		press(&fixture.state, 'g');
	}
	close_fixture(&fixture);
}

Test(delta_screen, group_is_a_key_of_this_screen_alone)
{
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	press(&fixture.state, '1');
	press(&fixture.state, 'g');
	press(&fixture.state, '5');
	cr_assert(strstr(frame(&fixture), "Group: process"));
	close_fixture(&fixture);
}

Test(delta_screen, groups_of_buffers_need_buffers)
{
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	demo_base(fixture.demo)->has_buffers = false;
	view_update(&fixture.state, fixture.state.snapshot, demo_base(fixture.demo),
		    NULL);
	cr_assert_gt(fixture.state.rows.count, 0);
	cr_assert(strstr(frame(&fixture), "older than 60 s: ? buffers, ?"));
	for (int i = 0; i < 4; i++)
		press(&fixture.state, 'g');
	cr_assert_eq(fixture.state.rows.count, 0, "they would all look new");
	cr_assert(strstr(frame(&fixture), "tells totals, not buffers"));
	close_fixture(&fixture);
}

Test(delta_screen, older_than_shows_rows_with_such_buffers)
{
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	press(&fixture.state, 'o');
	cr_assert_str_eq(fixture.state.line, "60s", "a proposal");
	press(&fixture.state, KC_ENTER);
	cr_assert_str_eq(fixture.state.filter, "age>60s");
	cr_assert_eq(fixture.state.rows.count, 4);
	for (size_t i = 0; i < 4; i++)
		cr_assert_str_neq(row_at(&fixture, i)->process->comm, "ttnn_demo");
	for (int i = 0; i < 5; i++)
		press(&fixture.state, 'g');
	cr_assert_eq(fixture.state.rows.count, 2 + 3 + 3 + 40, "single buffers, too");
	press(&fixture.state, '3');
	cr_assert_eq(fixture.state.rows.count, 63 - 1, "all but the demo's");
	press(&fixture.state, 'o');
	cr_assert_str_eq(fixture.state.line, "60s", "to be changed");
	press(&fixture.state, KC_CTRL('U'));
	press(&fixture.state, KC_ENTER);
	cr_assert_str_eq(fixture.state.filter, "");
	cr_assert_eq(fixture.state.rows.count, 63);
	close_fixture(&fixture);
}

Test(delta_screen, older_than_refuses_what_is_no_age)
{
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	press(&fixture.state, 'o');
	press(&fixture.state, KC_CTRL('U'));
	type(&fixture.state, "6x");
	cr_assert(strstr(frame(&fixture), "not an age"));
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.input, INPUT_OLDER, "the line stays open");
	press(&fixture.state, KC_ESCAPE);
	cr_assert_eq(fixture.state.input, INPUT_NONE);
	cr_assert_str_eq(fixture.state.filter, "");
	close_fixture(&fixture);
}

Test(delta_screen, terms_choose_rows_by_themselves_or_by_their_buffers)
{
	static const struct {
		const char *filter;
		size_t rows;
	} rows[] = {{"pid=141211", 1},
		    {"dev=6", 1},
		    {"dev=7", 2},
		    {"type=cb", 2},
		    {"state=orphan", 2},
		    {"label=cq_*", 1},
		    {"flag=size", 1},
		    {"gone", 1},
		    {"ttnn", 2},
		    {"pid=141211 dev=1", 0},
		    {"label=cq_* type=l1", 0}};
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		press(&fixture.state, KC_F4);
		type(&fixture.state, rows[i].filter);
		cr_assert_eq(fixture.state.rows.count, rows[i].rows, "%s: %zu",
			     rows[i].filter, fixture.state.rows.count);
		press(&fixture.state, KC_ESCAPE);
	}
	close_fixture(&fixture);
}

Test(delta_screen, enter_shows_the_buffers_of_the_row)
{
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	press(&fixture.state, KC_DOWN);
	press(&fixture.state, KC_DOWN);
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.screen, SCREEN_BUFFERS);
	cr_assert_eq(fixture.state.rows.count, 19);
	press(&fixture.state, KC_ESCAPE);
	cr_assert_eq(fixture.state.screen, SCREEN_DELTA);
	close_fixture(&fixture);
}

Test(delta_screen, selection_follows_its_row_through_new_samples)
{
	struct fixture fixture;
	uint64_t segment;

	open_delta(&fixture, 24, 80);
	for (int i = 0; i < 3; i++)
		press(&fixture.state, KC_DOWN);
	segment = row_at(&fixture, 3)->process->segment;
	press(&fixture.state, 'I');
	view_update(&fixture.state, fixture.state.snapshot, demo_base(fixture.demo),
		    NULL);
	cr_assert_eq(delta_row_of(&fixture.state, view_selected(&fixture.state))
			     ->process->segment,
		     segment);
	close_fixture(&fixture);
}

Test(delta_screen, a_base_is_asked_for_by_name)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, 'B');
	cr_assert_eq(fixture.state.input, INPUT_BASE);
	cr_assert_eq(press(&fixture.state, KC_ENTER) & REACT_BASE_NAMED, 0,
		     "a name is missing");
	press(&fixture.state, 'B');
	type(&fixture.state, "run1");
	cr_assert(press(&fixture.state, KC_ENTER) & REACT_BASE_NAMED);
	cr_assert_str_eq(fixture.state.base_wanted, "@run1");
	close_fixture(&fixture);
}

Test(delta_screen, a_long_message_takes_the_line_of_the_tabs)
{
	struct fixture fixture;

	open_delta(&fixture, 24, 80);
	strcpy(fixture.state.message, "no baseline 'nosuch': see 'ttatop baseline list'");
	cr_assert(strstr(frame(&fixture), fixture.state.message));
	close_fixture(&fixture);
}
