/* SPDX-License-Identifier: BSD-2-Clause */
#include "csv.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "csv_text.h"
#include "screen.h"

/* What the screen writes as unknown, or as a lower bound. */
static bool is_unknown(const char *text)
{
	return *text == '?' || *text == '>' || strncmp(text, "≥", strlen("≥")) == 0;
}

static void print_cell(FILE *file, const struct view_state *state, size_t index,
		       size_t column)
{
	const struct screen *screen = screen_of(state);
	struct row row = state->rows.rows[index];
	struct table_text text = {.text = ""};

	screen->format(state, index, column, &text);
	if (!(screen->columns[column].flags & TABLE_FALLING)) {
		csv_put(file, text.text);
		return;
	}
	row.text = NULL;
	screen->key(state, &row, column);
	if (is_unknown(text.text) || row.number == SNAP_UNKNOWN)
		return;
	if (screen->columns[column].flags & TABLE_SIGNED)
		fprintf(file, "%" PRId64, row_change(row.number));
	else
		fprintf(file, "%" PRIu64, row.number);
}

/* Columns that were named, else those that have something to say. */
static bool is_wanted(const struct view_state *state, const struct table_choice *choice,
		      size_t i)
{
	return choice->chosen || !(view_hidden_columns(state) >> choice->columns[i] & 1);
}

int csv_print(FILE *file, const struct view_state *state)
{
	const struct screen *screen = screen_of(state);
	const struct table_choice *choice = &state->screens[state->screen].choice;
	const char *between = "";

	for (size_t i = 0; i < choice->count && !state->hide_header; i++)
		if (is_wanted(state, choice, i)) {
			fprintf(file, "%s%s", between,
				screen->columns[choice->columns[i]].key);
			between = ",";
		}
	if (!state->hide_header)
		fputc('\n', file);
	for (size_t row = 0; row < state->rows.count; row++) {
		between = "";
		for (size_t i = 0; i < choice->count; i++)
			if (is_wanted(state, choice, i)) {
				fputs(between, file);
				print_cell(file, state, row, choice->columns[i]);
				between = ",";
			}
		fputc('\n', file);
	}
	return fflush(file) ? -errno : 0;
}
