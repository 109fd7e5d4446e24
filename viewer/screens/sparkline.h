/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sparkline.h - the past of a number in one line.
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
/* The last @cells of @values as characters, right-aligned in blanks. */
void sparkline_text(char *text, size_t room, int cells, const uint64_t *values,
		    size_t count, bool ascii);
/* How full a cell is, in eighths: 0 to 8. */
const char *sparkline_step(int eighths, bool ascii);
uint64_t sparkline_largest(const uint64_t *values, size_t count);
/* Height of @value in @steps, of which @top takes all; anything above zero shows. */
int sparkline_height(uint64_t value, uint64_t top, int steps);

#endif
