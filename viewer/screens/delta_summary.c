/* SPDX-License-Identifier: BSD-2-Clause */
#include "delta_summary.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "delta_matrix.h"
#include "detail.h"
#include "graph.h"
#include "header.h"
#include "sparkline.h"
#include "utf8.h"

#define LABEL_CELLS   13 /* "1-3,5-6 each" */
#define LABEL_WIDE    22
#define ROOMY_COLS    120 /* for that */
#define CELL	      11
#define CELL_WIDE     14
#define GROWTH_LINES  3 /* a blank, the line, its axis */
#define GROWTH_LEAD   32
#define GROWTH_TAIL   8
#define GROWTH_POINTS 512

static bool is_roomy(const struct view_state *state)
{
	return state->lines >= LAYOUT_GRAPH_ROWS && state->cols >= LAYOUT_WIDE_COLS;
}

/* Single devices where there is room for them. */
static bool wants_merging(const struct view_state *state)
{
	size_t devices = state->snapshot->device_count;

	return !is_roomy(state) || devices > (size_t)(state->lines - 24) / 2;
}

static bool wants_growth(const struct view_state *state)
{
	return is_roomy(state) && state->history && !state->plain;
}

int delta_summary_lines(const struct view_state *state)
{
	struct matrix matrix;
	int lines = 1;

	if (!state->delta || matrix_make(state->delta, wants_merging(state), &matrix))
		return lines;
	if (matrix.row_count)
		lines += 1 + (int)matrix.row_count;
	matrix_fini(&matrix);
	return lines + (wants_growth(state) ? GROWTH_LINES : 0);
}

/* ---- the baseline ---- */

/* Words with gaps; what does not fit is left out. */
static int put_words(struct grid *grid, struct rect line, int at, unsigned attr,
		     const char *format, ...) __attribute__((format(printf, 5, 6)));

static int put_words(struct grid *grid, struct rect line, int at, unsigned attr,
		     const char *format, ...)
{
	char text[256];
	va_list arguments;
	int gap = at ? line.cols >= LAYOUT_WIDE_COLS ? 3 : 2 : 0;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (at + gap + utf8_width(text) > line.cols)
		return at;
	return grid_put(grid, line, at + gap, attr, text);
}

static void draw_net(const struct view_state *state, struct grid *grid, struct rect line,
		     int at)
{
	const struct delta *delta = state->delta;
	const struct snap_totals *all = &state->snapshot->totals;
	char bytes[FORMAT_SIZE], buffers[FORMAT_SIZE], refs[FORMAT_SIZE];

	at = put_words(grid, line, at,
		       detail_change_attr(delta->bytes.change, delta->bytes.known),
		       "net %s %s buf",
		       format_change(bytes, delta->bytes.change, delta->bytes.known,
				     state->bytes),
		       format_change(buffers, delta->buffers.change, delta->buffers.known,
				     true));
	at = put_words(grid, line, at, ATTR_NORMAL, "%s refs",
		       format_change(refs, delta->refs.change, delta->refs.known, true));
	if (all->orphans)
		at = put_words(grid, line, at, ATTR_ORPHAN, "dead residue %s / %s",
			       format_bytes(bytes, all->orphan_bytes, false,
					    state->bytes),
			       format_count(buffers, all->orphan_buffers, false));
	if (state->grouped.rows && state->grouped.query.match == MATCH_CLASS)
		at = put_words(grid, line, at, ATTR_SUSPICIOUS, "another run: by class");
	if (!state->base->exact)
		put_words(grid, line, at, ATTR_SUSPICIOUS, "base not exact");
}

static void draw_base(const struct view_state *state, struct grid *grid, struct rect line)
{
	uint64_t then = state->base->time_ns, now = state->snapshot->time_ns;
	char clock[16], age[FORMAT_SIZE];
	int at = put_words(grid, line, 0, ATTR_TITLE, "base '%.*s'",
			   line.cols < LAYOUT_ROOMY_COLS ? 10 : 30, state->base_name);

	if (line.cols < LAYOUT_ROOMY_COLS) {
		draw_net(state, grid, line, at);
		return;
	}
	at = put_words(grid, line, at, ATTR_NORMAL, "%s (%s ago)",
		       header_clock(clock, then),
		       format_age(age, now > then ? now - then : 0));
	if (line.cols >= LAYOUT_WIDE_COLS)
		at = put_words(grid, line, at, ATTR_NORMAL, "now %s %s",
			       header_clock(clock, now),
			       state->paused ? "paused" : "live");
	draw_net(state, grid, line, at);
}

/* ---- devices x types ---- */

struct columns {
	enum memory_class classes[MEMORY_CLASS_COUNT];
	int count, width, label;
	bool buffers;
};

static bool class_changed(const struct matrix *matrix, int which)
{
	for (size_t i = 0; i < matrix->row_count; i++)
		if (delta_measure_differs(&matrix->rows[i].classes[which]))
			return true;
	return false;
}

/* All that are there; when they do not fit, those that changed, as many as fit. */
static void choose_columns(const struct matrix *matrix, int cols, struct columns *columns)
{
	bool wide = cols >= LAYOUT_WIDE_COLS;
	int room, there = 0;

	*columns =
		(struct columns){.width = wide ? CELL_WIDE : CELL,
				 .label = cols >= ROOMY_COLS ? LABEL_WIDE : LABEL_CELLS,
				 .buffers = wide};
	room = (cols - columns->label) / columns->width - 1 - wide;
	for (int which = 0; which < MEMORY_CLASS_COUNT; which++)
		there += matrix->classes[which];
	for (int which = 0; which < MEMORY_CLASS_COUNT; which++)
		if (matrix->classes[which] && columns->count < room &&
		    (there <= room || class_changed(matrix, which)))
			columns->classes[columns->count++] = (enum memory_class)which;
}

static struct rect cell_of(struct rect line, const struct columns *columns, int column)
{
	line = rect_skip(line, columns->label + column * columns->width);
	line.cols = line.cols < columns->width ? line.cols : columns->width;
	return line;
}

static void draw_titles(struct grid *grid, struct rect line,
			const struct columns *columns)
{
	grid_put(grid, line, 0, ATTR_TITLE, "DEVICE");
	for (int i = 0; i < columns->count; i++) {
		enum memory_class which = columns->classes[i];

		grid_put_right(grid, cell_of(line, columns, i), memory_attr(which),
			       memory_type(which) ? memory_type(which)
						  : memory_short(which));
	}
	grid_put_right(grid, cell_of(line, columns, columns->count), ATTR_TITLE, "TOTAL");
	if (columns->buffers)
		grid_put_right(grid, cell_of(line, columns, columns->count + 1),
			       ATTR_TITLE, "BUFFERS");
}

static void draw_change(struct grid *grid, struct rect cell,
			const struct delta_measure *measure, bool exact)
{
	char text[FORMAT_SIZE];

	grid_put_right(grid, cell, detail_change_attr(measure->change, measure->known),
		       format_change(text, measure->change, measure->known, exact));
}

static void draw_row(const struct view_state *state, struct grid *grid, struct rect line,
		     const struct matrix *matrix, const struct matrix_row *row,
		     const struct columns *columns)
{
	bool many = row->device_count > 1;
	char numbers[LABEL_WIDE], kind[16] = "";

	if (matrix->kinds)
		snprintf(kind, sizeof(kind), "%.4s:", row->kind);
	format_ranges(numbers, (size_t)(columns->label - (many ? 5 : 0)) - strlen(kind),
		      row->devices, row->device_count);
	grid_format(grid, line, 0, ATTR_TITLE, "%s%s%s", kind, numbers,
		    many ? " each" : "");
	for (int i = 0; i < columns->count; i++)
		draw_change(grid, cell_of(line, columns, i),
			    &row->classes[columns->classes[i]], state->bytes);
	draw_change(grid, cell_of(line, columns, columns->count), &row->total,
		    state->bytes);
	if (columns->buffers)
		draw_change(grid, cell_of(line, columns, columns->count + 1),
			    &row->buffers, true);
}

/* As many rows as there are lines; the last says what is left out. */
static int draw_matrix(const struct view_state *state, struct grid *grid,
		       struct rect area, const struct matrix *matrix)
{
	struct columns columns;
	size_t rows = area.rows > 1 ? (size_t)area.rows - 1 : 0;

	if (matrix->row_count == 0 || rows == 0)
		return 0;
	choose_columns(matrix, area.cols, &columns);
	draw_titles(grid, rect_line(area, 0), &columns);
	if (rows >= matrix->row_count) {
		rows = matrix->row_count;
	} else {
		rows--;
		grid_format(grid, rect_line(area, 1 + (int)rows), 0, ATTR_DIM,
			    "and %zu lines of devices more", matrix->row_count - rows);
	}
	for (size_t i = 0; i < rows; i++)
		draw_row(state, grid, rect_line(area, 1 + (int)i), matrix,
			 &matrix->rows[i], &columns);
	return 1 + (int)rows;
}

/* ---- how it came ---- */

/* What living processes hold beyond the baseline, sample by sample. */
static size_t load_growth(const struct view_state *state, uint64_t *values, size_t room)
{
	size_t since = history_samples_since(state->history, state->base->time_ns);
	size_t count =
		history_used(state->history, NULL, values, since < room ? since : room);
	uint64_t base = state->base->totals.used;

	for (size_t i = 0; i < count; i++)
		if (values[i] != SNAP_UNKNOWN && base != SNAP_UNKNOWN)
			values[i] = values[i] > base ? values[i] - base : 0;
	return count;
}

static void draw_growth(const struct view_state *state, struct grid *grid,
			struct rect area)
{
	struct rect line = rect_skip(rect_line(area, 1), GROWTH_LEAD);
	struct rect axis = rect_skip(rect_line(area, 2), GROWTH_LEAD);
	uint64_t values[GROWTH_POINTS] = {0};
	char text[8 * GROWTH_POINTS], last[FORMAT_SIZE];
	size_t count;

	line.cols = axis.cols = line.cols - GROWTH_TAIL;
	if (line.cols < GROWTH_TAIL)
		return;
	line.cols = axis.cols = line.cols < GROWTH_POINTS ? line.cols : GROWTH_POINTS;
	count = load_growth(state, values, (size_t)line.cols);
	grid_put(grid, rect_line(area, 1), 0, ATTR_NORMAL, "live processes hold more by");
	sparkline_text(text, sizeof(text), line.cols, values, count, grid->ascii);
	grid_put(grid, line, 0, ATTR_GROWTH, text);
	if (count)
		grid_put_right(grid, rect_line(area, 1), ATTR_NORMAL,
			       format_bytes(last, values[count - 1], false, false));
	graph_axis(grid, axis, state->history, -1);
}

void delta_summary_draw(const struct view_state *state, struct grid *grid,
			struct rect area)
{
	int growth = wants_growth(state) ? GROWTH_LINES : 0;
	struct rect rest = {area.row + 1, area.col, area.rows - 1, area.cols};
	struct matrix matrix;
	int used;

	if (!state->delta) {
		grid_put(grid, rect_line(area, 0), 0, ATTR_NORMAL, "no baseline");
		return;
	}
	draw_base(state, grid, rect_line(area, 0));
	if (matrix_make(state->delta, wants_merging(state), &matrix))
		return;
	if (delta_summary_lines(state) > area.rows)
		growth = 0;
	rest.rows -= growth;
	used = draw_matrix(state, grid, rest, &matrix);
	matrix_fini(&matrix);
	rest.row += used;
	rest.rows = growth;
	if (growth)
		draw_growth(state, grid, rest);
}
