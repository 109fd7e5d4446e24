/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <string.h>

#include "screen.h"
#include "view_fixture.h"

Test(keymap, every_binding_dispatches_and_no_key_is_bound_twice)
{
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);

	cr_assert_eq(count, ACTION_COUNT - 1);
	for (size_t i = 0; i < count; i++) {
		cr_assert_neq(bindings[i].keys[0], 0);
		cr_assert(bindings[i].help && *bindings[i].help);
		for (size_t k = 0; k < KEYMAP_KEYS && bindings[i].keys[k]; k++)
			cr_assert_eq(keymap_action(bindings[i].keys[k]),
				     bindings[i].action);
	}
	cr_assert_eq(keymap_action('%'), ACTION_NONE);
	cr_assert_eq(keymap_action(KC_NONE), ACTION_NONE);
}

Test(keymap, help_lists_every_key_and_its_meaning)
{
	struct fixture fixture;
	size_t count;
	const struct binding *bindings = keymap_bindings(&count);
	const char *text;

	open_fixture(&fixture, 100, 120);
	press(&fixture.state, '?');
	text = frame(&fixture);
	for (size_t i = 0; i < count; i++) {
		char name[KEYMAP_NAME_SIZE];

		cr_assert(strstr(text, bindings[i].help), "%s", bindings[i].help);
		for (size_t k = 0; k < KEYMAP_KEYS && bindings[i].keys[k]; k++)
			cr_assert(strstr(text, keymap_name(name, bindings[i].keys[k])));
	}
	close_fixture(&fixture);
}

Test(keymap, bar_shows_only_keys_that_work)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	cr_assert(strstr(frame(&fixture), "F5Tree"));
	cr_assert_not(strstr(frame(&fixture), "F8Delta"));
	press(&fixture.state, '3');
	cr_assert_not(strstr(frame(&fixture), "F5Tree"));
	view_update(&fixture.state, fixture.state.snapshot, demo_base(fixture.demo),
		    NULL);
	cr_assert(strstr(frame(&fixture), "F8Delta"));
	close_fixture(&fixture);
}

Test(state, selection_follows_its_process_through_a_new_order)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	while (selected_pid(&fixture.state) != DEMO_ORPHAN_PID)
		press(&fixture.state, KC_DOWN);
	press(&fixture.state, 'N');
	cr_assert_eq(selected_pid(&fixture.state), DEMO_ORPHAN_PID);
	press(&fixture.state, 'I');
	cr_assert_eq(selected_pid(&fixture.state), DEMO_ORPHAN_PID);
	press(&fixture.state, 't');
	cr_assert_eq(selected_pid(&fixture.state), DEMO_ORPHAN_PID);
	close_fixture(&fixture);
}

Test(state, selection_stays_on_top_until_it_is_moved)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, 'N');
	cr_assert_eq(view_screen(&fixture.state)->cursor, 0);
	cr_assert_eq(selected_pid(&fixture.state), 2210);
	close_fixture(&fixture);
}

Test(state, selection_moves_on_when_its_row_is_gone)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, KC_END);
	cr_assert_eq(view_update(&fixture.state, demo_base(fixture.demo), NULL, NULL), 0);
	cr_assert_neq(view_selected(&fixture.state), NULL);
	cr_assert_eq(view_update(&fixture.state, demo_empty(fixture.demo), NULL, NULL),
		     0);
	cr_assert_eq(view_selected(&fixture.state), NULL);
	press(&fixture.state, KC_DOWN);
	press(&fixture.state, KC_ENTER);
	close_fixture(&fixture);
}

Test(state, enter_shows_the_buffers_of_a_process_and_escape_leads_back)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	while (selected_pid(&fixture.state) != DEMO_ORPHAN_PID)
		press(&fixture.state, KC_DOWN);
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.screen, SCREEN_BUFFERS);
	cr_assert_eq(fixture.state.rows.count, 19);
	cr_assert(strstr(frame(&fixture), "pid 1906102"));
	press(&fixture.state, KC_ESCAPE);
	cr_assert_eq(fixture.state.screen, SCREEN_PROCESSES);
	cr_assert_eq(selected_pid(&fixture.state), DEMO_ORPHAN_PID);
	close_fixture(&fixture);
}

Test(state, enter_on_a_device_shows_its_buffers_alone)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, '2');
	press(&fixture.state, 't');
	press(&fixture.state, KC_DOWN);
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.screen, SCREEN_BUFFERS);
	cr_assert_gt(fixture.state.rows.count, 0);
	for (size_t i = 0; i < fixture.state.rows.count; i++)
		cr_assert_eq(fixture.state.snapshot
				     ->buffers[fixture.state.rows.rows[i].index]
				     .device,
			     1);
	close_fixture(&fixture);
}

Test(state, filter_is_live_and_escape_clears_it)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, KC_F4);
	type(&fixture.state, "pytest");
	cr_assert_eq(fixture.state.rows.count, 1);
	cr_assert_eq(selected_pid(&fixture.state), 141211);
	press(&fixture.state, KC_BACKSPACE);
	cr_assert_str_eq(fixture.state.filter, "pytes");
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.input, INPUT_NONE);
	cr_assert_eq(fixture.state.rows.count, 1);
	press(&fixture.state, '\\');
	type(&fixture.state, "|serve");
	cr_assert_eq(fixture.state.rows.count, 2);
	press(&fixture.state, KC_ESCAPE);
	cr_assert_eq(fixture.state.rows.count, 5);
	press(&fixture.state, '/');
	type(&fixture.state, "q");
	cr_assert_eq(fixture.state.input, INPUT_FIND);
	close_fixture(&fixture);
}

Test(state, an_impossible_filter_says_what_to_press)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, KC_F4);
	type(&fixture.state, "nothing like this");
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.rows.count, 0);
	cr_assert(strstr(frame(&fixture), "5 hidden"));
	cr_assert(strstr(frame(&fixture), "Press F4"));
	close_fixture(&fixture);
}

Test(state, a_filter_that_makes_no_sense_yet_filters_by_nothing_new)
{
	struct fixture fixture;
	size_t before;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, KC_F4);
	type(&fixture.state, "pytest | size>");
	before = fixture.state.rows.count;
	cr_assert_str_eq(fixture.state.filter, "pytest | size");
	cr_assert(strstr(frame(&fixture), "column 15: a number is missing"));
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.input, INPUT_FILTER, "the line stays open");
	cr_assert_eq(fixture.state.rows.count, before);
	type(&fixture.state, "1K");
	cr_assert_gt(fixture.state.rows.count, before);
	cr_assert_null(strstr(frame(&fixture), "column"));
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.input, INPUT_NONE);
	press(&fixture.state, KC_ESCAPE);
	cr_assert_null(fixture.state.filtering);
	cr_assert_eq(fixture.state.rows.count, 5);
	close_fixture(&fixture);
}

Test(state, terms_filter_every_screen)
{
	static const struct {
		enum action screen;
		const char *filter;
	} rows[] = {{ACTION_PROCESSES, "pid=141211"},
		    {ACTION_DEVICES, "dev=1"},
		    {ACTION_BUFFERS, "dev=1 type=dram"}};
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t all;

		view_action(&fixture.state, rows[i].screen);
		view_rows(&fixture.state);
		all = fixture.state.unfiltered;
		press(&fixture.state, KC_F4);
		type(&fixture.state, rows[i].filter);
		cr_assert_gt(fixture.state.rows.count, 0, "%s", rows[i].filter);
		cr_assert_lt(fixture.state.rows.count, all, "%s", rows[i].filter);
		press(&fixture.state, KC_ESCAPE);
		view_rows(&fixture.state);
		cr_assert_geq(fixture.state.rows.count, all);
	}
	close_fixture(&fixture);
}

Test(state, find_knows_terms)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, '/');
	type(&fixture.state, "pid=");
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.input, INPUT_FIND);
	type(&fixture.state, "141211");
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.input, INPUT_NONE);
	cr_assert_eq(selected_pid(&fixture.state), 141211);
	close_fixture(&fixture);
}

Test(state, find_goes_to_the_next_match_and_round)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, '/');
	type(&fixture.state, "ml01");
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(selected_pid(&fixture.state), 1906544);
	press(&fixture.state, 'n');
	cr_assert_eq(selected_pid(&fixture.state), DEMO_ORPHAN_PID);
	press(&fixture.state, 'n');
	cr_assert_eq(selected_pid(&fixture.state), 1906544);
	press(&fixture.state, KC_F15);
	cr_assert_eq(selected_pid(&fixture.state), DEMO_ORPHAN_PID);
	press(&fixture.state, KC_F15);
	press(&fixture.state, KC_F3);
	type(&fixture.state, "nobody");
	cr_assert(strstr(frame(&fixture), "not found: nobody"));
	cr_assert_eq(selected_pid(&fixture.state), 1906544);
	press(&fixture.state, 'y');
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(selected_pid(&fixture.state), 1906544);
	close_fixture(&fixture);
}

Test(state, next_without_a_search_is_the_next_suspicious_row)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, 'n');
	cr_assert_eq(selected_pid(&fixture.state), DEMO_ORPHAN_PID);
	press(&fixture.state, 'n');
	cr_assert_eq(selected_pid(&fixture.state), 141211);
	close_fixture(&fixture);
}

Test(state, sort_keys_choose_cycle_and_invert)
{
	struct fixture fixture;
	const struct table_column *columns = screen_processes.columns;
	struct table_sort *sort;

	open_fixture(&fixture, 24, 80);
	sort = &view_screen(&fixture.state)->sort;
	cr_assert_str_eq(columns[sort->column].key, "dram");
	press(&fixture.state, '>');
	cr_assert_str_eq(columns[sort->column].key, "l1");
	press(&fixture.state, '<');
	press(&fixture.state, '<');
	cr_assert_str_eq(columns[sort->column].key, "dev");
	press(&fixture.state, 'M');
	cr_assert_str_eq(columns[sort->column].key, "total");
	cr_assert(sort->falling);
	press(&fixture.state, 'I');
	cr_assert_not(sort->falling);
	press(&fixture.state, 'T');
	cr_assert_str_eq(columns[sort->column].key, "age");
	press(&fixture.state, 'L');
	cr_assert_eq(selected_pid(&fixture.state), 1906544);
	close_fixture(&fixture);
}

Test(state, tree_shows_a_part_per_device)
{
	struct fixture fixture;

	open_fixture(&fixture, 40, 120);
	press(&fixture.state, 't');
	cr_assert_eq(fixture.state.rows.count, 5 + 4 + 1 + 8 + 1);
	cr_assert_eq(fixture.state.rows.rows[1].depth, 1);
	cr_assert(fixture.state.rows.rows[4].last);
	press(&fixture.state, KC_F5);
	cr_assert_eq(fixture.state.rows.count, 5);
	close_fixture(&fixture);
}

Test(state, baseline_shows_changes_and_can_be_hidden)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	cr_assert_not(strstr(frame(&fixture), "ΔBASE"));
	cr_assert(press(&fixture.state, 'b') & REACT_BASELINE);
	view_update(&fixture.state, fixture.state.snapshot, demo_base(fixture.demo),
		    fixture.history);
	cr_assert(strstr(frame(&fixture), "ΔBASE"));
	cr_assert(strstr(frame(&fixture), "+300K"));
	press(&fixture.state, 'd');
	cr_assert_not(strstr(frame(&fixture), "ΔBASE"));
	close_fixture(&fixture);
}

Test(state, pause_delay_and_quit_are_asked_for)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	cr_assert(press(&fixture.state, 'Z') & REACT_TIMER);
	cr_assert(fixture.state.paused);
	cr_assert(strstr(frame(&fixture), "PAUSE"));
	press(&fixture.state, 'Z');
	cr_assert_not(fixture.state.paused);
	press(&fixture.state, '-');
	cr_assert_eq(fixture.state.delay, 2.0);
	press(&fixture.state, '+');
	press(&fixture.state, '+');
	cr_assert_eq(fixture.state.delay, 0.5);
	for (int i = 0; i < 20; i++)
		press(&fixture.state, '+');
	cr_assert_eq(fixture.state.delay, 0.1);
	cr_assert(press(&fixture.state, KC_CTRL('C')) & REACT_QUIT);
	cr_assert(press(&fixture.state, KC_F10) & REACT_QUIT);
	cr_assert(press(&fixture.state, KC_CTRL('L')) & REACT_REDRAW);
	cr_assert(press(&fixture.state, KC_CTRL('Z')) & REACT_SUSPEND);
	press(&fixture.state, '/');
	cr_assert(press(&fixture.state, KC_CTRL('C')) & REACT_QUIT);
	close_fixture(&fixture);
}

Test(state, scrolling_keeps_the_selection_in_sight)
{
	struct fixture fixture;
	struct layout layout;

	open_fixture(&fixture, 12, 80);
	press(&fixture.state, '3');
	view_layout(&fixture.state, &layout);
	for (int i = 0; i < 200; i++) {
		const struct screen_state *own = view_screen(&fixture.state);

		press(&fixture.state, i % 7   ? KC_DOWN
				      : i % 2 ? KC_PAGE_UP
					      : KC_PAGE_DOWN);
		cr_assert(own->cursor >= own->top);
		cr_assert(own->cursor < own->top + (size_t)layout.table.rows);
		cr_assert(own->cursor < fixture.state.rows.count);
	}
	press(&fixture.state, KC_HOME);
	cr_assert_eq(view_screen(&fixture.state)->top, 0);
	close_fixture(&fixture);
}

Test(state, unknown_is_never_zero)
{
	struct fixture fixture;
	struct snap_process *server;

	open_fixture(&fixture, 24, 80);
	server = &demo_snapshot(fixture.demo)->processes[0];
	cr_assert(strstr(frame(&fixture), "2210 root   ?        ?     ?"));
	for (size_t i = 0; i < server->memory_count; i++)
		server->memory[i].used = SNAP_UNKNOWN;
	server->memory[1].used = 1024;
	view_rows(&fixture.state);
	cr_assert(strstr(frame(&fixture), "≥1.00K"), "%s", frame(&fixture));
	demo_snapshot(fixture.demo)->devices[0].memory[1].used = SNAP_UNKNOWN;
	cr_assert(strstr(frame(&fixture), "DRAM ≥"));
	close_fixture(&fixture);
}

Test(state, hostile_names_do_not_reach_the_screen)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	demo_snapshot(fixture.demo)->processes[0].cmdline = "\x1b[31mred\x07";
	demo_snapshot(fixture.demo)->processes[0].user = "a\nb";
	cr_assert_not(strchr(frame(&fixture), '\x1b'));
	cr_assert_not(strchr(frame(&fixture), '\x07'));
	cr_assert(strstr(frame(&fixture), "a?b"));
	close_fixture(&fixture);
}
