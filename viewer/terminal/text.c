/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "detail.h"
#include "header.h"
#include "sampler.h"
#include "screen.h"
#include "setup.h"
#include "source.h"

#define DEFAULT_WIDTH 120
#define MAX_WIDTH     4096
#define LINE_BYTES    (MAX_WIDTH * 4 + 1)

/* $COLUMNS when it makes sense. */
static int text_width(void)
{
	const char *value = getenv("COLUMNS");
	long width = value ? strtol(value, NULL, 10) : 0;

	return width >= LAYOUT_MIN_COLS && width <= MAX_WIDTH ? (int)width
							      : DEFAULT_WIDTH;
}

static void print_line(FILE *file, struct grid *grid)
{
	char text[LINE_BYTES];

	for (int row = 0; row < grid->rows; row++) {
		grid_line(grid, row, text, sizeof(text));
		if (*text || grid->rows == 1)
			fprintf(file, "%s\n", text);
	}
	grid_clear(grid);
}

static void print_rows(FILE *file, const struct view_state *state, struct grid *grid,
		       const struct table *table, const struct table_plan *plan)
{
	for (size_t i = 0; i < state->rows.count; i++) {
		table_draw_row(grid, grid_all(grid), table, plan, i, false);
		print_line(file, grid);
	}
}

/* Why there is nothing; a few lines. */
static int print_empty(FILE *file, const struct view_state *state)
{
	struct grid grid;
	int err = grid_init(&grid, 8, state->cols, state->ascii);

	if (err)
		return err;
	detail_empty(state, &grid, grid_all(&grid));
	print_line(file, &grid);
	grid_fini(&grid);
	return 0;
}

int text_print(FILE *file, const struct view_state *state)
{
	const struct screen_state *own = &state->screens[state->screen];
	struct table table = screen_table(state);
	struct table_plan plan;
	struct grid grid;
	int err;

	table_fit(&plan, &table, &own->choice, view_hidden_columns(state), NULL, 0,
		  state->rows.count, state->cols);
	plan.width = plan.width > MAX_WIDTH ? MAX_WIDTH : plan.width;
	err = grid_init(&grid, 1, plan.width > state->cols ? plan.width : state->cols,
			state->ascii);
	if (err)
		return err;
	if (!state->hide_header) {
		header_title(state, &grid, grid_all(&grid));
		print_line(file, &grid);
		header_totals(state, &grid, grid_all(&grid));
		print_line(file, &grid);
		table_draw_header(&grid, grid_all(&grid), &table, &plan, NULL);
		print_line(file, &grid);
	}
	print_rows(file, state, &grid, &table, &plan);
	grid_fini(&grid);
	if (state->rows.count == 0 && !state->hide_header)
		err = print_empty(file, state);
	return fflush(file) ? -errno : err;
}

/* How one block is written. */
typedef int printer(FILE *file, const struct view_state *state);

/* One update; an error is said once and ends it all. */
static int text_block(struct sampler *sampler, struct view_state *state,
		      const struct history *history, printer *print, long index)
{
	int err = sampler_sample(sampler);

	if (!err && index == 0 && state->screen == SCREEN_EVENTS)
		err = sampler_follow_events(sampler);
	state->events = sampler_events(sampler);
	if (!err)
		err = view_update(state, sampler->now, sampler->base, history);
	if (!err && index > 0 && !state->hide_header)
		putchar('\n');
	if (!err)
		err = print(stdout, state);
	/* An event is told once. */
	if (state->events)
		state->events_from = event_log_next(state->events);
	if (err == -EPIPE)
		return 0;
	if (err)
		fprintf(stderr, "ttatop: read %s: %s\n",
			tta_reader_directory(sampler->reader), strerror(-err));
	return err ? 2 : 0;
}

static int text_blocks(struct sampler *sampler, struct view_state *state, printer *print,
		       long count)
{
	/* One sample has no rates. */
	const struct history *history = count == 1 ? NULL : sampler->history;
	int code = 0;

	for (long i = 0; !code && (count < 0 || i < count); i++) {
		if (i > 0)
			source_pause(state->delay);
		code = text_block(sampler, state, history, print, i);
	}
	return code;
}

int text_run(const struct options *options, long count)
{
	struct view_state state;
	struct sampler sampler;
	int code = setup_view(&state, options), err;

	if (code)
		return code == 1 ? 0 : code;
	state.plain = true;
	state.dates = options->csv;
	view_resize(&state, 24, text_width());
	err = sampler_open(&sampler, options);
	if (err) {
		fprintf(stderr, "ttatop: open %s: %s: --shm-dir or TTA_DIR says where\n",
			options->directory ? options->directory : "the segment directory",
			strerror(-err));
		return 2;
	}
	state.directory = tta_reader_directory(sampler.reader);
	code = setup_base(&state, &sampler, options);
	if (!code)
		code = text_blocks(&sampler, &state,
				   options->csv ? csv_print : text_print, count);
	view_fini(&state);
	sampler_close(&sampler);
	return code;
}
