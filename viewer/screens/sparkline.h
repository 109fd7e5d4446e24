/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sparkline.h - the past of a number: one line, or a small graph.
 */
#ifndef TTATOP_SPARKLINE_H
#define TTATOP_SPARKLINE_H

#include "grid.h"
#include "history.h"

#define PAST_POINTS 512

/* The newest values of a series, oldest first. */
struct past {
	uint64_t values[PAST_POINTS];
	size_t count;
	double span; /* seconds from the first to the last of them */
};

/* At most @points values of @type (NULL = all types together). */
void past_load(struct past *past, const struct history *history, const char *type,
	       size_t points);
/* In the first line of @line, the newest at the right end. */
void sparkline_draw(struct grid *grid, struct rect line, unsigned attr,
		    const struct past *past);
/* A titled pane of bars for one memory type (NULL = all). */
void graph_draw(struct grid *grid, struct rect area, unsigned attr,
		const struct history *history, const char *type);

#endif
