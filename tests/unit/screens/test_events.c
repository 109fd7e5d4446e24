/* SPDX-License-Identifier: BSD-2-Clause */
/* The event screen, and what leads to it and from it. */
#include <criterion/criterion.h>
#include <string.h>

#include "compose.h"
#include "demo_events.h"
#include "demo_snapshot.h"
#include "screen.h"

struct fixture {
	struct demo *demo;
	struct event_log *log;
	struct view_state state;
	struct grid grid;
};

static void open_fixture(struct fixture *fixture, int rows, int cols)
{
	fixture->demo = demo_new(8);
	fixture->log = demo_events();
	view_init(&fixture->state);
	fixture->state.directory = "/dev/shm";
	fixture->state.events = fixture->log;
	view_resize(&fixture->state, rows, cols);
	cr_assert_eq(grid_init(&fixture->grid, rows, cols, false), 0);
	cr_assert_eq(view_update(&fixture->state, demo_snapshot(fixture->demo), NULL,
				 NULL),
		     0);
}

static void close_fixture(struct fixture *fixture)
{
	view_fini(&fixture->state);
	grid_fini(&fixture->grid);
	event_log_free(fixture->log);
	demo_free(fixture->demo);
}

static void press(struct view_state *state, uint32_t key)
{
	if (view_key(state, key) & REACT_ROWS)
		cr_assert_eq(view_rows(state), 0);
}

static void type(struct view_state *state, const char *text)
{
	for (; *text; text++)
		press(state, (unsigned char)*text);
}

static const struct event_log_row *selected(const struct fixture *fixture)
{
	const struct row *row = view_selected(&fixture->state);

	cr_assert(row);
	return event_log_row(fixture->log, row->id.serial);
}

static bool shown(struct fixture *fixture, const char *text)
{
	static char line[2048];
	bool found = false;

	compose(&fixture->grid, &fixture->state);
	for (int row = 0; row < fixture->grid.rows && !found; row++)
		found = strstr(grid_line(&fixture->grid, row, line, sizeof(line)), text);
	return found;
}

static size_t row_count(const struct fixture *fixture)
{
	return fixture->state.rows.count;
}

Test(events, selection_is_on_the_newest_until_it_is_moved_up)
{
	struct fixture fixture;

	open_fixture(&fixture, 12, 80);
	press(&fixture.state, '4');
	cr_assert_eq(row_count(&fixture), DEMO_EVENT_ROWS);
	cr_assert(shown(&fixture, "[FOLLOW]"));
	demo_events_more(fixture.log, 2);
	view_rows(&fixture.state);
	cr_assert_eq(selected(&fixture)->number, DEMO_EVENT_ROWS + 1);

	press(&fixture.state, KC_UP);
	cr_assert_not(shown(&fixture, "[FOLLOW]"));
	demo_events_more(fixture.log, 2);
	view_rows(&fixture.state);
	cr_assert_eq(selected(&fixture)->number, DEMO_EVENT_ROWS);

	press(&fixture.state, KC_END);
	cr_assert(shown(&fixture, "[FOLLOW]"));
	demo_events_more(fixture.log, 1);
	view_rows(&fixture.state);
	cr_assert_eq(selected(&fixture)->number, DEMO_EVENT_ROWS + 4);
	close_fixture(&fixture);
}

Test(events, rows_stand_still_while_older_ones_are_forgotten)
{
	struct fixture fixture;
	struct screen_state *own;
	uint64_t before;
	size_t line;

	open_fixture(&fixture, 12, 80);
	press(&fixture.state, '4');
	demo_events_more(fixture.log, 60);
	view_rows(&fixture.state);
	for (int i = 0; i < 20; i++)
		press(&fixture.state, KC_UP);
	press(&fixture.state, KC_DOWN);
	own = &fixture.state.screens[SCREEN_EVENTS];
	before = selected(&fixture)->number;
	line = own->cursor - own->top;
	demo_events_more(fixture.log, 20);
	view_rows(&fixture.state);
	cr_assert_eq(selected(&fixture)->number, before);
	cr_assert_eq(own->cursor - own->top, line);
	close_fixture(&fixture);
}

Test(events, the_newest_first_follows_on_top)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	type(&fixture.state, "4I");
	demo_events_more(fixture.log, 1);
	view_rows(&fixture.state);
	cr_assert_eq(selected(&fixture)->number, DEMO_EVENT_ROWS);
	cr_assert_eq(fixture.state.screens[SCREEN_EVENTS].cursor, 0);
	close_fixture(&fixture);
}

Test(events, enter_goes_from_process_to_buffers_to_events_and_escape_back)
{
	struct fixture fixture;
	struct view_state *state = &fixture.state;

	open_fixture(&fixture, 24, 120);
	while (state->snapshot->processes[view_selected(state)->index].pid !=
	       DEMO_ORPHAN_PID)
		press(state, 'j');
	press(state, KC_ENTER);
	cr_assert_eq(state->screen, SCREEN_BUFFERS);
	press(state, KC_ENTER);
	cr_assert_eq(state->screen, SCREEN_EVENTS);
	cr_assert(shown(&fixture, "0x3ffff000 dev 0 pid 1906102"));
	/* Two allocs, a free, and the end. */
	cr_assert_eq(row_count(&fixture), 4);
	cr_assert_eq(selected(&fixture)->event.kind, EVENT_EXIT);
	press(state, KC_ESCAPE);
	cr_assert_eq(state->screen, SCREEN_BUFFERS);
	cr_assert(state->scope.process);
	press(state, KC_ESCAPE);
	cr_assert_eq(state->screen, SCREEN_PROCESSES);
	cr_assert_not(state->scope.process);
	close_fixture(&fixture);
}

Test(events, e_shows_those_of_the_row)
{
	struct fixture fixture;
	struct view_state *state = &fixture.state;

	open_fixture(&fixture, 24, 80);
	while (state->snapshot->processes[view_selected(state)->index].pid !=
	       DEMO_ORPHAN_PID)
		press(state, 'j');
	press(state, 'e');
	cr_assert_eq(state->screen, SCREEN_EVENTS);
	cr_assert_eq(row_count(&fixture), 7);
	press(state, KC_ESCAPE);
	cr_assert_eq(state->screen, SCREEN_PROCESSES);

	press(state, '2');
	for (int i = 0;
	     i < 40 && state->snapshot->devices[view_selected(state)->index].number != 4;
	     i++)
		press(state, 'j');
	press(state, 'e');
	cr_assert(shown(&fixture, "Filter: dev 4"));
	/* Two, and the gap, which may have been of any device. */
	cr_assert_eq(row_count(&fixture), 3);
	close_fixture(&fixture);
}

Test(events, enter_on_an_event_shows_its_address_once)
{
	struct fixture fixture;
	struct view_state *state = &fixture.state;

	open_fixture(&fixture, 24, 80);
	press(state, '4');
	press(state, KC_HOME);
	press(state, KC_ENTER);
	cr_assert_eq(row_count(&fixture), 4);
	press(state, KC_HOME);
	press(state, KC_ENTER);
	cr_assert_eq(state->zoom_depth, 1);
	press(state, KC_ESCAPE);
	cr_assert_eq(row_count(&fixture), DEMO_EVENT_ROWS);
	close_fixture(&fixture);
}

Test(events, p_shows_one_process_on_every_screen)
{
	struct fixture fixture;
	struct view_state *state = &fixture.state;

	open_fixture(&fixture, 24, 80);
	press(state, 'p');
	cr_assert_eq(state->screen, SCREEN_PROCESSES);
	cr_assert_eq(state->rows.count, 1);
	press(state, 'p');
	cr_assert_eq(state->zoom_depth, 1);
	press(state, KC_ESCAPE);
	cr_assert_eq(state->rows.count, 5);

	press(state, '3');
	press(state, 'p');
	cr_assert_eq(state->screen, SCREEN_BUFFERS);
	for (size_t i = 0; i < state->rows.count; i++)
		cr_assert_eq(state->rows.rows[i].id.segment, state->scope.segment);
	press(state, '4');
	press(state, 'p');
	cr_assert_eq(state->screen, SCREEN_EVENTS);
	cr_assert_lt(row_count(&fixture), DEMO_EVENT_ROWS);

	press(state, '2');
	press(state, 'p');
	cr_assert_eq(state->zoom_depth, 0);
	cr_assert(shown(&fixture, "no single process"));
	close_fixture(&fixture);
}

Test(events, next_goes_from_one_suspicious_row_to_the_next)
{
	struct fixture fixture;
	static const char *const ops[] = {"alloc", "alloc", "orphan",
					  "alloc", "free",  "gap"};

	open_fixture(&fixture, 24, 80);
	press(&fixture.state, '4');
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		press(&fixture.state, 'n');
		cr_assert_str_eq(event_op_name(&selected(&fixture)->event), ops[i]);
		cr_assert(event_is_suspicious(&selected(&fixture)->event));
	}
	press(&fixture.state, 'n');
	cr_assert_eq(selected(&fixture)->number, 2);
	close_fixture(&fixture);
}

/* What was lost might have matched: it stays; but a search does not stop there. */
Test(events, filter_keeps_gaps_and_find_does_not_find_them)
{
	struct fixture fixture;

	open_fixture(&fixture, 24, 80);
	type(&fixture.state, "4\\type=L1 op\r");
	cr_assert_eq(row_count(&fixture), 1);
	press(&fixture.state, KC_ESCAPE);
	type(&fixture.state, "\\type=L1 alloc\r");
	cr_assert_eq(row_count(&fixture), 3);
	press(&fixture.state, KC_ESCAPE);
	type(&fixture.state, "/matmul\r");
	cr_assert_str_eq(selected(&fixture)->text, "matmul_out");
	type(&fixture.state, "/after close\r");
	cr_assert_eq(selected(&fixture)->event.record.op, TTA_OP_MARK);
	close_fixture(&fixture);
}

Test(events, history_says_where_it_begins)
{
	struct fixture fixture;

	open_fixture(&fixture, 40, 120);
	type(&fixture.state, "3\\addr=0x3ffff000 dev=0\r");
	cr_assert(shown(&fixture, "alloc      24.0K  ref 1  pid 1906102 tid 1906131"));
	cr_assert(shown(&fixture, "site 0x4011f2"));
	cr_assert(shown(&fixture, "the process died"));
	cr_assert_not(shown(&fixture, "earlier"));
	press(&fixture.state, KC_ESCAPE);
	type(&fixture.state, "\\addr=0x100000\r");
	cr_assert(shown(&fixture, "events lost at 22:13:13: there may have been more"));
	press(&fixture.state, KC_ESCAPE);
	type(&fixture.state, "\\addr=0x20000000\r");
	cr_assert(shown(&fixture, "no event of it has been seen"));
	close_fixture(&fixture);
}

Test(events, hostile_names_are_cleaned)
{
	struct fixture fixture;
	struct event event = {.record = {.op = TTA_OP_ALLOC, .refs = 1}};
	const struct event_names names = {.comm = "\033[2J",
					  .type = "DR\x01",
					  .user = "",
					  .label = "a\nb\x9b"
						   "c"};

	open_fixture(&fixture, 24, 120);
	event_log_push(fixture.log, &event, &names);
	press(&fixture.state, '4');
	compose(&fixture.grid, &fixture.state);
	for (int row = 0; row < fixture.grid.rows; row++)
		for (int col = 0; col < fixture.grid.cols; col++)
			cr_assert_geq((unsigned char)grid_cell(&fixture.grid, row, col)
						      ->text[0] |
					      ' ',
				      ' ');
	cr_assert_not(shown(&fixture, "\033"));
	close_fixture(&fixture);
}
