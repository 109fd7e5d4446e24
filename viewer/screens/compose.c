/* SPDX-License-Identifier: BSD-2-Clause */
#include "compose.h"

#include "detail.h"
#include "graph.h"
#include "header.h"
#include "meter.h"
#include "panel.h"
#include "screen.h"

static void draw_graphs(const struct view_state *state, struct grid *grid,
			struct rect area)
{
	static const enum memory_class dram[] = {MEMORY_DRAM, MEMORY_TRACE};
	static const enum memory_class l1[] = {MEMORY_L1, MEMORY_L1_SMALL, MEMORY_CB};
	struct graph graph = {state->history, dram, 2, true, state->mono};
	struct rect left = area, right;

	if (area.rows == 0 || !state->history)
		return;
	if (area.cols < LAYOUT_WIDE_COLS) {
		graph_draw(grid, area, &graph);
		return;
	}
	left.cols = area.cols / 2 - 1;
	right = rect_skip(area, area.cols / 2 + 1);
	graph_draw(grid, left, &graph);
	graph = (struct graph){state->history, l1, 3, false, state->mono};
	graph_draw(grid, right, &graph);
}

/* A row that was not there a sample ago: bold, and a sign at its end. */
static void draw_fresh(struct grid *grid, struct rect line)
{
	grid_replace(grid, line, ATTR_NORMAL, ATTR_TITLE);
	grid_put_right(grid, line, ATTR_TITLE, "+");
}

static void draw_row(const struct view_state *state, struct grid *grid, struct rect line,
		     const struct table_plan *plan, size_t row)
{
	const struct screen_state *own = &state->screens[state->screen];
	struct table table = screen_table(state);

	table_draw_row(grid, line, &table, plan, row, false);
	if (state->rows.rows[row].fresh)
		draw_fresh(grid, line);
	if (tags_have(&own->tags, &state->rows.rows[row].id))
		tags_draw_row(grid, line, plan);
	if (row == own->cursor)
		grid_mark(grid, line, ATTR_SELECTED);
}

static void draw_table(const struct view_state *state, const struct layout *layout,
		       struct grid *grid)
{
	const struct screen_state *own = &state->screens[state->screen];
	struct table table = screen_table(state);
	struct table_plan plan;
	size_t rows = screen_plan(state, layout, &plan);

	table_draw_header(grid, layout->header, &table, &plan, &own->sort);
	for (size_t i = 0; i < rows; i++)
		draw_row(state, grid, rect_line(layout->table, (int)i), &plan,
			 own->top + i);
	if (state->rows.count == 0)
		detail_empty(state, grid, layout->table);
}

static void draw_screen(const struct view_state *state, const struct layout *layout,
			struct grid *grid)
{
	const struct row *row = view_selected(state);

	if (layout->totals.rows)
		screen_of(state)->summary(state, grid, layout->totals);
	draw_table(state, layout, grid);
	if (layout->rule.rows)
		grid_fill(grid, layout->rule, ATTR_DIM, grid->ascii ? "-" : "─");
	if (row && layout->detail.rows)
		screen_of(state)->detail(state, row, grid, layout->detail);
	if (layout->detail.rows && tags_shown(state))
		tags_draw_sum(state, grid,
			      rect_line(layout->detail, layout->detail.rows - 1));
}

/* A panel covers everything between title and key bar. */
static void draw_panel(const struct view_state *state, struct grid *grid)
{
	struct rect area = {1, 0, grid->rows - 2, grid->cols};

	panel_of(state)->draw(state, grid, area);
}

void compose(struct grid *grid, const struct view_state *state)
{
	struct layout layout;

	grid_clear(grid);
	if (!state->snapshot)
		return;
	view_layout(state, &layout);
	if (layout.tiny) {
		header_totals(state, grid, layout.totals);
		return;
	}
	header_title(state, grid, layout.title);
	header_bar(state, grid, layout.bar);
	if (panel_of(state)) {
		draw_panel(state, grid);
		return;
	}
	if (layout.meters.rows)
		meter_draw(state, &layout, grid);
	draw_graphs(state, grid, layout.graphs);
	if (layout.base.rows)
		header_base(state, grid, layout.base);
	header_tabs(state, grid, layout.tabs);
	draw_screen(state, &layout, grid);
}
