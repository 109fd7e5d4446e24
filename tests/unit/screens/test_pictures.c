/* SPDX-License-Identifier: BSD-2-Clause */
/* Meters, graphs, and rows that are new: cells and their attributes. */
#include <criterion/criterion.h>
#include <string.h>

#include "graph.h"
#include "meter.h"
#include "sparkline.h"
#include "view_fixture.h"

static size_t cells_of(const struct fixture *fixture, struct rect area, enum attr attr,
		       const char *text)
{
	size_t count = 0;

	for (int row = area.row; row < area.row + area.rows; row++)
		for (int col = area.col; col < area.col + area.cols; col++) {
			const struct cell *cell = grid_cell(&fixture->grid, row, col);

			count += cell->attr == attr &&
				 (!text || strcmp(cell->text, text) == 0);
		}
	return count;
}

static struct snap_device_memory *memory_of(struct fixture *fixture, unsigned device,
					    const char *type)
{
	struct snap_device *of = &demo_snapshot(fixture->demo)->devices[device];

	for (size_t i = 0; i < of->memory_count; i++)
		if (strcmp(of->memory[i].type, type) == 0)
			return &of->memory[i];
	return NULL;
}

/* Device 0 on a wide screen: its own line. */
static const struct rect first_meter = {1, 0, 1, 60};

Test(meters, are_stacked_by_type_in_colours)
{
	struct fixture fixture;

	open_fixture(&fixture, 40, 120);
	memory_of(&fixture, 0, "DRAM")->used = UINT64_C(3) << 30;
	memory_of(&fixture, 0, "TRACE")->used = UINT64_C(3) << 30;
	frame(&fixture);
	cr_assert_eq(cells_of(&fixture, first_meter, ATTR_DRAM, "|"), 6);
	cr_assert_eq(cells_of(&fixture, first_meter, ATTR_TRACE, "|"), 5);
	cr_assert_gt(cells_of(&fixture, first_meter, ATTR_L1, "|"), 0, "L1 is a bar");
	close_fixture(&fixture);
}

Test(meters, are_letters_without_colour)
{
	struct fixture fixture;

	open_fixture(&fixture, 40, 120);
	fixture.state.mono = true;
	memory_of(&fixture, 0, "TRACE")->used = UINT64_C(1) << 30;
	frame(&fixture);
	cr_assert_gt(cells_of(&fixture, first_meter, ATTR_DRAM, "D"), 0);
	cr_assert_gt(cells_of(&fixture, first_meter, ATTR_L1, "l"), 0);
	cr_assert_eq(cells_of(&fixture, first_meter, ATTR_DRAM, "|"), 0);
	close_fixture(&fixture);
}

Test(meters, warn_and_alarm)
{
	static const struct {
		uint64_t percent;
		enum attr attr;
		const char *end;
	} rows[] = {{SETTING_WARN - 1, ATTR_NORMAL, "]"},
		    {SETTING_WARN, ATTR_SUSPICIOUS, "]"},
		    {SETTING_ALARM, ATTR_ORPHAN, "!"}};
	struct fixture fixture;

	open_fixture(&fixture, 40, 120);
	memory_of(&fixture, 0, "TRACE")->used = 0;
	for (size_t i = 0; i < 3; i++) {
		struct snap_device_memory *dram = memory_of(&fixture, 0, "DRAM");

		dram->used = dram->capacity / 100 * rows[i].percent;
		frame(&fixture);
		cr_assert_eq(cells_of(&fixture, first_meter, rows[i].attr, "G"), 2, "%lu",
			     rows[i].percent);
		cr_assert_str_eq(grid_cell(&fixture.grid, 1, 30)->text, rows[i].end, "%s",
				 frame(&fixture));
	}
	close_fixture(&fixture);
}

Test(graph, is_stacked_by_type)
{
	struct fixture fixture;
	struct layout layout;

	open_fixture(&fixture, 60, 200);
	view_layout(&fixture.state, &layout);
	cr_assert_eq(layout.graphs.rows, 12, "higher on a high screen");
	frame(&fixture);
	cr_assert_gt(cells_of(&fixture, layout.graphs, ATTR_DRAM, "█"), 100);
	cr_assert_gt(cells_of(&fixture, layout.graphs, ATTR_L1, "█"), 100);
	cr_assert_gt(cells_of(&fixture, layout.graphs, ATTR_CB, NULL), 2,
		     "CB on top of L1");
	fixture.state.mono = true;
	frame(&fixture);
	cr_assert_gt(cells_of(&fixture, layout.graphs, ATTR_DRAM, "D"), 100);
	cr_assert_eq(cells_of(&fixture, layout.graphs, ATTR_DRAM, "█"), 0);
	close_fixture(&fixture);
}

Test(graph, says_on_its_axis_what_happened_when)
{
	struct fixture fixture;
	struct snapshot *now;
	char line[512];

	open_fixture(&fixture, 60, 200);
	now = demo_snapshot(fixture.demo);
	history_base(fixture.history, now, "here", true);
	grid_clear(&fixture.grid);
	graph_axis(&fixture.grid, (struct rect){0, 0, 1, 100}, fixture.history, 59);
	grid_line(&fixture.grid, 0, line, sizeof(line));
	cr_assert(strstr(line, "B here│"), "%s", line);
	cr_assert(strstr(line, "│died 1906102"), "%s", line);
	cr_assert(strstr(line, "│epoch 2"), "%s", line);
	cr_assert_not(strstr(line, "now"), "the newest sample has a name");
	cr_assert(strstr(line, "-59s"));
	/* 41 samples ago, the last cell being the newest */
	cr_assert_str_eq(grid_cell(&fixture.grid, 0, 99 - 41)->text, "│");
	cr_assert_eq(grid_cell(&fixture.grid, 0, 99 - 41)->attr, ATTR_ORPHAN);
	close_fixture(&fixture);
}

Test(graph, an_axis_without_room_keeps_the_ticks)
{
	struct fixture fixture;
	char line[512];

	open_fixture(&fixture, 24, 80);
	grid_clear(&fixture.grid);
	graph_axis(&fixture.grid, (struct rect){0, 0, 1, 30}, fixture.history, -1);
	grid_line(&fixture.grid, 0, line, sizeof(line));
	cr_assert_not(strstr(line, "died"), "it is before the first cell");
	cr_assert(strstr(line, "│epoch 2"), "%s", line);
	for (int cols = 0; cols < 12; cols++)
		graph_axis(&fixture.grid, (struct rect){1, 0, 1, cols}, fixture.history,
			   5);
	close_fixture(&fixture);
}

Test(sparkline, text_is_right_aligned_and_the_newest_counts)
{
	static const uint64_t values[] = {8, 1, 2, 4, 8};
	char text[64];

	sparkline_text(text, sizeof(text), 4, values, 5, true);
	cr_assert_str_eq(text, ".-+@");
	sparkline_text(text, sizeof(text), 7, values + 3, 2, true);
	cr_assert_str_eq(text, "     +@");
	sparkline_text(text, sizeof(text), 3, values, 0, false);
	cr_assert_str_eq(text, "   ");
}

Test(rates, are_columns_of_processes_and_devices)
{
	struct fixture fixture;

	open_fixture(&fixture, 40, 160);
	cr_assert_eq(table_choose(screen_processes.columns, screen_processes.column_count,
				  "pid,allocs,frees,moved",
				  &fixture.state.screens[SCREEN_PROCESSES].choice),
		     0);
	/* five types on four devices, 155 and 140 each per second */
	cr_assert(strstr(frame(&fixture), "1906544    3100   2800   +597M"), "%s",
		  frame(&fixture));
	cr_assert(strstr(frame(&fixture), "1906102       -      -  +5.00K"), "%s",
		  frame(&fixture));
	press(&fixture.state, '2');
	cr_assert(strstr(frame(&fixture), "155/140"), "%s", frame(&fixture));
	cr_assert_not(strstr(frame(&fixture), "~PEAK"), "without a baseline");
	history_base(fixture.history, fixture.state.snapshot, "here", true);
	view_update(&fixture.state, fixture.state.snapshot, fixture.state.snapshot,
		    fixture.history);
	cr_assert(strstr(frame(&fixture), "PEAK ~PEAK  FREE"), "%s", frame(&fixture));
	cr_assert(strstr(frame(&fixture), "8.50G 12.0G     ? 8.50G 3.50G"), "%s",
		  frame(&fixture));
	close_fixture(&fixture);
}

Test(fresh, rows_that_were_not_there_a_sample_ago_are_marked_once)
{
	struct fixture fixture;
	struct snapshot before, again;
	struct rect table;
	struct layout layout;

	open_fixture(&fixture, 24, 80);
	before = again = *demo_snapshot(fixture.demo);
	before.process_count--;
	view_update(&fixture.state, &before, NULL, NULL);
	view_layout(&fixture.state, &layout);
	table = layout.table;
	frame(&fixture);
	cr_assert_eq(cells_of(&fixture, table, ATTR_TITLE, "+"), 0, "first of all");
	view_update(&fixture.state, demo_snapshot(fixture.demo), NULL, NULL);
	frame(&fixture);
	cr_assert_eq(cells_of(&fixture, table, ATTR_TITLE, "+"), 1);
	press(&fixture.state, '\\');
	type(&fixture.state, "tt-smi");
	frame(&fixture);
	cr_assert_eq(cells_of(&fixture, table, ATTR_TITLE | ATTR_SELECTED, "+"), 1);
	press(&fixture.state, KC_ESCAPE);
	view_update(&fixture.state, &again, NULL, NULL);
	frame(&fixture);
	cr_assert_eq(cells_of(&fixture, table, ATTR_TITLE, "+"), 0);
	press(&fixture.state, '3');
	frame(&fixture);
	cr_assert_eq(cells_of(&fixture, table, ATTR_TITLE, "+"), 0,
		     "another screen is not news");
	close_fixture(&fixture);
}
