/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * graph.h - the past of a memory as bars, stacked by type, over an axis that says what
 * happened when.
 */
#ifndef TTATOP_GRAPH_H
#define TTATOP_GRAPH_H

#include "grid.h"
#include "history.h"
#include "tally.h"

struct graph {
	const struct history *history;
	const enum memory_class *classes; /* from the bottom */
	size_t class_count;
	bool others; /* when there is none of them: all types together */
	bool mono;   /* letters in place of colours */
};

/* A titled pane. */
void graph_draw(struct grid *grid, struct rect area, const struct graph *graph);
/*
 * Ticks at what happened, in the first line of @line, of which each cell is a sample and
 * the last one the newest; names where they fit. @span: seconds on show, < 0 = unsaid.
 */
void graph_axis(struct grid *grid, struct rect line, const struct history *history,
		double span);

#endif
