/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "graph.h"
#include "utf8.h"

#define AXIS_MAX   1024
#define MARK_CELLS 15 /* cells of a name */

/* Cells that are taken already. */
struct axis {
	struct grid *grid;
	struct rect line;
	const struct history *history;
	bool taken[AXIS_MAX];
};

static bool is_free(const struct axis *axis, int at, int cells)
{
	if (at < 0 || at + cells > axis->line.cols || at + cells > AXIS_MAX)
		return false;
	for (int i = at; i < at + cells; i++)
		if (axis->taken[i])
			return false;
	return true;
}

/* A blank of margin beyond both ends, unless something is there already. */
static void put(struct axis *axis, int at, unsigned attr, const char *text)
{
	int end = grid_put(axis->grid, axis->line, at, attr, text);

	for (int i = at > 0 ? at - 1 : 0; i <= end && i < AXIS_MAX; i++)
		axis->taken[i] = true;
}

static bool put_free(struct axis *axis, int at, unsigned attr, const char *text)
{
	bool fits = is_free(axis, at, utf8_width(text));

	if (fits)
		put(axis, at, attr, text);
	return fits;
}

static unsigned mark_attr(const struct history_mark *mark)
{
	switch (mark->kind) {
	case HISTORY_DIED:
		return ATTR_ORPHAN;
	case HISTORY_EXIT:
		return ATTR_SUSPICIOUS;
	case HISTORY_BASE:
		return ATTR_TITLE;
	default:
		return ATTR_DIM;
	}
}

/* "|died 4711", or "died 4711|" where that has no room. */
static void draw_name(struct axis *axis, const struct history_mark *mark, int at)
{
	char name[HISTORY_NAME_SIZE + 16], text[HISTORY_NAME_SIZE + 24];
	unsigned attr = mark_attr(mark);

	snprintf(text, sizeof(text), "%.*s", MARK_CELLS, history_mark_text(mark, name));
	if (!put_free(axis, at + 1, attr, text))
		put_free(axis, at - utf8_width(text), attr, text);
}

static void draw_tick(struct axis *axis, const struct history_mark *mark, int at)
{
	if (at >= AXIS_MAX || axis->taken[at])
		return;
	grid_put(axis->grid, axis->line, at, mark_attr(mark),
		 axis->grid->ascii ? "|" : "│");
	axis->taken[at] = true;
}

/* Ticks up to this rank are always there; others where no name is. */
#define RANK_ALWAYS 3
#define RANK_LAST   5

/* A baseline and deaths get their names before what merely came or went. */
static int rank(enum history_mark_kind kind)
{
	static const int ranks[] = {
		[HISTORY_BASE] = 0, [HISTORY_DIED] = 1, [HISTORY_EXIT] = 2,
		[HISTORY_MARK] = 3, [HISTORY_GONE] = 4, [HISTORY_NEW] = 5,
	};

	return ranks[kind];
}

/* Those of one rank that are on show, the newest first. */
static void draw_marks(struct axis *axis, const struct history_mark *marks, size_t count,
		       int pass,
		       void (*draw)(struct axis *axis, const struct history_mark *mark,
				    int at))
{
	for (size_t i = count; i-- > 0;) {
		size_t ago = history_samples_ago(axis->history, marks[i].mono_ns);

		if (rank(marks[i].kind) == pass && ago < (size_t)axis->line.cols)
			draw(axis, &marks[i], axis->line.cols - 1 - (int)ago);
	}
}

void graph_axis(struct grid *grid, struct rect line, const struct history *history,
		double span)
{
	struct history_mark marks[HISTORY_MARKS];
	struct axis axis = {.grid = grid, .line = line, .history = history};
	size_t count = history_marks(history, marks, HISTORY_MARKS);
	char text[32];

	for (int pass = 0; pass <= RANK_ALWAYS; pass++)
		draw_marks(&axis, marks, count, pass, draw_tick);
	for (int pass = 0; pass <= RANK_LAST; pass++) {
		if (pass > RANK_ALWAYS)
			draw_marks(&axis, marks, count, pass, draw_tick);
		draw_marks(&axis, marks, count, pass, draw_name);
	}
	if (span < 0)
		return;
	snprintf(text, sizeof(text), "-%.0fs", span);
	put_free(&axis, 0, ATTR_DIM, text);
	put_free(&axis, line.cols - 3, ATTR_DIM, "now");
}
