/* SPDX-License-Identifier: BSD-2-Clause */
/* test_habits.c - tags, search, menus, setup and the mouse, as people know them. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>
#include <string.h>

#include "filter_text.h"
#include "mouse.h"
#include "palette.h"
#include "screen.h"
#include "view_fixture.h"

static void select_pid(struct fixture *fixture, uint32_t pid)
{
	press(&fixture->state, KC_HOME);
	for (int i = 0; i < 50 && selected_pid(&fixture->state) != pid; i++)
		press(&fixture->state, KC_DOWN);
	cr_assert_eq(selected_pid(&fixture->state), pid);
}

/* The line of the frame that @text is on, -1 = none. */
static int line_of(struct fixture *fixture, const char *text)
{
	const char *whole = frame(fixture), *found = strstr(whole, text);
	int line = 0;

	if (!found)
		return -1;
	for (; whole < found; whole++)
		line += *whole == '\n';
	return line;
}

/* The cell column at which @text begins on @line. */
static int column_of(struct fixture *fixture, int line, const char *text)
{
	char row[1024], *found;

	grid_line(&fixture->grid, line, row, sizeof(row));
	found = strstr(row, text);
	cr_assert(found, "'%s' in '%s'", text, row);
	*found = '\0';
	return (int)strlen(row);
}

static unsigned click(struct fixture *fixture, int row, int col, bool twice)
{
	struct mouse_event event = {twice ? MOUSE_DOUBLE : MOUSE_CLICK, row, col};
	unsigned reaction = view_mouse(&fixture->state, &event);

	if (reaction & REACT_ROWS)
		cr_assert_eq(view_rows(&fixture->state), 0);
	return reaction;
}

/* ---- search ---- */

Test(find, moves_while_typing_and_escape_leads_back)
{
	struct fixture fixture;
	uint32_t before;

	open_fixture(&fixture, 24, 80);
	select_pid(&fixture, 141211);
	before = selected_pid(&fixture.state);
	press(&fixture.state, '/');
	type(&fixture.state, "root");
	cr_assert_eq(selected_pid(&fixture.state), 2210);
	press(&fixture.state, KC_ESCAPE);
	cr_assert_eq(selected_pid(&fixture.state), before);
	press(&fixture.state, KC_F3);
	type(&fixture.state, "ml01");
	press(&fixture.state, KC_F3);
	cr_assert_eq(fixture.state.input, INPUT_FIND);
	before = selected_pid(&fixture.state);
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(selected_pid(&fixture.state), before);
	close_fixture(&fixture);
}

Test(find, that_was_left_keeps_the_one_before)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, '/');
	type(&fixture.state, "pytest");
	press(&fixture.state, KC_ENTER);
	press(&fixture.state, KC_HOME);
	press(&fixture.state, '/');
	type(&fixture.state, "serve");
	press(&fixture.state, KC_ESCAPE);
	cr_assert_str_eq(fixture.state.find, "pytest");
	press(&fixture.state, 'n');
	cr_assert_eq(selected_pid(&fixture.state), 141211);
	close_fixture(&fixture);
}

/* ---- tags ---- */

Test(tags, are_told_without_colour_summed_and_follow_their_rows)
{
	struct fixture fixture;
	char mark[32];

	open_fixture(&fixture, 24, 80);
	select_pid(&fixture, DEMO_ORPHAN_PID);
	press(&fixture.state, ' ');
	cr_assert_neq(selected_pid(&fixture.state), DEMO_ORPHAN_PID, "goes on");
	snprintf(mark, sizeof(mark), "%d*ml01", DEMO_ORPHAN_PID);
	cr_assert(strstr(frame(&fixture), mark), "%s", frame(&fixture));
	cr_assert(strstr(frame(&fixture), "1 tagged: 300K"));
	press(&fixture.state, 'I');
	cr_assert(strstr(frame(&fixture), mark));
	select_pid(&fixture, DEMO_ORPHAN_PID);
	press(&fixture.state, ' ');
	cr_assert_null(strstr(frame(&fixture), mark));
	press(&fixture.state, KC_HOME);
	press(&fixture.state, ' ');
	press(&fixture.state, 'U');
	cr_assert_null(strstr(frame(&fixture), "tagged"));
	close_fixture(&fixture);
}

Test(tags, of_a_row_and_its_part_count_once)
{
	struct fixture fixture;
	size_t tagged;

	open_fixture(&fixture, 40, 120);
	press(&fixture.state, 't');
	press(&fixture.state, KC_HOME);
	press(&fixture.state, ' ');
	press(&fixture.state, ' ');
	tagged = view_screen(&fixture.state)->tags.count;
	cr_assert_eq(tagged, 2);
	cr_assert_eq(tags_shown(&fixture.state), 1);
	close_fixture(&fixture);
}

Test(tags, go_in_and_out_in_any_order)
{
	struct tags tags = {0};
	struct row_id id = {0};

	for (uint64_t i = 0; i < 1000; i++) {
		id.address = i * 7919 % 1000;
		cr_assert_not(tags_have(&tags, &id));
		cr_assert_eq(tags_flip(&tags, &id), 0);
		cr_assert(tags_have(&tags, &id));
	}
	for (uint64_t i = 0; i < 1000; i += 2) {
		id.address = i;
		cr_assert_eq(tags_flip(&tags, &id), 0);
	}
	cr_assert_eq(tags.count, 500);
	for (uint64_t i = 0; i < 1000; i++) {
		id.address = i;
		cr_assert_eq(tags_have(&tags, &id), i % 2 == 1);
	}
	tags_fini(&tags);
}

/* ---- signals and reaping ---- */

Test(kill, asks_for_a_signal_and_then_whether_it_is_meant)
{
	struct fixture fixture;
	struct target_list *targets = &fixture.state.targets;

	open_fixture(&fixture, 24, 80);
	select_pid(&fixture, 1906544);
	press(&fixture.state, KC_F9);
	cr_assert(strstr(frame(&fixture), "Send a signal to 1906544 python serve.py"));
	press(&fixture.state, KC_DOWN);
	press(&fixture.state, KC_ENTER);
	cr_assert(strstr(frame(&fixture), "Send SIGINT to 1906544 python serve.py"));
	cr_assert(strstr(frame(&fixture), "y yes  n no"));
	press(&fixture.state, KC_ENTER);
	cr_assert_eq(fixture.state.panel, PANEL_CONFIRM, "Enter is no answer");
	press(&fixture.state, 'n');
	cr_assert_eq(fixture.state.panel, PANEL_NONE);
	press(&fixture.state, 'k');
	press(&fixture.state, KC_ENTER);
	cr_assert(press(&fixture.state, 'y') & REACT_SIGNAL);
	cr_assert_eq(targets->count, 1);
	cr_assert_eq(targets->signal_number, SIGTERM);
	cr_assert_eq(targets->items[0].pid, 1906544);
	close_fixture(&fixture);
}

Test(kill, that_nobody_can_see_is_not_confirmed)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, 'k');
	press(&fixture.state, KC_ENTER);
	view_resize(&fixture.state, 4, 80);
	cr_assert_eq(press(&fixture.state, 'y') & REACT_SIGNAL, 0);
	cr_assert_eq(fixture.state.panel, PANEL_NONE);
	close_fixture(&fixture);
}

Test(kill, of_what_ended_is_reaping)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	select_pid(&fixture, DEMO_ORPHAN_PID);
	press(&fixture.state, 'k');
	cr_assert(strstr(frame(&fixture), "Reap 1906102 "), "%s", frame(&fixture));
	cr_assert(strstr(frame(&fixture), "Evidence is kept"));
	cr_assert(press(&fixture.state, 'y') & REACT_REAP);
	close_fixture(&fixture);
}

Test(kill, takes_all_tagged_rows_and_offers_both)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	select_pid(&fixture, DEMO_ORPHAN_PID);
	press(&fixture.state, ' ');
	select_pid(&fixture, 1906544);
	press(&fixture.state, ' ');
	select_pid(&fixture, 2210);
	press(&fixture.state, 'k');
	cr_assert_eq(fixture.state.targets.count, 2);
	cr_assert(strstr(frame(&fixture), "reap what 1 that ended left"));
	cr_assert(strstr(frame(&fixture), "15 SIGTERM"));
	press(&fixture.state, KC_ENTER);
	cr_assert(fixture.state.targets.reap);
	close_fixture(&fixture);
}

Test(kill, of_somebody_elses_process_is_refused)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	fixture.state.uid = 4711;
	select_pid(&fixture, 1906544);
	press(&fixture.state, 'k');
	cr_assert_eq(fixture.state.panel, PANEL_NONE);
	cr_assert(strstr(frame(&fixture), "only root may touch processes of ml01"));
	close_fixture(&fixture);
}

Test(readonly, takes_away_every_key_that_changes_something)
{
	static const uint32_t keys[] = {KC_F9, 'k', 'w', 'S', 'W'};
	struct fixture fixture;

	open_fixture(&fixture, 80, 120);
	cr_assert(strstr(frame(&fixture), "F9Kill"));
	fixture.state.readonly = true;
	cr_assert_null(strstr(frame(&fixture), "F9Kill"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		cr_assert_eq(press(&fixture.state, keys[i]), REACT_NONE);
		cr_assert_eq(fixture.state.panel, PANEL_NONE);
		cr_assert_eq(fixture.state.input, INPUT_NONE);
	}
	press(&fixture.state, '?');
	cr_assert_null(strstr(frame(&fixture), "signal the process"));
	cr_assert_null(strstr(frame(&fixture), "configuration file"));
	cr_assert(strstr(frame(&fixture), "find while typing"));
	close_fixture(&fixture);
}

/* ---- menus that filter ---- */

Test(menus, put_a_term_into_the_filter_and_take_it_out)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, 'u');
	cr_assert(strstr(frame(&fixture), "Rows of which user?"));
	press(&fixture.state, KC_DOWN);
	press(&fixture.state, KC_ENTER);
	cr_assert(strncmp(fixture.state.filter, "user=", 5) == 0);
	cr_assert_lt(fixture.state.rows.count, 5);
	press(&fixture.state, 'y');
	press(&fixture.state, KC_END);
	press(&fixture.state, KC_ENTER);
	cr_assert(strstr(fixture.state.filter, " type="));
	press(&fixture.state, 'u');
	press(&fixture.state, KC_ENTER);
	cr_assert_null(strstr(fixture.state.filter, "user="));
	cr_assert(strstr(fixture.state.filter, "type="));
	press(&fixture.state, '3');
	press(&fixture.state, 'D');
	press(&fixture.state, KC_DOWN);
	press(&fixture.state, KC_DOWN);
	press(&fixture.state, KC_ENTER);
	cr_assert(strstr(fixture.state.filter, "dev=1"));
	for (size_t i = 0; i < fixture.state.rows.count; i++)
		cr_assert_eq(fixture.state.snapshot
				     ->buffers[fixture.state.rows.rows[i].index]
				     .device,
			     1);
	press(&fixture.state, 'u');
	press(&fixture.state, KC_ESCAPE);
	cr_assert_eq(fixture.state.panel, PANEL_NONE);
	close_fixture(&fixture);
}

Test(menus, change_one_term_of_every_alternative)
{
	static const struct {
		const char *text, *value, *result;
	} rows[] = {
		{"", "a", "user=a"},
		{"", NULL, ""},
		{"user=b", "a", "user=a"},
		{"user=b", NULL, ""},
		{"x | y", "a", "x user=a | y user=a"},
		{"x user=b|USER=c y", "a", "x user=a | y user=a"},
		{"\"a|b\" z", "it's", "\"a|b\" z user=\"it's\""},
		{"username=x user!=b", "a", "username=x user!=b user=a"},
	};
	char result[STATE_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert(filter_text_set(rows[i].text, "user=", rows[i].value, result,
					  sizeof(result)));
		cr_assert_str_eq(result, rows[i].result);
	}
	cr_assert_not(filter_text_set("long enough", "user=", "a", result, 12));
}

Test(menus, tell_a_term_by_its_operator)
{
	static const struct {
		const char *text, *age, *result;
	} rows[] = {
		{"", "60s", "age>60s"},
		{"kv", "5m", "kv age>5m"},
		{"a | 'x|y' age>3s", "1h", "a age>1h | 'x|y' age>1h"},
		{"age>60s kv|age>60s", NULL, "kv | "},
		{"age>=60s", "5s", "age>=60s age>5s"},
	};
	char result[STATE_TEXT_SIZE], again[STATE_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert(filter_text_set(rows[i].text, "age>", rows[i].age, result,
					  sizeof(result)));
		cr_assert_str_eq(result, rows[i].result);
		filter_text_set(result, "age>", rows[i].age, again, sizeof(again));
		cr_assert_str_eq(result, again, "twice is once");
		filter_text_get(result, "age>", again, sizeof(again));
		cr_assert_str_eq(again, rows[i].age ? rows[i].age : "");
	}
}

/* ---- equal buffers ---- */

Test(merge, shows_equal_buffers_of_all_devices_once)
{
	struct fixture fixture;
	size_t before;

	open_fixture(&fixture, 24, 120);
	press(&fixture.state, '3');
	press(&fixture.state, KC_F4);
	type(&fixture.state, "pid=1906102 type=dram");
	press(&fixture.state, KC_ENTER);
	before = fixture.state.rows.count;
	cr_assert_eq(before, 16);
	press(&fixture.state, '*');
	cr_assert_eq(fixture.state.rows.count, 2);
	cr_assert(strstr(frame(&fixture), "8 x 24.0K"), "%s", frame(&fixture));
	cr_assert(strstr(frame(&fixture), " 0-7 "));
	cr_assert(strstr(frame(&fixture), "16 of "), "%s", frame(&fixture));
	cr_assert(strstr(frame(&fixture), "16 ORPH"));
	press(&fixture.state, '*');
	cr_assert_eq(fixture.state.rows.count, before);
	close_fixture(&fixture);
}

Test(merge, keeps_apart_what_differs_in_more_than_the_device)
{
	struct fixture fixture;
	struct snapshot *snapshot;
	size_t found = 0;

	open_fixture(&fixture, 24, 120);
	snapshot = demo_snapshot(fixture.demo);
	for (size_t i = 0; i < snapshot->buffer_count; i++) {
		struct snap_buffer *buffer = &snapshot->buffers[i];

		if (buffer->pid != DEMO_ORPHAN_PID || buffer->addr != 0x3ffff000)
			continue;
		if (found == 0)
			buffer->size++;
		else if (found == 1)
			buffer->label = "other";
		else if (found == 2)
			buffer->flags ^= SNAP_FLAG_STALE;
		else if (found == 3)
			buffer->type = "TRACE";
		found++;
	}
	cr_assert_eq(found, 8);
	press(&fixture.state, '3');
	press(&fixture.state, KC_F4);
	type(&fixture.state, "pid=1906102 addr=0x3ffff000");
	press(&fixture.state, '\r');
	press(&fixture.state, '*');
	cr_assert_eq(fixture.state.rows.count, 5);
	cr_assert(strstr(frame(&fixture), "4 x 24.0K"));
	cr_assert(strstr(frame(&fixture), " 4-7 "));
	close_fixture(&fixture);
}

/* ---- files ---- */

Test(files, ask_for_a_name_and_offer_one)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, 'w');
	cr_assert_eq(press(&fixture.state, KC_ENTER) & REACT_WRITE_ROWS, 0, "no name");
	press(&fixture.state, 'w');
	type(&fixture.state, "rows.csv");
	cr_assert(strstr(frame(&fixture), "Write rows to: rows.csv_"));
	cr_assert(press(&fixture.state, KC_ENTER) & REACT_WRITE_ROWS);
	cr_assert_str_eq(fixture.state.line, "rows.csv");
	press(&fixture.state, 'S');
	cr_assert(strstr(frame(&fixture), "Save snapshot to: ttatop-2023111"));
	cr_assert(press(&fixture.state, KC_ENTER) & REACT_WRITE_SNAPSHOT);
	cr_assert(press(&fixture.state, 'W') & REACT_WRITE_CONFIG);
	close_fixture(&fixture);
}

/* ---- setup ---- */

static void go_to(struct fixture *fixture, const char *line)
{
	for (int i = 0; i < 100; i++) {
		const char *chosen = strstr(frame(fixture), "\n> ");

		if (chosen && strncmp(chosen + 3, line, strlen(line)) == 0)
			return;
		press(&fixture->state, KC_DOWN);
	}
	cr_assert_fail("no line '%s'", line);
}

Test(setup, changes_show_at_once)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, KC_F2);
	go_to(&fixture, "palette");
	cr_assert(press(&fixture.state, KC_RIGHT) & REACT_SETTINGS);
	cr_assert_eq(fixture.state.settings.palette, PALETTE_SAFE);
	go_to(&fixture, "meters");
	press(&fixture.state, KC_ENTER);
	go_to(&fixture, "warn");
	press(&fixture.state, '-');
	cr_assert_eq(fixture.state.settings.warn, 79);
	go_to(&fixture, "processes  [x] user");
	press(&fixture.state, KC_ENTER);
	press(&fixture.state, KC_ESCAPE);
	cr_assert_null(strstr(frame(&fixture), "USER"));
	cr_assert_null(strstr(frame(&fixture), " 0 DRAM["));
	close_fixture(&fixture);
}

Test(setup, columns_change_places_and_come_back)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, KC_F2);
	go_to(&fixture, "processes  [x] pid");
	press(&fixture.state, KC_RIGHT);
	go_to(&fixture, "processes  [x] pid");
	go_to(&fixture, "processes  [ ] total");
	press(&fixture.state, ' ');
	press(&fixture.state, KC_F2);
	cr_assert(strstr(frame(&fixture), "USER       PID"), "%s", frame(&fixture));
	close_fixture(&fixture);
}

Test(setup, at_least_one_column_stays)
{
	struct fixture fixture;
	size_t *count;

	open_fixture(&fixture, 24, 80);
	count = &view_screen(&fixture.state)->choice.count;
	press(&fixture.state, KC_F2);
	go_to(&fixture, "processes  [x] pid");
	for (int i = 0; i < 40; i++)
		press(&fixture.state, KC_ENTER);
	cr_assert_geq(*count, 1);
	press(&fixture.state, KC_ESCAPE);
	frame(&fixture);
	close_fixture(&fixture);
}

Test(settings, survive_being_written_and_read)
{
	struct fixture fixture;
	char value[SETTING_VALUE_SIZE], again[SETTING_VALUE_SIZE];

	open_fixture(&fixture, 24, 80);
	for (size_t i = 0; i < settings_count(); i++) {
		settings_get(&fixture.state, i, value);
		cr_assert(settings_set(&fixture.state, i, value), "%s", value);
		cr_assert_str_eq(settings_get(&fixture.state, i, again), value);
		cr_assert_not(settings_set(&fixture.state, i, "no such value"));
		cr_assert_str_eq(settings_get(&fixture.state, i, again), value);
		if (i >= settings_values())
			continue;
		settings_step(&fixture.state, i, 1);
		cr_assert_str_neq(settings_get(&fixture.state, i, again), value);
		settings_step(&fixture.state, i, -1);
		cr_assert_str_eq(settings_get(&fixture.state, i, again), value);
	}
	cr_assert_not(settings_set(&fixture.state, settings_find("warn"), "101"));
	cr_assert_not(settings_set(&fixture.state, settings_find("delay"), "0"));
	cr_assert_not(settings_set(&fixture.state, settings_find("delay"), "nan"));
	close_fixture(&fixture);
}

Test(settings, thresholds_decide_what_is_full)
{
	struct fixture fixture;
	int line;

	open_fixture(&fixture, 24, 80);
	line = line_of(&fixture, " 0 DRAM[");
	cr_assert_geq(line, 0);
	cr_assert_eq(grid_cell(&fixture.grid, line, 30)->attr, ATTR_NORMAL);
	fixture.state.settings.warn = 10;
	frame(&fixture);
	cr_assert_eq(grid_cell(&fixture.grid, line, 30)->attr, ATTR_SUSPICIOUS);
	fixture.state.settings.alarm = 20;
	frame(&fixture);
	cr_assert_eq(grid_cell(&fixture.grid, line, 30)->attr, ATTR_ORPHAN);
	close_fixture(&fixture);
}

/* ---- colours ---- */

/* Red and green of 8 and 16 colours, and of the cube of 216. */
static bool is_red_or_green(short color)
{
	int red, green, blue;

	if (color < 16)
		return color == 1 || color == 2 || color == 9 || color == 10;
	if (color >= 232)
		return false;
	red = (color - 16) / 36;
	green = (color - 16) / 6 % 6;
	blue = (color - 16) % 6;
	return blue == 0 && (red == 0 || green == 0);
}

Test(palette, the_safe_one_has_neither_red_nor_green)
{
	static const int colors[] = {0, 8, 16, 256};

	for (size_t i = 0; i < 4; i++)
		for (int attr = 0; attr < ATTR_CLASS_COUNT; attr++) {
			struct look look =
				palette_look(PALETTE_SAFE, (enum attr)attr, colors[i]);

			cr_assert_lt(look.color, colors[i] ? colors[i] : 1);
			cr_assert_not(look.color >= 0 && is_red_or_green(look.color));
		}
	cr_assert_eq(palette_look(PALETTE_DEFAULT, ATTR_ORPHAN, 8).color, 1);
}

Test(palette, growth_and_shrinking_differ_with_any_number_of_colours)
{
	static const int colors[] = {8, 16, 256};

	for (size_t i = 0; i < 3; i++)
		for (int p = 0; p < PALETTE_COUNT; p++)
			cr_assert_neq(
				palette_look((enum palette_id)p, ATTR_GROWTH, colors[i])
					.color,
				palette_look((enum palette_id)p, ATTR_SHRINK, colors[i])
					.color);
}

/* ---- mouse ---- */

Test(mouse, selects_zooms_sorts_and_turns_round)
{
	struct fixture fixture;
	struct layout layout;
	int line;

	open_fixture(&fixture, 24, 80);
	view_layout(&fixture.state, &layout);
	line = line_of(&fixture, "\n1906102");
	line = line < 0 ? line_of(&fixture, "1906102 ml01") : line + 1;
	click(&fixture, line, 5, false);
	cr_assert_eq(selected_pid(&fixture.state), DEMO_ORPHAN_PID);
	click(&fixture, line, 5, true);
	cr_assert_eq(fixture.state.screen, SCREEN_BUFFERS);
	press(&fixture.state, KC_ESCAPE);
	frame(&fixture);
	click(&fixture, layout.header.row, column_of(&fixture, layout.header.row, "PID"),
	      false);
	cr_assert_str_eq(
		screen_processes.columns[view_screen(&fixture.state)->sort.column].key,
		"pid");
	cr_assert_not(view_screen(&fixture.state)->sort.falling);
	frame(&fixture);
	click(&fixture, layout.header.row, 5, false);
	cr_assert(view_screen(&fixture.state)->sort.falling);
	close_fixture(&fixture);
}

Test(mouse, presses_tabs_and_keys_of_the_bar)
{
	struct fixture fixture;
	struct layout layout;

	open_fixture(&fixture, 24, 80);
	view_layout(&fixture.state, &layout);
	frame(&fixture);
	click(&fixture, layout.tabs.row, column_of(&fixture, layout.tabs.row, "3 Buf"),
	      false);
	cr_assert_eq(fixture.state.screen, SCREEN_BUFFERS);
	view_layout(&fixture.state, &layout);
	frame(&fixture);
	click(&fixture, layout.bar.row, column_of(&fixture, layout.bar.row, "F4Filter"),
	      false);
	cr_assert_eq(fixture.state.input, INPUT_FILTER);
	press(&fixture.state, KC_ESCAPE);
	cr_assert(click(&fixture, layout.bar.row,
			column_of(&fixture, layout.bar.row, "Quit"), false) &
		  REACT_QUIT);
	cr_assert_eq(click(&fixture, layout.bar.row, 79, false), REACT_NONE);
	close_fixture(&fixture);
}

Test(mouse, chooses_from_lists_and_turns_the_wheel)
{
	struct fixture fixture;
	struct mouse_event down = {MOUSE_WHEEL_DOWN, 10, 10};

	open_fixture(&fixture, 24, 80);
	view_mouse(&fixture.state, &down);
	cr_assert_eq(view_screen(&fixture.state)->cursor, 3);
	press(&fixture.state, 'D');
	view_mouse(&fixture.state, &down);
	cr_assert_eq(fixture.state.panel_cursor, 3);
	click(&fixture, 3, 4, false);
	cr_assert_eq(fixture.state.panel_cursor, 1);
	click(&fixture, 3, 4, true);
	cr_assert_str_eq(fixture.state.filter, "dev=0");
	close_fixture(&fixture);
}

Test(mouse, anywhere_does_no_harm)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	for (int row = -1; row < 26; row++)
		for (int col = -1; col < 82; col += 3) {
			click(&fixture, row, col, (row + col) % 2);
			frame(&fixture);
		}
	close_fixture(&fixture);
}

/* ---- everything at once ---- */

Test(keys, and_clicks_at_random_do_no_harm)
{
	static const uint32_t special[] = {
		KC_UP,	 KC_DOWN,      KC_LEFT,	  KC_RIGHT, KC_PAGE_UP, KC_PAGE_DOWN,
		KC_HOME, KC_END,       KC_ESCAPE, KC_ENTER, KC_TAB,	KC_F1,
		KC_F2,	 KC_F3,	       KC_F4,	  KC_F5,    KC_F6,	KC_F9,
		KC_F15,	 KC_BACKSPACE, KC_MOUSE};
	struct fixture fixture;
	unsigned seed = 20261126;

	open_fixture(&fixture, 24, 80);
	for (int i = 0; i < 20000; i++) {
		unsigned lot = (unsigned)rand_r(&seed), what = lot / 8 % 8;

		if (what < 4)
			press(&fixture.state, ' ' + lot / 64 % 95);
		else if (what < 6)
			press(&fixture.state,
			      special[lot / 64 % (sizeof(special) / sizeof(*special))]);
		else if (what < 7)
			click(&fixture, (int)(lot / 64 % 26), (int)(lot / 2048 % 90),
			      lot & 1);
		else if (lot / 64 % 4 == 0)
			view_update(&fixture.state,
				    lot & 1 ? demo_snapshot(fixture.demo)
					    : demo_empty(fixture.demo),
				    lot & 2 ? demo_base(fixture.demo) : NULL,
				    fixture.history);
		if (lot / 4096 % 16 == 0)
			view_resize(&fixture.state, (int)(lot / 64 % 40),
				    (int)(lot / 2048 % 130));
		frame(&fixture);
	}
	close_fixture(&fixture);
}
