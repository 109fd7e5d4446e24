/* SPDX-License-Identifier: BSD-2-Clause */
#include "sparkline.h"

#include <stdio.h>
#include <string.h>

#include "format.h"

#define STEPS	   8
#define AXIS_CELLS 7

static const char *const blocks[STEPS + 1] = {" ", "▁", "▂", "▃", "▄",
					      "▅", "▆", "▇", "█"};
static const char *const ladder[STEPS + 1] = {" ", ".", "-", "=", "+",
					      "*", "#", "%", "@"};

static uint64_t largest(const uint64_t *values, size_t count)
{
	uint64_t result = 0;

	for (size_t i = 0; i < count; i++)
		if (values[i] != SNAP_UNKNOWN && values[i] > result)
			result = values[i];
	return result;
}

/* Height of @value in @steps; anything above zero shows. */
static int height(uint64_t value, uint64_t top, int steps)
{
	double part;

	if (value == 0 || value == SNAP_UNKNOWN || top == 0)
		return 0;
	part = (double)value * steps / (double)top;
	return part < 1 ? 1 : part > steps ? steps : (int)(part + 0.5);
}

void past_load(struct past *past, const struct history *history, const char *type,
	       size_t points)
{
	size_t all = history_used(history, type, past->values, PAST_POINTS);
	size_t skip = all > points ? all - points : 0;

	past->count = all - skip;
	memmove(past->values, past->values + skip, past->count * sizeof(*past->values));
	past->span = 0;
	if (past->count > 1)
		past->span = history_span(history) * (double)(past->count - 1) /
			     (double)(all - 1);
}

void sparkline_draw(struct grid *grid, struct rect line, unsigned attr,
		    const struct past *past)
{
	const char *const *steps = grid->ascii ? ladder : blocks;
	size_t room = line.cols > 0 ? (size_t)line.cols : 0;
	size_t skip = past->count > room ? past->count - room : 0;
	size_t shown = past->count - skip;
	uint64_t top = largest(past->values + skip, shown);

	for (size_t i = 0; i < shown; i++)
		grid_put(grid, line, (int)(room - shown + i), attr,
			 steps[height(past->values[skip + i], top, STEPS)]);
}

/* One bar, from the bottom line of @area upwards. */
static void draw_column(struct grid *grid, struct rect area, int at, unsigned attr,
			int eighths)
{
	const char *const *steps = grid->ascii ? ladder : blocks;

	for (int line = area.rows - 1; line >= 0 && eighths > 0; line--, eighths -= STEPS)
		grid_put(grid, rect_line(area, line), at, attr,
			 steps[eighths > STEPS ? STEPS : eighths]);
}

static void draw_axis(struct grid *grid, struct rect area, uint64_t top, double span)
{
	char text[FORMAT_SIZE];
	struct rect label = area;

	label.cols = AXIS_CELLS - 1;
	for (int line = 1; line < area.rows - 1; line++)
		grid_put(grid, rect_line(area, line), AXIS_CELLS - 1, ATTR_DIM,
			 grid->ascii ? "|" : "│");
	grid_put_right(grid, rect_line(label, 1), ATTR_DIM,
		       format_bytes(text, top, false, false));
	grid_put_right(grid, rect_line(label, area.rows - 2), ATTR_DIM, "0");
	grid_format(grid, rect_line(area, area.rows - 1), AXIS_CELLS, ATTR_DIM, "-%.0fs",
		    span);
	grid_put_right(grid, rect_line(area, area.rows - 1), ATTR_DIM, "now");
}

void graph_draw(struct grid *grid, struct rect area, unsigned attr,
		const struct history *history, const char *type)
{
	struct rect bars = {area.row + 1, area.col + AXIS_CELLS, area.rows - 2,
			    area.cols - AXIS_CELLS};
	size_t room = bars.cols > 0 ? (size_t)bars.cols : 0;
	struct past past;
	uint64_t top;
	char peak[FORMAT_SIZE], title[FORMAT_SIZE + 8];

	if (area.rows < 4 || room == 0)
		return;
	past_load(&past, history, type, room);
	top = largest(past.values, past.count);
	grid_format(grid, rect_line(area, 0), 0, ATTR_NORMAL, "%s  all devices",
		    type ? type : "all types");
	snprintf(title, sizeof(title), "peak %s", format_bytes(peak, top, false, false));
	grid_put_right(grid, rect_line(area, 0), ATTR_NORMAL, title);
	draw_axis(grid, area, top, past.span);
	for (size_t i = 0; i < past.count; i++)
		draw_column(grid, bars, (int)(room - past.count + i), attr,
			    height(past.values[i], top, STEPS * bars.rows));
}
