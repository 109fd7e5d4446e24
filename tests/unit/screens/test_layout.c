/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "layout.h"

#define PARTS 11

static void parts_of(const struct layout *layout, struct rect parts[PARTS])
{
	parts[0] = layout->title;
	parts[1] = layout->meters;
	parts[2] = layout->totals;
	parts[3] = layout->graphs;
	parts[4] = layout->base;
	parts[5] = layout->tabs;
	parts[6] = layout->header;
	parts[7] = layout->table;
	parts[8] = layout->rule;
	parts[9] = layout->detail;
	parts[10] = layout->bar;
}

/* Every line of the screen belongs to exactly one part. */
static void check(const struct layout_input *input)
{
	struct layout layout;
	struct rect parts[PARTS];
	int next = 0;

	layout_make(&layout, input);
	if (layout.tiny) {
		cr_assert(input->rows < LAYOUT_MIN_ROWS || input->cols < LAYOUT_MIN_COLS);
		cr_assert_eq(layout.totals.rows, 1);
		return;
	}
	parts_of(&layout, parts);
	for (int i = 0; i < PARTS; i++) {
		cr_assert(parts[i].rows >= 0, "%dx%d part %d", input->rows, input->cols,
			  i);
		cr_assert_eq(parts[i].row, next);
		cr_assert_eq(parts[i].cols, input->cols);
		next += parts[i].rows;
	}
	cr_assert_eq(next, input->rows);
	cr_assert(layout.table.rows >= 1);
	cr_assert_eq(layout.bar.row, input->rows - 1);
}

Test(layout, parts_fill_the_screen_without_overlap_at_every_size)
{
	static const size_t devices[] = {0, 1, 2, 7, 8, 9, 16, 17, 32, 64, 100000};
	struct layout_input input = {0};

	for (input.rows = 1; input.rows <= 100; input.rows++)
		for (input.cols = 1; input.cols <= 300;
		     input.cols += input.cols < 170 ? 1 : 13)
			for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
				input.devices = devices[i];
				input.meters = true;
				input.hide_header = false;
				check(&input);
				input.hide_header = true;
				check(&input);
				input.meters = false;
				check(&input);
			}
}

Test(layout, meters_have_room_for_every_device_and_fit_their_columns)
{
	for (size_t devices = 1; devices <= 64; devices++)
		for (int cols = 40; cols <= 300; cols++) {
			struct meter_grid meter = layout_meters(devices, cols);

			cr_assert(meter.columns > 0);
			cr_assert((size_t)(meter.columns * meter.lines) >= devices);
		}
}

Test(layout, device_counts_choose_the_style)
{
	cr_assert_eq(layout_meters(8, 80).style, METER_FULL);
	cr_assert_eq(layout_meters(8, 80).lines, 4);
	cr_assert_eq(layout_meters(16, 80).style, METER_SHORT);
	cr_assert_eq(layout_meters(16, 80).lines, 4);
	cr_assert_eq(layout_meters(32, 80).style, METER_STRIP);
	cr_assert_eq(layout_meters(32, 80).lines, 4);
	cr_assert_eq(layout_meters(0, 80).style, METER_NONE);
	cr_assert_eq(layout_meters(8, 39).style, METER_NONE);
}

Test(layout, graphs_appear_from_34_rows_on)
{
	struct layout_input input = {33, 120, 8, true, 1, false, 0};
	struct layout layout;

	layout_make(&layout, &input);
	cr_assert_eq(layout.graphs.rows, 0);
	input.rows = 34;
	layout_make(&layout, &input);
	cr_assert(layout.graphs.rows > 0);
	input.hide_header = true;
	layout_make(&layout, &input);
	cr_assert_eq(layout.graphs.rows, 0);
}

Test(layout, a_summary_of_many_lines_leaves_room_for_the_table)
{
	struct layout_input input = {24, 80, 8, false, 30, false, 0};
	struct layout layout;

	layout_make(&layout, &input);
	cr_expect_gt(layout.totals.rows, 1);
	cr_expect_geq(layout.table.rows, 6);
	input.summary = 4;
	layout_make(&layout, &input);
	cr_expect_eq(layout.totals.rows, 4);
	input.rows = 8;
	layout_make(&layout, &input);
	cr_expect_leq(layout.totals.rows, 1);
}

Test(layout, a_small_screen_keeps_title_table_and_keys)
{
	struct layout_input input = {10, 40, 8, true, 1, false, 0};
	struct layout layout;

	layout_make(&layout, &input);
	cr_assert_not(layout.tiny);
	cr_assert_eq(layout.title.rows, 1);
	cr_assert_eq(layout.bar.rows, 1);
	cr_assert_eq(layout.meters.rows, 0);
	cr_assert(layout.table.rows >= 4);
}
